//! What the bot sends, read with twilight's types and held to twilight's limits.
//!
//! Twilight is a second, independent reading of Discord's documentation: a misunderstanding that bot and fake share must
//! be shared by twilight too. What Discord checks and twilight doesn't is added by hand, and says so.

pub mod components;
pub mod message;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use twilight_model::application::command::{Command, CommandOption, CommandOptionChoice, CommandOptionType};
use twilight_validate::command as limits;

use super::rest::error::ApiError;

/// An invalid body: 50035, with the path to the fault.
pub fn fault(path: &[&str], code: &str, why: &str) -> ApiError {
    ApiError::invalid(path, code, why)
}

/// Reads a part of a body as `T`.
///
/// # Errors
///
/// 50035 where it can't be read.
pub fn read<T: DeserializeOwned>(path: &[&str], value: Value) -> Result<T, ApiError> {
    serde_json::from_value(value).map_err(|why| fault(path, "MODEL_TYPE_CONVERT", &why.to_string()))
}

/// Holds a part of a body to one of twilight's limits.
///
/// # Errors
///
/// 50035 with twilight's words where it is over the limit.
pub fn within<E: std::error::Error>(path: &[&str], checked: Result<(), E>) -> Result<(), ApiError> {
    checked.map_err(|why| fault(path, "BASE_TYPE_BAD_LENGTH", &why.to_string()))
}

/// Reads a command that the bot registers.
///
/// # Errors
///
/// 50035 where Discord would refuse it.
pub fn command(body: &Value, id: u64, application: u64, guild: Option<u64>) -> Result<Command, ApiError> {
    let mut whole = body.clone();
    // Discord fills these in; twilight's type is that of the answer.
    let defaults = json!({"type": 1, "description": "", "default_member_permissions": null, "version": "1"});
    for (key, value) in defaults.as_object().into_iter().flatten() {
        if whole.get(key).is_none() {
            whole[key] = value.clone();
        }
    }
    whole["id"] = json!(id.to_string());
    whole["application_id"] = json!(application.to_string());
    if let Some(guild) = guild {
        whole["guild_id"] = json!(guild.to_string());
    }
    let command: Command = read(&["command"], whole)?;
    within(&["command", &command.name], limits::command(&command))?;
    within(&["command", &command.name, "options"], limits::options(&command.options))?;
    options(&command.name, &command.options)?;
    Ok(command)
}

/// What twilight leaves unchecked of options: choices, and what may stand beside what.
fn options(name: &str, options: &[CommandOption]) -> Result<(), ApiError> {
    let nested = |option: &CommandOption| {
        matches!(option.kind, CommandOptionType::SubCommand | CommandOptionType::SubCommandGroup)
    };
    if options.iter().any(nested) && !options.iter().all(nested) {
        let why = "Sub-command and sub-command group option types are mutually exclusive to all other types";
        return Err(fault(&["command", name, "options"], "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", why));
    }
    for option in options {
        let path = ["command", name, "options", &option.name];
        let offered = option.choices.as_deref().unwrap_or_default();
        choices(&path, offered)?;
        if option.autocomplete == Some(true) && !offered.is_empty() {
            return Err(fault(
                &path,
                "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES",
                "Choices and autocomplete exclude each other",
            ));
        }
        if nested(option) {
            within(&path, limits::option(option))?;
        }
        self::options(name, option.options.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

/// Choices of an option, or of an autocomplete answer.
///
/// # Errors
///
/// 50035 where Discord would refuse them.
pub fn choices(path: &[&str], choices: &[CommandOptionChoice]) -> Result<(), ApiError> {
    if choices.len() > limits::CHOICES_LIMIT {
        return Err(fault(path, "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length."));
    }
    for choice in choices {
        within(path, limits::choice(choice))?;
        if choice.name.trim().is_empty() {
            return Err(fault(path, "BASE_TYPE_REQUIRED", "A choice without a name"));
        }
    }
    Ok(())
}
