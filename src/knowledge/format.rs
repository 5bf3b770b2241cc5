//! The knowledge file as written: one serde type a table, from which the JSON Schema is made too.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use schemars::JsonSchema;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use toml::Spanned;

/// Version of the format that this program reads.
pub const SCHEMA: i64 = 1;

/// A knowledge file: one briefing with its facts.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "briefing-bot knowledge")]
pub struct File<'t> {
    /// Version of the format: 1.
    #[schemars(with = "i64", range(min = 1, max = 1))]
    pub schema: Spanned<i64>,
    /// The article that all facts come from.
    pub briefing: BriefingTable,
    /// People, places, organisations and how people write them.
    #[serde(default)]
    pub entity: Vec<EntityTable>,
    /// Words that mean the same in this briefing.
    #[serde(default)]
    pub synonyms: Vec<SynonymsTable>,
    /// The facts.
    #[serde(default, borrow)]
    pub fact: Vec<FactTable<'t>>,
    /// Places where the article contradicts itself.
    #[serde(default)]
    pub conflict: Vec<ConflictTable>,
    /// Sentences that are no fact.
    #[serde(default)]
    pub uncovered: Vec<UncoveredTable>,
    /// Details that people ask for and that the article does not give.
    #[serde(default, borrow)]
    pub absent: Vec<AbsentTable<'t>>,
    /// Questions that only several facts together answer.
    #[serde(default, borrow)]
    pub list: Vec<ListTable<'t>>,
}

/// The article that all facts come from.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BriefingTable {
    /// Short name of the briefing: lower-case letters, digits and hyphens.
    #[schemars(with = "String", length(max = 32), regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"))]
    pub id: Spanned<String>,
    /// Title shown to members.
    #[schemars(with = "String", length(min = 1, max = 200))]
    pub title: Spanned<String>,
    /// Who published the article.
    #[schemars(with = "String", length(min = 1, max = 200))]
    pub publisher: Spanned<String>,
    /// Where and when it is dated, as published: "Ostrey, 14 May 2031".
    #[schemars(with = "String", length(min = 1, max = 200))]
    pub dateline: Spanned<String>,
    /// Day of publication, YYYY-MM-DD; relative dates count from it.
    #[schemars(with = "String", regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub published: Spanned<String>,
    /// Language of the article (ISO 639-1): "en".
    #[schemars(with = "String", regex(pattern = "^en$"))]
    pub language: Spanned<String>,
    /// File of the article, beside this file.
    #[schemars(with = "String")]
    pub article: Spanned<String>,
    /// Address of the article on the web, https://.
    #[schemars(with = "Option<String>", regex(pattern = r"^https://\S+$"))]
    pub url: Option<Spanned<String>>,
}

/// A person, place, organisation or thing, and how people write it.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntityTable {
    /// Short name by which facts refer to it.
    #[schemars(with = "String", length(max = 48), regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"))]
    pub id: Spanned<String>,
    /// Name as the article spells it.
    #[schemars(with = "String", length(min = 1, max = 100))]
    pub name: Spanned<String>,
    /// What it is.
    pub kind: EntityKind,
    /// Spellings, transliterations, titles, noms de guerre, nicknames, descriptions. Each belongs to one entity.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub aliases: Vec<Spanned<String>>,
}

/// What an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EntityKind {
    /// A human being.
    Person,
    /// A company, party, agency, alliance or armed group.
    Organisation,
    /// A state.
    Country,
    /// A city, region or other place.
    Place,
    /// A base, building, airport or the like.
    Facility,
    /// A law, resolution or treaty.
    Document,
    /// A group of people, such as a religious community.
    Group,
    /// A war, summit or process.
    Event,
}

/// Words that mean the same in this briefing.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SynonymsTable {
    /// Two or more words or short phrases.
    #[schemars(with = "Vec<String>", length(min = 2))]
    pub words: Vec<Spanned<String>>,
}

/// How sure a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The article states it as a fact.
    Reported,
    /// Somebody says it; `attribution` names who.
    Stated,
    /// It is to happen.
    Planned,
    /// Nobody has confirmed it.
    Unconfirmed,
    /// A judgement or an analysis.
    Opinion,
}

