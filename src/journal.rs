//! The journal: what must outlive the process.
//!
//! Owns questions that found no sure answer, votes, revisions of the knowledge and settings, in SQLite or PostgreSQL.
//! Two ways lead in. [`Journal::record`] notes events while answering: it never waits, and a full queue or a database
//! that is away costs the note, never the answer. Everything else (revisions, gaps, numbers, settings) is awaited by a
//! moderator's command, and says so when the database is away.
//!
//! One task, the keeper, connects, migrates, writes what is queued, deletes what is due, and is the only one to
//! say whether the database is [`up`](Health::connected). It never gives up: [`Journal::open`] succeeds without a
//! database, and nothing has to be restarted when one comes back.
//!
//! Why sqlx: it is asynchronous to the socket, has both databases with pools, migrations inside the binary and
//! LISTEN/NOTIFY, and no code generation at build time. rusqlite and tokio-postgres would be two of everything; diesel
//! brings libpq and blocking calls. Its `Any` driver lets one set of SQL serve both databases: both number parameters
//! `$1`, know `ON CONFLICT`, partial indexes and the type names that the schema uses. What differs is in
//! `database.rs`: SQLite's pragmas, how a writing transaction begins, and PostgreSQL's announcements.
//!
//! Who asked or voted is not stored: [`event`] has no place for it. Texts of questions live [`Settings::retention_days`].

pub mod address;
mod database;
pub mod event;
pub mod gaps;
mod keeper;
mod retention;
pub mod revision;
pub mod stats;
pub mod subscription;
mod write;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub use address::{Address, AddressError, Kind};
use database::Shared;
pub use event::{Asked, Event, Outcome, Verdict, Voted, Voter, VoterKey};
pub use gaps::{Gap, GapFact};
pub use retention::Purged;
pub use revision::{Counts, How, NewRevision, Revision, RevisionId, StoredRevision};
pub use stats::{Day, FactAsked, FactVotes, Stats};
pub use subscription::Subscription;
use write::Queued;

/// Why something that was awaited did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database can't be reached; the journal goes on trying by itself.
    #[error("the database is away")]
    Away,
    /// The database answered with an error.
    #[error("the database could not {doing}")]
    Failed {
        /// What was tried, after "could not".
        doing: &'static str,
        /// What it said.
        source: sqlx::Error,
    },
    /// A file of a revision holds what one of the two databases can't store.
    #[error("{name} holds a NUL character")]
    Nul {
        /// The file's name.
        name: String,
    },
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes")]
    Random,
}

/// How a journal is kept. [`Settings::new`] gives what suits a bot.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where.
    pub address: Address,
    /// Days that a question's text is kept; 0 keeps none.
    pub retention_days: u32,
    /// Events that may wait for the database; more are dropped and counted. At least 1.
    pub queue_capacity: usize,
    /// The first wait before the database is tried again; it doubles up to `retry_most`.
    pub retry_least: Duration,
    /// The longest wait before the database is tried again.
    pub retry_most: Duration,
    /// How often an idle database is asked whether it is there, and for revisions whose announcement was lost.
    pub check_every: Duration,
    /// How often old texts are deleted.
    pub purge_every: Duration,
    /// What tells the time for retention and statistics.
    pub clock: Clock,
}

impl Settings {
    /// The usual settings: 90 days, 4,096 events (a minute of a busy bot), tried again after 0.1 to 2 s.
    #[must_use]
    pub fn new(address: Address) -> Self {
        Self {
            address,
            retention_days: 90,
            queue_capacity: 4_096,
            retry_least: Duration::from_millis(100),
            retry_most: Duration::from_secs(2),
            check_every: Duration::from_secs(15),
            purge_every: Duration::from_hours(24),
            clock: Clock::default(),
        }
    }
}

/// What tells the time. The default is the system's clock; tests bring their own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    /// A clock of one's own.
    #[must_use]
    pub fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(SystemTime::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock(..)")
    }
}

/// How the journal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// Which database it is.
    pub kind: Kind,
    /// Whether the database answered when last tried.
    pub connected: bool,
    /// Events that wait to be written.
    pub queued: u64,
    /// Events that were never written, since the start.
    pub losses: u64,
}

