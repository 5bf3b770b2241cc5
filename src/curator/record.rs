//! Revisions into the journal and, where several processes share one, out of it.
//!
//! One task does both, so that what this process did is recorded before what another did is followed: the newest
//! revision of the journal is what all of them serve. While the database is away, revisions wait here.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::check;
use super::{Curator, Error};
use crate::journal::{How, Kind, NewRevision, RevisionId};

/// A revision that is to be recorded.
pub(super) struct Pending {
    pub(super) new: NewRevision,
    /// Told when it is.
    pub(super) done: oneshot::Sender<()>,
}

/// How many revisions are looked through for what the folder holds at the start.
const REMEMBERED: u32 = 500;
/// How long to wait before the journal is asked again.
const RETRY: Duration = Duration::from_millis(200);

/// Records and follows until the curator or the journal is gone.
pub(super) async fn run(curator: Curator, mut waiting: mpsc::UnboundedReceiver<Pending>) {
    while let Err(error) = begin(&curator, &waiting).await {
        tracing::debug!(%error, "the journal does not tell its revisions yet");
        curator.journal().ready(Duration::from_mins(1)).await;
        tokio::time::sleep(RETRY).await;
    }
    let mut others = curator.journal().subscribe(RevisionId::NONE);
    let mut closed = false;
    // Whether the newest revision may be one that isn't served here.
    let mut behind = false;
    loop {
        if behind && waiting.is_empty() {
            behind = match follow(&curator, &waiting).await {
                Ok(done) => !done,
                Err(Error::Journal(_) | Error::Broken) => {
                    curator.journal().ready(Duration::from_mins(1)).await;
                    tokio::time::sleep(RETRY).await;
                    true
                }
                Err(error) => {
                    tracing::error!(%error, "a revision of another process can't be served here");
                    false
                }
            };
            continue;
        }
        tokio::select! {
            biased;
            pending = waiting.recv() => match pending {
                Some(pending) => behind |= record(&curator, pending).await && waiting.is_empty(),
                None => return,
            },
            newest = others.newest(), if !closed => match newest {
                Some(_) => behind = true,
                None => closed = true,
            },
        }
    }
}

/// At the start: finds which revision is in service, or makes one.
async fn begin(curator: &Curator, waiting: &mpsc::UnboundedReceiver<Pending>) -> Result<(), Error> {
    let journal = curator.journal();
    let turn = curator.inner.turn.lock().await;
    let served = curator.served();
    if served.how != How::Start {
        // Changed before the journal was there; that change is about to be recorded.
        return Ok(());
    }
    let known = journal.revisions(REMEMBERED, None).await?;
    match known.first() {
        Some(latest) if latest.digest == served.digest => {
            curator.note(latest.id);
            return Ok(());
        }
        // Several processes: these files are of an earlier time, and another process went on since.
        Some(_) if journal.health().kind == Kind::Postgres && known.iter().any(|old| old.digest == served.digest) => {
            drop(turn);
            // A change that was made this very moment is the newer one.
            return follow(curator, waiting).await.map(drop);
        }
        _ => {}
    }
    let new = NewRevision {
        moderator: None,
        how: How::Start,
        note: None,
        digest: served.digest,
        counts: served.counts,
        files: (*served.files).clone(),
    };
    curator.note(journal.record_revision(&new).await?);
    Ok(())
}

/// Records a revision; whether something else is served by now: what comes next in line, or what another process did.
async fn record(curator: &Curator, pending: Pending) -> bool {
    let mut told = false;
    loop {
        match curator.journal().record_revision(&pending.new).await {
            Ok(id) => {
                let served = curator.served().digest == pending.new.digest;
                if served {
                    curator.note(id);
                }
                tracing::info!(revision = id.0, how = %pending.new.how, "revision recorded");
                // Whoever waited may have gone on.
                let _ = pending.done.send(());
                return !served;
            }
            Err(error @ crate::journal::Error::Nul { .. }) => {
                tracing::error!(%error, "a revision can't be recorded");
                return false;
            }
            Err(error) => {
                if !told {
                    tracing::warn!(%error, "a revision waits until the journal takes it");
                    told = true;
                }
                curator.journal().ready(Duration::from_mins(1)).await;
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

/// Serves the newest revision of the journal. False where a change of ours waits to be recorded: that will be newer.
async fn follow(curator: &Curator, waiting: &mpsc::UnboundedReceiver<Pending>) -> Result<bool, Error> {
    let turn = curator.inner.turn.lock().await;
    // Whoever had the turn before us may have changed something.
    if !waiting.is_empty() {
        return Ok(false);
    }
    let Some(latest) = curator.journal().latest_revision().await? else { return Ok(true) };
    let served = curator.served();
    if latest.digest == served.digest {
        curator.note(latest.id);
        return Ok(true);
    }
    let Some(stored) = curator.journal().revision(latest.id).await? else { return Ok(true) };
    let own = curator.clone();
    let checked = curator
        .checking(move || {
            let (folder, limits) = own.place();
            let checked = check::check(&stored.files, folder, limits, None)?;
            // A folder that can't be written, or a file of another name, is no reason not to serve it.
            if let Err(error) = folder.write(&served.files, &checked.files, true, false) {
                tracing::warn!(%error, "the revision of another process could not be written to the knowledge folder");
            }
            Ok(checked)
        })
        .await?;
    curator.swap(checked, latest.how, Some(latest.id)).await?;
    drop(turn);
    tracing::info!(revision = latest.id.0, "followed another process");
    Ok(true)
}

impl Curator {
    /// Notes which revision is in service.
    fn note(&self, revision: RevisionId) {
        let mut served = self.inner.served.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        served.revision = Some(revision);
        tracing::info!(revision = revision.0, "revision in service");
    }
}
