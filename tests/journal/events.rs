//! Questions and votes on their way into the database.

use std::sync::Arc;
use std::time::Duration;

use briefing_bot::journal::event::MAX_QUESTION_CHARS;
use briefing_bot::journal::{Asked, Event, Outcome, Settings, VoterKey};
use sqlx::{AnyPool, Executor as _, Row as _};

use crate::address::Log;
use crate::support::*;

on_both!(
    only_questions_without_a_sure_answer_keep_their_text,
    nothing_is_kept_of_texts_for_zero_days,
    one_person_has_one_vote_an_answer_and_can_change_it,
    a_full_queue_loses_events_and_says_so_once,
    what_cannot_be_stored_holds_up_nothing_else,
    closing_writes_what_waits,
    the_last_handle_dropped_still_writes_what_waits,
    settings_are_kept,
);

async fn only_questions_without_a_sure_answer_keep_their_text(place: Arc<Place>) {
    let journal = place.open().await;
    journal.record(answered(noon()));
    journal.record(suggested(noon(), "when does it sail?"));
    journal.record(in_vain(noon(), &format!("  a\0b{}  ", "ж".repeat(2 * MAX_QUESTION_CHARS))));
    journal.record(in_vain(noon(), "\u{200b} \0"));
    assert!(journal.flush(SOON).await);
    let raw = place.raw().await;
    let rows = sqlx::query("SELECT outcome, text, fact, elapsed_us, confidence, asked_at FROM questions ORDER BY seq")
        .fetch_all(&raw)
        .await
        .expect("rows");
    let texts: Vec<(String, Option<String>)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let long = format!("ab{}", "ж".repeat(MAX_QUESTION_CHARS - 2));
    let none = || "none".to_owned();
    let expected = [
        ("answer".to_owned(), None),
        ("suggest".to_owned(), Some("when does it sail?".to_owned())),
        (none(), Some(long)),
        (none(), None),
    ];
    assert_eq!(texts, expected);
    let [first, .., last] = rows.as_slice() else { panic!("four rows") };
    assert_eq!(first.get::<&str, _>(2), "ferry-times");
    assert_eq!(first.get::<i64, _>(3), 80);
    assert!((first.get::<f64, _>(4) - 0.5).abs() < f64::EPSILON);
    assert_eq!(last.get::<Option<String>, _>(2), None);
    let health = journal.health();
    assert_eq!((health.connected, health.queued, health.losses), (true, 0, 0));
}

async fn nothing_is_kept_of_texts_for_zero_days(place: Arc<Place>) {
    let journal = place.open_with(Settings { retention_days: 0, ..place.settings() }).await;
    let voter = VoterKey::random().expect("a key").voter(1, 2);
    journal.record(in_vain(noon(), "when?"));
    journal.record(not_helpful(noon(), voter, "ferry-times", "when?"));
    assert!(journal.flush(SOON).await);
    assert_eq!(place.number("SELECT COUNT(*) FROM questions").await, 1);
    assert_eq!(place.number("SELECT COUNT(text) + COUNT(text_key) FROM questions").await, 0);
    assert_eq!(place.number("SELECT COUNT(text) + COUNT(text_key) FROM votes").await, 0);
}

async fn one_person_has_one_vote_an_answer_and_can_change_it(place: Arc<Place>) {
    let journal = place.open().await;
    let key = VoterKey::random().expect("a key");
    let (ada, ben) = (111_222_333_444, 555_666_777_888);
    let (answer, other_answer) = (999_000_111_222, 999_000_111_333);
    assert_eq!(key.voter(ada, answer), key.voter(ada, answer));
    assert_ne!(key.voter(ada, answer), VoterKey::random().expect("a key").voter(ada, answer));
    for (person, message) in [(ada, answer), (ada, answer), (ben, answer), (ada, other_answer)] {
        journal.record(not_helpful(noon(), key.voter(person, message), "ferry-times", "when?"));
    }
    assert!(journal.flush(SOON).await);
    assert_eq!(votes(&place).await, (0, 3), "each person once for each answer");

    journal.record(helpful(noon(), key.voter(ada, answer), "ferry-times"));
    assert!(journal.flush(SOON).await);
    assert_eq!(votes(&place).await, (1, 2), "the later vote replaces the earlier");
    assert_eq!(place.number("SELECT COUNT(*) FROM votes WHERE helpful = 1 AND text IS NOT NULL").await, 0);

    let raw = place.raw().await;
    for row in sqlx::query("SELECT voter, briefing, fact, text FROM votes").fetch_all(&raw).await.expect("rows") {
        let all: String = (0..4).filter_map(|column| row.get::<Option<String>, _>(column)).collect();
        for id in [ada, ben, answer, other_answer] {
            assert!(!all.contains(&id.to_string()) && !all.contains(&format!("{id:x}")), "{all}");
        }
    }
}

