//! What is asked: the asks of facts, and what else has asks of its own.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use toml::Spanned;

use super::Builder;
use crate::knowledge::fault::Kind;
use crate::knowledge::format::{AbsentTable, AskWords, ListTable};
use crate::knowledge::{Absent, Ask, List, MAX_LISTED};
use crate::text::quick::Map;
use crate::text::token::words;
use crate::text::{Shared, Slice};

/// Which fact, absent detail or list has an ask, by the hash of its words: in one file of three hundred thousand, if each
/// had ten million asks, two that differ would have the same.
pub(super) type Claims = Map<u64, Shared>;

/// An ask, worked out by itself: the hash of its words, and its line and column.
pub(super) struct Read {
    words: u64,
    place: (u32, u32),
}

impl Builder<'_> {
    /// Works out what takes long and needs no other ask.
    pub(super) fn read_asks(&self, asks: &[Spanned<AskWords<'_>>]) -> Vec<Read> {
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let read = |ask: &Spanned<AskWords<'_>>| {
            let (line, column) = self.lines.position(ask.span().start);
            let mut hasher = DefaultHasher::new();
            words(ask.get_ref()).hash(&mut hasher);
            Read { words: hasher.finish(), place: (small(line), small(column)) }
        };
        asks.iter().map(read).collect()
    }

    /// Takes the asks of a fact, an absent detail or a list; none may belong to two of them.
    pub(super) fn asks(
        &mut self,
        owner: &str,
        texts: &[Spanned<AskWords<'_>>],
        read: Vec<Read>,
        claims: &mut Claims,
    ) -> Vec<Ask> {
        let owner = Shared::from(owner);
        let mut asks = Vec::with_capacity(texts.len());
        for (ask, Read { words, place: (line, column) }) in texts.iter().zip(read) {
            self.check_text(ask, self.limits.ask);
            if let Some(other) = claims.insert(words, owner.clone())
                && other != owner
            {
                let message = format!("the ask \"{}\" is that of `{other}` too", &**ask.get_ref());
                let at = ask.span().start;
                self.fault(Kind::SharedAsk, at, message, "Leave it to the one that answers it best.");
            }
            asks.push(Ask { text: self.kept(ask), line, column });
        }
        asks
    }

    /// A text as it is kept: where the file holds it letter for letter, as part of that.
    fn kept(&self, text: &Spanned<AskWords<'_>>) -> Slice {
        let quoted = text.span();
        let within = Slice::of(&self.source.toml, quoted.start + 1..quoted.end.saturating_sub(1));
        within.filter(|within| within.as_str() == &**text.get_ref()).unwrap_or_else(|| (&**text.get_ref()).into())
    }

    /// Reads a detail that the article does not give.
    pub(super) fn absent(&mut self, table: AbsentTable<'_>, asks: &mut Claims) -> Absent {
        let at = table.id.span().start;
        self.check_text(&table.note, self.limits.statement);
        self.check_count(table.asks.len(), self.limits.asks, "asks", at);
        if table.asks.is_empty() {
            let message = format!("the absent detail `{}` has no ask", table.id.get_ref());
            self.fault(Kind::MissingKey, at, message, "Add at least one ask.");
        }
        let read = self.read_asks(&table.asks);
        let asks = self.asks(table.id.get_ref(), &table.asks, read, asks);
        Absent { id: table.id.into_inner(), note: table.note.into_inner(), asks }
    }

    /// Reads a list of facts that answer together.
    pub(super) fn list(&mut self, table: ListTable<'_>, asks: &mut Claims) -> List {
        let at = table.id.span().start;
        self.check_text(&table.title, 200);
        self.check_count(table.asks.len(), self.limits.asks, "asks", at);
        self.check_count(table.facts.len(), MAX_LISTED, "facts in a list", at);
        if table.facts.len() < 2 {
            let message = format!("the list `{}` names fewer than two facts", table.id.get_ref());
            self.fault(Kind::BadValue, at, message, "Name all that answer, or make its asks those of the one fact.");
        }
        if table.asks.is_empty() {
            let message = format!("the list `{}` has no ask", table.id.get_ref());
            self.fault(Kind::MissingKey, at, message, "Add at least one ask.");
        }
        let facts = self.references("fact", &table.facts);
        if facts.iter().collect::<HashSet<_>>().len() < facts.len() {
            let message = format!("the list `{}` names a fact twice", table.id.get_ref());
            self.fault(Kind::BadValue, at, message, "Name each fact once.");
        }
        let read = self.read_asks(&table.asks);
        let asks = self.asks(table.id.get_ref(), &table.asks, read, asks);
        List { id: table.id.into_inner(), title: table.title.into_inner(), facts, asks }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::knowledge::{Library, Limits};

    #[test]
    fn asks_are_kept_as_parts_of_the_file() {
        let library = Library::load(Path::new("knowledge"), &Limits::STANDARD).expect("the briefing");
        for knowledge in library.briefings() {
            let escaped = |text: &str| text.contains(['"', '\\']);
            for ask in knowledge.facts.iter().flat_map(|fact| &fact.asks) {
                assert!(ask.text.is_part_of(&knowledge.source.toml) || escaped(&ask.text), "{}", ask.text);
            }
        }
    }
}
