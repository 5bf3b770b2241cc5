//! "New fact": the form, and what comes of it.

use std::sync::Arc;

use poise::serenity_prelude as serenity;
use serenity::{
    ActionRowComponent, ButtonStyle, CreateActionRow, CreateButton, CreateInputText, CreateModal, InputTextStyle,
    ModalInteractionData,
};
use tokio::task::spawn_blocking;

use super::call::{Call, Page};
use super::gaps::{change, done, gaps, settle};
use super::sessions::{Press, Session};
use super::show;
use crate::curator::groups::Group;
use crate::curator::{Author, Error, edit};
use crate::discord::bot::UNKNOWN;
use crate::journal::How;
use crate::knowledge::{Knowledge, Limits};
use crate::text::sanitize::{fit, one_line, plain_line, shorten};

const TITLE: &str = "New fact";
/// Questions of the group that the form proposes as asks.
const PROPOSED: usize = 8;

/// A fact as a moderator wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    statement: String,
    quote: String,
    asks: String,
}

/// The form, with what was written before.
pub(crate) fn form(session: &Session, group: &Group, draft: Option<&Draft>) -> CreateModal {
    let proposed = || {
        let texts = group.texts.iter().take(PROPOSED).map(|text| shorten(&one_line(text), Limits::STANDARD.ask));
        Draft { asks: texts.collect::<Vec<_>>().join("\n"), ..Draft::default() }
    };
    let draft = draft.cloned().unwrap_or_else(proposed);
    let field = |id: &str, label: &str, hint: &str, value: &str, most: u16| {
        let field = CreateInputText::new(InputTextStyle::Paragraph, label, id).placeholder(hint).max_length(most);
        // An empty value is none.
        CreateActionRow::InputText(if value.is_empty() { field } else { field.value(shorten(value, most.into())) })
    };
    CreateModal::new(session.button("fact"), TITLE).components(vec![
        field(
            "statement",
            "The answer, in plain words",
            "One or two sentences that can be read alone",
            &draft.statement,
            1_000,
        ),
        field("quote", "The sentence of the article that says so", "Word for word", &draft.quote, 2_000),
        field(
            "asks",
            "Questions that it answers, one a line",
            "The first is shown on buttons and menus",
            &draft.asks,
            4_000,
        ),
    ])
}

/// Takes the form.
pub(crate) async fn submit(call: Call<'_>, press: &Press, data: &ModalInteractionData) {
    let session = &press.session;
    if press.action != "fact" {
        return call.whisper(UNKNOWN).await;
    }
    let known = gaps(session);
    let Some(group) = known.group() else {
        return call.whisper("This question has been dealt with meanwhile. Please run the command again.").await;
    };
    call.hold().await;
    let draft = Draft { statement: field(data, "statement"), quote: field(data, "quote"), asks: field(data, "asks") };
    let page = match write(call, group, &draft).await {
        Ok(page) => {
            settle(session);
            page
        }
        Err(Trouble { page, proposal }) => {
            let draft = Draft { quote: proposal.unwrap_or_else(|| draft.quote.clone()), ..draft };
            change(session, |gaps| gaps.draft = Some(draft));
            with_way_back(session, page)
        }
    };
    call.show(page).await;
}

/// Why a fact was not taken, and the quote that may have been meant.
struct Trouble {
    page: Page,
    proposal: Option<String>,
}

impl From<Page> for Trouble {
    fn from(page: Page) -> Self {
        Self { page, proposal: None }
    }
}

