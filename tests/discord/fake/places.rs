//! Servers, channels and people, as a test makes and changes them.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::json;
use twilight_model::{gateway::Intents, guild::Permissions};

use super::{
    Core, Discord,
    world::{ChannelData, GuildData, MemberData},
};

/// What the bot may do in a channel where nothing else is said: what its invite link asks for.
pub const BOT: Permissions = Permissions::VIEW_CHANNEL
    .union(Permissions::SEND_MESSAGES)
    .union(Permissions::SEND_MESSAGES_IN_THREADS)
    .union(Permissions::EMBED_LINKS)
    .union(Permissions::ATTACH_FILES)
    .union(Permissions::READ_MESSAGE_HISTORY);

/// What everyone in a server may do.
pub const MEMBER: Permissions = Permissions::VIEW_CHANNEL
    .union(Permissions::SEND_MESSAGES)
    .union(Permissions::READ_MESSAGE_HISTORY)
    .union(Permissions::ADD_REACTIONS)
    .union(Permissions::USE_SLASH_COMMANDS);

/// A server.
#[derive(Clone)]
pub struct Guild {
    core: Arc<Core>,
    /// Its id.
    pub id: u64,
}

/// A text channel, or the direct conversation of somebody with the bot.
#[derive(Clone)]
pub struct Channel {
    /// What it belongs to.
    pub core: Arc<Core>,
    /// Its id.
    pub id: u64,
}

/// A person: a member of a server, or somebody the bot knows from direct messages alone.
#[derive(Clone)]
pub struct Member {
    core: Arc<Core>,
    /// The user's id.
    pub id: u64,
    /// The server in which it is a member.
    pub guild: Option<u64>,
}

impl Discord {
    /// A new server that the bot is in.
    pub fn guild(&self, name: &str) -> Guild {
        self.new_guild(name, true)
    }

    /// A new server without the bot, where only those have its commands who installed it for themselves.
    pub fn guild_without_bot(&self, name: &str) -> Guild {
        self.new_guild(name, false)
    }

    /// Somebody who is in no server with the bot.
    pub fn user(&self, name: &str) -> Member {
        let id = self.lock().world.user(name, false);
        Member { core: self.core(), id, guild: None }
    }

    fn new_guild(&self, name: &str, has_bot: bool) -> Guild {
        let mut state = self.lock();
        let owner = state.world.user(&format!("Owner of {name}"), false);
        let id = state.world.id();
        let name = name.to_owned();
        let (roles, members) = (Vec::new(), BTreeMap::new());
        state.world.guilds.insert(id, GuildData { id, name, owner, roles, members, has_bot });
        if has_bot {
            let data = state.world.guild_create_json(id);
            state.dispatch(Some(id), Intents::GUILDS, "GUILD_CREATE", &data);
        }
        Guild { core: self.core(), id }
    }
}

impl Guild {
    /// A new text channel.
    pub fn channel(&self, name: &str) -> Channel {
        let mut state = self.core.lock();
        let id = state.world.id();
        let has_bot = state.world.guilds[&self.id].has_bot;
        let bot_permissions = if has_bot { BOT } else { Permissions::empty() };
        let channel =
            ChannelData { id, guild: Some(self.id), name: name.to_owned(), bot_permissions, recipient: None, typed: 0 };
        state.world.channels.insert(id, channel);
        if has_bot {
            let data = state.world.channel_json(id);
            state.dispatch(Some(self.id), Intents::GUILDS, "CHANNEL_CREATE", &data);
        }
        Channel { core: Arc::clone(&self.core), id }
    }

    /// A new member.
    pub fn member(&self, name: &str) -> Member {
        self.join(name, false)
    }

    /// Another bot in this server.
    pub fn robot(&self, name: &str) -> Member {
        self.join(name, true)
    }

    /// A new role with these permissions, and its id.
    pub fn role(&self, name: &str, permissions: Permissions) -> u64 {
        let mut state = self.core.lock();
        let id = state.world.id();
        let roles = state.world.guilds.get_mut(&self.id).map(|guild| &mut guild.roles);
        roles.expect("servers stay").push((id, name.to_owned(), permissions));
        id
    }

