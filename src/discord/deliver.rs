//! Messages into channels, and what to do where a channel doesn't let us.
//!
//! Discord says what is forbidden only by refusing, so an answer goes down a ladder: as a reply; as a message; without
//! embeds, with a word on why; to the asker alone; and otherwise not at all. What a channel allowed is remembered for a
//! while, so that the refusals (which Discord counts) don't repeat with every question.

use std::time::Duration;

use moka::sync::Cache;
use poise::serenity_prelude as serenity;
use serde::Deserialize;
use serenity::{ChannelId, LightMethod, Message, MessageReference, Route, UserId};
use tokio::time::Instant;

use super::bot::Bot;
use super::reply::{Reply, reference};
use super::rest::{Error, MESSAGE_WINDOW, Repeat, code};

/// How long it is remembered what a channel forbids: not much longer than it takes to mend it.
const REMEMBERED: Duration = Duration::from_mins(2);

/// Said where embeds are forbidden.
const NO_EMBEDS: &str = "I lack the permission **Embed Links** in this channel, so this is the short form.";
/// Said before an answer that had to go to the asker alone.
const NOT_THERE: &str = "I may not write in that channel, so here is your answer.";

/// What a channel lets us do, from most to least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Allowed {
    /// To reply to a message.
    Reply,
    /// To write, but not to reply: the message history is closed to us.
    Write,
    /// To write without embeds.
    Plain,
    /// Nothing.
    Nothing,
}

/// What is known of channels.
pub(crate) struct Channels {
    allowed: Cache<ChannelId, Allowed>,
    direct: Cache<UserId, ChannelId>,
}

impl Default for Channels {
    fn default() -> Self {
        Self {
            allowed: Cache::builder().max_capacity(10_000).time_to_live(REMEMBERED).build(),
            direct: Cache::builder().max_capacity(10_000).time_to_idle(Duration::from_hours(1)).build(),
        }
    }
}

#[derive(Deserialize)]
struct DirectChannel {
    id: ChannelId,
}

impl Bot {
    /// Answers a message where it was written, or as near as we are allowed to.
    pub(crate) async fn answer_message(&self, to: &Message, reply: Reply) {
        let mut allowed = self.channels.allowed.get(&to.channel_id).unwrap_or(Allowed::Reply);
        let asked = reference(to.channel_id, to.id);
        while allowed != Allowed::Nothing {
            let (reply, reference) = match allowed {
                Allowed::Reply => (reply.clone(), Some(asked.clone())),
                Allowed::Write => (reply.clone(), None),
                _ => (reply.clone().without_embeds(NO_EMBEDS), None),
            };
            match self.write(to.channel_id, reply, to.id.get(), reference).await {
                Ok(()) => return,
                Err(error) => {
                    let Some(less) = less(allowed, error) else {
                        tracing::warn!(message = to.id.get(), %error, "a message was not answered");
                        return;
                    };
                    allowed = less;
                    self.channels.allowed.insert(to.channel_id, allowed);
                    tracing::info!(channel = to.channel_id.get(), ?allowed, "a channel does not allow more");
                }
            }
        }
        let words = reply.content.as_deref().map_or_else(String::new, |words| format!("\n{words}"));
        let content = Some(format!("{NOT_THERE}{words}"));
        self.whisper(to.author.id, to.id.get(), Reply { content, ..reply }).await;
    }

    /// Tells somebody something in a direct message. Where they don't take any, silently not.
    pub(crate) async fn whisper(&self, user: UserId, nonce: u64, reply: Reply) {
        let sent = match self.direct_channel(user).await {
            Ok(channel) => self.write(channel, reply, nonce, None).await,
            Err(error) => Err(error),
        };
        if let Err(error) = sent {
            tracing::debug!(message = nonce, %error, "a private word did not get through");
        }
    }

    async fn direct_channel(&self, user: UserId) -> Result<ChannelId, Error> {
        if let Some(channel) = self.channels.direct.get(&user) {
            return Ok(channel);
        }
        let body = serde_json::json!({ "recipient_id": user });
        let until = Instant::now() + MESSAGE_WINDOW;
        let route = Route::UserMeDmChannels;
        let body = self.rest.send_json(LightMethod::Post, route, &body, Repeat::Freely, until).await?;
        let channel: DirectChannel = serde_json::from_slice(&body).map_err(|_| Error::Late)?;
        self.channels.direct.insert(user, channel.id);
        Ok(channel.id)
    }

    /// Writes a message. Sent again where it may have been lost: Discord makes one of all with the same nonce.
    pub(crate) async fn write(
        &self,
        channel: ChannelId,
        reply: Reply,
        nonce: u64,
        reference: Option<MessageReference>,
    ) -> Result<(), Error> {
        let mut message = reply.message(nonce);
        if let Some(reference) = reference {
            message = message.reference_message(reference);
        }
        let until = Instant::now() + MESSAGE_WINDOW;
        let route = Route::ChannelMessages { channel_id: channel };
        self.rest.send_json(LightMethod::Post, route, &message, Repeat::Freely, until).await.map(drop)
    }
}

/// What is left to try after a refusal; `None` where trying less wouldn't help.
fn less(allowed: Allowed, error: Error) -> Option<Allowed> {
    match (error.code()?, allowed) {
        (code::NO_HISTORY | code::INVALID_FORM, Allowed::Reply) => Some(Allowed::Write),
        (code::NO_PERMISSION, Allowed::Reply | Allowed::Write) => Some(Allowed::Plain),
        (code::NO_PERMISSION, Allowed::Plain) | (code::NO_ACCESS | code::ARCHIVED | code::LOCKED, _) => {
            Some(Allowed::Nothing)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_leads_one_rung_down() {
        let refused = |code| Error::Refused { status: 403, code };
        for (allowed, code, left) in [
            (Allowed::Reply, code::NO_HISTORY, Some(Allowed::Write)),
            (Allowed::Reply, code::NO_PERMISSION, Some(Allowed::Plain)),
            (Allowed::Write, code::NO_PERMISSION, Some(Allowed::Plain)),
            (Allowed::Plain, code::NO_PERMISSION, Some(Allowed::Nothing)),
            (Allowed::Reply, code::NO_ACCESS, Some(Allowed::Nothing)),
            (Allowed::Reply, code::LOCKED, Some(Allowed::Nothing)),
            (Allowed::Write, code::NO_HISTORY, None),
            (Allowed::Reply, 0, None),
        ] {
            assert_eq!(less(allowed, refused(code)), left, "{allowed:?} {code}");
        }
        assert_eq!(less(Allowed::Reply, Error::Late), None);
    }
}
