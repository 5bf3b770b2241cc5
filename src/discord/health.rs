//! Health and metrics over HTTP, for whoever watches the process: `GET /healthz` and `GET /metrics`.
//!
//! Two pages of plain text need no web framework. A request is read as far as its first line, within bounds of size,
//! time and number, and its connection is closed after the answer.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::Error;
use super::bot::Bot;
use super::log::HEARD;
use crate::answer::Outcome;

/// Connections that are served at a time.
const AT_ONCE: usize = 16;
/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a request that are read.
const LONGEST: usize = 8 * 1024;

/// What is counted since the start. Says nothing of who asked what.
#[derive(Default)]
pub(crate) struct Tally {
    answer: AtomicU64,
    suggest: AtomicU64,
    none: AtomicU64,
    /// Microseconds that finding the answers took, all together.
    micros: AtomicU64,
    sessions: Mutex<Sessions>,
}

/// What is known of the gateway. serenity says when a session stands, but not reliably when it has broken off, and not
/// who dials: so a connection that was dialled since the last session began counts as a shard that is away.
#[derive(Default)]
struct Sessions {
    /// Shards that had a session.
    begun: BTreeSet<u32>,
    /// Connections dialled since a session last began.
    dialled: usize,
}

impl Tally {
    /// A question was answered.
    pub(crate) fn asked(&self, outcome: Outcome, took: Duration) {
        let count = match outcome {
            Outcome::Answer => &self.answer,
            Outcome::Suggest => &self.suggest,
            Outcome::None => &self.none,
        };
        count.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// A shard's session began, or was resumed.
    pub(crate) fn session(&self, shard: u32) {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.begun.insert(shard);
        sessions.dialled = 0;
    }

    /// A shard dials the gateway.
    pub(crate) fn dials(&self) {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).dialled += 1;
    }

    /// How many shards are connected.
    fn connected(&self) -> usize {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.begun.len().saturating_sub(sessions.dialled)
    }
}

/// Takes the address.
///
/// # Errors
/// Where it can't be had: another process has it, or it is not this machine's.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    let bound = TcpListener::bind(address).await.and_then(|listener| Ok((listener.local_addr()?, listener)));
    let (address, listener) = bound.map_err(|error| {
        Error::Http(format!("HTTP_ADDR: nothing can be served at {address}: {error}. Set another, or leave it out."))
    })?;
    tracing::info!(%address, "health and metrics are served");
    Ok(listener)
}

/// Serves for ever. `shards` is how many this process runs.
pub(crate) async fn serve(listener: TcpListener, bot: Arc<Bot>, shards: usize) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely, which doesn't pass at once.
            sleep(Duration::from_millis(200)).await;
            continue;
        };
        let bot = Arc::clone(&bot);
        tokio::spawn(async move {
            // One who doesn't listen any more, or is too slow, misses the answer; nobody else does.
            let _ = timeout(PATIENCE, answer(stream, &bot, shards)).await;
            drop(place);
        });
    }
}

async fn answer(mut stream: TcpStream, bot: &Bot, shards: usize) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < LONGEST {
        if stream.read_buf(&mut head).await? == 0 {
            break;
        }
    }
    let head = String::from_utf8_lossy(&head);
    let mut words = head.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (status, body) = match (method, path.split('?').next().unwrap_or_default()) {
        ("GET" | "HEAD", "/healthz") => health(bot, shards),
        ("GET" | "HEAD", "/metrics") => ("200 OK", metrics(bot, shards)),
        ("GET" | "HEAD", _) => ("404 Not Found", "/healthz and /metrics are here.\n".to_owned()),
        _ => ("405 Method Not Allowed", "Only GET and HEAD.\n".to_owned()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {}\r\n\
         Allow: GET, HEAD\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    if method != "HEAD" {
        stream.write_all(body.as_bytes()).await?;
    }
    stream.shutdown().await
}

/// Healthy is who is connected to Discord with all shards.
fn health(bot: &Bot, shards: usize) -> (&'static str, String) {
    let connected = bot.tally.connected();
    let status = if connected >= shards { "200 OK" } else { "503 Service Unavailable" };
    (status, format!("{connected} of {shards} shards connected\n"))
}

/// The numbers, in Prometheus's text format.
fn metrics(bot: &Bot, shards: usize) -> String {
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, samples: &[(&str, f64)]| {
        // Writing to a string can't fail.
        let _ = writeln!(text, "# HELP briefing_bot_{name} {help}\n# TYPE briefing_bot_{name} {kind}");
        for (rest, value) in samples {
            let _ = writeln!(text, "briefing_bot_{name}{rest} {value}");
        }
    };
    let tally = &bot.tally;
    let count = |counter: &AtomicU64| number(counter.load(Ordering::Relaxed));
    let outcomes = [
        ("{outcome=\"answer\"}", count(&tally.answer)),
        ("{outcome=\"suggest\"}", count(&tally.suggest)),
        ("{outcome=\"none\"}", count(&tally.none)),
    ];
    let engine = bot.service.current();
    let briefings = engine.library().briefings();
    let facts: usize = briefings.iter().map(|briefing| briefing.facts.len()).sum();
    family("questions_total", "counter", "Questions, by what came of them.", &outcomes);
    family(
        "answer_seconds",
        "summary",
        "Time that finding answers took, without the way to Discord.",
        &[("_sum", count(&tally.micros) / 1e6), ("_count", outcomes.iter().map(|(_, count)| count).sum())],
    );
    family("in_flight", "gauge", "Events that are being answered.", &[("", small(bot.flights.count()))]);
    family("shards", "gauge", "Shards of this process.", &[("", small(shards))]);
    family("shards_connected", "gauge", "Shards whose session stands.", &[("", small(tally.connected()))]);
    family(
        "requests_lost_total",
        "counter",
        "Requests to Discord that got no answer.",
        &[("", number(bot.rest.lost()))],
    );
    family(
        "requests_limited_total",
        "counter",
        "Requests that Discord refused as too many.",
        &[("", number(bot.rest.limited()))],
    );
    family(
        "events_unreadable_total",
        "counter",
        "Gateway events that could not be read.",
        &[("", number(HEARD.unreadable()))],
    );
    family("briefings", "gauge", "Briefings in service.", &[("", small(briefings.len()))]);
    family("facts", "gauge", "Facts in service.", &[("", small(facts))]);
    text
}

#[expect(clippy::cast_precision_loss, reason = "the text format knows floating-point numbers only")]
fn number(count: u64) -> f64 {
    count as f64
}

fn small(count: usize) -> f64 {
    number(u64::try_from(count).unwrap_or(u64::MAX))
}
