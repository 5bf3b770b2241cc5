//! Questions for several things: each part matched for itself, and what the parts add to the answer.

use super::{Engine, Match, PART, merge};
use crate::answer::{Question, clauses, decide, follow_up};
use crate::matcher::search::{Asked, support};
use crate::matcher::{Kind, Lean, Query};

/// What one of several things named side by side found.
struct Part {
    fact: usize,
    confidence: f64,
    /// The scores of all facts that it found, as shares of the best.
    shares: Vec<(usize, f32)>,
}

/// What came of one of several things named side by side.
enum Named {
    /// It says nothing by itself.
    Nothing,
    /// What is shown already speaks of all its words.
    Shown,
    /// No fact is near enough.
    Unknown,
    /// A fact is near enough.
    Found(Part),
}

impl Engine {
    /// Adds the answers to the questions that a question consists of.
    pub(super) fn answer_parts(
        &self,
        clauses: &[String],
        question: &Question,
        found: &Match,
        picked: &mut Vec<(usize, f64)>,
    ) {
        let mut context = question.context.clone();
        let (mut first, mut more) = (Vec::new(), Vec::new());
        for clause in clauses {
            let query = Query::new(clause, self.index.spelling());
            let part = self.find_clause(&query, &context);
            context.push(clause.clone());
            if let Some((best, rest)) = self.pick_list(&part).split_first() {
                first.push(*best);
                more.extend_from_slice(rest);
            } else if let Some(best) = part.candidates.first().filter(|_| part.confidence >= PART) {
                first.push((best.fact, part.confidence));
            }
        }
        // What each part finds for itself says more than what all of them together are nearest to.
        let surer = |(_, confidence): &(usize, f64)| *confidence >= decide::ANSWER.max(found.confidence);
        let apart = picked.first().is_some_and(|(best, _)| first.iter().chain(&more).all(|(fact, _)| fact != best));
        if apart && first.len() == clauses.len() && first.iter().all(surer) {
            picked.clear();
        }
        // A part that finds nothing is answered by the rest where the whole is sure, or where most parts are.
        let sure = first.iter().any(|(_, confidence)| *confidence >= decide::ANSWER);
        if !picked.is_empty() || sure && first.len() * 2 > clauses.len() {
            merge(picked, first);
            merge(picked, more);
        }
    }

    /// Matches one of several questions in the light of those before it, or alone where only that is certain.
    fn find_clause(&self, query: &Query, context: &[String]) -> Match {
        let found = self.find(query, context);
        if query.lean != Lean::Ellipsis || query.only_leans() || found.confidence >= SURE_ALONE {
            return found;
        }
        let alone = self.weigh(Asked::new(query, &self.index));
        if alone.confidence >= CERTAIN { alone } else { found }
    }

    /// Adds what is asked for beside it in the same breath: "how much are the boats and the trains worth?". `done` are
    /// the clauses that were answered for themselves.
    pub(super) fn answer_beside(
        &self,
        done: &[String],
        query: &Query,
        question: &Question,
        found: &Match,
        picked: &mut Vec<(usize, f64)>,
    ) {
        let clauses = clauses::split_finely(&question.text, query.compares);
        if picked.is_empty() {
            // Nothing is sure of the whole: each part must be, nearly, and wholly where the whole is near nothing.
            let least = if found.confidence < decide::SUGGEST { CERTAIN } else { NEARLY };
            let mut parts = Vec::new();
            for clause in &clauses {
                match self.named(clause, query, found, &[]) {
                    Named::Nothing => {}
                    Named::Found(part) if part.confidence >= least => parts.push(part),
                    _ => return,
                }
            }
            if parts.len() >= 2 && parts.iter().any(|part| part.confidence >= CERTAIN) {
                merge(picked, parts.into_iter().map(|part| (part.fact, part.confidence)).collect());
            }
            return;
        }
        for clause in clauses.iter().filter(|clause| !done.contains(clause)) {
            let shown: Vec<usize> = picked.iter().map(|(fact, _)| *fact).collect();
            if let Named::Found(part) = self.named(clause, query, found, &shown) {
                let speaks = |(fact, share): &(usize, f32)| *share >= AS_WELL && shown.contains(fact);
                if !part.shares.iter().any(speaks) {
                    merge(picked, vec![(part.fact, part.confidence)]);
                }
            }
        }
    }

    fn named(&self, clause: &str, whole: &Query, found: &Match, shown: &[usize]) -> Named {
        let mut query = Query::new(clause, self.index.spelling());
        if query.is_empty() {
            return Named::Nothing;
        }
        if query.kind == Kind::What && query.asks_at.is_none() {
            query.kind = whole.kind;
        }
        let alone = Asked::new(&query, &self.index);
        let speaks = |fact: &usize| support(&self.index, &alone, *fact).all(|support| support.core >= SPOKEN_OF);
        if shown.iter().any(speaks) {
            return Named::Shown;
        }
        let mut best = self.weigh_part(alone.clone());
        if best.confidence < SURE_ALONE {
            let beside = follow_up::beside(&self.index, &query, alone.clone(), &found.asked);
            let beside = self.weigh_part(beside);
            if beside.confidence > best.confidence {
                best = beside;
            }
        }
        let Some(first) = best.candidates.first().filter(|_| best.confidence >= PART) else { return Named::Unknown };
        // "the radio said something" is no question, whatever it is nearest to.
        let own = support(&self.index, &alone, first.fact).map(|support| support.core.max(support.usual * OFTEN));
        let held: f32 = own.zip(&alone.weights).map(|(own, weight)| own.min(1.0) * weight).sum();
        if held < HELD * alone.total() {
            return Named::Unknown;
        }
        let shares = best.candidates.iter().map(|other| (other.fact, other.score / first.score)).collect();
        Named::Found(Part { fact: first.fact, confidence: best.confidence, shares })
    }
}

/// Confidence that every part needs where the whole is sure of nothing but near something.
const NEARLY: f64 = 0.6;
/// Confidence at which a part is believed by itself: one of the parts needs it then, and each where the whole is near
/// nothing.
const CERTAIN: f64 = 0.9;
/// Share of the best score of a part from which a fact that is shown answers it as well.
const AS_WELL: f32 = 0.8;
/// How well a fact's own words account for each word of a part that it answers as well, 0 to 1.
const SPOKEN_OF: f32 = 0.9;
/// Share of a part's weight that its fact must hold in its own words, or in those in which it is usually asked.
const HELD: f32 = 0.4;
/// A word that stands in one ask of so many is one in which a fact is usually asked.
const OFTEN: f32 = 4.0;
/// Confidence at which a part needs nothing of what stands beside it.
const SURE_ALONE: f64 = 0.8;
