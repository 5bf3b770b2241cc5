//! The index of all briefings: for each term the facts that hold it, for each fact its terms and its asks.

mod build;
mod entries;
mod parts;
mod words;
mod written;

use std::hash::Hasher as _;
use std::sync::Arc;

use super::classifier::Classifier;
use super::kind::{Kind, Kinds};
use super::link::{Linker, Unit};
use super::lists::Lists;
use super::vocabulary::{Spelling, Term};
use super::wording::Wording;
use crate::knowledge::{Fact, Knowledge};
use crate::text::lexicon::Attribute;
use crate::text::meaning::{Direction, Mixture};
use crate::text::quick::Quick;

/// A fact by the number of its briefing and its index there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactRef {
    /// Index into [`Index::briefings`].
    pub briefing: u32,
    /// Index into [`Knowledge::facts`].
    pub fact: u32,
}

/// A term of a fact, in eight bytes: most of the memory of an index is these.
#[derive(Clone, Copy, Debug)]
pub struct FactTerm {
    /// The term.
    pub term: Term,
    share: u16,
    likeness: u8,
    standing: Standing,
}

/// Where in a fact a term stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Standing {
    /// In statement, quotes or entities.
    Core,
    /// In one ask alone.
    OneAsk,
    /// In two asks.
    TwoAsks,
    /// In more asks.
    ManyAsks,
}

impl FactTerm {
    /// How alike the term is to what stands in the fact, 0 to 1, in steps of 1/255.
    #[must_use]
    pub fn likeness(&self) -> f32 {
        f32::from(self.likeness) / 255.0
    }

    /// How firmly the fact speaks of it, 0 to 1: less for a word of a single ask.
    #[must_use]
    pub fn strength(&self) -> f32 {
        match self.standing {
            Standing::Core => 1.0,
            Standing::ManyAsks => 0.95,
            Standing::TwoAsks => 0.85,
            Standing::OneAsk => 0.7,
        }
    }

    /// Whether statement, quotes or entities hold it, not asks alone.
    #[must_use]
    pub fn core(&self) -> bool {
        self.standing == Standing::Core
    }

    /// Share of the asks that hold it, 0 to 1, in steps of 1/65535.
    #[must_use]
    pub fn share(&self) -> f32 {
        f32::from(self.share) / f32::from(u16::MAX)
    }
}

/// A fact's terms and what else is asked of it, for one read at a time.
#[derive(Clone, Copy, Debug)]
pub struct AskTerms<'i> {
    /// Words and entities of the ask with their weights.
    pub terms: &'i [(Term, f32)],
    /// Mixture of the weights.
    pub total: f32,
    /// The kind of answer that the ask wants.
    pub kind: Kind,
    /// Where the words of the ask point.
    pub direction: &'i Direction,
}

/// The index. Built once; read by any number of questions at once.
#[derive(Debug)]
pub struct Index {
    briefings: Vec<Arc<Knowledge>>,
    facts: Vec<FactRef>,
    absent: Vec<FactRef>,
    lists: Vec<ListRef>,
    linker: Linker,
    spelling: Spelling,
    idf: Vec<f32>,
    rarest: f32,
    postings: Lists<(u32, f32)>,
    fact_terms: Lists<FactTerm>,
    fact_asks: Lists<(Kind, f32)>,
    ask_terms: Lists<(Term, f32)>,
    /// For each term the terms that are found by it.
    found_by: Lists<(Term, f32)>,
    /// Where each ask points, in the order of `ask_terms`.
    ask_directions: Vec<Direction>,
    /// Where the statement of each entry points.
    directions: Vec<Direction>,
    wording: Wording,
    classifier: Classifier,
    /// The words of each ask, as one number, and its entry; sorted.
    verbatim: Vec<(u32, u32)>,
    /// Where all asks together point, which is taken from the directions.
    common: Direction,
    kinds: Vec<(Kinds, Kinds)>,
    attributes: Lists<Attribute>,
    entities: Lists<u32>,
    /// Briefing, paragraph of the first quote, and fact; sorted.
    paragraphs: Vec<(usize, usize, usize)>,
}

