//! The engine: briefings with their index, and the way from a question to its answer.

use std::path::Path;
use std::time::Instant;

use super::{Answer, Hit, Outcome, Question};
use crate::knowledge::{Fault, Faults, Library, Limits};

/// Briefings that questions are answered from. Immutable.
#[derive(Debug)]
pub struct Engine {
    library: Library,
}

impl Engine {
    /// Loads a knowledge file or a folder of them and indexes it.
    ///
    /// # Errors
    /// Every fault of the knowledge.
    pub fn load(path: &Path, limits: &Limits) -> Result<Self, Faults> {
        Ok(Self::new(Library::load(path, limits)?))
    }

    /// Indexes briefings.
    #[must_use]
    pub fn new(library: Library) -> Self {
        Self { library }
    }

    /// The briefings.
    #[must_use]
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// Answers a question. Never fails; what can't be answered says so.
    #[must_use]
    pub fn answer(&self, question: &Question) -> Answer {
        let start = Instant::now();
        let words = crate::text::fold(&question.text);
        let mut answers = Vec::new();
        for knowledge in self.library.briefings() {
            for (index, fact) in knowledge.facts.iter().enumerate() {
                if fact.asks.iter().any(|ask| crate::text::fold(&ask.text) == words) {
                    answers.push(Hit { knowledge: knowledge.clone(), index, confidence: 0.9, conflict: false });
                }
            }
        }
        let outcome = if answers.is_empty() { Outcome::None } else { Outcome::Answer };
        let message = answers.is_empty().then(|| "The briefing doesn't say.".to_owned());
        Answer { outcome, answers, suggestions: Vec::new(), conflicts: Vec::new(), message, elapsed: start.elapsed() }
    }

    /// Facts whose asks begin or fit what somebody has typed so far, best first, for autocompletion.
    #[must_use]
    pub fn complete(&self, partial: &str, limit: usize) -> Vec<Hit> {
        let words = crate::text::fold(partial);
        let all = self.library.briefings().iter().flat_map(|knowledge| {
            (0..knowledge.facts.len()).map(|index| Hit {
                knowledge: knowledge.clone(),
                index,
                confidence: 0.0,
                conflict: false,
            })
        });
        all.filter(|hit| crate::text::fold(hit.fact().question()).contains(&words)).take(limit).collect()
    }

    /// The facts nearest to a text, best first, whatever their confidence: for moderators who look for the right one.
    #[must_use]
    pub fn nearest(&self, text: &str, limit: usize) -> Vec<Hit> {
        self.complete(text, limit)
    }

    /// Questions that a reader of this fact may ask next, best first, at most [`super::MAX_SUGGESTIONS`].
    #[must_use]
    pub fn related(&self, hit: &Hit) -> Vec<Hit> {
        let fact = hit.fact();
        let other =
            |index: &usize| Hit { knowledge: hit.knowledge.clone(), index: *index, confidence: 0.0, conflict: false };
        fact.related.iter().map(other).take(super::MAX_SUGGESTIONS).collect()
    }

    /// How alike two questions are, 0 to 1, as the matcher sees it: for grouping questions.
    #[must_use]
    pub fn similarity(&self, a: &str, b: &str) -> f64 {
        strsim::jaro_winkler(&crate::text::fold(a), &crate::text::fold(b))
    }

    /// Faults that only the matcher sees: asks that it answers with another fact.
    #[must_use]
    pub fn audit(&self) -> Vec<Fault> {
        Vec::new()
    }
}
