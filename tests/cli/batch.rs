//! A stream of questions: order, streaming, lines that are no question.

use serde_json::{Value, json};

use super::ask::contract;
use super::run::{lines, run};

fn ids(lines: &[Value]) -> Vec<&Value> {
    lines.iter().map(|line| &line["id"]).collect()
}

#[test]
fn answers_come_in_the_order_of_the_questions_with_their_ids() {
    let questions: Vec<Value> = (0..200)
        .map(|n| json!({"id": n, "question": if n % 2 == 0 { "who is the mayor?" } else { "hello" }}))
        .collect();
    let input = lines(&questions);
    let lines = run(["ask", "--batch"]).stdin(input).ends().json();
    assert_eq!(ids(&lines), questions.iter().map(|line| &line["id"]).collect::<Vec<_>>());
    for (line, n) in lines.iter().zip(0..) {
        contract(line);
        assert_eq!(line["outcome"], if n % 2 == 0 { "answer" } else { "none" });
    }
}

#[test]
fn a_line_is_answered_before_the_next_is_sent() {
    let mut talk = run(["ask", "--batch"]).starts();
    for id in ["a", "b", "c"] {
        talk.say(&json!({"id": id, "question": "who is the mayor?"}).to_string());
        let line: Value = serde_json::from_str(&talk.hears()).expect("JSON");
        assert_eq!(line["id"], id);
    }
    talk.say("no JSON");
    assert!(talk.hears().contains("error"));
    assert_eq!(talk.ends(), (Vec::new(), Some(0)));
}

#[test]
fn what_is_no_question_gives_an_error_line_and_the_run_goes_on() {
    let bad: [(&str, Value); 15] = [
        ("no JSON", Value::Null),
        ("{\"id\": \"cut\", \"question\": \"who", Value::Null),
        ("[\"id\", \"who is the mayor?\", []]", Value::Null),
        ("\"who is the mayor?\"", Value::Null),
        ("null", Value::Null),
        ("7", Value::Null),
        ("{}", Value::Null),
        ("{\"id\": \"x\"}", json!("x")),
        ("{\"id\": 7, \"question\": null}", json!(7)),
        ("{\"id\": [1], \"question\": 3}", json!([1])),
        ("{\"id\": \"x\", \"question\": [\"who\"]}", json!("x")),
        ("{\"id\": \"x\", \"question\": \"who?\", \"context\": \"before\"}", json!("x")),
        ("{\"id\": \"x\", \"question\": \"who?\", \"context\": [1]}", json!("x")),
        ("{\"question\": \"a\"}{\"question\": \"b\"}", Value::Null),
        (&"[".repeat(2000), Value::Null),
    ];
    let good = json!({"id": "good", "question": "who is the mayor?"});
    let input = lines(bad.iter().map(|(line, _)| format!("{line}\n{good}")));
    let lines = run(["ask", "--batch"]).stdin(input).ends().json();
    assert_eq!(lines.len(), 2 * bad.len());
    for ((given, id), pair) in bad.iter().zip(lines.chunks(2)) {
        assert_eq!(pair[0]["id"], *id, "{given}");
        assert!(pair[0]["error"].as_str().is_some_and(|error| error.len() > 10), "{}", pair[0]);
        assert_eq!(pair[0].as_object().map(serde_json::Map::len), Some(2), "an id and an error: {}", pair[0]);
        contract(&pair[1]);
        assert_eq!(pair[1]["outcome"], "answer", "after {given}");
    }
}

#[test]
fn only_the_question_must_be_there() {
    let input = [
        "{\"question\": \"who is the mayor?\"}",
        "{\"id\": null, \"question\": \"who is the mayor?\", \"context\": null}",
        "{\"id\": {\"n\": 1}, \"question\": \"who is the mayor?\", \"context\": [], \"more\": true}",
        "  {\"id\": \"\", \"question\": \"who is the mayor?\"}  \r",
    ];
    let lines = run(["ask", "--batch"]).stdin(input.join("\n")).ends().json();
    assert_eq!(ids(&lines), [&Value::Null, &Value::Null, &json!({"n": 1}), &json!("")]);
    lines.iter().for_each(contract);
    assert!(lines.iter().all(|line| line["outcome"] == "answer"));
}

