//! Search: from the units of a question to candidates with their signals, best first.
//!
//! Two steps. First every fact that shares a term gets a BM25F score through the postings, rarest terms first and
//! bounded in work; then the best of them are compared with their asks, term by term.

use std::cell::RefCell;

use super::index::{FactTerm, Index, Role};
use super::kind::Kind;
use super::link::Unit;
use super::query::Query;
use super::signals::Signals;
use super::vocabulary::Term;
use super::wording::Manner;
use crate::text::Shared;
use crate::text::lexicon::{Attribute, Lexicon};
use crate::text::meaning::{Direction, Meaning, Mixture};

/// Facts that are compared in detail. More change no answer of the question sets; fewer do.
const CANDIDATES: usize = 20;

/// The same for a part of a question, which is shorter.
const OF_PART: usize = 12;

/// Entries that are compared because an ask of theirs has the words of the question, besides [`CANDIDATES`].
const MOST_VERBATIM: usize = 4;

/// Postings that are read before the commonest terms are left out of the first step: a bound on a question's cost
/// however large the knowledge is. This briefing's longest question reads a tenth of it.
const POSTINGS: usize = 20_000;

/// Most units of a question that are compared, those taken over from earlier questions included.
pub const UNITS: usize = 48;

/// A fact that may be meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its number in the index.
    pub fact: usize,
    /// How well it fits.
    pub signals: Signals,
    /// The score by which it is ranked.
    pub score: f32,
}

/// What a question asks for, linked and weighed.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its units.
    pub units: Vec<Unit>,
    /// The weight of each.
    pub weights: Vec<f32>,
    /// The kind of answer.
    pub kind: Kind,
    /// The attributes asked for by name.
    pub attributes: Vec<Attribute>,
    /// The unit that the question turns on: the first behind its question word that names no entity.
    pub focus: Option<usize>,
    /// Facts talked of before, where the question leans on them.
    pub before: Vec<usize>,
    /// Whether it turns from what was talked of before to somebody or something else.
    pub shifts: bool,
    /// What its words mean together.
    pub meaning: Mixture,
    /// Whether it wants more precision than most: "exactly", "by name", "who else".
    pub precise: bool,
    /// How it is worded.
    pub manner: Manner,
}

impl Asked {
    /// Links a question to an index.
    #[must_use]
    pub fn new(query: &Query, index: &Index) -> Self {
        let mut units = if query.is_empty() && query.words.len() >= 2 {
            let mut words = query.words.clone();
            super::query::take_function_words(&mut words);
            index.linker().link(&words)
        } else {
            index.linker().link(&query.words)
        };
        let lexicon = Lexicon::get();
        let mut seen: Vec<Shared> = Vec::new();
        units.retain(|unit| {
            let new = !seen.contains(&unit.name);
            seen.push(unit.name.clone());
            new
        });
        units.truncate(UNITS);
        let meanings: Vec<Option<Meaning>> = query.words.iter().map(|word| Meaning::of(&word.token.word)).collect();
        for unit in units.iter_mut().filter(|unit| unit.entity.is_none() && !unit.name.contains(' ')) {
            let Some(word) = query.words.get(unit.at) else { continue };
            unit.meaning = meanings.get(unit.at).copied().flatten();
            unit.name_like = word.token.number.is_none() && unit.share >= 1.0 && !lexicon.is_word(&word.token.word);
        }
        let mut meaning = Mixture::default();
        meanings.into_iter().flatten().for_each(|word| meaning.add(word));
        let weights = units.iter().map(|unit| index.weight(unit)).collect();
        let focus = query.asks_at.and_then(|asks| {
            units.iter().position(|unit| unit.at > asks && unit.entity.is_none() && unit.share >= 1.0)
        });
        let attributes = query.attributes.clone();
        Self {
            units,
            weights,
            kind: query.kind,
            attributes,
            focus,
            before: Vec::new(),
            shifts: false,
            meaning,
            precise: query.precise,
            manner: index.wording().of(query.words.iter().map(|word| word.token.stem.as_str())),
        }
    }

    /// The same without some of its units.
    #[must_use]
    pub fn without(&self, gone: &[usize]) -> Self {
        let kept: Vec<usize> = (0..self.units.len()).filter(|unit| !gone.contains(unit)).collect();
        Self {
            units: kept.iter().map(|unit| self.units[*unit].clone()).collect(),
            weights: kept.iter().map(|unit| self.weights[*unit]).collect(),
            focus: self.focus.and_then(|focus| kept.iter().position(|unit| *unit == focus)),
            ..self.clone()
        }
    }

