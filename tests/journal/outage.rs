//! The database goes away and comes back.

use std::sync::Arc;
use std::time::Duration;

use briefing_bot::journal::{Error, How, Journal, RevisionId, Settings};
use tokio::time::timeout;

use crate::support::*;

on_both!(
    without_a_database_events_wait_and_the_journal_recovers,
    without_a_database_closing_ends_in_time_and_counts_what_is_lost,
);

async fn without_a_database_events_wait_and_the_journal_recovers(place: Arc<Place>) {
    place.take_away().await;
    let journal = Journal::open(Settings { queue_capacity: 10, ..place.settings() });
    for _ in 0..25 {
        journal.record(in_vain(noon(), "when?"));
    }
    assert!(!journal.ready(Duration::from_millis(50)).await);
    let health = journal.health();
    assert_eq!((health.connected, health.queued, health.losses), (false, 10, 15));
    assert!(matches!(journal.latest_revision().await, Err(Error::Away)));
    assert!(matches!(journal.record_revision(&revision(How::Start, "x")).await, Err(Error::Away)));

    place.bring_back().await;
    assert!(journal.ready(SOON).await);
    assert!(journal.flush(SOON).await);
    assert_eq!(journal.health().losses, 15);
    assert_eq!(place.number("SELECT COUNT(*) FROM questions").await, 10);
    journal.record_revision(&revision(How::Start, "x")).await.expect("stored");
}

async fn without_a_database_closing_ends_in_time_and_counts_what_is_lost(place: Arc<Place>) {
    place.take_away().await;
    let journal = Journal::open(place.settings());
    for _ in 0..7 {
        journal.record(answered(noon()));
    }
    let closed = timeout(SOON, journal.close(Duration::from_millis(100))).await;
    assert_eq!(closed.expect("in time"), 7);
    let health = journal.health();
    assert_eq!((health.connected, health.queued, health.losses), (false, 0, 7));
}

/// PostgreSQL alone can go away while it is in use.
#[tokio::test]
async fn a_link_cut_again_and_again_loses_no_event_and_no_revision() {
    on_postgres(async |place: Arc<Place>| {
        let ours = place.open().await;
        let theirs = place.open().await;
        let mut heard = ours.subscribe(RevisionId::NONE);
        let mut events = 0;
        let mut expected = Vec::new();
        for round in 0..3 {
            for journal in [&ours, &theirs] {
                for _ in 0..200 {
                    journal.record(in_vain(noon(), "when?"));
                }
                events += 200;
            }
            place.take_away().await;
            eventually("the outage is seen", || !ours.health().connected && !theirs.health().connected).await;
            assert!(matches!(theirs.record_revision(&revision(How::Reload, "away")).await, Err(Error::Away)));
            ours.record(answered(noon()));
            events += 1;
            place.bring_back().await;
            assert!(theirs.ready(SOON).await);
            let text = format!("round {round}");
            expected.push(theirs.record_revision(&revision(How::Reload, &text)).await.expect("stored"));
        }
        for id in expected {
            assert_eq!(timeout(SOON, heard.next()).await.expect("in time"), Some(id));
        }
        assert!(ours.flush(SOON).await && theirs.flush(SOON).await);
        assert_eq!(place.number("SELECT COUNT(*) FROM questions").await, events, "each once, none lost");
        assert_eq!((ours.losses(), theirs.losses()), (0, 0));
    })
    .await;
}

/// An announcement that never arrives costs time, not the revision.
#[tokio::test]
async fn a_revision_that_was_not_announced_is_found_by_looking() {
    on_postgres(async |place: Arc<Place>| {
        let ours = place.open_with(Settings { check_every: Duration::from_millis(20), ..place.settings() }).await;
        let theirs = place.open().await;
        let first = theirs.record_revision(&revision(How::Start, "announced")).await.expect("stored");
        let mut heard = ours.subscribe(RevisionId::NONE);
        assert_eq!(timeout(SOON, heard.next()).await.expect("in time"), Some(first));
        let raw = place.raw().await;
        sqlx::query(
            "INSERT INTO revisions (id, run, made_at, how, digest, briefings, facts, asks) \
             VALUES (7, 7, 7, 'reload', 'd', 1, 1, 1)",
        )
        .execute(&raw)
        .await
        .expect("a revision without an announcement");
        assert_eq!(timeout(SOON, heard.next()).await.expect("in time"), Some(RevisionId(7)));
    })
    .await;
}
