//! The world in Discord's JSON, as REST and gateway show it to the bot.

use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::world::{Author, MessageData, World, timestamp};

impl World {
    /// A user object. An unknown id gives a user that was deleted.
    pub fn user_json(&self, id: u64) -> Value {
        let user = self.users.get(&id);
        let name = user.map_or("Deleted User", |user| &user.name);
        json!({
            "id": id.to_string(),
            "username": name.to_lowercase().replace(' ', "_"),
            "global_name": name,
            "discriminator": "0",
            "avatar": null,
            "bot": user.is_some_and(|user| user.bot),
            "public_flags": 0,
        })
    }

    /// The bot's own user object, with what only itself is told.
    pub fn me_json(&self) -> Value {
        let mut me = self.user_json(self.bot);
        for (key, value) in [
            ("mfa_enabled", json!(true)),
            ("verified", json!(true)),
            ("locale", json!("en-US")),
            ("flags", json!(0)),
            ("email", json!(null)),
            ("banner", json!(null)),
            ("accent_color", json!(null)),
        ] {
            me[key] = value;
        }
        me
    }

    /// The application object.
    pub fn application_json(&self) -> Value {
        json!({
            "id": self.bot.to_string(),
            "name": "Briefing",
            "icon": null,
            "description": "",
            "bot_public": true,
            "bot_require_code_grant": false,
            "bot": self.me_json(),
            "owner": self.user_json(0),
            "team": null,
            "verify_key": "00",
            "flags": 0,
            "integration_types_config": {"0": {}, "1": {}},
            "redirect_uris": [],
            "interactions_endpoint_url": null,
            "approximate_guild_count": self.guilds.len(),
        })
    }

    /// A member object, with the user and, where asked for, the permissions in the channel.
    pub fn member_json(&self, guild: u64, user: u64, permissions: Option<Permissions>) -> Value {
        let member = self.guilds.get(&guild).and_then(|guild| guild.members.get(&user));
        let mut json = json!({
            "user": self.user_json(user),
            "nick": member.and_then(|member| member.nick.clone()),
            "avatar": null,
            "banner": null,
            "roles": member.map(|member| texts(&member.roles)).unwrap_or_default(),
            "joined_at": timestamp(guild),
            "premium_since": null,
            "deaf": false,
            "mute": false,
            "flags": 0,
            "pending": false,
            "communication_disabled_until": null,
        });
        if let Some(permissions) = permissions {
            json["permissions"] = json!(permissions.bits().to_string());
        }
        json
    }

    /// A server's roles, `@everyone` first.
    pub fn roles_json(&self, guild: u64) -> Vec<Value> {
        let Some(guild) = self.guilds.get(&guild) else { return Vec::new() };
        let everyone = (guild.id, "@everyone".to_owned(), super::places::MEMBER);
        let roles = std::iter::once(&everyone).chain(&guild.roles).enumerate();
        roles
            .map(|(position, (id, name, permissions))| {
                json!({
                    "id": id.to_string(),
                    "name": name,
                    "color": 0,
                    "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
                    "hoist": false,
                    "managed": false,
                    "mentionable": false,
                    "icon": null,
                    "unicode_emoji": null,
                    "permissions": permissions.bits().to_string(),
                    "position": position,
                    "flags": 0,
                })
            })
            .collect()
    }

    /// A channel object.
    pub fn channel_json(&self, id: u64) -> Value {
        let Some(channel) = self.channels.get(&id) else { return Value::Null };
        if let Some(recipient) = channel.recipient {
            return json!({
                "id": id.to_string(),
                "type": 1,
                "last_message_id": null,
                "flags": 0,
                "recipients": [self.user_json(recipient)],
            });
        }
        let allowed = channel.bot_permissions.bits();
        json!({
            "id": id.to_string(),
            "type": 0,
            "guild_id": channel.guild.unwrap_or_default().to_string(),
            "name": channel.name,
            "position": 0,
            "permission_overwrites": [{
                "id": self.bot.to_string(),
                "type": 1,
                "allow": allowed.to_string(),
                "deny": (Permissions::all().bits() & !allowed).to_string(),
            }],
            "topic": null,
            "nsfw": false,
            "last_message_id": null,
            "rate_limit_per_user": 0,
            "parent_id": null,
            "flags": 0,
        })
    }

    /// A server as `GET /guilds/{id}` shows it.
    pub fn guild_json(&self, id: u64) -> Value {
        let Some(guild) = self.guilds.get(&id) else { return Value::Null };
        json!({
            "id": id.to_string(),
            "name": guild.name,
            "icon": null,
            "splash": null,
            "discovery_splash": null,
            "owner_id": guild.owner.to_string(),
            "afk_channel_id": null,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "roles": self.roles_json(id),
            "emojis": [],
            "features": [],
            "mfa_level": 0,
            "application_id": null,
            "system_channel_id": null,
            "system_channel_flags": 0,
            "rules_channel_id": null,
            "max_presences": null,
            "max_members": 250_000,
            "vanity_url_code": null,
            "description": null,
            "banner": null,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "preferred_locale": "en-US",
            "public_updates_channel_id": null,
            "nsfw_level": 0,
            "stickers": [],
            "premium_progress_bar_enabled": false,
            "safety_alerts_channel_id": null,
        })
    }

