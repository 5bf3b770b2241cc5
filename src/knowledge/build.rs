//! From tables to a [`Knowledge`]: references resolved, quotes located, everything verified.

mod asks;
mod form;
mod names;
mod proof;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use toml::Spanned;

use self::asks::Claims;
use self::proof::Prepared;
use super::article::{Article, Effort, Nearest};
use super::date::Date;
use super::fault::{Fault, Faults, Found, Kind, Lines};
use super::format::{ConflictTable, FactTable};
use super::read::{self, Tables};
use super::{
    Absent, Briefing, Conflict, Coverage, Entity, Fact, Knowledge, Limits, List, Quote, Source, is_plain_name,
};
use crate::text::quick::Set;
use crate::text::{Shared, parallel};

impl Knowledge {
    /// Checks a source and builds it.
    ///
    /// # Errors
    /// Every fault found, where there is any.
    pub fn build(source: Source, limits: &Limits) -> Result<Self, Faults> {
        match Self::examine(source, limits) {
            (Some(knowledge), faults) if faults.is_empty() => Ok(knowledge),
            (_, faults) => Err(Faults(faults)),
        }
    }

    /// Checks a source: every fault, in the order of the lines, and what could be built in spite of them.
    ///
    /// Knowledge with faults is whole enough for the matcher's own check, but must not be served. There is none where
    /// the file could not be read in all its parts.
    #[must_use]
    pub fn examine(source: Source, limits: &Limits) -> (Option<Self>, Vec<Fault>) {
        let faults = size_faults(&source, limits);
        if !faults.is_empty() {
            return (None, faults);
        }
        let mut faults = Found::default();
        let lines = Lines::new(&source.path, &source.toml);
        let read = || read::tables(&lines, &source.toml, &mut faults);
        let (tables, article) = parallel::both(source.toml.len() >= LARGE, read, || Article::parse(&source.article));
        let mut builder = Builder { faults, ..Builder::new(lines, &source, &article, limits) };
        let parts = builder.parts(tables);
        let faults = builder.faults.into_faults(&source.path);
        let Some(parts) = parts else { return (None, faults) };
        let mut hasher = Sha256::new();
        hasher.update(source.toml.as_bytes());
        hasher.update([0]);
        hasher.update(source.article.as_bytes());
        let digest = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        let Parts { briefing, facts, entities, synonyms, conflicts, absent, lists, coverage } = parts;
        let knowledge =
            Self { briefing, article, facts, entities, synonyms, conflicts, absent, lists, coverage, digest, source };
        (Some(knowledge), faults)
    }
}

/// The faults of a knowledge file that can be told without its article.
pub(super) fn without_article(path: &Path, toml: &str, limits: &Limits) -> Vec<Fault> {
    let source = Source { path: path.to_owned(), toml: toml.into(), article_path: path.to_owned(), article: "".into() };
    let article = Article::default();
    let mut faults = Found::default();
    let lines = Lines::new(&source.path, &source.toml);
    let tables = read::tables(&lines, toml, &mut faults);
    let mut builder = Builder { faults, article_missing: true, ..Builder::new(lines, &source, &article, limits) };
    builder.parts(tables);
    builder.faults.into_faults(path)
}

fn size_faults(source: &Source, limits: &Limits) -> Vec<Fault> {
    [(&source.path, &source.toml), (&source.article_path, &source.article)]
        .into_iter()
        .filter(|(_, text)| text.len() as u64 > limits.file_bytes)
        .map(|(path, text)| {
            let message = format!("is {} bytes large; at most {} are read", text.len(), limits.file_bytes);
            Fault::of_file(Kind::TooLarge, path, message, "Split it into several briefings.")
        })
        .collect()
}

/// What a [`Knowledge`] is made of, before the source is moved in.
struct Parts {
    briefing: Briefing,
    facts: Vec<Fact>,
    entities: Vec<Entity>,
    synonyms: Vec<Vec<String>>,
    conflicts: Vec<Conflict>,
    absent: Vec<Absent>,
    lists: Vec<List>,
    coverage: Coverage,
}

struct Builder<'a> {
    lines: Lines<'a>,
    source: &'a Source,
    limits: &'a Limits,
    article: &'a Article,
    faults: Found,
    /// Indices by kind of table and id.
    ids: HashMap<&'static str, HashMap<String, usize>>,
    /// Ids of tables that could not be read.
    lost: HashSet<String>,
    /// Whether there is no article to look quotes up in, which is a fault of its own already.
    article_missing: bool,
    /// For each misquote, at most [`MAX_HINTS`], the sentence that is nearest to it.
    misquotes: Vec<Option<usize>>,
    /// What the nearest sentences are found with, once one is looked for.
    nearest: Option<Nearest>,
    /// How many references that dangle had a like id looked up.
    dangling: usize,
    /// What may still be spent on finding quotes.
    effort: Effort,
    /// The words of the names of entities that statements drew on, by the entities' numbers.
    named: HashMap<usize, Arc<Set<Shared>>>,
}