/// One claim of the article.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactTable<'t> {
    /// Short name: lower-case letters, digits and hyphens.
    #[schemars(with = "String", length(max = 48), regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"))]
    pub id: Spanned<String>,
    /// The answer in plain words, readable alone. It claims no more than its quotes.
    #[schemars(with = "String", length(min = 1, max = 1000))]
    pub statement: Spanned<String>,
    /// Verbatim stretches of the article that prove the statement.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub quotes: Vec<Spanned<String>>,
    /// Ways in which people ask for this, a dozen and more. The first is shown on buttons and in menus.
    #[schemars(with = "Vec<String>", length(min = 1))]
    #[serde(borrow)]
    pub asks: Vec<Spanned<AskWords<'t>>>,
    /// Ids of the entities that it is about.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub entities: Vec<Spanned<String>>,
    /// Who says so, where the article names somebody.
    #[schemars(with = "Option<String>", length(min = 1, max = 200))]
    pub attribution: Option<Spanned<String>>,
    /// How sure it is.
    pub status: Status,
    /// Day as of which it holds: YYYY, YYYY-MM or YYYY-MM-DD.
    #[schemars(with = "Option<String>", regex(pattern = r"^\d{4}(-\d{2}(-\d{2})?)?$"))]
    pub as_of: Option<Spanned<String>>,
    /// When it happened or is to happen, for the timeline: YYYY, YYYY-MM or YYYY-MM-DD.
    #[schemars(with = "Option<String>", regex(pattern = r"^\d{4}(-\d{2}(-\d{2})?)?$"))]
    pub when: Option<Spanned<String>>,
    /// Ids of facts that a reader may ask for next.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub related: Vec<Spanned<String>>,
}

/// Facts between which the article contradicts itself.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConflictTable {
    /// Ids of the facts, two or more.
    #[schemars(with = "Vec<String>", length(min = 2))]
    pub facts: Vec<Spanned<String>>,
    /// What the contradiction is, in one sentence.
    #[schemars(with = "String", length(min = 1, max = 1000))]
    pub note: Spanned<String>,
}

/// A sentence that is no fact.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UncoveredTable {
    /// The sentence, verbatim.
    #[schemars(with = "String")]
    pub quote: Spanned<String>,
    /// Why it is no fact: a caption, a lead-in.
    #[schemars(with = "String", length(min = 1, max = 1000))]
    pub reason: Spanned<String>,
}

/// A detail that people ask for and that the article does not give: a question like these is told so, and never
/// answered with the nearest fact instead.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AbsentTable<'t> {
    /// Short name: lower-case letters, digits and hyphens.
    #[schemars(with = "String", length(max = 48), regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"))]
    pub id: Spanned<String>,
    /// What people are told, beginning with "The briefing doesn't say".
    #[schemars(with = "String", length(min = 1, max = 1000))]
    pub note: Spanned<String>,
    /// Ways in which people ask for it.
    #[schemars(with = "Vec<String>", length(min = 1))]
    #[serde(borrow)]
    pub asks: Vec<Spanned<AskWords<'t>>>,
}

/// Facts that together answer what people ask: "who pledged money?", "what is planned for March?".
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListTable<'t> {
    /// Short name: lower-case letters, digits and hyphens.
    #[schemars(with = "String", length(max = 48), regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"))]
    pub id: Spanned<String>,
    /// What the facts have in common, in a few words.
    #[schemars(with = "String", length(min = 1, max = 200))]
    pub title: Spanned<String>,
    /// Ids of the facts, two to five: all that a full answer needs and no more.
    #[schemars(with = "Vec<String>", length(min = 2, max = 5))]
    pub facts: Vec<Spanned<String>>,
    /// Ways in which people ask for all of them.
    #[schemars(with = "Vec<String>", length(min = 1))]
    #[serde(borrow)]
    pub asks: Vec<Spanned<AskWords<'t>>>,
}

/// The words of an ask: those of the file itself, unless it writes them with escapes. Asks are most of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct AskWords<'t>(Cow<'t, str>);

impl Deref for AskWords<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 't, 't> Deserialize<'de> for AskWords<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;

        impl<'de> Visitor<'de> for Words {
            type Value = AskWords<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E: Error>(self, words: &'de str) -> Result<Self::Value, E> {
                Ok(AskWords(Cow::Borrowed(words)))
            }

            fn visit_str<E: Error>(self, words: &str) -> Result<Self::Value, E> {
                Ok(AskWords(Cow::Owned(words.to_owned())))
            }
        }

        deserializer.deserialize_str(Words)
    }
}