    /// The weight of all units together.
    #[must_use]
    pub fn total(&self) -> f32 {
        self.weights.iter().sum()
    }
}

/// Space that is used again by every question of a thread.
#[derive(Default)]
struct Scratch {
    sums: Vec<Sum>,
    touched: Vec<u32>,
    links: Links,
    reach: Reach,
}

/// What each term means to the units of a question: a list for each term, so that all of a fact's terms are looked up
/// in one pass over them.
#[derive(Default)]
struct Links {
    /// The first link of each term; 0 for none.
    heads: Vec<u32>,
    /// The links from 1: the unit, its likeness to the term, and the next link of the term.
    links: Vec<(u8, f32, u32)>,
}

impl Links {
    fn add(&mut self, term: Term, unit: u8, alike: f32) {
        if self.links.is_empty() {
            self.links.push((0, 0.0, 0));
        }
        let head = &mut self.heads[term as usize];
        let own = u32::try_from(self.links.len()).unwrap_or(0);
        self.links.push((unit, alike, *head));
        *head = own;
    }

    fn clear(&mut self, asked: &Asked) {
        self.links.clear();
        for (term, _) in asked.units.iter().flat_map(|unit| &unit.terms) {
            self.heads[*term as usize] = 0;
        }
    }

    /// The units to which a term means something, with their likeness to it.
    fn of(&self, term: Term) -> impl Iterator<Item = (usize, f32)> {
        let mut at = self.heads[term as usize];
        std::iter::from_fn(move || {
            let (unit, alike, next) = *self.links.get(at as usize).filter(|_| at > 0)?;
            at = next;
            Some((usize::from(unit), alike))
        })
    }
}

/// The BM25F score of a fact as far as it is added up.
#[derive(Clone, Copy, Default)]
struct Sum {
    score: f32,
    /// What the unit added last has gained it.
    gain: f32,
    /// The number of that unit, from 1.
    unit: u32,
}

/// How like a question each term is, directly or by what it is found by, and the unit that it is like: most asks share
/// their terms with others, so that each is worked out once a question.
#[derive(Default)]
struct Reach {
    likeness: Vec<(f32, u8)>,
    set: Vec<Term>,
}

impl Reach {
    fn raise(&mut self, term: Term, alike: f32, unit: u8) {
        let slot = &mut self.likeness[term as usize];
        if alike > slot.0 {
            if slot.0 == 0.0 {
                self.set.push(term);
            }
            *slot = (alike, unit);
        }
    }

    /// Goes on from the terms of the question to those that are found by them.
    fn spread(&mut self, index: &Index) {
        let own: Vec<(Term, (f32, u8))> = self.set.iter().map(|term| (*term, self.likeness[*term as usize])).collect();
        for (by, (likeness, unit)) in own {
            for (term, alike) in index.found_by(by) {
                self.raise(*term, likeness.min(*alike), unit);
            }
        }
    }

    fn clear(&mut self) {
        for term in self.set.drain(..) {
            self.likeness[term as usize] = (0.0, 0);
        }
    }
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// What a search found, each best first.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The facts that may be meant.
    pub facts: Vec<Candidate>,
    /// The details that may be meant and that the articles do not give.
    pub absent: Vec<Candidate>,
    /// The lists that may be meant.
    pub lists: Vec<Candidate>,
}

/// The facts that may be meant, best first, and the absent details.
#[must_use]
pub fn search(index: &Index, asked: &Asked) -> Found {
    search_best(index, asked, CANDIDATES)
}

/// The same for a part of a question: fewer are compared.
#[must_use]
pub fn search_part(index: &Index, asked: &Asked) -> Found {
    search_best(index, asked, OF_PART)
}

fn search_best(index: &Index, asked: &Asked, most: usize) -> Found {
    if asked.units.is_empty() && asked.before.is_empty() {
        return Found::default();
    }
    // Taken out while it is in use: should a question ever panic, the next one of the thread begins with a clean one.
    let mut scratch = SCRATCH.take();
    let found = gather(index, asked, most, &mut scratch);
    let mut candidates = compare(index, asked, &found, &mut scratch);
    SCRATCH.set(scratch);
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.fact.cmp(&b.fact)));
    let mut found = Found::default();
    for candidate in candidates {
        let role = match index.role(candidate.fact) {
            Role::Fact => &mut found.facts,
            Role::Absent => &mut found.absent,
            Role::List => &mut found.lists,
        };
        role.push(candidate);
    }
    found
}

