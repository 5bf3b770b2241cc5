//! What a button or menu means: all of its state, so that it works after a restart and on old messages.
//!
//! The form is `VERSION:KIND[:ARGUMENT...]`, at most 100 characters: the ids of a briefing (32) and a fact (48) are the
//! longest that stands there. Ids under [`MODERATION`] belong to the moderators' commands and are theirs to read.

use std::fmt;

/// Discord's limit for a `custom_id`, in characters.
pub(crate) const MAX: usize = 100;

/// What begins every id of this form. A form that means something else gets another number; ids of an old one are then
/// answered politely.
const VERSION: &str = "b1";

/// What begins the ids of the moderators' buttons, menus and forms.
pub(crate) const MODERATION: &str = "m1:";

/// A fact, by the ids of its briefing and itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FactId {
    /// The briefing's id.
    pub(crate) briefing: String,
    /// The fact's id.
    pub(crate) fact: String,
}

/// What somebody pressed or chose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CustomId {
    /// A button: answer with this fact.
    Ask(FactId),
    /// A button: show this fact's quotes in their paragraphs.
    Context(FactId),
    /// A button: the answer, of which this is the best fact, helped.
    Helpful(FactId),
    /// A button: it didn't.
    NotHelpful(FactId),
    /// A button: this page of the sections.
    Topics(usize),
    /// A menu of sections; its values are [`section_value`]s.
    PickSection,
    /// A button: this page of the facts of a section.
    Section(SectionId, usize),
    /// A menu of facts; its values are [`fact_value`]s.
    PickFact,
    /// A button: this page of the timeline.
    Timeline(usize),
}

/// A section of a briefing's article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SectionId {
    /// The briefing's id.
    pub(crate) briefing: String,
    /// Index of the section in the article.
    pub(crate) section: usize,
}

impl fmt::Display for FactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.briefing, self.fact)
    }
}

impl fmt::Display for SectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.briefing, self.section)
    }
}

impl fmt::Display for CustomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{VERSION}:")?;
        match self {
            Self::Ask(id) => write!(f, "ask:{id}"),
            Self::Context(id) => write!(f, "ctx:{id}"),
            Self::Helpful(id) => write!(f, "yes:{id}"),
            Self::NotHelpful(id) => write!(f, "no:{id}"),
            Self::Topics(page) => write!(f, "top:{page}"),
            Self::PickSection => write!(f, "secs"),
            Self::Section(id, page) => write!(f, "sec:{id}:{page}"),
            Self::PickFact => write!(f, "facts"),
            Self::Timeline(page) => write!(f, "time:{page}"),
        }
    }
}

impl CustomId {
    /// Reads an id; `None` for anything that this version doesn't write.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX {
            return None;
        }
        let rest = text.strip_prefix(VERSION)?.strip_prefix(':')?;
        let (kind, argument) = rest.split_once(':').map_or((rest, None), |(kind, rest)| (kind, Some(rest)));
        match (kind, argument) {
            ("ask", Some(id)) => FactId::parse(id).map(Self::Ask),
            ("ctx", Some(id)) => FactId::parse(id).map(Self::Context),
            ("yes", Some(id)) => FactId::parse(id).map(Self::Helpful),
            ("no", Some(id)) => FactId::parse(id).map(Self::NotHelpful),
            ("top", Some(page)) => number(page).map(Self::Topics),
            ("secs", None) => Some(Self::PickSection),
            ("sec", Some(rest)) => {
                let (id, page) = rest.rsplit_once(':')?;
                Some(Self::Section(SectionId::parse(id)?, number(page)?))
            }
            ("facts", None) => Some(Self::PickFact),
            ("time", Some(page)) => number(page).map(Self::Timeline),
            _ => None,
        }
    }
}

impl FactId {
    /// Reads `BRIEFING:FACT`, the form of a menu's value.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (briefing, fact) = text.split_once(':')?;
        (is_id(briefing) && is_id(fact)).then(|| Self { briefing: briefing.to_owned(), fact: fact.to_owned() })
    }
}

impl SectionId {
    /// Reads `BRIEFING:SECTION`, the form of a menu's value.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (briefing, section) = text.split_once(':')?;
        is_id(briefing).then_some(())?;
        Some(Self { briefing: briefing.to_owned(), section: number(section)? })
    }
}

/// Whether a text has the form of the id of a briefing or a fact.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A number as it is written: no sign, no needless zero, small.
fn number(text: &str) -> Option<usize> {
    let number: usize = text.parse().ok().filter(|number| *number < 1_000_000)?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Limits;

    fn fact(briefing: &str, fact: &str) -> FactId {
        FactId { briefing: briefing.to_owned(), fact: fact.to_owned() }
    }

    #[test]
    fn every_id_is_read_as_it_was_written_and_fits() {
        let limits = Limits::STANDARD;
        let (briefing, name) = ("b".repeat(limits.briefing_id), "f".repeat(limits.id));
        let id = || fact(&briefing, &name);
        let section = SectionId { briefing: briefing.clone(), section: 99_999 };
        for id in [
            CustomId::Ask(id()),
            CustomId::Context(id()),
            CustomId::Helpful(id()),
            CustomId::NotHelpful(id()),
            CustomId::Topics(999_999),
            CustomId::PickSection,
            CustomId::Section(section, 999_999),
            CustomId::PickFact,
            CustomId::Timeline(0),
        ] {
            let text = id.to_string();
            assert!(text.len() <= MAX, "{text}");
            assert_eq!(CustomId::parse(&text), Some(id));
        }
    }

    #[test]
    fn what_was_never_written_is_not_read() {
        for text in [
            "",
            "b1",
            "b1:",
            "b2:ask:a:b",
            "b1:ask",
            "b1:ask:a",
            "b1:ask:a:b:c",
            "b1:ask:A:b",
            "b1:ask::b",
            "b1:ask:a:é",
            "b1:secs:1",
            "b1:top:-1",
            "b1:top:+1",
            "b1:top:01",
            "b1:top:99999999999999999999",
            "b1:sec:a:1",
            "b1:sec:a:x:1",
            "b1:time:",
            "m1:anything",
        ] {
            assert_eq!(CustomId::parse(text), None, "{text}");
        }
        assert_eq!(CustomId::parse(&format!("b1:ask:a:{}", "b".repeat(100))), None);
    }
}
