//! The matcher's own check of the knowledge: each ask, asked, must find its fact.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::engine::Engine;
use crate::knowledge::{Ask, Fact, Fault, Kind};
use crate::matcher::Query;
use crate::matcher::search::{self, Asked};
use crate::text::parallel;

/// Asks that the matcher ranks another fact first for, or finds nothing for; and whether all were tried before `until`.
///
/// Facts that rest on the same words of the article, or that are sides of one conflict, may stand in for one another.
#[must_use]
pub fn audit(engine: &Engine, until: Option<Instant>) -> (Vec<Fault>, bool) {
    let late = AtomicBool::new(false);
    let faults = parallel::map(engine.index().facts(), |number, _| {
        let mut faults = Vec::new();
        for ask in &engine.index().fact(number).1.asks {
            if until.is_some_and(|until| Instant::now() > until) {
                late.store(true, Ordering::Relaxed);
                break;
            }
            faults.extend(stolen(engine, number, ask));
        }
        faults
    });
    (faults.into_iter().flatten().collect(), !late.into_inner())
}

/// The fault of one ask, if it has one.
fn stolen(engine: &Engine, number: usize, ask: &Ask) -> Option<Fault> {
    let index = engine.index();
    let (knowledge, fact) = index.fact(number);
    let query = Query::new(&ask.text, index.spelling());
    let candidates = search::search(index, &Asked::new(&query, index)).facts;
    let winner = candidates.first().map(|candidate| candidate.fact);
    if winner == Some(number) {
        return None;
    }
    let (message, cure) = match winner.map(|winner| index.fact(winner).1) {
        Some(other) if shares_words(fact, other) => return None,
        Some(other) => (
            format!("the ask \"{}\" of `{}` is answered with `{}`", ask.text, fact.id, other.id),
            "Word it closer to its fact, or leave it to the other one.".to_owned(),
        ),
        None => (
            format!("the ask \"{}\" of `{}` holds no word that can be matched", ask.text, fact.id),
            "Word it as a question about the fact.".to_owned(),
        ),
    };
    let (file, line, column) = (knowledge.source.path.clone(), ask.line as usize, ask.column as usize);
    Some(Fault { kind: Kind::StolenAsk, file, line, column, message, cure })
}

fn shares_words(a: &Fact, b: &Fact) -> bool {
    let overlap = a.quotes.iter().any(|x| {
        b.quotes.iter().any(|y| {
            x.place.paragraph == y.place.paragraph
                && x.place.range.start < y.place.range.end
                && y.place.range.start < x.place.range.end
        })
    });
    overlap || a.conflicts.iter().any(|conflict| b.conflicts.contains(conflict))
}
