//! Interactions: what Discord remembers of each, and the handle by which a test follows one.

use std::{collections::HashMap, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::time::Instant;
use twilight_model::{
    application::command::{CommandOptionChoice, CommandOptionChoiceValue},
    gateway::Intents,
};

use super::{
    Core, PATIENCE, State,
    bus::Topic,
    modal::{Form, Modal},
    seen::Message,
    world::LOADING,
};

/// How long the first response may take.
pub const FIRST_RESPONSE: Duration = Duration::from_secs(3);

/// How long an interaction's token works.
pub const LIFETIME: Duration = Duration::from_mins(15);

/// What a member did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A slash command, or one in a message's menu.
    Command,
    /// A button, or a choice in a menu.
    Component,
    /// Typing in an option.
    Autocomplete,
    /// A form that was sent.
    Modal,
}

impl Kind {
    /// Discord's number for it.
    pub fn number(self) -> u8 {
        match self {
            Self::Command => 2,
            Self::Component => 3,
            Self::Autocomplete => 4,
            Self::Modal => 5,
        }
    }
}

/// The first response.
#[derive(Clone, Debug)]
pub enum Response {
    /// A message.
    Message,
    /// "Thinking…", a message to come.
    Deferred,
    /// Nothing to see yet; the message with the component may be edited later.
    DeferredUpdate,
    /// An edit of the message with the component.
    Update,
    /// Choices to complete what was typed.
    Choices(Vec<CommandOptionChoice>),
    /// A form.
    Modal(Form),
}

/// What Discord remembers of an interaction.
pub struct Record {
    /// Snowflake.
    pub id: u64,
    /// The token that answers it.
    pub token: String,
    /// What was done.
    pub kind: Kind,
    /// Where.
    pub channel: u64,
    /// By whom.
    pub user: u64,
    /// The message with the component.
    pub source: Option<u64>,
    /// How often that message was edited before.
    pub edits: usize,
    /// When it was sent to the bot.
    pub sent: Instant,
    /// When the first response came.
    pub responded: Option<Instant>,
    /// The first response.
    pub response: Option<Response>,
    /// Whether the bot could not learn that its first response arrived, and may rightly send it again.
    pub doubtful: bool,
    /// The message that `@original` means.
    pub original: Option<u64>,
    /// Follow-ups.
    pub followups: Vec<u64>,
}

/// All interactions.
#[derive(Default)]
pub struct Ledger {
    records: HashMap<u64, Record>,
    tokens: HashMap<String, u64>,
}

impl Ledger {
    /// By id.
    pub fn get(&self, id: u64) -> Option<&Record> {
        self.records.get(&id)
    }

    /// By id, to change.
    pub fn get_mut(&mut self, id: u64) -> Option<&mut Record> {
        self.records.get_mut(&id)
    }

    /// Drops one, and its token.
    pub fn remove(&mut self, id: u64) {
        if let Some(record) = self.records.remove(&id) {
            self.tokens.remove(&record.token);
        }
    }

    /// By token.
    pub fn by_token(&self, token: &str) -> Option<&Record> {
        self.tokens.get(token).and_then(|id| self.records.get(id))
    }
}

/// Who does what, and where.
pub struct Act {
    /// What is done.
    pub kind: Kind,
    /// By whom.
    pub user: u64,
    /// In which channel.
    pub channel: u64,
    /// The message with the component.
    pub source: Option<u64>,
    /// What is told of it.
    pub data: Value,
}

