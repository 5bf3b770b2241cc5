//! The curator: changes the knowledge in service, whole and one change at a time.
//!
//! Owns the knowledge folder. A change, wherever it comes from (a reload, an upload, an edit, a rollback, another
//! process), is [`check`]ed beside the knowledge in service, written to the [`files`](mod@files), swapped in and
//! recorded in the journal, in this order; where anything is wrong before the swap, the old stays in service. What
//! came about while the database was away is recorded once it is back (`record`). `triggers` are the reloads that
//! nobody asks for by command: SIGHUP and changes of the files.
//!
//! Knows nothing of Discord: a moderator is a number here.

mod change;
pub mod check;
pub mod diff;
pub mod edit;
pub mod files;
pub mod groups;
mod record;
mod triggers;
pub mod upload;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::{Mutex as AsyncMutex, Semaphore, mpsc, oneshot};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

use crate::answer::Service;
use crate::journal::{How, Journal, NewRevision, RevisionId};
use crate::knowledge::{Faults, Limits};
pub use change::{Author, Change, Error, Failure, Served};
pub use check::{Checked, Files};
pub use diff::Difference;
use files::Folder;
use record::Pending;

/// How long a change waits for its revision to be recorded before it goes on without.
const RECORDING: Duration = Duration::from_secs(3);

/// Changes the knowledge in service. Cheap to clone.
#[derive(Clone)]
pub struct Curator {
    inner: Arc<Inner>,
}

struct Inner {
    folder: Folder,
    limits: Limits,
    service: Service,
    journal: Journal,
    served: Mutex<Served>,
    failure: Mutex<Option<Failure>>,
    /// One change at a time, across awaits.
    turn: AsyncMutex<()>,
    /// One check at a time: each takes all processors and several times the room of the files.
    checks: Semaphore,
    pending: mpsc::UnboundedSender<Pending>,
    recorder: Mutex<Option<mpsc::UnboundedReceiver<Pending>>>,
}

