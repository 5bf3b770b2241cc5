//! The entries of an index: facts, absent details and lists, numbered through, and what the classifier learns of them.

use std::sync::Arc;

use super::super::classifier::Classifier;
use super::{FactRef, ListRef};
use crate::knowledge::{Absent, Fact, Knowledge, List};

/// All entries, in the order in which they are numbered.
pub(super) struct Entries<'k> {
    pub(super) facts: Vec<(FactRef, &'k Fact)>,
    pub(super) absent: Vec<(FactRef, &'k Absent)>,
    pub(super) lists: Vec<(ListRef, &'k Knowledge, &'k List)>,
}

impl<'k> Entries<'k> {
    pub(super) fn new(briefings: &'k [Arc<Knowledge>], no_fact: impl Fn(FactRef) -> bool) -> Self {
        let mut entries = Self { facts: Vec::new(), absent: Vec::new(), lists: Vec::new() };
        for (knowledge, briefing) in briefings.iter().zip(0u32..) {
            let numbered = |fact: u32| FactRef { briefing, fact };
            let facts = (0u32..).map(numbered).zip(&knowledge.facts).filter(|(at, _)| !no_fact(*at));
            entries.facts.extend(facts);
            entries.absent.extend((0u32..).map(numbered).zip(&knowledge.absent));
            for list in &knowledge.lists {
                // A list of which a fact is left out is left out with it.
                let place = |fact: &usize| {
                    let at = numbered(u32::try_from(*fact).ok()?);
                    entries.facts.binary_search_by_key(&at, |(at, _)| *at).ok()
                };
                if let Some(facts) = list.facts.iter().map(place).collect() {
                    entries.lists.push((ListRef { facts }, knowledge, list));
                }
            }
        }
        entries
    }

    /// What the classifier learns: which text asks for which entry.
    pub(super) fn learnt(&self, left_out: &impl Fn(FactRef, usize) -> bool) -> Classifier {
        let of_facts = self.facts.iter().enumerate().flat_map(|(class, (at, fact))| {
            let asks = fact.asks.iter().enumerate().filter(|(ask, _)| !left_out(*at, *ask));
            let asks = asks.map(|(_, ask)| ask.text.as_str());
            asks.chain([fact.statement.as_str()]).map(move |text| (text, Some(class)))
        });
        let of_lists = (self.facts.len()..).zip(&self.lists).flat_map(|(class, (_, _, list))| {
            let asks = list.asks.iter().map(|ask| ask.text.as_str());
            asks.chain([list.title.as_str()]).map(move |text| (text, Some(class)))
        });
        let absent = self.absent.iter().flat_map(|(_, detail)| &detail.asks).map(|ask| (ask.text.as_str(), None));
        Classifier::learnt(of_facts.chain(of_lists).chain(absent), self.facts.len() + self.lists.len())
    }
}
