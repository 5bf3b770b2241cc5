//! The pages of a review: the list, one group, and the list as a CSV file.

use std::fmt::Write as _;
use std::time::UNIX_EPOCH;

use poise::serenity_prelude as serenity;
use serenity::{
    ButtonStyle, CreateActionRow, CreateButton, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption,
};

use super::call::Page;
use super::gaps::{Gaps, TITLE};
use super::sessions::Session;
use super::{Desk, show};
use crate::curator::groups::Group;
use crate::discord::reply::fit_label;
use crate::text::sanitize::{fit, one_line, plain_line};

/// Groups on a page: what a phone's screen holds.
const PAGE: usize = 6;
/// Facts that are offered for a question; Discord allows 25.
const NEAREST: usize = 10;
/// Questions of a group that are shown.
const TEXTS: usize = 8;

/// The list, or the group that was chosen.
pub(crate) fn page(desk: &Desk, session: &Session, gaps: &Gaps) -> Page {
    match gaps.group() {
        Some(group) => one(desk, session, group),
        None => list(session, gaps),
    }
}

fn list(session: &Session, gaps: &Gaps) -> Page {
    if gaps.groups.is_empty() {
        return show::card(TITLE, "Nothing. Every question of late was answered, or has been dealt with.").into();
    }
    let pages = gaps.groups.len().div_ceil(PAGE);
    let page = gaps.page.min(pages - 1);
    let shown = || gaps.groups.iter().enumerate().skip(page * PAGE).take(PAGE);
    let mut text = String::new();
    for (index, group) in shown() {
        // Writing to a String can't fail.
        let _ = writeln!(text, "**{}.** {}\n{}", index + 1, fit(&plain_line(&group.question), 200), counts(group));
    }
    let options = shown().map(|(index, group)| {
        let label = format!("{}. {}", index + 1, one_line(&group.question));
        CreateSelectMenuOption::new(fit_label(&label, 100), index.to_string())
    });
    let menu = menu(session.button("pick"), options.collect(), "Choose a question");
    let mut buttons = Vec::new();
    if page > 0 {
        buttons.push(button(session, &format!("page:{}", page - 1), "Previous"));
    }
    if page + 1 < pages {
        buttons.push(button(session, &format!("page:{}", page + 1), "Next"));
    }
    buttons.push(button(session, "csv", "As a file (CSV)"));
    let foot = format!("Page {} of {pages}, {} questions or groups of like ones", page + 1, gaps.groups.len());
    let mut reply = show::card_with_foot(TITLE, &text, &foot);
    reply.rows = vec![menu, CreateActionRow::Buttons(buttons)];
    reply.into()
}

fn one(desk: &Desk, session: &Session, group: &Group) -> Page {
    let mut text = String::new();
    for question in group.texts.iter().take(TEXTS) {
        let _ = writeln!(text, "> {}", fit(&plain_line(question), 300));
    }
    if group.texts.len() > TEXTS {
        let _ = writeln!(text, "> … and {} more", group.texts.len() - TEXTS);
    }
    let _ = writeln!(text, "{}", counts(group));
    for fact in group.facts.iter().take(3) {
        let _ = writeln!(text, "The answer `{}` did not help ({}×).", plain_line(&fact.fact), fact.votes);
    }
    text.push_str(
        "\n**Add to a fact**: the briefing does say it; choose the fact that answers, and the question finds it from \
         now on.\n**New fact**: the briefing says it, and no fact does yet.\n**Dismiss**: the briefing doesn’t say it, \
         or it was no question.",
    );
    let engine = desk.curator.service().current();
    let mut rows = Vec::new();
    let options: Vec<CreateSelectMenuOption> = engine
        .nearest(&group.question, NEAREST)
        .iter()
        .map(|hit| (format!("{}:{}", hit.knowledge.briefing.id, hit.fact().id), hit))
        .map(|(value, hit)| {
            let fact = hit.fact();
            CreateSelectMenuOption::new(fit_label(&one_line(&fact.statement), 100), value)
                .description(fit_label(&format!("{}: {}", fact.id, one_line(fact.question())), 100))
        })
        .collect();
    if options.is_empty() {
        text.push_str("\n\nNo fact is near. With `/knowledge unanswered question: fact:` any fact can be chosen.");
    } else {
        rows.push(menu(session.button("add"), options, "Add to a fact: the nearest ones"));
    }
    rows.push(CreateActionRow::Buttons(vec![
        button(session, "new", "New fact"),
        button(session, "dismiss", "Dismiss"),
        button(session, "back", "Back to the list"),
    ]));
    let mut reply = show::card(TITLE, &text);
    reply.rows = rows;
    reply.into()
}

fn counts(group: &Group) -> String {
    let mut parts = vec![format!("asked {}×", group.count())];
    for (count, name) in
        [(group.none, "nothing found"), (group.suggest, "only suggestions"), (group.not_helpful, "voted not helpful")]
    {
        if count > 0 {
            parts.push(format!("{name} {count}×"));
        }
    }
    format!("{}; last {}", parts.join(", "), show::moment(group.last, 'R'))
}

fn button(session: &Session, action: &str, label: &str) -> CreateButton {
    CreateButton::new(session.button(action)).label(label).style(ButtonStyle::Secondary)
}

fn menu(id: String, options: Vec<CreateSelectMenuOption>, placeholder: &str) -> CreateActionRow {
    let kind = CreateSelectMenuKind::String { options };
    CreateActionRow::SelectMenu(CreateSelectMenu::new(id, kind).placeholder(placeholder))
}

/// All groups, a line for each question, for a spreadsheet.
pub(crate) fn csv(groups: &[Group]) -> String {
    // The mark at the start tells spreadsheets that this is UTF-8.
    let mut text = String::from(
        "\u{feff}group,question,asked in this group,nothing found,only suggestions,voted not helpful,last (UTC)\r\n",
    );
    for (number, group) in groups.iter().enumerate() {
        let last = timestamp(group.last.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs());
        for question in &group.texts {
            let Group { none, suggest, not_helpful, .. } = group;
            let (count, question) = (group.count(), cell(question));
            let _ = write!(text, "{},{question},{count},{none},{suggest},{not_helpful},{last}\r\n", number + 1);
        }
    }
    text
}

/// A cell. A spreadsheet must not take what members wrote for a formula.
fn cell(text: &str) -> String {
    let line = one_line(text);
    let guard = if line.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    format!("\"{guard}{}\"", line.replace('"', "\"\""))
}

/// `2031-05-14 12:00` of seconds since 1970.
fn timestamp(seconds: u64) -> String {
    let date = super::chart::date(seconds / 86_400);
    format!("{}-{:02}-{:02} {:02}:{:02}", date.0, date.1, date.2, seconds / 3_600 % 24, seconds / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_reads_questions_as_text() {
        assert_eq!(cell("=HYPERLINK(\"x\")\nnow"), "\"'=HYPERLINK(\"\"x\"\") now\"");
        assert_eq!(cell("who, when?"), "\"who, when?\"");
        assert_eq!(timestamp(1_936_267_260), "2031-05-11 12:01");
    }
}
