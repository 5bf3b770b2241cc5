//! Search: from the units of a question to candidates with their signals, best first.
//!
//! Two steps. First every fact that shares a term gets a BM25F score through the postings, rarest terms first and
//! bounded in work; then the best of them are compared with their asks, term by term.

mod compare;

use std::cell::RefCell;

use super::classifier::{Chances, Spoken};
use super::index::{Index, Role};
use super::kind::Kind;
use super::link::Unit;
use super::query::Query;
use super::signals::Signals;
use super::vocabulary::Term;
use super::wording::Manner;
use crate::text::Shared;
use crate::text::lexicon::{Attribute, Lexicon};
use crate::text::meaning::{Meaning, Mixture};
use compare::compare;
pub use compare::{Support, support};

/// Facts that are compared in detail. More change no answer of the question sets; fewer do.
const CANDIDATES: usize = 20;

/// The same for a part of a question, which is shorter.
const OF_PART: usize = 12;

/// Share of the best BM25F score below which a fact is not compared: it would seldom come first.
const WORTHWHILE: f32 = 0.5;

/// Entries that are compared because an ask of theirs has the words of the question, besides [`CANDIDATES`].
const MOST_VERBATIM: usize = 4;

/// Entries that are compared because the classifier takes them for the likeliest, besides [`CANDIDATES`].
const LIKELY: usize = 3;

/// Postings that are read before the commonest terms are left out of the first step: a bound on a question's cost
/// however large the knowledge is. This briefing's longest question reads a tenth of it.
const POSTINGS: usize = 20_000;

/// Most words that the classifier reads, those taken over included.
const MOST_WORDS: usize = 200;

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
    /// How many of them it says itself; those behind are taken over from other questions, whose words they stand among.
    pub own: usize,
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
    /// Its words, for the classifier.
    pub words: Vec<Spoken>,
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
        for unit in units.iter_mut().filter(|unit| unit.entity.is_none() && !unit.name.contains(' ')) {
            let Some(word) = query.words.get(unit.at) else { continue };
            unit.name_like = word.token.number.is_none() && unit.share >= 1.0 && !lexicon.is_word(&word.token.word);
        }
        let mut meaning = Mixture::default();
        let meanings = query.words.iter().filter_map(|word| Meaning::of(&word.token.word));
        meanings.for_each(|word| meaning.add(word));
        let weights = units.iter().map(|unit| index.weight(unit)).collect();
        let focus = query.asks_at.and_then(|asks| {
            units.iter().position(|unit| unit.at > asks && unit.entity.is_none() && unit.share >= 1.0)
        });
        let attributes = query.attributes.clone();
        Self {
            own: units.len(),
            units,
            weights,
            kind: query.kind,
            attributes,
            focus,
            before: Vec::new(),
            shifts: false,
            meaning,
            precise: query.precise,
            words: query.words.iter().map(|word| Spoken::from(&word.token)).collect(),
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
            own: kept.iter().filter(|unit| **unit < self.own).count(),
            focus: self.focus.and_then(|focus| kept.iter().position(|unit| *unit == focus)),
            words: self.words_without(gone),
            ..self.clone()
        }
    }

    /// Takes over the words of another question, but for those of some of its units, at a share of their weight.
    pub fn take_words(&mut self, other: &Self, gone: &[usize], share: f32) {
        let mut words = other.words_without(gone);
        words.retain(|word| self.words.iter().all(|own| own.stem != word.stem));
        for word in &mut words {
            word.share *= share;
        }
        self.words.append(&mut words);
        self.words.truncate(MOST_WORDS);
    }

    /// The words without those of some of its own units: from where a unit stands to the next of another.
    #[must_use]
    pub fn words_without(&self, gone: &[usize]) -> Vec<Spoken> {
        let gone: Vec<std::ops::Range<usize>> = gone
            .iter()
            .filter(|unit| **unit < self.own)
            .filter_map(|unit| self.units.get(*unit))
            .map(|unit| {
                let next = self.units.iter().take(self.own).map(|other| other.at).filter(|at| *at > unit.at).min();
                unit.at..next.unwrap_or(unit.at + 1)
            })
            .collect();
        let kept = self.words.iter().enumerate().filter(|(at, _)| gone.iter().all(|run| !run.contains(at)));
        kept.map(|(_, word)| word.clone()).collect()
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
    found: Vec<(usize, f32)>,
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
    let chances = index.classifier().chances(&asked.words);
    let found = gather(index, asked, most, &chances, &mut scratch);
    let mut candidates = compare(index, asked, &found, &chances, &mut scratch);
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
fn gather(index: &Index, asked: &Asked, most: usize, chances: &Chances, scratch: &mut Scratch) -> Vec<(usize, f32)> {
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
    let score = |entry: usize| Some((entry, scratch.sums.get(entry)?.score));
    let before: Vec<(usize, f32)> = asked.before.iter().filter_map(|fact| score(*fact)).collect();
    let likely = chances.likeliest::<LIKELY>().into_iter().flatten().map(|class| index.of_class(class));
    let mut besides: Vec<(usize, f32)> = likely.filter_map(score).collect();
    if let Some(terms) = asked.units.iter().map(|unit| unit.term).collect::<Option<Vec<Term>>>() {
        besides.extend(index.verbatim(terms.into_iter()).take(MOST_VERBATIM).filter_map(score));
    }
    besides.retain(|(entry, score)| *score > 0.0 || asked.before.contains(entry));
    // Of a large index there are tens of thousands: room for them is made once.
    let all = &mut scratch.found;
    all.clear();
    for fact in scratch.touched.drain(..) {
        let sum = std::mem::take(&mut scratch.sums[fact as usize]);
        all.push((fact as usize, sum.score));
    }
    all.extend(before.into_iter().filter(|(_, score)| *score == 0.0));
    let order = |a: &(usize, f32), b: &(usize, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if all.len() > most {
        all.select_nth_unstable_by(most, order);
        all.truncate(most);
    }
    let best = all.iter().map(|(_, score)| *score).fold(0.0, f32::max);
    let worthwhile = |(fact, score): &&(usize, f32)| *score >= best * WORTHWHILE || asked.before.contains(fact);
    let mut found: Vec<(usize, f32)> = all.iter().filter(worthwhile).copied().collect();
    // However common its words are: what is likely, or asked in the words of an ask, is a candidate.
    for entry in besides {
        if !found.contains(&entry) {
            found.push(entry);
        }
    }
    found
}
