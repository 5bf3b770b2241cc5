//! The words of an entry: its texts, read and linked once for all that the index wants to know of them.

use super::super::link::{Linker, Unit};
use super::super::query::attributes_of;
use crate::knowledge::{Absent, Fact, Knowledge, List};
use crate::text::lexicon::{Attribute, Lexicon};
use crate::text::token::{Token, tokenize};

/// The words of a fact, read once for all that the index wants to know of them.
pub(super) struct Words {
    pub(super) statement: Text,
    pub(super) quotes: Vec<Text>,
    pub(super) asks: Vec<Text>,
}

/// One text of a fact, read and linked to the terms that are known so far.
pub(super) struct Text {
    pub(super) tokens: Vec<Token>,
    pub(super) units: Vec<Unit>,
}

impl Text {
    pub(super) fn new(text: &str, linker: &Linker) -> Self {
        let tokens = tokenize(text);
        Self { units: linker.link_text(&tokens), tokens }
    }
}

impl Words {
    pub(super) fn of_fact(fact: &Fact, left_out: impl Fn(usize) -> bool, linker: &Linker) -> Self {
        let asks = fact.asks.iter().enumerate().filter(|(ask, _)| !left_out(*ask));
        Self {
            statement: Text::new(&fact.statement, linker),
            quotes: fact.quotes.iter().map(|quote| Text::new(&quote.text, linker)).collect(),
            asks: asks.map(|(_, ask)| Text::new(&ask.text, linker)).collect(),
        }
    }

    pub(super) fn of_absent(absent: &Absent, linker: &Linker) -> Self {
        let asks = absent.asks.iter().map(|ask| Text::new(&ask.text, linker)).collect();
        Self { statement: Text::new("", linker), quotes: Vec::new(), asks }
    }

    /// A list speaks of what its facts state.
    pub(super) fn of_list(list: &List, knowledge: &Knowledge, linker: &Linker) -> Self {
        let statements = list.facts.iter().map(|fact| Text::new(&knowledge.facts[*fact].statement, linker));
        Self {
            statement: Text::new(&list.title, linker),
            quotes: statements.collect(),
            asks: list.asks.iter().map(|ask| Text::new(&ask.text, linker)).collect(),
        }
    }

    /// Statement and quotes.
    pub(super) fn core(&self) -> impl Iterator<Item = &Text> {
        self.quotes.iter().chain([&self.statement])
    }
}

/// The attributes that words name, sorted, each once.
pub(super) fn named_in(words: &Words, lexicon: &Lexicon) -> Vec<Attribute> {
    let texts = words.asks.iter().chain([&words.statement]).chain(&words.quotes);
    let mut named: Vec<Attribute> = texts.flat_map(|text| attributes_of(text.tokens.iter(), lexicon)).collect();
    named.sort_unstable();
    named.dedup();
    named
}
