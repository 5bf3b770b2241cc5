//! Reading a knowledge file: TOML to the types of [`format`](mod@format), with every fault and where it stands.

mod pieces;

use std::collections::{BTreeSet, HashSet};

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::fault::{Found, Kind, Lines};
use super::format::{
    self, AbsentTable, BriefingTable, ConflictTable, EntityTable, FactTable, ListTable, SynonymsTable, UncoveredTable,
};
use super::shape::{Shape, Shaped, named};

/// What could be read of a file; tables with faults are left out.
#[derive(Debug, Default)]
pub struct Tables<'t> {
    /// The `[briefing]` table.
    pub briefing: Option<BriefingTable>,
    /// The `[[entity]]` tables.
    pub entities: Vec<EntityTable>,
    /// The `[[synonyms]]` tables.
    pub synonyms: Vec<SynonymsTable>,
    /// The `[[fact]]` tables.
    pub facts: Vec<FactTable<'t>>,
    /// The `[[conflict]]` tables.
    pub conflicts: Vec<ConflictTable>,
    /// The `[[uncovered]]` tables.
    pub uncovered: Vec<UncoveredTable>,
    /// The `[[absent]]` tables.
    pub absent: Vec<AbsentTable<'t>>,
    /// The `[[list]]` tables.
    pub lists: Vec<ListTable<'t>>,
    /// Whether some table could not be read, so that what it says is unknown.
    pub incomplete: bool,
    /// The ids of entities and facts that could not be read: what refers to them is no fault of its own.
    pub lost: HashSet<String>,
}

/// Bytes of a file up to which all errors of its TOML are told; of a larger one, the first.
const RECOVERED: usize = 256 * 1024;

/// Reads the tables of a file, adding what is wrong to `faults`.
pub fn tables<'t>(lines: &Lines<'_>, text: &'t str, faults: &mut Found) -> Tables<'t> {
    pieces::tables(lines, text).unwrap_or_else(|| whole(lines, text, faults))
}

fn whole<'t>(lines: &Lines<'_>, text: &'t str, faults: &mut Found) -> Tables<'t> {
    let (document, errors) = match DeTable::parse(text) {
        Ok(document) => (Some(document), Vec::new()),
        // A large file may be nothing but errors, each of which takes many times the room of what is wrong.
        Err(first) if text.len() > RECOVERED => (None, vec![first]),
        Err(_) => (None, DeTable::parse_recoverable(text).1),
    };
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        faults.push(lines.fault(Kind::Syntax, at, error.message().replace('\n', ", "), "Mend the TOML here."));
    }
    let Some(document) = document else { return Tables { incomplete: true, ..Tables::default() } };
    let mut reader = Reader::new(lines, faults);
    let tables = reader.tables(document.into_inner());
    if !reader.seen_schema {
        reader.missing_key("schema", "the file", 0, "Write `schema = 1` as the first line.");
    }
    if !reader.seen_briefing {
        reader.missing_key("briefing", "the file", 0, "Add a [briefing] table that names the article.");
    }
    tables
}

impl Tables<'_> {
    /// Adds what another piece of the file holds behind the first.
    fn append(&mut self, other: Self) {
        self.entities.extend(other.entities);
        self.synonyms.extend(other.synonyms);
        self.facts.extend(other.facts);
        self.conflicts.extend(other.conflicts);
        self.uncovered.extend(other.uncovered);
        self.absent.extend(other.absent);
        self.lists.extend(other.lists);
        self.incomplete |= other.incomplete;
        self.lost.extend(other.lost);
    }
}

struct Reader<'a, 'b> {
    lines: &'a Lines<'b>,
    faults: &'a mut Found,
    incomplete: bool,
    lost: HashSet<String>,
    seen_schema: bool,
    seen_briefing: bool,
}

impl<'a, 'b> Reader<'a, 'b> {
    fn new(lines: &'a Lines<'b>, faults: &'a mut Found) -> Self {
        Self { lines, faults, incomplete: false, lost: HashSet::new(), seen_schema: false, seen_briefing: false }
    }

