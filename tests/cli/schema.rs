//! The JSON Schema: every key described, and the shipped knowledge in its terms.

use std::collections::BTreeSet;

use briefing_bot::knowledge::Limits;
use serde_json::Value;

use super::run::{in_repository, run};

fn schema() -> Value {
    serde_json::from_str(&run(["schema"]).without("knowledge").ends().stdout).expect("the schema is JSON")
}

/// The names of the tables that a schema describes, and the schema of each.
fn tables(schema: &Value) -> Vec<(String, &Value)> {
    let properties = schema["properties"].as_object().expect("the tables of a file");
    let of = |table: &Value| table["$ref"].as_str().or(table["items"]["$ref"].as_str()).map(str::to_owned);
    let found = properties.iter().filter_map(|(name, table)| Some((name.clone(), of(table)?)));
    found.map(|(name, path)| (name, schema.pointer(path.trim_start_matches('#')).expect("a definition"))).collect()
}

#[test]
fn every_key_is_described() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let described = |value: &Value| value["description"].as_str().is_some_and(|text| text.len() > 3);
    for (name, property) in schema["properties"].as_object().expect("tables") {
        assert!(described(property), "{name}");
    }
    let tables = tables(&schema);
    let names: Vec<&str> = tables.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["absent", "briefing", "conflict", "entity", "fact", "list", "synonyms", "uncovered"]);
    for (name, table) in tables {
        assert_eq!(table["additionalProperties"], false, "unknown keys of {name}");
        for (key, property) in table["properties"].as_object().expect("keys") {
            assert!(described(property), "{name}.{key}");
        }
    }
}

#[test]
fn lengths_are_those_that_are_checked() {
    let schema = schema();
    let limits = Limits::STANDARD;
    for (table, key, limit) in [
        ("BriefingTable", "id", limits.briefing_id),
        ("EntityTable", "id", limits.id),
        ("EntityTable", "name", limits.alias),
        ("FactTable", "id", limits.id),
        ("FactTable", "statement", limits.statement),
        ("ConflictTable", "note", limits.statement),
        ("UncoveredTable", "reason", limits.statement),
        ("AbsentTable", "id", limits.id),
        ("AbsentTable", "note", limits.statement),
    ] {
        assert_eq!(schema["$defs"][table]["properties"][key]["maxLength"], limit, "{table}.{key}");
    }
}

#[test]
fn the_shipped_knowledge_is_in_its_terms() {
    let schema = schema();
    let tables = tables(&schema);
    let mut files = 0;
    for entry in std::fs::read_dir(in_repository("knowledge")).expect("the shipped knowledge") {
        let path = entry.expect("an entry of the folder").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        files += 1;
        let text = std::fs::read_to_string(&path).expect("a text");
        let file: toml::Table = text.parse().expect("TOML");
        let file = serde_json::to_value(file).expect("TOML is JSON");
        holds(&schema, &schema, &file, "file");
        for (name, table) in &tables {
            let written = match &file[name] {
                Value::Array(list) => list.clone(),
                Value::Null => Vec::new(),
                one => vec![one.clone()],
            };
            for value in written {
                holds(&schema, table, &value, name);
            }
        }
    }
    assert!(files > 0, "no knowledge is shipped");
}

/// Checks required and known keys, types, lengths, patterns and words: what of JSON Schema the format uses.
fn holds(root: &Value, schema: &Value, value: &Value, at: &str) {
    if let Some(path) = schema["$ref"].as_str() {
        return holds(root, root.pointer(path.trim_start_matches('#')).expect("a definition"), value, at);
    }
    if let Some(words) = schema["oneOf"].as_array() {
        assert!(words.iter().any(|word| word["const"] == *value), "{at}: {value} is none of the words");
        return;
    }
    let kind = match value {
        Value::Object(_) => "object",
        Value::Array(_) => "array",
        Value::String(_) => "string",
        Value::Number(_) => "integer",
        Value::Bool(_) => "boolean",
        Value::Null => "null",
    };
    let allowed = match &schema["type"] {
        Value::Array(several) => several.iter().any(|one| one == kind),
        one => one == kind,
    };
    assert!(allowed, "{at}: {value} is {kind}");
    let within = |size: usize, least: &str, most: &str| {
        let bound = |name: &str| schema[name].as_u64().and_then(|bound| usize::try_from(bound).ok());
        bound(least).is_none_or(|least| size >= least) && bound(most).is_none_or(|most| size <= most)
    };
    match value {
        Value::Object(map) => {
            let known: BTreeSet<&String> = schema["properties"].as_object().expect("keys").keys().collect();
            for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                assert!(map.contains_key(key), "{at}: {key} is missing");
            }
            for (key, value) in map {
                assert!(known.contains(key), "{at}: {key} is unknown");
                holds(root, &schema["properties"][key], value, &format!("{at}.{key}"));
            }
        }
        Value::Array(items) => {
            assert!(within(items.len(), "minItems", "maxItems"), "{at}: {} items", items.len());
            for item in items {
                holds(root, &schema["items"], item, at);
            }
        }
        Value::String(text) => {
            assert!(within(text.chars().count(), "minLength", "maxLength"), "{at}: {text}");
            if let Some(pattern) = schema["pattern"].as_str() {
                assert!(regex::Regex::new(pattern).expect("a pattern").is_match(text), "{at}: {text}");
            }
        }
        _ => {}
    }
}

#[test]
fn the_copy_for_editors_is_up_to_date() {
    let copy = std::fs::read_to_string(in_repository("knowledge/schema.json")).expect("the file that knowledge names");
    let printed = run(["schema"]).ends().stdout;
    assert!(copy == printed, "renew it: cargo run -- schema > knowledge/schema.json");
}