async fn write(call: Call<'_>, group: &Group, draft: &Draft) -> Result<Page, Trouble> {
    let curator = &call.desk.curator;
    let served = curator.served();
    let engine = curator.service().current();
    let asks: Vec<String> = draft.asks.lines().map(one_line).filter(|ask| !ask.is_empty()).collect();
    let Some(first) = asks.first() else {
        return Err(Page::from(show::card(TITLE, "❌ Write at least one question that the fact answers.")).into());
    };
    let (library, wanted) = (engine.library().clone(), draft.quote.clone());
    // Megabytes are searched, and perhaps several articles.
    let looked_up = spawn_blocking(move || look_up(library.briefings(), &wanted)).await;
    let (knowledge, quote) = match looked_up.map_err(|_| show::error(TITLE, &Error::Broken))? {
        Ok(found) => found,
        Err(proposal) => {
            let text = match &proposal {
                Some(nearest) => format!(
                    "❌ The article doesn’t say that word for word. The nearest sentence is:\n> {}\n\nPress **Mend \
                     it**: the form comes back with that sentence in its place.",
                    fit(&plain_line(nearest), 1_500)
                ),
                None => {
                    "❌ The article doesn’t say that. Copy the sentence from the article, word for word.".to_owned()
                }
            };
            return Err(Trouble { page: show::card(TITLE, &text).into(), proposal });
        }
    };
    let name = knowledge.source.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let is_taken = |id: &str| {
        knowledge.fact(id).is_some()
            || knowledge.absent.iter().any(|absent| absent.id == id)
            || knowledge.lists.iter().any(|list| list.id == id)
    };
    let statement = one_line(&draft.statement);
    let id = edit::new_id(first, is_taken, Limits::STANDARD.id);
    let fact = edit::NewFact {
        entities: entities(&knowledge, &statement),
        id: id.clone(),
        statement,
        quote,
        asks: asks.clone(),
    };
    let own = Arc::clone(&knowledge);
    let toml = spawn_blocking(move || edit::add_fact(&own.source.toml, &fact)).await.unwrap_or(Err(Error::Broken));
    let toml = toml.map_err(|error| show::error(TITLE, &error))?;
    let mut files = (*served.files).clone();
    files.insert(name, toml.into());
    let author = Author::moderator(call.moderator, How::Edit).noting(format!("new fact {id}"));
    let change = curator.replace(&served.digest, files, author).await.map_err(|error| show::error(TITLE, &error))?;
    let page = done(call, TITLE, &group.question, &change);
    match curator.journal().resolve(&group.texts, &knowledge.briefing.id, &id).await {
        Ok(()) => Ok(page),
        Err(error) => {
            tracing::warn!(%error, "a question could not be marked as dealt with");
            Ok(page.file("note.txt", "The question stays on the list: the database was away just now."))
        }
    }
}

/// The briefing whose article says something, and its very words; otherwise the sentence of any that is most like it.
fn look_up(briefings: &[Arc<Knowledge>], wanted: &str) -> Result<(Arc<Knowledge>, String), Option<String>> {
    let quote = wanted.trim().trim_matches(['"', '“', '”', '„']).trim();
    // Whichever way it was meant: with the quotation marks or without.
    let holds = |knowledge: &Knowledge| {
        [wanted.trim(), quote].into_iter().find_map(|quote| {
            let place = knowledge.article.find(quote).filter(|_| !quote.is_empty())?;
            let paragraph = knowledge.article.paragraphs.get(place.paragraph)?;
            paragraph.text.get(place.range).map(str::to_owned)
        })
    };
    let found = briefings.iter().find_map(|knowledge| Some((Arc::clone(knowledge), holds(knowledge)?)));
    found.ok_or_else(|| {
        let sentence = |knowledge: &Arc<Knowledge>| {
            let nearest = knowledge.article.nearest(quote)?;
            Some(knowledge.article.sentence(nearest).to_owned())
        };
        // A sentence may be as long as its article.
        let like = |text: &String| strsim::jaro_winkler(&shorten(text, 2_000), &shorten(quote, 2_000));
        briefings.iter().filter_map(sentence).max_by(|a, b| like(a).total_cmp(&like(b)))
    })
}

/// The entities that a statement names, by their names or aliases as they are written.
fn entities(knowledge: &Knowledge, statement: &str) -> Vec<String> {
    let names = |text: &str| {
        let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        text.chars().count() > 2
            && statement.match_indices(text).any(|(at, _)| {
                let before = statement.get(..at).and_then(|before| before.chars().next_back());
                let after = statement.get(at + text.len()..).and_then(|after| after.chars().next());
                is_edge(before) && is_edge(after)
            })
    };
    let is_meant = |entity: &&crate::knowledge::Entity| {
        std::iter::once(&entity.name).chain(&entity.aliases).any(|name| names(name))
    };
    knowledge.entities.iter().filter(is_meant).map(|entity| entity.id.clone()).collect()
}

fn field(data: &ModalInteractionData, id: &str) -> String {
    let fields = data.components.iter().flat_map(|row| &row.components);
    let texts = fields.filter_map(|component| match component {
        ActionRowComponent::InputText(text) if text.custom_id == id => text.value.clone(),
        _ => None,
    });
    texts.map(|text| text.replace('\0', "")).next().unwrap_or_default()
}

fn with_way_back(session: &Session, mut page: Page) -> Page {
    let button = |action, label| CreateButton::new(session.button(action)).label(label).style(ButtonStyle::Secondary);
    page.reply.rows =
        vec![CreateActionRow::Buttons(vec![button("mend", "Mend it"), button("back", "Back to the list")])];
    page
}
