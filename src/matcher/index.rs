//! The index of all briefings: for each term the facts that hold it, for each fact its terms and its asks.

use std::hash::Hasher as _;
use std::sync::Arc;

use super::kind::{Kind, Kinds, kinds_of};
use super::link::{Linker, Unit};
use super::query::attributes_of;
use super::vocabulary::{Spelling, Term};
use super::wording::{Reader, Wording};
use crate::knowledge::{Absent, Fact, Knowledge, Library, List};
use crate::text::Shared;
use crate::text::lexicon::{Attribute, Lexicon};
use crate::text::meaning::{Direction, Meaning, Mixture};
use crate::text::parallel;
use crate::text::quick::{Map, Quick};
use crate::text::token::{Token, tokenize};

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
    /// The words of each ask, as one number, and its entry; sorted.
    verbatim: Vec<(u32, u32)>,
    /// Where all asks together point, which is taken from the directions.
    common: Direction,
    /// What each term means.
    meanings: Vec<Option<Meaning>>,
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

/// All entries, in the order in which they are numbered.
struct Entries {
    facts: Vec<FactRef>,
    absent: Vec<FactRef>,
    lists: Vec<ListRef>,
}

/// Many short lists in one allocation.
#[derive(Debug)]
pub struct Lists<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { starts: vec![0], items: Vec::new() }
    }
}

impl<T> Lists<T> {
    /// Adds a list.
    pub fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.items.extend(list);
        self.starts.push(u32::try_from(self.items.len()).unwrap_or(u32::MAX));
    }

    /// The list with this number; empty where there is none.
    #[must_use]
    pub fn get(&self, number: usize) -> &[T] {
        let range = self.range(number);
        self.items.get(range).unwrap_or(&[])
    }

    /// The positions of the items of a list among all items.
    #[must_use]
    pub fn range(&self, number: usize) -> std::ops::Range<usize> {
        match (self.starts.get(number), self.starts.get(number + 1)) {
            (Some(from), Some(to)) => *from as usize..*to as usize,
            _ => 0..0,
        }
    }

    /// The same without room for more.
    #[must_use]
    pub fn shrink(mut self) -> Self {
        self.items.shrink_to_fit();
        self.starts.shrink_to_fit();
        self
    }
}

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

