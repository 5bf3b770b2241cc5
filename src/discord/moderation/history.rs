//! Where the knowledge stands and how it came there: status, history, differences, export, rollback.

use std::fmt::Write as _;

use poise::serenity_prelude as serenity;
use serenity::{AutocompleteChoice, ButtonStyle, CreateActionRow, CreateButton};

use super::call::{Call, Page};
use super::sessions::{Press, Session, State};
use super::{Desk, show};
use crate::curator::Error;
use crate::curator::diff::coverage;
use crate::discord::bot::UNKNOWN;
use crate::discord::reply::fit_label;
use crate::journal::{self, Revision, RevisionId};
use crate::text::sanitize::{fit, plain_line};

/// Revisions on a page: what a phone's screen holds.
const PAGE: u32 = 8;
/// Choices that Discord shows while somebody types.
const CHOICES: usize = 25;

/// What is in service, and how the rest is.
pub(crate) fn status(call: Call<'_>) -> Page {
    let curator = &call.desk.curator;
    let served = curator.served();
    let engine = curator.service().current();
    let mut text = String::new();
    for knowledge in engine.library().briefings() {
        let asks: usize = knowledge.facts.iter().map(|fact| fact.asks.len()).sum();
        // Writing to a String can't fail.
        let _ = writeln!(
            text,
            "**{}** (`{}`)\n{} facts, {asks} asks; {}",
            fit(&plain_line(&knowledge.briefing.title), 150),
            knowledge.briefing.id,
            knowledge.facts.len(),
            coverage(None, Some(knowledge.coverage)),
        );
    }
    let revision = served.revision.map_or("not recorded yet".to_owned(), |id| id.to_string());
    let since = show::moment(served.since, 'R');
    let digest = show::short(&served.digest);
    let _ = writeln!(text, "\nRevision: **{revision}** ({}), in service since {since}\nDigest: `{digest}`", served.how);
    let health = curator.journal().health();
    let state = if health.connected { "connected" } else { "**away**; answers go on without it" };
    let kind = match health.kind {
        journal::Kind::Sqlite => "SQLite",
        journal::Kind::Postgres => "PostgreSQL",
    };
    let _ = writeln!(text, "Database: {kind}, {state}; {} waiting, {} lost", health.queued, health.losses);
    if let Some(failure) = curator.failure() {
        let _ = writeln!(
            text,
            "\n❌ The last reload ({}, {}) found {} faults, so the old knowledge stays. `/knowledge check` shows them.",
            failure.how,
            show::moment(failure.at, 'R'),
            failure.faults.len()
        );
    }
    show::card("Knowledge", &text).into()
}

/// Begins browsing the history.
pub(crate) async fn open(call: Call<'_>) -> Page {
    match call.desk.sessions.begin(call.moderator, State::History) {
        Some(session) => page(call, &session, None).await,
        None => show::error("History", &Error::Broken),
    }
}

/// Another page of the history.
pub(crate) async fn press(call: Call<'_>, press: &Press) {
    let before = match (press.action.as_str(), press.argument.map(i64::try_from)) {
        ("newest", None) => None,
        ("before", Some(Ok(id))) => Some(RevisionId(id)),
        _ => return call.whisper(UNKNOWN).await,
    };
    call.hold().await;
    call.show(page(call, &press.session, before).await).await;
}

async fn page(call: Call<'_>, session: &Session, before: Option<RevisionId>) -> Page {
    let title = "History";
    let revisions = match call.desk.curator.journal().revisions(PAGE + 1, before).await {
        Ok(revisions) => revisions,
        Err(error) => return show::error(title, &error.into()),
    };
    let served = call.desk.curator.served().revision;
    let mut shown = revisions.iter().take(PAGE as usize);
    let mut text: String = shown.clone().map(|revision| line(revision, served == Some(revision.id))).collect();
    if text.is_empty() {
        text.push_str("Nothing yet.");
    }
    let mut buttons = Vec::new();
    if before.is_some() {
        buttons.push(CreateButton::new(session.button("newest")).label("Newest").style(ButtonStyle::Secondary));
    }
    if let Some(last) = shown.next_back().filter(|_| revisions.len() > PAGE as usize) {
        let id = session.button(&format!("before:{}", last.id));
        buttons.push(CreateButton::new(id).label("Older").style(ButtonStyle::Secondary));
    }
    let mut reply = show::card(title, &text);
    if !buttons.is_empty() {
        reply.rows.push(CreateActionRow::Buttons(buttons));
    }
    reply.into()
}

