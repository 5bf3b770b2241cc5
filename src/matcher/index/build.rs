//! Building the index: entries are read one after another, or in parts (see [`super::parts`]), their terms numbered as they
//! come, and what was gathered is put in order.

use std::sync::Arc;

use smallvec::SmallVec;

use super::super::classifier::Classifier;
use super::super::kind::{Kind, Kinds, kinds_of};
use super::super::link::{Alike, Linker, Unit};
use super::super::lists::{Lists, make_room};
use super::super::vocabulary::{Spelling, Term};
use super::super::wording;
use super::entries::Entries;
use super::parts::PART;
use super::words::Words;
use super::written::{OF_ABSENT, OF_ASKS, OF_NAMES, OF_TEXTS, Written};
use super::{FactRef, FactTerm, Index, ListRef, Standing, words_as_one};
use crate::knowledge::{Fact, Knowledge, Library};
use crate::text::Shared;
use crate::text::lexicon::{Attribute, Lexicon};
use crate::text::meaning::{Direction, Meaning, Mixture};
use crate::text::quick::Map;
use crate::text::shared::ManyWords;
use crate::text::token::{Token, tokenize};

/// Saturation of term frequency in BM25F (Robertson & Zaragoza 2009, §3.6); the usual value.
const K1: f32 = 1.2;
/// Weight of a term in the statement, by which BM25F adds up the fields.
const IN_STATEMENT: f32 = 2.0;
/// Weight of a term in the quotes, which often say more than the fact claims.
const IN_QUOTES: f32 = 1.0;
/// Weight of a term that stands in all asks; less in proportion.
const IN_ALL_ASKS: f32 = 6.0;
/// Weight of a term that stands in any ask, however few.
const IN_AN_ASK: f32 = 0.5;

/// Terms of an ask for which room is made from the start: what grows bit by bit leaves holes.
const TERMS: usize = 8;
/// What a fact says of one term, gathered while it is read.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    likeness: f32,
    asks: u32,
    statement: bool,
    quotes: bool,
    entity: bool,
}

impl Index {
    /// Indexes briefings.
    #[must_use]
    pub fn new(library: &Library) -> Self {
        Self::without(library, |_| false, |_, _| false)
    }

    /// Indexes briefings as if some facts, or some asks of facts, were not there, for leave-one-out measurements: the
    /// closures are told a fact, and a fact with the number of its ask.
    #[must_use]
    pub fn without(
        library: &Library,
        no_fact: impl Fn(FactRef) -> bool,
        left_out: impl Fn(FactRef, usize) -> bool + Sync,
    ) -> Self {
        Self::in_parts_of(PART, library, no_fact, left_out)
    }

    /// [`Index::without`], facts beyond so many being read in parts of so many.
    pub(super) fn in_parts_of(
        part: usize,
        library: &Library,
        no_fact: impl Fn(FactRef) -> bool,
        left_out: impl Fn(FactRef, usize) -> bool + Sync,
    ) -> Self {
        let many_words = ManyWords::remember();
        let briefings = library.briefings();
        let entries = Entries::new(briefings, no_fact);
        // Before all else, so that the index is built where learning leaves its room.
        let classifier = entries.learnt(&left_out);
        let asks: usize = briefings.iter().map(|knowledge| asks_of(knowledge)).sum();
        let all = entries.facts.len() + entries.absent.len() + entries.lists.len();
        let absent = entries.absent.len();
        let mut builder = Builder::new(Linker::new(briefings.iter().map(AsRef::as_ref)), all, asks, absent > 0);
        let mut first_entities = Vec::new();
        let mut first_entity = 0u32;
        for knowledge in briefings {
            for name in knowledge.entities.iter().flat_map(|e| std::iter::once(&e.name).chain(&e.aliases)) {
                builder.spell(&tokenize(name), OF_NAMES, |_| ());
            }
            for words in knowledge.synonyms.iter().flatten() {
                builder.spell(&tokenize(words), OF_TEXTS, |_| ());
            }
            first_entities.push(first_entity);
            first_entity += u32::try_from(knowledge.entities.len()).unwrap_or(u32::MAX);
        }
        builder.facts(&entries.facts, part, |builder, (at, fact)| {
            let words = Words::of_fact(fact, |ask| left_out(*at, ask));
            let able = kinds_of(fact, words.core(), &briefings[at.briefing as usize]);
            let first = first_entities[at.briefing as usize];
            let own = fact.entities.iter().map(|entity| first + u32::try_from(*entity).unwrap_or(u32::MAX)).collect();
            builder.entry(words, able, own, OF_ASKS);
        });
        for (_, detail) in &entries.absent {
            builder.entry(Words::of_absent(detail), Kinds::default(), Vec::new(), OF_ABSENT);
        }
        for (ListRef { facts }, knowledge, list) in &entries.lists {
            let mut own: Vec<u32> = facts.iter().flat_map(|fact| builder.entities.get(*fact)).copied().collect();
            own.sort_unstable();
            own.dedup();
            let able = facts.iter().map(|fact| builder.kinds[*fact].0).fold(Kinds::default(), Kinds::or);
            builder.entry(Words::of_list(list, knowledge), able, own, OF_ASKS);
        }
        // What it holds is given back before the most is needed.
        drop(many_words);
        builder.finish(briefings.to_vec(), entries, classifier)
    }
}

