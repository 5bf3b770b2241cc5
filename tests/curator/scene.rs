//! A curator at work on a folder of its own, and members who ask all the while.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use briefing_bot::answer::{Answer, Engine, Question, Service};
use briefing_bot::curator::Curator;
use briefing_bot::journal::{self, Journal};
use briefing_bot::knowledge::Limits;
use tempfile::TempDir;

/// A knowledge in service.
pub(crate) struct Scene {
    pub(crate) curator: Curator,
    pub(crate) service: Service,
    journal: Journal,
    home: TempDir,
}

impl Scene {
    /// Serves what `write` puts into a folder.
    pub(crate) async fn with(write: impl FnOnce(&Path)) -> Self {
        // `RUST_LOG=briefing_bot=debug` shows where the time goes.
        let _ = tracing_subscriber::fmt().with_env_filter(tracing_subscriber::EnvFilter::from_default_env()).try_init();
        let home = tempfile::tempdir().expect("a temporary folder");
        write(home.path());
        let service = Service::new(Engine::load(home.path(), &Limits::STANDARD).expect("no fault"));
        let url = format!("sqlite:{}/journal.db", home.path().display());
        let journal = Journal::open(journal::Settings::new(url.parse().expect("an address")));
        let curator = Curator::new(home.path(), Limits::STANDARD, service.clone(), journal.clone());
        curator.start();
        assert!(journal.ready(Duration::from_secs(20)).await);
        Self { curator, service, journal, home }
    }

    /// The knowledge folder.
    pub(crate) fn folder(&self) -> &Path {
        self.home.path()
    }

    /// Ends it.
    pub(crate) async fn close(self) {
        self.journal.close(Duration::from_secs(20)).await;
    }

    /// Does `work` while somebody asks a question every millisecond, and looks at every answer.
    ///
    /// An answer's time counts from when its question was due, so that one that is held up holds up those behind it, as
    /// it does in service.
    pub(crate) async fn while_asked<T>(
        &self,
        question: impl Fn(usize) -> String + Send + 'static,
        look: impl Fn(usize, &Answer) + Send + 'static,
        work: impl Future<Output = T>,
    ) -> (T, Times) {
        const PACE: Duration = Duration::from_millis(1);
        let over = Arc::new(AtomicBool::new(false));
        let (asker, stop) = (self.service.clone(), Arc::clone(&over));
        let asking = tokio::task::spawn_blocking(move || {
            let mut times = Vec::new();
            let mut due = Instant::now();
            while !stop.load(Ordering::Relaxed) {
                due += PACE;
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let answer = asker.current().answer(&Question::new(question(times.len())));
                look(times.len(), &answer);
                times.push(due.elapsed());
            }
            times
        });
        let done = work.await;
        over.store(true, Ordering::Relaxed);
        let mut times = asking.await.expect("every answer is right");
        times.sort_unstable();
        (done, Times(times))
    }
}

/// How long answers took, sorted.
pub(crate) struct Times(Vec<Duration>);

impl Times {
    /// How many there were.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that so many in a thousand did not exceed.
    pub(crate) fn within(&self, permille: usize) -> Duration {
        self.0.get((self.0.len() * permille / 1_000).min(self.0.len().saturating_sub(1))).copied().unwrap_or_default()
    }

    /// The longest.
    pub(crate) fn longest(&self) -> Duration {
        self.0.last().copied().unwrap_or_default()
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (half, most, all) = (self.within(500), self.within(990), self.longest());
        write!(f, "{} answers meanwhile: half within {half:.2?}, 99 % {most:.2?}, all {all:.2?}", self.count())
    }
}

/// The longest that an answer may take while the knowledge changes: what nobody notices in a release build; without
/// optimisation, on a machine that runs other tests too, what tells a hold-up from a slow answer.
pub(crate) const LATE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 10_000 } else { 150 });