/// How many votes say helpful, and how many not.
async fn votes(place: &Place) -> (i64, i64) {
    (
        place.number("SELECT COUNT(*) FROM votes WHERE helpful = 1").await,
        place.number("SELECT COUNT(*) FROM votes WHERE helpful = 0").await,
    )
}

async fn a_full_queue_loses_events_and_says_so_once(place: Arc<Place>) {
    let log = Log::default();
    let _collecting = log.collect();
    let journal = place.open_with(Settings { queue_capacity: 100, ..place.settings() }).await;
    let mut all = 0;
    for spell in 1..=2 {
        let raw = place.raw().await;
        let mut lock = hold(&place, &raw).await;
        journal.record(answered(noon()));
        // The writer has taken the one and waits for the lock; 100 more fit, and no more.
        let before = journal.losses();
        let mut recorded = 1;
        eventually("the queue is full", || {
            for _ in 0..50 {
                journal.record(answered(noon()));
                recorded += 1;
            }
            journal.losses() > before
        })
        .await;
        assert!(journal.health().queued >= 100);
        lock.execute("ROLLBACK").await.expect("the lock goes");
        drop(lock);
        assert!(journal.flush(SOON).await);
        raw.close().await;
        let lost = journal.losses() - before;
        assert!(lost > 0 && lost < recorded, "{lost} of {recorded}");
        all += recorded;
        eventually("the spell is over", || log.text().matches("keeps up again").count() == spell).await;
        assert_eq!(log.text().matches("loses events").count(), spell);
    }
    let written = place.number("SELECT COUNT(*) FROM questions").await.cast_unsigned();
    assert_eq!(written + journal.losses(), all, "each is written or counted");
    assert_eq!(journal.health().queued, 0);
}

/// Keeps everybody else from writing questions.
async fn hold(place: &Place, raw: &AnyPool) -> sqlx::pool::PoolConnection<sqlx::Any> {
    let mut connection = raw.acquire().await.expect("a connection");
    if place.is_sqlite() {
        connection.execute("BEGIN IMMEDIATE").await.expect("the writer's lock");
    } else {
        connection.execute("BEGIN").await.expect("a transaction");
        connection.execute("LOCK TABLE questions IN ACCESS EXCLUSIVE MODE").await.expect("a lock");
    }
    connection
}

async fn what_cannot_be_stored_holds_up_nothing_else(place: Arc<Place>) {
    let journal = place.open().await;
    journal.record(answered(noon()));
    for confidence in [f64::NAN, 1.5] {
        journal.record(Event::Asked(Asked { confidence, ..asked(noon(), Outcome::Answer) }));
    }
    journal.record(suggested(noon(), "when?"));
    assert!(journal.flush(SOON).await);
    assert_eq!(journal.losses(), 2);
    assert_eq!(place.number("SELECT COUNT(*) FROM questions").await, 2);
    assert!(journal.health().connected);
}

async fn closing_writes_what_waits(place: Arc<Place>) {
    let journal = place.open().await;
    for _ in 0..1_000 {
        journal.record(answered(noon()));
    }
    assert_eq!(journal.close(SOON).await, 0);
    assert_eq!(place.number("SELECT COUNT(*) FROM questions").await, 1_000);
    journal.record(answered(noon()));
    assert_eq!(journal.losses(), 1, "after closing there is nobody to write it");
    assert_eq!(journal.close(Duration::ZERO).await, 0, "closing again does nothing");
    assert!(journal.setting("any").await.is_err());
}

async fn the_last_handle_dropped_still_writes_what_waits(place: Arc<Place>) {
    let journal = place.open().await;
    for _ in 0..300 {
        journal.record(answered(noon()));
    }
    drop(journal.clone());
    drop(journal);
    let raw = place.raw().await;
    let deadline = std::time::Instant::now() + SOON;
    loop {
        let written: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM questions").fetch_one(&raw).await.expect("a number");
        if written == 300 {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{written} written");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn settings_are_kept(place: Arc<Place>) {
    let journal = place.open().await;
    assert_eq!(journal.setting("channel").await.expect("read"), None);
    for value in ["one", "two"] {
        journal.set_setting("channel", Some(value)).await.expect("kept");
    }
    journal.close(SOON).await;
    let journal = place.open().await;
    assert_eq!(journal.setting("channel").await.expect("read").as_deref(), Some("two"));
    journal.set_setting("channel", None).await.expect("removed");
    assert_eq!(journal.setting("channel").await.expect("read"), None);
}
