//! Answers: what the bot says to a question, whatever it is shown on.
//!
//! [`Engine`] holds the briefings with their index and answers; [`Service`] lets a new engine be swapped in while
//! questions are answered. An [`Answer`] knows nothing of Discord, a terminal or JSON.

pub mod audit;
pub mod boosted;
pub mod clauses;
pub mod decide;
pub mod engine;
pub mod follow_up;
pub mod model;
pub mod service;
pub mod words;

use std::sync::Arc;
use std::time::Duration;

use crate::knowledge::{Fact, Knowledge};

pub use engine::Engine;
pub use service::Service;

/// A question as somebody asked it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// The words.
    pub text: String,
    /// What the same person asked before, oldest first. The last three count.
    pub context: Vec<String>,
}

impl Question {
    /// A question without any before it.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), context: Vec::new() }
    }
}

/// What came of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The briefing says it.
    Answer,
    /// Perhaps one of the suggestions is meant.
    Suggest,
    /// The briefing doesn't say, or it was no question.
    None,
}

impl Outcome {
    /// The word of the JSON contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Suggest => "suggest",
            Self::None => "none",
        }
    }
}

/// A fact of a briefing that an answer shows or offers.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The briefing.
    pub knowledge: Arc<Knowledge>,
    /// Index into [`Knowledge::facts`].
    pub index: usize,
    /// The calibrated chance, 0 to 1, that this is what was asked.
    pub confidence: f64,
    /// Whether it is shown because it contradicts, or is contradicted by, another fact of the answer.
    pub conflict: bool,
}

impl Hit {
    /// The fact.
    #[must_use]
    pub fn fact(&self) -> &Fact {
        &self.knowledge.facts[self.index]
    }

    /// Whether another hit is the same fact.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.index == other.index && self.knowledge.briefing.id == other.knowledge.briefing.id
    }
}

impl Answer {
    /// Whether something was asked of which the briefing says nothing, rather than small talk.
    #[must_use]
    pub fn is_gap(&self) -> bool {
        self.outcome == Outcome::None && !self.message.as_deref().is_some_and(words::is_small_talk)
    }

    /// An answer without facts, in the bot's own words.
    fn none(message: &str) -> Self {
        Self {
            outcome: Outcome::None,
            answers: Vec::new(),
            suggestions: Vec::new(),
            conflicts: Vec::new(),
            message: Some(message.to_owned()),
            elapsed: Duration::ZERO,
        }
    }
}

/// What the bot says to a question.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What came of it.
    pub outcome: Outcome,
    /// The facts that answer, best first; empty unless the outcome is [`Outcome::Answer`]. At most five.
    pub answers: Vec<Hit>,
    /// Up to three facts that may be meant ([`Outcome::Suggest`]) or asked for next ([`Outcome::Answer`]), or that the
    /// briefing does say nearby ([`Outcome::None`]).
    pub suggestions: Vec<Hit>,
    /// Notes on the contradictions that the answers show, one sentence each.
    pub conflicts: Vec<String>,
    /// Words for the user where there is no answer.
    pub message: Option<String>,
    /// How long it took.
    pub elapsed: Duration,
}

/// Most facts that one answer shows: what a person reads.
pub const MAX_ANSWERS: usize = 5;

/// Most facts that are offered.
pub const MAX_SUGGESTIONS: usize = 3;
