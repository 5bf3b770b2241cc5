//! Revisions: history, files, and two processes on one database.

use std::sync::Arc;
use std::time::{Duration, Instant};

use briefing_bot::journal::{Error, How, Journal, RevisionId, Settings};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::*;

on_both!(
    a_revision_comes_back_whole,
    history_is_paged_newest_first,
    revisions_made_at_once_are_numbered_in_order,
    two_processes_may_start_at_once,
    one_hears_of_the_others_revisions_only,
);

async fn a_revision_comes_back_whole(place: Arc<Place>) {
    let hands = Hands::at(noon());
    let journal = place.open_with(Settings { clock: hands.clock(), ..place.settings() }).await;
    assert_eq!(journal.latest_revision().await.expect("read"), None);
    let mut new = revision(How::Upload, "schema = 1\n# \"quoted\" 'text' $1 ? — ж 🚢\n");
    new.note = Some("from a file".to_owned());
    let id = journal.record_revision(&new).await.expect("stored");
    journal.close(SOON).await;

    let journal = place.open().await;
    let stored = journal.revision(id).await.expect("read").expect("it is there");
    assert_eq!(stored.files, new.files);
    let shown = stored.revision.clone();
    assert_eq!((shown.id, shown.at, shown.moderator, shown.how), (id, noon(), new.moderator, new.how));
    assert_eq!((shown.note, shown.digest, shown.counts), (new.note, new.digest, new.counts));
    assert_eq!(journal.latest_revision().await.expect("read"), Some(stored.revision));
    for absent in [RevisionId::NONE, RevisionId(id.0 + 1), RevisionId(i64::MAX), RevisionId(-1)] {
        assert_eq!(journal.revision(absent).await.expect("read"), None);
    }
    let refused = journal.record_revision(&revision(How::Edit, "a\0b")).await;
    assert!(matches!(refused, Err(Error::Nul { name }) if name == "harbour.toml"));
}

async fn history_is_paged_newest_first(place: Arc<Place>) {
    let journal = place.open().await;
    let words = ["start", "reload", "signal", "watch", "upload", "edit", "rollback", "teleport"];
    let hows = [How::Start, How::Reload, How::Signal, How::Watch, How::Upload, How::Edit, How::Rollback];
    for how in hows.into_iter().chain([How::Other("teleport".to_owned())]) {
        journal.record_revision(&revision(how, "same text")).await.expect("stored");
    }
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = journal.revisions(3, before).await.expect("read");
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        seen.extend(page);
    }
    assert!(seen.is_sorted_by(|newer, older| newer.id > older.id));
    let shown: Vec<String> = seen.iter().rev().map(|revision| revision.how.to_string()).collect();
    assert_eq!(shown, words);
    assert_eq!(seen.first().map(|revision| &revision.how), Some(&How::Other("teleport".to_owned())));
    assert_eq!(place.number("SELECT COUNT(*) FROM contents").await, 2, "the same text is stored once");
}

async fn revisions_made_at_once_are_numbered_in_order(place: Arc<Place>) {
    let journals = [place.open().await, place.open().await];
    let mut tasks = JoinSet::new();
    for number in 0..20 {
        let journal = journals[number % 2].clone();
        tasks.spawn(async move {
            journal.record_revision(&revision(How::Reload, &format!("text {number}"))).await.expect("stored")
        });
    }
    let mut ids: Vec<i64> = tasks.join_all().await.into_iter().map(|id| id.0).collect();
    ids.sort_unstable();
    assert_eq!(ids, (1..=20).collect::<Vec<_>>());
}

async fn two_processes_may_start_at_once(place: Arc<Place>) {
    let journals: Vec<Journal> = (0..4).map(|_| Journal::open(place.settings())).collect();
    for journal in &journals {
        assert!(journal.ready(SOON).await);
        journal.set_setting("any", Some("value")).await.expect("kept");
    }
}

async fn one_hears_of_the_others_revisions_only(place: Arc<Place>) {
    let (ours, theirs) = (place.open().await, place.open().await);
    let before = theirs.record_revision(&revision(How::Start, "before")).await.expect("stored");
    let mut all = ours.subscribe(RevisionId::NONE);
    let mut later = ours.subscribe(before);
    let mut newest = ours.subscribe(RevisionId::NONE);
    let mut theirs_hears = theirs.subscribe(before);
    if place.is_sqlite() {
        theirs.record_revision(&revision(How::Reload, "new")).await.expect("stored");
        let heard = timeout(Duration::from_millis(100), all.next()).await;
        assert!(heard.is_err(), "SQLite has no other processes");
    } else {
        assert_eq!(timeout(SOON, all.next()).await.expect("in time"), Some(before));
        let mut slowest = Duration::ZERO;
        for number in 0..5 {
            let own = ours.record_revision(&revision(How::Edit, &format!("ours {number}"))).await.expect("stored");
            let new = revision(How::Reload, &format!("theirs {number}"));
            let mut next = std::pin::pin!(all.next());
            // By then it has looked, found none but our own, and waits for an announcement.
            assert!(timeout(Duration::from_millis(100), &mut next).await.is_err(), "{own} is our own");
            let recorded = Instant::now();
            let id = theirs.record_revision(&new).await.expect("stored");
            assert_eq!(timeout(SOON, next).await.expect("in time"), Some(id));
            slowest = slowest.max(recorded.elapsed());
            assert_eq!(timeout(SOON, later.next()).await.expect("in time"), Some(id));
            assert_eq!(timeout(SOON, theirs_hears.next()).await.expect("in time"), Some(own));
        }
        assert!(slowest < Duration::from_secs(2), "heard after {slowest:?}");
        println!("a revision was heard of after {slowest:?} at worst");
        let last = theirs.record_revision(&revision(How::Reload, "last")).await.expect("stored");
        assert_eq!(timeout(SOON, newest.newest()).await.expect("in time"), Some(last), "past all between");
        assert_eq!(timeout(SOON, all.next()).await.expect("in time"), Some(last));
    }
    // A subscription that waits ends with its journal.
    let waiting = tokio::spawn(async move { all.newest().await });
    ours.close(SOON).await;
    assert_eq!(timeout(SOON, waiting).await.expect("in time").expect("no panic"), None);
    assert_eq!(timeout(SOON, newest.next()).await.expect("in time"), None);
}
