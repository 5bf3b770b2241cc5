//! Forgetting in time.

use std::sync::Arc;
use std::time::Duration;

use briefing_bot::journal::{Purged, Settings, VoterKey};

use crate::support::*;

on_both!(texts_go_at_the_start_and_later_by_themselves, numbers_go_after_a_year);

/// Words that occur nowhere else.
const SECRET: &str = "does the purple walrus sail on sundays";

async fn texts_go_at_the_start_and_later_by_themselves(place: Arc<Place>) {
    let hands = Hands::at(noon());
    let settings = || Settings { clock: hands.clock(), retention_days: 10, ..place.settings() };
    let journal = place.open_with(settings()).await;
    let key = VoterKey::random().expect("a key");
    for age in [0, 9, 11] {
        journal.record(in_vain(noon() - days(age), SECRET));
        journal.record(not_helpful(noon() - days(age), key.voter(u64::from(age), 1), "ferry-times", SECRET));
    }
    assert!(journal.flush(SOON).await);
    journal.close(SOON).await;

    let texts = "SELECT (SELECT COUNT(text) + COUNT(text_key) FROM questions) \
                 + (SELECT COUNT(text) + COUNT(text_key) FROM votes)";
    assert_eq!(place.number(texts).await, 12, "the oldest came after the purge of the start");
    let journal = place.open_with(settings()).await;
    wait_for(&place, texts, 8).await;
    journal.close(SOON).await;

    let journal = place.open_with(Settings { purge_every: Duration::from_millis(10), ..settings() }).await;
    hands.set(noon() + days(2));
    wait_for(&place, texts, 4).await;
    journal.close(SOON).await;

    let journal = place.open().await;
    hands.set(noon() + days(11));
    journal.close(SOON).await;
    let journal = place.open_with(settings()).await;
    wait_for(&place, texts, 0).await;
    assert_eq!(journal.purge().await.expect("purged"), Purged::default());
    assert_eq!(place.number("SELECT COUNT(*) FROM questions").await, 3, "their numbers stay");
    assert_eq!(place.number("SELECT COUNT(*) FROM votes").await, 3);
    journal.close(SOON).await;
    if place.is_sqlite() {
        let folder = place.file().parent().expect("a folder").to_owned();
        for entry in std::fs::read_dir(folder).expect("the folder") {
            let path = entry.expect("an entry").path();
            let bytes = std::fs::read(&path).expect("a file");
            assert!(!String::from_utf8_lossy(&bytes).contains("walrus"), "{} remembers", path.display());
        }
    }
}

/// Waits until the database gives this number.
async fn wait_for(place: &Place, sql: &'static str, expected: i64) {
    let deadline = std::time::Instant::now() + SOON;
    loop {
        let number = place.number(sql).await;
        if number == expected {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "{number}, not {expected}: {sql}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn numbers_go_after_a_year(place: Arc<Place>) {
    let hands = Hands::at(noon());
    let journal = place.open_with(Settings { clock: hands.clock(), ..place.settings() }).await;
    let key = VoterKey::random().expect("a key");
    journal.record(in_vain(noon(), SECRET));
    journal.record(answered(noon() + days(1)));
    journal.record(helpful(noon(), key.voter(1, 1), "ferry-times"));
    assert!(journal.flush(SOON).await);
    hands.set(noon() + days(400) + Duration::from_secs(1));
    assert_eq!(journal.purge().await.expect("purged"), Purged { texts: 1, rows: 2 });
    assert_eq!(place.number("SELECT COUNT(*) FROM questions").await, 1);
}
