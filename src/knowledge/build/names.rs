//! What things are called: entities with their aliases, and groups of synonyms.

use std::collections::HashMap;

use toml::Spanned;

use super::Builder;
use crate::knowledge::Entity;
use crate::knowledge::fault::Kind;
use crate::knowledge::format::{EntityTable, SynonymsTable};
use crate::text::token::words;

impl Builder<'_> {
    /// Reads the entities; no two may have a name in common.
    pub(super) fn entities(&mut self, tables: Vec<EntityTable>) -> Vec<Entity> {
        let mut owners: HashMap<String, usize> = HashMap::new();
        self.check_count(tables.iter().map(|table| 1 + table.aliases.len()).sum(), self.limits.names, "names", 0);
        let mut entities = Vec::with_capacity(tables.len());
        for (index, table) in tables.into_iter().enumerate() {
            self.check_count(table.aliases.len(), self.limits.aliases, "aliases", table.id.span().start);
            for alias in std::iter::once(&table.name).chain(&table.aliases) {
                self.check_text(alias, self.limits.alias);
                let words = words(alias.get_ref());
                let owner = *owners.entry(words).or_insert(index);
                if owner != index {
                    let message = format!("the alias \"{}\" is that of another entity too", alias.get_ref());
                    let cure = "Leave it to the one that people mean by it.";
                    self.fault(Kind::SharedAlias, alias.span().start, message, cure);
                }
            }
            entities.push(Entity {
                id: table.id.into_inner(),
                name: table.name.into_inner(),
                kind: table.kind,
                aliases: table.aliases.into_iter().map(Spanned::into_inner).collect(),
            });
        }
        entities
    }

    /// Reads a group of synonyms; `grouped` counts the groups that each word is in.
    pub(super) fn synonyms(&mut self, table: SynonymsTable, grouped: &mut HashMap<String, usize>) -> Vec<String> {
        let at = table.words.first().map_or(0, |word| word.span().start);
        self.check_count(table.words.len(), self.limits.aliases, "words", at);
        if table.words.len() < 2 {
            let cure = "Name two words or more that mean the same, or take the group out.";
            self.fault(Kind::BadValue, at, "a group of synonyms holds fewer than two words", cure);
        }
        for word in &table.words {
            self.check_text(word, self.limits.alias);
            let groups = grouped.entry(words(word.get_ref())).or_default();
            *groups += 1;
            if *groups == self.limits.groups + 1 {
                let message = format!("the word \"{}\" is in more than {} groups", word.get_ref(), self.limits.groups);
                self.fault(Kind::TooLarge, word.span().start, message, "Put words that mean the same into one group.");
            }
        }
        table.words.into_iter().map(Spanned::into_inner).collect()
    }
}
