//! What is rendered stays within Discord's limits and comes alive nowhere, whatever knowledge and question hold.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::discord::custom_id::{MAX, SectionId};
use crate::knowledge::{Article, Ask, Coverage, Knowledge, Place, Source};

/// What a knowledge is made of here: any text in any place.
#[derive(Clone, Debug)]
struct Texts {
    words: String,
    quote: String,
    status: Status,
    dated: bool,
    facts: usize,
    quotes: usize,
}

fn knowledge(texts: &Texts) -> Arc<Knowledge> {
    let Texts { words, quote, status, .. } = texts;
    let line = quote.replace(['\n', '\r'], " ");
    let article = Article::parse(&format!("# {}\n\nBefore. {line} After.\n\nx {line}\n", words.replace('\n', " ")));
    let long = |n: usize| words.chars().cycle().take(if words.is_empty() { 0 } else { n }).collect::<String>();
    let paragraph = |n: usize| n % article.paragraphs.len().max(1);
    let one = |n: usize| Quote {
        text: quote.clone(),
        section: article.section_of(paragraph(n)).to_owned(),
        paragraph: paragraph(n) + 1,
        place: Place {
            paragraph: paragraph(n),
            range: 0..article.paragraphs.get(paragraph(n)).map_or(0, |p| p.text.len()),
        },
    };
    let date = texts.dated.then(|| "2026-01-28".parse().expect("a date"));
    let facts = (0..texts.facts).map(|n| Fact {
        id: format!("{}{n}", "f".repeat(46)),
        statement: long(1_000),
        quotes: (0..texts.quotes).map(one).collect(),
        asks: vec![Ask { text: format!("{}{n}", long(295)).as_str().into(), line: 1, column: 1 }],
        entities: Vec::new(),
        attribution: Some(long(200)),
        status: *status,
        as_of: date,
        when: date,
        related: Vec::new(),
        conflicts: Vec::new(),
    });
    let facts = facts.collect();
    Arc::new(Knowledge {
        briefing: Briefing {
            id: "b".repeat(32),
            title: long(200),
            publisher: long(200),
            dateline: long(200),
            published: "2026-01-28".parse().expect("a date"),
            url: Some("https://example.invalid/article".to_owned()),
        },
        article,
        facts,
        entities: Vec::new(),
        synonyms: Vec::new(),
        conflicts: Vec::new(),
        absent: Vec::new(),
        lists: Vec::new(),
        coverage: Coverage::default(),
        digest: String::new(),
        source: Source { path: "k.toml".into(), toml: "".into(), article_path: "k.md".into(), article: "".into() },
    })
}

fn an_answer(knowledge: &Arc<Knowledge>, outcome: Outcome, notes: &str) -> Answer {
    let hit = |index| Hit { knowledge: Arc::clone(knowledge), index, confidence: 0.5, conflict: true };
    let count = knowledge.facts.len();
    let answers = if outcome == Outcome::Answer { (0..count.min(5)).map(hit).collect() } else { Vec::new() };
    Answer {
        outcome,
        answers,
        suggestions: (0..count.min(3)).map(hit).collect(),
        conflicts: vec![notes.chars().cycle().take(1_000).collect(); 3],
        message: (outcome != Outcome::Answer).then(|| notes.to_owned()),
        elapsed: Duration::ZERO,
    }
}

fn length(value: &Value) -> usize {
    value.as_str().map_or(0, units)
}

