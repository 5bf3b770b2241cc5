//! Deciding: from candidates to how sure the bot is, and what it does about it.

use crate::knowledge::Fact;
use crate::matcher::search::{Asked, Support, support};
use crate::matcher::{Candidate, Index, Kind, signals};

use super::model;

/// What the confidence in the best candidate is computed from, besides its signals.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The signals of the candidate.
    pub signals: signals::Signals,
    /// Its lead over the best candidate that says something else, in score.
    pub margin: f32,
    /// Its score.
    pub score: f32,
    /// Share of the question's weight in words that nothing in the knowledge resembles.
    pub unheard: f32,
    /// Likeness of the question to the nearest ask of a detail that the article does not give.
    pub absent: f32,
    /// The lead of that detail over the candidate in likeness to the nearest ask, -1 to 1.
    pub absent_nearest: f32,
    /// Its lead in likeness to the nearest three, -1 to 1.
    pub absent_near: f32,
    /// Its lead in how much of the question its best ask accounts for, -1 to 1.
    pub absent_asked: f32,
    /// How much more usual the words of the question are for that detail than for the candidate: the mean of their log
    /// odds by weight, thirds, -1 to 1.
    pub absent_usual: f32,
    /// The lead of that detail in the share of asks that want the same kind of answer, -1 to 1.
    pub absent_kind: f32,
    /// The heaviest part of the question that the candidate leaves open and that the detail accounts for.
    pub claimed: f32,
    /// The lead of that detail in likeness of meaning to the nearest ask, -1 to 1.
    pub absent_meaning: f32,
    /// Its lead in likeness of meaning to the nearest three, -1 to 1.
    pub absent_meanings: f32,
    /// 1 where the question wants a yes or a no.
    pub polar: f32,
    /// 1 where it wants more precision than most.
    pub precise: f32,
    /// How much the wording of the question, as a whole, is that of questions which the knowledge answers, -1 to 1.
    pub wording: f32,
    /// The same in the mean of its phrases.
    pub phrases: f32,
    /// The phrase of it that speaks most against an answer, -1 to 0.
    pub worst_phrase: f32,
    /// The lead of the candidate over the likeliest other by the classifier, -1 to 1.
    pub likely_lead: f32,
    /// How much there is to go by: units of the question, an eighth each, at most 1.
    pub length: f32,
    /// 1 where the candidate is what the question before was about most likely: who asks on wants more than it said.
    pub repeated: f32,
}

/// How many numbers an [`Evidence`] has.
pub const COUNT: usize = signals::COUNT + 20;

/// Names of the numbers in the order of [`Evidence::values`], behind those of the signals.
pub const NAMES: [&str; 20] = [
    "margin",
    "score",
    "unheard",
    "absent",
    "absent_nearest",
    "absent_near",
    "absent_asked",
    "absent_usual",
    "absent_kind",
    "claimed",
    "absent_meaning",
    "absent_meanings",
    "polar",
    "precise",
    "wording",
    "phrases",
    "worst_phrase",
    "likely_lead",
    "length",
    "repeated",
];

/// The best of what the other candidates show.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rival {
    /// The best score.
    pub score: f32,
    /// How likely the likeliest is by the classifier.
    pub likely: f32,
}

/// Confidence from which a fact is given as the answer.
pub const ANSWER: f64 = 0.60;
/// Confidence from which a fact is offered.
pub const SUGGEST: f64 = 0.3;

impl Evidence {
    /// Gathers the evidence for the candidate at `at`.
    #[must_use]
    pub fn new(index: &Index, asked: &Asked, candidates: &[Candidate], absent: &[Candidate], at: usize) -> Self {
        let candidate = &candidates[at];
        let mut rivals = candidates
            .iter()
            .enumerate()
            .filter(|(other, rival)| *other != at && !says_the_same(index, candidate.fact, rival.fact))
            .map(|(_, rival)| Rival { score: rival.score, likely: rival.signals.likely });
        let mut rival = rivals.next().unwrap_or_default();
        rival.likely = rivals.map(|other| other.likely).fold(rival.likely, f32::max);
        Self::beside(index, asked, candidate, rival, absent)
    }

