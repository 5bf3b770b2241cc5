//! Lists: questions that several facts answer together.

use super::run::{Run, run};

const ARTICLE: &str = include_str!("broken/harbour-cat.md");
const CLEAN: &str = include_str!("broken/clean.toml");

/// The clean file with one list: its facts and its asks as they stand in TOML.
fn with_list<const N: usize>(args: [&str; N], facts: &str, asks: &str) -> Run {
    let list = format!("\n[[list]]\nid = \"both\"\ntitle = \"Meals and statue\"\nfacts = [{facts}]\nasks = [{asks}]\n");
    run(args).file("cat.toml", format!("{CLEAN}{list}")).file("harbour-cat.md", ARTICLE)
}

const ASKS: &str = "\"What are its meals and which statue is planned?\", \"meals and statue of the cat\"";

#[test]
fn a_list_is_answered_with_all_its_facts_and_no_more() {
    let args = ["--knowledge", "cat.toml", "ask", "--json", "the cat's meals and statue"];
    let said = with_list(args, "\"statue\", \"meals\"", ASKS).ends().json();
    let mut facts: Vec<&str> = said
        .iter()
        .flat_map(|answer| answer["answers"].as_array().expect("answers"))
        .map(|answer| answer["fact"].as_str().expect("an id"))
        .collect();
    facts.sort_unstable();
    assert_eq!(facts, ["meals", "statue"]);
}

#[test]
fn a_question_for_one_fact_is_not_answered_with_a_list() {
    let args = ["--knowledge", "cat.toml", "ask", "--json", "What does the cat eat?"];
    let said = with_list(args, "\"statue\", \"meals\"", ASKS).ends().json();
    let answers = said[0]["answers"].as_array().expect("answers");
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers[0]["fact"], "meals");
}

#[test]
fn a_list_that_cannot_answer_is_a_fault() {
    let check = |facts: &str, asks: &str| {
        let said = with_list(["check", "cat.toml"], facts, asks).code(1).ends();
        format!("{}{}", said.stdout, said.stderr)
    };
    for (facts, asks, fault) in [
        ("\"statue\", \"dog\"", ASKS, "there is no fact `dog`"),
        ("\"statue\"", ASKS, "the list `both` names fewer than two facts"),
        ("\"statue\", \"statue\"", ASKS, "the list `both` names a fact twice"),
        ("\"statue\", \"meals\"", "", "the list `both` has no ask"),
        (
            "\"statue\", \"meals\"",
            "\"Will there be a statue?\"",
            "the ask \"Will there be a statue?\" is that of `statue` too",
        ),
        (
            "\"statue\", \"meals\", \"home\", \"home\", \"home\", \"home\"",
            ASKS,
            "6 facts in a list; at most 5 are read",
        ),
    ] {
        let said = check(facts, asks);
        assert!(said.contains(fault), "{fault}: {said}");
        assert!(said.contains("cat.toml:5") || said.contains("cat.toml:6"), "{said}");
    }
}
