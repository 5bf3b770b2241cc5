//! Linking: from words to terms, through aliases of entities and groups of synonyms.
//!
//! The same linking serves questions and knowledge, so that "Utopia's president" in an ask and "the prez" in a question
//! meet in one term.

use std::sync::Arc;

use smallvec::SmallVec;

use super::lists::Lists;
use super::query::Word;
use super::vocabulary::Term;
use crate::knowledge::Knowledge;
use crate::text::Shared;
use crate::text::lexicon::Lexicon;
use crate::text::phrases::PhraseMap;
use crate::text::quick::Map;
use crate::text::token::{Token, tokenize};

/// How alike two words of one general synonym group are; the same word is 1.
pub const GENERAL_SYNONYM: f32 = 0.7;
/// How alike two words of one of the briefing's own synonym groups are.
pub const BRIEFING_SYNONYM: f32 = 0.9;
/// How alike a phrase and one of its words are.
pub const PART_OF_PHRASE: f32 = 0.6;
/// Weight of the words of an alias of several words, beside the entity itself.
pub const ALIAS_WORD: f32 = 0.35;
/// Likeness that each edit of a misspelt word leaves.
pub const PER_EDIT: f32 = 0.93;

/// Terms with how alike they are to something, 0 to 1; a handful.
pub type Alike = SmallVec<[(Term, f32); 4]>;

/// A part of a text that means one thing.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The word, phrase or entity as a string of the term table.
    pub name: Shared,
    /// Its term, where the knowledge has it.
    pub term: Option<Term>,
    /// The terms by which it is found and how alike they are to it, 0 to 1; its own term first.
    pub terms: Alike,
    /// Its share of weight beside its rarity: 1, less for a word of an alias.
    pub share: f32,
    /// The entity that it names.
    pub entity: Option<u32>,
    /// Whether it is spelt like no known word: a name, most often.
    pub unknown: bool,
    /// Position of its first word.
    pub at: usize,
    /// Whether it names somebody or something: an entity, or a word of a question that no dictionary has.
    pub name_like: bool,
}

impl Unit {
    /// How alike two units are, 0 to 1: 1 for the same, less for words of one synonym group.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f32 {
        if self.name == other.name {
            return 1.0;
        }
        let shared = self.terms.iter().flat_map(|(term, alike)| {
            other.terms.iter().filter(move |(known, _)| known == term).map(move |(_, own)| own.min(*alike))
        });
        shared.fold(0.0, f32::max)
    }
}

/// The term table with aliases and synonyms: general groups first, then all that the knowledge holds.
#[derive(Debug)]
pub struct Linker {
    terms: Map<Shared, Term>,
    /// How many terms there are.
    count: usize,
    /// The terms, besides itself, by which each term is found; until the linker is settled.
    expansions: Vec<Vec<(Term, f32)>>,
    names: Arc<Names>,
}

/// What entities and synonyms are called.
#[derive(Debug, Default)]
struct Names {
    aliases: PhraseMap<Vec<Alias>>,
    synonyms: PhraseMap<Vec<Term>>,
    /// The names of the entities' terms, in the order of their numbers.
    of_entities: Vec<Shared>,
}

#[derive(Clone, Copy, Debug)]
struct Alias {
    entity: u32,
    /// Written in capitals and an ordinary word without them ("US").
    capitals: bool,
}

