//! The commands of members, and how Discord comes to know them.
//!
//! poise declares commands and reads their arguments; every response goes through [`Bot`], never through poise's own
//! `say` and `send`, which know no second attempt.

use std::sync::Arc;

use poise::serenity_prelude as serenity;
use serenity::{AutocompleteChoice, CommandInteraction, CreateAutocompleteResponse, CreateCommand};
use serenity::{CreateInteractionResponse, GuildId, LightMethod, Route};
use tokio::time::Instant;

use super::bot::{Asker, Bot, Identity, Ticket};
use super::reply::{Reply, fit_label};
use super::rest::{CALLBACK_WINDOW, Error, Repeat};
use super::{bot, moderation, render, words};
use crate::text::sanitize::one_line;

/// What a command finds in its context: the bot, and until when it may answer.
pub(crate) struct Data {
    /// What all handlers share.
    pub(crate) bot: Arc<Bot>,
    /// Until when the interaction may be answered.
    pub(crate) until: Instant,
}

/// A command's context.
pub(crate) type Context<'a> = poise::ApplicationContext<'a, Data, anyhow::Error>;
/// A command.
pub(crate) type Command = poise::Command<Data, anyhow::Error>;

/// Choices that Discord shows while somebody types.
const CHOICES: usize = 25;
/// UTF-16 units of a choice's name and value.
const CHOICE: usize = 100;

/// All commands, in the order in which `/help` speaks of them.
pub(crate) fn all() -> Vec<Command> {
    let mut commands = members();
    commands.extend(moderation::commands());
    commands
}

fn members() -> Vec<Command> {
    vec![ask(), ask_the_briefing(), topics(), timeline(), about(), help()]
}

/// The answerable part of a command's interaction.
pub(crate) fn ticket<'a>(ctx: &Context<'a>) -> Ticket<'a> {
    let interaction: &'a CommandInteraction = ctx.interaction;
    Ticket { id: interaction.id, token: &interaction.token, until: ctx.framework.user_data.until }
}

fn asker(ctx: &Context<'_>, way: &'static str) -> Asker {
    let interaction = ctx.interaction;
    Asker { user: interaction.user.id, channel: interaction.channel_id, way, event: interaction.id.get() }
}

/// Ask a question about the briefing
#[poise::command(slash_command, install_context = "Guild|User", interaction_context = "Guild|BotDm|PrivateChannel")]
async fn ask(
    ctx: Context<'_>,
    #[description = "Your question, in your own words"]
    #[autocomplete = "registers_only"]
    #[max_length = 1000]
    question: String,
    #[description = "Show the answer only to you"] private: Option<bool>,
) -> Result<(), anyhow::Error> {
    let Data { bot, .. } = ctx.framework.user_data;
    let reply = bot.ask(asker(&ctx, "slash"), &words::bare(&question), bot::Context::Own);
    bot.reply(ticket(&ctx), reply, private.unwrap_or(false)).await;
    Ok(())
}

/// poise marks an option for autocompletion only where it has a function for it; [`complete`] is what answers.
#[expect(clippy::unused_async, reason = "poise asks for an async function")]
async fn registers_only(_: Context<'_>, _: &str) -> CreateAutocompleteResponse {
    CreateAutocompleteResponse::new()
}

/// Uses a message as the question
#[poise::command(
    context_menu_command = "Ask the briefing",
    install_context = "Guild|User",
    interaction_context = "Guild|BotDm|PrivateChannel"
)]
async fn ask_the_briefing(ctx: Context<'_>, message: serenity::Message) -> Result<(), anyhow::Error> {
    let Data { bot, .. } = ctx.framework.user_data;
    let reply = bot.ask(asker(&ctx, "menu"), &words::bare(&message.content), bot::Context::None);
    bot.reply(ticket(&ctx), reply, true).await;
    Ok(())
}

/// Browse what the briefing says, section by section
#[poise::command(slash_command, install_context = "Guild|User", interaction_context = "Guild|BotDm|PrivateChannel")]
async fn topics(ctx: Context<'_>) -> Result<(), anyhow::Error> {
    private(&ctx, |bot| render::browse::topics(bot.service.current().library().briefings(), 0)).await
}