    /// A server as `GUILD_CREATE` brings it. Without the members' intent, the bot is its only member listed.
    pub fn guild_create_json(&self, id: u64) -> Value {
        let mut json = self.guild_json(id);
        let channels = self.channels.values().filter(|channel| channel.guild == Some(id));
        let channels: Vec<Value> = channels.map(|channel| self.channel_json(channel.id)).collect();
        let members = self.guilds.get(&id).map_or(0, |guild| guild.members.len());
        for (key, value) in [
            ("joined_at", json!(timestamp(id))),
            ("large", json!(false)),
            ("unavailable", json!(false)),
            ("member_count", json!(members + 1)),
            ("voice_states", json!([])),
            ("members", json!([self.member_json(id, self.bot, None)])),
            ("channels", json!(channels)),
            ("threads", json!([])),
            ("presences", json!([])),
            ("stage_instances", json!([])),
            ("guild_scheduled_events", json!([])),
        ] {
            json[key] = value;
        }
        json
    }

    /// A message object with everything in it, as its author sees it.
    pub fn message_json(&self, message: &MessageData) -> Value {
        let (author, webhook) = match message.author {
            Author::User(id) => (self.user_json(id), None),
            Author::Webhook(id) => (
                json!({"id": id.to_string(), "username": "Hook", "discriminator": "0000", "avatar": null, "bot": true}),
                Some(id),
            ),
        };
        let mentions: Vec<Value> = message.mentions.iter().map(|id| self.user_json(*id)).collect();
        let files: Vec<Value> = message
            .files
            .iter()
            .map(|file| self.attachment_json(message.channel, file.id, &file.name, file.bytes.len()))
            .collect();
        let mut json = json!({
            "id": message.id.to_string(),
            "channel_id": message.channel.to_string(),
            "type": if message.interaction.is_some() { 20 } else if message.reply_to.is_some() { 19 } else { 0 },
            "author": author,
            "content": message.content,
            "timestamp": timestamp(message.id),
            "edited_timestamp": (message.edits > 0).then(|| timestamp(message.id)),
            "tts": false,
            "mention_everyone": false,
            "mentions": mentions,
            "mention_roles": [],
            "attachments": files,
            "embeds": message.embeds.0,
            "components": message.components.0,
            "pinned": false,
            "flags": message.flags,
            "nonce": message.nonce,
        });
        if let Some(webhook) = webhook {
            json["webhook_id"] = json!(webhook.to_string());
        }
        if message.interaction.is_some() {
            json["application_id"] = json!(self.bot.to_string());
            json["webhook_id"] = json!(self.bot.to_string());
        }
        if let Some(original) = message.reply_to {
            json["message_reference"] =
                json!({"type": 0, "message_id": original.to_string(), "channel_id": message.channel.to_string()});
            let original = self.messages.get(&original).filter(|original| !original.deleted);
            // One step only: Discord does not nest the answered message of an answered message.
            json["referenced_message"] = original
                .map_or(Value::Null, |original| self.message_json(&MessageData { reply_to: None, ..original.clone() }));
        }
        json
    }

    /// A message as the gateway sends it to a bot without the message content intent: what it says only where the bot
    /// is mentioned, in direct messages, and in the bot's own.
    pub fn message_event_json(&self, message: &MessageData, content_intent: bool) -> Value {
        let mut json = self.message_json(message);
        if let (Some(guild), Author::User(user)) = (self.guild_of(message.channel), message.author) {
            json["guild_id"] = json!(guild.to_string());
            let mut member = self.member_json(guild, user, None);
            if let Some(member) = member.as_object_mut() {
                member.remove("user");
            }
            json["member"] = member;
        } else if let Some(guild) = self.guild_of(message.channel) {
            json["guild_id"] = json!(guild.to_string());
        }
        if !content_intent {
            if !self.may_read(message) {
                blank(&mut json);
            }
            if let Some(original) = message.reply_to.and_then(|original| self.messages.get(&original))
                && !self.may_read(original)
            {
                blank(&mut json["referenced_message"]);
            }
        }
        json
    }

    /// Whether the bot is told what a message says though it lacks the message content intent.
    pub fn may_read(&self, message: &MessageData) -> bool {
        message.author == Author::User(self.bot)
            || message.mentions.contains(&self.bot)
            || self.guild_of(message.channel).is_none()
    }

    /// An attachment object.
    pub fn attachment_json(&self, channel: u64, id: u64, name: &str, size: usize) -> Value {
        let url = format!("{}/{channel}/{id}/{name}", self.files_at);
        json!({"id": id.to_string(), "filename": name, "size": size, "url": url, "proxy_url": url})
    }
}

/// Ids as Discord writes them: in strings, as JavaScript's numbers can't hold them.
pub fn texts(ids: &[u64]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

fn blank(message: &mut Value) {
    if message.is_object() {
        message["content"] = json!("");
        for key in ["embeds", "attachments", "components"] {
            message[key] = json!([]);
        }
    }
}
