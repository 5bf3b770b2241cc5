//! Buttons and menus. All that they mean stands in their ids, so that they work after a restart and on old messages.

use poise::serenity_prelude as serenity;
use serenity::{ComponentInteraction, ComponentInteractionDataKind, CreateInteractionResponse};
use tokio::time::Instant;

use super::bot::{Asker, Bot, GONE, Ticket, UNKNOWN, find};
use super::custom_id::{CustomId, FactId, MODERATION, SectionId};
use super::ledger::Vote;
use super::moderation;
use super::render::{browse, context, question_of};
use super::reply::Reply;

/// Answers a press, for whoever pressed and nobody else.
pub(crate) async fn press(bot: &Bot, interaction: &ComponentInteraction, until: Instant) {
    let ticket = Ticket { id: interaction.id, token: &interaction.token, until };
    if interaction.data.custom_id.starts_with(MODERATION) {
        return moderation::press(bot, interaction, ticket).await;
    }
    let response = respond(bot, interaction).unwrap_or_else(|| Reply::words(UNKNOWN).response(true));
    bot.respond(ticket, &response).await;
}

/// The response; `None` for an id that isn't ours.
fn respond(bot: &Bot, interaction: &ComponentInteraction) -> Option<CreateInteractionResponse> {
    let (user, channel) = (interaction.user.id, interaction.channel_id);
    let asker = |way| Asker { user, channel, way, event: interaction.id.get() };
    let whisper = |reply: Option<Reply>| Some(reply.unwrap_or_else(|| Reply::words(GONE)).response(true));
    let turn = |reply: Option<Reply>| match reply {
        Some(reply) => Some(reply.update()),
        None => Some(Reply::words(GONE).response(true)),
    };
    let engine = bot.service.current();
    let briefings = engine.library().briefings();
    match CustomId::parse(&interaction.data.custom_id)? {
        CustomId::Ask(id) => whisper(bot.show(asker("button"), &id)),
        CustomId::Context(id) => whisper(find(&engine, &id).map(|hit| context::context(&hit))),
        CustomId::Helpful(id) => whisper(Some(vote(bot, interaction, id, true))),
        CustomId::NotHelpful(id) => whisper(Some(vote(bot, interaction, id, false))),
        CustomId::Topics(page) => turn(Some(browse::topics(briefings, page))),
        CustomId::Section(id, page) => turn(browse::section(briefings, &id, page)),
        CustomId::Timeline(page) => turn(Some(browse::timeline(briefings, page))),
        CustomId::PickSection => {
            let id = SectionId::parse(picked(interaction)?)?;
            turn(browse::section(briefings, &id, 0))
        }
        CustomId::PickFact => {
            let id = FactId::parse(picked(interaction)?)?;
            whisper(bot.show(asker("topics"), &id))
        }
    }
}

/// The one value that was picked.
fn picked(interaction: &ComponentInteraction) -> Option<&str> {
    match &interaction.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => values.first().map(String::as_str),
        _ => None,
    }
}

fn vote(bot: &Bot, interaction: &ComponentInteraction, id: FactId, helpful: bool) -> Reply {
    if find(&bot.service.current(), &id).is_none() {
        return Reply::words(GONE);
    }
    let message = &interaction.message;
    let footer = message.embeds.first().and_then(|embed| embed.footer.as_ref());
    let question = footer.and_then(|footer| question_of(&footer.text));
    tracing::info!(message = message.id.get(), fact = id.fact, helpful, "voted");
    bot.ledger.voted(Vote {
        user: interaction.user.id.get(),
        message: message.id.get(),
        briefing: id.briefing,
        fact: id.fact,
        helpful,
        question,
    });
    Reply::words(if helpful {
        "Thank you, noted. Your vote is counted without your name."
    } else {
        "Thank you, noted. The moderators can see that this answer did not help, but not who said so."
    })
}
