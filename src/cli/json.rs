//! The JSON contract: answers for programs. Names and meanings are fixed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::{Answer, Hit, Outcome};

/// A line of `ask --batch`.
#[derive(Debug, Deserialize)]
pub struct Request {
    /// Comes back with the answer.
    #[serde(default)]
    pub id: Value,
    /// The question.
    pub question: String,
    /// Earlier questions of the same person, oldest first; `null` is the same as none.
    #[serde(default, deserialize_with = "none_if_null")]
    pub context: Vec<String>,
}

fn none_if_null<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// An answer.
#[derive(Debug, Serialize)]
pub struct Response<'a> {
    id: &'a Value,
    outcome: &'static str,
    answers: Vec<AnswerLine<'a>>,
    suggestions: Vec<SuggestionLine<'a>>,
    message: Option<&'a str>,
    elapsed_us: u64,
}

#[derive(Debug, Serialize)]
struct AnswerLine<'a> {
    briefing: &'a str,
    fact: &'a str,
    text: String,
    attribution: Option<&'a str>,
    quotes: Vec<QuoteLine<'a>>,
    confidence: f64,
    conflict: bool,
}

#[derive(Debug, Serialize)]
struct SuggestionLine<'a> {
    briefing: &'a str,
    fact: &'a str,
    question: &'a str,
    confidence: f64,
    quotes: Vec<QuoteLine<'a>>,
}

#[derive(Debug, Serialize)]
struct QuoteLine<'a> {
    text: &'a str,
    section: &'a str,
    paragraph: usize,
}

/// A line that could not be answered.
#[derive(Debug, Serialize)]
pub struct ErrorLine<'a> {
    /// The id of the request, or null where it had none that could be read.
    pub id: &'a Value,
    /// What was wrong with the line.
    pub error: &'a str,
}

impl<'a> Response<'a> {
    /// An answer as the contract has it.
    #[must_use]
    pub fn new(id: &'a Value, answer: &'a Answer) -> Self {
        // Where nothing is covered, what the briefing says nearby is for people to see, not for programs.
        let offers: &[Hit] = if answer.outcome == Outcome::None { &[] } else { &answer.suggestions };
        Self {
            id,
            outcome: answer.outcome.name(),
            answers: answer.answers.iter().map(answer_line).collect(),
            suggestions: offers.iter().map(suggestion_line).collect(),
            message: answer.message.as_deref(),
            elapsed_us: u64::try_from(answer.elapsed.as_micros()).unwrap_or(u64::MAX),
        }
    }
}

fn answer_line(hit: &Hit) -> AnswerLine<'_> {
    let fact = hit.fact();
    AnswerLine {
        briefing: &hit.knowledge.briefing.id,
        fact: &fact.id,
        text: super::show::statement(hit),
        attribution: fact.attribution.as_deref(),
        quotes: quotes(hit),
        confidence: rounded(hit.confidence),
        conflict: hit.conflict,
    }
}

fn suggestion_line(hit: &Hit) -> SuggestionLine<'_> {
    SuggestionLine {
        briefing: &hit.knowledge.briefing.id,
        fact: &hit.fact().id,
        question: hit.fact().question(),
        confidence: rounded(hit.confidence),
        quotes: quotes(hit),
    }
}

fn quotes(hit: &Hit) -> Vec<QuoteLine<'_>> {
    let quotes = hit.fact().quotes.iter();
    quotes.map(|quote| QuoteLine { text: &quote.text, section: &quote.section, paragraph: quote.paragraph }).collect()
}

/// A confidence with the four digits that it is known to.
fn rounded(confidence: f64) -> f64 {
    (confidence * 1e4).round() / 1e4
}
