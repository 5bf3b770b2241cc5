//! Reading a knowledge file: TOML to the types of [`format`](mod@format), with every fault and where it stands.

use std::collections::{BTreeSet, HashSet};

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::fault::{Fault, Kind, Lines};
use super::format::{
    self, AbsentTable, BriefingTable, ConflictTable, EntityTable, FactTable, ListTable, SynonymsTable, UncoveredTable,
};
use super::shape::{Shape, Shaped, named};

/// What could be read of a file; tables with faults are left out.
#[derive(Debug, Default)]
pub struct Tables {
    /// The `[briefing]` table.
    pub briefing: Option<BriefingTable>,
    /// The `[[entity]]` tables.
    pub entities: Vec<EntityTable>,
    /// The `[[synonyms]]` tables.
    pub synonyms: Vec<SynonymsTable>,
    /// The `[[fact]]` tables.
    pub facts: Vec<FactTable>,
    /// The `[[conflict]]` tables.
    pub conflicts: Vec<ConflictTable>,
    /// The `[[uncovered]]` tables.
    pub uncovered: Vec<UncoveredTable>,
    /// The `[[absent]]` tables.
    pub absent: Vec<AbsentTable>,
    /// The `[[list]]` tables.
    pub lists: Vec<ListTable>,
    /// Whether some table could not be read, so that what it says is unknown.
    pub incomplete: bool,
    /// The ids of entities and facts that could not be read: what refers to them is no fault of its own.
    pub lost: HashSet<String>,
}

/// Reads the tables of a file, adding what is wrong to `faults`.
pub fn tables(lines: &Lines<'_>, text: &str, faults: &mut Vec<Fault>) -> Tables {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        faults.push(lines.fault(Kind::Syntax, at, error.message().replace('\n', ", "), "Mend the TOML here."));
    }
    let mut tables = Tables { incomplete: !errors.is_empty(), ..Tables::default() };
    if tables.incomplete {
        return tables;
    }
    let mut reader = Reader { lines, faults, incomplete: false, lost: HashSet::new() };
    let (mut seen_schema, mut seen_briefing) = (false, false);
    for (key, value) in document.into_inner() {
        let at = key.span().start;
        match key.get_ref().as_ref() {
            "schema" => {
                seen_schema = true;
                reader.schema(&value);
            }
            "briefing" => {
                seen_briefing = true;
                tables.briefing = reader.table("briefing", value);
            }
            "entity" => tables.entities = reader.array("entity", value),
            "synonyms" => tables.synonyms = reader.array("synonyms", value),
            "fact" => tables.facts = reader.array("fact", value),
            "conflict" => tables.conflicts = reader.array("conflict", value),
            "uncovered" => tables.uncovered = reader.array("uncovered", value),
            "absent" => tables.absent = reader.array("absent", value),
            "list" => tables.lists = reader.array("list", value),
            unknown => {
                let known =
                    ["schema", "briefing", "entity", "synonyms", "fact", "conflict", "uncovered", "absent", "list"];
                reader.unknown_key(unknown, "the file", &known, at);
            }
        }
    }
    if !seen_schema {
        reader.missing_key("schema", "the file", 0, "Write `schema = 1` as the first line.");
    }
    if !seen_briefing {
        reader.missing_key("briefing", "the file", 0, "Add a [briefing] table that names the article.");
    }
    (tables.incomplete, tables.lost) = (reader.incomplete, reader.lost);
    tables
}

struct Reader<'a, 'b> {
    lines: &'a Lines<'b>,
    faults: &'a mut Vec<Fault>,
    incomplete: bool,
    lost: HashSet<String>,
}

impl Reader<'_, '_> {
    fn schema(&mut self, value: &Spanned<DeValue<'_>>) {
        let number = value.get_ref().as_integer().and_then(|i| i64::from_str_radix(i.as_str(), i.radix()).ok());
        if number != Some(format::SCHEMA) {
            let message = "the format's version is not one that this program reads".to_owned();
            let cure = format!("Write `schema = {}`; `briefing-bot schema` prints that format.", format::SCHEMA);
            self.faults.push(self.lines.fault(Kind::BadValue, value.span().start, message, cure));
        }
    }

    fn array<T: DeserializeOwned + Shaped>(&mut self, name: &str, value: Spanned<DeValue<'_>>) -> Vec<T> {
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
    fn table<T: DeserializeOwned + Shaped>(&mut self, name: &str, mut value: Spanned<DeValue<'_>>) -> Option<T> {
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
    fn deserialize<T: DeserializeOwned>(&mut self, value: Spanned<DeValue<'_>>) -> Option<T> {
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