impl Linker {
    /// Reads the entities and synonyms of all briefings. Entities are numbered through in their order.
    #[must_use]
    pub fn new<'k>(briefings: impl Iterator<Item = &'k Knowledge> + Clone) -> Self {
        let lexicon = Lexicon::get();
        let mut count = lexicon.group_count();
        let mut names = Names::default();
        for group in briefings.clone().flat_map(|knowledge| &knowledge.synonyms) {
            let term = u32::try_from(count).unwrap_or(u32::MAX);
            count += 1;
            for word in group {
                let stems: Vec<Shared> = tokenize(word).into_iter().map(|token| token.stem).collect();
                names.synonyms.entry(stems).push(term);
            }
        }
        for (entity, number) in briefings.flat_map(|knowledge| &knowledge.entities).zip(0u32..) {
            names.of_entities.push(format!("@{number}").into());
            for alias in std::iter::once(&entity.name).chain(&entity.aliases) {
                let tokens = tokenize(alias);
                let capitals = match tokens.as_slice() {
                    [one] => {
                        let capitals = alias.trim().chars().all(char::is_uppercase);
                        capitals && (lexicon.is_stop_word(&one.word) || lexicon.is_english(&one.word))
                    }
                    _ => false,
                };
                let words = tokens.into_iter().map(|token| token.word).collect();
                let owners = names.aliases.entry(words);
                if owners.iter().all(|owner| owner.entity != number) {
                    owners.push(Alias { entity: number, capitals });
                }
            }
        }
        Self { terms: Map::default(), count, expansions: vec![Vec::new(); count], names: Arc::new(names) }
    }

    /// A linker of the same names without terms but the groups of synonyms, for a part of what is read: its terms are
    /// numbered by [`Linker::take`] afterwards.
    #[must_use]
    pub fn for_part(&self) -> Self {
        let groups = self.count - self.terms.len();
        let names = Arc::clone(&self.names);
        Self { terms: Map::default(), count: groups, expansions: vec![Vec::new(); groups], names }
    }

    /// Takes over the terms of a linker that was made for a part; gives the number here of each of its terms.
    pub fn take(&mut self, part: &mut Self) -> Vec<Term> {
        let groups = part.count - part.terms.len();
        let mut named: Vec<Option<Shared>> = vec![None; part.terms.len()];
        for (name, term) in std::mem::take(&mut part.terms) {
            named[term as usize - groups] = Some(name);
        }
        let mut numbers: Vec<Term> = (0u32..).take(groups).collect();
        let expansions = std::mem::take(&mut part.expansions).into_iter().skip(groups);
        for (name, expansions) in named.into_iter().flatten().zip(expansions) {
            let number = self.term(&name).unwrap_or_else(|| {
                // A term is found by terms that were there before it.
                let here = |(term, alike): (Term, f32)| numbers.get(term as usize).map(|number| (*number, alike));
                self.add(name, expansions.into_iter().filter_map(here).collect())
            });
            numbers.push(number);
        }
        numbers
    }

    fn add(&mut self, name: Shared, expansions: Vec<(Term, f32)>) -> Term {
        let term = u32::try_from(self.count).unwrap_or(u32::MAX);
        self.terms.insert(name, term);
        self.expansions.push(expansions);
        self.count += 1;
        term
    }

    /// The number of a term by its name, made at need.
    pub fn intern(&mut self, unit: &Unit) -> Term {
        if let Some(term) = unit.term.or_else(|| self.term(&unit.name)) {
            return term;
        }
        self.add(unit.name.clone(), unit.terms.to_vec())
    }

    /// The number of a term by its name.
    #[must_use]
    pub fn term(&self, name: &str) -> Option<Term> {
        self.terms.get(name).copied()
    }

    /// The name of an entity's term.
    #[must_use]
    pub fn entity_name(&self, entity: u32) -> Shared {
        self.names.of_entities.get(entity as usize).cloned().unwrap_or_else(|| format!("@{entity}").into())
    }

    /// How many terms there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are no terms at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The terms, besides itself, by which a term is found; none once the linker is settled.
    #[must_use]
    pub fn expansions(&self, term: Term) -> &[(Term, f32)] {
        self.expansions.get(term as usize).map_or(&[], Vec::as_slice)
    }

    /// Ends the making of terms: gives, for each term, those that are found by it, which is
    /// [`Linker::expansions`] the other way round and all that a search needs of them.
    pub fn settle(&mut self) -> Lists<(Term, f32)> {
        let mut found: Vec<Vec<(Term, f32)>> = vec![Vec::new(); self.count];
        for (term, expansions) in (0..).zip(std::mem::take(&mut self.expansions)) {
            for (by, alike) in expansions {
                found[by as usize].push((term, alike));
            }
        }
        let mut lists = Lists::default();
        for list in found {
            lists.push(list);
        }
        lists.shrink()
    }

    /// Links the words of a text of the knowledge: all but stop words carry content.
    #[must_use]
    pub fn link_text(&self, text: Vec<Token>) -> Vec<Unit> {
        let lexicon = Lexicon::get();
        let mut words: Vec<Word> = Vec::with_capacity(text.len());
        for token in text {
            match lexicon.expand(&token.word) {
                Some(long) if !token.upper => words.extend(long.iter().cloned().map(Word::known)),
                _ => words.push(Word::known(token)),
            }
        }
        super::query::mark_content(&mut words, lexicon);
        super::query::take_function_words(&mut words);
        self.link(&words)
    }

    /// Links words: entities by their longest alias, then phrases, then single words.
    #[must_use]
    pub fn link(&self, words: &[Word]) -> Vec<Unit> {
        let lexicon = Lexicon::get();
        let mut units = Vec::with_capacity(words.len());
        let mut at = 0;
        while at < words.len() {
            let rest = words.get(at..).unwrap_or_default();
            let first = units.len();
            let from = at;
            if let Some((length, entities)) = self.alias(words, at) {
                let run = rest.get(..length).unwrap_or_default();
                let edits: usize = run.iter().map(|word| word.edits).sum();
                for entity in entities {
                    units.push(self.unit(self.entity_name(entity), [], edits, 1.0, Some(entity)));
                }
                if length > 1 {
                    for word in run.iter().filter(|word| word.content && self.alias_of_one(&word.token.word).is_none())
                    {
                        units.push(self.word(&word.token, word, ALIAS_WORD));
                    }
                }
                at += length;
            } else if let Some((length, groups)) = self.phrase(rest, lexicon) {
                let run = rest.get(..length).unwrap_or_default();
                let mut terms: Vec<(Term, f32)> = groups;
                let stems: Vec<&str> = run.iter().map(|word| word.token.stem.as_str()).collect();
                for word in run.iter().filter(|word| word.content) {
                    if let Some(term) = self.term(&word.token.stem) {
                        terms.push((term, PART_OF_PHRASE));
                    }
                }
                let edits = run.iter().map(|word| word.edits).sum();
                units.push(self.unit(stems.join(" ").into(), terms, edits, 1.0, None));
                at += length;
            } else {
                let word = &words[at];
                if word.content {
                    units.push(self.word(&word.token, word, 1.0));
                }
                at += 1;
            }
            units.iter_mut().skip(first).for_each(|unit: &mut Unit| unit.at = from);
        }
        units
    }

    /// Makes terms of the words of a phrase that is new, by which it is found too, whatever was read before it.
    pub fn read_phrase(&mut self, phrase: &mut Unit) {
        for stem in phrase.name.clone().split(' ') {
            let stem = Shared::from(stem);
            let token = Token { word: stem.clone(), stem, upper: false, number: None };
            let word = self.word(&token, &Word::known(token.clone()), 1.0);
            let term = self.intern(&word);
            if !Lexicon::get().is_stop_word(&token.word) && phrase.terms.iter().all(|(known, _)| *known != term) {
                phrase.terms.push((term, PART_OF_PHRASE));
            }
        }
    }

    fn word(&self, token: &Token, word: &Word, share: f32) -> Unit {
        let lexicon = Lexicon::get();
        let groups = lexicon.groups(&token.stem);
        // A word of many senses is a weak synonym in each.
        #[expect(clippy::cast_precision_loss, reason = "a handful of groups")]
        let likeness = GENERAL_SYNONYM / (1.0 + 0.04 * groups.len().saturating_sub(1) as f32);
        let general = groups.iter().map(|group| (Term::from(*group), likeness));
        let own = match self.names.synonyms.longest(std::iter::once(token.stem.as_str())) {
            Some((1, own)) => own.as_slice(),
            _ => &[],
        };
        let terms = general.chain(own.iter().map(|term| (*term, BRIEFING_SYNONYM)));
        // Numbers up to twelve are said in passing more often than asked for.
        let small = token.number.is_some_and(|number| number.value <= 12.0);
        let share = if small { share * 0.5 } else { share };
        let mut unit = self.unit(token.stem.clone(), terms, word.edits, share, None);
        unit.unknown = word.unknown;
        unit
    }

    fn unit(
        &self,
        name: Shared,
        others: impl IntoIterator<Item = (Term, f32)>,
        edits: usize,
        share: f32,
        entity: Option<u32>,
    ) -> Unit {
        let term = self.term(&name);
        #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "a few edits")]
        let likeness = PER_EDIT.powi(edits as i32);
        let mut terms: Alike = term.map(|term| (term, likeness)).into_iter().collect();
        terms.extend(others.into_iter().map(|(term, alike)| (term, alike * likeness)));
        Unit { name, term, terms, share, entity, unknown: false, at: 0, name_like: entity.is_some() }
    }

    /// The longest alias at a position: its length in words and the entities that it may mean.
    fn alias(&self, words: &[Word], at: usize) -> Option<(usize, Vec<u32>)> {
        let rest = words.get(at..).unwrap_or_default();
        let token = &rest.first()?.token;
        let named = self.names.aliases.longest(rest.iter().map(|word| word.token.word.as_str()));
        // "syrias president": many leave the apostrophe out.
        let possessive = || self.names.aliases.longest(std::iter::once(owner(&token.word)?));
        let (length, owners) = named.or_else(possessive)?;
        let entities: Vec<u32> = owners
            .iter()
            .filter(|owner| !owner.capitals || token.upper || reads_as_name(words, at))
            .map(|owner| owner.entity)
            .collect();
        (!entities.is_empty()).then_some((length, entities))
    }

    /// The entity of an alias of one word.
    fn alias_of_one(&self, word: &str) -> Option<u32> {
        let (_, owners) = self.names.aliases.longest(std::iter::once(word))?;
        owners.first().map(|owner| owner.entity)
    }

    /// The longest synonym phrase of two words or more at the start of `words`, with its groups.
    fn phrase(&self, words: &[Word], lexicon: &Lexicon) -> Option<(usize, Vec<(Term, f32)>)> {
        let stems = words.iter().map(|word| word.token.stem.as_str());
        let own = self.names.synonyms.longest(stems.clone()).filter(|(length, _)| *length > 1);
        let general = lexicon.phrase(stems).filter(|(length, _)| *length > 1);
        let length = own.map_or(0, |(length, _)| length).max(general.map_or(0, |(length, _)| length));
        let has_content = words.get(..length)?.iter().any(|word| word.content);
        if length == 0 || !has_content {
            return None;
        }
        let mut groups = Vec::new();
        if let Some((_, terms)) = own.filter(|(own, _)| *own == length) {
            groups.extend(terms.iter().map(|term| (*term, BRIEFING_SYNONYM)));
        }
        if let Some((_, found)) = general.filter(|(general, _)| *general == length) {
            groups.extend(found.iter().map(|group| (Term::from(*group), GENERAL_SYNONYM)));
        }
        Some((length, groups))
    }
}

/// The word in front of a possessive ending without its apostrophe; `None` for a word that ends so by itself.
fn owner(word: &str) -> Option<&str> {
    let [.., _, _, _, b's'] = word.as_bytes() else { return None };
    let owner = word.strip_suffix('s')?;
    (!Lexicon::get().is_word(word)).then_some(owner)
}

/// Whether a word that is ordinary in lower case ("us") reads as a name where it stands: a noun follows, and no verb or
/// preposition that takes a pronoun stands before it.
fn reads_as_name(words: &[Word], at: usize) -> bool {
    const TAKES_PRONOUN: [&str; 24] = [
        "tell", "give", "let", "of", "to", "for", "with", "help", "remind", "show", "fill", "catch", "between", "by",
        "from", "on", "told", "gave", "ask", "update", "send", "about", "both", "all",
    ];
    let before = at.checked_sub(1).and_then(|at| words.get(at)).map_or("", |word| word.token.word.as_str());
    let noun_follows = words.get(at + 1).is_some_and(|word| word.content);
    noun_follows && !TAKES_PRONOUN.contains(&before)
}
