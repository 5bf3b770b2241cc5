//! `/webhooks/{application}/{token}/…`: edits of the first response, and follow-ups, after it and for 15 minutes.

use serde_json::Value;

use super::{
    super::{
        State,
        bus::Topic,
        interaction::{LIFETIME, Response},
        posting::Target,
        world::LOADING,
    },
    Reply,
    call::Call,
    error::ApiError,
    messages::read,
};

impl State {
    /// Answers on an interaction's token.
    ///
    /// # Errors
    ///
    /// Discord's refusal.
    pub fn webhook(&mut self, call: &Call, application: &str, token: &str, rest: &[&str]) -> Reply {
        let unknown = || ApiError::new(404, 10_015, "Unknown Webhook");
        if Call::id(application) != Some(self.world.bot) {
            return Err(unknown());
        }
        let known = self.interactions.by_token(token).ok_or_else(unknown)?;
        if matches!(known.response, None | Some(Response::Choices(_))) {
            return Err(unknown());
        }
        if known.sent.elapsed() > LIFETIME {
            return Err(ApiError::new(401, 50_027, "Invalid Webhook Token"));
        }
        let (id, user, channel, original) = (known.id, known.user, known.channel, known.original);
        let followups = known.followups.clone();
        let reply = match (call.method.as_str(), rest) {
            ("POST", []) => self.follow_up(call, id, user, channel, original),
            (_, ["messages", which]) => {
                let message = if *which == "@original" { original } else { Call::id(which) };
                let mine = message.filter(|message| original == Some(*message) || followups.contains(message));
                let there =
                    mine.filter(|message| self.world.messages.get(message).is_some_and(|message| !message.deleted));
                let message = there.ok_or_else(|| ApiError::unknown(10_008, "Message"))?;
                self.answered(call, message)
            }
            _ => Err(ApiError::no_route()),
        };
        self.bus.touch(Topic::Interaction(id));
        reply
    }

    fn follow_up(&mut self, call: &Call, id: u64, user: u64, channel: u64, original: Option<u64>) -> Reply {
        let thinking = original.filter(|original| {
            self.world.messages.get(original).is_some_and(|message| message.flags & LOADING != 0 && !message.deleted)
        });
        let parts = read(call, &[])?;
        let message = if let Some(thinking) = thinking {
            // The first follow-up to a deferred answer takes its place, private where it is private.
            self.amend(thinking, parts, &call.files)?;
            thinking
        } else {
            let target = Target { channel, interaction: Some((id, user)), ..Target::default() };
            let message = self.post(target, parts, &call.files)?;
            self.interactions.get_mut(id).expect("it was there before").followups.push(message);
            message
        };
        Ok((200, self.world.message_json(&self.world.messages[&message])))
    }

    fn answered(&mut self, call: &Call, id: u64) -> Reply {
        let message = &self.world.messages[&id];
        match call.method.as_str() {
            "GET" => Ok((200, self.world.message_json(message))),
            "PATCH" => {
                let kept: Vec<u64> = message.files.iter().map(|file| file.id).collect();
                let parts = read(call, &kept)?;
                self.amend(id, parts, &call.files)?;
                Ok((200, self.world.message_json(&self.world.messages[&id])))
            }
            "DELETE" => {
                self.remove(id);
                Ok((204, Value::Null))
            }
            _ => Err(ApiError::no_route()),
        }
    }
}