type Text = Spanned<String>;

/// Bytes of a knowledge file from which it is worth reading its article beside it.
const LARGE: usize = 1024 * 1024;

/// Most misquotes for which the nearest sentence is looked up, and most references for which a like id is: each look-up
/// goes through all there are.
const MAX_HINTS: usize = 25;

impl<'a> Builder<'a> {
    fn new(lines: Lines<'a>, source: &'a Source, article: &'a Article, limits: &'a Limits) -> Self {
        Self {
            lines,
            source,
            limits,
            article,
            faults: Found::default(),
            ids: HashMap::new(),
            lost: HashSet::new(),
            article_missing: false,
            misquotes: Vec::new(),
            nearest: None,
            dangling: 0,
            effort: Effort::new(limits.searched),
            named: HashMap::new(),
        }
    }

    fn fault(&mut self, kind: Kind, at: usize, message: impl Into<String>, cure: impl Into<String>) {
        self.faults.push(self.lines.fault(kind, at, message, cure));
    }

    /// Checks everything, and gives the parts where all of them could be read.
    fn parts(&mut self, mut tables: Tables<'_>) -> Option<Parts> {
        self.lost = std::mem::take(&mut tables.lost);
        let incomplete = tables.incomplete;
        self.look_at_article(tables.briefing.as_ref());
        if tables.facts.len() > self.limits.facts {
            let message = format!("{} facts; at most {} fit in a file", tables.facts.len(), self.limits.facts);
            self.fault(Kind::TooLarge, 0, message, "Split the briefing into several files.");
        }
        self.register("entity", tables.entities.iter().map(|e| &e.id), self.limits.id);
        self.register("fact", tables.facts.iter().map(|f| &f.id), self.limits.id);
        let briefing = tables.briefing.and_then(|table| self.briefing(&table));
        let entities = self.entities(tables.entities);
        self.check_count(tables.synonyms.iter().map(|group| group.words.len()).sum(), self.limits.names, "synonyms", 0);
        let mut grouped = HashMap::new();
        let synonyms = tables.synonyms.into_iter().map(|group| self.synonyms(group, &mut grouped)).collect();
        let published = briefing.as_ref().map(|b| b.published);
        let dateline = briefing.as_ref().map(|b| format!("{} {}", b.dateline, b.publisher)).unwrap_or_default();
        let mut asks = Claims::default();
        let mut facts: Vec<Fact> = Vec::with_capacity(tables.facts.len());
        let read = parallel::map(&tables.facts, |_, table| self.prepare(table));
        self.look_at_effort();
        for (table, prepared) in tables.facts.into_iter().zip(read) {
            let fact = self.fact(table, prepared, &entities, published, &dateline, &mut asks);
            facts.push(fact);
        }
        self.register("absent", tables.absent.iter().map(|a| &a.id), self.limits.id);
        let absent: Vec<Absent> = tables.absent.into_iter().map(|table| self.absent(table, &mut asks)).collect();
        self.register("list", tables.lists.iter().map(|l| &l.id), self.limits.id);
        let lists: Vec<List> = tables.lists.into_iter().map(|table| self.list(table, &mut asks)).collect();
        let conflicts = self.conflicts(tables.conflicts, &mut facts);
        let coverage = self.coverage(&facts, tables.uncovered, incomplete);
        let whole = !incomplete
            && facts.iter().all(|fact| !fact.quotes.is_empty() && !fact.asks.is_empty())
            && absent.iter().all(|detail| !detail.asks.is_empty())
            && lists.iter().all(|list| !list.asks.is_empty() && list.facts.len() >= 2)
            && !self.faults.oversized();
        let briefing = briefing.filter(|_| whole)?;
        Some(Parts { briefing, facts, entities, synonyms, conflicts, absent, lists, coverage })
    }

    fn briefing(&mut self, table: &super::format::BriefingTable) -> Option<Briefing> {
        self.check_id(&table.id, self.limits.briefing_id);
        for text in [&table.title, &table.publisher, &table.dateline] {
            self.check_text(text, 200);
        }
        if table.language.get_ref() != "en" {
            let message = format!("the language `{}` is not one that the matcher knows", table.language.get_ref());
            self.fault(
                Kind::BadValue,
                table.language.span().start,
                message,
                "Write \"en\": questions are read as English.",
            );
        }
        if !is_plain_name(table.article.get_ref()) {
            let message = format!("`{}` is not the name of a file beside this one", table.article.get_ref());
            self.fault(
                Kind::BadValue,
                table.article.span().start,
                message,
                "Name the article's file without a folder.",
            );
        }
        if let Some(url) = &table.url
            && (!url.get_ref().starts_with("https://") || url.get_ref().contains(char::is_whitespace))
        {
            let message = "the address is not an https:// one";
            self.fault(
                Kind::BadValue,
                url.span().start,
                message,
                "Give the article's full address or leave `url` out.",
            );
        }
        let date = self.date(&table.published);
        let published = date.filter(|date| date.day.is_some());
        if published != date {
            let message = format!("`{}` names no day of publication", table.published.get_ref());
            self.fault(Kind::BadValue, table.published.span().start, message, "Write it as YYYY-MM-DD.");
        }
        Some(Briefing {
            id: table.id.get_ref().clone(),
            title: table.title.get_ref().clone(),
            publisher: table.publisher.get_ref().clone(),
            dateline: table.dateline.get_ref().clone(),
            published: published?,
            url: table.url.as_ref().map(|url| url.get_ref().clone()),
        })
    }

