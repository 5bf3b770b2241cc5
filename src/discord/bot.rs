//! What all handlers share, and the ways to answer.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant as StdInstant};

use poise::serenity_prelude as serenity;
use serenity::{ApplicationId, ChannelId, CreateInteractionResponse, InteractionId, LightMethod, Route, UserId};
use tokio::time::Instant;

use super::custom_id::FactId;
use super::deliver::Channels;
use super::flights::Flights;
use super::health::Tally;
use super::ledger::Ledger;
use super::limits::Limits;
use super::memory::Memory;
use super::moderation::Desk;
use super::recent::Recent;
use super::render;
use super::reply::Reply;
use super::rest::{self, Repeat, Rest};
use crate::answer::{Answer, Engine, Hit, Outcome, Question, Service};

/// Told to the one who asked where something broke.
pub(crate) const BROKEN: &str = "Sorry, something went wrong on my side. Please try again.";
/// Told where a fact that a button stands for is gone.
pub(crate) const GONE: &str =
    "The briefing has changed since, and this is no longer in it. Please ask me in your own words.";
/// Told where a button or menu is none of ours, or of a form that is no longer known.
pub(crate) const UNKNOWN: &str = "I don’t know this button any more. Please ask me in your own words, or use /topics.";
/// Told where there were too many questions.
pub(crate) const SLOWER: &str = "That was a lot at once. Please give me a few seconds, then ask again.";
/// Told where there was no question.
pub(crate) const NO_QUESTION: &str =
    "What would you like to know about the briefing? Ask me a question, or use /topics to see what there is.";

/// Who we are, as Discord says at the start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identity {
    /// Our user.
    pub(crate) user: UserId,
    /// Our application.
    pub(crate) application: ApplicationId,
}

/// What all handlers share.
pub(crate) struct Bot {
    /// The way to Discord.
    pub(crate) rest: Rest,
    /// The engine in service.
    pub(crate) service: Service,
    /// Who keeps questions and votes.
    pub(crate) ledger: Arc<dyn Ledger>,
    /// What was asked last.
    pub(crate) memory: Memory,
    /// How much one may ask.
    pub(crate) limits: Limits,
    /// What is being answered.
    pub(crate) flights: Flights,
    /// What is counted.
    pub(crate) tally: Tally,
    /// What is known of channels.
    pub(crate) channels: Channels,
    /// Set by the first READY.
    pub(crate) identity: OnceLock<Identity>,
    /// Servers in which moderator commands exist.
    pub(crate) moderation_guilds: Vec<u64>,
    /// What moderation needs; without it there is none.
    pub(crate) desk: Option<Desk>,
    /// Ids of messages and interactions that were taken on: a resumed gateway may bring one twice.
    seen: Recent<u64, ()>,
}

/// Who asks where, and by which way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asker {
    /// Who.
    pub(crate) user: UserId,
    /// Where.
    pub(crate) channel: ChannelId,
    /// For the log: "slash", "mention" and so on.
    pub(crate) way: &'static str,
    /// For the log: the id of the message or interaction.
    pub(crate) event: u64,
}

/// What a question may lean on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    /// What this person asked last in this channel.
    Own,
    /// The question of an answer that is referred to.
    After(String),
    /// Nothing: these are another's words.
    None,
}

/// An interaction as far as answering it goes.
#[derive(Clone, Copy)]
pub(crate) struct Ticket<'a> {
    /// Its id.
    pub(crate) id: InteractionId,
    /// Its secret; never logged.
    pub(crate) token: &'a str,
    /// Until when it may be answered.
    pub(crate) until: Instant,
}

impl Bot {
    /// What all handlers share.
    pub(crate) fn new(
        rest: Rest,
        service: Service,
        ledger: Arc<dyn Ledger>,
        moderation_guilds: Vec<u64>,
        desk: Option<Desk>,
    ) -> Self {
        Self {
            rest,
            service,
            ledger,
            memory: Memory::default(),
            limits: Limits::default(),
            flights: Flights::default(),
            tally: Tally::default(),
            channels: Channels::default(),
            identity: OnceLock::new(),
            moderation_guilds,
            desk,
            seen: Recent::new(20_000, Duration::from_mins(5)),
        }
    }

    /// Whether a message or interaction comes for the first time.
    pub(crate) fn is_new(&self, id: u64) -> bool {
        self.seen.note(id)
    }

    /// Answers a question in its context.
    pub(crate) fn ask(&self, asker: Asker, question: &str, context: Context) -> Reply {
        if crate::text::fold(question).is_empty() {
            return Reply::words(NO_QUESTION);
        }
        let start = StdInstant::now();
        let engine = self.service.current();
        let context = match context {
            Context::Own => self.memory.recall(asker.user, asker.channel),
            Context::After(before) => {
                // Where it is one's own last question that is referred to, those before it count too.
                let own = self.memory.recall(asker.user, asker.channel);
                let same = own.last().is_some_and(|last| crate::text::fold(last) == crate::text::fold(&before));
                if same { own } else { vec![before] }
            }
            Context::None => Vec::new(),
        };
        let answer = engine.answer(&Question { text: question.to_owned(), context });
        let reply = render::answer(question, &answer, several(&engine));
        self.memory.note(asker.user, asker.channel, question);
        self.note(asker, question, &answer, start);
        reply
    }

