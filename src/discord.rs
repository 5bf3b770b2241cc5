//! The Discord client: the ways to ask, and how the answers get there.
//!
//! An event comes in through `handler`, once; `message`, `commands` or `press` make a question of it; `bot`
//! has it answered; `render` makes a `reply` of the answer; `rest` sends it, `deliver` into channels. `gate`
//! and `log` see to what serenity leaves open. Nothing is kept in memory that a button or a restart would miss.

mod bot;
mod commands;
mod custom_id;
mod deliver;
mod flights;
mod gate;
mod handler;
mod health;
pub mod ledger;
mod limits;
pub mod log;
mod memory;
mod message;
mod moderation;
mod press;
mod recent;
mod render;
mod reply;
mod rest;
mod words;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use poise::serenity_prelude as serenity;
use serenity::{GatewayError, GatewayIntents, LightMethod, Request, Route};
use tokio::time::{Instant, sleep, timeout};

use crate::answer::Service;
use crate::config;
use crate::curator::Curator;
use bot::Bot;
use handler::Handler;
use ledger::Ledger;
use moderation::Desk;
use rest::{Repeat, Rest};

/// How long answers in flight may take once a stop is asked for.
const LANDING: Duration = Duration::from_secs(10);
/// How long closing the gateway may take.
const CLOSING: Duration = Duration::from_secs(6);

/// Why the client stopped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// 401, or close code 4004.
    #[error(
        "Discord does not accept the token. Copy it anew from the Bot page of your application in the developer \
         portal; DISCORD_TOKEN or the file that DISCORD_TOKEN_FILE names must hold all of it."
    )]
    Token,
    /// Close code 4013.
    #[error("Discord does not know the intents that this version asks for (4013). Update briefing-bot.")]
    Intents,
    /// Close code 4014.
    #[error(
        "Discord refuses an intent that this bot asks for (4014). On the Bot page of your application in the developer \
         portal, see under Privileged Gateway Intents; briefing-bot needs none of them by default."
    )]
    Privileged,
    /// Close codes 4010 and 4011, or a range outside the number of shards.
    #[error("{0}")]
    Shards(String),
    /// The address of health and metrics can't be had.
    #[error("{0}")]
    Http(String),
    /// TLS or the runtime failed.
    #[error("The Discord client failed: {0}.")]
    Failed(&'static str),
}

impl Error {
    /// Whether it is the configuration that must change, rather than something that failed.
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        !matches!(self, Self::Failed(_))
    }
}

/// Runs the client until `shutdown` is ready or Discord won't have it. Outages are waited out.
///
/// When `shutdown` is ready, no new question is taken on, those in flight are answered within ten seconds, and the
/// gateway is closed.
///
/// After an error a task of serenity's may still spin on a connection that Discord has closed, and never yield: end the
/// runtime with `shutdown_background`, not by dropping it.
///
/// # Errors
/// What must be changed in the configuration, or what failed.
pub async fn run(
    settings: config::Discord,
    service: Service,
    ledger: Arc<dyn Ledger>,
    curator: Option<Curator>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), Error> {
    let (guilds, roles) = (settings.moderation_guilds.clone(), settings.moderator_roles);
    let desk = curator.map(|curator| Desk::new(curator, guilds, roles, settings.api_url.as_deref()));
    let listener = match settings.http {
        Some(address) => Some(health::listen(address).await?),
        None => None,
    };
    let rest = Rest::new(&settings.token, settings.api_url).map_err(|_| Error::Failed("TLS can't be set up"))?;
    let http = rest.serenity();
    let bot = Arc::new(Bot::new(rest, service, ledger, settings.moderation_guilds, desk));
    let mut shutdown = std::pin::pin!(shutdown);
    let gateway = tokio::select! {
        gateway = find_gateway(&bot.rest) => gateway?,
        () = &mut shutdown => return Ok(()),
    };
    let total = settings.shards.unwrap_or(gateway.shards).max(1);
    let (first, last) = settings.shard_range.unwrap_or((0, total - 1));
    if last >= total {
        return Err(Error::Shards(format!(
            "SHARD_RANGE: there is no shard {last} of {total}; they count from 0. Set SHARDS or SHARD_RANGE anew."
        )));
    }
    let shards = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
    if let Some(listener) = listener {
        // Ends with the runtime: it says that the shards are gone while the last answers land.
        tokio::spawn(health::serve(listener, Arc::clone(&bot), shards));
    }
    let handler = Handler::new(Arc::clone(&bot));
    let client = serenity::ClientBuilder::new_with_http(http, intents()).event_handler(handler.clone());
    let mut client = client.await.map_err(|_| Error::Failed("serenity can't be set up"))?;
    // serenity asks for the address too, and falls back to Discord's own where that fails.
    gateway.url.clone_into(&mut *client.ws_url.lock().await);
    let manager = Arc::clone(&client.shard_manager);
    handler.manage(Arc::clone(&manager));
    let dialling = Arc::clone(&bot);
    let dials = move || dialling.tally.dials();
    let gate = tokio::spawn(gate::keep(Arc::clone(&client.ws_url), shards.saturating_mul(2), dials));
    let ended = tokio::select! {
        // serenity's range includes its end.
        ended = client.start_shard_range(first..last, total) => ended.map_err(|error| explain(&error)),
        code = log::HEARD.fatal() => Err(closed(code, total)),
        () = &mut shutdown => Ok(()),
    };
    // Before the shards are told: one that waits at the gate hears nothing.
    gate.abort();
    // Where Discord closed the gateway for good there is nothing left to close.
    ended?;
    tracing::info!("stopping");
    let left = bot.flights.finish(LANDING).await;
    if left > 0 {
        tracing::warn!(left, "answers were still in flight");
    }
    if timeout(CLOSING, manager.shutdown_all()).await.is_err() {
        tracing::warn!("the gateway did not close in time");
    }
    Ok(())
}