impl Curator {
    /// A curator of what `service` serves, which was loaded from `path`, a knowledge file or a folder of them.
    #[must_use]
    pub fn new(path: &Path, limits: Limits, service: Service, journal: Journal) -> Self {
        let engine = service.current();
        let files = check::files_of(engine.library());
        let served = Served {
            digest: check::digest(&files),
            counts: check::counts(engine.library()),
            files: Arc::new(files),
            revision: None,
            how: How::Start,
            since: SystemTime::now(),
        };
        let (pending, waiting) = mpsc::unbounded_channel();
        let inner = Inner {
            folder: Folder::new(path),
            limits,
            service,
            journal,
            served: Mutex::new(served),
            failure: Mutex::default(),
            turn: AsyncMutex::default(),
            checks: Semaphore::new(1),
            pending,
            recorder: Mutex::new(Some(waiting)),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Starts what goes on by itself: recording revisions, following those of other processes, and the reloads by
    /// SIGHUP and by changes of the files. Ends with the runtime. Does nothing when called again.
    pub fn start(&self) {
        let waiting = self.inner.recorder.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waiting) = waiting {
            tokio::spawn(record::run(self.clone(), waiting));
            tokio::spawn(triggers::run(self.clone()));
        }
    }

    /// What is in service.
    #[must_use]
    pub fn served(&self) -> Served {
        self.inner.served.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last reload, where it failed.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        self.inner.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.inner.journal
    }

    /// The engine in service.
    #[must_use]
    pub fn service(&self) -> &Service {
        &self.inner.service
    }

    /// Reads the files and checks them, without any effect: what a reload would change, and what else to say of it.
    ///
    /// # Errors
    /// Faults of the files, or that the folder can't be read.
    pub async fn check(&self) -> Result<(Difference, Option<String>), Error> {
        let curator = self.clone();
        self.checking(move || {
            let files = curator.inner.folder.read(&curator.inner.limits)?;
            let current = curator.inner.service.current();
            let checked = curator.checked(&files)?;
            Ok((Difference::between(current.library(), checked.engine.library()), checked.remark))
        })
        .await
    }

    /// Checks files against what is in service.
    fn checked(&self, files: &Files) -> Result<Checked, Error> {
        let Inner { folder, limits, service, .. } = &*self.inner;
        check::check(files, folder, limits, Some(&*service.current()))
    }

    /// Reads the files anew and, where they differ from what is in service, swaps them in.
    ///
    /// # Errors
    /// Faults of the files, which [`Curator::failure`] then keeps, or that the folder can't be read.
    pub async fn reload(&self, author: Author) -> Result<Change, Error> {
        let turn = self.inner.turn.lock().await;
        let curator = self.clone();
        let how = author.how.clone();
        let read = self
            .checking(move || {
                let files = curator.inner.folder.read(&curator.inner.limits)?;
                if check::digest(&files) == curator.served().digest {
                    return Ok(None);
                }
                Ok(Some(curator.checked(&files)?))
            })
            .await;
        let failure = match &read {
            Err(Error::Faults(Faults(faults))) => {
                Some(Failure { at: SystemTime::now(), how: how.clone(), faults: faults.clone() })
            }
            _ => None,
        };
        *self.inner.failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
        match read? {
            Some(checked) => self.put(checked, author, turn).await,
            None => Ok(self.unchanged()),
        }
    }

    /// Puts other files in the place of those in service: checked, written, swapped, recorded. `base` is the digest of
    /// what the change was made from.
    ///
    /// # Errors
    /// Faults, a change by somebody else meanwhile, or that the folder can't be written.
    pub async fn replace(&self, base: &str, files: Files, author: Author) -> Result<Change, Error> {
        let turn = self.inner.turn.lock().await;
        let served = self.served();
        if served.digest != base {
            return Err(Error::Stale);
        }
        if check::digest(&files) == served.digest {
            return Ok(self.unchanged());
        }
        let (curator, how) = (self.clone(), author.how.clone());
        let checked = self
            .checking(move || {
                let Inner { folder, limits, .. } = &*curator.inner;
                let checked = match how {
                    How::Rollback => check::check(&files, folder, limits, None)?,
                    _ => curator.checked(&files)?,
                };
                folder.write(&served.files, &checked.files, how == How::Rollback, how == How::Edit)?;
                Ok(checked)
            })
            .await?;
        *self.inner.failure.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.put(checked, author, turn).await
    }

    /// Checks other files, without any effect, and says what they would change.
    ///
    /// # Errors
    /// Their faults.
    pub async fn try_out(&self, files: Files) -> Result<Difference, Error> {
        let curator = self.clone();
        self.checking(move || {
            let checked = curator.checked(&files)?;
            Ok(Difference::between(curator.inner.service.current().library(), checked.engine.library()))
        })
        .await
    }

    /// Goes back to an earlier revision.
    ///
    /// # Errors
    /// As [`Curator::replace`]; [`Error::Refused`] where there is no such revision.
    pub async fn roll_back(&self, revision: RevisionId, moderator: u64) -> Result<Change, Error> {
        let Some(stored) = self.inner.journal.revision(revision).await? else {
            return Err(Error::Refused(format!("There is no revision {revision}.")));
        };
        let base = self.served().digest;
        let author = Author::moderator(moderator, How::Rollback).noting(format!("to revision {revision}"));
        self.replace(&base, stored.files, author).await
    }

    /// What differs between two revisions, or between one and what is in service.
    ///
    /// # Errors
    /// [`Error::Refused`] where there is no such revision, faults where one can't be read any more.
    pub async fn compare(&self, from: RevisionId, to: Option<RevisionId>) -> Result<Difference, Error> {
        let from = self.files_of(from).await?;
        let to = match to {
            Some(to) => self.files_of(to).await?,
            None => (*self.served().files).clone(),
        };
        let curator = self.clone();
        self.checking(move || {
            let Inner { folder, limits, .. } = &*curator.inner;
            let [from, to] = [from, to].map(|files| check::build(&files, folder, limits));
            Ok(Difference::between(&from?, &to?))
        })
        .await
    }

    async fn files_of(&self, revision: RevisionId) -> Result<Files, Error> {
        let stored = self.inner.journal.revision(revision).await?;
        stored.map(|stored| stored.files).ok_or_else(|| Error::Refused(format!("There is no revision {revision}.")))
    }

    /// The path under which a file of the knowledge is known, and its limits.
    pub(crate) fn place(&self) -> (&Folder, &Limits) {
        (&self.inner.folder, &self.inner.limits)
    }

    /// Does what reads or checks knowledge, where it holds up no answer, when no other such work is under way.
    async fn checking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let _one = self.inner.checks.acquire().await.map_err(|_| Error::Broken)?;
        blocking(work).await
    }

