//! Slash commands, their autocomplete, and commands in a message's menu: only what the bot registered, to those who may,
//! unless forged on purpose.

use std::sync::Arc;

use serde_json::{Value, json};
use twilight_model::{
    application::{
        command::{Command, CommandOption, CommandOptionType, CommandType},
        interaction::InteractionContextType,
    },
    guild::Permissions,
    oauth::ApplicationIntegrationType,
};

use super::{
    Core, Discord, State,
    cdn::Service,
    interaction::{Act, Interaction, Kind},
    places::{Channel, Member},
    seen::Message,
};

/// A file that a member attaches to an option.
#[derive(Clone, Debug)]
pub struct Upload {
    name: String,
    bytes: Vec<u8>,
    service: Service,
    declared: Option<usize>,
    url: Option<String>,
}

impl Upload {
    /// A file of this name.
    pub fn new(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.to_owned(), bytes: bytes.into(), service: Service::Whole, declared: None, url: None }
    }

    /// Served in a certain way.
    #[must_use]
    pub fn served(self, service: Service) -> Self {
        Self { service, ..self }
    }

    /// Said to be of another size than it is.
    #[must_use]
    pub fn declared(self, size: usize) -> Self {
        Self { declared: Some(size), ..self }
    }

    /// Said to be at another address than Discord's.
    #[must_use]
    pub fn at(self, url: &str) -> Self {
        Self { url: Some(url.to_owned()), ..self }
    }
}

/// The value of an option.
#[derive(Clone, Debug)]
pub enum Given {
    /// Text, number, truth value.
    Value(Value),
    /// A file.
    File(Upload),
}

impl From<&str> for Given {
    fn from(text: &str) -> Self {
        Self::Value(json!(text))
    }
}

impl From<bool> for Given {
    fn from(truth: bool) -> Self {
        Self::Value(json!(truth))
    }
}

impl From<i64> for Given {
    fn from(number: i64) -> Self {
        Self::Value(json!(number))
    }
}

impl From<Upload> for Given {
    fn from(file: Upload) -> Self {
        Self::File(file)
    }
}

/// A command that is to be sent.
#[must_use]
pub struct Slash {
    core: Arc<Core>,
    /// The command's name, and its sub-commands'.
    path: Vec<String>,
    options: Vec<(String, Given)>,
    /// The option being typed.
    focus: Option<String>,
    /// The message whose menu it is in.
    target: Option<u64>,
    forged: bool,
}

impl Discord {
    /// A slash command, with its sub-commands as in `"knowledge reload"`.
    pub fn slash(&self, path: &str) -> Slash {
        let path = path.split(' ').map(str::to_owned).collect();
        Slash { core: self.core(), path, options: Vec::new(), focus: None, target: None, forged: false }
    }

    /// A command in a message's menu.
    pub fn menu(&self, name: &str, message: &Message) -> Slash {
        Slash { path: vec![name.to_owned()], target: Some(message.id()), ..self.slash("") }
    }
}

impl Slash {
    /// With an option.
    pub fn option(mut self, name: &str, value: impl Into<Given>) -> Self {
        self.options.push((name.to_owned(), value.into()));
        self
    }

    /// Still typing in an option: asks for choices.
    pub fn typing(mut self, name: &str, text: &str) -> Self {
        self.focus = Some(name.to_owned());
        self.option(name, text)
    }

    /// Sends it even where no client would offer it.
    pub fn forged(self) -> Self {
        Self { forged: true, ..self }
    }

    /// Sends it, in the direct conversation with the bot.
    pub fn by_direct(self, member: &Member) -> Interaction {
        let channel = member.direct();
        self.by(member, &channel)
    }

    /// Sends it.
    ///
    /// # Panics
    ///
    /// When no client would offer the command to this member here, or send these options, and it is not forged.
    pub fn by(self, member: &Member, channel: &Channel) -> Interaction {
        let core = Arc::clone(&self.core);
        let mut state = core.lock();
        let guild = state.world.guild_of(channel.id);
        let command = self.registered(&state, guild);
        if !self.forged {
            Self::check_offer(&state, &command, member, guild);
        }
        let mut options = command.options.clone();
        let mut within = Vec::new();
        for word in self.path.iter().skip(1) {
            let found = options.into_iter().find(|option| option.name == *word);
            let found = found.unwrap_or_else(|| panic!("/{} has no sub-command {word}", command.name));
            within.push((found.name, found.kind));
            options = found.options.unwrap_or_default();
        }
        if !self.forged && self.focus.is_none() {
            self.check_options(&options);
        }
        let mut resolved = json!({});
        let mut given: Vec<Value> = self
            .options
            .iter()
            .map(|(name, value)| self.value(&mut state, &mut resolved, &options, channel.id, name, value))
            .collect();
        for (name, kind) in within.into_iter().rev() {
            given = vec![json!({"name": name, "type": kind, "options": given})];
        }
        let mut data = json!({"id": command.id, "name": command.name, "type": u8::from(command.kind)});
        if !given.is_empty() {
            data["options"] = json!(given);
        }
        if let Some(command_guild) = command.guild_id {
            data["guild_id"] = json!(command_guild.to_string());
        }
        if let Some(message) = self.target.and_then(|target| state.world.messages.get(&target)) {
            data["target_id"] = json!(message.id.to_string());
            resolved["messages"] = json!({message.id.to_string(): state.world.message_json(message)});
        }
        if resolved.as_object().is_some_and(|resolved| !resolved.is_empty()) {
            data["resolved"] = resolved;
        }
        drop(state);
        let kind = if self.focus.is_some() { Kind::Autocomplete } else { Kind::Command };
        Interaction::send(&core, &Act { kind, user: member.id, channel: channel.id, source: None, data })
    }

