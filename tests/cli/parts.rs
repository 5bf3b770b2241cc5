//! Questions for several things at once: each gets its fact, and what is only said beside them gets none.

use super::run::run;

/// The facts of the answer, in alphabetical order; none where there is no answer.
fn facts(question: &str) -> Vec<String> {
    let said = run(["ask", "--json"]).any_code().arg(question).ends().json().remove(0);
    let answers = said["answers"].as_array().expect("answers");
    let mut facts: Vec<String> =
        answers.iter().map(|answer| answer["fact"].as_str().expect("an id").to_owned()).collect();
    facts.sort_unstable();
    facts
}

#[test]
fn each_of_several_questions_gets_its_fact() {
    for (question, expected) in [
        ("What did Mayor Dall say about the pier and when does building begin?", ["building-begins", "mayor-promise"]),
        ("Will Kettle Pier be rebuilt? How often does the ferry to Lammer Island go?", ["decision", "ferry"]),
        (
            "two things: (1) how did the councillors vote (2) when does building begin",
            ["building-begins", "vote-count"],
        ),
        ("What does the region pay, and is there a date for the fish market?", ["fish-market", "region-half"]),
    ] {
        assert_eq!(facts(question), expected, "{question}");
    }
}

#[test]
fn each_of_several_things_under_one_question_word_gets_its_fact() {
    for (question, expected) in [
        ("dates of the start of building and of the opening of the pier?", ["building-begins", "reopening"]),
        ("start of the building work vs opening of the pier", ["building-begins", "reopening"]),
        ("What did Mayor Dall and Councillor Rune say?", ["mayor-promise", "rune-against"]),
    ] {
        assert_eq!(facts(question), expected, "{question}");
    }
}

#[test]
fn what_is_said_beside_a_question_adds_nothing() {
    for question in [
        "yo, will Kettle Pier be rebuilt, or what, guys?",
        "Will Kettle Pier be rebuilt, or is it just talk again?",
        "Will Kettle Pier be rebuilt? I was there last summer, it was lovely and sunny.",
    ] {
        assert_eq!(facts(question), ["decision"], "{question}");
    }
}
