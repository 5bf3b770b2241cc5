//! Reloads that nobody asks for by command: SIGHUP, and changes of the files.

use std::path::Path;
use std::time::Duration;

use notify::{RecursiveMode, Watcher as _};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::{Author, Curator, Error};
use crate::journal::How;
use crate::knowledge::Faults;

/// How long the files must be left alone before they are read: an editor or a copy writes several times.
const SETTLED: Duration = Duration::from_millis(400);
/// The longest that files which are written without end put off a reload.
const IMPATIENT: Duration = Duration::from_secs(10);

/// Reloads until the runtime ends.
pub(super) async fn run(curator: Curator) {
    let (changed, mut news) = mpsc::channel(1);
    let watching = watch(&curator, changed);
    let mut hangup = signal(SignalKind::hangup()).ok();
    loop {
        tokio::select! {
            () = hung_up(&mut hangup) => reload(&curator, How::Signal).await,
            Some(()) = news.recv() => {
                let settle = async {
                    while timeout(SETTLED, news.recv()).await.is_ok_and(|change| change.is_some()) {}
                };
                // Whichever comes first: the files have settled, or we have waited long enough.
                let _ = timeout(IMPATIENT, settle).await;
                reload(&curator, How::Watch).await;
            }
            // Without a signal and a watcher there is nothing to wait for.
            else => break,
        }
    }
    drop(watching);
}

async fn hung_up(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

fn watch(curator: &Curator, changed: mpsc::Sender<()>) -> Option<notify::RecommendedWatcher> {
    let folder = curator.place().0.clone();
    let path = folder.path().to_owned();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let ours = |path: &Path| folder.concerns(path);
        let writes = |event: &notify::Event| !event.kind.is_access() && event.paths.iter().any(|path| ours(path));
        // An error may stand for lost events. A full channel has the news already.
        if event.as_ref().map_or(true, writes) {
            let _ = changed.try_send(());
        }
    });
    let watching = watcher.and_then(|mut watcher| {
        watcher.watch(&path, RecursiveMode::NonRecursive)?;
        Ok(watcher)
    });
    watching
        .inspect_err(|error| tracing::warn!(%error, "changes of the knowledge files can't be watched; reload by command or SIGHUP"))
        .ok()
}

async fn reload(curator: &Curator, how: How) {
    let author = Author { moderator: None, how: how.clone(), note: None };
    match curator.reload(author).await {
        Ok(change) if change.difference.is_empty() => tracing::debug!(%how, "reloaded: nothing differs"),
        Ok(change) => {
            let (added, changed, removed) = change.difference.counts();
            tracing::info!(%how, added, changed, removed, "reloaded");
        }
        Err(Error::Faults(Faults(faults))) => {
            let first = faults.first().map(ToString::to_string).unwrap_or_default();
            tracing::warn!(%how, faults = faults.len(), first, "not reloaded: the files have faults; the old stays");
        }
        Err(error) => {
            tracing::warn!(%how, %error, "not reloaded; the old stays");
            sleep(SETTLED).await;
        }
    }
}
