//! Edits of a knowledge file in place: an ask for a fact, a new fact. Comments, order and formatting stay.

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value, value};

use super::Error;

/// A fact to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFact {
    /// Its id.
    pub id: String,
    /// The answer in plain words.
    pub statement: String,
    /// The proof, verbatim.
    pub quote: String,
    /// Ways to ask for it; the first is its own question.
    pub asks: Vec<String>,
    /// Ids of the entities that it is about.
    pub entities: Vec<String>,
}

/// Adds an ask to a fact, unless it is there.
///
/// # Errors
/// [`Error::Refused`] where the fact is gone or the file can't be read.
pub fn add_ask(toml: &str, fact: &str, ask: &str) -> Result<String, Error> {
    let mut document = parse(toml)?;
    let gone = || Error::Refused("That fact is no longer there.".to_owned());
    let facts = document.get_mut("fact").and_then(Item::as_array_of_tables_mut).ok_or_else(gone)?;
    let is_it = |table: &&mut Table| table.get("id").and_then(Item::as_str) == Some(fact);
    let table = facts.iter_mut().find(is_it).ok_or_else(gone)?;
    let asks = table.get_mut("asks").and_then(Item::as_array_mut).ok_or_else(gone)?;
    if asks.iter().all(|known| known.as_str() != Some(ask)) {
        push(asks, ask);
    }
    Ok(document.to_string())
}

/// Adds a fact behind the last one.
///
/// # Errors
/// [`Error::Refused`] where the file can't be read.
pub fn add_fact(toml: &str, fact: &NewFact) -> Result<String, Error> {
    let mut document = parse(toml)?;
    let mut table = Table::new();
    table.insert("id", value(fact.id.as_str()));
    table.insert("statement", value(fact.statement.as_str()));
    table.insert("quotes", value([fact.quote.as_str()].into_iter().collect::<Array>()));
    let mut asks = fact.asks.iter().map(String::as_str).collect::<Array>();
    for ask in asks.iter_mut() {
        ask.decor_mut().set_prefix("\n  ");
    }
    asks.set_trailing("\n");
    asks.set_trailing_comma(true);
    table.insert("asks", value(asks));
    if !fact.entities.is_empty() {
        table.insert("entities", value(fact.entities.iter().map(String::as_str).collect::<Array>()));
    }
    table.insert("status", value("reported"));
    table.decor_mut().set_prefix("\n");
    let facts = document.entry("fact").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let unreadable = || Error::Refused("The facts of this file are not written as [[fact]] tables.".to_owned());
    facts.as_array_of_tables_mut().ok_or_else(unreadable)?.push(table);
    Ok(document.to_string())
}

/// An id for a new fact, made of the words of its question, that none of `taken` has; at most `limit` characters.
#[must_use]
pub fn new_id(question: &str, taken: impl Fn(&str) -> bool, limit: usize) -> String {
    const LEFT_OUT: [&str; 24] = [
        "a", "an", "the", "is", "are", "was", "were", "do", "does", "did", "of", "to", "in", "on", "at", "for", "what",
        "who", "when", "where", "how", "why", "which", "s",
    ];
    let folded = crate::text::fold(question);
    let words = folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut id = String::new();
    for word in words.filter(|word| !LEFT_OUT.contains(word)) {
        // Three characters are left for a number.
        if id.len() + word.len() + 4 > limit.min(36) {
            break;
        }
        if !id.is_empty() {
            id.push('-');
        }
        id.push_str(word);
    }
    if id.is_empty() {
        id.push_str("fact");
    }
    let numbered = (2..1_000).map(|number| format!("{id}-{number}"));
    std::iter::once(id.clone()).chain(numbered).find(|id| !taken(id)).unwrap_or(id)
}

fn parse(toml: &str) -> Result<DocumentMut, Error> {
    toml.parse().map_err(|_| Error::Refused("The knowledge file can't be read as TOML.".to_owned()))
}

/// Adds to an array as its last entry is written: on a line of its own where that is.
fn push(array: &mut Array, text: &str) {
    let prefix = array.iter().last().and_then(|last| last.decor().prefix()?.as_str().map(str::to_owned));
    let mut entry = Value::from(text);
    match prefix {
        Some(prefix) => {
            // A comment before the last entry is about that one.
            let indent = prefix.rsplit('\n').next().unwrap_or_default();
            let own = if prefix.contains('\n') { format!("\n{indent}") } else { prefix.clone() };
            let own = if array.len() == 1 && own.is_empty() { " ".to_owned() } else { own };
            entry.decor_mut().set_prefix(own);
        }
        None => entry.decor_mut().set_prefix(if array.is_empty() { "" } else { " " }),
    }
    array.push_formatted(entry);
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# the head\nschema = 1 # one\n\n[[fact]]\nid = \"a\" # first\nasks = [\n  \"What?\", # plain\n  # about the next\n  \"Why?\",\n]\n\n# between\n[[fact]]\nid = \"b\"\nasks = [\"Who?\"]\n\n# the end's\n[[conflict]]\nnote = \"x\"\n# the very end\n";

    #[test]
    fn an_ask_is_added_and_all_else_stays() {
        let long = add_ask(FILE, "a", "How \"so\"?").expect("an edit");
        let expected = FILE.replace("  \"Why?\",\n", "  \"Why?\",\n  'How \"so\"?',\n");
        assert_eq!(long, expected);
        let short = add_ask(FILE, "b", "Whose?").expect("an edit");
        assert_eq!(short, FILE.replace("[\"Who?\"]", "[\"Who?\", \"Whose?\"]"));
        assert_eq!(add_ask(FILE, "b", "Who?").expect("no edit"), FILE);
        assert!(add_ask(FILE, "c", "Who?").is_err());
    }

    #[test]
    fn a_fact_is_added_behind_the_last_and_all_else_stays() {
        let fact = NewFact {
            id: "c".to_owned(),
            statement: "It is “so”.".to_owned(),
            quote: "It is so.".to_owned(),
            asks: vec!["How is it?".to_owned(), "So?".to_owned()],
            entities: vec![],
        };
        let new = add_fact(FILE, &fact).expect("an edit");
        let added = "\n[[fact]]\nid = \"c\"\nstatement = \"It is “so”.\"\nquotes = [\"It is so.\"]\nasks = [\n  \"How is it?\",\n  \"So?\",\n]\nstatus = \"reported\"\n";
        assert_eq!(new, FILE.replace("asks = [\"Who?\"]\n", &format!("asks = [\"Who?\"]\n{added}")));
    }

    #[test]
    fn ids_are_well_formed_and_new() {
        assert_eq!(new_id("What is the Cost of Tea?", |_| false, 48), "cost-tea");
        assert_eq!(new_id("What is the Cost of Tea?", |id| id == "cost-tea", 48), "cost-tea-2");
        assert_eq!(new_id("что?", |_| false, 48), "fact");
        assert!(new_id(&"word ".repeat(50), |_| false, 48).len() <= 48);
    }
}
