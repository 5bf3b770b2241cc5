//! The knowledge: structured facts of articles, checked against them, immutable once loaded.
//!
//! A knowledge file ([`format`](mod@format)) is read ([`read`]), checked against its [`article`] and built
//! ([`build`]) into a [`Knowledge`]; a [`Library`] holds all that are served at once. What is wrong is a list of
//! [`Fault`]s, each with its place and its cure.

pub mod article;
pub mod build;
pub mod date;
pub mod fault;
pub mod format;
pub mod library;
pub mod read;
mod shape;
pub mod support;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::text::Slice;

pub use article::{Article, Place};
pub use date::Date;
pub use fault::{Fault, Faults, Kind};
pub use format::{EntityKind, Status};
pub use library::Library;

/// Sizes above which knowledge is refused, so that no upload can exhaust the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a knowledge file or an article.
    pub file_bytes: u64,
    /// Facts of a file.
    pub facts: usize,
    /// Characters of a statement, a note or a reason.
    pub statement: usize,
    /// Characters of a quote.
    pub quote: usize,
    /// Quotes of a fact.
    pub quotes: usize,
    /// Characters of an ask.
    pub ask: usize,
    /// Asks of a fact.
    pub asks: usize,
    /// Characters of an id, an alias, a name or a word. Ids of a briefing and a fact must fit together in the
    /// 100 characters of a Discord button with what else stands there.
    pub alias: usize,
    /// Characters of the id of a briefing.
    pub briefing_id: usize,
    /// Characters of the id of a fact or an entity.
    pub id: usize,
    /// Aliases of an entity or words of a synonym group.
    pub aliases: usize,
    /// Names of all entities with their aliases, and words of all synonym groups, together.
    pub names: usize,
    /// Groups of synonyms that one word is in.
    pub groups: usize,
    /// Entities or related facts of a fact, or sides of a contradiction.
    pub references: usize,
    /// Bytes of the article that are read to find all quotes. Ten thousand quotes that begin no sentence, looked for in
    /// an article of 50 pages.
    pub searched: u64,
}

impl Limits {
    /// The limits that hold unless a caller has reasons of its own: a file of 4 MiB, a statement of 1,000 characters.
    pub const STANDARD: Self = Self {
        file_bytes: 4 * 1024 * 1024,
        facts: 10_000,
        statement: 1_000,
        quote: 2_000,
        quotes: 12,
        ask: 300,
        asks: 200,
        alias: 100,
        briefing_id: 32,
        id: 48,
        aliases: 500,
        names: 20_000,
        groups: 20,
        references: 50,
        searched: 1 << 30,
    };
}

/// What a knowledge file and its article say, as read from disk, an upload or the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Path of the knowledge file; faults name it.
    pub path: PathBuf,
    /// Its text.
    pub toml: Arc<str>,
    /// Path of the article; faults name it.
    pub article_path: PathBuf,
    /// Its text.
    pub article: Arc<str>,
}

/// The article behind a knowledge, as members are told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Briefing {
    /// Short name.
    pub id: String,
    /// Title.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// Where and when it is dated.
    pub dateline: String,
    /// Day of publication.
    pub published: Date,
    /// Address on the web.
    pub url: Option<String>,
}

/// A person, place, organisation or thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Short name.
    pub id: String,
    /// Name as the article spells it.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
    /// Other ways to write it.
    pub aliases: Vec<String>,
}

/// A verbatim stretch of the article and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The words, exactly as published.
    pub text: String,
    /// Name of the section.
    pub section: String,
    /// Number of the paragraph, from 1, headings not counted.
    pub paragraph: usize,
    /// The place in the article.
    pub place: Place,
}

/// A way in which people ask for a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The words.
    pub text: Slice,
    /// Line of the knowledge file, from 1.
    pub line: u32,
    /// Column in that line, in characters from 1.
    pub column: u32,
}

/// One claim of the article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Short name, unique in its briefing.
    pub id: String,
    /// The answer in plain words.
    pub statement: String,
    /// The proof; never empty.
    pub quotes: Vec<Quote>,
    /// Ways to ask for it; never empty, the first is its own question.
    pub asks: Vec<Ask>,
    /// Indices into [`Knowledge::entities`].
    pub entities: Vec<usize>,
    /// Who says so.
    pub attribution: Option<String>,
    /// How sure it is.
    pub status: Status,
    /// As of when it holds.
    pub as_of: Option<Date>,
    /// When it happened or is to happen.
    pub when: Option<Date>,
    /// Indices into [`Knowledge::facts`].
    pub related: Vec<usize>,
    /// Indices into [`Knowledge::conflicts`].
    pub conflicts: Vec<usize>,
}

impl Fact {
    /// The fact's own question: its first ask.
    #[must_use]
    pub fn question(&self) -> &str {
        self.asks.first().map_or("", |ask| ask.text.as_str())
    }
}

/// Facts between which the article contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Indices into [`Knowledge::facts`], two or more.
    pub facts: Vec<usize>,
    /// What the contradiction is.
    pub note: String,
}

/// A detail that people ask for and that the article does not give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// Short name, unique in its briefing.
    pub id: String,
    /// What people are told.
    pub note: String,
    /// Ways to ask for it; never empty.
    pub asks: Vec<Ask>,
}

/// Facts that together answer what people ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Short name, unique in its briefing.
    pub id: String,
    /// What the facts have in common.
    pub title: String,
    /// Indices into [`Knowledge::facts`], two to [`MAX_LISTED`].
    pub facts: Vec<usize>,
    /// Ways to ask for all of them; never empty.
    pub asks: Vec<Ask>,
}

/// Most facts of a [`List`]: as many as an answer shows.
pub const MAX_LISTED: usize = 5;

