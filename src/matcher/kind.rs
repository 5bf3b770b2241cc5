//! The kind of answer that a question asks for, and the kinds that a fact can give.

use crate::knowledge::{EntityKind, Fact, Knowledge};
use crate::text::number::Unit;
use crate::text::token::Token;

/// A kind of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Somebody: a person, an organisation, a state.
    Who,
    /// A date or a time.
    When,
    /// A place.
    Where,
    /// A number of things, a share, a size.
    HowMany,
    /// An amount of money.
    HowMuch,
    /// A stretch of time.
    HowLong,
    /// A reason, a purpose.
    Why,
    /// A manner or a means: how somebody did something.
    How,
    /// A name out of several: which country, which of them.
    Which,
    /// Whether something is so.
    YesNo,
    /// Anything else.
    What,
}

/// Kinds, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u16);

impl Kinds {
    /// Adds a kind.
    pub fn insert(&mut self, kind: Kind) {
        self.0 |= 1 << kind as u16;
    }

    /// The kinds of both sets.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a kind is in the set.
    #[must_use]
    pub fn contains(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u16) != 0
    }
}

impl Kind {
    /// Whether an answer of another kind can't do: "when" is not answered by an amount.
    #[must_use]
    pub fn is_specific(self) -> bool {
        !matches!(self, Self::YesNo | Self::What | Self::Which | Self::How)
    }

    /// Reads the kind from the words of a question: the first question phrase decides, an auxiliary verb at the start
    /// makes it a yes-or-no question.
    #[must_use]
    pub fn of(tokens: &[Token]) -> Self {
        let word = |at: usize| tokens.get(at).map_or("", |token| token.word.as_str());
        let money =
            || tokens.iter().any(|token| MONEY.contains(&token.stem.as_str()) || MONEY.contains(&token.word.as_str()));
        for at in 0..tokens.len() {
            let kind = match (word(at), word(at + 1)) {
                ("how", "many") if SPANS.contains(&word(at + 2)) => Some(Self::HowLong),
                ("how", "many") | ("number", "of") | ("many", _) => {
                    Some(if money() { Self::HowMuch } else { Self::HowMany })
                }
                ("how", "much") => Some(if money() { Self::HowMuch } else { Self::HowMany }),
                ("how", "big" | "large" | "few" | "high")
                | ("what", "percent" | "percentage" | "share" | "number" | "proportion") => Some(Self::HowMany),
                ("how", "long") => Some(Self::HowLong),
                ("how", "come") | ("what", "for") | ("why" | "reason" | "reasons" | "motive", _) => Some(Self::Why),
                ("when" | "date" | "dates", _)
                | ("what" | "which" | "wat" | "on", "year" | "month" | "day" | "date" | "time" | "week" | "season")
                | ("how", "soon" | "recently") => Some(Self::When),
                ("where" | "whereabouts" | "location", _)
                | (
                    "what" | "which",
                    "city" | "place" | "town" | "region" | "area" | "building" | "room" | "hall" | "venue",
                ) => Some(Self::Where),
                ("who" | "whom" | "whose", _)
                | ("which" | "what", "person" | "minister" | "official" | "leader" | "agency" | "outlet") => {
                    Some(Self::Who)
                }
                ("which" | "name" | "names", _) => Some(Self::Which),
                ("how", _) => Some(Self::How),
                _ => None,
            };
            if let Some(kind) = kind {
                return kind;
            }
        }
        if AUXILIARIES.contains(&word(0)) { Self::YesNo } else { Self::What }
    }
}

const MONEY: [&str; 16] = [
    "money", "cost", "price", "dollar", "pay", "rent", "cash", "fund", "worth", "buck", "spend", "billion", "million",
    "debt", "loan", "usd",
];

/// Stretches of time: how many of them is how long.
const SPANS: [&str; 10] =
    ["years", "year", "months", "month", "weeks", "days", "hours", "minutes", "decades", "centuries"];

/// Verbs that open a yes-or-no question.
const AUXILIARIES: [&str; 30] = [
    "is", "are", "was", "were", "did", "does", "do", "has", "have", "had", "can", "could", "will", "would", "should",
    "isnt", "arent", "wasnt", "werent", "didnt", "doesnt", "dont", "hasnt", "havent", "wont", "cant", "may", "might",
    "am", "must",
];

const MONTHS: [&str; 12] =
    ["januari", "februari", "march", "april", "may", "june", "juli", "august", "septemb", "octob", "novemb", "decemb"];

/// Words by which a text says why.
const REASONS: [&str; 22] = [
    "because",
    "citing",
    "due",
    "since",
    "grounds",
    "reason",
    "reasons",
    "over",
    "amid",
    "after",
    "following",
    "conditional",
    "if",
    "aimed",
    "seeks",
    "despite",
    "complicating",
    "prompted",
    "avoiding",
    "pending",
    "strategy",
    "containment",
];

/// Words by which a text says when.
const TIMES: [&str; 14] = [
    "week",
    "month",
    "year",
    "yesterday",
    "today",
    "tomorrow",
    "summer",
    "winter",
    "spring",
    "autumn",
    "quarter",
    "daili",
    "annual",
    "since",
];

/// The kinds of answer that a fact can give by the words of its statement and quotes and by its entities.
#[must_use]
pub fn kinds_of<'t>(fact: &Fact, words: impl Iterator<Item = &'t Token>, knowledge: &Knowledge) -> Kinds {
    let mut kinds = Kinds::default();
    kinds.insert(Kind::What);
    kinds.insert(Kind::YesNo);
    kinds.insert(Kind::Which);
    kinds.insert(Kind::How);
    if fact.when.is_some() {
        kinds.insert(Kind::When);
    }
    for token in words {
        match token.number {
            Some(number) if number.is_year() => kinds.insert(Kind::When),
            Some(number) => {
                kinds.insert(if number.unit == Unit::Money { Kind::HowMuch } else { Kind::HowMany });
            }
            None if REASONS.contains(&token.word.as_str()) => kinds.insert(Kind::Why),
            None if MONTHS.contains(&token.stem.as_str()) => kinds.insert(Kind::When),
            None if TIMES.contains(&token.stem.as_str()) => {
                kinds.insert(Kind::When);
                kinds.insert(Kind::HowLong);
            }
            None => {}
        }
    }
    for entity in fact.entities.iter().filter_map(|index| knowledge.entities.get(*index)) {
        match entity.kind {
            EntityKind::Person | EntityKind::Group | EntityKind::Organisation => kinds.insert(Kind::Who),
            EntityKind::Country => {
                kinds.insert(Kind::Who);
                kinds.insert(Kind::Where);
            }
            EntityKind::Place | EntityKind::Facility => kinds.insert(Kind::Where),
            EntityKind::Document | EntityKind::Event => {}
        }
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::token::tokenize;

    #[test]
    fn the_question_phrase_decides() {
        for (question, kind) in [
            ("who was there", Kind::Who),
            ("so when exactly did it happen", Kind::When),
            ("what year was that", Kind::When),
            ("how many troops", Kind::HowMany),
            ("for how many years is it", Kind::HowLong),
            ("how much money was pledged", Kind::HowMuch),
            ("which city", Kind::Where),
            ("how come they left", Kind::Why),
            ("did they sign", Kind::YesNo),
            ("they signed what", Kind::What),
            ("how long is the lease", Kind::HowLong),
        ] {
            assert_eq!(Kind::of(&tokenize(question)), kind, "{question}");
        }
    }
}
