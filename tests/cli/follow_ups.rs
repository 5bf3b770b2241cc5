//! Follow-ups: what a question takes over from those before it, pattern by pattern, and what it does not.

use serde_json::Value;

use super::run::run;

/// What is said to a question behind others, oldest first.
fn said(earlier: &[&str], question: &str) -> Value {
    let mut asking = run(["ask", "--json"]).any_code();
    for turn in earlier {
        asking = asking.arg("--context").arg(turn);
    }
    asking.arg(question).ends().json().remove(0)
}

/// The first fact of the answer; nothing where there is none.
fn fact(earlier: &[&str], question: &str) -> Option<String> {
    said(earlier, question)["answers"].get(0).map(|answer| answer["fact"].as_str().expect("an id").to_owned())
}

/// The first fact of the answer, or the first that is offered instead.
fn found(earlier: &[&str], question: &str) -> Option<String> {
    let said = said(earlier, question);
    let offered = || said["suggestions"].get(0).map(|offer| offer["fact"].as_str().expect("an id").to_owned());
    let answered = said["answers"].get(0).map(|answer| answer["fact"].as_str().expect("an id").to_owned());
    answered.or_else(offered)
}

#[test]
fn each_pattern_takes_over_what_it_lacks() {
    for (pattern, earlier, question, expected) in [
        ("and when", &["Does the pier open again?"][..], "and when?", "reopening"),
        ("why", &["Will Kettle Pier be rebuilt?"], "why?", "decision"),
        ("how often", &["Is there still a boat to Lammer Island?"], "how often?", "ferry"),
        ("what about a person", &["How did Tobias Rune vote?"], "what about Mayor Dall?", "mayor-promise"),
        ("and a person", &["What did Mayor Dall say about the pier?"], "and Councillor Rune?", "rune-against"),
        ("pronoun for a person", &["Who is the mayor of Ostrey?"], "what did she say about the pier?", "mayor-promise"),
        ("pronoun for a thing", &["Is there still a ferry to Lammer Island?"], "where does it leave from?", "ferry"),
        ("who else", &["Does Ostrey pay for the pier?"], "who else chips in?", "region-half"),
        ("correction", &["What did Mayor Dall say?"], "no, I meant Councillor Rune", "rune-against"),
        ("two turns", &["Will Kettle Pier be rebuilt?", "does it open again?"], "and when?", "reopening"),
        (
            "three turns",
            &["Is there a date for the fish market?", "ok", "and the ferry to Lammer Island?"],
            "how often does it go?",
            "ferry",
        ),
    ] {
        assert_eq!(found(earlier, question).as_deref(), Some(expected), "{pattern}: {question}");
    }
}

#[test]
fn what_leans_on_nothing_is_not_guessed() {
    for question in ["and when?", "why?", "who else?", "no, I meant the other one", "what about him?"] {
        assert_eq!(fact(&[], question), None, "{question}");
    }
}

#[test]
fn an_independent_question_is_not_bent() {
    let whole = [
        "How often does the ferry run?",
        "What cost does the agenda name?",
        "Who criticised the price?",
        "When does building begin?",
        "Who pays half of the bill?",
        "How many councillors voted in favour?",
    ];
    for question in whole {
        let alone = fact(&[], question).expect("an answer");
        for earlier in whole.iter().filter(|earlier| **earlier != question) {
            assert_eq!(fact(&[earlier], question).as_ref(), Some(&alone), "{question} after {earlier}");
        }
    }
}

#[test]
fn what_the_article_does_not_say_is_not_said_because_of_what_was_asked_before() {
    for (earlier, question) in [
        ("Who is the mayor of Ostrey?", "where was she born?"),
        ("Will Kettle Pier be rebuilt?", "who won the football yesterday?"),
    ] {
        assert_eq!(fact(&[earlier], question), None, "{question} after {earlier}");
    }
}

#[test]
fn the_fourth_turn_back_is_forgotten() {
    let small_talk = ["Is there a date for the fish market?", "thanks", "hello", "thanks a lot"];
    assert_eq!(fact(&small_talk, "and when?"), None);
}
