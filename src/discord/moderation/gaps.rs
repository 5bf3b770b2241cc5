//! `/knowledge unanswered`: what was asked in vain, and what is done about it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use poise::serenity_prelude as serenity;
use serenity::{AutocompleteChoice, CreateInteractionResponse};
use tokio::task::spawn_blocking;

use super::call::{Call, Page};
use super::sessions::{Press, Session, State};
use super::{Desk, gaps_form, gaps_page, show};
use crate::answer::{Outcome, Question};
use crate::curator::groups::{Group, group};
use crate::curator::{Author, Change, Error, edit};
use crate::discord::bot::UNKNOWN;
use crate::discord::custom_id::FactId;
use crate::discord::reply::fit_label;
use crate::journal::{Gap, How};
use crate::knowledge::Limits;
use crate::text::sanitize::{one_line, plain_line, shorten};

/// What the page is called.
pub(super) const TITLE: &str = "Asked in vain";
/// Most questions that are read: what one moderator reviews in a day, and what can be grouped in a second.
const READ: u32 = 400;
/// How far back, where texts are kept for longer.
const BACK: Duration = Duration::from_hours(24 * 3650);
/// Choices that Discord shows while somebody types.
const CHOICES: usize = 25;
/// Where nothing was found for what was pressed.
const DEALT_WITH: &str = "This question has been dealt with meanwhile. Please run the command again.";

/// A moderator's review.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gaps {
    /// What was asked, most often first.
    pub(crate) groups: Vec<Group>,
    /// The group that is looked at.
    pub(crate) chosen: Option<usize>,
    /// The page of the list.
    pub(crate) page: usize,
    /// A fact that was written and is not yet right.
    pub(crate) draft: Option<gaps_form::Draft>,
}

impl Gaps {
    /// The group that is looked at.
    pub(crate) fn group(&self) -> Option<&Group> {
        self.groups.get(self.chosen?)
    }
}

/// What a session of a review holds.
pub(super) fn gaps(session: &Session) -> Gaps {
    match &*session.state() {
        State::Gaps(gaps) => gaps.clone(),
        _ => Gaps::default(),
    }
}

/// Changes what a session of a review holds.
pub(super) fn change(session: &Session, change: impl FnOnce(&mut Gaps)) {
    if let State::Gaps(gaps) = &mut *session.state() {
        change(gaps);
    }
}

/// Reads and groups what was asked in vain.
async fn read(desk: &Desk) -> Result<Vec<Group>, Error> {
    let gaps = list(desk).await?;
    let engine = desk.curator.service().current();
    spawn_blocking(move || group(&engine, gaps)).await.map_err(|_| Error::Broken)
}

async fn list(desk: &Desk) -> Result<Vec<Gap>, Error> {
    let since = SystemTime::now().checked_sub(BACK).unwrap_or(SystemTime::UNIX_EPOCH);
    Ok(desk.curator.journal().unanswered(since, READ).await?)
}

/// Begins a review: of all, of one question, or adds that question to a fact at once.
pub(crate) async fn open(call: Call<'_>, question: Option<String>, fact: Option<String>) -> Page {
    // What was asked a moment ago may still wait to be written.
    call.desk.curator.journal().flush(Duration::from_secs(2)).await;
    let groups = match read(call.desk).await {
        Ok(groups) => groups,
        Err(error) => return show::error(TITLE, &error),
    };
    let sought = question.as_deref().map(crate::text::fold);
    let is_it = |group: &Group| group.texts.iter().any(|text| sought.as_ref() == Some(&crate::text::fold(text)));
    let chosen = groups.iter().position(is_it);
    if sought.is_some() && chosen.is_none() && fact.is_none() {
        return show::card(TITLE, "Nobody asked that in vain. Choose one of the questions that come up as you type.")
            .into();
    }
    if let Some(fact) = fact {
        let Some(id) = FactId::parse(fact.trim()) else {
            return show::card(TITLE, "I don’t know that fact. Choose one of those that come up as you type.").into();
        };
        let Some(question) = question else {
            return show::card(TITLE, "Which question is it? Choose one of those that come up as you type.").into();
        };
        let texts = chosen.and_then(|index| groups.get(index)).map(|group| group.texts.clone());
        return add(call, &id, &question, texts.unwrap_or_default()).await;
    }
    let gaps = Gaps { groups, chosen, ..Gaps::default() };
    let Some(session) = call.desk.sessions.begin(call.moderator, State::Gaps(gaps.clone())) else {
        return show::error(TITLE, &Error::Broken);
    };
    gaps_page::page(call.desk, &session, &gaps)
}

