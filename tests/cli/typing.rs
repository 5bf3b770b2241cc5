//! How people type: apostrophes left out, digits for words, verbs formed by rule, and talk around the question.

use super::run::run;

/// The first fact of the answer, or the first that is offered instead.
fn found(question: &str) -> Option<String> {
    let said = run(["ask", "--json"]).any_code().arg(question).ends().json().remove(0);
    let first = |hits: &str| said[hits].get(0).map(|hit| hit["fact"].as_str().expect("an id").to_owned());
    first("answers").or_else(|| first("suggestions"))
}

#[test]
fn what_is_meant_is_found_however_it_is_typed() {
    for (how, question, expected) in [
        ("no apostrophe", "what was mayor dalls promise", "mayor-promise"),
        ("a digit for a word", "when does kettle pier open 4 the public again, i want 2 know", "reopening"),
        ("a past formed by rule", "how did the councillors voted", "vote-count"),
        ("a verb behind an apostrophe", "how often'll the ferry to Lammer Island go", "ferry"),
        (
            "talk around it",
            "hey all, sorry to bother you, my gran sits here with her tea and asks me, how often does the ferry to Lammer Island go, thanks a lot",
            "ferry",
        ),
    ] {
        assert_eq!(found(question).as_deref(), Some(expected), "{how}: {question}");
    }
}
