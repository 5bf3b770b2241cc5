//! What moderators have: commands that exist only in the servers of `MODERATION_GUILD_IDS`, and the buttons, menus and
//! forms below them, whose ids begin with [`super::custom_id::MODERATION`].
//!
//! Every call, press, choice and form passes [`admit`] before anything else, whatever Discord itself let through. What
//! a moderator is in the middle of lives in [`sessions`], bound to that moderator, and expires.

mod call;
mod chart;
mod commands;
mod download;
mod gaps;
mod gaps_form;
mod gaps_page;
mod history;
mod sessions;
mod show;
mod stats;
mod upload;

use poise::serenity_prelude as serenity;
use serenity::{
    AutocompleteChoice, CommandInteraction, ComponentInteraction, ComponentInteractionDataKind, GuildId, Interaction,
    Member, ModalInteraction, Permissions, UserId,
};

use super::bot::{Bot, Ticket, UNKNOWN};
use super::custom_id::MODERATION;
use super::reply::Reply;
use crate::curator::Curator;
use call::Call;
pub(crate) use commands::{NAME, commands};
use sessions::{Kind, Press, Sessions};

/// What moderation needs, beside what all handlers share.
pub(crate) struct Desk {
    curator: Curator,
    guilds: Vec<u64>,
    roles: Vec<u64>,
    downloads: download::Downloads,
    sessions: Sessions,
}

impl Desk {
    /// Moderation in these servers, by who may manage them or has one of these roles. `api` is the address that stands
    /// in for Discord's, where one does.
    pub(crate) fn new(curator: Curator, guilds: Vec<u64>, roles: Vec<u64>, api: Option<&str>) -> Self {
        let downloads = download::Downloads::new(api);
        Self { curator, guilds, roles, downloads, sessions: Sessions::default() }
    }
}

/// Who did something, and where, as Discord says.
struct Who<'a> {
    user: UserId,
    guild: Option<GuildId>,
    member: Option<&'a Member>,
}

/// Told in direct messages and in servers that don't moderate.
const ELSEWHERE: &str = "The knowledge can only be changed in a server that this bot’s operator has chosen for it.";
/// Told to members who may not.
const NOT_YOU: &str =
    "This is for moderators: members who may manage this server, or who have a role that the operator has named.";
/// Told where a button belongs to somebody else.
const NOT_YOURS: &str = "Somebody else is at work with this. Run the command yourself, and you get your own.";
/// Told where a button or form has run out.
const EXPIRED: &str = "This has expired, and nothing was changed. Please run the command again.";

/// Whether somebody may moderate here; otherwise what to tell them.
fn admit(desk: &Desk, who: &Who<'_>) -> Result<(), &'static str> {
    let Some(guild) = who.guild.filter(|guild| desk.guilds.contains(&guild.get())) else { return Err(ELSEWHERE) };
    let Some(member) = who.member.filter(|member| member.guild_id == guild && member.user.id == who.user) else {
        return Err(NOT_YOU);
    };
    let manages = member
        .permissions
        .is_some_and(|may| may.contains(Permissions::MANAGE_GUILD) || may.contains(Permissions::ADMINISTRATOR));
    let chosen = member.roles.iter().any(|role| desk.roles.contains(&role.get()));
    if manages || chosen { Ok(()) } else { Err(NOT_YOU) }
}

/// Lets somebody in or tells them privately why not.
async fn let_in<'a>(bot: &'a Bot, who: &Who<'_>, ticket: Ticket<'a>, what: &str) -> Option<Call<'a>> {
    let Some(desk) = &bot.desk else {
        bot.reply(ticket, Reply::words(ELSEWHERE), true).await;
        return None;
    };
    let (user, guild) = (who.user.get(), who.guild.map(GuildId::get));
    if let Err(words) = admit(desk, who) {
        tracing::warn!(interaction = ticket.id.get(), user, guild, what, "refused: no moderator");
        bot.reply(ticket, Reply::words(words), true).await;
        return None;
    }
    tracing::info!(interaction = ticket.id.get(), user, guild, what, "moderation");
    Some(Call { bot, desk, ticket, moderator: user })
}

/// Whether this is a moderator at work, whose clicks aren't counted: a review is many of them.
pub(crate) fn is_trusted(bot: &Bot, interaction: &Interaction) -> bool {
    let Some(desk) = &bot.desk else { return false };
    let who = match interaction {
        Interaction::Command(command) if command.data.name == NAME => {
            Who { user: command.user.id, guild: command.guild_id, member: command.member.as_deref() }
        }
        Interaction::Component(press) if press.data.custom_id.starts_with(MODERATION) => {
            Who { user: press.user.id, guild: press.guild_id, member: press.member.as_ref() }
        }
        Interaction::Modal(form) => Who { user: form.user.id, guild: form.guild_id, member: form.member.as_ref() },
        _ => return false,
    };
    admit(desk, &who).is_ok()
}

/// Completes what is typed in an option of theirs.
pub(crate) async fn choices(bot: &Bot, interaction: &CommandInteraction, typed: &str) -> Vec<AutocompleteChoice> {
    let Some(desk) = &bot.desk else { return Vec::new() };
    let who = Who { user: interaction.user.id, guild: interaction.guild_id, member: interaction.member.as_deref() };
    if admit(desk, &who).is_err() {
        return Vec::new();
    }
    let name = interaction.data.autocomplete().map(|option| option.name).unwrap_or_default();
    match name {
        "revision" | "with" => history::choices(desk, typed).await,
        "question" => gaps::question_choices(desk, typed).await,
        "fact" => gaps::fact_choices(desk, typed),
        _ => Vec::new(),
    }
}

/// Answers a button or menu of theirs.
pub(crate) async fn press(bot: &Bot, interaction: &ComponentInteraction, ticket: Ticket<'_>) {
    if Press::parse(&interaction.data.custom_id).is_none() {
        return bot.reply(ticket, Reply::words(UNKNOWN), true).await;
    }
    let who = Who { user: interaction.user.id, guild: interaction.guild_id, member: interaction.member.as_ref() };
    let Some(call) = let_in(bot, &who, ticket, "press").await else { return };
    let Some(press) = call.find(&interaction.data.custom_id).await else { return };
    let value = match &interaction.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => values.first().map(String::as_str),
        _ => None,
    };
    match press.session.kind {
        Kind::Upload => upload::press(call, &press).await,
        Kind::History => history::press(call, &press).await,
        Kind::Gaps => gaps::press(call, &press, value).await,
    }
}

/// Answers a form of theirs.
pub(crate) async fn submit(bot: &Bot, interaction: &ModalInteraction, ticket: Ticket<'_>) {
    if Press::parse(&interaction.data.custom_id).is_none() {
        return bot.reply(ticket, Reply::words(UNKNOWN), true).await;
    }
    let who = Who { user: interaction.user.id, guild: interaction.guild_id, member: interaction.member.as_ref() };
    let Some(call) = let_in(bot, &who, ticket, "form").await else { return };
    let Some(press) = call.find(&interaction.data.custom_id).await else { return };
    match press.session.kind {
        Kind::Gaps => gaps_form::submit(call, &press, &interaction.data).await,
        _ => bot.reply(ticket, Reply::words(UNKNOWN), true).await,
    }
}