/// A handle on the journal; clones share it. When the last is dropped, what can be written still is; [`Journal::close`]
/// waits for that.
#[derive(Clone)]
pub struct Journal {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    queue: mpsc::Sender<Queued>,
    seq: AtomicI64,
    closed: AtomicBool,
    /// True asks the tasks to finish; dropped, it tells them that nobody is left.
    stop: watch::Sender<bool>,
    /// Taken by the first `close`. A std mutex: it is never held across an await.
    keeper: Mutex<Option<JoinHandle<()>>>,
}

impl Journal {
    /// Opens the journal and returns at once; the database is reached in the background, however long that takes.
    /// Must be called inside a tokio runtime.
    #[must_use]
    pub fn open(settings: Settings) -> Self {
        let (queue, waiting) = mpsc::channel(settings.queue_capacity.max(1));
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::new(Shared::new(settings));
        let keeper = tokio::spawn(keeper::run(Arc::clone(&shared), waiting, stopped.clone()));
        if shared.kind() == Kind::Postgres {
            tokio::spawn(subscription::listen(Arc::clone(&shared), stopped));
        }
        let inner = Inner {
            shared,
            queue,
            seq: AtomicI64::new(0),
            closed: AtomicBool::new(false),
            stop,
            keeper: Mutex::new(Some(keeper)),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Waits until the database is reached and its schema current; whether that was so within `limit`.
    pub async fn ready(&self, limit: Duration) -> bool {
        let mut up = self.inner.shared.watch_up();
        timeout(limit, up.wait_for(|up| *up)).await.is_ok_and(|up| up.is_ok())
    }

    /// Notes an event. Never waits: where the queue is full or the journal closed, the event is dropped and counted
    /// in [`Health::losses`].
    pub fn record(&self, event: Event) {
        let inner = &self.inner;
        let queued = Queued {
            seq: inner.seq.fetch_add(1, Ordering::Relaxed),
            row: write::Row::new(event, inner.shared.settings().retention_days > 0),
        };
        if inner.closed.load(Ordering::Relaxed) || inner.queue.try_send(queued).is_err() {
            inner.shared.tally.lose(1, "the queue is full or closed");
        } else {
            inner.shared.tally.accept();
        }
    }

    /// Waits until everything recorded before is written (or lost); whether that was so within `limit`.
    pub async fn flush(&self, limit: Duration) -> bool {
        timeout(limit, self.inner.shared.tally.settled()).await.is_ok()
    }

    /// Writes what waits and closes the database, within `limit`. Returns how many events could not be written; they
    /// count as lost. What is recorded afterwards is lost.
    pub async fn close(&self, limit: Duration) -> u64 {
        let inner = &self.inner;
        inner.closed.store(true, Ordering::Relaxed);
        inner.stop.send_replace(true);
        let keeper = inner.keeper.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut keeper) = keeper
            && timeout(limit, &mut keeper).await.is_err()
        {
            keeper.abort();
            // It ends at its next await; what it wrote until then counts as written.
            let _ = keeper.await;
        }
        let unwritten = inner.shared.tally.abandon();
        inner.shared.close().await;
        unwritten
    }

    /// How the journal is, now.
    #[must_use]
    pub fn health(&self) -> Health {
        let shared = &self.inner.shared;
        Health {
            kind: shared.kind(),
            connected: shared.is_up(),
            queued: shared.tally.queued(),
            losses: shared.tally.losses(),
        }
    }

    /// Events that were never written, since the start.
    #[must_use]
    pub fn losses(&self) -> u64 {
        self.inner.shared.tally.losses()
    }

    /// Reads a setting.
    ///
    /// # Errors
    /// Where the database is away or fails.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        let shared = &self.inner.shared;
        let query = sqlx::query_scalar("SELECT value FROM settings WHERE name = $1").bind(name);
        shared.run("read a setting", query.fetch_optional(shared.pool())).await
    }

    /// Sets a setting, or removes it with `None`.
    ///
    /// # Errors
    /// Where the database is away or fails.
    pub async fn set_setting(&self, name: &str, value: Option<&str>) -> Result<(), Error> {
        let shared = &self.inner.shared;
        let query = match value {
            Some(value) => sqlx::query(
                "INSERT INTO settings (name, value) VALUES ($1, $2) \
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            )
            .bind(name)
            .bind(value),
            None => sqlx::query("DELETE FROM settings WHERE name = $1").bind(name),
        };
        shared.run("keep a setting", query.execute(shared.pool())).await.map(drop)
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("address", &self.inner.shared.settings().address).finish_non_exhaustive()
    }
}