/// What happened when, and what is planned
#[poise::command(slash_command, install_context = "Guild|User", interaction_context = "Guild|BotDm|PrivateChannel")]
async fn timeline(ctx: Context<'_>) -> Result<(), anyhow::Error> {
    private(&ctx, |bot| render::browse::timeline(bot.service.current().library().briefings(), 0)).await
}

/// Where the answers come from, and what is stored
#[poise::command(slash_command, install_context = "Guild|User", interaction_context = "Guild|BotDm|PrivateChannel")]
async fn about(ctx: Context<'_>) -> Result<(), anyhow::Error> {
    private(&ctx, |bot| render::about::about(bot.service.current().library().briefings(), bot.ledger.retention_days()))
        .await
}

/// The ways to ask
#[poise::command(slash_command, install_context = "Guild|User", interaction_context = "Guild|BotDm|PrivateChannel")]
async fn help(ctx: Context<'_>) -> Result<(), anyhow::Error> {
    private(&ctx, |_| render::about::help()).await
}

async fn private(ctx: &Context<'_>, reply: impl FnOnce(&Bot) -> Reply) -> Result<(), anyhow::Error> {
    let bot = &ctx.framework.user_data.bot;
    bot.reply(ticket(ctx), reply(bot), true).await;
    Ok(())
}

/// Answers an autocompletion: of a question, with those that fit, or the words themselves where none does.
pub(crate) async fn complete(bot: &Bot, interaction: &CommandInteraction, until: Instant) {
    let typed = interaction.data.autocomplete().map(|option| option.value).unwrap_or_default();
    let choices = match interaction.data.name.as_str() {
        "ask" => choices(bot, typed),
        _ => moderation::choices(bot, interaction, typed).await,
    };
    let response = CreateInteractionResponse::Autocomplete(CreateAutocompleteResponse::new().set_choices(choices));
    let until = until.min(Instant::now() + CALLBACK_WINDOW);
    bot.respond(Ticket { id: interaction.id, token: &interaction.token, until }, &response).await;
}

fn choices(bot: &Bot, typed: &str) -> Vec<AutocompleteChoice> {
    let mut seen: Vec<String> = Vec::new();
    for hit in bot.service.current().complete(typed, CHOICES) {
        // A question longer than a choice is left out: cut short it would ask for something else.
        let question = one_line(hit.fact().question());
        let fits = crate::text::sanitize::units(&question) <= CHOICE && !question.is_empty();
        if fits && seen.len() < CHOICES && !seen.contains(&question) {
            seen.push(question);
        }
    }
    let own = fit_label(&one_line(typed), CHOICE);
    if seen.is_empty() && !own.is_empty() {
        seen.push(own);
    }
    seen.into_iter().map(|question| AutocompleteChoice::new(question.clone(), question)).collect()
}

/// Tells Discord the commands: those of members everywhere, those of moderators in their servers. Tried for an hour;
/// the commands that Discord knows from before keep working meanwhile.
pub(crate) async fn register(bot: &Bot, identity: Identity) {
    let everywhere = poise::builtins::create_application_commands(&members());
    let route = Route::Commands { application_id: identity.application };
    tell(bot, route, &everywhere, "everywhere").await;
    let moderators = poise::builtins::create_application_commands(&moderation::commands());
    for guild in bot.moderation_guilds.iter().filter(|_| !moderators.is_empty()) {
        let route = Route::GuildCommands { application_id: identity.application, guild_id: GuildId::new(*guild) };
        tell(bot, route, &moderators, "in a moderation server").await;
    }
}

async fn tell(bot: &Bot, route: Route<'_>, commands: &[CreateCommand], place: &str) {
    let until = Instant::now() + std::time::Duration::from_hours(1);
    match bot.rest.send_json(LightMethod::Put, route, &commands, Repeat::Freely, until).await {
        Ok(_) => tracing::info!(commands = commands.len(), place, "commands registered"),
        Err(error @ Error::Refused { .. }) => {
            tracing::error!(%error, place, "Discord does not take the commands; was the bot invited with the scope applications.commands?");
        }
        Err(error) => tracing::error!(%error, place, "the commands could not be registered"),
    }
}
