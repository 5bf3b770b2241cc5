//! Routes on channels and their messages.

use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::{
    super::{
        State,
        bus::Topic,
        posting::Target,
        rules::{
            fault,
            message::{self, Parts},
        },
        world::{Author, MessageData},
    },
    Reply,
    call::Call,
    error::ApiError,
};

impl State {
    /// `/channels/{channel}/…`.
    ///
    /// # Errors
    ///
    /// Discord's refusal.
    pub fn channel(&mut self, call: &Call, channel: &str, rest: &[&str]) -> Reply {
        let channel = Call::id(channel).filter(|channel| self.world.channels.contains_key(channel));
        let channel = channel.ok_or_else(|| ApiError::unknown(10_003, "Channel"))?;
        let may = self.world.channels[&channel].bot_permissions;
        if !may.contains(Permissions::VIEW_CHANNEL) {
            return Err(ApiError::forbidden(50_001, "Missing Access"));
        }
        match (call.method.as_str(), rest) {
            ("GET", []) => Ok((200, self.world.channel_json(channel))),
            ("POST", ["typing"]) => {
                needs(may, Permissions::SEND_MESSAGES)?;
                self.world.channels.entry(channel).and_modify(|channel| channel.typed += 1);
                self.bus.touch(Topic::Channel(channel));
                Ok((204, Value::Null))
            }
            ("POST", ["messages"]) => self.create(call, channel, may),
            (_, ["messages", id]) => self.message(call, channel, id),
            _ => Err(ApiError::no_route()),
        }
    }

    fn create(&mut self, call: &Call, channel: u64, may: Permissions) -> Reply {
        let closed = self.world.channels[&channel].recipient.is_some() && !may.contains(Permissions::SEND_MESSAGES);
        if closed {
            return Err(ApiError::forbidden(50_007, "Cannot send messages to this user"));
        }
        needs(may, Permissions::SEND_MESSAGES)?;
        let parts = read(call, &[])?;
        if parts.embeds.as_ref().is_some_and(|(_, embeds)| !embeds.is_empty()) {
            needs(may, Permissions::EMBED_LINKS)?;
        }
        if !call.files.is_empty() {
            needs(may, Permissions::ATTACH_FILES)?;
        }
        let nonce = Some(call.body["nonce"].clone()).filter(|nonce| !nonce.is_null());
        if nonce.as_ref().is_some_and(|nonce| nonce.as_str().is_some_and(|nonce| nonce.chars().count() > 25)) {
            return Err(fault(&["nonce"], "NONCE_TYPE_TOO_LONG", "Must be 25 or fewer in length."));
        }
        let enforced =
            nonce.as_ref().filter(|_| call.body["enforce_nonce"] == true).map(|nonce| (channel, nonce.to_string()));
        let twin =
            enforced.as_ref().and_then(|key| self.world.nonces.get(key)).and_then(|id| self.world.messages.get(id));
        if let Some(twin) = twin {
            return Ok((200, self.world.message_json(twin)));
        }
        let reply_to = self.reply_to(call, channel, may)?;
        let id = self.post(Target { channel, reply_to, interaction: None, nonce }, parts, &call.files)?;
        self.world.nonces.extend(enforced.map(|key| (key, id)));
        Ok((200, self.world.message_json(&self.world.messages[&id])))
    }

    fn reply_to(&self, call: &Call, channel: u64, may: Permissions) -> Result<Option<u64>, ApiError> {
        let reference = &call.body["message_reference"];
        if reference.is_null() {
            return Ok(None);
        }
        if !may.contains(Permissions::READ_MESSAGE_HISTORY) {
            return Err(
                ApiError::new(400, 160_002, "You cannot reply without permission to read message history").harmless()
            );
        }
        let id = reference["message_id"].as_str().and_then(Call::id);
        let here = |message: &&MessageData| message.channel == channel && !message.deleted && message.reader.is_none();
        let found = id.and_then(|id| self.world.messages.get(&id)).filter(here);
        if found.is_none() && reference["fail_if_not_exists"] != false {
            return Err(fault(&["message_reference"], "REPLIES_UNKNOWN_MESSAGE", "Unknown message").harmless());
        }
        Ok(found.map(|message| message.id))
    }

    fn message(&mut self, call: &Call, channel: u64, id: &str) -> Reply {
        let there = |message: &&MessageData| message.channel == channel && !message.deleted && message.reader.is_none();
        let found = Call::id(id).and_then(|id| self.world.messages.get(&id)).filter(there);
        let message = found.cloned().ok_or_else(|| ApiError::unknown(10_008, "Message"))?;
        let own = message.author == Author::User(self.world.bot);
        match call.method.as_str() {
            // REST shows no more than the gateway to an application without the message content intent.
            "GET" => Ok((200, self.world.message_event_json(&message, false))),
            "PATCH" if !own => Err(ApiError::new(403, 50_005, "Cannot edit a message authored by another user")),
            "PATCH" => {
                let kept: Vec<u64> = message.files.iter().map(|file| file.id).collect();
                self.amend(message.id, read(call, &kept)?, &call.files)?;
                Ok((200, self.world.message_json(&self.world.messages[&message.id])))
            }
            "DELETE" => {
                if !own {
                    needs(self.world.channels[&channel].bot_permissions, Permissions::MANAGE_MESSAGES)?;
                }
                self.remove(message.id);
                Ok((204, Value::Null))
            }
            _ => Err(ApiError::no_route()),
        }
    }
}

/// Reads the message in a request's body.
///
/// # Errors
///
/// As [`message::parts`].
pub fn read(call: &Call, kept: &[u64]) -> Result<Parts, ApiError> {
    read_from(&call.body, call, kept)
}

/// Reads the message in a part of a request's body.
///
/// # Errors
///
/// As [`message::parts`].
pub fn read_from(body: &Value, call: &Call, kept: &[u64]) -> Result<Parts, ApiError> {
    let files: Vec<(u64, String)> = call.files.iter().map(|(number, name, _)| (*number, name.clone())).collect();
    let empty = json!({});
    message::parts(if body.is_null() { &empty } else { body }, &files, kept)
}

fn needs(may: Permissions, needed: Permissions) -> Result<(), ApiError> {
    if may.contains(needed) { Ok(()) } else { Err(ApiError::forbidden(50_013, "Missing Permissions")) }
}
