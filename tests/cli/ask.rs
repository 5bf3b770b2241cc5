//! One answer: text, JSON to the letter of the contract, earlier questions, exit codes.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use serde_json::{Value, json};

use super::run::{ARTICLE, run};

#[test]
fn text_shows_the_statement_its_quote_and_its_place() {
    let said = run(["ask", "who", "is", "the", "mayor", "of", "Ostrey?"]).ends();
    for part in [
        "Mayor Henrike Dall called the new pier",
        "  > Mayor Henrike Dall",
        "The vote, paragraph 1",
        "The Ostrey Gazette, Ostrey, 14 May 2031",
        "You could ask next:",
        "  1. ",
    ] {
        assert!(said.stdout.contains(part), "{part} is not in\n{}", said.stdout);
    }
    assert!(!said.stdout.contains('\u{1b}'), "no colours in a pipe");
    assert_eq!(said.stderr, "");
}

#[test]
fn what_is_planned_says_as_of_when() {
    let said = run(["ask", "when does the pier open again?"]).ends();
    assert!(said.stdout.contains("(planned, as of 14 May 2031)"), "{}", said.stdout);
}

#[test]
fn a_contradiction_is_said_and_both_sides_are_shown() {
    let said = run(["ask", "How much will the new pier cost?"]).ends().stdout;
    assert!(said.starts_with("The briefing contradicts itself here."), "{said}");
    assert!(said.contains("6.4 million") && said.contains("7.1 million"), "{said}");
}

#[test]
fn not_covered_ends_with_1_and_words() {
    for question in ["Who won the chess championship in Reykjavik?", "", "🙂🙂", "\u{202e}\u{200b}"] {
        let said = run(["ask"]).arg(question).code(1).ends();
        assert!(said.stdout.trim().len() > 10, "{question:?}: {}", said.stdout);
    }
}

#[test]
fn json_is_the_contract() {
    let answer = run(["ask", "--json", "who is the mayor of Ostrey?"]).ends().json().remove(0);
    contract(&answer);
    assert_eq!((&answer["outcome"], &answer["id"]), (&json!("answer"), &json!(null)));
    let first = &answer["answers"][0];
    let quote = "Mayor Henrike Dall called the new pier “a promise kept to every fisher in this town”.";
    assert_eq!(first["briefing"], "kettle-pier");
    assert_eq!(first["fact"], "mayor-promise");
    assert_eq!(first["attribution"], "Mayor Henrike Dall");
    assert_eq!(first["conflict"], false);
    assert_eq!(first["quotes"], json!([{"text": quote, "section": "The vote", "paragraph": 1}]));
    let answer = run(["ask", "--json", "How much will the new pier cost?"]).ends().json().remove(0);
    contract(&answer);
    let sides: Vec<&Value> =
        answer["answers"].as_array().into_iter().flatten().filter(|a| a["conflict"] == true).collect();
    assert_eq!(sides.len(), 2, "{answer}");
    let answer = run(["ask", "--json", "hello"]).code(1).ends().json().remove(0);
    contract(&answer);
    assert_eq!(answer["outcome"], "none");
    assert!(answer["message"].as_str().is_some_and(|words| words.contains("Hello")), "{answer}");
}

#[test]
fn earlier_questions_lend_what_is_missing() {
    let alone = run(["ask", "--json", "and when?"]).code(1).ends().json().remove(0);
    contract(&alone);
    for (earlier, fact) in
        [("Does the pier open again?", "reopening"), ("Is there a date for the fish market?", "fish-market")]
    {
        let args = ["ask", "--json", "--context", "Who is the mayor?", "--context", earlier, "and when?"];
        let answer = run(args).ends().json().remove(0);
        contract(&answer);
        assert_eq!(answer["answers"][0]["fact"], fact, "after {earlier}");
    }
}

