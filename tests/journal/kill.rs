//! `kill -9`: what was confirmed is there afterwards, and the file is whole.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;

use briefing_bot::journal::{How, RevisionId};

use crate::support::*;

const VICTIM: &str = "BRIEFING_BOT_TEST_VICTIM";

/// The process that is killed: it writes without end, and says what was confirmed. Only [`a_killed_process`] runs it.
#[tokio::test]
#[ignore = "started by another test, as a process of its own"]
async fn victim() {
    let url = std::env::var(VICTIM).expect("the database's address");
    let journal = briefing_bot::journal::Journal::open(settings(&url));
    assert!(journal.ready(SOON).await);
    for round in 0.. {
        for _ in 0..20 {
            journal.record(in_vain(noon(), "when?"));
        }
        assert!(journal.flush(SOON).await);
        let id = journal.record_revision(&revision(How::Edit, &format!("round {round}"))).await.expect("stored");
        println!("confirmed {id}");
    }
}

#[tokio::test]
async fn a_killed_process_leaves_what_was_confirmed() {
    on_sqlite(a_killed_process).await;
}

async fn a_killed_process(place: Arc<Place>) {
    let mut confirmed = 0;
    // Killed after ever more rounds, wherever it is then.
    for rounds in [1, 3, 8, 13] {
        let mut victim = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "kill::victim", "--ignored", "--nocapture"])
            .env(VICTIM, &place.url)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        let lines = BufReader::new(victim.stdout.take().expect("its output")).lines();
        // The test harness may write on the same line.
        let ids =
            lines.map_while(Result::ok).filter_map(|line| line.split("confirmed ").nth(1)?.trim().parse::<i64>().ok());
        let last = ids.take(rounds).last().expect("a confirmation");
        victim.kill().expect("SIGKILL");
        victim.wait().expect("it is gone");
        assert!(last > confirmed, "the next process goes on after {confirmed}");
        confirmed = last;

        let journal = place.open().await;
        let latest = journal.latest_revision().await.expect("read").expect("one");
        assert!(latest.id >= RevisionId(confirmed));
        for id in 1..=latest.id.0 {
            let stored = journal.revision(RevisionId(id)).await.expect("read").expect("no number is left out");
            assert_eq!(stored.files.len(), 2, "revision {id} is whole");
        }
        assert!(place.number("SELECT COUNT(*) FROM questions").await >= 20 * confirmed);
        journal.close(SOON).await;
        let raw = place.raw().await;
        let check: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&raw).await.expect("a check");
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&raw).await.expect("a mode");
        assert_eq!((check.as_str(), mode.as_str()), ("ok", "wal"));
        raw.close().await;
    }
}