    fn fact(
        &mut self,
        table: FactTable<'_>,
        prepared: Prepared,
        entities: &[Entity],
        published: Option<Date>,
        dateline: &str,
        asks: &mut Claims,
    ) -> Fact {
        let at = table.id.span().start;
        self.check_text(&table.statement, self.limits.statement);
        self.check_count(table.quotes.len(), self.limits.quotes, "quotes", at);
        self.check_count(table.asks.len(), self.limits.asks, "asks", at);
        for (list, name) in [(table.quotes.is_empty(), "quote"), (table.asks.is_empty(), "ask")] {
            if list {
                let message = format!("the fact `{}` has no {name}", table.id.get_ref());
                self.fault(Kind::MissingKey, at, message, format!("Add at least one {name}."));
            }
        }
        let places = table.quotes.iter().zip(prepared.places);
        let quotes: Vec<Quote> = places.filter_map(|(quote, place)| self.quote(quote, place)).collect();
        self.check_count(table.entities.len(), self.limits.references, "entities", at);
        self.check_count(table.related.len(), self.limits.references, "related facts", at);
        let fact_entities = self.references("entity", &table.entities);
        let related = self.references("fact", &table.related);
        let as_of = table.as_of.as_ref().and_then(|date| self.date(date));
        let when = table.when.as_ref().and_then(|date| self.date(date));
        if let Some(attribution) = &table.attribution {
            self.check_text(attribution, 200);
        }

        if quotes.len() == table.quotes.len() && !prepared.supported {
            let dates = [as_of, when, published];
            self.check_support(&table.statement, &quotes, dateline, &dates, (entities, &fact_entities));
        }

        let own_asks = self.asks(table.id.get_ref(), &table.asks, prepared.asks, asks);
        Fact {
            id: table.id.into_inner(),
            statement: table.statement.into_inner(),
            quotes,
            asks: own_asks,
            entities: fact_entities,
            attribution: table.attribution.map(Spanned::into_inner),
            status: table.status,
            as_of,
            when,
            related,
            conflicts: Vec::new(),
        }
    }

    /// The indices of what is referred to by id; a fault for each id that there isn't.
    fn references(&mut self, kind: &'static str, names: &[Text]) -> Vec<usize> {
        let mut found = Vec::with_capacity(names.len().min(self.limits.references));
        for name in names.iter().take(self.limits.references) {
            match self.ids.get(kind).and_then(|ids| ids.get(name.get_ref())) {
                Some(index) => found.push(*index),
                None if self.lost.contains(name.get_ref()) => {}
                None => {
                    let message = format!("there is no {kind} `{}`", name.get_ref());
                    self.dangling += 1;
                    let hints = if self.dangling <= MAX_HINTS { usize::MAX } else { 0 };
                    let near = self
                        .ids
                        .get(kind)
                        .into_iter()
                        .flat_map(HashMap::keys)
                        .take(hints)
                        .max_by(|a, b| {
                            let like = |id: &str| strsim::jaro_winkler(id, name.get_ref());
                            like(a).total_cmp(&like(b)).then_with(|| b.cmp(a))
                        })
                        .map(|id| format!("Add it, or did you mean `{id}`?"));
                    self.fault(Kind::DanglingReference, name.span().start, message, near.unwrap_or_default());
                }
            }
        }
        found
    }

    fn conflicts(&mut self, tables: Vec<ConflictTable>, facts: &mut [Fact]) -> Vec<Conflict> {
        let mut conflicts = Vec::with_capacity(tables.len());
        for table in tables {
            self.check_text(&table.note, self.limits.statement);
            let at = table.note.span().start;
            self.check_count(table.facts.len(), self.limits.references, "sides of a contradiction", at);
            let sides = self.references("fact", &table.facts);
            if table.facts.len() < 2 {
                let at = table.facts.first().unwrap_or(&table.note).span().start;
                self.fault(Kind::BadValue, at, "a conflict needs two facts or more", "Name a fact for each side.");
            }
            for side in &sides {
                facts[*side].conflicts.push(conflicts.len());
            }
            conflicts.push(Conflict { facts: sides, note: table.note.into_inner() });
        }
        conflicts
    }
}