fn asks_of(knowledge: &Knowledge) -> usize {
    let of_facts = knowledge.facts.iter().map(|fact| fact.asks.len());
    let of_absent = knowledge.absent.iter().map(|detail| detail.asks.len());
    let of_lists = knowledge.lists.iter().map(|list| list.asks.len());
    of_facts.chain(of_absent).chain(of_lists).sum()
}

pub(super) struct Builder {
    pub(super) linker: Linker,
    /// The words as they are written.
    pub(super) words: Map<Shared, Written>,
    pub(super) fact_terms: Lists<FactTerm>,
    /// The impact of each item of `fact_terms`, until postings are made of it.
    pub(super) impacts: Vec<f32>,
    pub(super) fact_asks: Lists<(Kind, f32)>,
    pub(super) ask_terms: Lists<(Term, f32)>,
    pub(super) ask_directions: Vec<Direction>,
    pub(super) directions: Vec<Direction>,
    pub(super) wording: Option<wording::Reader>,
    /// What each entry can answer, and what its asks want.
    pub(super) kinds: Vec<(Kinds, Kinds)>,
    pub(super) attributes: Lists<Attribute>,
    pub(super) entities: Lists<u32>,
    /// What is read of one entry; kept for its room.
    tallies: Map<Term, Tally>,
}

impl Builder {
    /// A builder with room for so many entries and asks; of how they are worded there is nothing to learn without absent
    /// details.
    pub(super) fn new(linker: Linker, entries: usize, asks: usize, is_anything_absent: bool) -> Self {
        let wording = is_anything_absent.then(|| wording::Reader::with_room(asks));
        Self {
            linker,
            words: Map::default(),
            fact_terms: Lists::with_room(entries, TERMS * asks),
            impacts: Vec::with_capacity(TERMS * asks),
            fact_asks: Lists::with_room(entries, asks),
            ask_terms: Lists::with_room(asks, TERMS * asks),
            ask_directions: Vec::with_capacity(asks),
            directions: Vec::with_capacity(entries),
            wording,
            kinds: Vec::with_capacity(entries),
            attributes: Lists::default(),
            entities: Lists::default(),
            tallies: Map::default(),
        }
    }

    /// Takes the words of a text into the spelling, with the rank of where they stand; gives each one's meaning to `mean`.
    fn spell(&mut self, tokens: &[Token], rank: i8, mut mean: impl FnMut(Meaning)) {
        for token in tokens.iter().filter(|token| token.number.is_none()) {
            let known = if let Some(known) = self.words.get_mut(&token.word) {
                known.again(rank);
                known
            } else {
                self.words.entry(token.word.clone()).or_insert_with(|| Written::new(&token.word, rank))
            };
            known.meaning.into_iter().for_each(&mut mean);
        }
    }

    /// [`Builder::spell`], and where the words point together.
    fn spell_and_point(&mut self, tokens: &[Token], rank: i8) -> Direction {
        let mut sum = Mixture::default();
        self.spell(tokens, rank, |meaning| sum.add(meaning));
        sum.direction()
    }

