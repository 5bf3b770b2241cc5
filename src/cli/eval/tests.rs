//! That `eval` judges answers as people would, over a briefing of two sentences.

use std::path::PathBuf;

use super::*;
use crate::knowledge::{Library, Limits, Source};

const FACTS: &str = r#"
schema = 1
[briefing]
id = "cat"
title = "A cat"
publisher = "The Quay"
dateline = "Veldt, 2 May 2031"
published = "2031-05-02"
language = "en"
article = "cat.md"

[[fact]]
id = "lives"
statement = "A grey cat lives in the harbour."
quotes = ["A grey cat lives in the harbour."]
asks = ["Where does the cat live?", "What colour is the cat?"]
status = "reported"

[[fact]]
id = "eats"
statement = "It eats four herrings a day."
quotes = ["It eats four herrings a day."]
asks = ["What does the cat eat?", "How many herrings does it eat?"]
status = "reported"
"#;

fn engine() -> Engine {
    let source = Source {
        path: PathBuf::from("cat.toml"),
        toml: FACTS.into(),
        article_path: PathBuf::from("cat.md"),
        article: "A grey cat lives in the harbour. It eats four herrings a day.".into(),
    };
    Engine::new(Library::build(vec![source], &Limits::STANDARD).expect("a briefing without fault"))
}

fn hit(engine: &Engine, fact: &str) -> Hit {
    let (knowledge, _) = engine.library().fact("cat", fact).expect("a fact");
    let index = knowledge.fact(fact).expect("a fact").0;
    Hit { knowledge: knowledge.clone(), index, confidence: 0.9, conflict: false }
}

fn answer(engine: &Engine, outcome: Outcome, facts: &[&str]) -> Answer {
    let hits: Vec<Hit> = facts.iter().map(|fact| hit(engine, fact)).collect();
    let (answers, suggestions) = if outcome == Outcome::Answer { (hits, Vec::new()) } else { (Vec::new(), hits) };
    let elapsed = std::time::Duration::ZERO;
    Answer { outcome, answers, suggestions, conflicts: Vec::new(), message: None, elapsed }
}

/// A question whose gold is any of these groups of stretches, and what must be shown.
fn labelled(gold: &[&[&str]], must: &[&str]) -> Labelled {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    Labelled {
        id: "q".to_owned(),
        question: "?".to_owned(),
        context: Vec::new(),
        category: "plain".to_owned(),
        answerable: None,
        gold: gold.iter().map(|group| owned(group)).collect(),
        must: owned(must),
        note: String::new(),
    }
}

const LIVES: &[&str] = &["A grey cat lives"];
const EATS: &[&str] = &["It eats four herrings"];
const EITHER: &[&str] = &["A grey cat lives", "It eats four herrings"];

/// Gold, what must be shown, the outcome, the facts of it, and what it is worth.
type Case = (&'static [&'static [&'static str]], &'static [&'static str], Outcome, &'static [&'static str], Verdict);

#[test]
fn each_verdict_has_its_case() {
    use Outcome::{Answer, None, Suggest};
    let engine = engine();
    let cases: [Case; 16] = [
        (&[LIVES], &[], Answer, &["lives"], Verdict::Right),
        (&[LIVES], &[], Answer, &["lives", "eats"], Verdict::Right),
        (&[EITHER], &[], Answer, &["eats"], Verdict::Right),
        (&[LIVES, EATS], &[], Answer, &["lives", "eats"], Verdict::Right),
        (&[LIVES, EATS], &[], Answer, &["eats"], Verdict::Part),
        (&[LIVES], &["GREY"], Answer, &["lives"], Verdict::Right),
        (&[LIVES], &["black"], Answer, &["lives"], Verdict::Part),
        (&[LIVES], &[], Answer, &["eats"], Verdict::Wrong),
        (&[LIVES], &[], Answer, &["eats", "lives"], Verdict::Wrong),
        (&[LIVES], &[], Suggest, &["eats", "lives"], Verdict::Offered),
        (&[LIVES], &[], Suggest, &["eats"], Verdict::Missed),
        (&[LIVES], &[], None, &[], Verdict::Missed),
        (&[LIVES], &[], None, &["lives"], Verdict::Missed),
        (&[], &[], None, &["lives"], Verdict::Silent),
        (&[], &[], Suggest, &["lives"], Verdict::Hedged),
        (&[], &[], Answer, &["lives"], Verdict::False),
    ];
    for (gold, must, outcome, facts, verdict) in cases {
        let judged = judge(&engine, &labelled(gold, must), &answer(&engine, outcome, facts));
        assert_eq!(judged, Ok(verdict), "{gold:?} {must:?} {outcome:?} {facts:?}");
    }
}

#[test]
fn a_broken_label_is_no_verdict() {
    let engine = engine();
    let given = answer(&engine, Outcome::Answer, &["lives"]);
    let error = judge(&engine, &labelled(&[&["A black cat"]], &[]), &given).expect_err("no such words");
    assert!(error.contains("A black cat"), "{error}");
    assert!(judge(&engine, &labelled(&[LIVES], &["("]), &given).is_err(), "no regular expression");
}

#[test]
fn trust_weighs_right_against_wrong() {
    let counts = |pairs: &[(Verdict, usize)]| pairs.iter().copied().collect::<BTreeMap<_, _>>();
    for (pairs, expected) in [
        (vec![(Verdict::Right, 3), (Verdict::Silent, 1)], 1.0),
        (vec![(Verdict::Right, 1), (Verdict::Wrong, 1)], 0.0),
        (vec![(Verdict::Offered, 2), (Verdict::Missed, 2)], 0.25),
        (vec![], 0.0),
    ] {
        let trust = trust(&counts(&pairs));
        assert!((trust - expected).abs() < 1e-9, "{pairs:?} gave {trust}");
    }
}

#[test]
fn bounds_are_a_name_and_a_rate() {
    assert_eq!(parse_bound("right=0.8"), Ok(("right".to_owned(), 0.8)));
    assert_eq!(parse_bound("trust=-0.5"), Ok(("trust".to_owned(), -0.5)));
    for text in ["right", "right=", "right=much", "right=NaN", "right=inf", "right=1.5", "right=80%"] {
        assert!(parse_bound(text).is_err(), "{text}");
    }
}

#[test]
fn verdicts_are_named_as_they_are_shown() {
    for (verdict, name, _) in VERDICTS {
        assert_eq!((parse_verdict(name), verdict.name()), (Ok(verdict), name));
    }
    assert!(parse_verdict("great").is_err_and(|error| error.contains("right, part")));
}