fn line(revision: &Revision, served: bool) -> String {
    let who = revision.moderator.map_or("the bot".to_owned(), |user| format!("<@{user}>"));
    let note = revision.note.as_deref().map(|note| format!(" ({})", fit(&plain_line(note), 100))).unwrap_or_default();
    let here = if served { " ← in service" } else { "" };
    format!(
        "**{}** {} {} by {who}{note}{here}\n`{}` {} briefings, {} facts, {} asks\n",
        revision.id,
        show::moment(revision.at, 'f'),
        plain_line(revision.how.as_str()),
        show::short(&revision.digest),
        revision.counts.briefings,
        revision.counts.facts,
        revision.counts.asks,
    )
}

/// What differs between two revisions.
pub(crate) async fn diff(call: Call<'_>, revision: Option<i64>, with: Option<i64>) -> Page {
    let title = "Difference";
    let curator = &call.desk.curator;
    let from = if let Some(id) = revision {
        RevisionId(id)
    } else {
        let later = with.map(RevisionId).or(curator.served().revision);
        match curator.journal().revisions(1, later).await {
            Ok(revisions) if revisions.is_empty() => {
                return show::card(title, "There is no earlier revision.").into();
            }
            Ok(revisions) => revisions.first().map_or(RevisionId::NONE, |before| before.id),
            Err(error) => return show::error(title, &error.into()),
        }
    };
    let to = with.map_or("what is in service".to_owned(), |id| format!("revision {id}"));
    match curator.compare(from, with.map(RevisionId)).await {
        Ok(difference) if difference.is_empty() => {
            show::card(title, &format!("Nothing differs between revision {from} and {to}.")).into()
        }
        Ok(difference) => {
            let text = format!("From revision {from} to {to}:\n\n{}", show::summary(&difference));
            show::with_difference(show::card(title, &text), &difference)
        }
        Err(error) => show::error(title, &error),
    }
}

/// The files.
pub(crate) async fn export(call: Call<'_>, revision: Option<i64>) -> Page {
    let title = "Export";
    let curator = &call.desk.curator;
    let (files, which) = match revision {
        None => ((*curator.served().files).clone(), "what is in service".to_owned()),
        Some(id) => match curator.journal().revision(RevisionId(id)).await {
            Ok(Some(stored)) => (stored.files, format!("revision {id}")),
            Ok(None) => return show::card(title, &format!("There is no revision {id}.")).into(),
            Err(error) => return show::error(title, &error.into()),
        },
    };
    let names: Vec<String> = files.keys().map(|name| format!("`{}`", plain_line(name))).collect();
    let text = format!(
        "The files of {which}: {}.\nChange the `.toml` file with any text editor, then send it with `/knowledge upload`.",
        names.join(", ")
    );
    let page = Page::from(show::card(title, &text));
    // Knowledge files first, then articles.
    let (tomls, articles): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|(name, _)| crate::curator::check::is_toml(name));
    tomls.into_iter().chain(articles).fold(page, |page, (name, text)| page.file(name, &*text))
}

/// Goes back to an earlier revision.
pub(crate) async fn roll_back(call: Call<'_>, revision: i64) -> Page {
    let title = format!("Rollback to revision {revision}");
    match call.desk.curator.roll_back(RevisionId(revision), call.moderator).await {
        Ok(change) => show::change(&title, &change),
        Err(error) => show::error(&title, &error),
    }
}

/// Revisions whose number or kind begins with what was typed, newest first.
pub(crate) async fn choices(desk: &Desk, typed: &str) -> Vec<AutocompleteChoice> {
    let typed = typed.trim().to_lowercase();
    // Soon or not at all: whoever types doesn't wait.
    let read = desk.curator.journal().revisions(200, None);
    let limit = std::time::Duration::from_millis(1_500);
    let Ok(Ok(revisions)) = tokio::time::timeout(limit, read).await else { return Vec::new() };
    let fits =
        |revision: &&Revision| revision.id.to_string().starts_with(&typed) || revision.how.as_str().starts_with(&typed);
    let now = std::time::SystemTime::now();
    let choice = |revision: &Revision| {
        let age = now.duration_since(revision.at).unwrap_or_default();
        let note = revision.note.as_deref().map(|note| format!(", {note}")).unwrap_or_default();
        let Revision { id, how, counts, .. } = revision;
        let name = format!("{id}: {how}{note}, {}, {} facts, {} asks", ago(age), counts.facts, counts.asks);
        AutocompleteChoice::new(fit_label(&name, 100), id.0)
    };
    revisions.iter().filter(fits).take(CHOICES).map(choice).collect()
}

/// A time that has passed, in words.
fn ago(age: std::time::Duration) -> String {
    let minutes = age.as_secs() / 60;
    match minutes {
        0 => "just now".to_owned(),
        1..60 => format!("{minutes} min ago"),
        60..2_880 => format!("{} h ago", minutes / 60),
        _ => format!("{} days ago", minutes / 1_440),
    }
}
