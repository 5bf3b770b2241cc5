//! The chat in a pipe: history, suggestions by number, the end.

use super::run::run;

#[test]
fn it_answers_line_by_line_and_keeps_to_the_streams() {
    let said = run(["chat"]).stdin("hello\n\nwho is the mayor of Ostrey?\nquit\nwho is the treasurer?\n").ends();
    assert!(
        said.stdout.contains("> Mayor Henrike Dall") && said.stdout.contains("The vote, paragraph 1"),
        "{}",
        said.stdout
    );
    assert!(said.stdout.contains("Hello!"), "{}", said.stdout);
    assert!(!said.stdout.contains("Ilves"), "nothing is answered behind \"quit\"");
    assert!(!said.stdout.contains('\u{1b}') && !said.stdout.contains("> \n"), "plain, and no prompt");
    assert!(said.stderr.contains("Ostrey votes to rebuild Kettle Pier (The Ostrey Gazette"), "{}", said.stderr);
    assert!(!said.stderr.contains("DISCORD_TOKEN"), "who asks for the chat needs no hint");
}

#[test]
fn a_line_is_answered_before_the_next_is_sent() {
    let mut talk = run(["chat"]).starts();
    talk.say("who is the mayor of Ostrey?");
    assert!(talk.hears().starts_with("Mayor Henrike Dall"));
    let (_, code) = talk.ends();
    assert_eq!(code, Some(0), "the end of input is the end");
}

#[test]
fn history_lends_what_is_missing() {
    let said = run(["chat"]).stdin("Does the pier open again?\nand when?\n").ends().stdout;
    assert_eq!(said.matches("June 2032. (planned").count(), 2, "{said}");
    let alone = run(["chat"]).stdin("and when?\n").ends().stdout;
    assert!(!alone.contains("June 2032"), "{alone}");
}

#[test]
fn small_talk_is_no_follow_up() {
    for (words, reply) in
        [("hello", "Hello!"), ("thanks", "You're welcome!"), ("bye", "Goodbye!"), ("good bot", "Thank you!")]
    {
        let said = run(["chat"]).stdin(format!("who is the mayor of Ostrey?\n{words}\n")).ends().stdout;
        assert!(said.contains(reply), "{words}: {said}");
    }
}

#[test]
fn a_number_takes_up_a_suggestion() {
    let first = run(["chat"]).stdin("who is the treasurer?\n").ends().stdout;
    let offer = first.lines().find_map(|line| line.trim().strip_prefix("1. ")).expect("a suggestion").to_owned();
    let by_number = run(["chat"]).stdin("who is the treasurer?\n1.\n").ends().stdout;
    let in_words = run(["chat"]).stdin(format!("who is the treasurer?\n{offer}\n")).ends().stdout;
    assert_eq!(by_number, in_words, "{offer}");
    assert!(by_number.len() > first.len() + 40);
}

#[test]
fn a_number_that_is_none_of_the_suggestions_is_a_question() {
    for number in ["0", "9", "-1", "99999999999999999999999"] {
        let said = run(["chat"]).stdin(format!("who is the treasurer?\n{number}\n")).ends();
        assert!(!said.stdout.trim().is_empty(), "{number}");
    }
    run(["chat"]).stdin("1\n").ends();
}

#[test]
fn every_word_for_the_end_ends_it() {
    for word in ["quit", "exit", "QUIT", ":q", "/quit", "  quit  "] {
        let said = run(["chat"]).stdin(format!("{word}\nwho is the mayor?\n")).ends();
        assert_eq!(said.stdout, "", "{word}");
    }
}

#[test]
fn bytes_and_lengths_are_no_fault() {
    let mut input = b"\xff\xfe\xfd\nwho is the mayor \xff of Ostrey?\n".to_vec();
    input.extend("pier ".repeat(40_000).into_bytes());
    input.extend_from_slice(b"\nwho is the treasurer?\n");
    let said = run(["chat"]).stdin(input).ends().stdout;
    assert!(said.contains("Henrike Dall") && said.contains("Pavel Ilves"), "{said}");
    let answers = said.split("\n\n").filter(|part| !part.trim().is_empty()).count();
    assert_eq!(answers, 4, "the long line is one question:\n{said}");
}

#[test]
fn nobody_reading_is_no_failure() {
    assert_eq!(run(["chat"]).stdin("who is the mayor?\n".repeat(500)).unread(), Some(0));
}
