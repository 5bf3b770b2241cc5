//! Sessions: what was dispatched to whom, and what a resumed session missed.

use std::collections::VecDeque;

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;
use twilight_model::{gateway::Intents, guild::Permissions};

use super::super::{State, world::MessageData};

/// Dispatches that a session keeps for replay. Discord keeps some minutes' worth.
const KEPT: usize = 2_000;

/// What goes out on a connection.
#[derive(Debug)]
pub enum Frame {
    /// A payload as text.
    Text(String),
    /// A payload compressed, as a bot that identifies with `compress` must be able to read it.
    Packed(String),
    /// A close frame.
    Close(u16, String),
    /// The connection just breaks.
    Cut,
}

/// A session of one shard.
pub struct Session {
    /// The id that a resume must name.
    pub id: String,
    /// The shard's number, and the number of shards.
    pub shard: (u64, u64),
    /// What events it wants.
    pub intents: Intents,
    /// Whether it takes compressed payloads.
    pub compress: bool,
    /// The number of the last dispatch.
    pub sequence: u64,
    /// Whether a resume is accepted.
    pub resumable: bool,
    /// The connection, while there is one: its number, and its way out.
    pub link: Option<(u64, UnboundedSender<Frame>)>,
    missed: VecDeque<(u64, String)>,
}

impl Session {
    /// A session that was just identified on connection `link`.
    pub fn new(
        id: String,
        shard: (u64, u64),
        intents: Intents,
        compress: bool,
        link: (u64, UnboundedSender<Frame>),
    ) -> Self {
        let missed = VecDeque::new();
        Self { id, shard, intents, compress, sequence: 0, resumable: true, link: Some(link), missed }
    }

    /// Sends an event, or keeps it for when the session is resumed.
    pub fn dispatch(&mut self, event: &str, data: &Value) {
        self.sequence += 1;
        let payload = json!({"op": 0, "s": self.sequence, "t": event, "d": data}).to_string();
        self.missed.push_back((self.sequence, payload.clone()));
        if self.missed.len() > KEPT {
            self.missed.pop_front();
        }
        let packed = self.compress && matches!(event, "READY" | "GUILD_CREATE");
        self.send(if packed { Frame::Packed(payload) } else { Frame::Text(payload) });
    }

    /// Sends again what came after `sequence`.
    pub fn replay(&self, sequence: u64) {
        for (number, payload) in &self.missed {
            if *number > sequence {
                self.send(Frame::Text(payload.clone()));
            }
        }
    }

    /// Sends a frame, where there is a connection.
    pub fn send(&self, frame: Frame) {
        if let Some((_, link)) = &self.link {
            // A connection that is just ending no longer takes frames: the event stays for the resume.
            let _ = link.send(frame);
        }
    }

    fn serves(&self, guild: Option<u64>) -> bool {
        guild.map_or(self.shard.0 == 0, |guild| (guild >> 22) % self.shard.1 == self.shard.0)
    }
}

impl State {
    /// Sends an event to the shards that serve `guild` (none: direct messages, which go to the first), where their
    /// intents ask for it.
    pub fn dispatch(&mut self, guild: Option<u64>, needs: Intents, event: &str, data: &Value) {
        for session in &mut self.gateway.sessions {
            if session.serves(guild) && session.intents.contains(needs) {
                session.dispatch(event, data);
            }
        }
    }

    /// Sends a message event, with what the bot may read of it.
    pub fn dispatch_message(&mut self, event: &str, message: &MessageData) {
        let guild = self.world.guild_of(message.channel);
        let place = self.world.channels.get(&message.channel);
        let seen = place.is_some_and(|channel| channel.bot_permissions.contains(Permissions::VIEW_CHANNEL))
            && guild.is_none_or(|guild| self.world.guilds.get(&guild).is_some_and(|guild| guild.has_bot));
        if !seen {
            return;
        }
        let needs = if guild.is_some() { Intents::GUILD_MESSAGES } else { Intents::DIRECT_MESSAGES };
        let data = if event == "MESSAGE_DELETE" {
            let mut data = json!({"id": message.id.to_string(), "channel_id": message.channel.to_string()});
            if let Some(guild) = guild {
                data["guild_id"] = json!(guild.to_string());
            }
            data
        } else {
            let content =
                self.gateway.sessions.iter().any(|session| session.intents.contains(Intents::MESSAGE_CONTENT));
            self.world.message_event_json(message, content)
        };
        self.dispatch(guild, needs, event, &data);
    }
}
