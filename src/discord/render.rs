//! The one renderer: an [`Answer`] as Discord shows it.
//!
//! First what contradicts, then the statement, then the quote with its place, then how sure it is. Everything that
//! others wrote passes `text::sanitize`. Sizes are counted in UTF-16 units, which are never fewer than what Discord
//! counts, and stay under its limits whatever the knowledge holds.

pub(crate) mod about;
pub(crate) mod browse;
pub(crate) mod context;

use poise::serenity_prelude as serenity;
use serenity::{CreateActionRow, CreateEmbed, CreateEmbedFooter};

use super::custom_id::{CustomId, FactId};
use super::reply::{Reply, button};
use crate::answer::{Answer, Hit, Outcome};
use crate::knowledge::{Briefing, Date, Fact, Quote, Status};
use crate::text::sanitize::{fit, one_line, plain_line, shorten, units};

/// UTF-16 units of an embed's description; Discord allows 4,096.
pub(crate) const DESCRIPTION: usize = 4_000;
/// Characters of the question that are shown below an answer: enough to know it again.
const QUESTION: usize = 300;
/// UTF-16 units of a quote as shown under an answer; "Show in context" shows all of it.
const QUOTE: usize = 700;
/// Quotes shown under an answer: what a phone's screen holds.
const QUOTES: usize = 2;
/// UTF-16 units of a note on a contradiction.
const CONFLICT: usize = 300;
/// What stands before the question in the footer.
const ASKED: &str = "Asked: ";

/// Colours are neutral on both themes and mean nothing.
const COLOUR: u32 = 0x3b_6e_a8;

/// An answer to a question. `named` says whether there are several briefings, so that each is named.
pub(crate) fn answer(question: &str, answer: &Answer, named: bool) -> Reply {
    let (text, rows) = match answer.outcome {
        Outcome::Answer => (found(answer, named), found_rows(answer)),
        Outcome::Suggest => {
            let lead = message(answer, "I’m not sure which of these you mean:");
            (with_questions(&lead, &answer.suggestions), question_rows(&answer.suggestions))
        }
        Outcome::None => (nothing(answer), question_rows(&answer.suggestions)),
    };
    let asked = one_line(question);
    let mut embed = CreateEmbed::new().description(text.clone()).colour(COLOUR);
    if !asked.is_empty() {
        embed = embed.footer(CreateEmbedFooter::new(footer(&asked)));
    }
    Reply { content: None, plain: fit(&text, 1_900), embeds: vec![embed], rows }
}

/// The question in the footer of an answer of ours.
pub(crate) fn question_of(footer: &str) -> Option<String> {
    footer.strip_prefix(ASKED).map(|question| question.replace('\u{200b}', "").trim_end_matches('…').trim().to_owned())
}

/// The question as the footer shows it.
fn footer(question: &str) -> String {
    harmless(&format!("{ASKED}{}", shorten(question, QUESTION)))
}

/// For a footer, which knows no formatting and pings nobody; the joiners are for clients that see it otherwise.
pub(crate) fn harmless(text: &str) -> String {
    text.replace('@', "@\u{200b}").replace('<', "<\u{200b}").replace("://", ":\u{200b}//")
}

fn message(answer: &Answer, otherwise: &str) -> String {
    let said = answer.message.as_deref().map(plain_line).filter(|message| !message.is_empty());
    said.map_or_else(|| otherwise.to_owned(), |message| fit(&message, 1_000))
}

/// What is found: contradictions, then each fact with its proof.
fn found(answer: &Answer, named: bool) -> String {
    let mut text = String::new();
    if !answer.conflicts.is_empty() {
        text.push_str("⚠️ **The briefing contradicts itself here.**");
        let mark = if answer.conflicts.len() > 1 { "\n• " } else { " " };
        for note in answer.conflicts.iter().take(2) {
            text.push_str(mark);
            text.push_str(&fit(&plain_line(note), CONFLICT));
        }
        text.push_str("\n\n");
    }
    let count = answer.answers.len().max(1);
    let share = (DESCRIPTION - units(&text)) / count - 2;
    for (number, hit) in answer.answers.iter().enumerate() {
        let number = (count > 1).then_some(number + 1);
        text.push_str(&one(hit, number, named, share));
        text.push_str("\n\n");
    }
    text.trim_end().to_owned()
}

/// One fact within `share` units: statement, quotes with their place, how sure it is.
fn one(hit: &Hit, number: Option<usize>, named: bool, share: usize) -> String {
    let (fact, briefing) = (hit.fact(), &hit.knowledge.briefing);
    let lead = number.map_or_else(String::new, |number| format!("**{number}.** "));
    let statement = fit(&plain_line(&fact.statement), (share / 2).min(1_500));
    let note = note(fact, briefing).map_or_else(String::new, |note| format!("\n{note}"));
    let mut left = share.saturating_sub(units(&lead) + units(&statement) + units(&note));
    let mut proof = String::new();
    let shown = if share > 1_500 { QUOTES } else { 1 };
    for quote in fact.quotes.iter().take(shown) {
        let place = format!("\n— {}", place(quote, briefing, named));
        // 5: a line break, the mark of a quote and what separates it from the next.
        let room = left.saturating_sub(units(&place) + 5).min(QUOTE);
        if room < 40 && !proof.is_empty() {
            break;
        }
        let piece = format!("\n> {}{place}\n", fit(&plain_line(&quote.text), room));
        left = left.saturating_sub(units(&piece));
        proof.push_str(&piece);
    }
    format!("{lead}{statement}\n{}{note}", proof.trim_end_matches('\n'))
}

