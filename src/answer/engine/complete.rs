//! Autocompletion: the facts that somebody who is still typing may mean.

use super::Engine;
use crate::answer::Hit;
use crate::matcher::search::{self, Asked};
use crate::matcher::{Index, Query};
use crate::text::fold;

/// Most facts whose asks are kept for what somebody has typed so far; beyond, the index alone serves.
const MOST: usize = 5_000;

/// The asks in the order of their folded texts, each as the number of its fact and its own there: an answer comes with
/// every key that is pressed, and going through all asks for each would cost more than all else that the bot does.
#[derive(Debug)]
pub(super) struct Openings(Vec<(u32, u32)>);

impl Openings {
    /// The asks of an index; none where there are too many.
    pub(super) fn new(index: &Index) -> Self {
        let mut asks = Vec::new();
        if index.facts().len() <= MOST {
            for (number, fact) in (0..index.facts().len()).zip(0u32..) {
                asks.extend(index.fact(number).1.asks.iter().zip(0u32..).map(|(_, ask)| (fact, ask)));
            }
        }
        asks.sort_by_cached_key(|ask| folded(index, *ask));
        Self(asks)
    }

    /// The facts of which an ask begins so, each once, in their own order.
    fn of(&self, index: &Index, begins: &str) -> Vec<usize> {
        let from = self.0.partition_point(|ask| *folded(index, *ask) < *begins);
        let asks = self.0.iter().skip(from).take_while(|ask| folded(index, **ask).starts_with(begins));
        let mut facts: Vec<usize> = asks.map(|(fact, _)| *fact as usize).collect();
        facts.sort_unstable();
        facts.dedup();
        facts
    }
}

fn folded(index: &Index, (fact, ask): (u32, u32)) -> String {
    index.fact(fact as usize).1.asks.get(ask as usize).map(|ask| fold(&ask.text)).unwrap_or_default()
}

impl Engine {
    /// Facts whose asks begin or fit what somebody has typed so far, best first, for autocompletion.
    ///
    /// Without a word typed yet, the first facts of each briefing.
    #[must_use]
    pub fn complete(&self, partial: &str, limit: usize) -> Vec<Hit> {
        let query = Query::new(partial, self.index.spelling());
        let mut facts: Vec<usize> = if query.words.is_empty() {
            (0..self.index.facts().len().min(limit)).collect()
        } else {
            self.openings().of(&self.index, &fold(partial))
        };
        if facts.len() < limit {
            for candidate in search::search(&self.index, &Asked::new(&query, &self.index)).facts {
                if !facts.contains(&candidate.fact) {
                    facts.push(candidate.fact);
                }
            }
        }
        facts.into_iter().take(limit).map(|fact| self.hit(fact, 0.0)).collect()
    }
}
