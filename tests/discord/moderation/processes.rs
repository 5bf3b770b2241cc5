//! Two processes on one PostgreSQL, each with a Discord and a folder of its own. Runs only beside `tests/postgres.sh`.

use std::time::{Duration, Instant};

use tokio::sync::RwLock;

use super::{CHANGED, FERRY, NAMES, Office, changed, pressed, replaced, says};
use crate::discord::fake::{seen::Message, slash::Upload};

#[expect(dead_code, reason = "the journal's tests use the rest of it")]
#[path = "../../journal/support.rs"]
pub(super) mod support;

/// Held by the tests that need the server to stay up; by the one that stops it, alone.
pub(super) static SERVER: RwLock<()> = RwLock::const_new(());

/// How soon the other process serves a change.
pub(super) const SOON: Duration = Duration::from_secs(2);

pub(super) async fn pair(url: &str) -> (Office, Office) {
    let one = Office::with(|setup| setup.env("DATABASE_URL", url)).await;
    one.bot.says(&["connected"]).await;
    until(&one, "the start is recorded", "Revision: **1**").await;
    let two = Office::with(|setup| setup.env("DATABASE_URL", url)).await;
    until(&two, "it is found in the journal", "Revision: **1**").await;
    (one, two)
}

/// Asks for the status until it says something.
pub(super) async fn until(office: &Office, what: &str, words: &str) -> Message {
    let deadline = Instant::now() + Duration::from_secs(15);
    loop {
        let status = office.run("status").await;
        if status.text().contains(words) {
            return status;
        }
        assert!(Instant::now() < deadline, "{what}: {}", status.text());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until a process answers with something, and says how long that took.
pub(super) async fn answers(office: &Office, words: &str) -> Duration {
    let start = Instant::now();
    loop {
        let by = office.guild.member("Asker");
        let answer = office.discord.slash("ask").option("question", FERRY).by(&by, &office.channel).message().await;
        if answer.text().contains(words) {
            return start.elapsed();
        }
        assert!(start.elapsed() < Duration::from_secs(15), "{}", answer.text());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub(super) async fn upload(office: &Office, toml: String) -> Message {
    let staged = office.upload(Upload::new(NAMES.0, toml)).await;
    pressed(&staged, "Confirm", &office.mona).await
}

#[tokio::test]
async fn what_one_process_changes_the_other_serves() {
    let _up = SERVER.read().await;
    support::on_postgres(async |place: std::sync::Arc<support::Place>| {
        let (one, two) = pair(&place.url).await;
        says(&upload(&one, changed()).await, &["as revision 2"]);
        assert!(answers(&two, CHANGED).await < SOON, "an upload");
        let file = std::fs::read_to_string(two.bot.knowledge(NAMES.0)).expect("the file");
        assert_eq!(file, changed(), "the other's folder follows");

        let back = two.discord.slash("knowledge rollback").option("revision", 1).by(&two.mona, &two.channel);
        says(&back.message().await, &["as revision 3"]);
        assert!(answers(&one, "Until the pier opens").await < SOON, "a rollback");

        let third = replaced("Until the pier opens again, the ferry", "For the time being, the ferry");
        one.write(NAMES.0, &third);
        one.run("reload").await;
        assert!(answers(&two, "For the time being").await < SOON, "a reload");
        for office in [&one, &two] {
            until(office, "both serve the same revision", "Revision: **4**").await;
            let history = office.run("history").await;
            says(&history, &["**4**", "**3**", "rollback by <@", "**2**", "upload by <@", "**1**"]);
            assert!(!history.text().contains("**5**"), "following is no revision of its own");
        }
    })
    .await;
}

#[tokio::test]
async fn an_outage_of_the_database_costs_no_answer_and_no_revision() {
    let _up = SERVER.read().await;
    support::on_postgres(async |place: std::sync::Arc<support::Place>| {
        let (one, two) = pair(&place.url).await;
        place.take_away().await;
        until(&one, "the outage is seen", "**away**").await;
        let done = upload(&one, changed()).await;
        says(&done, &["In service now", "database is away"]);
        assert!(answers(&one, CHANGED).await < SOON);
        assert!(answers(&two, "Until the pier opens").await < SOON, "the other goes on");
        says(&two.run("history").await, &["database is away"]);
        place.bring_back().await;
        answers(&two, CHANGED).await;
        for office in [&one, &two] {
            until(office, "both serve the same revision", "Revision: **2**").await;
            says(&office.run("history").await, &["**2**", "upload by <@", "**1**"]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_process_that_was_away_starts_with_the_newest() {
    let _up = SERVER.read().await;
    support::on_postgres(async |place: std::sync::Arc<support::Place>| {
        let (one, two) = pair(&place.url).await;
        two.bot.signal("KILL");
        two.bot.end(Duration::from_secs(10)).await;
        says(&upload(&one, changed()).await, &["as revision 2"]);
        let again = crate::discord::bot::Bot::with(&two.discord).in_home(&two.bot.home());
        let again = super::moderated(again, &two.guild).env("DATABASE_URL", &place.url).start().await;
        answers(&two, CHANGED).await;
        drop(again);
    })
    .await;
}
