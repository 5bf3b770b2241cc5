//! Where a test keeps its journal, a link to cut, and small makers of events.

use std::future::Future;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use briefing_bot::journal::{
    Address, Asked, Clock, Counts, Event, How, Journal, NewRevision, Outcome, Settings, Verdict, Voted, Voter,
};
use futures_util::FutureExt as _;
use sqlx::{AnyPool, AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// Longer than anything here takes on a busy machine: reaching it is a failure.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// Databases that this program has made so far: each test's has a name of its own.
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A database of one test.
pub(crate) struct Place {
    pub(crate) url: String,
    folder: TempDir,
    gate: Option<Gate>,
}

/// Runs a test on a new SQLite file.
pub(crate) async fn on_sqlite<F: Future<Output = ()>>(body: impl FnOnce(Arc<Place>) -> F) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}/data/journal.db", folder.path().display());
    body(Arc::new(Place { url, folder, gate: None })).await;
}

/// Runs a test on a new database of the server, behind a gate; without a server it says that it does not.
pub(crate) async fn on_postgres<F: Future<Output = ()>>(body: impl FnOnce(Arc<Place>) -> F) {
    let Some(server) = server() else {
        eprintln!("not run: TEST_POSTGRES_URL is not set; use tests/postgres.sh cargo test");
        return;
    };
    let name = format!("journal_test_{}_{}", std::process::id(), DATABASES.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnection::connect(&server).await.expect("the server of TEST_POSTGRES_URL");
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await.expect("a new database");
    let gate = Gate::open(authority(&server).parse().expect("an address with a port")).await;
    let (before, _) = server.rsplit_once('/').expect("a URL with a database");
    let url = format!("{}/{name}", before.replace(&authority(&server), &gate.address.to_string()));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = Arc::new(Place { url, folder, gate: Some(gate) });
    let outcome = AssertUnwindSafe(body(place)).catch_unwind().await;
    // Anew: the server may have been restarted meanwhile.
    let mut admin = PgConnection::connect(&server).await.expect("the server of TEST_POSTGRES_URL");
    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
    sqlx::query(AssertSqlSafe(drop)).execute(&mut admin).await.expect("the database goes");
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

/// The server's address, if there is one for tests.
pub(crate) fn server() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL").ok()
}

/// HOST:PORT of a URL.
fn authority(url: &str) -> String {
    let rest = url.rsplit_once('@').expect("a URL with a user").1;
    rest.split_once('/').expect("a URL with a database").0.to_owned()
}

impl Place {
    /// Settings that try again soon, and look and purge only when told.
    pub(crate) fn settings(&self) -> Settings {
        settings(&self.url)
    }

    /// A journal that is connected.
    pub(crate) async fn open(&self) -> Journal {
        self.open_with(self.settings()).await
    }

    /// A journal of these settings that is connected.
    pub(crate) async fn open_with(&self, settings: Settings) -> Journal {
        let journal = Journal::open(settings);
        assert!(journal.ready(SOON).await, "the journal connects");
        journal
    }

    /// The database itself, past the journal. It must exist.
    pub(crate) async fn raw(&self) -> AnyPool {
        sqlx::any::install_default_drivers();
        AnyPool::connect(&self.url).await.expect("the database")
    }

    /// A number out of the database.
    pub(crate) async fn number(&self, sql: &'static str) -> i64 {
        let raw = self.raw().await;
        let number = sqlx::query_scalar(sql).fetch_one(&raw).await.expect("a number");
        raw.close().await;
        number
    }

    /// The SQLite file.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("data/journal.db")
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.gate.is_none()
    }

    /// Takes the database away, before a journal is opened (SQLite) or at any time (PostgreSQL).
    pub(crate) async fn take_away(&self) {
        match &self.gate {
            Some(gate) => gate.shut().await,
            // A file where the folder should be.
            None => std::fs::write(self.folder.path().join("data"), "").expect("a file"),
        }
    }

    /// Brings back what `take_away` took.
    pub(crate) async fn bring_back(&self) {
        match &self.gate {
            Some(gate) => gate.reopen().await,
            None => std::fs::remove_file(self.folder.path().join("data")).expect("the file goes"),
        }
    }
}

/// Settings that try again soon, look and purge only when told, and take it to be noon: by the true time the events of
/// that day are old enough to be deleted.
pub(crate) fn settings(url: &str) -> Settings {
    Settings {
        retry_least: Duration::from_millis(10),
        retry_most: Duration::from_millis(50),
        check_every: Duration::from_hours(1),
        clock: Clock::new(noon),
        ..Settings::new(url.parse::<Address>().expect("an address"))
    }
}

