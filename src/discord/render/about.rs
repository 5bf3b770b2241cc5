//! `/about` and `/help`: what the bot is, what it can't, what it keeps.

use std::fmt::Write as _;
use std::sync::Arc;

use poise::serenity_prelude as serenity;
use serenity::CreateEmbed;

use super::{COLOUR, DESCRIPTION};
use crate::discord::reply::Reply;
use crate::knowledge::Knowledge;
use crate::text::sanitize::{fit, plain_line};

/// Briefings that `/about` names; more are counted.
const NAMED: usize = 5;

/// The briefings, their source and date, what the bot can and can't do, and what it stores.
pub(crate) fn about(briefings: &[Arc<Knowledge>], retention_days: u32) -> Reply {
    let mut text = String::new();
    for knowledge in briefings.iter().take(NAMED) {
        let briefing = &knowledge.briefing;
        // Writing to a String can't fail.
        let _ = write!(
            text,
            "📰 **{}**\n{}, {} · {} facts, each with its quote\n",
            fit(&plain_line(&briefing.title), 200),
            fit(&plain_line(&briefing.publisher), 100),
            fit(&plain_line(&briefing.dateline), 100),
            knowledge.facts.len(),
        );
        if let Some(url) = briefing.url.as_deref().filter(|url| is_web(url)) {
            let _ = writeln!(text, "<{url}>");
        }
    }
    if briefings.len() > NAMED {
        let _ = writeln!(text, "… and {} more", briefings.len() - NAMED);
    }
    text.push_str(
        "\n**What I do**\nI answer questions about the briefing, only from it, and show the sentence that proves each \
         answer. Where the briefing contradicts itself, I show every side.\n\n\
         **What I can’t**\nI know nothing that the briefing doesn’t say, and nothing that happened after its date. I \
         don’t judge whether it is right.\n\n**What I keep**\n",
    );
    let kept = if retention_days == 0 {
        "Questions that I could not answer are counted, their text is not kept. ".to_owned()
    } else {
        format!(
            "The text of questions that I could not answer well, for {retention_days} days, so that the moderators see \
             what is missing. "
        )
    };
    text.push_str(&kept);
    text.push_str(
        "Votes and counts, without names. Who asked is never stored. Your last three questions in a channel are \
         remembered for ten minutes, so that you can ask on, and then forgotten.",
    );
    said(&text)
}

/// The ways to ask.
pub(crate) fn help() -> Reply {
    said(
        "**Ask me about the briefing**\n\
         • `/ask` with your question; with `private` only you see the answer\n\
         • mention me in a message, or write me a direct message\n\
         • reply to one of my answers to ask on: “and when was that?”\n\
         • on any message: Apps → **Ask the briefing**; only you see the answer\n\
         • `/topics` shows what there is, section by section; `/timeline` shows it by date\n\
         • `/about` tells where it comes from and what I keep\n\n\
         Under an answer: related questions, **Show in context** for the paragraph around the quote, and \
         **Helpful** / **Not helpful**, so that the answers get better.\n\n\
         Ask in your own words; spelling mistakes don’t matter. What the briefing doesn’t say, I don’t know.",
    )
}

fn said(text: &str) -> Reply {
    let text = fit(text, DESCRIPTION);
    let embed = CreateEmbed::new().description(text.clone()).colour(COLOUR);
    Reply { plain: fit(&text, 1_900), embeds: vec![embed], ..Reply::default() }
}

/// Whether an address may be shown as a link: plain, on the web, of sane length.
fn is_web(url: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '@' | '`' | '|');
    (url.starts_with("https://") || url.starts_with("http://")) && url.len() <= 300 && url.chars().all(plain)
}