#[test]
fn empty_lines_are_none_and_the_last_needs_no_break() {
    let input = "\n  \n\r\n{\"id\": 1, \"question\": \"hello\"}\n\n\t\n{\"id\": 2, \"question\": \"hello\"}";
    assert_eq!(ids(&run(["ask", "--batch"]).stdin(input).ends().json()), [1, 2]);
    assert_eq!(run(["ask", "--batch"]).ends().stdout, "");
    let marked = "\u{feff}{\"id\": 3, \"question\": \"hello\"}\n";
    assert_eq!(ids(&run(["ask", "--batch"]).stdin(marked).ends().json()), [3], "a byte order mark is no fault");
}

#[test]
fn the_question_may_be_anything() {
    let zalgo: String = "who is the mayor?".chars().flat_map(|c| [c, '\u{0337}', '\u{0321}', '\u{0489}']).collect();
    let questions = [
        String::new(),
        "   ".to_owned(),
        "🙂🙃👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿".to_owned(),
        zalgo,
        "من هو رئيس البلدية؟".to_owned(),
        "市長は誰ですか".to_owned(),
        "Кто мэр?".to_owned(),
        "\u{0}\u{1}\u{7f}\u{202e}\u{feff}".to_owned(),
        "?!?!...".to_owned(),
        "a".repeat(100_000),
        "mayor ".repeat(16_000),
        "\\ \" { } [ ] \n \t".to_owned(),
    ];
    let input = lines(questions.iter().zip(0..).map(|(q, id)| json!({"id": id, "question": q, "context": [q, q]})));
    let lines = run(["ask", "--batch"]).stdin(input).ends().json();
    assert_eq!(lines.len(), questions.len());
    lines.iter().for_each(contract);
    assert_eq!(lines[3]["answers"][0]["fact"], "mayor-promise", "zalgo is read through");
}

#[test]
fn broken_characters_are_part_of_no_word() {
    let mut input = b"{\"id\": \"bytes\", \"question\": \"who is the mayor \xff\xc3 of Ostrey?\"}\n".to_vec();
    input.extend_from_slice(b"{\"id\": \"half a pair\", \"question\": \"who is the mayor \\ud83d of Ostrey?\"}\n");
    input.extend_from_slice(b"{\"id\": \"a pair\", \"question\": \"who is the mayor \\ud83d\\ude42 of Ostrey?\"}\n");
    input.extend_from_slice(b"\xff\xfe\n");
    let lines = run(["ask", "--batch"]).stdin(input).ends().json();
    assert_eq!(
        ids(&lines),
        ["bytes", "half a pair", "a pair"].map(|id| json!(id)).iter().chain([&Value::Null]).collect::<Vec<_>>()
    );
    for line in &lines[..3] {
        contract(line);
        assert_eq!(line["answers"][0]["fact"], "mayor-promise");
    }
    assert!(lines[3]["error"].is_string());
}

#[test]
fn a_line_that_is_too_long_is_skipped_whole() {
    let long = json!({"id": "long", "question": "pier ".repeat(1_000_000)});
    let good = json!({"id": "good", "question": "who is the mayor?"});
    let lines = run(["ask", "--batch"]).stdin(format!("{long}\n{good}\n{long}")).ends().json();
    assert_eq!(lines.len(), 3, "one line for each");
    assert!(lines[0]["error"].as_str().is_some_and(|error| error.contains("1 MiB")), "{}", lines[0]);
    assert_eq!((&lines[1]["id"], &lines[1]["outcome"]), (&json!("good"), &json!("answer")));
    assert!(lines[2]["error"].is_string());
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let line = json!({"id": 1, "question": "who is the mayor?"});
    assert_eq!(run(["ask", "--batch"]).stdin(format!("{line}\n").repeat(2_000)).unread(), Some(0));
}

#[test]
fn earlier_questions_come_with_the_line() {
    let context = [
        json!({"question": "and when?"}),
        json!({"question": "and when?", "context": ["Does the pier open again?"]}),
        json!({"question": "and when?"}),
    ];
    let input = lines(&context);
    let lines = run(["ask", "--batch"]).stdin(input).ends().json();
    assert_eq!(lines[1]["answers"][0]["fact"], "reopening");
    assert!(lines[0]["outcome"] == "none" && lines[2]["outcome"] == "none", "lines know nothing of each other");
}