/// A button or a choice of a review.
pub(crate) async fn press(call: Call<'_>, press: &Press, value: Option<&str>) {
    let session = &press.session;
    let known = gaps(session);
    let number = press.argument.and_then(|number| usize::try_from(number).ok());
    match (press.action.as_str(), number) {
        ("page", Some(page)) => {
            change(session, |gaps| (gaps.page, gaps.chosen) = (page, None));
        }
        ("back", None) => change(session, |gaps| gaps.chosen = None),
        ("pick", None) => {
            let index = value.and_then(|value| value.parse().ok()).filter(|index| *index < known.groups.len());
            let Some(index) = index else { return call.whisper(UNKNOWN).await };
            change(session, |gaps| (gaps.chosen, gaps.draft) = (Some(index), None));
        }
        ("csv", None) => {
            call.hold().await;
            let page = gaps_page::page(call.desk, session, &known);
            return call.show(page.file("unanswered.csv", gaps_page::csv(&known.groups))).await;
        }
        ("add", None) => {
            let Some(group) = known.group() else { return call.whisper(DEALT_WITH).await };
            let Some(id) = value.and_then(FactId::parse) else { return call.whisper(UNKNOWN).await };
            call.hold().await;
            return call.show(add(call, &id, &group.question, group.texts.clone()).await).await;
        }
        ("new" | "mend", None) => {
            let Some(group) = known.group() else { return call.whisper(DEALT_WITH).await };
            let form = gaps_form::form(session, group, known.draft.as_ref());
            return call.bot.respond(call.ticket, &CreateInteractionResponse::Modal(form)).await;
        }
        ("dismiss", None) => {
            let Some(group) = known.group() else { return call.whisper(DEALT_WITH).await };
            call.hold().await;
            if let Err(error) = call.desk.curator.journal().dismiss(&group.texts).await {
                return call.show(show::error(TITLE, &error.into())).await;
            }
            tracing::info!(interaction = call.ticket.id.get(), user = call.moderator, "questions dismissed");
            settle(session);
            return call.show(gaps_page::page(call.desk, session, &gaps(session))).await;
        }
        _ => return call.whisper(UNKNOWN).await,
    }
    call.hold().await;
    call.show(gaps_page::page(call.desk, session, &gaps(session))).await;
}

/// Takes the group that was looked at off the list.
pub(super) fn settle(session: &Session) {
    change(session, |gaps| {
        if let Some(index) = gaps.chosen.take().filter(|index| *index < gaps.groups.len()) {
            gaps.groups.remove(index);
        }
        gaps.draft = None;
    });
}