/// What an entry of the index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A fact.
    Fact,
    /// A detail that the article does not give.
    Absent,
    /// Facts that together answer.
    List,
}

/// A list with the numbers of its facts.
#[derive(Debug)]
struct ListRef {
    facts: Vec<usize>,
}

impl Index {
    /// The briefings, in the order of the library.
    #[must_use]
    pub fn briefings(&self) -> &[Arc<Knowledge>] {
        &self.briefings
    }

    /// Details that the articles do not give; they are numbered behind the facts.
    #[must_use]
    pub fn absent(&self, number: usize) -> Option<&crate::knowledge::Absent> {
        let at = self.absent.get(number.checked_sub(self.facts.len())?)?;
        self.briefings[at.briefing as usize].absent.get(at.fact as usize)
    }

    /// What was learnt from all asks.
    #[must_use]
    pub fn classifier(&self) -> &Classifier {
        &self.classifier
    }

    /// The class by which the classifier knows an entry; absent details have none of their own.
    #[must_use]
    pub fn class_of(&self, number: usize) -> Option<usize> {
        match self.role(number) {
            Role::Fact => Some(number),
            Role::List => Some(number - self.absent.len()),
            Role::Absent => None,
        }
    }

    /// The entry of a class.
    #[must_use]
    pub fn of_class(&self, class: usize) -> usize {
        if class < self.facts.len() { class } else { class + self.absent.len() }
    }

    /// What an entry is.
    #[must_use]
    pub fn role(&self, number: usize) -> Role {
        if number < self.facts.len() {
            Role::Fact
        } else if number < self.facts.len() + self.absent.len() {
            Role::Absent
        } else {
            Role::List
        }
    }

    /// The facts of a list, by their numbers; lists are numbered behind the absent details.
    #[must_use]
    pub fn list(&self, number: usize) -> &[usize] {
        let at = number.checked_sub(self.facts.len() + self.absent.len());
        at.and_then(|at| self.lists.get(at)).map_or(&[], |list| &list.facts)
    }

    /// Facts, absent details and lists together.
    #[must_use]
    pub fn len(&self) -> usize {
        self.facts.len() + self.absent.len() + self.lists.len()
    }

    /// Whether there is nothing to find.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All facts; their position is the number by which the other methods know them.
    #[must_use]
    pub fn facts(&self) -> &[FactRef] {
        &self.facts
    }

    /// The briefing and the fact behind a number.
    #[must_use]
    pub fn fact(&self, number: usize) -> (&Arc<Knowledge>, &Fact) {
        let at = self.facts[number];
        let knowledge = &self.briefings[at.briefing as usize];
        (knowledge, &knowledge.facts[at.fact as usize])
    }

    /// The facts of a briefing whose first quote stands in this paragraph, in the order of the file.
    pub fn of_paragraph(&self, knowledge: &Arc<Knowledge>, paragraph: usize) -> impl Iterator<Item = usize> {
        let briefing = self.briefings.iter().position(|own| Arc::ptr_eq(own, knowledge)).unwrap_or(usize::MAX);
        let key = (briefing, paragraph);
        let from = self.paragraphs.partition_point(|(briefing, paragraph, _)| (*briefing, *paragraph) < key);
        let rest = self.paragraphs.get(from..).unwrap_or_default();
        let here = rest.iter().take_while(move |(briefing, paragraph, _)| (*briefing, *paragraph) == key);
        here.map(|(_, _, fact)| *fact)
    }

    /// The linker, with which questions are linked as the knowledge was.
    #[must_use]
    pub fn linker(&self) -> &Linker {
        &self.linker
    }

    /// The terms, besides itself, that are found by a term, and how alike they are to it.
    #[must_use]
    pub fn found_by(&self, term: Term) -> &[(Term, f32)] {
        self.found_by.get(term as usize)
    }