/// Publisher, date, section and paragraph of a quote.
fn place(quote: &Quote, briefing: &Briefing, named: bool) -> String {
    let publisher = fit(&plain_line(&briefing.publisher), 60);
    let title = if named { format!(", “{}”", fit(&plain_line(&briefing.title), 50)) } else { String::new() };
    let section = fit(&plain_line(&quote.section), 60);
    format!("{publisher}{title}, {} · “{section}”, paragraph {}", briefing.published, quote.paragraph)
}

/// How sure a fact is and who says so, where that isn't plain reporting.
fn note(fact: &Fact, briefing: &Briefing) -> Option<String> {
    let who = fact.attribution.as_deref().map(|who| fit(&plain_line(who), 60));
    let by = |prefix: &str| who.as_ref().map_or_else(String::new, |who| format!(" {prefix} {who}"));
    let as_of: Date = fact.as_of.unwrap_or(briefing.published);
    match fact.status {
        Status::Planned => Some(format!("🗓️ Planned, as of {as_of}{}; not yet done then.", by("according to"))),
        Status::Unconfirmed => Some(format!("❔ Unconfirmed as of {as_of}{}.", by("; said by"))),
        Status::Opinion => Some(format!("💬 A judgement{}, as of {as_of}; not a reported fact.", by("of"))),
        Status::Stated | Status::Reported => match (&who, fact.as_of) {
            (Some(who), Some(date)) => Some(format!("According to {who}, as of {date}.")),
            (Some(who), None) => Some(format!("According to {who}.")),
            (None, Some(date)) => Some(format!("As of {date}.")),
            (None, None) => None,
        },
    }
}

/// Nothing is found, or it was small talk. Whoever asks in vain is told that it was not for nothing.
fn nothing(answer: &Answer) -> String {
    let mut text = message(answer, "The briefing doesn’t say.");
    if answer.is_gap() {
        text.push_str(" The moderators can see that this was asked, not by whom.");
    }
    if answer.suggestions.is_empty() {
        text.push_str(if answer.is_gap() { " /topics shows what the briefing does cover." } else { "" });
        return text;
    }
    with_questions(&format!("{text}\n\nWhat it does say nearby:"), &answer.suggestions)
}

/// Questions that don't fit on a button are written out too.
fn with_questions(lead: &str, hits: &[Hit]) -> String {
    let cut = hits.iter().any(|hit| units(&one_line(hit.fact().question())) > 80);
    let mut text = lead.to_owned();
    if cut {
        for hit in hits {
            text.push_str("\n• ");
            text.push_str(&fit(&plain_line(hit.fact().question()), 320));
        }
    }
    text
}

/// Ids of a hit.
pub(crate) fn id_of(hit: &Hit) -> FactId {
    FactId { briefing: hit.knowledge.briefing.id.clone(), fact: hit.fact().id.clone() }
}

fn found_rows(answer: &Answer) -> Vec<CreateActionRow> {
    let Some(first) = answer.answers.first() else { return Vec::new() };
    let mut rows = question_rows(&answer.suggestions);
    let votes = [
        button(&CustomId::Helpful(id_of(first)), "Helpful").emoji('👍'),
        button(&CustomId::NotHelpful(id_of(first)), "Not helpful").emoji('👎'),
    ];
    let single = answer.answers.len() == 1;
    let contexts = answer.answers.iter().take(5).enumerate().map(|(number, hit)| {
        let label = if single { "Show in context".to_owned() } else { format!("Show {} in context", number + 1) };
        button(&CustomId::Context(id_of(hit)), &label)
    });
    if single {
        rows.push(CreateActionRow::Buttons(contexts.chain(votes).collect()));
    } else {
        rows.push(CreateActionRow::Buttons(contexts.collect()));
        rows.push(CreateActionRow::Buttons(votes.into()));
    }
    rows
}

/// Facts as buttons that ask for them; at most three, none twice.
fn question_rows(hits: &[Hit]) -> Vec<CreateActionRow> {
    let mut seen: Vec<FactId> = Vec::new();
    let mut buttons = Vec::new();
    for hit in hits {
        let id = id_of(hit);
        if buttons.len() < crate::answer::MAX_SUGGESTIONS && !seen.contains(&id) {
            buttons.push(button(&CustomId::Ask(id.clone()), hit.fact().question()));
            seen.push(id);
        }
    }
    if buttons.is_empty() { Vec::new() } else { vec![CreateActionRow::Buttons(buttons)] }
}

#[cfg(test)]
mod tests;