    /// Gathers the evidence for a candidate beside the best of its rivals.
    #[must_use]
    pub fn beside(index: &Index, asked: &Asked, candidate: &Candidate, rival: Rival, absent: &[Candidate]) -> Self {
        let total = asked.total().max(f32::EPSILON);
        let unheard = asked
            .units
            .iter()
            .zip(&asked.weights)
            .filter(|(unit, _)| unit.terms.iter().all(|(term, _)| index.postings(*term).is_empty()));
        let nearest = absent.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        let supports: Vec<Support> = support(index, asked, candidate.fact).collect();
        let of_nearest: Vec<Support> = nearest.map_or_else(Vec::new, |n| support(index, asked, n.fact).collect());
        let signals = &candidate.signals;
        let lead = |of: fn(&signals::Signals) -> f32| nearest.map_or(-1.0, |n| of(&n.signals) - of(signals));
        let claims = supports.iter().zip(&of_nearest).zip(&asked.weights);
        let claimed = claims.clone().map(|((own, other), weight)| weight * other.any * (1.0 - own.any));
        let odds = claims.map(|((own, other), weight)| weight * ((other.usual + RARE) / (own.usual + RARE)).ln());
        #[expect(clippy::cast_precision_loss, reason = "a few dozen units")]
        let length = (asked.units.len() as f32 / 8.0).min(1.0);
        Self {
            signals: candidate.signals,
            margin: ((candidate.score - rival.score) / 4.0).clamp(-1.0, 1.0),
            score: (candidate.score / 15.0).clamp(-1.0, 1.0),
            unheard: unheard.map(|(_, weight)| weight / total).sum(),
            absent: nearest.map_or(0.0, |nearest| nearest.signals.nearest_ask),
            absent_nearest: lead(|signals| signals.nearest_ask),
            absent_near: lead(|signals| signals.near_asks),
            absent_asked: lead(|signals| signals.asked),
            absent_usual: nearest.map_or(-1.0, |_| (odds.sum::<f32>() / total / 3.0).clamp(-1.0, 1.0)),
            absent_kind: lead(|signals| signals.kind_share),
            claimed: (claimed.fold(0.0, f32::max) / index.rarest()).min(1.0),
            absent_meaning: lead(|signals| signals.meaning),
            absent_meanings: lead(|signals| signals.meanings),
            polar: f32::from(u8::from(asked.kind == Kind::YesNo)),
            precise: f32::from(u8::from(asked.precise)),
            wording: asked.manner.sum,
            phrases: asked.manner.mean,
            worst_phrase: asked.manner.least,
            likely_lead: candidate.signals.likely - rival.likely,
            length,
            repeated: f32::from(u8::from(asked.before.contains(&candidate.fact))),
        }
    }

    /// The evidence as a vector: the signals, then those named in [`NAMES`].
    #[must_use]
    pub fn values(&self) -> [f32; COUNT] {
        let mut values = [0.0; COUNT];
        values[..signals::COUNT].copy_from_slice(&self.signals.values());
        values[signals::COUNT..].copy_from_slice(&[
            self.margin,
            self.score,
            self.unheard,
            self.absent,
            self.absent_nearest,
            self.absent_near,
            self.absent_asked,
            self.absent_usual,
            self.absent_kind,
            self.claimed,
            self.absent_meaning,
            self.absent_meanings,
            self.polar,
            self.precise,
            self.wording,
            self.phrases,
            self.worst_phrase,
            self.likely_lead,
            self.length,
            self.repeated,
        ]);
        values
    }

    /// The calibrated chance, 0 to 1, that the candidate is what was asked.
    #[must_use]
    pub fn confidence(&self) -> f64 {
        let logit = model::SCALE * model::logit(&self.values()) + model::BIAS;
        let chance = 1.0 / (1.0 + f64::from(-logit).exp());
        chance * self.guard()
    }

    /// The share of the model's chance that stays, 0 to 1. The model has seen one briefing; this holds for all.
    #[must_use]
    pub fn guard(&self) -> f64 {
        // A fact that doesn't speak of most of the question is no answer to it, whatever else speaks for it. What a
        // follow-up leaves unsaid is settled by what was talked of.
        let covered = if self.signals.context > 0.0 { 1.0 } else { (self.signals.coverage / COVERED).min(1.0) };
        // Nor is one that speaks of none of the attributes that are asked for by name: "how old is the mayor?".
        let spoken_of = 1.0 - STRANGE * self.signals.attributes;
        f64::from(covered * spoken_of)
    }
}

/// Share of a question's weight that a fact must account for, below which confidence falls in proportion.
const COVERED: f32 = 0.45;

/// Share of the confidence that is lost where the fact speaks of no attribute that is asked for: on the question sets,
/// one such candidate in five is right.
const STRANGE: f32 = 0.28;

/// How usual a word is taken to be that no ask holds: one in twenty-five.
const RARE: f32 = 0.04;

/// How like its asks a question is, by which absent details are compared among themselves and with facts.
fn likeness(candidate: &Candidate) -> f32 {
    candidate.signals.nearest_ask + candidate.signals.near_asks
}

/// Whether two facts say the same for a reader: they rest on the same sentence of the article.
fn says_the_same(index: &Index, a: usize, b: usize) -> bool {
    let ((own, a), (other, b)) = (index.fact(a), index.fact(b));
    let sentences = |fact: &Fact| -> Vec<usize> {
        fact.quotes.iter().flat_map(|quote| own.article.sentences_at(&quote.place)).collect()
    };
    std::sync::Arc::ptr_eq(own, other) && {
        let first = sentences(a);
        b.quotes
            .iter()
            .flat_map(|quote| own.article.sentences_at(&quote.place))
            .any(|sentence| first.contains(&sentence))
    }
}
