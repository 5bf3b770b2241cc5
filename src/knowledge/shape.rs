//! The shape of each table: its keys, and what kind of value each takes.
//!
//! Read from the JSON Schema once, so that what `check` says and what `schema` prints can't disagree.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use schemars::JsonSchema;
use serde_json::Value;
use toml::Spanned;
use toml::de::DeValue;

use super::format::{
    AbsentTable, BriefingTable, ConflictTable, EntityTable, FactTable, ListTable, SynonymsTable, UncoveredTable,
};
use crate::text::sanitize::shorten;

/// What kind of value a key takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// One of these words.
    OneOf(Vec<String>),
    /// Something that only the type itself can judge.
    Other,
}

/// The keys of a table.
#[derive(Debug)]
pub(super) struct Shape {
    /// Every key and what it takes.
    pub(super) keys: BTreeMap<String, Expected>,
    /// The keys that must be there.
    pub(super) required: BTreeSet<String>,
}

/// A value that is not what its key takes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    /// Byte at which it starts.
    pub(super) at: usize,
    /// What is wrong.
    pub(super) message: String,
    /// How to mend it.
    pub(super) cure: String,
}

impl Shape {
    /// Reads the shape of a type from its schema.
    fn of<T: JsonSchema>() -> Self {
        let schema = schemars::schema_for!(T).to_value();
        let properties = schema.get("properties").and_then(Value::as_object);
        let keys = properties.into_iter().flatten().map(|(key, property)| (key.clone(), expected(&schema, property)));
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        Self { keys: keys.collect(), required: required.filter_map(Value::as_str).map(str::to_owned).collect() }
    }

    /// What is wrong with the value of a key; nothing where the key is unknown.
    pub(super) fn misfits(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Vec<Misfit> {
        match self.keys.get(key) {
            Some(Expected::Text) => not_text(&format!("`{key}`"), value).into_iter().collect(),
            Some(Expected::Texts) => match value.get_ref().as_array() {
                Some(items) => {
                    let strange = items.iter().filter(|item| !item.get_ref().is_str());
                    strange.filter_map(|item| not_text(&format!("an item of `{key}`"), item)).collect()
                }
                None => vec![Misfit {
                    at: value.span().start,
                    message: format!("`{key}` is {}, where a list of texts belongs", named(value.get_ref())),
                    cure: format!("Write {key} = [\"...\", \"...\"]."),
                }],
            },
            Some(Expected::OneOf(words)) => not_one_of(key, words, value).into_iter().collect(),
            Some(Expected::Other) | None => Vec::new(),
        }
    }
}

/// What the schema of a property lets it be.
fn expected(schema: &Value, property: &Value) -> Expected {
    let is = |value: &Value, name: &str| match value.get("type") {
        Some(Value::String(one)) => one == name,
        Some(Value::Array(several)) => several.iter().any(|one| one == name),
        _ => false,
    };
    if let Some(path) = property.get("$ref").and_then(Value::as_str) {
        let words = path.strip_prefix('#').and_then(|path| schema.pointer(path)).and_then(|def| def.get("oneOf"));
        let words =
            words.and_then(Value::as_array).into_iter().flatten().filter_map(|word| word.get("const")?.as_str());
        return Expected::OneOf(words.map(str::to_owned).collect());
    }
    if is(property, "array") && property.get("items").is_some_and(|items| is(items, "string")) {
        Expected::Texts
    } else if is(property, "string") {
        Expected::Text
    } else {
        Expected::Other
    }
}

fn not_text(what: &str, value: &Spanned<DeValue<'_>>) -> Option<Misfit> {
    let cure = match value.get_ref() {
        DeValue::String(_) => return None,
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            "Put it between quotation marks."
        }
        DeValue::Array(_) | DeValue::Table(_) => "Write one text between quotation marks.",
    };
    let message = format!("{what} is {}, where a text belongs", named(value.get_ref()));
    Some(Misfit { at: value.span().start, message, cure: cure.to_owned() })
}

fn not_one_of(key: &str, words: &[String], value: &Spanned<DeValue<'_>>) -> Option<Misfit> {
    let message = match value.get_ref().as_str() {
        Some(word) if words.iter().any(|known| known == word) => return None,
        Some(word) => format!("`{}` is no `{key}` that the format knows", shorten(word, 40)),
        None => format!("`{key}` is {}, where a word belongs", named(value.get_ref())),
    };
    Some(Misfit { at: value.span().start, message, cure: format!("Write one of {}.", words.join(", ")) })
}

/// A kind of value, as people call it.
pub(super) fn named(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date without quotation marks",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A table type whose shape is known.
pub(super) trait Shaped: Sized {
    /// The shape, read once.
    fn shape() -> &'static Shape;
}

macro_rules! shaped {
    ($($table:ty),*) => {$(
        impl Shaped for $table {
            fn shape() -> &'static Shape {
                static SHAPE: OnceLock<Shape> = OnceLock::new();
                SHAPE.get_or_init(Shape::of::<$table>)
            }
        }
    )*};
}

shaped!(
    BriefingTable,
    EntityTable,
    SynonymsTable,
    FactTable<'_>,
    ConflictTable,
    UncoveredTable,
    AbsentTable<'_>,
    ListTable<'_>
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_of_any_table_is_left_to_chance() {
        let shapes = [
            BriefingTable::shape(),
            EntityTable::shape(),
            SynonymsTable::shape(),
            FactTable::shape(),
            ConflictTable::shape(),
            UncoveredTable::shape(),
            AbsentTable::shape(),
            ListTable::shape(),
        ];
        for (key, expected) in shapes.iter().flat_map(|shape| &shape.keys) {
            assert_ne!(*expected, Expected::Other, "{key}");
            assert_ne!(*expected, Expected::OneOf(Vec::new()), "{key}");
        }
    }

    #[test]
    fn a_fact_takes_texts_lists_and_a_status() {
        let shape = FactTable::shape();
        assert_eq!(shape.keys.get("statement"), Some(&Expected::Text));
        assert_eq!(shape.keys.get("attribution"), Some(&Expected::Text), "one that may be left out");
        assert_eq!(shape.keys.get("asks"), Some(&Expected::Texts));
        assert!(
            matches!(shape.keys.get("status"), Some(Expected::OneOf(words)) if words.iter().any(|w| w == "planned"))
        );
        assert!(shape.required.contains("quotes") && !shape.required.contains("related"));
    }
}
