//! Routes on the bot itself and on its servers.

use serde_json::{Value, json};

use super::{super::State, Reply, call::Call, error::ApiError};

impl State {
    /// `/gateway`, `/users/…`, `/oauth2/…`, `/applications/@me`, `/guilds/…`.
    ///
    /// # Errors
    ///
    /// Discord's refusal.
    pub fn account(&mut self, call: &Call, segments: &[&str]) -> Reply {
        let gateway = format!("ws://{}", self.address);
        match (call.method.as_str(), segments) {
            ("GET", ["gateway"]) => Ok((200, json!({"url": gateway}))),
            ("GET", ["gateway", "bot"]) => Ok((
                200,
                json!({
                    "url": gateway,
                    "shards": self.gateway.shards,
                    "session_start_limit": {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1},
                }),
            )),
            ("GET" | "PATCH", ["users", "@me"]) => Ok((200, self.world.me_json())),
            ("GET", ["users", "@me", "guilds"]) => {
                let guilds: Vec<Value> = self.world.guilds.keys().map(|guild| self.world.guild_json(*guild)).collect();
                Ok((200, json!(guilds)))
            }
            ("POST", ["users", "@me", "channels"]) => {
                let recipient = call.body["recipient_id"].as_str().and_then(Call::id);
                let user = recipient.filter(|user| self.world.users.contains_key(user));
                let user = user.ok_or_else(|| ApiError::unknown(10_013, "User"))?;
                let channel = self.world.direct_channel(user);
                Ok((200, self.world.channel_json(channel)))
            }
            ("GET", ["users", id]) => {
                let user = Call::id(id).filter(|user| self.world.users.contains_key(user));
                let user = user.ok_or_else(|| ApiError::unknown(10_013, "User"))?;
                Ok((200, self.world.user_json(user)))
            }
            ("GET", ["oauth2", "applications", "@me"] | ["applications", "@me"]) => {
                Ok((200, self.world.application_json()))
            }
            ("GET", ["guilds", guild, rest @ ..]) => self.guild(guild, rest),
            _ => Err(ApiError::no_route()),
        }
    }

    fn guild(&self, guild: &str, rest: &[&str]) -> Reply {
        let guild = Call::id(guild).filter(|guild| self.world.guilds.get(guild).is_some_and(|guild| guild.has_bot));
        let guild = guild.ok_or_else(|| ApiError::unknown(10_004, "Guild"))?;
        match rest {
            [] => Ok((200, self.world.guild_json(guild))),
            ["roles"] => Ok((200, json!(self.world.roles_json(guild)))),
            ["channels"] => {
                let channels = self.world.channels.values().filter(|channel| channel.guild == Some(guild));
                let channels: Vec<Value> = channels.map(|channel| self.world.channel_json(channel.id)).collect();
                Ok((200, json!(channels)))
            }
            ["members", user] => {
                let members = &self.world.guilds[&guild].members;
                let user = Call::id(user).filter(|user| *user == self.world.bot || members.contains_key(user));
                let user = user.ok_or_else(|| ApiError::unknown(10_007, "Member"))?;
                Ok((200, self.world.member_json(guild, user, None)))
            }
            _ => Err(ApiError::no_route()),
        }
    }
}
