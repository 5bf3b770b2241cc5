//! Labelled question sets: the table, floors and ceilings, sets that can't be read.

use super::run::{Run, run};

const SET: &str = r#"
{"id": "1", "question": "Who is the mayor of Ostrey?", "category": "plain", "gold": [["Mayor Henrike Dall called"]]}
{"id": "2", "question": "and when?", "context": ["Does the pier open again?"], "category": "follow-up", "gold": [["The pier is to open again"]], "must": ["june"]}

{"id": "3", "question": "Who is the treasurer?", "category": "plain", "gold": [["No date has been set for the return of the fish market."]], "note": "labelled wrong, so that there is one"}
{"id": "4", "question": "hello", "category": "beyond", "answerable": false, "gold": []}
"#;

fn eval(set: &str) -> Run {
    run(["eval", "set.jsonl"]).file("set.jsonl", set)
}

#[test]
fn the_table_counts_by_category() {
    let said = eval(SET).ends().stdout;
    let row = |name: &str| {
        said.lines().find(|line| line.starts_with(name)).expect(name).split_whitespace().collect::<Vec<_>>()
    };
    assert_eq!(row("plain")[1], "2");
    assert_eq!(row("plain").last(), Some(&"0.00"), "one right, one wrong: {said}");
    assert_eq!(row("follow-up").last(), Some(&"1.00"), "{said}");
    assert_eq!(row("beyond").last(), Some(&"1.00"), "{said}");
    assert_eq!(row("ALL")[1], "4");
    assert!(
        said.contains(
            "questions=4 right=0.667 offered=0.000 missed=0.000 wrong=0.333 false=0.000 hedged=0.000 trust=0.500"
        ),
        "{said}"
    );
}

#[test]
fn floors_and_ceilings_decide_the_exit_code() {
    eval(SET).arg("--floor=right=0.6").arg("--floor=trust=0.5").arg("--ceiling=wrong=0.4").ends();
    let said = eval(SET).arg("--floor=right=0.9").code(1).ends();
    assert!(said.stderr.contains("right is 0.667, below 0.9"), "{}", said.stderr);
    let said = eval(SET).arg("--ceiling=wrong=0.1").arg("--floor=trust=0.9").code(1).ends();
    assert!(said.stderr.contains("wrong is 0.333, above 0.1"), "{}", said.stderr);
    assert!(said.stderr.contains("trust is 0.500, below 0.9"), "all that is missed: {}", said.stderr);
    let said = eval(SET).arg("--floor=accuracy=0.9").code(2).ends();
    assert!(said.stderr.contains("accuracy") && said.stderr.contains("right"), "{}", said.stderr);
}

#[test]
fn questions_of_a_verdict_can_be_shown() {
    let said = eval(SET).arg("--show=wrong,false").ends().stdout;
    let shown: Vec<&str> = said.lines().take_while(|line| !line.starts_with("category")).collect();
    assert_eq!(shown.len(), 1, "{said}");
    assert!(shown[0].starts_with("wrong") && shown[0].contains("Who is the treasurer?"), "{said}");
}

#[test]
fn a_set_that_is_broken_ends_with_2_and_its_place() {
    let cases = [
        ("", "holds no question"),
        ("\n\n", "holds no question"),
        ("no JSON", "set.jsonl:1:"),
        ("\n{\"id\": \"1\"}", "set.jsonl:2:"),
        ("{\"id\": \"1\", \"question\": \"?\", \"category\": \"x\", \"glod\": []}", "glod"),
        (
            "{\"id\": \"1\", \"question\": \"?\", \"category\": \"x\", \"gold\": [[\"The moon is made of cheese.\"]]}",
            "The moon is made",
        ),
        (
            "{\"id\": \"1\", \"question\": \"Who is the mayor of Ostrey?\", \"category\": \"x\", \"gold\": [[\"Mayor Henrike Dall\"]], \"must\": [\"(\"]}",
            "1: ",
        ),
    ];
    for (set, word) in cases {
        let said = eval(set).code(2).ends();
        assert!(said.stderr.contains(word), "{set}\nsays\n{}", said.stderr);
    }
    let said = run(["eval", "nowhere.jsonl"]).code(2).ends();
    assert!(said.stderr.contains("nowhere.jsonl"), "{}", said.stderr);
}

#[test]
fn each_ask_can_be_left_out_in_turn() {
    let said = run(["eval", "--leave-one-out", "--floor=found=0.3"]).ends().stdout;
    assert!(said.starts_with("asks=70 found="), "{said}");
    run(["eval", "--leave-one-out", "--floor=answered=1"]).code(1).ends();
}
