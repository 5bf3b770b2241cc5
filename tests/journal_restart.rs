//! The journal while its server really stops and starts again. A program of its own with one test, so that no other
//! test uses the server meanwhile; run by `tests/postgres.sh cargo test`.

use std::process::Command;
use std::time::{Duration, Instant};

use briefing_bot::journal::{Error, How, RevisionId};
use tokio::time::timeout;

#[path = "journal/support.rs"]
#[expect(dead_code, reason = "made for the other tests of the journal, of which this needs a part")]
mod support;
use support::{SOON, eventually, in_vain, noon, on_postgres, revision};

/// Stops or starts the server. It returns when that is done.
fn server(order: &str) {
    let control = std::env::var("TEST_POSTGRES_CONTROL").expect("TEST_POSTGRES_CONTROL, as tests/postgres.sh sets it");
    assert!(Command::new(control).arg(order).status().expect("it runs").success(), "{order}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_and_starts_costs_no_event_and_no_revision() {
    on_postgres(async |place: std::sync::Arc<support::Place>| {
        let (ours, theirs) = (place.open().await, place.open().await);
        let mut heard = ours.subscribe(RevisionId::NONE);
        let first = theirs.record_revision(&revision(How::Start, "before")).await.expect("stored");
        assert_eq!(timeout(SOON, heard.next()).await.expect("in time"), Some(first));
        for _ in 0..500 {
            ours.record(in_vain(noon(), "before?"));
        }

        tokio::task::spawn_blocking(|| server("stop")).await.expect("stopped");
        for _ in 0..500 {
            ours.record(in_vain(noon(), "meanwhile?"));
        }
        eventually("the outage is seen", || !ours.health().connected && !theirs.health().connected).await;
        assert!(matches!(ours.unanswered(noon(), 5).await, Err(Error::Away)));

        tokio::task::spawn_blocking(|| server("start")).await.expect("started");
        let started = Instant::now();
        assert!(ours.ready(SOON).await && theirs.ready(SOON).await);
        let second = theirs.record_revision(&revision(How::Reload, "after")).await.expect("stored");
        assert_eq!(timeout(SOON, heard.next()).await.expect("in time"), Some(second));
        let recovered = started.elapsed();
        println!("recovered {recovered:?} after the server's start");
        assert!(recovered < Duration::from_secs(2));
        assert!(ours.flush(SOON).await);
        let gaps = ours.unanswered(noon(), 5).await.expect("gaps");
        assert_eq!(gaps.iter().map(|gap| gap.none).collect::<Vec<_>>(), [500, 500], "each once, none lost");
        assert_eq!(ours.losses(), 0);
    })
    .await;
}
