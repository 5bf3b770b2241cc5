//! Routes on the application's commands.

use serde_json::{Value, json};
use twilight_model::application::command::Command;

use super::{
    super::{State, rules},
    Reply,
    call::Call,
    error::ApiError,
};

/// Commands of one kind that an application may have in one place: slash commands, and the two menus.
const LIMITS: [(u8, usize); 3] = [(1, 100), (2, 15), (3, 15)];

impl State {
    /// `/applications/{application}/…`.
    ///
    /// # Errors
    ///
    /// Discord's refusal.
    pub fn commands(&mut self, call: &Call, application: &str, rest: &[&str]) -> Reply {
        if Call::id(application) != Some(self.world.bot) {
            return Err(ApiError::new(
                403,
                20_012,
                "You are not authorized to perform this action on this application",
            ));
        }
        let (guild, rest) = match rest {
            ["guilds", guild, "commands", rest @ ..] => (Call::id(guild), rest),
            ["commands", rest @ ..] => (None, rest),
            _ => return Err(ApiError::no_route()),
        };
        if guild.is_some_and(|guild| !self.world.guilds.contains_key(&guild)) {
            return Err(ApiError::forbidden(50_001, "Missing Access"));
        }
        match (call.method.as_str(), rest) {
            ("GET", []) => Ok((200, json!(self.world.commands.get(&guild).cloned().unwrap_or_default()))),
            ("PUT", []) => {
                let wanted = call
                    .body
                    .as_array()
                    .ok_or_else(|| rules::fault(&["_root"], "BASE_TYPE_LIST", "Only iterables may be used"))?;
                let mut commands: Vec<Command> = Vec::new();
                for body in wanted {
                    self.add(&mut commands, guild, body)?;
                }
                let reply = json!(commands);
                self.world.commands.insert(guild, commands);
                Ok((200, reply))
            }
            ("POST", []) => {
                let mut commands = self.world.commands.get(&guild).cloned().unwrap_or_default();
                let name = &call.body["name"];
                commands.retain(|command| json!(command.name) != *name);
                self.add(&mut commands, guild, &call.body)?;
                let reply = json!(commands.last());
                self.world.commands.insert(guild, commands);
                Ok((201, reply))
            }
            ("DELETE", [id]) => {
                let commands = self.world.commands.entry(guild).or_default();
                let before = commands.len();
                commands.retain(|command| command.id.map(|id| id.to_string()).as_deref() != Some(id));
                if commands.len() == before {
                    return Err(ApiError::unknown(10_063, "application command"));
                }
                Ok((204, Value::Null))
            }
            _ => Err(ApiError::no_route()),
        }
    }

    fn add(&mut self, commands: &mut Vec<Command>, guild: Option<u64>, body: &Value) -> Result<(), ApiError> {
        let command = rules::command(body, self.world.id(), self.world.bot, guild)?;
        let kind = u8::from(command.kind);
        let same = commands.iter().filter(|other| other.kind == command.kind);
        if same.clone().any(|other| other.name == command.name) {
            return Err(rules::fault(
                &["name"],
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            ));
        }
        if LIMITS.iter().any(|(limited, most)| *limited == kind && same.clone().count() >= *most) {
            return Err(ApiError::new(400, 30_032, "Maximum number of application commands reached"));
        }
        commands.push(command);
        Ok(())
    }
}

/// The test's view of the commands.
impl super::super::Core {
    /// The commands registered everywhere (`None`), or in a server.
    pub fn commands(&self, guild: Option<u64>) -> Vec<Command> {
        self.lock().world.commands.get(&guild).cloned().unwrap_or_default()
    }

    /// Waits until commands are registered everywhere (`None`), or in a server, and gives them.
    pub async fn commands_until_registered(&self, guild: Option<u64>) -> Vec<Command> {
        self.wait(super::Topic::Rest, super::PATIENCE, "the bot to register its commands", |state| {
            state.world.commands.get(&guild).filter(|commands| !commands.is_empty()).cloned()
        })
        .await
    }
}