    /// Answers with a fact that was chosen; `None` where it is gone.
    pub(crate) fn show(&self, asker: Asker, id: &FactId) -> Option<Reply> {
        let start = StdInstant::now();
        let engine = self.service.current();
        let hit = find(&engine, id)?;
        let question = hit.fact().question().to_owned();
        let answer = chosen(&engine, &hit, start);
        let reply = render::answer(&question, &answer, several(&engine));
        self.memory.note(asker.user, asker.channel, &question);
        self.note(asker, &question, &answer, start);
        Some(reply)
    }

    fn note(&self, asker: Asker, question: &str, answer: &Answer, start: StdInstant) {
        let took = start.elapsed();
        self.tally.asked(answer.outcome, took);
        if answer.outcome != Outcome::None || answer.is_gap() {
            self.ledger.asked(question, answer, took);
        }
        let best = answer.answers.first().or(answer.suggestions.first());
        tracing::info!(
            way = asker.way,
            event = asker.event,
            outcome = answer.outcome.name(),
            fact = best.map(|hit| hit.fact().id.as_str()),
            score = best.map(|hit| (hit.confidence * 100.0).round() / 100.0),
            took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "asked"
        );
    }

    /// Gives an interaction its one first response. An earlier attempt that arrived after all counts as done.
    pub(crate) async fn respond(&self, ticket: Ticket<'_>, response: &CreateInteractionResponse) {
        let route = Route::InteractionResponse { interaction_id: ticket.id, token: ticket.token };
        let sent = self.rest.send_json(LightMethod::Post, route, response, Repeat::Freely, ticket.until).await;
        match sent {
            Ok(_) => {}
            Err(error) if error.code() == Some(rest::code::ACKNOWLEDGED) => {
                tracing::debug!(interaction = ticket.id.get(), "already answered");
            }
            Err(error) => tracing::warn!(interaction = ticket.id.get(), %error, "an interaction was not answered"),
        }
    }

    /// Tells Discord that the answer takes longer; [`Self::edit`] brings it, within 15 minutes.
    pub(crate) async fn defer(&self, ticket: Ticket<'_>, ephemeral: bool) {
        let waiting = serenity::CreateInteractionResponseMessage::new().ephemeral(ephemeral);
        self.respond(ticket, &CreateInteractionResponse::Defer(waiting)).await;
    }

    /// Puts a reply in place of an interaction's first response. May be repeated without harm.
    pub(crate) async fn edit(&self, token: &str, reply: Reply) -> Result<(), rest::Error> {
        let Some(me) = self.identity.get() else { return Err(rest::Error::Unwritable) };
        let route = Route::WebhookOriginalInteractionResponse { application_id: me.application, token };
        let until = Instant::now() + rest::MESSAGE_WINDOW;
        self.rest.send_json(LightMethod::Patch, route, &reply.edit(), Repeat::Freely, until).await.map(drop)
    }

    /// Answers an interaction with a reply.
    pub(crate) async fn reply(&self, ticket: Ticket<'_>, reply: Reply, ephemeral: bool) {
        self.respond(ticket, &reply.response(ephemeral)).await;
    }
}

/// Whether answers must name their briefing.
fn several(engine: &Engine) -> bool {
    engine.library().briefings().len() > 1
}

/// A fact by its ids, as a hit.
pub(crate) fn find(engine: &Engine, id: &FactId) -> Option<Hit> {
    let knowledge = engine.library().briefing(&id.briefing)?;
    let (index, _) = knowledge.fact(&id.fact)?;
    Some(Hit { knowledge: Arc::clone(knowledge), index, confidence: 1.0, conflict: false })
}

/// The answer to a question that was chosen from a button or menu: that fact, with all sides of its contradictions.
fn chosen(engine: &Engine, hit: &Hit, start: StdInstant) -> Answer {
    let mut answers = vec![hit.clone()];
    let mut conflicts = Vec::new();
    for conflict in hit.fact().conflicts.iter().filter_map(|index| hit.knowledge.conflicts.get(*index)) {
        conflicts.push(conflict.note.clone());
        for index in &conflict.facts {
            if answers.len() < crate::answer::MAX_ANSWERS && answers.iter().all(|other| other.index != *index) {
                answers.push(Hit { index: *index, conflict: true, ..hit.clone() });
            }
        }
    }
    for answer in &mut answers {
        answer.conflict = !conflicts.is_empty();
    }
    Answer {
        outcome: Outcome::Answer,
        suggestions: engine.related(hit),
        answers,
        conflicts,
        message: None,
        elapsed: start.elapsed(),
    }
}
