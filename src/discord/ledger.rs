//! What the client reports about questions and votes, whoever keeps it.

use std::time::Duration;

use crate::answer::Answer;

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
