//! The engine: briefings with their index, and the way from a question to its answer.

mod complete;
mod parts;

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use super::decide::{self, Evidence};
use super::{Answer, Hit, MAX_ANSWERS, MAX_SUGGESTIONS, Outcome, Question, clauses, follow_up, words};
use crate::knowledge::{Fault, Faults, Library, Limits};
use crate::matcher::search::{self, Asked, Found};
use crate::matcher::{Candidate, Index, Lean, Query};
use complete::Openings;

/// Briefings that questions are answered from. Immutable.
#[derive(Debug)]
pub struct Engine {
    library: Library,
    index: Index,
    openings: OnceLock<Openings>,
}

/// What the matcher makes of one question, before it is decided what to say.
#[derive(Clone, Debug)]
pub struct Match {
    /// What was asked, with all that was taken over from earlier questions.
    pub asked: Asked,
    /// The candidates, best first.
    pub candidates: Vec<Candidate>,
    /// The absent details that may be meant, best first.
    pub absent: Vec<Candidate>,
    /// The lists that may be meant, best first.
    pub lists: Vec<Candidate>,
    /// The evidence for the best candidate.
    pub evidence: Option<Evidence>,
    /// The confidence in it, 0 to 1.
    pub confidence: f64,
}

impl Match {
    /// The evidence for the candidate at `at`.
    #[must_use]
    pub fn evidence_at(&self, index: &Index, at: usize) -> Evidence {
        Evidence::new(index, &self.asked, &self.candidates, &self.absent, at)
    }

