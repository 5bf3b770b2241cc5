//! Messages of members, other bots and webhooks.

use std::sync::Arc;

use super::{
    places::{Channel, Member},
    posting::{scan, without_code},
    seen::Message,
    world::{Author, MessageData},
};

/// A message that is to be sent.
#[must_use]
pub struct Say {
    channel: Channel,
    author: Author,
    text: String,
    reply_to: Option<u64>,
    ping: bool,
}

impl Channel {
    /// A message of a member here.
    pub fn say(&self, member: &Member, text: &str) -> Say {
        Say {
            channel: self.clone(),
            author: Author::User(member.id),
            text: text.to_owned(),
            reply_to: None,
            ping: true,
        }
    }

    /// A message of a webhook here.
    pub fn webhook(&self, text: &str) -> Say {
        let id = self.core.lock().world.id();
        Say { channel: self.clone(), author: Author::Webhook(id), text: text.to_owned(), reply_to: None, ping: true }
    }
}

impl Say {
    /// As a reply, which pings whom it replies to.
    pub fn reply_to(self, message: &Message) -> Self {
        Self { reply_to: Some(message.id()), ..self }
    }

    /// With the ping of a reply switched off.
    pub fn without_ping(self) -> Self {
        Self { ping: false, ..self }
    }

    /// Sends it.
    pub fn send(self) -> Message {
        let mut state = self.channel.core.lock();
        let id = state.world.id();
        let mut message = MessageData::new(id, self.channel.id, self.author);
        message.reply_to = self.reply_to;
        message.mentions = scan(&without_code(&self.text)).users;
        message.mentions.retain(|user| state.world.users.contains_key(user));
        let original = self.reply_to.and_then(|id| state.world.messages.get(&id));
        if let (true, Some(Author::User(user))) = (self.ping, original.map(|original| original.author))
            && !message.mentions.contains(&user)
        {
            message.mentions.push(user);
        }
        message.content = self.text;
        state.world.messages.insert(id, message.clone());
        state.dispatch_message("MESSAGE_CREATE", &message);
        drop(state);
        Message::of(&self.channel.core, &message)
    }
}

impl Message {
    /// Its author changes what it says.
    pub fn edit(&self, text: &str) {
        let mut state = self.core().lock();
        let mentions = scan(&without_code(text)).users;
        let Some(message) = state.world.messages.get_mut(&self.id()) else { return };
        text.clone_into(&mut message.content);
        message.mentions = mentions;
        message.edits += 1;
        let message = message.clone();
        state.dispatch_message("MESSAGE_UPDATE", &message);
    }

    /// Discord tells of it again though nobody changed it, as when the preview of a link is ready.
    pub fn unfurl(&self) {
        let mut state = self.core().lock();
        let Some(message) = state.world.messages.get(&self.id()).cloned() else { return };
        state.dispatch_message("MESSAGE_UPDATE", &message);
    }

    /// It is taken down, by its author or a moderator.
    pub fn delete(&self) {
        self.core().lock().remove(self.id());
    }

    /// The channel that it is in.
    pub fn place(&self) -> Channel {
        Channel { core: Arc::clone(self.core()), id: self.channel() }
    }
}