    fn join(&self, name: &str, bot: bool) -> Member {
        let mut state = self.core.lock();
        let id = state.world.user(name, bot);
        let member = MemberData { permissions: MEMBER, roles: Vec::new(), nick: None };
        state.world.guilds.get_mut(&self.id).expect("servers stay").members.insert(id, member);
        Member { core: Arc::clone(&self.core), id, guild: Some(self.id) }
    }
}

impl Channel {
    /// Takes permissions from the bot.
    #[must_use]
    pub fn forbid(self, permissions: Permissions) -> Self {
        self.core.lock().world.channels.entry(self.id).and_modify(|channel| channel.bot_permissions -= permissions);
        self
    }

    /// Gives permissions to the bot.
    #[must_use]
    pub fn allow(self, permissions: Permissions) -> Self {
        self.core.lock().world.channels.entry(self.id).and_modify(|channel| channel.bot_permissions |= permissions);
        self
    }

    /// How often the bot showed that it types here.
    pub fn typed(&self) -> usize {
        self.core.lock().world.channels.get(&self.id).map_or(0, |channel| channel.typed)
    }

    /// Takes the channel away.
    pub fn delete(&self) {
        let mut state = self.core.lock();
        let guild = state.world.guild_of(self.id);
        let data = state.world.channel_json(self.id);
        state.world.channels.remove(&self.id);
        state.dispatch(guild, Intents::GUILDS, "CHANNEL_DELETE", &data);
    }
}

impl Member {
    /// Gives permissions in the server.
    #[must_use]
    pub fn allow(self, permissions: Permissions) -> Self {
        self.change(|member| member.permissions |= permissions);
        self
    }

    /// Takes permissions in the server.
    #[must_use]
    pub fn forbid(self, permissions: Permissions) -> Self {
        self.change(|member| member.permissions -= permissions);
        self
    }

    /// Gives a role, with what it permits.
    #[must_use]
    pub fn with_role(self, role: u64) -> Self {
        let permissions = {
            let state = self.core.lock();
            let guild = self.guild.and_then(|guild| state.world.guilds.get(&guild)).expect("roles are a server's");
            guild.roles.iter().find(|(id, ..)| *id == role).expect("a role of this server").2
        };
        self.change(|member| {
            member.roles.push(role);
            member.permissions |= permissions;
        });
        self
    }

    /// Gives a nickname.
    #[must_use]
    pub fn called(self, nick: &str) -> Self {
        self.change(|member| member.nick = Some(nick.to_owned()));
        self
    }

    /// Installs the application for this user itself.
    #[must_use]
    pub fn installs(self) -> Self {
        self.core.lock().world.users.entry(self.id).and_modify(|user| user.installed = true);
        self
    }

    /// The direct conversation with the bot.
    pub fn direct(&self) -> Channel {
        let mut state = self.core.lock();
        let id = state.world.direct_channel(self.id);
        let data = state.world.channel_json(id);
        state.dispatch(None, Intents::DIRECT_MESSAGES, "CHANNEL_CREATE", &data);
        drop(state);
        Channel { core: Arc::clone(&self.core), id }
    }

    /// How this user is mentioned.
    pub fn mention(&self) -> String {
        format!("<@{}>", self.id)
    }

    fn change(&self, change: impl FnOnce(&mut MemberData)) {
        let mut state = self.core.lock();
        let guild = self.guild.and_then(|guild| state.world.guilds.get_mut(&guild));
        let member = guild.and_then(|guild| guild.members.get_mut(&self.id));
        change(member.expect("a member of a server"));
        if let Some(guild) = self.guild {
            let mut data = state.world.member_json(guild, self.id, None);
            data["guild_id"] = json!(guild.to_string());
            state.dispatch(Some(guild), Intents::GUILD_MEMBERS, "GUILD_MEMBER_UPDATE", &data);
        }
    }
}
