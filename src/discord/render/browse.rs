//! Browsing: the sections with their facts, and the timeline.

use std::collections::BTreeMap;
use std::sync::Arc;

use poise::serenity_prelude as serenity;
use serenity::{CreateActionRow, CreateEmbed, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption};

use super::{COLOUR, id_of};
use crate::answer::Hit;
use crate::discord::custom_id::{CustomId, FactId, SectionId};
use crate::discord::reply::{Reply, button, fit_label};
use crate::knowledge::{Date, Knowledge, Status};
use crate::text::sanitize::{fit, one_line, plain_line};

/// Choices of one menu.
const CHOICES: usize = 25;
/// Entries of one page of the timeline: ten lines of 380 units fit in a description.
const ENTRIES: usize = 10;
/// UTF-16 units of a line of the timeline.
const LINE: usize = 380;
/// UTF-16 units of a choice's label, value and description.
const CHOICE: usize = 100;

/// The sections that hold facts, a page of them.
pub(crate) fn topics(briefings: &[Arc<Knowledge>], page: usize) -> Reply {
    let all: Vec<(SectionId, String, usize)> = briefings.iter().flat_map(sections).collect();
    let (page, pages) = clamp(page, all.len(), CHOICES);
    let options = all.iter().skip(page * CHOICES).take(CHOICES).map(|(id, name, facts)| {
        let label = label(name, &format!("Section {}", id.section + 1));
        let count = if *facts == 1 { "1 fact".to_owned() } else { format!("{facts} facts") };
        CreateSelectMenuOption::new(label, id.to_string()).description(count)
    });
    let names: Vec<String> = briefings.iter().map(|k| heading(k)).collect();
    let text = format!("{}\n\nPick a section to see what it says.{}", names.join("\n"), pages_word(page, pages));
    menu(&text, &CustomId::PickSection, options.collect(), "Pick a section", page, pages, CustomId::Topics)
}

/// The facts of a section, a page of them; `None` where the section is gone or empty.
pub(crate) fn section(briefings: &[Arc<Knowledge>], id: &SectionId, page: usize) -> Option<Reply> {
    let knowledge = briefings.iter().find(|knowledge| knowledge.briefing.id == id.briefing)?;
    let name = knowledge.article.sections.get(id.section)?;
    let hits: Vec<Hit> =
        facts(knowledge).into_iter().filter(|(section, _)| *section == id.section).map(|(_, hit)| hit).collect();
    if hits.is_empty() {
        return None;
    }
    let (page, pages) = clamp(page, hits.len(), CHOICES);
    let shown = hits.iter().skip(page * CHOICES).take(CHOICES);
    let text = format!(
        "{}\n**{}**\n\nPick a question to read its answer.{}",
        heading(knowledge),
        fit(&plain_line(name), 500),
        pages_word(page, pages)
    );
    let to_page = |page| CustomId::Section(id.clone(), page);
    let mut reply =
        menu(&text, &CustomId::PickFact, shown.map(choice).collect(), "Pick a question", page, pages, to_page);
    let back = button(&CustomId::Topics(0), "All sections");
    reply.rows.push(CreateActionRow::Buttons(vec![back]));
    Some(reply)
}

/// The facts that have a date, in its order, a page of them.
pub(crate) fn timeline(briefings: &[Arc<Knowledge>], page: usize) -> Reply {
    let mut dated: Vec<(Date, Hit)> =
        briefings.iter().flat_map(facts).filter_map(|(_, hit)| hit.fact().when.map(|when| (when, hit))).collect();
    dated.sort_by_key(|(when, _)| *when);
    if dated.is_empty() {
        return Reply::words("The briefing names no dates.");
    }
    let (page, pages) = clamp(page, dated.len(), ENTRIES);
    let shown = || dated.iter().skip(page * ENTRIES).take(ENTRIES);
    let mut text = String::new();
    for (when, hit) in shown() {
        let mark = match hit.fact().status {
            Status::Planned => " (planned)",
            Status::Unconfirmed => " (unconfirmed)",
            _ => "",
        };
        text.push_str(&fit(&format!("**{when}**{mark} {}", plain_line(&hit.fact().statement)), LINE));
        text.push('\n');
    }
    text.push_str(&pages_word(page, pages));
    let options = shown().map(|(when, hit)| choice(hit).description(when.to_string())).collect();
    menu(&text, &CustomId::PickFact, options, "Read one with its quote", page, pages, CustomId::Timeline)
}

/// A briefing's sections that hold facts, in the article's order, with their names and how many facts.
fn sections(knowledge: &Arc<Knowledge>) -> Vec<(SectionId, String, usize)> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for (section, _) in facts(knowledge) {
        *counts.entry(section).or_default() += 1;
    }
    let briefing = &knowledge.briefing.id;
    counts
        .into_iter()
        .map(|(section, count)| {
            let name = knowledge.article.sections.get(section).cloned().unwrap_or_default();
            (SectionId { briefing: briefing.clone(), section }, name, count)
        })
        .collect()
}

/// A briefing's facts, each with the section of its first quote.
fn facts(knowledge: &Arc<Knowledge>) -> Vec<(usize, Hit)> {
    let hit = |index| Hit { knowledge: Arc::clone(knowledge), index, confidence: 1.0, conflict: false };
    let section = |index: usize| {
        let quote = knowledge.facts.get(index)?.quotes.first()?;
        Some(knowledge.article.paragraphs.get(quote.place.paragraph)?.section)
    };
    (0..knowledge.facts.len()).filter_map(|index| Some((section(index)?, hit(index)))).collect()
}

fn choice(hit: &Hit) -> CreateSelectMenuOption {
    let id: FactId = id_of(hit);
    CreateSelectMenuOption::new(label(hit.fact().question(), &id.fact), id.to_string())
}

/// A choice's label, which may not be empty.
fn label(text: &str, otherwise: &str) -> String {
    let text = one_line(text);
    fit_label(if text.is_empty() { otherwise } else { &text }, CHOICE)
}

fn heading(knowledge: &Knowledge) -> String {
    let briefing = &knowledge.briefing;
    let title = fit(&plain_line(&briefing.title), 400);
    format!("📰 **{title}** ({}, {})", fit(&plain_line(&briefing.publisher), 100), briefing.published)
}

fn menu(
    text: &str,
    id: &CustomId,
    options: Vec<CreateSelectMenuOption>,
    hint: &str,
    page: usize,
    pages: usize,
    to_page: impl Fn(usize) -> CustomId,
) -> Reply {
    let text = fit(text, super::DESCRIPTION);
    let mut rows = Vec::new();
    if !options.is_empty() {
        let kind = CreateSelectMenuKind::String { options };
        rows.push(CreateActionRow::SelectMenu(CreateSelectMenu::new(id.to_string(), kind).placeholder(hint)));
    }
    if pages > 1 {
        rows.push(CreateActionRow::Buttons(vec![
            button(&to_page(page.saturating_sub(1)), "Back").disabled(page == 0),
            button(&to_page(page + 1), "Next").disabled(page + 1 >= pages),
        ]));
    }
    let embed = CreateEmbed::new().description(text.clone()).colour(COLOUR);
    Reply { plain: fit(&text, 1_900), embeds: vec![embed], rows, ..Reply::default() }
}

/// A page that exists, and how many there are.
fn clamp(page: usize, count: usize, size: usize) -> (usize, usize) {
    let pages = count.div_ceil(size).max(1);
    (page.min(pages - 1), pages)
}

fn pages_word(page: usize, pages: usize) -> String {
    if pages > 1 { format!("\nPage {} of {pages}", page + 1) } else { String::new() }
}
