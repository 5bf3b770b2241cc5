//! From tables to a [`Knowledge`]: references resolved, quotes located, everything verified.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};
use toml::Spanned;

use super::article::Article;
use super::date::Date;
use super::fault::{Fault, Faults, Kind, Lines};
use super::format::{AbsentTable, ConflictTable, EntityTable, FactTable, SynonymsTable};
use super::read::{self, Tables};
use super::support::Support;
use super::{Absent, Ask, Briefing, Conflict, Coverage, Entity, Fact, Knowledge, Limits, Quote, Source, is_plain_name};
use crate::text::token::words;

impl Knowledge {
    /// Checks a source and builds it.
    ///
    /// # Errors
    /// Every fault found, where there is any: what the file itself shows first, then what holds against the article.
    pub fn build(source: Source, limits: &Limits) -> Result<Self, Faults> {
        let mut faults = size_faults(&source, limits);
        if !faults.is_empty() {
            return Err(Faults(faults));
        }
        let lines = Lines::new(&source.path, &source.toml);
        let tables = read::tables(&lines, &source.toml, &mut faults);
        let article = Article::parse(&source.article);
        let mut builder = Builder { lines, limits, article: &article, faults, ids: HashMap::new() };
        let parts = builder.parts(tables);
        let faults = builder.faults;
        match parts {
            Some(parts) if faults.is_empty() => {
                let mut hasher = Sha256::new();
                hasher.update(source.toml.as_bytes());
                hasher.update([0]);
                hasher.update(source.article.as_bytes());
                let digest = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
                let Parts { briefing, facts, entities, synonyms, conflicts, absent, coverage } = parts;
                Ok(Self { briefing, article, facts, entities, synonyms, conflicts, absent, coverage, digest, source })
            }
            _ => Err(Faults(faults)),
        }
    }
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
    coverage: Coverage,
}

struct Builder<'a> {
    lines: Lines<'a>,
    limits: &'a Limits,
    article: &'a Article,
    faults: Vec<Fault>,
    /// Indices by kind of table and id.
    ids: HashMap<(&'static str, String), usize>,
}

type Text = Spanned<String>;

