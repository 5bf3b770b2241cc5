//! Whether a statement claims no more than its quotes: each number, date and name of it must stand in one of them.

use crate::text::Shared;
use crate::text::quick::Set;
use crate::text::token::{Token, tokenize};

/// What a statement may draw on: the words of its quotes and what else the fact gives (entities, resolved dates).
#[derive(Debug, Default)]
pub struct Support {
    stems: Set<Shared>,
}

impl Support {
    /// Adds a text that supports.
    pub fn add(&mut self, text: &str) {
        self.stems.extend(tokenize(text).into_iter().map(|token| token.stem));
    }

    /// The first number or name of `statement` that nothing supports, as it is written.
    #[must_use]
    pub fn missing(&self, statement: &str) -> Option<String> {
        self.missing_number(statement).or_else(|| self.missing_name(statement))
    }

    fn missing_number(&self, statement: &str) -> Option<String> {
        // Up to three, a number may be the writer's count of what a quote lists.
        let counts = |token: &Token| token.number.is_some_and(|number| number.value > 3.0);
        tokenize(statement)
            .into_iter()
            .find(|token| counts(token) && !self.stems.contains(&token.stem))
            .map(|token| token.number.map_or_else(|| token.word.to_string(), |number| number.value.to_string()))
    }

    /// Names are words with a capital that don't open a sentence.
    fn missing_name(&self, statement: &str) -> Option<String> {
        let mut opens = true;
        for piece in statement.split_whitespace() {
            let word = piece.trim_matches(|c: char| !c.is_alphanumeric());
            let capital = word.chars().next().is_some_and(char::is_uppercase);
            let tokens = tokenize(word);
            let known = tokens.iter().all(|token| token.number.is_some() || self.stems.contains(&token.stem));
            if capital && !opens && !known && word.chars().count() > 1 {
                return Some(word.to_owned());
            }
            opens = piece.ends_with(['.', '!', '?', ':', '"', '”']);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_need_support() {
        let mut support = Support::default();
        support.add("He highlighted 10,000 Russian troops, now reduced to 4,000.");
        assert_eq!(support.missing("Now 4 thousand Russian troops are there."), None);
        assert_eq!(support.missing("Now 5,000 troops are there."), Some("5000".to_owned()));
        assert_eq!(support.missing("There are troops of Utopia."), Some("Utopia".to_owned()));
        assert_eq!(support.missing("Troops: none. Others left."), None, "words that open a sentence are no names");
    }
}
