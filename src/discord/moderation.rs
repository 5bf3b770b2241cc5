//! What moderators have: commands that exist only in the servers of `MODERATION_GUILD_IDS`, and the buttons, menus and
//! forms below them, whose ids begin with [`super::custom_id::MODERATION`].

use poise::serenity_prelude as serenity;
use serenity::{AutocompleteChoice, CommandInteraction, ComponentInteraction, ModalInteraction};

use super::bot::{Bot, Ticket, UNKNOWN};
use super::commands::Command;
use super::reply::Reply;

/// The commands; none yet.
pub(crate) fn commands() -> Vec<Command> {
    Vec::new()
}

/// Completes what is typed in an option of theirs; none are known yet.
pub(crate) fn choices(_: &Bot, _: &CommandInteraction, _: &str) -> Vec<AutocompleteChoice> {
    Vec::new()
}

/// Answers a button or menu of theirs; none are known yet.
pub(crate) async fn press(bot: &Bot, _: &ComponentInteraction, ticket: Ticket<'_>) {
    bot.reply(ticket, Reply::words(UNKNOWN), true).await;
}

/// Answers a form of theirs; none are known yet.
pub(crate) async fn submit(bot: &Bot, _: &ModalInteraction, ticket: Ticket<'_>) {
    bot.reply(ticket, Reply::words(UNKNOWN), true).await;
}