    /// Reads an entry, with the kinds of answer that it can give and its entities. Words of its asks
    /// are what misspelt words are taken for, the more the higher `rank` is, unless they are slips themselves.
    fn entry(&mut self, words: Words, able: Kinds, entities: Vec<u32>, rank: i8) {
        self.attributes.push(words.attributes(Lexicon::get()));
        let mut tallies = std::mem::take(&mut self.tallies);
        let direction = self.spell_and_point(&words.statement, OF_TEXTS);
        self.directions.push(direction);
        self.read(words.statement, &mut tallies, |tally| tally.statement = true);
        for quote in words.quotes {
            self.spell(&quote, OF_TEXTS, |_| ());
            self.read(quote, &mut tallies, |tally| tally.quotes = true);
        }
        for entity in &entities {
            let unit = Unit {
                name: self.linker.entity_name(*entity),
                term: None,
                terms: Alike::new(),
                share: 1.0,
                entity: Some(*entity),
                unknown: false,
                at: 0,
                name_like: true,
            };
            let term = self.linker.intern(&unit);
            let tally = tallies.entry(term).or_default();
            (tally.entity, tally.likeness) = (true, 1.0);
        }
        let mut asked = Kinds::default();
        let mut heads = Vec::with_capacity(words.asks.len());
        for ask in words.asks {
            let direction = self.spell_and_point(&ask, rank);
            self.ask_directions.push(direction);
            if let Some(wording) = &mut self.wording {
                wording.read(ask.iter().map(|token| token.stem.as_str()), rank > OF_ABSENT);
            }
            let kind = Kind::of(&ask);
            asked.insert(kind);
            let units = self.read(ask, &mut tallies, |tally| tally.asks += 1);
            // Weights are filled in once rarity is known.
            self.ask_terms.push(units);
            heads.push((kind, 0.0));
        }
        self.tally(&tallies, heads.len());
        tallies.clear();
        self.tallies = tallies;
        self.fact_asks.push(heads);
        self.kinds.push((able, asked));
        self.entities.push(entities);
    }

    /// Closes an entry: its terms in order, each with its impact by BM25F.
    fn tally(&mut self, tallies: &Map<Term, Tally>, asks: usize) {
        #[expect(clippy::cast_precision_loss, reason = "at most a few hundred asks")]
        let all_asks = asks.max(1) as f32;
        let terms = tallies.iter().map(|(term, tally)| tally.term(*term, all_asks));
        let mut terms: Vec<(FactTerm, f32)> = terms.collect();
        terms.sort_unstable_by_key(|(term, _)| term.term);
        self.fact_terms.push(terms.iter().map(|(term, _)| *term));
        make_room(&mut self.impacts, terms.len());
        self.impacts.extend(terms.iter().map(|(_, impact)| *impact));
    }

    /// Reads one text of an entry: its units go to the tallies, and come back with their shares.
    fn read(
        &mut self,
        text: Vec<Token>,
        tallies: &mut Map<Term, Tally>,
        mark: impl Fn(&mut Tally),
    ) -> Vec<(Term, f32)> {
        let mut units = self.linker.link_text(text);
        let mut found: Vec<(Term, f32)> = Vec::with_capacity(units.len());
        let mut marked: SmallVec<[Term; 64]> = SmallVec::new();
        for unit in &mut units {
            if unit.term.is_none() && unit.name.contains(' ') {
                self.linker.read_phrase(unit);
            }
            let term = self.linker.intern(unit);
            if found.iter().all(|(known, _)| *known != term) {
                found.push((term, unit.share));
            }
            let expansions = self.linker.expansions(term).iter().copied();
            for (term, likeness) in std::iter::once((term, 1.0)).chain(expansions) {
                let tally = tallies.entry(term).or_default();
                tally.likeness = tally.likeness.max(likeness);
                if !marked.contains(&term) {
                    marked.push(term);
                    mark(tally);
                }
            }
        }
        found
    }

