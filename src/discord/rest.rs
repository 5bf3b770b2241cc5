//! Requests to Discord's REST API, repeated as its documentation asks and never so that a second answer results.
//!
//! Everything that the bot sends goes through [`Rest::send`]: serenity's own methods drop the headers of a refusal and
//! show the address of a failed request, in which the token of an interaction stands.
//!
//! Rate limits are kept here, the same way whatever the address: a route whose last request is used up waits, and so
//! does what a 429 forbids. serenity's rate limiter is not used. It ignores `DISCORD_API_URL`, keeps a bucket for every
//! interaction for ever, lets other requests go on during a global limit, and sends a request that was carried out once
//! more where it can't read a header.

mod block;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use poise::serenity_prelude as serenity;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serenity::{LightMethod, Request, Route};
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use block::Blocks;

/// Why a request came to nothing. Shows neither address nor token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// Discord answered that it won't.
    #[error("Discord refused (status {status}, code {code})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's own code, 0 where it gave none.
        code: i64,
    },
    /// Discord couldn't be reached, or not in time.
    #[error("Discord could not be reached in time")]
    Late,
    /// The request could not be written.
    #[error("the request could not be written")]
    Unwritable,
}

impl Error {
    /// Discord's own code of a refusal.
    pub(crate) fn code(self) -> Option<i64> {
        if let Self::Refused { code, .. } = self { Some(code) } else { None }
    }
}

/// Discord's codes that are acted on.
pub(crate) mod code {
    /// Interaction has already been acknowledged.
    pub(crate) const ACKNOWLEDGED: i64 = 40060;
    /// Missing access: the channel can't be seen.
    pub(crate) const NO_ACCESS: i64 = 50001;
    /// Missing permissions.
    pub(crate) const NO_PERMISSION: i64 = 50013;
    /// Cannot reply without permission to read message history.
    pub(crate) const NO_HISTORY: i64 = 160_002;
    /// The thread is archived.
    pub(crate) const ARCHIVED: i64 = 50083;
    /// The thread is locked.
    pub(crate) const LOCKED: i64 = 160_005;
    /// Invalid form body: the replied-to message may be gone.
    pub(crate) const INVALID_FORM: i64 = 50035;
}

/// Whether a request may be sent again where it isn't known whether the first arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Yes: a second arrival changes nothing.
    Freely,
    /// Only where it surely did nothing.
    IfUnsent,
}

/// The longest that a single attempt takes before it counts as lost.
const ATTEMPT: Duration = Duration::from_secs(5);
/// That of an interaction's first response, of whose 3 s something must be left for a second attempt.
const URGENT_ATTEMPT: Duration = Duration::from_millis(1_200);
/// How long after its arrival an interaction may still be answered; Discord gives 3 s, the way here took its part.
pub(crate) const CALLBACK_WINDOW: Duration = Duration::from_millis(2_800);
/// How long a message is worth sending.
pub(crate) const MESSAGE_WINDOW: Duration = Duration::from_mins(1);
/// Bytes of a response that are read; Discord's are a few kilobytes.
const MAX_BODY: usize = 1024 * 1024;

/// The way to Discord. One for the whole process.
pub(crate) struct Rest {
    client: reqwest::Client,
    token: SecretString,
    base: Option<String>,
    blocks: Blocks,
    lost: AtomicU64,
    limited: AtomicU64,
}

/// What came of one attempt.
enum Attempt {
    /// Carried out; `spent` for as long as no further request to the route is allowed.
    Done {
        body: Vec<u8>,
        spent: Option<Duration>,
    },
    Limited {
        after: Duration,
        global: bool,
    },
    Refused {
        status: u16,
        code: i64,
    },
    Lost {
        sent: bool,
        after: Option<Duration>,
    },
}

/// What Discord says in the body of a refusal.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    code: i64,
    retry_after: Option<f64>,
    global: bool,
}

impl Rest {
    /// A way to Discord, or to what stands in for it at `base`.
    ///
    /// # Errors
    /// Where the system's TLS can't be set up.
    pub(crate) fn new(token: &SecretString, base: Option<String>) -> Result<Self, reqwest::Error> {
        // The overall time-out catches what serenity sends by itself; ours are shorter.
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let bearer = format!("Bot {}", token.expose_secret());
        Ok(Self {
            client,
            token: bearer.into(),
            base,
            blocks: Blocks::default(),
            lost: AtomicU64::new(0),
            limited: AtomicU64::new(0),
        })
    }

    /// What serenity uses for the little that it sends by itself.
    pub(crate) fn serenity(&self) -> serenity::Http {
        let builder = serenity::HttpBuilder::new(self.token.expose_secret()).client(self.client.clone());
        match &self.base {
            Some(base) => builder.proxy(base).ratelimiter_disabled(true).build(),
            None => builder.build(),
        }
    }

    /// How many attempts were lost since the start.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// How many attempts Discord refused as too many since the start.
    pub(crate) fn limited(&self) -> u64 {
        self.limited.load(Ordering::Relaxed)
    }

