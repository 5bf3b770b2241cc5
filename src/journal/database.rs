//! The database as the rest of the journal sees it: a pool, its schema, whether it is there, and what was lost.

use std::future::Future;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::any::{Any, AnyPoolOptions, AnyRow};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, AnyPool, Connection as _, Executor as _, Row as _, SqlSafeStr as _, Transaction};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use super::{Error, Kind, Settings};

/// Connections to PostgreSQL or a SQLite file: one writes, others serve moderators' reads, which are few.
const CONNECTIONS: u32 = 4;

/// How long a connection is tried for. A server on the same continent answers in tens of milliseconds.
pub(super) const CONNECT_LIMIT: Duration = Duration::from_secs(2);

/// How long one awaited piece of work may take; without it a link that went silent would hold a command for minutes.
const WORK_LIMIT: Duration = Duration::from_secs(10);

/// What each SQLite connection begins with. WAL: readers don't wait for the writer, and a killed process leaves the
/// file whole. FULL: what a moderator was told is stored survives the power going, too. `secure_delete`: a deleted
/// question is overwritten in the file, not only unlinked.
const SQLITE_PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;";

/// The steps of the schema, in order. One that was published is never edited; a change is a further step.
const MIGRATIONS: &[(i64, &str, &str)] = &[(1, "journal", include_str!("schema/1_journal.sql"))];

/// What the handle and the tasks share.
pub(super) struct Shared {
    settings: Settings,
    pool: AnyPool,
    /// Marks what this process made, among those that share a database.
    run: i64,
    up: watch::Sender<bool>,
    /// Wakes the keeper to see whether the database is still there.
    check: Notify,
    /// Changes whenever there may be new revisions of other processes.
    revisions: watch::Sender<u64>,
    newest: AtomicI64,
    pub(super) tally: Tally,
}

impl Shared {
    pub(super) fn new(settings: Settings) -> Self {
        sqlx::any::install_default_drivers();
        let address = &settings.address;
        let pool = AnyPoolOptions::new().acquire_timeout(CONNECT_LIMIT);
        let pool = match address.kind() {
            // Each connection to memory is a database of its own, gone with the connection.
            Kind::Sqlite if address.is_in_memory() => pool.max_connections(1).idle_timeout(None).max_lifetime(None),
            _ => pool.max_connections(CONNECTIONS),
        };
        let pool = match address.kind() {
            Kind::Sqlite => pool.after_connect(|connection, _| {
                Box::pin(async move { connection.execute(SQLITE_PRAGMAS).await.map(drop) })
            }),
            Kind::Postgres => pool,
        };
        Self {
            pool: pool.connect_lazy_with(address.options()),
            // Random for each call; seq makes a collision of two runs harmless in all but the rarest case.
            run: RandomState::new().build_hasher().finish().cast_signed(),
            up: watch::Sender::new(false),
            check: Notify::new(),
            revisions: watch::Sender::new(0),
            newest: AtomicI64::new(0),
            tally: Tally::default(),
            settings,
        }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn kind(&self) -> Kind {
        self.settings.address.kind()
    }

    pub(super) fn pool(&self) -> &AnyPool {
        &self.pool
    }

    pub(super) fn run_id(&self) -> i64 {
        self.run
    }

    pub(super) fn is_up(&self) -> bool {
        *self.up.borrow()
    }

    pub(super) fn watch_up(&self) -> watch::Receiver<bool> {
        self.up.subscribe()
    }

    /// Says whether the database is there. Only the keeper calls it.
    pub(super) fn set_up(&self, up: bool) {
        if self.up.send_replace(up) != up && up {
            self.signal_revisions();
        }
    }

    /// Asks the keeper to see whether the database is still there.
    pub(super) fn doubt(&self) {
        self.check.notify_one();
    }

    pub(super) async fn doubted(&self) {
        self.check.notified().await;
    }

    /// Notes the newest revision that was seen, and tells the subscriptions if it is news.
    pub(super) fn saw_revision(&self, id: i64) {
        if self.newest.fetch_max(id, Ordering::Relaxed) < id {
            self.signal_revisions();
        }
    }

    /// Lets the subscriptions look for revisions.
    pub(super) fn signal_revisions(&self) {
        self.revisions.send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(super) fn watch_revisions(&self) -> watch::Receiver<u64> {
        self.revisions.subscribe()
    }

    /// Connects and brings the schema up to date. Harmless where that is so already.
    pub(super) async fn prepare(&self) -> Result<(), sqlx::Error> {
        let address = &self.settings.address;
        if let Some(folder) = address.file().and_then(|file| file.parent()) {
            tokio::fs::create_dir_all(folder).await?;
        }
        if !address.is_in_memory() {
            // First by itself: the pool keeps trying a server that refuses for seconds, and we want to know.
            let options = address.options();
            let connecting = timeout(CONNECT_LIMIT, AnyConnection::connect_with(&options));
            connecting.await.map_err(|_| sqlx::Error::PoolTimedOut)??.close().await?;
        }
        migrate(&self.pool).await?;
        Ok(())
    }

    /// Begins a transaction that writes. SQLite must say so at once: a reader that becomes a writer later is refused
    /// instead of waiting for its turn.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        match self.kind() {
            Kind::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await,
            Kind::Postgres => self.pool.begin().await,
        }
    }