    /// The words as they are spelt, and those that may be slips.
    #[must_use]
    pub fn spelling(&self) -> &Spelling {
        &self.spelling
    }

    /// How rare a term is: the inverse document frequency over facts.
    #[must_use]
    pub fn idf(&self, term: Term) -> f32 {
        self.idf.get(term as usize).copied().unwrap_or(self.rarest)
    }

    /// The idf of a term that one fact alone holds: what an unknown word weighs.
    #[must_use]
    pub fn rarest(&self) -> f32 {
        self.rarest
    }

    /// The facts that hold a term, each with the impact of the term on its BM25F score before rarity.
    #[must_use]
    pub fn postings(&self, term: Term) -> &[(u32, f32)] {
        self.postings.get(term as usize)
    }

    /// The terms of a fact, in the order of their numbers.
    #[must_use]
    pub fn fact_terms(&self, fact: usize) -> &[FactTerm] {
        self.fact_terms.get(fact)
    }

    /// The asks of a fact.
    pub fn asks(&self, fact: usize) -> impl Iterator<Item = AskTerms<'_>> {
        let range = self.fact_asks.range(fact);
        let head = self.fact_asks.get(fact);
        range.zip(head).map(|(ask, (kind, total))| AskTerms {
            terms: self.ask_terms.get(ask),
            total: *total,
            kind: *kind,
            direction: &self.ask_directions[ask],
        })
    }

    /// The entries of which an ask has just these terms, whatever their order.
    pub fn verbatim(&self, terms: impl Iterator<Item = Term>) -> impl Iterator<Item = usize> {
        let words = words_as_one(terms);
        let from = self.verbatim.partition_point(|(known, _)| *known < words);
        let here = self.verbatim.get(from..).unwrap_or_default().iter();
        here.take_while(move |(known, _)| *known == words).map(|(_, entry)| *entry as usize)
    }

    /// How questions are worded that the knowledge answers, and those that it doesn't.
    #[must_use]
    pub fn wording(&self) -> &Wording {
        &self.wording
    }

    /// Where a text points besides where all asks do.
    #[must_use]
    pub fn direction_of(&self, meaning: &Mixture) -> Direction {
        meaning.direction().without(&self.common)
    }

    /// Where the statement of a fact points; nowhere for an absent detail.
    #[must_use]
    pub fn direction(&self, entry: usize) -> &Direction {
        &self.directions[entry]
    }

    /// The kinds of answer that a fact can give by its words, and those that its asks want.
    #[must_use]
    pub fn kinds(&self, fact: usize) -> (Kinds, Kinds) {
        self.kinds[fact]
    }

    /// The attributes that a fact or its asks name, sorted.
    #[must_use]
    pub fn attributes(&self, fact: usize) -> &[Attribute] {
        self.attributes.get(fact)
    }

    /// The entities that a fact is about, numbered through all briefings.
    #[must_use]
    pub fn entities(&self, fact: usize) -> &[u32] {
        self.entities.get(fact)
    }

    /// The weight of a part of a question: its rarity, that of its likest known synonym, or an unknown word's.
    #[must_use]
    pub fn weight(&self, unit: &Unit) -> f32 {
        let own = unit.term.filter(|term| !self.postings(*term).is_empty()).map(|term| self.idf(term));
        let known = own.or_else(|| {
            let found = unit.terms.iter().filter(|(term, _)| !self.postings(*term).is_empty());
            found.map(|(term, _)| self.idf(*term)).reduce(f32::max)
        });
        unit.share * known.unwrap_or(self.rarest)
    }
}

/// Terms as one number that is the same in whatever order they come.
fn words_as_one(terms: impl Iterator<Item = Term>) -> u32 {
    let mut terms: Vec<Term> = terms.collect();
    terms.sort_unstable();
    terms.dedup();
    let mut hasher = Quick::default();
    for term in terms {
        hasher.write_u32(term);
    }
    // Half of it: a chance meeting only makes one more candidate.
    (hasher.finish() >> 32) as u32
}