/// The first step: facts by BM25F score, the best of them.
fn gather(index: &Index, asked: &Asked, most: usize, scratch: &mut Scratch) -> Vec<(usize, f32)> {
    let facts = index.len();
    scratch.sums.resize(facts.max(scratch.sums.len()), Sum::default());
    // The terms of all units, those with the shortest postings first.
    let mut order: Vec<(usize, u32, Term, f32)> = Vec::new();
    for (unit, number) in asked.units.iter().zip(1u32..) {
        for (term, likeness) in &unit.terms {
            let length = index.postings(*term).len();
            if length > 0 {
                order.push((length, number, *term, *likeness));
            }
        }
    }
    order.sort_unstable_by_key(|(length, number, ..)| (*length, *number));
    let mut read = 0;
    for (length, number, term, likeness) in order {
        if read > 0 && read + length > POSTINGS {
            break;
        }
        read += length;
        let weight = asked.weights[number as usize - 1] * likeness;
        for (fact, impact) in index.postings(term) {
            let gain = weight * impact;
            let sum = &mut scratch.sums[*fact as usize];
            if sum.score == 0.0 {
                scratch.touched.push(*fact);
            }
            // Terms of one unit are alternatives: the best of them counts once.
            if sum.unit == number {
                let more = gain - sum.gain;
                if more > 0.0 {
                    sum.score += more;
                    sum.gain = gain;
                }
            } else {
                *sum = Sum { score: sum.score + gain, gain, unit: number };
            }
        }
    }
    let mut found: Vec<(usize, f32)> = Vec::with_capacity(scratch.touched.len());
    for fact in scratch.touched.drain(..) {
        let sum = std::mem::take(&mut scratch.sums[fact as usize]);
        found.push((fact as usize, sum.score));
    }
    for fact in &asked.before {
        if found.iter().all(|(known, _)| known != fact) {
            found.push((*fact, 0.0));
        }
    }
    let order = |a: &(usize, f32), b: &(usize, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    let mut verbatim: Vec<(usize, f32)> = Vec::new();
    if let Some(terms) = asked.units.iter().map(|unit| unit.term).collect::<Option<Vec<Term>>>() {
        let entries = index.verbatim(terms.into_iter()).take(MOST_VERBATIM);
        verbatim.extend(entries.filter_map(|entry| found.iter().find(|(known, _)| *known == entry)));
    }
    if found.len() > most {
        found.select_nth_unstable_by(most, order);
        found.truncate(most);
    }
    // However common its words are: what is asked in the words of an ask is a candidate.
    for entry in verbatim {
        if !found.contains(&entry) {
            found.push(entry);
        }
    }
    found
}

/// The second step: the signals of each candidate.
fn compare(index: &Index, asked: &Asked, found: &[(usize, f32)], scratch: &mut Scratch) -> Vec<Candidate> {
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

/// Cosine from which two words are taken to have to do with each other.
const AKIN: f32 = 0.3;

/// How well a word is accounted for, above which no other word of like meaning does better.
const SAME: f32 = 0.84;

/// How much of a question's weight an entry accounts for where words of like meaning count in part, and how well it
/// accounts for the worst of those that name no entity; both 0 to 1.
#[must_use]
pub fn reached(index: &Index, asked: &Asked, entry: usize) -> (f32, f32) {
    let mut held: Option<Vec<Direction>> = None;
    let (mut share, mut worst) = (0.0, 1.0f32);
    for ((support, unit), weight) in support(index, asked, entry).zip(&asked.units).zip(&asked.weights) {
        let mut reached = support.any;
        if let Some(meaning) = unit.meaning.filter(|_| reached < SAME) {
            let direction = meaning.direction();
            let held = held.get_or_insert_with(|| {
                let meanings = index.fact_terms(entry).iter().filter_map(|held| index.meaning(held.term));
                meanings.map(Meaning::direction).collect()
            });
            let nearest = held.iter().map(|held| held.likeness(&direction)).fold(0.0, f32::max);
            reached = reached.max((nearest - AKIN) / (1.0 - AKIN));
        }
        share += weight * reached;
        if unit.entity.is_none() {
            worst = worst.min(reached);
        }
    }
    (share / asked.total().max(f32::EPSILON), worst)
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