impl State {
    /// Sends an interaction to the bot, and gives its id.
    pub fn interact(&mut self, act: &Act) -> u64 {
        let world = &mut self.world;
        let id = world.id();
        let guild = world.guild_of(act.channel);
        let token = format!("interaction-{id}-{:016x}", world.id().wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let permissions =
            guild.and_then(|guild| world.guilds[&guild].members.get(&act.user)).map(|member| member.permissions);
        let mut channel = world.channel_json(act.channel);
        channel["permissions"] =
            json!(permissions.unwrap_or_else(twilight_model::guild::Permissions::all).bits().to_string());
        let by_guild = guild.is_none_or(|guild| world.guilds[&guild].has_bot);
        let installed = world.users.get(&act.user).is_some_and(|user| user.installed);
        let mut owners = json!({});
        if by_guild {
            owners["0"] = json!(guild.unwrap_or_default().to_string());
        }
        if installed {
            owners["1"] = json!(act.user.to_string());
        }
        let mut payload = json!({
            "id": id.to_string(),
            "application_id": world.bot.to_string(),
            "type": act.kind.number(),
            "token": token,
            "version": 1,
            "data": act.data,
            "channel_id": act.channel.to_string(),
            "channel": channel,
            "app_permissions": world.channels[&act.channel].bot_permissions.bits().to_string(),
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": owners,
            "context": i32::from(guild.is_none()),
            "attachment_size_limit": 10_485_760,
        });
        if let Some(guild) = guild {
            payload["guild_id"] = json!(guild.to_string());
            payload["guild"] = json!({"id": guild.to_string(), "locale": "en-US", "features": []});
            payload["guild_locale"] = json!("en-US");
            payload["member"] = world.member_json(guild, act.user, permissions);
        } else {
            payload["user"] = world.user_json(act.user);
        }
        if let Some(message) = act.source.and_then(|source| world.messages.get(&source)) {
            payload["message"] = world.message_json(message);
        }
        let record = Record {
            id,
            token: token.clone(),
            kind: act.kind,
            channel: act.channel,
            user: act.user,
            source: act.source,
            edits: act.source.and_then(|source| world.messages.get(&source)).map_or(0, |message| message.edits),
            sent: Instant::now(),
            responded: None,
            response: None,
            doubtful: false,
            original: None,
            followups: Vec::new(),
        };
        self.interactions.records.insert(id, record);
        self.interactions.tokens.insert(token, id);
        self.dispatch(guild, Intents::empty(), "INTERACTION_CREATE", &payload);
        id
    }
}

/// An interaction that was sent.
#[derive(Clone)]
pub struct Interaction {
    core: Arc<Core>,
    /// Its id.
    pub id: u64,
}

impl Interaction {
    /// Sends an interaction.
    pub fn send(core: &Arc<Core>, act: &Act) -> Self {
        let id = core.lock().interact(act);
        Self { core: Arc::clone(core), id }
    }

    /// What it belongs to.
    pub fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// The token that answers it.
    pub fn token(&self) -> String {
        self.look(|record| record.token.clone())
    }

    /// Waits for the first response.
    pub async fn response(&self) -> Response {
        self.wait("the first response to an interaction", |state, id| state.interactions.get(id)?.response.clone())
            .await
    }

    /// Waits for the first response, and says how long it took from when the interaction was sent.
    pub async fn response_time(&self) -> Duration {
        self.response().await;
        self.look(|record| record.responded.map(|at| at - record.sent).unwrap_or_default())
    }

    /// Whether there was a first response until now.
    pub fn is_answered(&self) -> bool {
        self.look(|record| record.response.is_some())
    }

    /// Waits for the message that answers: the first response, or where that was deferred, what came of it. For a
    /// component, the message that it changed.
    pub async fn message(&self) -> Message {
        let core = &self.core;
        self.wait("the message that answers an interaction", |state, id| {
            let record = state.interactions.get(id)?;
            let message = state.world.messages.get(&record.original?)?;
            let waits = message.flags & LOADING != 0
                || matches!(record.response, Some(Response::DeferredUpdate)) && message.edits <= record.edits;
            (!waits).then(|| Message::of(core, message))
        })
        .await
    }

    /// Waits until there are `count` follow-ups, and gives them.
    pub async fn followups(&self, count: usize) -> Vec<Message> {
        let core = &self.core;
        self.wait("follow-ups to an interaction", |state, id| {
            let followups = &state.interactions.get(id)?.followups;
            let messages = followups.iter().filter_map(|id| state.world.messages.get(id));
            (followups.len() >= count).then(|| messages.map(|message| Message::of(core, message)).collect())
        })
        .await
    }

    /// Waits for the choices that complete what was typed: name and value.
    pub async fn choices(&self) -> Vec<(String, String)> {
        let Response::Choices(choices) = self.response().await else {
            panic!("the first response is no list of choices")
        };
        let value = |value: CommandOptionChoiceValue| match value {
            CommandOptionChoiceValue::String(text) => text,
            CommandOptionChoiceValue::Integer(number) => number.to_string(),
            CommandOptionChoiceValue::Number(number) => number.to_string(),
        };
        choices.into_iter().map(|choice| (choice.name, value(choice.value))).collect()
    }

    /// Waits for the form that answers.
    pub async fn modal(&self) -> Modal {
        let Response::Modal(form) = self.response().await else { panic!("the first response is no form") };
        let (user, channel, source) = self.look(|record| (record.user, record.channel, record.source));
        Modal::new(Arc::clone(&self.core), form, user, channel, source)
    }

    fn look<T>(&self, look: impl FnOnce(&Record) -> T) -> T {
        look(self.core.lock().interactions.get(self.id).expect("interactions stay"))
    }

    async fn wait<T>(&self, what: &str, look: impl Fn(&State, u64) -> Option<T>) -> T {
        self.core.wait(Topic::Interaction(self.id), PATIENCE, what, |state| look(state, self.id)).await
    }
}