/// Adds a question to a fact, and says what the bot answers now.
async fn add(call: Call<'_>, id: &FactId, question: &str, mut texts: Vec<String>) -> Page {
    let title = "Add to a fact";
    let curator = &call.desk.curator;
    let ask = shorten(&one_line(question), Limits::STANDARD.ask);
    let served = curator.served();
    let engine = curator.service().current();
    let known = engine.library().fact(&id.briefing, &id.fact);
    let Some(knowledge) = known.map(|(knowledge, _)| Arc::clone(knowledge)) else {
        return show::card(title, "That fact is no longer there. Nothing was changed.").into();
    };
    let name = knowledge.source.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (fact, wording) = (id.fact.clone(), ask.clone());
    // Megabytes are read and written again.
    let edited = spawn_blocking(move || edit::add_ask(&knowledge.source.toml, &fact, &wording)).await;
    let author = Author::moderator(call.moderator, How::Edit).noting(format!("ask for {}", id.fact));
    let changed = match edited.unwrap_or(Err(Error::Broken)) {
        Ok(toml) => {
            let mut files = (*served.files).clone();
            files.insert(name, toml.into());
            curator.replace(&served.digest, files, author).await
        }
        Err(error) => Err(error),
    };
    let change = match changed {
        Ok(change) => change,
        Err(error) => return show::error(title, &error),
    };
    texts.push(question.to_owned());
    let mut page = done(call, title, &ask, &change);
    if let Err(error) = curator.journal().resolve(&texts, &id.briefing, &id.fact).await {
        tracing::warn!(%error, "a question could not be marked as dealt with");
        page = page.file("note.txt", "The question stays on the list: the database was away just now.");
    }
    page
}

/// What came of an edit: the difference, and what the bot answers to the question now.
pub(super) fn done(call: Call<'_>, title: &str, question: &str, change: &Change) -> Page {
    let mut text = if change.difference.is_empty() {
        "It is an ask of that fact already.".to_owned()
    } else {
        show::summary(&change.difference)
    };
    text.push_str(&show::in_service(change));
    let answer = call.desk.curator.service().current().answer(&Question::new(question));
    let told = match (answer.outcome, answer.answers.first()) {
        (Outcome::Answer, Some(hit)) => format!("the bot answers with `{}`.", hit.fact().id),
        (Outcome::Suggest, _) => "the bot is not sure yet and suggests. More asks for that fact help.".to_owned(),
        _ => "the bot still finds no answer. More asks for that fact help.".to_owned(),
    };
    let question = plain_line(&shorten(question, 150));
    show::card(title, &format!("{text}\n\nAsked “{question}” now, {told}")).into()
}

/// Questions asked in vain that hold what was typed.
pub(crate) async fn question_choices(desk: &Desk, typed: &str) -> Vec<AutocompleteChoice> {
    let typed = crate::text::fold(typed);
    // Soon or not at all: whoever types doesn't wait.
    let Ok(Ok(gaps)) = tokio::time::timeout(Duration::from_millis(1_500), list(desk)).await else { return Vec::new() };
    let fitting = gaps.into_iter().map(|gap| one_line(&gap.text)).filter(|text| {
        // Cut short, it would not be found again.
        crate::text::sanitize::units(text) <= 100 && !text.is_empty() && crate::text::fold(text).contains(&typed)
    });
    fitting.take(CHOICES).map(|text| AutocompleteChoice::new(text.clone(), text)).collect()
}

/// Facts that fit what was typed.
pub(crate) fn fact_choices(desk: &Desk, typed: &str) -> Vec<AutocompleteChoice> {
    let engine = desk.curator.service().current();
    let sought = typed.trim().to_lowercase();
    let all =
        engine.library().briefings().iter().flat_map(|knowledge| knowledge.facts.iter().map(move |f| (knowledge, f)));
    let named = all.filter(|(_, fact)| !sought.is_empty() && fact.id.contains(&sought)).take(CHOICES);
    let mut choices: Vec<(String, String)> = Vec::new();
    let mut offer = |briefing: &str, fact: &crate::knowledge::Fact| {
        let value = format!("{briefing}:{}", fact.id);
        if choices.len() < CHOICES && value.len() <= 100 && choices.iter().all(|(_, known)| *known != value) {
            choices.push((fit_label(&format!("{}: {}", fact.id, one_line(fact.question())), 100), value));
        }
    };
    for (knowledge, fact) in named {
        offer(&knowledge.briefing.id, fact);
    }
    for hit in engine.complete(typed, CHOICES) {
        offer(&hit.knowledge.briefing.id, hit.fact());
    }
    choices.into_iter().map(|(name, value)| AutocompleteChoice::new(name, value)).collect()
}
