//! The matcher's own check of the knowledge: each ask, asked, must find its fact.

use super::engine::Engine;
use crate::knowledge::{Fault, Kind};
use crate::matcher::Query;
use crate::matcher::search::{self, Asked};

/// Asks that the matcher ranks another fact first for, or finds nothing for.
///
/// Facts that rest on the same words of the article, or that are sides of one conflict, may stand in for one another.
#[must_use]
pub fn audit(engine: &Engine) -> Vec<Fault> {
    let index = engine.index();
    let mut faults = Vec::new();
    for number in 0..index.facts().len() {
        let (knowledge, fact) = index.fact(number);
        for ask in &fact.asks {
            let query = Query::new(&ask.text, index.spelling());
            let candidates = search::search(index, &Asked::new(&query, index)).facts;
            let winner = candidates.first().map(|candidate| candidate.fact);
            if winner == Some(number) {
                continue;
            }
            let (message, cure) = match winner.map(|winner| index.fact(winner).1) {
                Some(other) if shares_words(fact, other) => continue,
                Some(other) => (
                    format!("the ask \"{}\" of `{}` is answered with `{}`", ask.text, fact.id, other.id),
                    "Word it closer to its fact, or leave it to the other one.".to_owned(),
                ),
                None => (
                    format!("the ask \"{}\" of `{}` holds no word that can be matched", ask.text, fact.id),
                    "Word it as a question about the fact.".to_owned(),
                ),
            };
            faults.push(Fault {
                kind: Kind::StolenAsk,
                file: knowledge.source.path.clone(),
                line: ask.line,
                column: ask.column,
                message,
                cure,
            });
        }
    }
    faults
}

fn shares_words(a: &crate::knowledge::Fact, b: &crate::knowledge::Fact) -> bool {
    let overlap = a.quotes.iter().any(|x| {
        b.quotes.iter().any(|y| {
            x.place.paragraph == y.place.paragraph
                && x.place.range.start < y.place.range.end
                && y.place.range.start < x.place.range.end
        })
    });
    overlap || a.conflicts.iter().any(|conflict| b.conflicts.contains(conflict))
}