    /// Does awaited work, named in words that follow "could not", unless the database is known to be away.
    pub(super) async fn run<T>(
        &self,
        doing: &'static str,
        work: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, Error> {
        if !self.is_up() {
            return Err(Error::Away);
        }
        match timeout(WORK_LIMIT, work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(source)) => {
                self.doubt();
                Err(if is_outage(&source) { Error::Away } else { Error::Failed { doing, source } })
            }
            Err(_) => {
                self.doubt();
                Err(Error::Away)
            }
        }
    }

    /// Closes the connections; one that hangs is left to the operating system.
    pub(super) async fn close(&self) {
        let _ = timeout(Duration::from_secs(1), self.pool.close()).await;
        self.up.send_replace(false);
    }
}

/// Boxed: the compiler can't see for itself that the migrator's future may change threads.
fn migrate(pool: &AnyPool) -> Pin<Box<dyn Future<Output = Result<(), MigrateError>> + Send + '_>> {
    Box::pin(async move {
        let steps = MIGRATIONS.iter().map(|&(version, name, sql)| {
            Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
        });
        Migrator::with_migrations(steps.collect()).run(pool).await
    })
}

/// Whether an error means that the database can't be reached, rather than that it refused something.
fn is_outage(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        // PostgreSQL's classes 08 (connection) and 57 (it shuts down or starts), and its "too many connections".
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            code.len() == 5 && (code.starts_with("08") || code.starts_with("57") || code == "53300")
        }),
        _ => false,
    }
}

/// Whether an error is the fault of the data that was to be written, so that writing it again can't help.
pub(super) fn is_data_fault(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Encode(_) => true,
        // A violated constraint, or PostgreSQL's class 22: a value that it can't store.
        sqlx::Error::Database(error) => {
            !matches!(error.kind(), sqlx::error::ErrorKind::Other)
                || error.code().is_some_and(|code| code.len() == 5 && code.starts_with("22"))
        }
        _ => false,
    }
}

/// Milliseconds since 1970, as times are stored.
pub(super) fn millis(at: SystemTime) -> i64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// The time that [`millis`] stored.
pub(super) fn time(millis: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(millis).unwrap_or_default())
}

/// A number of things, in a column of a row.
pub(super) fn count(row: &AnyRow, column: usize) -> Result<u64, sqlx::Error> {
    row.try_get(column).map(i64::cast_unsigned)
}

/// What became of the events: counted here and nowhere else.
#[derive(Default)]
pub(super) struct Tally {
    accepted: AtomicU64,
    /// Written or lost, of those accepted.
    done: watch::Sender<u64>,
    losses: AtomicU64,
    /// Whether the present spell of losses was logged.
    told: AtomicBool,
}

impl Tally {
    /// An event was queued.
    pub(super) fn accept(&self) {
        self.accepted.fetch_add(1, Ordering::AcqRel);
    }

    /// Events of the queue are off our hands.
    pub(super) fn settle(&self, count: usize) {
        self.done.send_modify(|done| *done += count as u64);
    }

    /// Counts losses, and logs the first of a spell.
    pub(super) fn lose(&self, count: u64, why: &'static str) {
        self.losses.fetch_add(count, Ordering::Relaxed);
        if !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(why, "the journal loses events; further losses are counted, not logged");
        }
    }

    /// Everything that waited is written: a spell of losses, if there was one, is over.
    pub(super) fn recovered(&self) {
        if self.told.swap(false, Ordering::Relaxed) {
            tracing::info!(losses = self.losses(), "the journal keeps up again");
        }
    }

    pub(super) fn losses(&self) -> u64 {
        self.losses.load(Ordering::Relaxed)
    }

    pub(super) fn queued(&self) -> u64 {
        self.accepted.load(Ordering::Acquire).saturating_sub(*self.done.borrow())
    }

    /// Waits until what is accepted now is done.
    pub(super) async fn settled(&self) {
        let target = self.accepted.load(Ordering::Acquire);
        // It fails only when the sender is gone, and that is ours.
        let _ = self.done.subscribe().wait_for(|done| *done >= target).await;
    }

    /// Gives up what still waits; how much that was.
    pub(super) fn abandon(&self) -> u64 {
        let left = self.queued();
        if left > 0 {
            self.lose(left, "closed before the database took them");
            self.settle(usize::try_from(left).unwrap_or(usize::MAX));
        }
        left
    }
}
