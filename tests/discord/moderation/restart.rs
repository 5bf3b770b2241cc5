//! Two processes while the server of their database really stops, and starts again. Runs only beside
//! `tests/postgres.sh`.

use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::processes::{SERVER, SOON, answers, pair, support, until, upload};
use super::{CHANGED, FERRY, Office, changed, replaced, says};

/// What each process makes of the knowledge while neither hears of the other.
const OURS: &str = "For the time being, the ferry";
const THEIRS: &str = "In these days, the ferry";

/// Stops or starts the server. It returns when that is done.
async fn server(order: &'static str) {
    let control = std::env::var("TEST_POSTGRES_CONTROL").expect("TEST_POSTGRES_CONTROL, as tests/postgres.sh sets it");
    let run = move || Command::new(control).arg(order).status().expect("it runs").success();
    assert!(tokio::task::spawn_blocking(run).await.expect("no panic"), "{order}");
}

/// Asks one question after another until it is over, and looks at every answer: how many there were, and the longest.
async fn keep_asking(office: &Office, over: &AtomicBool, asked: &AtomicUsize) -> Duration {
    let mut longest = Duration::ZERO;
    while !over.load(Ordering::Relaxed) {
        let member = office.guild.member("Asker");
        let start = Instant::now();
        let answer = office.discord.slash("ask").option("question", FERRY).by(&member, &office.channel);
        let text = answer.message().await.text();
        longest = longest.max(start.elapsed());
        asked.fetch_add(1, Ordering::Relaxed);
        let known = ["Until the pier opens again", CHANGED, OURS, THEIRS];
        assert!(known.iter().any(|words| text.contains(words)), "an answer, whatever becomes of the database:\n{text}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    longest
}

/// The statement of the ferry in other words.
fn ferry(words: &str) -> String {
    replaced("Until the pier opens again, the ferry", words)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_stops_and_starts_costs_no_answer_and_the_revisions_agree() {
    let _alone = SERVER.write().await;
    support::on_postgres(async |place: std::sync::Arc<support::Place>| {
        let (one, two) = pair(&place.url).await;
        let (over, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
        let work = async {
            says(&upload(&one, changed()).await, &["as revision 2"]);
            assert!(answers(&two, CHANGED).await < SOON, "served by the other");
            until(&two, "it is the same revision", "Revision: **2**").await;

            server("stop").await;
            for office in [&one, &two] {
                until(office, "the outage is seen", "**away**").await;
                says(&office.run("history").await, &["database is away"]);
            }
            let before = asked.load(Ordering::Relaxed);
            // Each goes on with what it has, and takes changes, which contradict one another.
            says(&upload(&one, ferry(OURS)).await, &["In service now", "database is away"]);
            says(&upload(&two, ferry(THEIRS)).await, &["In service now", "database is away"]);
            assert!(answers(&one, OURS).await < SOON && answers(&two, THEIRS).await < SOON);
            assert!(asked.load(Ordering::Relaxed) > before, "members are answered meanwhile");

            server("start").await;
            let started = Instant::now();
            for office in [&one, &two] {
                until(office, "both serve the newest revision", "Revision: **4**").await;
            }
            let agreed = started.elapsed();
            let histories = [one.run("history").await.text(), two.run("history").await.text()];
            assert_eq!(histories[0], histories[1], "one history");
            let [first, second] = [one.ask(FERRY).await.text(), two.ask(FERRY).await.text()];
            let newest = if first.contains(OURS) { OURS } else { THEIRS };
            assert!(first.contains(newest) && second.contains(newest), "one knowledge:\n{first}\n{second}");
            for office in [&one, &two] {
                let file = std::fs::read_to_string(office.bot.knowledge(super::NAMES.0)).expect("the file");
                assert_eq!(file, ferry(newest), "and so say the folders");
            }

            let back = two.discord.slash("knowledge rollback").option("revision", 2).by(&two.mona, &two.channel);
            says(&back.message().await, &["as revision 5"]);
            let followed = answers(&one, CHANGED).await;
            assert!(followed < SOON, "{followed:?}");
            over.store(true, Ordering::Relaxed);
            (agreed, followed)
        };
        let (ours, theirs, (agreed, followed)) =
            tokio::join!(keep_asking(&one, &over, &asked), keep_asking(&two, &over, &asked), work);
        println!(
            "agreed {agreed:.2?} after the start, followed in {followed:.2?}; {} answers, the slowest in {:.2?}",
            asked.load(Ordering::Relaxed),
            ours.max(theirs),
        );
        // What was asked while the database was away is counted, too.
        let least = asked.load(Ordering::Relaxed);
        for office in [&one, &two] {
            until(office, "all is written", "PostgreSQL, connected; 0 waiting, 0 lost").await;
        }
        let stats = one.run("stats").await.text();
        let counted = stats.split("**").nth(1).and_then(|count| count.parse::<usize>().ok());
        assert!(counted.is_some_and(|counted| counted >= least), "{least} were asked:\n{stats}");
    })
    .await;
}
