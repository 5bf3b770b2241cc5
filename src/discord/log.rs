//! What of serenity's log is kept, and what it alone knows.
//!
//! serenity logs whole gateway events, messages and all, and requests with the tokens of interactions in them; so its
//! log, and that of the layers below it, is never written ([`quiet`]). But some things it says nowhere else: that an
//! event could not be read (it makes an unknown event of it and drops it), and two of the reasons for which Discord
//! closes a gateway. [`layer`] listens for these and reads no more of a line than its first words.

use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};

use tokio::sync::Notify;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterFn, Targets, filter_fn};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// Crates whose lines are never written: they show message text, tokens, or both.
const SILENT: [&str; 4] = ["serenity", "poise", "tungstenite", "tokio_tungstenite"];
/// Crates whose lines are written down to the level info: below it they show addresses, in which tokens stand.
const TERSE: [&str; 4] = ["hyper", "hyper_util", "h2", "reqwest"];

/// Lets through what may be written. To be combined (`and`) with whatever `RUST_LOG` says, so that no setting can bring
/// message text or a token into the log.
#[must_use]
pub fn quiet() -> FilterFn<fn(&Metadata<'_>) -> bool> {
    filter_fn(|line| {
        let source = line.target().split("::").next().unwrap_or_default();
        !(SILENT.contains(&source) || TERSE.contains(&source) && *line.level() > Level::INFO)
    })
}

/// What was heard, for the whole process: serenity's log knows no client.
pub(crate) static HEARD: Heard =
    Heard { unreadable: AtomicU64::new(0), closed: AtomicU16::new(0), notify: Notify::const_new() };

/// What was heard in serenity's log.
pub(crate) struct Heard {
    unreadable: AtomicU64,
    closed: AtomicU16,
    notify: Notify,
}

impl Heard {
    /// Events that could not be read, since the start.
    pub(crate) fn unreadable(&self) -> u64 {
        self.unreadable.load(Ordering::Relaxed)
    }

    /// Waits for the close code 4010 or 4011, with which nothing can be done but to stop, and logs unreadable events
    /// meanwhile.
    pub(crate) async fn fatal(&self) -> u16 {
        let mut told = self.unreadable();
        loop {
            let heard = self.notify.notified();
            let code = self.closed.swap(0, Ordering::Relaxed);
            if code != 0 {
                return code;
            }
            let total = self.unreadable();
            if total > told {
                tracing::warn!(new = total - told, total, "events from the gateway could not be read");
                told = total;
            }
            heard.await;
        }
    }

    fn hear(&self, words: &str) {
        let dropped = words.strip_prefix(UNKNOWN).and_then(|rest| rest.split('"').next());
        let unreadable = words.starts_with("Err deserializing") || words.starts_with("Err decompressing");
        if unreadable || dropped.is_some_and(|kind| OURS.contains(&kind)) {
            self.unreadable.fetch_add(1, Ordering::Relaxed);
        } else if words.contains("Sent invalid shard data") {
            self.closed.store(4010, Ordering::Relaxed);
        } else if words.contains("Shard has too many guilds") {
            self.closed.store(4011, Ordering::Relaxed);
        } else {
            return;
        }
        self.notify.notify_one();
    }
}

/// How serenity tells of an event that it drops, up to the event's name.
const UNKNOWN: &str = "An unknown event was received: UnknownEvent { kind: \"";
/// The events that we listen for. Others may well be unknown: Discord has new ones every year.
const OURS: [&str; 4] = ["READY", "RESUMED", "MESSAGE_CREATE", "INTERACTION_CREATE"];

/// Listens to serenity's gateway. Without it unreadable events go uncounted.
#[must_use]
pub fn layer<S>() -> impl Layer<S>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
{
    let heard = [("serenity::gateway", LevelFilter::WARN), ("serenity::client::dispatch", LevelFilter::DEBUG)];
    Listener.with_filter(Targets::new().with_targets(heard))
}

/// Makes the report of a panic name its place only: its words may hold somebody's.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!("panicked at {place}");
    }));
}

struct Listener;

impl<S: tracing::Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut words = FirstWords(String::new());
        event.record(&mut words);
        HEARD.hear(&words.0);
    }
}

/// The first characters of an event's message; what comes after them is never even written out.
struct FirstWords(String);

/// Characters that tell one line from another; a shard's name stands before some of them.
const FIRST: usize = 120;

impl Visit for FirstWords {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            // Stops with an error once there is enough.
            let _ = write!(self, "{value:?}");
        }
    }
}

impl fmt::Write for FirstWords {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = FIRST.saturating_sub(self.0.len());
        self.0.extend(text.chars().take(room));
        if self.0.len() >= FIRST { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_words_are_read() {
        let mut words = FirstWords(String::new());
        assert!(write!(words, "Err deserializing text: {}", "secret ".repeat(100)).is_err());
        assert!(words.0.len() <= FIRST + 4);
    }

    #[tokio::test]
    async fn what_only_the_log_says_is_heard() {
        let heard = Heard { unreadable: AtomicU64::new(0), closed: AtomicU16::new(0), notify: Notify::const_new() };
        heard.hear("Err deserializing text: ...");
        heard.hear("anything else");
        heard.hear("An unknown event was received: UnknownEvent { kind: \"MESSAGE_CREATE\", value: ");
        heard.hear("An unknown event was received: UnknownEvent { kind: \"OF_TOMORROW\", value: ");
        assert_eq!(heard.unreadable(), 2);
        heard.hear("[ShardInfo { id: ShardId(0), total: 1 }] Shard has too many guilds.");
        assert_eq!(heard.fatal().await, 4011);
    }
}
