//! The check of knowledge: what is clean, what the shipped knowledge covers, several files at once.

use super::run::{ARTICLE, BRIEFING, in_repository, run};

#[test]
fn clean_knowledge_is_counted_and_ends_with_0() {
    let said = run(["check"]).ends();
    let counts = "kettle-pier: 11 facts, 70 asks, 8 entities; 11 of 11 sentences quoted, 0 listed as no fact, 0 uncovered; no fault\n";
    assert_eq!(said.stdout, counts);
    assert_eq!(said.stderr, "");
    assert_eq!(run(["check", "knowledge/kettle-pier.toml"]).ends().stdout, counts, "a file instead of the folder");
}

#[test]
fn the_shipped_knowledge_is_without_fault_and_covers_its_article() {
    let said = run(["check"]).arg(in_repository("knowledge")).ends().stdout;
    for line in said.lines() {
        assert!(line.ends_with(", 0 uncovered; no fault"), "{line}");
    }
    assert!(!said.is_empty());
}

#[test]
fn all_faults_of_all_files_come_at_once_in_the_order_of_their_lines() {
    let broken = BRIEFING
        .replace("status = \"stated\"\nrelated = [\"region-half\"]", "status = \"sworn\"\nrelated = [\"nothing\"]")
        .replace("id = \"fish-market\"\n", "id = \"Fish Market\"\n")
        .replace("Nine of the thirteen councillors", "Twelve of the thirteen councillors");
    let other = BRIEFING.replace("id = \"kettle-pier\"", "id = \"other\"").replace("kettle-pier.md", "other.md");
    let run = run(["check"])
        .file("knowledge/kettle-pier.toml", broken)
        .file("knowledge/other.toml", other)
        .file("knowledge/other.md", ARTICLE.replace("every two hours.", "every two hours. It is green."))
        .file("knowledge/third.toml", "schema = 2\n");
    let said = run.code(1).ends().stdout;
    let faults: Vec<&str> = said.lines().filter(|line| line.starts_with("knowledge")).collect();
    let place = |line: &str| {
        let mut parts = line.split(':');
        let file = parts.next().unwrap_or_default().to_owned();
        (file, parts.next().and_then(|line| line.parse::<usize>().ok()).unwrap_or(0))
    };
    let places: Vec<(String, usize)> = faults.iter().map(|line| place(line)).collect();
    assert!(places.is_sorted(), "{said}");
    for word in ["sworn", "Fish Market", "Twelve of the thirteen", "It is green.", "third.toml:1:10"] {
        assert!(faults.iter().any(|fault| fault.contains(word)), "{word} is not in\n{said}");
    }
    assert!(!said.contains("there is no fact `cost-treasurer`"), "no fault that only follows from another:\n{said}");
    assert_eq!(said.lines().last(), Some(format!("{} faults", faults.len()).as_str()));
}

#[test]
fn faults_of_the_matcher_come_with_the_others() {
    let broken = BRIEFING
        .replace("\"How often does the ferry run?\"", "\"How many councillors voted in favour of the pier?\"")
        .replace(
            "No date has been set for the return of the fish market.\"\nquotes",
            "No date is set for 2040.\"\nquotes",
        );
    let said = run(["check"]).file("knowledge/kettle-pier.toml", broken).code(1).ends().stdout;
    assert!(said.contains("[stolen-ask]") && said.contains("\"2040\" in its statement [unsupported]"), "{said}");
}

#[test]
fn briefings_share_no_id() {
    let said = run(["check"]).file("knowledge/second.toml", BRIEFING).code(1).ends().stdout;
    assert!(said.contains("second.toml: the briefing id `kettle-pier` is that of"), "{said}");
}