    fn unchanged(&self) -> Change {
        Change { difference: Difference::default(), served: self.served(), recorded: true, remark: None }
    }

    /// Swaps in what was checked, and records it.
    async fn put(
        &self,
        checked: Checked,
        author: Author,
        turn: tokio::sync::MutexGuard<'_, ()>,
    ) -> Result<Change, Error> {
        let new = NewRevision {
            moderator: author.moderator,
            how: author.how.clone(),
            note: author.note,
            digest: checked.digest.clone(),
            counts: checked.counts,
            files: (*checked.files).clone(),
        };
        let remark = checked.remark.clone();
        let difference = self.swap(checked, author.how, None).await?;
        let (done, recorded) = oneshot::channel();
        // The recorder lives as long as we do.
        let _ = self.inner.pending.send(Pending { new, done });
        drop(turn);
        let recorded = matches!(timeout(RECORDING, recorded).await, Ok(Ok(())));
        Ok(Change { difference, served: self.served(), recorded, remark })
    }

    /// Swaps in what was checked. Only whoever has the turn may.
    async fn swap(&self, checked: Checked, how: How, revision: Option<RevisionId>) -> Result<Difference, Error> {
        let served = Served {
            files: Arc::clone(&checked.files),
            digest: checked.digest,
            counts: checked.counts,
            revision,
            how,
            since: SystemTime::now(),
        };
        let curator = self.clone();
        blocking(move || {
            let inner = &curator.inner;
            let difference = Difference::between(inner.service.current().library(), checked.engine.library());
            let (facts, how) = (served.counts.facts, served.how.to_string());
            // Together, so that who sees one sees the other.
            let mut place = inner.served.lock().unwrap_or_else(PoisonError::into_inner);
            let old = inner.service.swap(checked.engine);
            *place = served;
            drop(place);
            tracing::info!(how, facts, "knowledge swapped");
            std::thread::spawn(move || bury(&old));
            Ok(difference)
        })
        .await
    }
}

/// Waits until the last question that began with an engine is done, so that freeing a large one holds up no answer.
fn bury<T>(old: &Arc<T>) {
    for _ in 0..600 {
        if Arc::strong_count(old) == 1 {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Runs what takes long where it holds up no answer.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    let task: JoinHandle<Result<T, Error>> = spawn_blocking(work);
    task.await.unwrap_or(Err(Error::Broken))
}

/// Finishes a change of the knowledge that a crash broke off, so that what is read next is whole. Called before the
/// knowledge is loaded.
pub fn recover(path: &Path) {
    if let Err(error) = Folder::new(path).recover() {
        tracing::warn!(%error, "a change of the knowledge that was broken off could not be finished");
    }
}

/// The name of a file in the knowledge folder.
fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The path of a file of the folder.
fn in_folder(folder: &Path, name: &str) -> PathBuf {
    folder.join(name)
}
