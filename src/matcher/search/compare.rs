//! Comparing: the signals of each candidate, from its asks, its words and what it means.

use super::{Asked, Candidate, Links, Scratch, UNITS};
use crate::matcher::classifier::Chances;
use crate::matcher::index::{FactTerm, Index};
use crate::matcher::kind::Kind;
use crate::matcher::signals::Signals;
use crate::text::meaning::Direction;

/// The second step: the signals of each candidate.
pub(super) fn compare(
    index: &Index,
    asked: &Asked,
    found: &[(usize, f32)],
    chances: &Chances,
    scratch: &mut Scratch,
) -> Vec<Candidate> {
    let (links, reach) = (&mut scratch.links, &mut scratch.reach);
    let terms = index.linker().len();
    links.heads.resize(terms.max(links.heads.len()), 0);
    reach.likeness.resize(terms.max(reach.likeness.len()), (0.0, 0));
    for (unit, number) in asked.units.iter().zip(0u8..) {
        for (term, alike) in unit.terms.iter().filter(|(_, alike)| *alike > 0.0) {
            links.add(*term, number, *alike);
            reach.raise(*term, *alike, number);
        }
    }
    reach.spread(index);
    let total = asked.total().max(f32::EPSILON);
    let most: f32 = asked.weights.iter().sum::<f32>() * 2.2;
    let direction = index.direction_of(&asked.meaning);
    let candidates = found
        .iter()
        .map(|(fact, relevance)| {
            let mut signals =
                Signals { relevance: (relevance / most.max(f32::EPSILON)).min(1.0), ..Signals::default() };
            from_asks(index, asked, *fact, total, &reach.likeness, &mut signals);
            from_meaning(index, &direction, *fact, &mut signals);
            from_fact(index, asked, *fact, total, &supports(index, links, *fact), &mut signals);
            from_context(index, asked, *fact, &mut signals);
            if let Some(class) = index.class_of(*fact) {
                (signals.likely, signals.answered) = (chances.of(class), chances.against_absent(class));
            }
            Candidate { fact: *fact, score: signals.score(), signals }
        })
        .collect();
    links.clear(asked);
    reach.clear();
    candidates
}

/// How well an entry of the index accounts for one unit of a question.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Support {
    /// By anything, asks included, 0 to 1.
    pub any: f32,
    /// By statement, quotes and entities alone, 0 to 1.
    pub core: f32,
    /// How usual it is among the asks, 0 to 1.
    pub usual: f32,
}

impl Support {
    /// Takes in a term that an entry holds and a unit of the question is like.
    fn add(&mut self, held: FactTerm, alike: f32) {
        let alike = alike.min(held.likeness());
        self.any = self.any.max(alike * held.strength());
        let least = if held.core() { USUAL_IN_CORE } else { 0.0 };
        self.usual = self.usual.max(alike * held.share().max(least));
        if held.core() {
            self.core = self.core.max(alike);
        }
    }
}

/// How usual a word of the statement or the quotes is at least.
const USUAL_IN_CORE: f32 = 0.2;

/// How well an entry accounts for each unit of a question, in their order.
pub fn support<'a>(index: &'a Index, asked: &'a Asked, entry: usize) -> impl Iterator<Item = Support> + 'a {
    let terms = index.fact_terms(entry);
    asked.units.iter().map(move |unit| {
        let mut support = Support::default();
        for (term, alike) in &unit.terms {
            if let Ok(at) = terms.binary_search_by_key(term, |held: &FactTerm| held.term) {
                support.add(terms[at], *alike);
            }
        }
        support
    })
}

/// The same for all units at once, with the question's links at hand: the many candidates of a question are cheaper to
/// read term by term.
fn supports(index: &Index, links: &Links, entry: usize) -> [Support; UNITS] {
    let mut supports = [Support::default(); UNITS];
    for held in index.fact_terms(entry) {
        for (unit, alike) in links.of(held.term) {
            if let Some(support) = supports.get_mut(unit) {
                support.add(*held, alike);
            }
        }
    }
    supports
}

/// Share of a fact's asks that want a kind of answer, from which the fact certainly gives it.
const KIND_SETTLED: f32 = 0.12;

/// Signals of the fact as a whole: what of the question it accounts for.
fn from_fact(
    index: &Index,
    asked: &Asked,
    fact: usize,
    total: f32,
    supports: &[Support; UNITS],
    signals: &mut Signals,
) {
    let (mut entities, mut strangers, mut numbers, mut wrong) = (0.0f32, 0.0f32, 0.0f32, 0.0f32);
    let (mut names, mut foreign) = (0.0f32, 0.0f32);
    let units = asked.units.iter().zip(&asked.weights).zip(supports);
    for (number, ((unit, weight), Support { any, core, .. })) in units.enumerate() {
        let (any, core) = (*any, *core);
        signals.coverage += weight * any / total;
        signals.core += weight * core / total;
        signals.gap = signals.gap.max(weight * (1.0 - any) / index.rarest());
        if asked.focus == Some(number) {
            signals.focus = 1.0 - any;
        }
        if unit.entity.is_some() {
            entities += 1.0;
            strangers += if any == 0.0 { 1.0 } else { 0.0 };
        }
        if unit.name.starts_with('#') {
            numbers += 1.0;
            wrong += if any == 0.0 { 1.0 } else { 0.0 };
            if core > 0.0 && matches!(asked.kind, Kind::HowMany | Kind::HowMuch) {
                signals.given = 1.0;
            }
        }
        if unit.name_like {
            names += 1.0;
            foreign += 1.0 - core;
        }
    }
    signals.gap = signals.gap.min(1.0);
    signals.foreign = foreign / names.max(1.0);
    signals.strangers = strangers / entities.max(1.0);
    signals.numbers = wrong / numbers.max(1.0);
    let (can, wanted) = index.kinds(fact);
    signals.kind_asked = f32::from(u8::from(wanted.contains(asked.kind)));
    if asked.kind.is_specific() && !can.contains(asked.kind) {
        signals.kind_missing = 1.0 - (signals.kind_share / KIND_SETTLED).min(1.0);
    }
    let spoken_of = index.attributes(fact);
    let strange = asked.attributes.iter().filter(|attribute| spoken_of.binary_search(attribute).is_err()).count();
    #[expect(clippy::cast_precision_loss, reason = "a handful of attributes")]
    let share = strange as f32 / asked.attributes.len().max(1) as f32;
    signals.attributes = share;
}