    /// Reads all that a document holds.
    fn tables<'t>(&mut self, document: DeTable<'t>) -> Tables<'t> {
        let mut tables = Tables::default();
        for (key, value) in document {
            match key.get_ref().as_ref() {
                "schema" => {
                    self.seen_schema = true;
                    self.schema(&value);
                }
                "briefing" => {
                    self.seen_briefing = true;
                    tables.briefing = self.table("briefing", value);
                }
                "entity" => tables.entities = self.array("entity", value),
                "synonyms" => tables.synonyms = self.array("synonyms", value),
                "fact" => tables.facts = self.array("fact", value),
                "conflict" => tables.conflicts = self.array("conflict", value),
                "uncovered" => tables.uncovered = self.array("uncovered", value),
                "absent" => tables.absent = self.array("absent", value),
                "list" => tables.lists = self.array("list", value),
                unknown => {
                    let known =
                        ["schema", "briefing", "entity", "synonyms", "fact", "conflict", "uncovered", "absent", "list"];
                    self.unknown_key(unknown, "the file", &known, key.span().start);
                }
            }
        }
        (tables.incomplete, tables.lost) = (self.incomplete, std::mem::take(&mut self.lost));
        tables
    }

    fn schema(&mut self, value: &Spanned<DeValue<'_>>) {
        let number = value.get_ref().as_integer().and_then(|i| i64::from_str_radix(i.as_str(), i.radix()).ok());
        if number != Some(format::SCHEMA) {
            let message = "the format's version is not one that this program reads".to_owned();
            let cure = format!("Write `schema = {}`; `briefing-bot schema` prints that format.", format::SCHEMA);
            self.faults.push(self.lines.fault(Kind::BadValue, value.span().start, message, cure));
        }
    }

    fn array<'t, T: Deserialize<'t> + Shaped>(&mut self, name: &str, value: Spanned<DeValue<'t>>) -> Vec<T> {
        let at = value.span().start;
        match value.into_inner() {
            DeValue::Array(items) => items.into_iter().filter_map(|item| self.table(name, item)).collect(),
            other => {
                self.incomplete = true;
                let message = format!("`{name}` is {}, where a list of tables belongs", named(&other));
                let cure = format!("Write each {name} as a table of its own under [[{name}]].");
                self.faults.push(self.lines.fault(Kind::BadValue, at, message, cure));
                Vec::new()
            }
        }
    }

    /// Reads one table. Unknown keys are left out of it; where a key is missing or a value misfits, the table is lost.
    fn table<'t, T: Deserialize<'t> + Shaped>(&mut self, name: &str, mut value: Spanned<DeValue<'t>>) -> Option<T> {
        let at = value.span().start;
        let DeValue::Table(table) = value.get_mut() else {
            self.incomplete = true;
            let message = format!("`{name}` is {}, where a table belongs", named(value.get_ref()));
            self.faults.push(self.lines.fault(Kind::BadValue, at, message, format!("Write it under [{name}].")));
            return None;
        };
        let fits = self.fits(name, T::shape(), table, at);
        let id = table.get("id").and_then(|id| id.get_ref().as_str()).map(str::to_owned);
        let read = if fits { self.deserialize(value) } else { None };
        if read.is_none() {
            self.incomplete = true;
            self.lost.extend(id);
        }
        read
    }

    /// Checks the keys of a table against its shape; removes those that are unknown.
    fn fits(&mut self, name: &str, shape: &Shape, table: &mut DeTable<'_>, at: usize) -> bool {
        let known: Vec<&str> = shape.keys.keys().map(String::as_str).collect();
        let strange = table.iter().map(|(key, _)| key).filter(|key| !shape.keys.contains_key(key.get_ref().as_ref()));
        let strange: Vec<Spanned<String>> =
            strange.map(|key| Spanned::new(key.span(), key.get_ref().to_string())).collect();
        for key in strange {
            self.unknown_key(key.get_ref(), &format!("this {name}"), &known, key.span().start);
            table.remove(key.get_ref().as_str());
        }
        let mut fits = true;
        for misfit in table.iter().flat_map(|(key, value)| shape.misfits(key.get_ref(), value)) {
            fits = false;
            self.faults.push(self.lines.fault(Kind::BadValue, misfit.at, misfit.message, misfit.cure));
        }
        let have: BTreeSet<&str> = table.iter().map(|(key, _)| key.get_ref().as_ref()).collect();
        for key in shape.required.iter().filter(|key| !have.contains(key.as_str())) {
            fits = false;
            self.missing_key(key, &format!("this {name}"), at, &format!("Add `{key}` to it."));
        }
        fits
    }

    /// Makes the type of a table of which the shape fits: what fails here, no shape can tell.
    fn deserialize<'t, T: Deserialize<'t>>(&mut self, value: Spanned<DeValue<'t>>) -> Option<T> {
        let at = value.span().start;
        T::deserialize(ValueDeserializer::from(value))
            .map_err(|error| {
                let at = error.span().map_or(at, |span| span.start);
                let message = error.message().replace('\n', ", ");
                let cure = "Give it the type and form that `briefing-bot schema` describes.";
                self.faults.push(self.lines.fault(Kind::BadValue, at, message, cure));
            })
            .ok()
    }

    fn unknown_key(&mut self, key: &str, place: &str, known: &[&str], at: usize) {
        let near = known
            .iter()
            .map(|candidate| (strsim::osa_distance(key, candidate), *candidate))
            .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
            .min();
        let cure = match near {
            Some((_, near)) => format!("Did you mean `{near}`?"),
            None => format!("Remove it; known are {}.", known.join(", ")),
        };
        self.faults.push(self.lines.fault(Kind::UnknownKey, at, format!("{place} has no key `{key}`"), cure));
    }

    fn missing_key(&mut self, key: &str, place: &str, at: usize, cure: &str) {
        self.faults.push(self.lines.fault(Kind::MissingKey, at, format!("{place} has no `{key}`"), cure));
    }
}