    /// Sends a request until it is done, refused, or `until` has come, and gives back the body of the response.
    ///
    /// # Errors
    /// A refusal, or that time ran out.
    pub(crate) async fn send(&self, request: Request<'_>, repeat: Repeat, until: Instant) -> Result<Vec<u8>, Error> {
        let urgent = matches!(request.route_ref(), Route::InteractionResponse { .. });
        let of_interaction = urgent || matches!(request.route_ref(), Route::WebhookOriginalInteractionResponse { .. });
        let bucket = request.route_ref().ratelimiting_bucket();
        let mut lost = 0;
        loop {
            while let Some(free) = self.blocks.until(bucket, urgent) {
                if free >= until {
                    return Err(Error::Late);
                }
                sleep_until(free).await;
            }
            let give_up = until.min(Instant::now() + if urgent { URGENT_ATTEMPT } else { ATTEMPT });
            let attempt = timeout_at(give_up, self.attempt(request.clone())).await;
            let wait = match attempt.unwrap_or(Ok(Attempt::Lost { sent: true, after: None }))? {
                Attempt::Done { body, spent } => {
                    // serenity has one bucket for the tokens of all interactions, which Discord counts apart.
                    if let Some(after) = spent.filter(|_| !of_interaction) {
                        self.blocks.block(bucket, false, Instant::now() + after);
                    }
                    return Ok(body);
                }
                Attempt::Refused { status, code } => return Err(Error::Refused { status, code }),
                Attempt::Limited { after, global } => {
                    self.limited.fetch_add(1, Ordering::Relaxed);
                    let after = after.max(Duration::from_millis(50));
                    tracing::warn!(after_ms = millis(after), global, "Discord asks to wait");
                    self.blocks.block(bucket, global, Instant::now() + after);
                    after
                }
                Attempt::Lost { sent, after } => {
                    self.lost.fetch_add(1, Ordering::Relaxed);
                    if sent && repeat == Repeat::IfUnsent {
                        return Err(Error::Late);
                    }
                    lost += 1;
                    tracing::debug!(lost, "a request was lost");
                    backoff(lost, urgent).max(after.unwrap_or_default())
                }
            };
            if Instant::now() + wait >= until {
                return Err(Error::Late);
            }
            sleep(wait).await;
        }
    }

    /// Sends JSON.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub(crate) async fn send_json(
        &self,
        method: LightMethod,
        route: Route<'_>,
        body: &impl serde::Serialize,
        repeat: Repeat,
        until: Instant,
    ) -> Result<Vec<u8>, Error> {
        let body = serde_json::to_vec(body).map_err(|_| Error::Unwritable)?;
        self.send(Request::new(route, method).body(Some(body)), repeat, until).await
    }

    async fn attempt(&self, request: Request<'_>) -> Result<Attempt, Error> {
        let built = request.build(&self.client, self.token.expose_secret(), self.base.as_deref());
        match built.map_err(|_| Error::Unwritable)?.send().await {
            Ok(response) => Ok(judge(response).await),
            Err(error) => Ok(lost(&error)),
        }
    }
}

/// Whether a request that failed may have arrived all the same.
fn lost(error: &reqwest::Error) -> Attempt {
    Attempt::Lost { sent: !error.is_connect(), after: None }
}

/// Reads a response.
async fn judge(mut response: reqwest::Response) -> Attempt {
    let status = response.status();
    let header = |name: &str| response.headers().get(name)?.to_str().ok().map(str::to_owned);
    let after = header("retry-after").and_then(|value| seconds(value.parse().ok()?));
    let global = header("x-ratelimit-global").is_some() || header("x-ratelimit-scope").as_deref() == Some("global");
    let spent = header("x-ratelimit-reset-after").filter(|_| header("x-ratelimit-remaining").as_deref() == Some("0"));
    let spent = spent.and_then(|value| seconds(value.parse().ok()?));
    let mut body = Vec::new();
    // A body that breaks off is no failure: that Discord has done it is known from the status.
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BODY {
            break;
        }
    }
    if status.is_success() {
        return Attempt::Done { body, spent };
    }
    let refusal: Refusal = serde_json::from_slice(&body).unwrap_or_default();
    match status.as_u16() {
        429 => {
            // The body says it to the millisecond, the header in whole seconds. Where neither does: a second.
            let after = refusal.retry_after.and_then(seconds).or(after).unwrap_or(Duration::from_secs(1));
            Attempt::Limited { after, global: global || refusal.global }
        }
        408 | 500..=599 => Attempt::Lost { sent: true, after },
        status => Attempt::Refused { status, code: refusal.code },
    }
}

/// A time that Discord gives in seconds, where it is one; at most an hour.
fn seconds(value: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(value).ok().map(|time| time.min(Duration::from_hours(1)))
}

/// How long to wait after `lost` lost attempts: doubling from 0.1 s (urgent) or 0.25 s to 8 s, and up to a quarter more
/// so that many processes don't come back at once.
pub(crate) fn backoff(lost: u32, urgent: bool) -> Duration {
    let first = if urgent { 100 } else { 250 };
    let wait = Duration::from_millis(first * 2_u64.pow(lost.saturating_sub(1).min(5)));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    wait + wait * (now.subsec_nanos() % 256) / 1024
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        for (lost, least) in [(1, 250), (2, 500), (3, 1_000), (6, 8_000), (60, 8_000)] {
            let wait = backoff(lost, false).as_millis();
            assert!((least..=least * 5 / 4).contains(&wait), "{lost} lost: {wait} ms");
        }
    }

    #[test]
    fn impossible_waits_are_none() {
        assert_eq!(seconds(1.5), Some(Duration::from_millis(1_500)));
        assert_eq!(seconds(1e12), Some(Duration::from_hours(1)));
        for value in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(seconds(value), None, "{value}");
        }
    }

    #[test]
    fn a_refusal_shows_no_address() {
        let shown = Error::Refused { status: 400, code: 50035 }.to_string();
        assert_eq!(shown, "Discord refused (status 400, code 50035)");
    }
}