/// Likeness that remains where an ask wants another specific kind of answer than the question.
const OTHER_KIND: f32 = 0.8;
/// Likeness that remains where the kinds differ otherwise.
const LOOSER_KIND: f32 = 0.93;

/// The likeness of the three asks that are most like a question.
#[derive(Default)]
struct Nearest([f32; 3]);

impl Nearest {
    fn add(&mut self, alike: f32) {
        if alike > self.0[2] {
            self.0[2] = alike;
            self.0.sort_by(|a, b| b.total_cmp(a));
        }
    }

    fn first(&self) -> f32 {
        self.0[0]
    }

    /// The mean of the three, or of as many as there are asks.
    fn mean(&self, asks: f32) -> f32 {
        self.0.iter().sum::<f32>() / asks.clamp(1.0, 3.0)
    }
}

/// Likeness from which an ask has the words of the question; short of 1 by what rounding may take.
const VERBATIM: f32 = 0.999;

/// Signals of the asks: how like the nearest of them the question is.
fn from_asks(index: &Index, asked: &Asked, fact: usize, total: f32, reach: &[(f32, u8)], signals: &mut Signals) {
    let mut nearest = Nearest::default();
    // How like each unit a term of an ask is, and the number of that ask: what another ask left there is void.
    let mut by_unit = [(0.0f32, 0u32); UNITS];
    let (mut same_kind, mut asks) = (0.0f32, 0.0f32);
    for (ask, number) in index.asks(fact).zip(1u32..) {
        asks += 1.0;
        same_kind += f32::from(u8::from(ask.kind == asked.kind));
        let (mut of_ask, mut of_question) = (0.0f32, 0.0f32);
        for (term, weight) in ask.terms {
            let (best, unit) = reach[*term as usize];
            if best > 0.0 {
                of_ask += weight * best;
                let unit = usize::from(unit);
                let (before, of) = by_unit[unit];
                let before = if of == number { before } else { 0.0 };
                if best > before {
                    by_unit[unit] = (best, number);
                    of_question += (best - before) * asked.weights[unit];
                }
            }
        }
        if of_ask == 0.0 {
            continue;
        }
        let of_question = of_question / total;
        let of_ask = of_ask / ask.total.max(f32::EPSILON);
        let kind = match (asked.kind == ask.kind, asked.kind.is_specific(), ask.kind.is_specific()) {
            (true, ..) => 1.0,
            (false, true, true) => OTHER_KIND,
            _ => LOOSER_KIND,
        };
        let alike = kind * 2.0 * of_question * of_ask / (of_question + of_ask).max(f32::EPSILON);
        signals.asked = signals.asked.max(of_question * kind);
        nearest.add(alike);
    }
    signals.kind_share = same_kind / asks.max(1.0);
    signals.nearest_ask = nearest.first();
    signals.near_asks = nearest.mean(asks);
    signals.verbatim = f32::from(u8::from(nearest.first() >= VERBATIM));
}

/// Signals of what the question means as a whole, word for word or not.
fn from_meaning(index: &Index, direction: &Direction, fact: usize, signals: &mut Signals) {
    let mut nearest = Nearest::default();
    let mut asks = 0.0f32;
    for ask in index.asks(fact) {
        asks += 1.0;
        nearest.add(direction.likeness(ask.direction));
    }
    signals.meaning = nearest.first();
    signals.meanings = nearest.mean(asks);
    signals.told = direction.likeness(index.direction(fact)).max(0.0);
}

/// The signal of what was talked of before: the same fact, the same sentence or paragraph, the same entities.
fn from_context(index: &Index, asked: &Asked, fact: usize, signals: &mut Signals) {
    if fact >= index.facts().len() {
        return;
    }
    for before in &asked.before {
        let (knowledge, other) = index.fact(*before);
        let (own, this) = index.fact(fact);
        if !std::sync::Arc::ptr_eq(knowledge, own) {
            continue;
        }
        let place = |fact: &crate::knowledge::Fact| fact.quotes.first().map(|quote| quote.place.clone());
        let near = match (place(other), place(this)) {
            // Where a question turns to somebody else, the fact that was just told is not asked for again.
            _ if *before == fact && asked.shifts => 0.35,
            _ if *before == fact => 1.0,
            (Some(a), Some(b))
                if a.paragraph == b.paragraph && a.range.start < b.range.end && b.range.start < a.range.end =>
            {
                1.0
            }
            (Some(a), Some(b)) if a.paragraph == b.paragraph => 0.7,
            _ => {
                let shared = index.entities(fact).iter().filter(|e| index.entities(*before).contains(e)).count();
                if shared > 0 { 0.35 } else { 0.0 }
            }
        };
        signals.context = signals.context.max(near);
    }
}