#[test]
fn every_outcome_keeps_the_contract() {
    let words = ["mayor", "region", "crowns", "storm", "who paid for the mole", "vote", "agenda", "boats", "promise"];
    let pairs =
        words.iter().flat_map(|a| words.iter().map(move |b| json!({"question": format!("{a} {b}")}).to_string()));
    let lines = run(["ask", "--batch"]).stdin(pairs.collect::<Vec<_>>().join("\n")).ends().json();
    lines.iter().for_each(contract);
    for outcome in ["answer", "suggest", "none"] {
        assert!(lines.iter().any(|line| line["outcome"] == outcome), "no question came to {outcome}");
    }
}

#[test]
fn bytes_that_are_no_utf8_are_part_of_no_word() {
    let mut bytes = b"who is the mayor \xff\xfe of Ostrey?".to_vec();
    let said = run(["ask", "--json"]).arg(OsString::from_vec(bytes.clone())).ends().json().remove(0);
    assert_eq!(said["answers"][0]["fact"], "mayor-promise");
    bytes.clear();
    let said = run(["ask"]).arg(OsString::from_vec(b"\xff\xfe\xfd".to_vec())).code(1).ends();
    assert!(!said.stdout.trim().is_empty());
}

#[test]
fn a_question_may_be_100_000_characters_long() {
    let said = run(["ask"]).arg("pier ".repeat(20_000)).any_code().ends();
    assert!(!said.stdout.trim().is_empty());
}

#[test]
fn nobody_reading_is_no_failure() {
    assert_eq!(run(["ask", "who is the mayor?"]).unread(), Some(0));
}

/// Checks that a line is an answer to the letter of the contract.
#[track_caller]
pub(crate) fn contract(line: &Value) {
    let keys =
        |value: &Value| value.as_object().map(|map| map.keys().cloned().collect::<BTreeSet<_>>()).unwrap_or_default();
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let list = |value: &Value| value.as_array().expect("a list").clone();
    assert_eq!(keys(line), set(&["id", "outcome", "answers", "suggestions", "message", "elapsed_us"]), "{line}");
    assert!(line["elapsed_us"].is_u64(), "{line}");
    let (answers, suggestions) = (list(&line["answers"]), list(&line["suggestions"]));
    match line["outcome"].as_str() {
        Some("answer") => assert!(!answers.is_empty() && line["message"].is_null(), "{line}"),
        Some("suggest") => {
            assert!(answers.is_empty() && !suggestions.is_empty() && line["message"].is_string(), "{line}");
        }
        Some("none") => assert!(answers.is_empty() && suggestions.is_empty() && line["message"].is_string(), "{line}"),
        other => panic!("outcome {other:?}"),
    }
    assert!(suggestions.len() <= 3 && answers.len() <= 5, "{line}");
    for answer in &answers {
        let all = ["briefing", "fact", "text", "attribution", "quotes", "confidence", "conflict"];
        assert_eq!(keys(answer), set(&all), "{line}");
        assert!(answer["text"].as_str().is_some_and(|text| !text.is_empty()), "{line}");
        assert!(answer["attribution"].is_string() || answer["attribution"].is_null(), "{line}");
        assert!(answer["conflict"].is_boolean(), "{line}");
    }
    for suggestion in &suggestions {
        assert_eq!(keys(suggestion), set(&["briefing", "fact", "question", "confidence", "quotes"]), "{line}");
        assert!(suggestion["question"].as_str().is_some_and(|text| !text.is_empty()), "{line}");
    }
    for item in answers.iter().chain(&suggestions) {
        assert!(item["confidence"].as_f64().is_some_and(|chance| (0.0..=1.0).contains(&chance)), "{line}");
        assert!(!list(&item["quotes"]).is_empty(), "{line}");
        for quote in list(&item["quotes"]) {
            assert_eq!(keys(&quote), set(&["text", "section", "paragraph"]), "{line}");
            let text = quote["text"].as_str().expect("a text");
            let number = quote["paragraph"].as_u64().expect("a number");
            let paragraphs = ARTICLE.split("\n\n").filter(|block| !block.starts_with('#')).zip(1..);
            let (paragraph, _) = paragraphs.clone().find(|(_, n)| *n == number).expect("a paragraph of the article");
            assert!(paragraph.contains(text), "paragraph {number} does not say {text}");
            assert!(ARTICLE.contains(&format!("## {}", quote["section"].as_str().expect("a text"))), "{line}");
        }
    }
}
