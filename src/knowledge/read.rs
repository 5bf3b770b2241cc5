//! Reading a knowledge file: TOML to the types of [`format`](super::format), with every fault and where it stands.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::fault::{Fault, Kind, Lines};
use super::format::{
    self, AbsentTable, BriefingTable, ConflictTable, EntityTable, FactTable, SynonymsTable, UncoveredTable,
};

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
}

/// Reads the tables of a file, adding what is wrong to `faults`.
pub fn tables(lines: &Lines<'_>, text: &str, faults: &mut Vec<Fault>) -> Tables {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        faults.push(lines.fault(Kind::Syntax, at, error.message().replace('\n', ", "), "Mend the TOML here."));
    }
    let mut tables = Tables::default();
    if !errors.is_empty() {
        return tables;
    }
    let mut reader = Reader { lines, faults };
    let mut seen_schema = false;
    for (key, value) in document.into_inner() {
        let at = key.span().start;
        match key.get_ref().as_ref() {
            "schema" => {
                seen_schema = true;
                reader.schema(&value);
            }
            "briefing" => tables.briefing = reader.table("briefing", value),
            "entity" => tables.entities = reader.array("entity", value),
            "synonyms" => tables.synonyms = reader.array("synonyms", value),
            "fact" => tables.facts = reader.array("fact", value),
            "conflict" => tables.conflicts = reader.array("conflict", value),
            "uncovered" => tables.uncovered = reader.array("uncovered", value),
            "absent" => tables.absent = reader.array("absent", value),
            unknown => {
                let known = ["schema", "briefing", "entity", "synonyms", "fact", "conflict", "uncovered", "absent"];
                reader.unknown_key(unknown, "the file", &known, at);
            }
        }
    }
    if !seen_schema {
        reader.missing_key("schema", "the file", 0, "Write `schema = 1` as the first line.");
    }
    if tables.briefing.is_none() && !text.contains("[briefing]") {
        reader.missing_key("briefing", "the file", 0, "Add a [briefing] table that names the article.");
    }
    tables
}

struct Reader<'a, 'b> {
    lines: &'a Lines<'b>,
    faults: &'a mut Vec<Fault>,
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

    fn array<T: DeserializeOwned + JsonSchema + Keys>(&mut self, name: &str, value: Spanned<DeValue<'_>>) -> Vec<T> {
        let at = value.span().start;
        match value.into_inner() {
            DeValue::Array(items) => items.into_iter().filter_map(|item| self.table(name, item)).collect(),
            other => {
                let message = format!("`{name}` is a {}, not a list of tables", other.type_str());
                self.faults.push(self.lines.fault(
                    Kind::BadValue,
                    at,
                    message,
                    format!("Write each {name} as a table of its own under [[{name}]]."),
                ));
                Vec::new()
            }
        }
    }

    fn table<T: DeserializeOwned + JsonSchema + Keys>(&mut self, name: &str, value: Spanned<DeValue<'_>>) -> Option<T> {
        let at = value.span().start;
        let before = self.faults.len();
        let keys = T::keys();
        let Some(table) = value.get_ref().as_table() else {
            let message = format!("`{name}` is a {}, not a table", value.get_ref().type_str());
            self.faults.push(self.lines.fault(Kind::BadValue, at, message, format!("Write it under [{name}].")));
            return None;
        };
        let known: Vec<&str> = keys.known.iter().map(String::as_str).collect();
        let have: BTreeSet<&str> = table.iter().map(|(key, _)| key.get_ref().as_ref()).collect();
        for (key, _) in table {
            if !keys.known.contains(key.get_ref().as_ref()) {
                self.unknown_key(key.get_ref(), &format!("a {name}"), &known, key.span().start);
            }
        }
        for key in keys.required.iter().filter(|key| !have.contains(key.as_str())) {
            self.missing_key(key, &format!("this {name}"), at, &format!("Add `{key}` to it."));
        }
        if self.faults.len() > before {
            return None;
        }
        match T::deserialize(ValueDeserializer::from(value)) {
            Ok(read) => Some(read),
            Err(error) => {
                let at = error.span().map_or(at, |span| span.start);
                let message = error.message().replace('\n', ", ");
                let cure = "Give it the type and form that `briefing-bot schema` describes.";
                self.faults.push(self.lines.fault(Kind::BadValue, at, message, cure));
                None
            }
        }
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

/// The keys of a table, as its schema names them.
struct KeySet {
    known: BTreeSet<String>,
    required: BTreeSet<String>,
}

/// A table type whose keys are known.
trait Keys: Sized {
    /// The keys, read from the JSON Schema once, so that check and schema can't disagree.
    fn keys() -> &'static KeySet;
}

fn keys_of<T: JsonSchema>() -> KeySet {
    let schema = schemars::schema_for!(T);
    let names = |value: Option<&serde_json::Value>| match value {
        Some(serde_json::Value::Object(map)) => map.keys().cloned().collect(),
        Some(serde_json::Value::Array(items)) => items.iter().filter_map(|i| i.as_str().map(str::to_owned)).collect(),
        _ => BTreeSet::new(),
    };
    KeySet { known: names(schema.get("properties")), required: names(schema.get("required")) }
}

macro_rules! keys {
    ($($table:ty),*) => {$(
        impl Keys for $table {
            fn keys() -> &'static KeySet {
                static KEYS: OnceLock<KeySet> = OnceLock::new();
                KEYS.get_or_init(keys_of::<$table>)
            }
        }
    )*};
}

keys!(BriefingTable, EntityTable, SynonymsTable, FactTable, ConflictTable, UncoveredTable, AbsentTable);
