//! The bot's messages: put up, edited, taken down, and whom they ping.

use serde_json::Value;
use twilight_model::channel::message::MentionType;

use super::{
    State,
    bus::Topic,
    rest::error::ApiError,
    rules::message::Parts,
    world::{Author, EPHEMERAL, File, LOADING, MessageData},
};

/// Uploads: the number in `files[n]`, name, content.
pub type Uploads = [(u64, String, Vec<u8>)];

/// Where a message of the bot goes, and what it answers.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// Channel id.
    pub channel: u64,
    /// The message replied to.
    pub reply_to: Option<u64>,
    /// The interaction answered, and who made it.
    pub interaction: Option<(u64, u64)>,
    /// The nonce to know it again by.
    pub nonce: Option<Value>,
}

impl State {
    /// Puts up a message of the bot, and gives its id.
    ///
    /// # Errors
    ///
    /// 50006 where there is nothing in it.
    pub fn post(&mut self, target: Target, parts: Parts, uploads: &Uploads) -> Result<u64, ApiError> {
        let id = self.world.id();
        let mut message = MessageData::new(id, target.channel, Author::User(self.world.bot));
        let flags = parts.flags;
        self.note_pings(&target, &parts);
        message.reply_to = target.reply_to;
        message.nonce = target.nonce;
        message.flags = flags & !EPHEMERAL;
        if let Some((interaction, user)) = target.interaction {
            message.interaction = Some(interaction);
            message.flags = flags;
            message.reader = (flags & EPHEMERAL != 0).then_some(user);
        }
        self.fill(&mut message, parts, uploads);
        if flags & LOADING == 0 && is_empty(&message) {
            return Err(ApiError::new(400, 50_006, "Cannot send an empty message"));
        }
        self.world.messages.insert(id, message);
        self.tell("MESSAGE_CREATE", id);
        Ok(id)
    }

    /// Edits a message of the bot. One that says "thinking…" is thereby shown for the first time.
    ///
    /// # Errors
    ///
    /// 50006 where nothing is left in it.
    pub fn amend(&mut self, id: u64, parts: Parts, uploads: &Uploads) -> Result<(), ApiError> {
        let Some(mut message) = self.world.messages.get(&id).cloned() else {
            return Err(ApiError::unknown(10_008, "Message"));
        };
        if message.flags & LOADING != 0 {
            message.flags &= !LOADING;
            let interaction = message.interaction.map(|interaction| (interaction, 0));
            self.note_pings(&Target { channel: message.channel, interaction, ..Target::default() }, &parts);
        } else {
            message.edits += 1;
        }
        self.fill(&mut message, parts, uploads);
        if is_empty(&message) {
            return Err(ApiError::new(400, 50_006, "Cannot send an empty message"));
        }
        self.world.messages.insert(id, message);
        self.tell("MESSAGE_UPDATE", id);
        Ok(())
    }

    /// Takes a message down.
    pub fn remove(&mut self, id: u64) {
        if let Some(message) = self.world.messages.get_mut(&id) {
            message.deleted = true;
            self.tell("MESSAGE_DELETE", id);
        }
    }

    fn fill(&mut self, message: &mut MessageData, parts: Parts, uploads: &Uploads) {
        if let Some(content) = parts.content {
            message.content = content;
        }
        if let Some(embeds) = parts.embeds {
            message.embeds = embeds;
        }
        if let Some(components) = parts.components {
            message.components = components;
        }
        if let Some(listed) = parts.attachments {
            message.files.retain(|file| listed.contains(&file.id));
        }
        for (_, name, bytes) in uploads {
            let id = self.world.id();
            self.cdn.put(id, bytes.clone());
            message.files.push(File { id, name: name.clone(), bytes: bytes.clone() });
        }
    }

    /// Tells the bot of its own message, as Discord does, and wakes who waits for it.
    fn tell(&mut self, event: &str, id: u64) {
        let Some(message) = self.world.messages.get(&id).cloned() else { return };
        if message.reader.is_none() && message.flags & LOADING == 0 {
            self.dispatch_message(event, &message);
        }
        self.bus.touch(Topic::Channel(message.channel));
        if let Some(interaction) = message.interaction {
            self.bus.touch(Topic::Interaction(interaction));
        }
    }

    /// Notes whom a message pings. Strictly: whether or not the bot may mention everyone here, and also in code.
    fn note_pings(&mut self, target: &Target, parts: &Parts) {
        let named = scan(parts.content.as_deref().unwrap_or_default());
        let allowed = parts.allowed.as_ref();
        let all = |kind: MentionType| allowed.is_none_or(|allowed| allowed.parse.contains(&kind));
        let mut pings = Vec::new();
        if named.everyone && all(MentionType::Everyone) {
            pings.push("@everyone".to_owned());
        }
        let user = |id: &&u64| {
            all(MentionType::Users)
                || allowed.is_some_and(|allowed| allowed.users.iter().any(|user| user.get() == **id))
        };
        let role = |id: &&u64| {
            all(MentionType::Roles)
                || allowed.is_some_and(|allowed| allowed.roles.iter().any(|role| role.get() == **id))
        };
        pings.extend(named.users.iter().filter(user).map(|id| format!("<@{id}>")));
        pings.extend(named.roles.iter().filter(role).map(|id| format!("<@&{id}>")));
        if let Some(original) = target.reply_to.and_then(|id| self.world.messages.get(&id))
            && allowed.is_none_or(|allowed| allowed.replied_user)
        {
            pings.push(format!("the author of {}, by replying", original.id));
        }
        self.world.pings.extend(pings);
    }
}

/// Mentions that stand in a text.
#[derive(Debug, Default, Eq, PartialEq)]
pub struct Named {
    /// User ids.
    pub users: Vec<u64>,
    /// Role ids.
    pub roles: Vec<u64>,
    /// `@everyone` or `@here`.
    pub everyone: bool,
}

/// Finds mentions.
pub fn scan(text: &str) -> Named {
    let everyone = text.contains("@everyone") || text.contains("@here");
    let mut named = Named { everyone, ..Named::default() };
    for piece in text.split("<@").skip(1) {
        let Some((inner, _)) = piece.split_once('>') else { continue };
        if let Some(role) = inner.strip_prefix('&') {
            named.roles.extend(role.parse::<u64>());
        } else {
            named.users.extend(inner.trim_start_matches('!').parse::<u64>());
        }
    }
    named
}

/// A text without its code blocks and spans, in which Discord sees no mentions.
pub fn without_code(text: &str) -> String {
    let outside = |text: &str, fence: &str| {
        let pieces: Vec<&str> = text.split(fence).collect();
        // An unclosed fence is no code: what follows it is text.
        let closed = pieces.len() - (pieces.len() + 1) % 2;
        let kept = pieces.iter().enumerate().filter(|(place, _)| place % 2 == 0 || *place >= closed);
        kept.map(|(_, piece)| *piece).collect::<Vec<_>>().join(" ")
    };
    outside(&outside(text, "```"), "`")
}

fn is_empty(message: &MessageData) -> bool {
    let words = !message.content.trim().is_empty() || !message.embeds.0.is_empty() || !message.files.is_empty();
    let alone = message.flags & super::world::COMPONENTS_V2 != 0 && !message.components.0.is_empty();
    !words && !alone
}