    fn registered(&self, state: &State, guild: Option<u64>) -> Command {
        let kind = if self.target.is_some() { CommandType::Message } else { CommandType::ChatInput };
        let everywhere = state.world.commands.get(&None);
        let here = guild.and_then(|guild| state.world.commands.get(&Some(guild)));
        let elsewhere = state.world.commands.values().filter(|_| self.forged);
        let mut known = here.into_iter().chain(everywhere).chain(elsewhere).flatten();
        let found = known.find(|command| command.kind == kind && command.name == self.path[0]);
        found.cloned().unwrap_or_else(|| panic!("the bot registered no command {:?} here", self.path[0]))
    }

    fn check_offer(state: &State, command: &Command, member: &Member, guild: Option<u64>) {
        let name = &command.name;
        let place = if guild.is_some() { InteractionContextType::Guild } else { InteractionContextType::BotDm };
        let contexts = command.contexts.as_deref();
        assert!(contexts.is_none_or(|contexts| contexts.contains(&place)), "{name:?} is not offered in {place:?}");
        let Some(guild) = guild else { return };
        let guild = &state.world.guilds[&guild];
        let installs = command.integration_types.as_deref().unwrap_or(&[ApplicationIntegrationType::GuildInstall]);
        let by_guild = guild.has_bot && installs.contains(&ApplicationIntegrationType::GuildInstall);
        let installed = state.world.users.get(&member.id).is_some_and(|user| user.installed);
        let by_user = installed && installs.contains(&ApplicationIntegrationType::UserInstall);
        assert!(by_guild || by_user, "{name:?} is not installed where it is asked for");
        let may = guild.members.get(&member.id).map(|member| member.permissions).expect("a member of this server");
        let needed = command.default_member_permissions.unwrap_or(Permissions::empty());
        let allowed = may.contains(Permissions::ADMINISTRATOR) || may.contains(needed);
        assert!(allowed, "{name:?} is hidden from members without {needed:?}");
    }

    fn check_options(&self, options: &[CommandOption]) {
        for option in options {
            let given = self.options.iter().find(|(name, _)| *name == option.name);
            assert!(given.is_some() || option.required != Some(true), "the option {:?} is required", option.name);
            if let Some((_, Given::Value(Value::String(text)))) = given {
                let length = text.chars().count();
                let (least, most) = (option.min_length.unwrap_or(0), option.max_length.unwrap_or(6000));
                let fits = (usize::from(least)..=usize::from(most)).contains(&length);
                assert!(fits, "{length} characters in {:?}, which takes {least} to {most}", option.name);
                let choices = option.choices.as_deref().unwrap_or_default();
                let chosen = choices.iter().any(|choice| json!(choice.value) == json!(text));
                assert!(choices.is_empty() || chosen, "{text:?} is not among the choices of {:?}", option.name);
            }
        }
        for (name, _) in &self.options {
            assert!(options.iter().any(|option| option.name == *name), "{:?} has no option {name:?}", self.path);
        }
    }

    fn value(
        &self,
        state: &mut State,
        resolved: &mut Value,
        options: &[CommandOption],
        channel: u64,
        name: &str,
        given: &Given,
    ) -> Value {
        let declared = options.iter().find(|option| option.name == name);
        let kind = declared.map_or(CommandOptionType::String, |option| option.kind);
        let value = match given {
            Given::Value(value) => value.clone(),
            Given::File(upload) => {
                let id = state.world.id();
                state.cdn.serve_as(id, upload.bytes.clone(), upload.service.clone());
                let size = upload.declared.unwrap_or(upload.bytes.len());
                let mut attachment = state.world.attachment_json(channel, id, &upload.name, size);
                attachment["ephemeral"] = json!(true);
                if let Some(url) = &upload.url {
                    attachment["url"] = json!(url);
                    attachment["proxy_url"] = json!(url);
                }
                resolved["attachments"][id.to_string()] = attachment;
                json!(id.to_string())
            }
        };
        let mut json = json!({"name": name, "type": kind, "value": value});
        if self.focus.as_deref() == Some(name) {
            let completes = declared.is_some_and(|option| option.autocomplete == Some(true));
            assert!(completes || self.forged, "the option {name:?} has no autocomplete");
            json["focused"] = json!(true);
        }
        json
    }
}
