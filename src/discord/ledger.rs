//! What the client reports about questions and votes, whoever keeps it.

use std::time::{Duration, SystemTime};

use crate::answer::{self, Answer};
use crate::journal::{Asked, Error, Event, Journal, Outcome, Verdict, Voted, VoterKey};

/// A vote on an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    /// Id of who voted. Only good for telling two people apart; never to be kept.
    pub user: u64,
    /// Id of the message with the answer.
    pub message: u64,
    /// The briefing of the answer.
    pub briefing: String,
    /// The fact that was the answer.
    pub fact: String,
    /// Whether it helped.
    pub helpful: bool,
    /// The question, where the answer still shows it.
    pub question: Option<String>,
}

/// Keeps questions and votes. Called while answering, so no method may wait.
pub trait Ledger: Send + Sync + 'static {
    /// A question was answered, or not. Small talk is no question and isn't reported.
    fn asked(&self, question: &str, answer: &Answer, took: Duration);
    /// Somebody judged an answer.
    fn voted(&self, vote: Vote);
    /// How long the text of unanswered questions is kept, in days; 0 for not at all. `/about` says it.
    fn retention_days(&self) -> u32;
}

/// Keeps them in the journal. Who voted is disguised by a key that lives as long as this value.
pub struct InJournal {
    journal: Journal,
    key: VoterKey,
    retention_days: u32,
}

impl InJournal {
    /// A ledger in this journal, whose texts live `retention_days`.
    ///
    /// # Errors
    /// Where the operating system gives no random bytes for the key.
    pub fn new(journal: Journal, retention_days: u32) -> Result<Self, Error> {
        Ok(Self { journal, key: VoterKey::random()?, retention_days })
    }
}

impl Ledger for InJournal {
    fn asked(&self, question: &str, answer: &Answer, took: Duration) {
        let question = || question.to_owned();
        let best = answer.answers.first().or(answer.suggestions.first());
        self.journal.record(Event::Asked(Asked {
            at: SystemTime::now(),
            outcome: match answer.outcome {
                answer::Outcome::Answer => Outcome::Answer,
                answer::Outcome::Suggest => Outcome::Suggest { question: question() },
                answer::Outcome::None => Outcome::None { question: question() },
            },
            briefing: best.map(|hit| hit.knowledge.briefing.id.clone()),
            fact: best.map(|hit| hit.fact().id.clone()),
            confidence: best.map_or(0.0, |hit| hit.confidence),
            elapsed: took,
        }));
    }

    fn voted(&self, vote: Vote) {
        let Vote { user, message, briefing, fact, helpful, question } = vote;
        let verdict = if helpful { Verdict::Helpful } else { Verdict::NotHelpful { question } };
        let voter = self.key.voter(user, message);
        self.journal.record(Event::Voted(Voted { at: SystemTime::now(), voter, briefing, fact, verdict }));
    }

    fn retention_days(&self) -> u32 {
        self.retention_days
    }
}

/// Keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLedger;

impl Ledger for NoLedger {
    fn asked(&self, _: &str, _: &Answer, _: Duration) {}
    fn voted(&self, _: Vote) {}
    fn retention_days(&self) -> u32 {
        0
    }
}