/// A link to a server that can be cut and mended: what a client sees of a server that stops and starts.
pub(crate) struct Gate {
    pub(crate) address: SocketAddr,
    server: SocketAddr,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Gate {
    async fn open(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let gate = Self { address: listener.local_addr().expect("its address"), server, task: Mutex::new(None) };
        gate.serve(listener);
        gate
    }

    fn serve(&self, listener: TcpListener) {
        let server = self.server;
        let task = tokio::spawn(async move {
            // Dropped with the task, and every connection with it.
            let mut connections = JoinSet::new();
            while let Ok((mut client, _)) = listener.accept().await {
                connections.spawn(async move {
                    if let Ok(mut upstream) = TcpStream::connect(server).await {
                        let _ = tokio::io::copy_bidirectional(&mut client, &mut upstream).await;
                    }
                });
            }
        });
        *self.task.lock().expect("no panic holds it") = Some(task);
    }

    /// Cuts every connection and refuses new ones.
    pub(crate) async fn shut(&self) {
        let task = self.task.lock().expect("no panic holds it").take();
        if let Some(task) = task {
            task.abort();
            let _ = task.await;
        }
    }

    /// Accepts connections again.
    pub(crate) async fn reopen(&self) {
        let listener = TcpListener::bind(self.address).await.expect("the same port");
        self.serve(listener);
    }
}

/// Waits until something is so; fails when it is not in time.
#[track_caller]
pub(crate) fn eventually(what: &'static str, mut is_so: impl FnMut() -> bool) -> impl Future<Output = ()> {
    let caller = std::panic::Location::caller();
    async move {
        let deadline = Instant::now() + SOON;
        while !is_so() {
            assert!(Instant::now() < deadline, "{what}: not in time ({caller})");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

/// The same moment for every test: noon of a day in 2026.
pub(crate) fn noon() -> SystemTime {
    UNIX_EPOCH + Duration::from_hours(24 * 20_500 + 12)
}

pub(crate) fn days(count: u32) -> Duration {
    Duration::from_hours(24) * count
}

/// A clock that is set by hand.
#[derive(Clone)]
pub(crate) struct Hands(Arc<Mutex<SystemTime>>);

impl Hands {
    pub(crate) fn at(time: SystemTime) -> Self {
        Self(Arc::new(Mutex::new(time)))
    }

    pub(crate) fn set(&self, time: SystemTime) {
        *self.0.lock().expect("no panic holds it") = time;
    }

    pub(crate) fn clock(&self) -> Clock {
        let hands = self.0.clone();
        Clock::new(move || *hands.lock().expect("no panic holds it"))
    }
}

/// A question with this outcome.
pub(crate) fn asked(at: SystemTime, outcome: Outcome) -> Asked {
    Asked {
        at,
        outcome,
        briefing: Some("harbour".to_owned()),
        fact: Some("ferry-times".to_owned()),
        confidence: 0.5,
        elapsed: Duration::from_micros(80),
    }
}

pub(crate) fn answered(at: SystemTime) -> Event {
    Event::Asked(asked(at, Outcome::Answer))
}

pub(crate) fn in_vain(at: SystemTime, question: &str) -> Event {
    Event::Asked(Asked { briefing: None, fact: None, ..asked(at, Outcome::None { question: question.to_owned() }) })
}

pub(crate) fn suggested(at: SystemTime, question: &str) -> Event {
    Event::Asked(asked(at, Outcome::Suggest { question: question.to_owned() }))
}

pub(crate) fn helpful(at: SystemTime, voter: Voter, fact: &str) -> Event {
    vote(at, voter, fact, Verdict::Helpful)
}

pub(crate) fn not_helpful(at: SystemTime, voter: Voter, fact: &str, question: &str) -> Event {
    vote(at, voter, fact, Verdict::NotHelpful { question: Some(question.to_owned()) })
}

fn vote(at: SystemTime, voter: Voter, fact: &str, verdict: Verdict) -> Event {
    Event::Voted(Voted { at, voter, briefing: "harbour".to_owned(), fact: fact.to_owned(), verdict })
}

/// A revision of one file with this text.
pub(crate) fn revision(how: How, text: &str) -> NewRevision {
    NewRevision {
        moderator: Some(u64::MAX - 1),
        how,
        note: None,
        digest: format!("digest of {text}"),
        counts: Counts { briefings: 1, facts: 2, asks: 24 },
        files: [("harbour.toml".to_owned(), text.into()), ("harbour.md".to_owned(), "# Ferries".into())].into(),
    }
}