/// How much of the article the knowledge accounts for, in sentences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Sentences of the article.
    pub sentences: usize,
    /// Sentences that a fact quotes.
    pub quoted: usize,
    /// Sentences that are listed as no fact.
    pub listed: usize,
}

/// A briefing's facts, checked. Never changes; a reload makes a new one.
#[derive(Clone, Debug)]
pub struct Knowledge {
    /// The article that all facts come from.
    pub briefing: Briefing,
    /// The article itself.
    pub article: Article,
    /// The facts, in the order of the file.
    pub facts: Vec<Fact>,
    /// The entities, in the order of the file.
    pub entities: Vec<Entity>,
    /// Groups of words that mean the same in this briefing.
    pub synonyms: Vec<Vec<String>>,
    /// The contradictions.
    pub conflicts: Vec<Conflict>,
    /// Details that people ask for and that the article does not give.
    pub absent: Vec<Absent>,
    /// Questions that only several facts together answer.
    pub lists: Vec<List>,
    /// How much of the article is accounted for.
    pub coverage: Coverage,
    /// SHA-256 of the knowledge file and the article, as lower-case hexadecimal digits.
    pub digest: String,
    /// What it was built from.
    pub source: Source,
}

impl Knowledge {
    /// The fact with this id, and its index.
    #[must_use]
    pub fn fact(&self, id: &str) -> Option<(usize, &Fact)> {
        self.facts.iter().enumerate().find(|(_, fact)| fact.id == id)
    }
}

impl Source {
    /// Reads a knowledge file and the article that it names.
    ///
    /// # Errors
    /// A fault where a file can't be read, isn't UTF-8, is over its limit, or the article's name leaves the folder; where
    /// it is the article, with all that is wrong with the knowledge file itself.
    pub fn read(path: &Path, limits: &Limits) -> Result<Self, Faults> {
        let toml = read_text(path, limits).map_err(|fault| Faults(vec![fault]))?;
        let name = article_name(&toml);
        // A file that names no article, or one outside its folder, has that fault reported when it is built.
        let plain = name.filter(|name| is_plain_name(name));
        let article_path = path.with_file_name(plain.unwrap_or("article.md"));
        let article = if plain.is_some() { read_text(&article_path, limits) } else { Ok(String::new()) };
        match article {
            Ok(article) => Ok(Self { path: path.to_owned(), toml: toml.into(), article_path, article: article.into() }),
            Err(fault) => {
                let mut faults = vec![fault];
                faults.extend(build::without_article(path, &toml, limits));
                Err(Faults(faults))
            }
        }
    }
}

/// The name of the article in a knowledge file's text, where the text is TOML and has one.
#[must_use]
pub fn article_name(toml: &str) -> Option<&str> {
    Head::read(toml).article
}

/// What a knowledge file says of itself, as far as it can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head<'t> {
    /// The id of its briefing.
    pub id: Option<String>,
    /// The name of its article.
    pub article: Option<&'t str>,
}

impl<'t> Head<'t> {
    /// Reads the `[briefing]` table of a knowledge file's text; nothing where the text is no TOML.
    #[must_use]
    pub fn read(toml: &'t str) -> Self {
        // The table stands before all lists of tables, if anybody wrote the file by hand; there may be megabytes of them.
        let start = toml.find("\n[[").and_then(|end| toml.get(..end));
        let head = start.map(Self::read_all).unwrap_or_default();
        if head.article.is_some() { head } else { Self::read_all(toml) }
    }

    fn read_all(toml: &'t str) -> Self {
        let Ok(table) = toml::de::DeTable::parse(toml) else { return Self::default() };
        let briefing = table.get_ref().get("briefing").and_then(|briefing| briefing.get_ref().as_table());
        let text = |key: &str| briefing?.get(key).filter(|value| value.get_ref().is_str());
        let quoted = text("article").and_then(|article| toml.get(article.span()));
        Self {
            id: text("id").and_then(|id| id.get_ref().as_str()).map(str::to_owned),
            article: quoted.and_then(|quoted| quoted.get(1..quoted.len().checked_sub(1)?)),
        }
    }
}

/// Whether a name is that of a file in the same folder, with no way out of it.
#[must_use]
pub fn is_plain_name(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && !name.starts_with('.') && name.chars().all(plain) && name.len() <= 100
}

fn read_text(path: &Path, limits: &Limits) -> Result<String, Fault> {
    let unreadable = |why: &dyn std::fmt::Display| {
        let cure = "Check the path and that the program may read it.";
        Fault::of_file(Kind::Unreadable, path, format!("cannot be read: {why}"), cure)
    };
    let data = std::fs::metadata(path).map_err(|e| unreadable(&e))?;
    if !data.is_file() {
        return Err(unreadable(&"it is no file"));
    }
    let too_large = |size: u64| {
        let message = format!("is {size} bytes large; at most {} are read", limits.file_bytes);
        Fault::of_file(Kind::TooLarge, path, message, "Split it into several briefings.")
    };
    if data.len() > limits.file_bytes {
        return Err(too_large(data.len()));
    }
    // Some files hold more than they say they do.
    let mut bytes = Vec::with_capacity(usize::try_from(data.len()).unwrap_or_default().saturating_add(1));
    let file = std::fs::File::open(path).map_err(|e| unreadable(&e))?;
    file.take(limits.file_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| unreadable(&e))?;
    if bytes.len() as u64 > limits.file_bytes {
        return Err(too_large(bytes.len() as u64));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..valid).map(String::from_utf8_lossy).unwrap_or_default();
        let (line, column) = fault::Lines::new(path, &before).position(valid);
        let message = format!("byte {} is no UTF-8", valid + 1);
        Fault { line, column, ..Fault::of_file(Kind::Unreadable, path, message, "Save the file as UTF-8 text.") }
    })
}
