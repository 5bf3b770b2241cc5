//! Whether a statement claims no more than its quotes: each number, date and name of it must stand in one of them.

use std::sync::Arc;

use crate::text::Shared;
use crate::text::quick::Set;
use crate::text::token::{Token, tokenize};

/// What a statement may draw on: the words of its quotes and what else the fact gives (entities, resolved dates).
#[derive(Debug, Default)]
pub struct Support {
    stems: Set<Shared>,
    lent: Vec<Arc<Set<Shared>>>,
}

/// Whether a statement is a clause of a text word for word, and so claims nothing that the text doesn't say: it begins
/// where a word does and ends at a mark or with the text, since "4" is not what "4 million" says.
#[must_use]
pub fn is_clause_of(statement: &str, text: &str) -> bool {
    let clause = statement.strip_suffix('.').unwrap_or(statement);
    let is_clause = |(at, _): (usize, &str)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let mut behind = text.get(at + clause.len()..).unwrap_or_default().chars();
        // Between digits a mark is part of a number.
        let ends = match behind.next() {
            None => true,
            Some(mark) => {
                matches!(mark, ',' | '.' | ';' | ':' | '!' | '?') && behind.next().is_none_or(char::is_whitespace)
            }
        };
        ends && before.is_none_or(char::is_whitespace)
    };
    !clause.is_empty() && text.match_indices(clause).any(is_clause)
}

/// The stems of texts, for [`Support::lend`].
pub fn stems<'t>(texts: impl IntoIterator<Item = &'t str>) -> Set<Shared> {
    texts.into_iter().flat_map(tokenize).map(|token| token.stem).collect()
}

impl Support {
    /// Adds stems that many statements draw on.
    pub fn lend(&mut self, stems: Arc<Set<Shared>>) {
        self.lent.push(stems);
    }

    fn has(&self, stem: &Shared) -> bool {
        self.stems.contains(stem) || self.lent.iter().any(|stems| stems.contains(stem))
    }

    /// Adds a text that supports.
    pub fn add(&mut self, text: &str) {
        self.stems.extend(tokenize(text).into_iter().map(|token| token.stem));
    }

    /// The numbers and names of `statement` that nothing supports, numbers first, each once.
    #[must_use]
    pub fn missing(&self, statement: &str) -> Vec<String> {
        let mut missing = self.missing_numbers(statement);
        missing.extend(self.missing_names(statement));
        let mut seen = Set::default();
        missing.retain(|word| seen.insert(word.clone()));
        missing
    }

    fn missing_numbers(&self, statement: &str) -> Vec<String> {
        // Up to three, a number may be the writer's count of what a quote lists.
        let counts = |token: &Token| token.number.is_some_and(|number| number.value > 3.0);
        tokenize(statement)
            .into_iter()
            .filter(|token| counts(token) && !self.has(&token.stem))
            .map(|token| token.number.map_or_else(|| token.word.to_string(), |number| number.value.to_string()))
            .collect()
    }

    /// Names are words with a capital that don't open a sentence.
    fn missing_names(&self, statement: &str) -> Vec<String> {
        let mut missing = Vec::new();
        let mut opens = true;
        for piece in statement.split_whitespace() {
            let word = piece.trim_matches(|c: char| !c.is_alphanumeric());
            let capital = word.chars().next().is_some_and(char::is_uppercase);
            let known = |token: &Token| token.number.is_some() || self.has(&token.stem);
            if capital && !opens && word.chars().count() > 1 && !tokenize(word).iter().all(known) {
                missing.push(word.to_owned());
            }
            opens = piece.ends_with(['.', '!', '?', ':', '"', '”']);
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_of_the_text_needs_no_proof() {
        let text = "In all, 4 boats of Utopia came, 15,000 tonnes, and 4 million left; so did Ada.";
        for clause in ["4 boats of Utopia came.", "15,000 tonnes", "so did Ada.", "and 4 million left", text] {
            assert!(is_clause_of(clause, text), "{clause}");
        }
        for other in ["5,000 tonnes", "000 tonnes", "and 4", "boats of Utopi", "4 boats of Ruritania came", "", "."] {
            assert!(!is_clause_of(other, text), "{other}");
        }
        assert!(!is_clause_of("It is 4", "It is 4,000 tonnes"));
    }

    #[test]
    fn numbers_and_names_need_support() {
        let mut support = Support::default();
        support.add("Ten boats of the Danish fleet came, 10,000 tonnes in all, now 4,000.");
        let missing = |statement: &str| support.missing(statement).join(" ");
        assert_eq!(missing("Now 4 thousand tonnes of the Danish fleet are there."), "");
        assert_eq!(missing("Now 5,000 tonnes are there."), "5000");
        assert_eq!(missing("There are 7 boats of Utopia, yes, Utopia."), "7 Utopia");
        assert_eq!(missing("Troops: none. Others left."), "", "words that open a sentence are no names");
        assert_eq!(missing("Three of them left."), "", "a count of what is listed");
    }
}