impl Builder<'_> {
    fn fault(&mut self, kind: Kind, at: usize, message: impl Into<String>, cure: impl Into<String>) {
        self.faults.push(self.lines.fault(kind, at, message, cure));
    }

    fn parts(&mut self, tables: Tables) -> Option<Parts> {
        if tables.facts.len() > self.limits.facts {
            let message = format!("{} facts; at most {} fit in a file", tables.facts.len(), self.limits.facts);
            self.fault(Kind::TooLarge, 0, message, "Split the briefing into several files.");
        }
        self.register("entity", tables.entities.iter().map(|e| &e.id), self.limits.id);
        self.register("fact", tables.facts.iter().map(|f| &f.id), self.limits.id);
        let briefing = tables.briefing.and_then(|table| self.briefing(&table));
        let entities = self.entities(tables.entities);
        let synonyms = tables.synonyms.into_iter().map(|group| self.synonyms(group)).collect();
        let published = briefing.as_ref().map(|b| b.published);
        let dateline = briefing.as_ref().map(|b| format!("{} {}", b.dateline, b.publisher)).unwrap_or_default();
        let mut asks = HashMap::new();
        let mut facts: Vec<Fact> = Vec::with_capacity(tables.facts.len());
        for table in tables.facts {
            let fact = self.fact(table, &entities, published, &dateline, &mut asks);
            facts.push(fact);
        }
        self.register("absent", tables.absent.iter().map(|a| &a.id), self.limits.id);
        let absent = tables.absent.into_iter().map(|table| self.absent(table, &mut asks)).collect();
        let conflicts = self.conflicts(tables.conflicts, &mut facts);
        let coverage = self.coverage(&facts, tables.uncovered);
        briefing.map(|briefing| Parts { briefing, facts, entities, synonyms, conflicts, absent, coverage })
    }

    /// Checks the ids of one kind of table and remembers where each stands in its list.
    fn register<'t>(&mut self, kind: &'static str, ids: impl Iterator<Item = &'t Text>, limit: usize) {
        for (index, id) in ids.enumerate() {
            self.check_id(id, limit);
            if self.ids.insert((kind, id.get_ref().clone()), index).is_some() {
                let message = format!("the {kind} id `{}` is used twice", id.get_ref());
                self.fault(Kind::DuplicateId, id.span().start, message, "Give each an id of its own.");
            }
        }
    }

    fn check_id(&mut self, id: &Text, limit: usize) {
        let parts = id.get_ref().split('-');
        let formed = parts
            .clone()
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        if !formed || id.get_ref().len() > limit {
            let message = format!("`{}` is not a well-formed id", crate::text::sanitize::shorten(id.get_ref(), 60));
            let cure = format!("Use lower-case letters, digits and single hyphens, at most {limit} characters.");
            self.fault(Kind::MalformedId, id.span().start, message, cure);
        }
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
            && !(url.get_ref().starts_with("https://") && !url.get_ref().contains(char::is_whitespace))
        {
            let message = "the address is not an https:// one";
            self.fault(
                Kind::BadValue,
                url.span().start,
                message,
                "Give the article's full address or leave `url` out.",
            );
        }
        let published = self.date(&table.published).filter(|date| date.day.is_some());
        if published.is_none() && self.faults.is_empty() {
            let message = "the day of publication is missing";
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

    fn entities(&mut self, tables: Vec<EntityTable>) -> Vec<Entity> {
        let mut owners: HashMap<String, usize> = HashMap::new();
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

    fn synonyms(&mut self, table: SynonymsTable) -> Vec<String> {
        let at = table.words.first().map_or(0, |word| word.span().start);
        self.check_count(table.words.len(), self.limits.aliases, "words", at);
        for word in &table.words {
            self.check_text(word, self.limits.alias);
        }
        table.words.into_iter().map(Spanned::into_inner).collect()
    }

    fn fact(
        &mut self,
        table: FactTable,
        entities: &[Entity],
        published: Option<Date>,
        dateline: &str,
        asks: &mut HashMap<String, String>,
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
        let quotes: Vec<Quote> = table.quotes.iter().filter_map(|quote| self.quote(quote)).collect();
        let fact_entities = self.references("entity", &table.entities);
        let related = self.references("fact", &table.related);
        let as_of = table.as_of.as_ref().and_then(|date| self.date(date));
        let when = table.when.as_ref().and_then(|date| self.date(date));
        if let Some(attribution) = &table.attribution {
            self.check_text(attribution, 200);
        }

        if quotes.len() == table.quotes.len() {
            let mut support = Support::default();
            for quote in &quotes {
                support.add(&quote.text);
            }
            let statement = table.statement.get_ref();
            // Most statements need no more than their quotes and the names of their entities.
            let own = || fact_entities.iter().filter_map(|index| entities.get(*index));
            let mut missing = support.missing(statement);
            if missing.is_some() {
                own().for_each(|entity| support.add(&entity.name));
                missing = support.missing(statement);
            }
            if missing.is_some() {
                support.add(dateline);
                for date in [as_of, when, published].into_iter().flatten() {
                    support.add(&date.to_string());
                }
                own().flat_map(|entity| &entity.aliases).for_each(|name| support.add(name));
                missing = support.missing(statement);
            }
            if let Some(missing) = missing {
                let message = format!("nothing that the fact quotes supports \"{missing}\" in its statement");
                let cure = "Quote the words that say so, list the entity, or take it out of the statement.";
                self.fault(Kind::Unsupported, table.statement.span().start, message, cure);
            }
        }

        let own_asks = self.asks(table.id.get_ref(), table.asks, asks);
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

    /// Reads the asks of a fact or of an absent detail; none may belong to two of them.
    fn asks(&mut self, owner: &str, texts: Vec<Text>, claimed: &mut HashMap<String, String>) -> Vec<Ask> {
        let mut asks = Vec::with_capacity(texts.len());
        for ask in texts {
            self.check_text(&ask, self.limits.ask);
            let at = ask.span().start;
            let words = words(ask.get_ref());
            if let Some(other) = claimed.insert(words, owner.to_owned())
                && other != owner
            {
                let message = format!("the ask \"{}\" is that of `{other}` too", ask.get_ref());
                self.fault(Kind::SharedAsk, at, message, "Leave it to the one that answers it best.");
            }
            let (line, column) = self.lines.position(at);
            asks.push(Ask { text: ask.into_inner(), line, column });
        }
        asks
    }

    fn absent(&mut self, table: AbsentTable, asks: &mut HashMap<String, String>) -> Absent {
        let at = table.id.span().start;
        self.check_text(&table.note, self.limits.statement);
        self.check_count(table.asks.len(), self.limits.asks, "asks", at);
        if table.asks.is_empty() {
            let message = format!("the absent detail `{}` has no ask", table.id.get_ref());
            self.fault(Kind::MissingKey, at, message, "Add at least one ask.");
        }
        let asks = self.asks(table.id.get_ref(), table.asks, asks);
        Absent { id: table.id.into_inner(), note: table.note.into_inner(), asks }
    }

    /// Locates a quote in the article; a fault with the nearest sentence where it isn't there.
    fn quote(&mut self, quote: &Text) -> Option<Quote> {
        self.check_text(quote, self.limits.quote);
        let Some(place) = self.article.find(quote.get_ref()) else {
            let shown = crate::text::sanitize::shorten(quote.get_ref(), 120);
            let cure = match self.article.nearest(quote.get_ref()) {
                Some(nearest) => format!("The nearest sentence of the article is: {nearest}"),
                None => "Copy the words from the article, letter for letter.".to_owned(),
            };
            self.fault(Kind::QuoteNotFound, quote.span().start, format!("the article does not say \"{shown}\""), cure);
            return None;
        };
        let paragraph = &self.article.paragraphs[place.paragraph];
        Some(Quote {
            text: paragraph.text.get(place.range.clone()).unwrap_or_default().to_owned(),
            section: self.article.section_of(place.paragraph).to_owned(),
            paragraph: place.paragraph + 1,
            place,
        })
    }

    fn references(&mut self, kind: &'static str, names: &[Text]) -> Vec<usize> {
        let mut found = Vec::with_capacity(names.len());
        for name in names {
            match self.ids.get(&(kind, name.get_ref().clone())) {
                Some(index) => found.push(*index),
                None => {
                    let message = format!("there is no {kind} `{}`", name.get_ref());
                    let near = self
                        .ids
                        .keys()
                        .filter(|(other, _)| *other == kind)
                        .max_by(|(_, a), (_, b)| {
                            strsim::jaro_winkler(a, name.get_ref()).total_cmp(&strsim::jaro_winkler(b, name.get_ref()))
                        })
                        .map(|(_, id)| format!("Add it, or did you mean `{id}`?"));
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
            let sides = self.references("fact", &table.facts);
            if table.facts.len() < 2 {
                let message = "a conflict needs two facts or more";
                self.fault(Kind::BadValue, table.note.span().start, message, "Name a fact for each side.");
            }
            for side in &sides {
                facts[*side].conflicts.push(conflicts.len());
            }
            conflicts.push(Conflict { facts: sides, note: table.note.into_inner() });
        }
        conflicts
    }

    fn coverage(&mut self, facts: &[Fact], uncovered: Vec<super::format::UncoveredTable>) -> Coverage {
        let mut quoted = vec![false; self.article.sentences.len()];
        for quote in facts.iter().flat_map(|fact| &fact.quotes) {
            self.article.sentences_at(&quote.place).for_each(|sentence| quoted[sentence] = true);
        }
        let mut listed = vec![false; quoted.len()];
        for table in uncovered {
            self.check_text(&table.reason, self.limits.statement);
            if let Some(quote) = self.quote(&table.quote) {
                self.article.sentences_at(&quote.place).for_each(|sentence| listed[sentence] = !quoted[sentence]);
            }
        }
        // While tables could not be read, what they quote is unknown.
        if self.faults.iter().all(|fault| fault.kind == Kind::Unsupported || fault.kind == Kind::SharedAsk) {
            for number in (0..quoted.len()).filter(|number| !quoted[*number] && !listed[*number]) {
                let sentence = crate::text::sanitize::shorten(self.article.sentence(number), 160);
                let message = format!("no fact quotes the sentence \"{sentence}\"");
                let cure = "Write a fact for it, or list it under [[uncovered]] with the reason.";
                self.fault(Kind::Uncovered, 0, message, cure);
            }
        }
        let count = |flags: &[bool]| flags.iter().filter(|flag| **flag).count();
        Coverage { sentences: quoted.len(), quoted: count(&quoted), listed: count(&listed) }
    }

    fn date(&mut self, text: &Text) -> Option<Date> {
        let date = text.get_ref().parse().ok();
        if date.is_none() {
            let message = format!("`{}` is no date", crate::text::sanitize::shorten(text.get_ref(), 40));
            self.fault(Kind::BadValue, text.span().start, message, "Write YYYY, YYYY-MM or YYYY-MM-DD.");
        }
        date
    }

    fn check_text(&mut self, text: &Text, limit: usize) {
        let length = text.get_ref().chars().count();
        if text.get_ref().trim().is_empty() {
            self.fault(Kind::BadValue, text.span().start, "this text is empty", "Write it, or take the key out.");
        } else if length > limit {
            let message = format!("this text has {length} characters; at most {limit} are read");
            self.fault(Kind::TooLong, text.span().start, message, "Shorten it.");
        }
    }

    fn check_count(&mut self, count: usize, limit: usize, name: &str, at: usize) {
        if count > limit {
            let message = format!("{count} {name}; at most {limit} are read");
            self.fault(Kind::TooLarge, at, message, format!("Keep the {limit} best."));
        }
    }
}
