//! What holds against the article: quotes located, statements supported, sentences covered.

use std::sync::Arc;

use super::asks::Read;
use super::{Builder, MAX_HINTS, Text};
use crate::knowledge::article::Nearest;
use crate::knowledge::date::Date;
use crate::knowledge::fault::{Fault, Kind};
use crate::knowledge::format::{BriefingTable, FactTable, UncoveredTable};
use crate::knowledge::support::{Support, is_clause_of, stems};
use crate::knowledge::{Coverage, Entity, Fact, Place, Quote, is_plain_name};
use crate::text::sanitize::shorten;

/// What is worked out for each fact by itself, before they are taken one after another.
pub(super) struct Prepared {
    /// Where each quote stands.
    pub(super) places: Vec<Option<Place>>,
    /// Whether the quotes alone support the statement.
    pub(super) supported: bool,
    pub(super) asks: Vec<Read>,
}

impl Builder<'_> {
    /// Checks that there is an article to prove facts with.
    pub(super) fn look_at_article(&mut self, briefing: Option<&BriefingTable>) {
        if self.article_missing || !self.article.sentences.is_empty() {
            return;
        }
        self.article_missing = true;
        // Where the table or the name could not be read, that is the fault.
        if let Some(table) = briefing.filter(|table| is_plain_name(table.article.get_ref())) {
            let message = format!("the article `{}` holds no text", shorten(table.article.get_ref(), 60));
            let cure = "Put the article into it as published: headings, paragraphs, list items.";
            self.fault(Kind::BadValue, table.article.span().start, message, cure);
        }
    }

    /// Does for a fact what takes long and needs no other fact.
    pub(super) fn prepare(&self, table: &FactTable<'_>) -> Prepared {
        let places: Vec<Option<Place>> = {
            let find = |quote: &Text| self.article.find_within(quote.get_ref(), &self.effort);
            table.quotes.iter().take(self.limits.quotes).map(find).collect()
        };
        let statement = table.statement.get_ref();
        let quoted: Vec<&str> = places
            .iter()
            .flatten()
            .map(|place| self.article.paragraphs[place.paragraph].text.get(place.range.clone()).unwrap_or_default())
            .collect();
        let supported = quoted.iter().any(|text| is_clause_of(statement, text)) || {
            let mut support = Support::default();
            for text in &quoted {
                support.add(text);
            }
            support.missing(statement).is_empty()
        };
        Prepared { places, supported, asks: self.read_asks(&table.asks) }
    }

    /// Says so where the quotes could not all be looked for.
    pub(super) fn look_at_effort(&mut self) {
        if !self.effort.is_spent() || self.article_missing {
            return;
        }
        // What was not found may well be there.
        self.article_missing = true;
        let message = "the quotes take too long to be found in this article: too many stand in it over and over";
        self.fault(Kind::TooLarge, 0, message, "Quote whole sentences, or split the briefing into several files.");
    }

    /// Takes a quote that was looked up in the article; a fault with the nearest sentence where it isn't there.
    pub(super) fn quote(&mut self, quote: &Text, place: Option<Place>) -> Option<Quote> {
        self.check_text(quote, self.limits.quote);
        if self.article_missing || quote.get_ref().trim().is_empty() {
            return None;
        }
        let Some(place) = place else {
            self.misquoted(quote);
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

    fn misquoted(&mut self, quote: &Text) {
        let mut cure = "Copy the words from the article, letter for letter.".to_owned();
        if self.misquotes.len() < MAX_HINTS {
            let nearest = self.nearest.get_or_insert_with(|| Nearest::new(self.article)).to(quote.get_ref());
            if let Some(number) = nearest {
                let sentence = shorten(self.article.sentence(number), 500);
                cure = format!("The nearest sentence of the article is: {sentence}");
            }
            self.misquotes.push(nearest);
        }
        let message = format!("the article does not say \"{}\"", shorten(quote.get_ref(), 120));
        self.fault(Kind::QuoteNotFound, quote.span().start, message, cure);
    }

    /// Checks that a statement claims nothing beyond its quotes, its dates and the names of its entities.
    pub(super) fn check_support(
        &mut self,
        statement: &Text,
        quotes: &[Quote],
        dateline: &str,
        dates: &[Option<Date>],
        (entities, named): (&[Entity], &[usize]),
    ) {
        let mut support = Support::default();
        let spelt = named.iter().filter_map(|index| entities.get(*index)).map(|entity| &entity.name);
        for text in quotes.iter().map(|quote| &quote.text).chain(spelt) {
            support.add(text);
        }
        let mut missing = support.missing(statement.get_ref());
        // Most statements need no more.
        if !missing.is_empty() {
            support.add(dateline);
            dates.iter().flatten().for_each(|date| support.add(&date.to_string()));
            for index in named {
                // Many facts are about one entity, which may have hundreds of names.
                let aliases = || entities.get(*index).into_iter().flat_map(|entity| &entity.aliases);
                let words = self.named.entry(*index).or_insert_with(|| Arc::new(stems(aliases().map(String::as_str))));
                support.lend(Arc::clone(words));
            }
            missing = support.missing(statement.get_ref());
        }
        if !missing.is_empty() {
            let missing: Vec<String> = missing.iter().map(|word| format!("\"{}\"", shorten(word, 60))).collect();
            let message = format!("nothing that the fact quotes supports {} in its statement", missing.join(", "));
            let cure = "Quote the words that say so, list the entity, or take it out of the statement.";
            self.fault(Kind::Unsupported, statement.span().start, message, cure);
        }
    }

    /// Counts the sentences that facts quote or that are listed as no fact, with a fault for each of the rest.
    pub(super) fn coverage(&mut self, facts: &[Fact], uncovered: Vec<UncoveredTable>, incomplete: bool) -> Coverage {
        let mut quoted = vec![false; self.article.sentences.len()];
        for quote in facts.iter().flat_map(|fact| &fact.quotes) {
            self.article.sentences_at(&quote.place).for_each(|sentence| quoted[sentence] = true);
        }
        let mut listed = vec![false; quoted.len()];
        for table in uncovered {
            self.check_text(&table.reason, self.limits.statement);
            let place = self.article.find_within(table.quote.get_ref(), &self.effort);
            self.look_at_effort();
            if let Some(quote) = self.quote(&table.quote, place) {
                self.article.sentences_at(&quote.place).for_each(|sentence| listed[sentence] = !quoted[sentence]);
            }
        }
        // While tables or more quotes than could be looked up are unread, nobody knows what is uncovered.
        if !incomplete && self.misquotes.len() < MAX_HINTS {
            for number in (0..quoted.len()).filter(|number| !quoted[*number] && !listed[*number]) {
                self.uncovered(number);
            }
        }
        let count = |flags: &[bool]| flags.iter().filter(|flag| **flag).count();
        Coverage { sentences: quoted.len(), quoted: count(&quoted), listed: count(&listed) }
    }

    /// A fault for a sentence of the article, unless a misquote is of it, which is said already.
    fn uncovered(&mut self, number: usize) {
        if self.misquotes.contains(&Some(number)) {
            return;
        }
        if self.faults.is_full() {
            return self.faults.leave_out(Kind::Uncovered);
        }
        let sentence = &self.article.sentences[number];
        let (line, column) = self.article.position(sentence.paragraph, sentence.range.start);
        self.faults.push(Fault {
            kind: Kind::Uncovered,
            file: self.source.article_path.clone(),
            line,
            column,
            message: format!("no fact quotes the sentence \"{}\"", shorten(self.article.sentence(number), 160)),
            cure: "Write a fact for it, or list it under [[uncovered]] with the reason.".to_owned(),
        });
    }
}