/// Messages in servers and direct messages; commands and buttons come without any intent. None is privileged: Discord
/// shows us the text of messages that mention us and of direct messages all the same.
fn intents() -> GatewayIntents {
    GatewayIntents::GUILD_MESSAGES | GatewayIntents::DIRECT_MESSAGES
}

/// Asks for the gateway until Discord says where it is and that we may begin.
async fn find_gateway(rest: &Rest) -> Result<serenity::BotGateway, Error> {
    let mut tries = 0;
    loop {
        tries += 1;
        let request = Request::new(Route::GatewayBot, LightMethod::Get);
        let until = Instant::now() + Duration::from_secs(30);
        let why = match rest.send(request, Repeat::Freely, until).await {
            Ok(body) => match serde_json::from_slice::<serenity::BotGateway>(&body) {
                Ok(gateway) if gateway.session_start_limit.remaining > 0 => return Ok(gateway),
                Ok(gateway) => {
                    let wait = Duration::from_millis(gateway.session_start_limit.reset_after);
                    tracing::warn!(wait_s = wait.as_secs(), "Discord allows no new session yet");
                    sleep(wait.clamp(Duration::from_secs(1), Duration::from_hours(24))).await;
                    continue;
                }
                Err(_) => "its answer could not be read".to_owned(),
            },
            Err(rest::Error::Refused { status: 401, .. }) => return Err(Error::Token),
            Err(error) => error.to_string(),
        };
        let wait = rest::backoff(tries + 2, false);
        tracing::warn!(why, wait_s = wait.as_secs(), "Discord does not say where its gateway is; trying again");
        sleep(wait).await;
    }
}

/// In words what serenity ended with.
fn explain(error: &serenity::Error) -> Error {
    match error {
        serenity::Error::Gateway(GatewayError::InvalidAuthentication) => Error::Token,
        serenity::Error::Gateway(GatewayError::InvalidGatewayIntents) => Error::Intents,
        serenity::Error::Gateway(GatewayError::DisallowedGatewayIntents) => Error::Privileged,
        _ => Error::Failed("the gateway ended"),
    }
}

/// In words why Discord closed the gateway for good.
fn closed(code: u16, total: u32) -> Error {
    Error::Shards(match code {
        4011 => format!(
            "Discord wants more than {total} shard(s) for this bot (4011). Set SHARDS to auto or to a larger number."
        ),
        _ => format!("Discord does not accept these shards (4010). Check SHARDS ({total}) and SHARD_RANGE."),
    })
}