    fn finish(mut self, briefings: Vec<Arc<Knowledge>>, entries: Entries, classifier: Classifier) -> Index {
        // What is gathered is given back, or its room for more, before there is need of as much again.
        let wording = self.wording.take().map(wording::Reader::finish).unwrap_or_default();
        let (fact_terms, mut fact_asks) = (self.fact_terms.shrink(), self.fact_asks.shrink());
        let mut ask_terms = self.ask_terms.shrink();
        self.ask_directions.shrink_to_fit();
        let found_by = self.linker.settle();
        let facts: Vec<FactRef> = entries.facts.iter().map(|(at, _)| *at).collect();
        let absent: Vec<FactRef> = entries.absent.iter().map(|(at, _)| *at).collect();
        let lists: Vec<ListRef> = entries.lists.into_iter().map(|(list, _, _)| list).collect();
        let entries = self.kinds.len();
        let terms = self.linker.len();
        let mut counts = vec![0u32; terms];
        for term in &fact_terms.items {
            counts[term.term as usize] += 1;
        }
        let mut postings = Lists { starts: Vec::with_capacity(terms + 1), items: Vec::new() };
        let mut next = 0u32;
        postings.starts.push(0);
        let mut cursors = Vec::with_capacity(terms);
        for count in &counts {
            cursors.push(next as usize);
            next += count;
            postings.starts.push(next);
        }
        postings.items.resize(next as usize, (0, 0.0));
        for (fact, number) in (0..entries).zip(0u32..) {
            let range = fact_terms.range(fact);
            for (term, impact) in fact_terms.items[range.clone()].iter().zip(&self.impacts[range]) {
                let cursor = &mut cursors[term.term as usize];
                postings.items[*cursor] = (number, *impact);
                *cursor += 1;
            }
        }
        // Before there is need of room for more.
        self.impacts = Vec::new();
        #[expect(clippy::cast_precision_loss, reason = "rarity needs no more precision")]
        let rarity = |count: u32| (1.0 + (entries as f32 - count as f32 + 0.5) / (count as f32 + 0.5)).ln();
        let idf: Vec<f32> = counts.iter().map(|count| rarity((*count).max(1))).collect();
        for (term, weight) in &mut ask_terms.items {
            *weight *= idf[*term as usize];
        }
        for ask in 0..fact_asks.items.len() {
            fact_asks.items[ask].1 = ask_terms.get(ask).iter().map(|(_, weight)| weight).sum();
        }
        let mut common = Mixture::default();
        self.ask_directions.iter().for_each(|ask| common.add_direction(ask));
        let common = common.direction();
        for direction in self.ask_directions.iter_mut().chain(&mut self.directions) {
            *direction = direction.without(&common);
        }
        let mut verbatim = Vec::with_capacity(self.ask_directions.len());
        for (entry, number) in (0..entries).zip(0u32..) {
            let asks = fact_asks.range(entry).map(|ask| ask_terms.get(ask).iter().map(|(term, _)| *term));
            verbatim.extend(asks.map(|terms| (words_as_one(terms), number)));
        }
        verbatim.sort_unstable();
        verbatim.dedup();
        let lexicon = Lexicon::get();
        let english = lexicon.english().map(|word| (word.clone(), 0));
        let ranked = self.words.into_iter().map(|(word, written)| {
            let rank = written.rank(&word, lexicon);
            (word, rank)
        });
        let spelling = Spelling::new(ranked.chain(english));
        let mut paragraphs = Vec::with_capacity(facts.len());
        for (briefing, knowledge) in briefings.iter().enumerate() {
            let first = |(number, fact): (usize, &Fact)| fact.quotes.first().map(|q| (briefing, q.paragraph, number));
            paragraphs.extend(knowledge.facts.iter().enumerate().filter_map(first));
        }
        paragraphs.sort_unstable();
        Index {
            paragraphs,
            spelling,
            rarest: rarity(1),
            briefings,
            facts,
            absent,
            lists,
            found_by,
            linker: self.linker,
            idf,
            postings,
            fact_terms,
            fact_asks,
            ask_terms,
            ask_directions: self.ask_directions,
            directions: self.directions,
            common,
            wording,
            classifier,
            verbatim,
            kinds: self.kinds,
            attributes: self.attributes.shrink(),
            entities: self.entities.shrink(),
        }
    }
}

impl Tally {
    /// The term as the fact holds it, with its impact.
    fn term(&self, term: Term, all_asks: f32) -> (FactTerm, f32) {
        let standing = match self.asks {
            _ if self.statement || self.quotes || self.entity => Standing::Core,
            0 | 1 => Standing::OneAsk,
            2 => Standing::TwoAsks,
            _ => Standing::ManyAsks,
        };
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "shares of 1, and at most a few hundred asks"
        )]
        let (share, likeness) =
            ((self.asks as f32 / all_asks * f32::from(u16::MAX)).round() as u16, (self.likeness * 255.0).round() as u8);
        let term = FactTerm { term, share, likeness, standing };
        let frequency = f32::from(u8::from(self.statement)) * IN_STATEMENT
            + f32::from(u8::from(self.entity)) * IN_STATEMENT
            + f32::from(u8::from(self.quotes)) * IN_QUOTES
            + term.share() * IN_ALL_ASKS
            + if self.asks > 0 { IN_AN_ASK } else { 0.0 };
        (term, frequency * (K1 + 1.0) / (frequency + K1))
    }
}
