//! Runs: at a rate, as fast as it goes, or until so much was asked; and their lines in the report.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::Rate;
use crate::crowd::{Crowd, Done};
use crate::measure::percentile;
use crate::process::Usage;

/// The answered events of a run, and how long it took until the last answer.
pub(crate) struct Run {
    done: Vec<Done>,
    took: Duration,
}

/// Sends an event whenever one is due.
pub(crate) async fn pace(crowd: &Arc<Crowd>, rate: u32, length: Duration) -> Run {
    let start = Instant::now();
    let mut due = tokio::time::interval(Duration::from_secs(1) / rate);
    due.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (mut flying, mut done) = (JoinSet::new(), Vec::new());
    while start.elapsed() < length {
        due.tick().await;
        let crowd = Arc::clone(crowd);
        flying.spawn(async move { crowd.act().await });
        while let Some(landed) = flying.try_join_next() {
            done.push(landed.expect("every event is answered"));
        }
    }
    while let Some(landed) = flying.join_next().await {
        done.push(landed.expect("every event is answered"));
    }
    Run { done, took: start.elapsed() }
}

/// Keeps so many events in flight.
pub(crate) async fn saturate(crowd: &Arc<Crowd>, in_flight: usize, length: Duration) -> Run {
    let start = Instant::now();
    let done = workers(crowd, in_flight, move |_| start.elapsed() < length).await;
    Run { done, took: start.elapsed() }
}

/// Keeps so many events in flight until so many questions were asked; how many events that were, and how long it took.
pub(crate) async fn ask(crowd: &Arc<Crowd>, goal: u64, in_flight: usize) -> (usize, Duration) {
    let start = Instant::now();
    let done = workers(crowd, in_flight, move |crowd| crowd.asked() < goal).await;
    (done.len(), start.elapsed())
}

async fn workers(
    crowd: &Arc<Crowd>,
    count: usize,
    goes_on: impl Fn(&Crowd) -> bool + Clone + Send + 'static,
) -> Vec<Done> {
    let mut workers = JoinSet::new();
    for _ in 0..count.max(1) {
        let (crowd, goes_on) = (Arc::clone(crowd), goes_on.clone());
        workers.spawn(async move {
            let mut done = Vec::new();
            while goes_on(&crowd) {
                done.push(crowd.act().await);
            }
            done
        });
    }
    workers.join_all().await.into_iter().flatten().collect()
}

/// Events a second.
pub(crate) fn rate(events: usize, took: Duration) -> f64 {
    f64::from(u32::try_from(events).unwrap_or(u32::MAX)) / took.as_secs_f64()
}

/// A run in a line.
pub(crate) fn line(wanted: Rate, run: &Run, spent: &Usage) -> String {
    let wanted = match wanted {
        Rate::Fixed(rate) => rate.to_string(),
        Rate::Max => "max".to_owned(),
    };
    let each = |time: Duration| 1e6 * time.as_secs_f64() / f64::from(u32::try_from(run.done.len()).unwrap_or(u32::MAX));
    format!(
        "{wanted:>6} {:>11.0} {} | {:>21.0}, {:>4.0} | {:>10.0} % | {:>7.1}",
        rate(run.done.len(), run.took),
        times(run.done.iter().map(|done| done.took).collect()),
        each(spent.bot),
        each(spent.own),
        100.0 * spent.others(),
        spent.memory,
    )
}

/// Times by kind of event.
pub(crate) fn by_kind(run: &Run) -> Vec<(&'static str, String)> {
    let mut kinds: BTreeMap<_, Vec<Duration>> = BTreeMap::new();
    for done in &run.done {
        kinds.entry(done.kind).or_default().push(done.took);
    }
    kinds.into_iter().map(|(kind, took)| (kind.name(), format!("{:>4}{}", "", times(took)))).collect()
}

/// The middle, the 99th of a hundred, and the longest.
fn times(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let ms = |share| 1e3 * percentile(&times, share).as_secs_f64();
    format!("{:>9.2} {:>9.2} {:>9.2}", ms(0.5), ms(0.99), ms(1.0))
}