    /// The confidence in a candidate behind the first, never above that in the first.
    fn confidence_at(&self, index: &Index, at: usize) -> f64 {
        if at == 0 { self.confidence } else { self.evidence_at(index, at).confidence().min(self.confidence) }
    }
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
        let index = Index::new(&library);
        Self::with_index(library, index)
    }

    /// An engine over an index made otherwise, for measurements.
    #[must_use]
    pub fn with_index(library: Library, index: Index) -> Self {
        Self { library, index, openings: OnceLock::new() }
    }

    /// Makes all that a first question would wait for. What serves many questions calls it; a single one need not.
    pub fn prepare(&self) {
        self.index.spelling().prepare();
        self.openings();
    }

    fn openings(&self) -> &Openings {
        self.openings.get_or_init(|| Openings::new(&self.index))
    }

    /// The briefings.
    #[must_use]
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// The index.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Answers a question. Never fails; what can't be answered says so.
    #[must_use]
    pub fn answer(&self, question: &Question) -> Answer {
        let start = Instant::now();
        let query = Query::new(&question.text, self.index.spelling());
        let mut answer = self.answer_query(&query, question);
        answer.elapsed = start.elapsed();
        answer
    }

    fn answer_query(&self, query: &Query, question: &Question) -> Answer {
        if let Some(kind) = query.small_talk
            && (kind.is_certain() || question.context.is_empty() || query.lean != Lean::Ellipsis)
        {
            let sure = kind.is_certain();
            let found = if sure { None } else { Some(self.find(query, &question.context)) };
            if found.is_none_or(|found| found.confidence < SMALL_TALK_YIELDS) {
                return Answer::none(words::reply(kind));
            }
        }
        if query.words.is_empty() {
            return Answer::none(words::NOTHING_ASKED);
        }
        let found = self.find(query, &question.context);
        // "who else?" with nothing said before: whatever is nearest, it is not what was meant.
        let verbatim = found.candidates.first().is_some_and(|best| best.signals.verbatim > 0.0);
        if query.only_leans() && question.context.is_empty() && !verbatim {
            return self.without_answer(&Match { confidence: 0.0, ..found });
        }
        let mut picked = self.pick_list(&found);
        let listed = !picked.is_empty();
        if !listed {
            picked = self.pick(query, &found);
        }
        let clauses = clauses::split(&question.text);
        if !clauses.is_empty() {
            self.answer_parts(&clauses, question, &found, &mut picked);
        }
        if !listed {
            self.answer_each(query, &found, &mut picked);
        }
        self.answer_beside(&clauses, query, question, &found, &mut picked);
        if picked.is_empty() {
            picked = self.answer_core(question);
        }
        self.compose(&found, &picked)
    }

    /// Matches a question, with what it takes over from earlier ones.
    #[must_use]
    pub fn find(&self, query: &Query, context: &[String]) -> Match {
        let (asked, alone) = follow_up::resolve(&self.index, query, context);
        let leaning = self.weigh(asked);
        match alone.map(|alone| self.weigh(alone)) {
            Some(alone) if alone.confidence >= leaning.confidence => alone,
            _ => leaning,
        }
    }

    fn weigh(&self, asked: Asked) -> Match {
        let found = search::search(&self.index, &asked);
        self.judge(asked, found)
    }

    /// [`Engine::weigh`] for a part of a question.
    fn weigh_part(&self, asked: Asked) -> Match {
        let found = search::search_part(&self.index, &asked);
        self.judge(asked, found)
    }

    fn judge(&self, asked: Asked, found: Found) -> Match {
        let Found { facts: candidates, absent, lists } = found;
        let mut found = Match { asked, candidates, absent, lists, evidence: None, confidence: 0.0 };
        found.evidence = (!found.candidates.is_empty()).then(|| found.evidence_at(&self.index, 0));
        found.confidence = found.evidence.as_ref().map_or(0.0, Evidence::confidence);
        found
    }

    /// The facts that answer, best first, with the confidence in each.
    fn pick(&self, query: &Query, found: &Match) -> Vec<(usize, f64)> {
        let Some(best) = found.candidates.first() else { return Vec::new() };
        if found.confidence < decide::ANSWER {
            return Vec::new();
        }
        let mut picked = vec![(best.fact, found.confidence)];
        if query.wants_list {
            for (at, other) in found.candidates.iter().enumerate().skip(1) {
                let confidence = found.confidence_at(&self.index, at);
                if picked.len() < MAX_ANSWERS && other.score > best.score * LISTED && confidence > decide::SUGGEST {
                    picked.push((other.fact, confidence));
                }
            }
        }
        picked
    }

    /// The facts of the list that was asked for, those that fit the question best first.
    fn pick_list(&self, found: &Match) -> Vec<(usize, f64)> {
        let Some(list) = found.lists.first() else { return Vec::new() };
        let rival = found.candidates.first().map_or_else(decide::Rival::default, |best| decide::Rival {
            score: best.score,
            likely: best.signals.likely,
        });
        if list.score < rival.score {
            return Vec::new();
        }
        let confidence = Evidence::beside(&self.index, &found.asked, list, rival, &found.absent).confidence();
        if confidence < decide::ANSWER {
            return Vec::new();
        }
        let place = |fact: &usize| found.candidates.iter().position(|c| c.fact == *fact).unwrap_or(usize::MAX);
        let mut facts = self.index.list(list.fact).to_vec();
        facts.sort_by_key(place);
        facts.into_iter().map(|fact| (fact, confidence)).collect()
    }

    /// The answer to the question within what is said around it, where that is sure.
    fn answer_core(&self, question: &Question) -> Vec<(usize, f64)> {
        let Some(core) = clauses::core(&question.text) else { return Vec::new() };
        let found = self.find(&Query::new(&core, self.index.spelling()), &question.context);
        let sure = found.candidates.first().filter(|_| found.confidence >= SURE);
        sure.map(|best| (best.fact, found.confidence)).into_iter().collect()
    }

    /// Adds the answers for each of several entities that are named side by side ("what do Utopia and Ruritania say?").
    fn answer_each(&self, query: &Query, found: &Match, picked: &mut Vec<(usize, f64)>) {
        let sure = found.confidence >= SURE;
        if sure && !query.compares {
            return;
        }
        let side_by_side = follow_up::side_by_side(&self.index, query, &found.asked);
        let of_each: Vec<(usize, f64)> = side_by_side
            .iter()
            .filter_map(|one| {
                let others: Vec<usize> = side_by_side.iter().copied().filter(|other| other != one).collect();
                let part = self.weigh_part(found.asked.without(&others));
                part.candidates.first().filter(|_| part.confidence >= PART).map(|best| (best.fact, part.confidence))
            })
            .collect();
        if !picked.is_empty() || of_each.iter().any(|(_, confidence)| *confidence >= decide::ANSWER) {
            merge(picked, of_each);
        }
    }

    /// Makes the answer of the facts that were picked, or the suggestions where there are none.
    fn compose(&self, found: &Match, picked: &[(usize, f64)]) -> Answer {
        if picked.is_empty() {
            return self.without_answer(found);
        }
        let mut answers: Vec<Hit> = picked.iter().map(|(fact, confidence)| self.hit(*fact, *confidence)).collect();
        let mut conflicts = Vec::new();
        for at in 0..answers.len() {
            let (knowledge, index) = (Arc::clone(&answers[at].knowledge), answers[at].index);
            let confidence = answers[at].confidence;
            for conflict in knowledge.facts[index].conflicts.iter().map(|number| &knowledge.conflicts[*number]) {
                // The other sides of what was asked first; of the rest only where they are shown anyway.
                let shown = |side: &usize, answers: &[Hit]| {
                    answers.iter().position(|hit| hit.index == *side && Arc::ptr_eq(&hit.knowledge, &knowledge))
                };
                let mut whole = true;
                for side in &conflict.facts {
                    match shown(side, &answers) {
                        Some(known) => answers[known].conflict |= at == 0 || known != at,
                        None if at == 0 && answers.len() < MAX_ANSWERS => {
                            answers.push(Hit {
                                knowledge: Arc::clone(&knowledge),
                                index: *side,
                                confidence,
                                conflict: true,
                            });
                        }
                        None => whole = false,
                    }
                }
                if whole && !conflicts.contains(&conflict.note) {
                    conflicts.push(conflict.note.clone());
                }
            }
        }
        let mut suggestions = answers.first().map(|hit| self.related(hit)).unwrap_or_default();
        suggestions.retain(|offer| answers.iter().all(|hit| !hit.is_same(offer)));
        Answer {
            outcome: Outcome::Answer,
            answers,
            suggestions,
            conflicts,
            message: None,
            elapsed: std::time::Duration::ZERO,
        }
    }

    fn without_answer(&self, found: &Match) -> Answer {
        let mut offers: Vec<Hit> = Vec::new();
        for (at, candidate) in found.candidates.iter().enumerate().take(MAX_SUGGESTIONS) {
            let confidence = found.confidence_at(&self.index, at);
            offers.push(self.hit(candidate.fact, confidence));
        }
        if found.confidence >= decide::SUGGEST {
            let mut answer = Answer::none(words::PERHAPS);
            answer.outcome = Outcome::Suggest;
            answer.suggestions = offers;
            return answer;
        }
        let absent = found.absent.first().filter(|absent| absent.signals.nearest_ask > NAMED);
        if let Some(detail) = absent.and_then(|absent| self.index.absent(absent.fact)) {
            let mut answer = Answer::none(&detail.note);
            answer.suggestions = offers;
            return answer;
        }
        let near = found.candidates.first().is_some_and(|best| best.signals.coverage > NEARBY);
        let mut answer = Answer::none(words::NOT_COVERED);
        if near {
            answer.suggestions = offers;
        }
        answer
    }

    fn hit(&self, fact: usize, confidence: f64) -> Hit {
        let at = self.index.facts()[fact];
        let knowledge = Arc::clone(&self.index.briefings()[at.briefing as usize]);
        Hit { knowledge, index: at.fact as usize, confidence, conflict: false }
    }

    /// The facts nearest to a text, best first, whatever their confidence: for moderators who look for the right one.
    #[must_use]
    pub fn nearest(&self, text: &str, limit: usize) -> Vec<Hit> {
        let query = Query::new(text, self.index.spelling());
        let found = self.weigh(Asked::new(&query, &self.index));
        let confidence = |at: usize| found.confidence_at(&self.index, at);
        found.candidates.iter().enumerate().take(limit).map(|(at, c)| self.hit(c.fact, confidence(at))).collect()
    }

    /// Questions that a reader of this fact may ask next, best first, at most [`MAX_SUGGESTIONS`]: those that the
    /// knowledge names, then those of the same paragraph.
    #[must_use]
    pub fn related(&self, hit: &Hit) -> Vec<Hit> {
        let fact = hit.fact();
        let paragraph = fact.quotes.first().map_or(0, |quote| quote.paragraph);
        let near = self.index.of_paragraph(&hit.knowledge, paragraph);
        let mut offers: Vec<Hit> = Vec::new();
        for index in fact.related.iter().copied().chain(near) {
            let offer = Hit { knowledge: Arc::clone(&hit.knowledge), index, confidence: 0.0, conflict: false };
            if index != hit.index && offers.len() < MAX_SUGGESTIONS && offers.iter().all(|known| !known.is_same(&offer))
            {
                offers.push(offer);
            }
        }
        offers
    }

    /// How alike two questions are, 0 to 1, as the matcher sees it: for grouping questions.
    #[must_use]
    pub fn similarity(&self, a: &str, b: &str) -> f64 {
        let [a, b] = [a, b].map(|text| Asked::new(&Query::new(text, self.index.spelling()), &self.index));
        let shared = |from: &Asked, to: &Asked| {
            let held = from.units.iter().zip(&from.weights).map(|(unit, weight)| {
                let best = to.units.iter().map(|other| unit.likeness(other)).fold(0.0, f32::max);
                weight * best
            });
            held.sum::<f32>() / from.total().max(f32::EPSILON)
        };
        let (of_a, of_b) = (shared(&a, &b), shared(&b, &a));
        f64::from(2.0 * of_a * of_b / (of_a + of_b).max(f32::EPSILON))
    }

    /// Faults that only the matcher sees: asks that it answers with another fact.
    #[must_use]
    pub fn audit(&self) -> Vec<Fault> {
        super::audit::audit(self, None).0
    }

    /// [`Engine::audit`] for as long as there is time: the faults that were found, and whether those are all.
    #[must_use]
    pub fn audit_until(&self, until: Instant) -> (Vec<Fault>, bool) {
        super::audit::audit(self, Some(until))
    }
}

/// Adds facts that are not there yet, as many as an answer shows; of those that are, the higher confidence counts.
fn merge(picked: &mut Vec<(usize, f64)>, more: Vec<(usize, f64)>) {
    for (fact, confidence) in more {
        if let Some((_, known)) = picked.iter_mut().find(|(known, _)| *known == fact) {
            *known = known.max(confidence);
        } else if picked.len() < MAX_ANSWERS {
            picked.push((fact, confidence));
        }
    }
}

/// Confidence from which a fact answers a part of a question of which another part is answered for sure.
const PART: f64 = 0.45;
/// Confidence at which one fact is taken to answer the whole of a question.
const SURE: f64 = 0.8;
/// Confidence at which a remark that looks like small talk is a question after all.
const SMALL_TALK_YIELDS: f64 = 0.8;
/// Likeness to an ask of an absent detail from which its note is shown.
const NAMED: f32 = 0.6;
/// Share of the best score that a fact needs to be listed beside it.
const LISTED: f32 = 0.7;
/// How much of a question the nearest fact must account for to be named beside "not covered".
const NEARBY: f32 = 0.3;
