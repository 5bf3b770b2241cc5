//! The words of an entry: its texts, read once for all that the index wants to know of them.

use super::super::query::attributes_of;
use crate::knowledge::{Absent, Fact, Knowledge, List};
use crate::text::lexicon::{Attribute, Lexicon};
use crate::text::token::{Token, tokenize};

/// The words of an entry, text by text.
pub(super) struct Words {
    pub(super) statement: Vec<Token>,
    pub(super) quotes: Vec<Vec<Token>>,
    pub(super) asks: Vec<Vec<Token>>,
}

impl Words {
    pub(super) fn of_fact(fact: &Fact, left_out: impl Fn(usize) -> bool) -> Self {
        let asks = fact.asks.iter().enumerate().filter(|(ask, _)| !left_out(*ask));
        Self {
            statement: tokenize(&fact.statement),
            quotes: fact.quotes.iter().map(|quote| tokenize(&quote.text)).collect(),
            asks: asks.map(|(_, ask)| tokenize(&ask.text)).collect(),
        }
    }

    pub(super) fn of_absent(absent: &Absent) -> Self {
        let asks = absent.asks.iter().map(|ask| tokenize(&ask.text)).collect();
        Self { statement: Vec::new(), quotes: Vec::new(), asks }
    }

    /// A list speaks of what its facts state.
    pub(super) fn of_list(list: &List, knowledge: &Knowledge) -> Self {
        let statements = list.facts.iter().map(|fact| tokenize(&knowledge.facts[*fact].statement));
        Self {
            statement: tokenize(&list.title),
            quotes: statements.collect(),
            asks: list.asks.iter().map(|ask| tokenize(&ask.text)).collect(),
        }
    }

    /// Statement and quotes.
    pub(super) fn core(&self) -> impl Iterator<Item = &Token> {
        self.quotes.iter().chain([&self.statement]).flatten()
    }

    /// The attributes that the words name, sorted, each once.
    pub(super) fn attributes(&self, lexicon: &Lexicon) -> Vec<Attribute> {
        let texts = self.asks.iter().chain([&self.statement]).chain(&self.quotes);
        let mut named: Vec<Attribute> = texts.flat_map(|text| attributes_of(text.iter(), lexicon)).collect();
        named.sort_unstable();
        named.dedup();
        named
    }
}