/// Texts that are read and linked at once, before their terms are numbered one after another: few, so that what is
/// held of them is small beside the index.
const BLOCK: usize = 1_024;
/// The same for more facts than [`MANY`], which are read on all processors.
const LARGE_BLOCK: usize = 16_384;
/// Facts from which time is scarcer than memory.
const MANY: usize = 4_096;

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
        let briefings = library.briefings().to_vec();
        let mut builder = Builder {
            linker: Linker::new(briefings.iter().map(AsRef::as_ref)),
            words: Map::default(),
            fact_terms: Lists::default(),
            impacts: Vec::new(),
            fact_asks: Lists::default(),
            ask_terms: Lists::default(),
            ask_directions: Vec::new(),
            directions: Vec::new(),
            wording: Reader::default(),
            verbatim: Vec::new(),
            stems: Map::default(),
        };
        let lexicon = Lexicon::get();
        let mut facts = Vec::new();
        let mut kinds = Vec::new();
        let mut attributes = Lists::default();
        let mut entities = Lists::default();
        let mut first_entity = 0u32;
        for (knowledge, briefing) in briefings.iter().zip(0u32..) {
            for name in knowledge.entities.iter().flat_map(|e| std::iter::once(&e.name).chain(&e.aliases)) {
                builder.spell(&tokenize(name), 3);
            }
            for words in knowledge.synonyms.iter().flatten() {
                builder.spell(&tokenize(words), 1);
            }
            let kept: Vec<(FactRef, &Fact)> = (0u32..)
                .zip(&knowledge.facts)
                .map(|(fact, read)| (FactRef { briefing, fact }, read))
                .filter(|(at, _)| !no_fact(*at))
                .collect();
            for block in blocks(&kept) {
                let read = parallel::map(block, |_, (at, fact)| {
                    let words = Words::of_fact(fact, |ask| left_out(*at, ask), &builder.linker);
                    let core = words.core().flat_map(|text| &text.tokens);
                    let (kinds, named) = (kinds_of(fact, core, knowledge), named_in(&words, lexicon));
                    (words, kinds, named)
                });
                for ((at, fact), (words, able, named)) in block.iter().zip(read) {
                    let own: Vec<u32> =
                        fact.entities.iter().map(|e| first_entity + u32::try_from(*e).unwrap_or(u32::MAX)).collect();
                    kinds.push((able, builder.entry(&words, &own, 1)));
                    attributes.push(named);
                    entities.push(own);
                    facts.push(*at);
                }
            }
            first_entity += u32::try_from(knowledge.entities.len()).unwrap_or(u32::MAX);
        }
        let mut absent = Vec::new();
        for (knowledge, briefing) in briefings.iter().zip(0u32..) {
            for (detail, number) in knowledge.absent.iter().zip(0u32..) {
                let words = Words::of_absent(detail, &builder.linker);
                kinds.push((Kinds::default(), builder.entry(&words, &[], 0)));
                attributes.push(named_in(&words, lexicon));
                entities.push([]);
                absent.push(FactRef { briefing, fact: number });
            }
        }
        let mut lists = Vec::new();
        for (knowledge, briefing) in briefings.iter().zip(0u32..) {
            for list in &knowledge.lists {
                // A list of which a fact is left out is left out with it.
                let place = |fact: &usize| {
                    let at = FactRef { briefing, fact: u32::try_from(*fact).ok()? };
                    facts.binary_search(&at).ok()
                };
                let Some(of_list) = list.facts.iter().map(place).collect::<Option<Vec<usize>>>() else { continue };
                let words = Words::of_list(list, knowledge, &builder.linker);
                let mut own: Vec<u32> = of_list.iter().flat_map(|fact| entities.get(*fact)).copied().collect();
                own.sort_unstable();
                own.dedup();
                let able = of_list.iter().map(|fact| kinds[*fact].0).fold(Kinds::default(), Kinds::or);
                kinds.push((able, builder.entry(&words, &own, 1)));
                attributes.push(named_in(&words, lexicon));
                entities.push(own);
                lists.push(ListRef { facts: of_list });
            }
        }
        builder.finish(briefings, Entries { facts, absent, lists }, kinds, attributes, entities)
    }

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

    /// The words that are spelt right.
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

    /// What a term means, where its word is known.
    #[must_use]
    pub fn meaning(&self, term: Term) -> Option<Meaning> {
        self.meanings.get(term as usize).copied().flatten()
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

/// Facts in runs of about so many texts.
fn blocks<'f>(mut facts: &'f [(FactRef, &'f Fact)]) -> impl Iterator<Item = &'f [(FactRef, &'f Fact)]> {
    let enough = if facts.len() < MANY { BLOCK } else { LARGE_BLOCK };
    std::iter::from_fn(move || {
        let mut texts = 0;
        let full = |(_, fact): &(FactRef, &Fact)| {
            texts += 1 + fact.quotes.len() + fact.asks.len();
            texts >= enough
        };
        let length = facts.iter().position(full).map_or(facts.len(), |last| last + 1);
        let (block, rest) = facts.split_at(length);
        facts = rest;
        (!block.is_empty()).then_some(block)
    })
}

/// The words of a fact, read once for all that the index wants to know of them.
struct Words {
    statement: Text,
    quotes: Vec<Text>,
    asks: Vec<Text>,
}

/// One text of a fact, read and linked to the terms that are known so far.
struct Text {
    tokens: Vec<Token>,
    units: Vec<Unit>,
}

impl Text {
    fn new(text: &str, linker: &Linker) -> Self {
        let tokens = tokenize(text);
        Self { units: linker.link_text(&tokens), tokens }
    }
}

impl Words {
    fn of_fact(fact: &Fact, left_out: impl Fn(usize) -> bool, linker: &Linker) -> Self {
        let asks = fact.asks.iter().enumerate().filter(|(ask, _)| !left_out(*ask));
        Self {
            statement: Text::new(&fact.statement, linker),
            quotes: fact.quotes.iter().map(|quote| Text::new(&quote.text, linker)).collect(),
            asks: asks.map(|(_, ask)| Text::new(&ask.text, linker)).collect(),
        }
    }

    fn of_absent(absent: &Absent, linker: &Linker) -> Self {
        let asks = absent.asks.iter().map(|ask| Text::new(&ask.text, linker)).collect();
        Self { statement: Text::new("", linker), quotes: Vec::new(), asks }
    }

    /// A list speaks of what its facts state.
    fn of_list(list: &List, knowledge: &Knowledge, linker: &Linker) -> Self {
        let statements = list.facts.iter().map(|fact| Text::new(&knowledge.facts[*fact].statement, linker));
        Self {
            statement: Text::new(&list.title, linker),
            quotes: statements.collect(),
            asks: list.asks.iter().map(|ask| Text::new(&ask.text, linker)).collect(),
        }
    }

    /// Statement and quotes.
    fn core(&self) -> impl Iterator<Item = &Text> {
        self.quotes.iter().chain([&self.statement])
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

/// The attributes that words name, sorted, each once.
fn named_in(words: &Words, lexicon: &Lexicon) -> Vec<Attribute> {
    let texts = words.asks.iter().chain([&words.statement]).chain(&words.quotes);
    let mut named: Vec<Attribute> = texts.flat_map(|text| attributes_of(text.tokens.iter(), lexicon)).collect();
    named.sort_unstable();
    named.dedup();
    named
}

struct Builder {
    linker: Linker,
    /// Words that are spelt right: where they stand at best, and what they mean.
    words: Map<Shared, (u8, Option<Meaning>)>,
    /// What the first word of each stem means.
    stems: Map<Shared, Meaning>,
    fact_terms: Lists<FactTerm>,
    /// The impact of each item of `fact_terms`, until postings are made of it.
    impacts: Vec<f32>,
    fact_asks: Lists<(Kind, f32)>,
    ask_terms: Lists<(Term, f32)>,
    ask_directions: Vec<Direction>,
    directions: Vec<Direction>,
    wording: Reader,
    /// The words of each ask, as one number, and its entry.
    verbatim: Vec<(u32, u32)>,
}

impl Builder {
    /// Takes the words of a text into the spelling, with the rank of where they stand; gives what they mean together.
    fn spell(&mut self, tokens: &[Token], rank: u8) -> Mixture {
        let mut sum = Mixture::default();
        for token in tokens.iter().filter(|token| token.number.is_none()) {
            let meaning = if let Some((known, meaning)) = self.words.get_mut(&token.word) {
                *known = rank.max(*known);
                *meaning
            } else {
                let meaning = Meaning::of(&token.word);
                self.words.insert(token.word.clone(), (rank, meaning));
                if let Some(meaning) = meaning {
                    self.stems.entry(token.stem.clone()).or_insert(meaning);
                }
                meaning
            };
            if let Some(meaning) = meaning {
                sum.add(meaning);
            }
        }
        sum
    }

    /// Reads an entry; gives the kinds of answer that its asks want. Words of its asks are what misspelt words are taken
    /// for, the more the higher `rank` is; it is 0 for an absent detail.
    fn entry(&mut self, words: &Words, entities: &[u32], rank: u8) -> Kinds {
        let mut tallies: Map<Term, Tally> = Map::default();
        let direction = self.spell(&words.statement.tokens, 2).direction();
        self.directions.push(direction);
        self.read(&words.statement, &mut tallies, |tally| tally.statement = true);
        for quote in &words.quotes {
            self.spell(&quote.tokens, 2);
            self.read(quote, &mut tallies, |tally| tally.quotes = true);
        }
        for entity in entities {
            let unit = Unit {
                name: self.linker.entity_name(*entity),
                term: None,
                terms: Vec::new(),
                share: 1.0,
                entity: Some(*entity),
                unknown: false,
                at: 0,
                meaning: None,
                name_like: true,
            };
            let term = self.linker.intern(&unit);
            let tally = tallies.entry(term).or_default();
            (tally.entity, tally.likeness) = (true, 1.0);
        }
        let mut asked = Kinds::default();
        let mut heads = Vec::with_capacity(words.asks.len());
        for ask in &words.asks {
            let direction = self.spell(&ask.tokens, rank).direction();
            self.ask_directions.push(direction);
            self.wording.read(ask.tokens.iter().map(|token| token.stem.as_str()), rank > 0);
            let kind = Kind::of(&ask.tokens);
            asked.insert(kind);
            let units = self.read(ask, &mut tallies, |tally| tally.asks += 1);
            let entry = u32::try_from(self.directions.len() - 1).unwrap_or(u32::MAX);
            self.verbatim.push((words_as_one(units.iter().map(|(term, _)| *term)), entry));
            // Weights are filled in once rarity is known.
            self.ask_terms.push(units);
            heads.push((kind, 0.0));
        }
        self.fact_asks.push(heads);
        self.tally(&tallies, words.asks.len());
        asked
    }

    /// Closes an entry: its terms in order, each with its impact by BM25F.
    fn tally(&mut self, tallies: &Map<Term, Tally>, asks: usize) {
        #[expect(clippy::cast_precision_loss, reason = "at most a few hundred asks")]
        let all_asks = asks.max(1) as f32;
        let mut terms: Vec<FactTerm> = tallies.iter().map(|(term, tally)| tally.term(*term, all_asks)).collect();
        terms.sort_unstable_by_key(|term| term.term);
        for term in &terms {
            let tally = tallies[&term.term];
            let frequency = f32::from(u8::from(tally.statement)) * IN_STATEMENT
                + f32::from(u8::from(tally.entity)) * IN_STATEMENT
                + f32::from(u8::from(tally.quotes)) * IN_QUOTES
                + term.share() * IN_ALL_ASKS
                + if tally.asks > 0 { IN_AN_ASK } else { 0.0 };
            self.impacts.push(frequency * (K1 + 1.0) / (frequency + K1));
        }
        self.fact_terms.push(terms);
    }

    /// Reads one text of a fact: its units go to the tallies, and come back with their shares.
    fn read(&mut self, text: &Text, tallies: &mut Map<Term, Tally>, mark: impl Fn(&mut Tally)) -> Vec<(Term, f32)> {
        // Where a term is new, what it expands to depends on all terms before it.
        let again = text.units.iter().any(|unit| unit.term.is_none()).then(|| self.linker.link_text(&text.tokens));
        let units = again.as_ref().unwrap_or(&text.units);
        let mut found: Vec<(Term, f32)> = Vec::with_capacity(units.len());
        let mut marked: Vec<Term> = Vec::new();
        for unit in units {
            if unit.name.contains(' ') {
                for part in unit.name.split(' ') {
                    let part = Unit { name: part.into(), term: None, terms: Vec::new(), ..unit.clone() };
                    self.linker.intern(&part);
                }
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

    fn finish(
        mut self,
        briefings: Vec<Arc<Knowledge>>,
        Entries { facts, absent, lists }: Entries,
        kinds: Vec<(Kinds, Kinds)>,
        attributes: Lists<Attribute>,
        entities: Lists<u32>,
    ) -> Index {
        // What is gathered is given back, or its room for more, before there is need of as much again.
        let wording = std::mem::take(&mut self.wording).finish();
        let (fact_terms, mut fact_asks) = (self.fact_terms.shrink(), self.fact_asks.shrink());
        let mut ask_terms = self.ask_terms.shrink();
        self.ask_directions.shrink_to_fit();
        let found_by = self.linker.settle();
        let entries = facts.len() + absent.len() + lists.len();
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
        #[expect(clippy::cast_precision_loss, reason = "rarity needs no more precision")]
        let rarity = |count: u32| (1.0 + (entries as f32 - count as f32 + 0.5) / (count as f32 + 0.5)).ln();
        let idf: Vec<f32> = counts.iter().map(|count| rarity((*count).max(1))).collect();
        for (term, weight) in &mut ask_terms.items {
            *weight *= idf[*term as usize];
        }
        for ask in 0..fact_asks.items.len() {
            fact_asks.items[ask].1 = ask_terms.get(ask).iter().map(|(_, weight)| weight).sum();
        }
        let mut meanings = vec![None; terms];
        for (stem, meaning) in &self.stems {
            if let Some(term) = self.linker.term(stem) {
                meanings[term as usize] = Some(*meaning);
            }
        }
        let mut common = Mixture::default();
        self.ask_directions.iter().for_each(|ask| common.add_direction(ask));
        let common = common.direction();
        for direction in self.ask_directions.iter_mut().chain(&mut self.directions) {
            *direction = direction.without(&common);
        }
        self.verbatim.sort_unstable();
        self.verbatim.dedup();
        let english = Lexicon::get().english().map(|word| (word.clone(), 0));
        let mut paragraphs = Vec::with_capacity(facts.len());
        for (briefing, knowledge) in briefings.iter().enumerate() {
            let first = |(number, fact): (usize, &Fact)| fact.quotes.first().map(|q| (briefing, q.paragraph, number));
            paragraphs.extend(knowledge.facts.iter().enumerate().filter_map(first));
        }
        paragraphs.sort_unstable();
        Index {
            paragraphs,
            spelling: Spelling::new(self.words.into_iter().map(|(word, (rank, _))| (word, rank)).chain(english)),
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
            verbatim: self.verbatim,
            meanings,
            kinds,
            attributes: attributes.shrink(),
            entities: entities.shrink(),
        }
    }
}

impl Tally {
    /// The term as the fact holds it.
    fn term(&self, term: Term, all_asks: f32) -> FactTerm {
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
        FactTerm { term, share, likeness, standing }
    }
}