/// Discord's limits, as its documentation gives them.
fn check(reply: &Reply) {
    let message = serde_json::to_value(reply.clone().message(1)).expect("a message");
    assert!(length(&message["content"]) <= 2_000);
    let embeds = message["embeds"].as_array().expect("embeds");
    let mut total = 0;
    for embed in embeds {
        assert!(length(&embed["description"]) <= 4_096 && length(&embed["footer"]["text"]) <= 2_048);
        assert!(!embed["description"].as_str().unwrap_or_default().trim().is_empty(), "nothing said");
        total += length(&embed["description"]) + length(&embed["footer"]["text"]);
        for text in [&embed["description"], &embed["footer"]["text"]] {
            let text = text.as_str().unwrap_or_default().replace("<https://example.invalid/article>", "");
            for alive in ["@everyone", "@here", "<@", "<#", "<:", "<t:", "://"] {
                assert!(!text.contains(alive), "{alive} in {text}");
            }
        }
    }
    assert!(total <= 6_000, "{total}");
    let plain = reply.clone().without_embeds("A word.").content.unwrap_or_default();
    assert!(units(&plain) <= 2_000);
    let rows = message["components"].as_array().expect("rows");
    assert!(rows.len() <= 5);
    let mut ids = Vec::new();
    for row in rows {
        let parts = row["components"].as_array().expect("parts");
        assert!((1..=5).contains(&parts.len()));
        for part in parts {
            ids.push(part["custom_id"].as_str().expect("an id").to_owned());
            let options = part["options"].as_array().cloned().unwrap_or_default();
            let mut values: Vec<_> = options.iter().map(|option| option["value"].to_string()).collect();
            assert!(options.len() <= 25 && (part["type"] == 2) == options.is_empty());
            assert!(part["type"] != 2 || (1..=80).contains(&length(&part["label"])), "{part}");
            for option in &options {
                assert!((1..=100).contains(&length(&option["label"])) && (1..=100).contains(&length(&option["value"])));
                assert!(length(&option["description"]) <= 100);
            }
            values.sort();
            values.dedup();
            assert_eq!(values.len(), options.len(), "values must differ");
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert!(ids.len() == count && ids.iter().all(|id| id.chars().count() <= MAX), "{ids:?}");
}

fn texts() -> impl Strategy<Value = Texts> {
    let alive = prop_oneof![
        "\\PC{0,40}",
        any::<String>(),
        Just("@everyone <@1> <@&2> <#3> <:x:4> <t:5> https://evil.invalid `a` **b** [c](d) || > # -".to_owned()),
        Just("😀\u{301}\u{200b}\u{202e}".to_owned()),
    ];
    let status = prop_oneof![
        Just(Status::Reported),
        Just(Status::Stated),
        Just(Status::Planned),
        Just(Status::Unconfirmed),
        Just(Status::Opinion)
    ];
    let quote = alive.clone().prop_map(|text| text.chars().cycle().take(2_000.min(text.len() * 2_000)).collect());
    (alive, quote, status, any::<bool>(), 0..40_usize, 1..=12_usize)
        .prop_map(|(words, quote, status, dated, facts, quotes)| Texts { words, quote, status, dated, facts, quotes })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_answer_fits(texts in texts(), question in any::<String>(), named: bool) {
        let knowledge = knowledge(&texts);
        for outcome in [Outcome::Answer, Outcome::Suggest, Outcome::None] {
            if outcome == Outcome::None || !knowledge.facts.is_empty() {
                check(&answer(&question, &an_answer(&knowledge, outcome, &texts.words), named));
            }
        }
    }

    #[test]
    fn browsing_fits(texts in texts(), page in 0..9_usize) {
        let briefings = [knowledge(&texts)];
        check(&browse::topics(&briefings, page));
        check(&browse::timeline(&briefings, page));
        check(&about::about(&briefings, 90));
        let id = SectionId { briefing: briefings[0].briefing.id.clone(), section: 0 };
        if let Some(reply) = browse::section(&briefings, &id, page) {
            check(&reply);
        }
        for index in 0..briefings[0].facts.len().min(1) {
            let hit = Hit { knowledge: Arc::clone(&briefings[0]), index, confidence: 1.0, conflict: false };
            check(&context::context(&hit));
        }
    }

    #[test]
    fn a_question_is_known_again(question in "[a-zA-Z@:/ ]{1,200}[a-z]") {
        let shown = footer(&one_line(&question));
        prop_assert_eq!(question_of(&shown), Some(one_line(&question)));
    }
}

#[test]
fn the_order_is_contradiction_statement_quote_place_status() {
    let texts = Texts {
        words: "word ".to_owned(),
        quote: "the quote".to_owned(),
        status: Status::Planned,
        dated: true,
        facts: 1,
        quotes: 1,
    };
    let knowledge = knowledge(&texts);
    let text = found(&an_answer(&knowledge, Outcome::Answer, "notes"), false);
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} in {text}"));
    let order = [at("contradicts itself"), at("word word"), at("> the quote"), at("paragraph 1"), at("Planned, as of")];
    assert!(order.is_sorted(), "{text}");
}

#[test]
fn suggestions_are_buttons_that_ask_for_them() {
    let texts = Texts {
        words: "word ".to_owned(),
        quote: "the quote".to_owned(),
        status: Status::Reported,
        dated: false,
        facts: 5,
        quotes: 1,
    };
    let knowledge = knowledge(&texts);
    let reply = answer("huh?", &an_answer(&knowledge, Outcome::Suggest, "Which of these?"), false);
    let message = serde_json::to_value(reply.message(1)).expect("a message");
    let buttons = message["components"][0]["components"].as_array().expect("buttons");
    let ids: Vec<_> = buttons.iter().filter_map(|button| CustomId::parse(button["custom_id"].as_str()?)).collect();
    let wanted: Vec<_> = (0..3)
        .map(|n| CustomId::Ask(FactId { briefing: "b".repeat(32), fact: knowledge.facts[n].id.clone() }))
        .collect();
    assert_eq!(ids, wanted);
    assert!(message["embeds"][0]["description"].as_str().is_some_and(|text| text.contains("Which of these?")));
}
