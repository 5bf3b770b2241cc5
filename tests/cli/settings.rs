//! Usage, settings from the environment and `.env`, help.

use std::collections::BTreeSet;

use super::run::{ARTICLE, BRIEFING, Run, in_repository, lines, run};

#[test]
fn bare_it_chats_and_says_how_to_connect_discord() {
    let said = run([]).stdin("who is the mayor of Ostrey?\n").ends();
    assert!(said.stdout.contains("Henrike Dall"), "{}", said.stdout);
    assert!(said.stderr.contains("DISCORD_TOKEN"), "{}", said.stderr);
}

#[test]
fn usage_errors_end_with_2_and_say_what_is_wrong() {
    let cases: [(&[&str], &str); 9] = [
        (&["ask"], "QUESTION"),
        (&["ask", "--batch", "a question"], "cannot be used with"),
        (&["ask", "--batch", "--context", "before"], "cannot be used with"),
        (&["answer"], "unrecognized subcommand"),
        (&["--verbose"], "unexpected argument"),
        (&["eval"], "<FILE>"),
        (&["eval", "set.jsonl", "--floor", "right"], "right=0.8"),
        (&["eval", "set.jsonl", "--ceiling", "false=2"], "between -1 and 1"),
        (&["eval", "set.jsonl", "--show", "great"], "right, part"),
    ];
    for (args, word) in cases {
        let said = args.iter().fold(run([]), Run::arg).code(2).ends();
        assert!(said.stderr.contains(word), "{args:?} says\n{}", said.stderr);
        assert_eq!(said.stdout, "", "{args:?}");
    }
}

#[test]
fn help_teaches_every_command_and_code() {
    let said = run(["--help"]).ends();
    for word in ["run", "chat", "ask", "check", "eval", "schema", "--knowledge", "Exit codes", ".env", "Examples"] {
        assert!(said.stdout.contains(word), "{word} is not in\n{}", said.stdout);
    }
    for command in ["run", "chat", "ask", "check", "eval", "schema"] {
        assert!(run([]).arg(command).arg("--help").ends().stdout.contains("Usage"), "{command}");
    }
    assert!(run(["--version"]).ends().stdout.contains(env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_knowledge_path_that_is_not_there_ends_with_2_and_names_it() {
    for args in [&["ask", "who?"][..], &["ask", "--batch"], &["chat"], &["check"], &["eval", "set.jsonl"], &[]] {
        let run = args.iter().fold(run(["--knowledge", "nowhere.toml"]), Run::arg);
        let said = run.code(2).ends();
        assert!(said.stderr.contains("nowhere.toml"), "{args:?} says\n{}", said.stderr);
        assert_eq!(said.stdout, "", "{args:?}");
    }
    let said = run(["ask", "who?"]).without("knowledge").code(2).ends();
    assert!(said.stderr.contains("knowledge"), "the default: {}", said.stderr);
    let said = run(["ask", "who?"]).without("knowledge/kettle-pier.toml").code(2).ends();
    assert!(said.stderr.contains("holds no .toml file"), "{}", said.stderr);
}

#[test]
fn broken_knowledge_answers_nothing_and_ends_with_2() {
    let said = run(["ask", "who is the mayor?"]).file("knowledge/kettle-pier.toml", "schema = ").code(2).ends();
    assert!(said.stderr.contains("kettle-pier.toml:1:") && said.stdout.is_empty(), "{}", said.stderr);
}

#[test]
fn the_path_comes_from_the_option_then_the_environment_then_env_then_the_default() {
    let elsewhere = || {
        let run = run(["ask", "who is the mayor?"]).without("knowledge");
        run.file("a/facts.toml", BRIEFING).file("a/kettle-pier.md", ARTICLE)
    };
    elsewhere().code(2).ends();
    elsewhere().file(".env", "KNOWLEDGE_PATH=a\n").ends();
    elsewhere().file(".env", "# a comment\nexport KNOWLEDGE_PATH=\"a/facts.toml\"\n\n").ends();
    elsewhere().env("KNOWLEDGE_PATH", "a").ends();
    elsewhere().file(".env", "KNOWLEDGE_PATH=b\n").env("KNOWLEDGE_PATH", "a").ends();
    elsewhere().env("KNOWLEDGE_PATH", "b").arg("--knowledge=a").ends();
    elsewhere().env("KNOWLEDGE_PATH", "a").arg("--knowledge=b").code(2).ends();
    run(["ask", "who is the mayor?"]).env("KNOWLEDGE_PATH", "").ends();
}

#[test]
fn a_wrong_variable_is_named_before_anything_starts() {
    for (name, value) in [("RETENTION_DAYS", "soon"), ("LOG_FORMAT", "xml"), ("DISCORD_TOKEN", "not-a-token")] {
        let said = run([]).env(name, value).code(2).ends();
        assert!(said.stderr.contains(name) && !said.stderr.contains("not-a-token"), "{}", said.stderr);
        let said = run([]).file(".env", format!("{name}={value}\n")).code(2).ends();
        assert!(said.stderr.contains(name), "{}", said.stderr);
    }
    let said = run([]).env("DISCORD_TOKEN_FILE", "no/such/file").code(2).ends();
    assert!(said.stderr.contains("DISCORD_TOKEN_FILE"), "{}", said.stderr);
}

#[test]
fn an_env_file_that_is_none_is_said() {
    for (line, word) in [("this is no setting", "NAME=value"), ("DISCORD_TOKEN=hunter2 'and more", "DISCORD_TOKEN")] {
        let said = run(["ask", "who is the mayor?"]).file(".env", line).code(2).ends();
        assert!(said.stderr.starts_with(".env cannot be read: ") && said.stderr.contains(word), "{}", said.stderr);
        assert!(!said.stderr.contains("hunter2"), "no secret is shown: {}", said.stderr);
    }
}

#[test]
fn what_needs_no_token_asks_for_no_settings() {
    run(["ask", "who is the mayor?"]).env("RETENTION_DAYS", "soon").env("DISCORD_TOKEN", "not-a-token").ends();
    run(["check"]).env("LOG_FORMAT", "xml").ends();
}

#[test]
fn the_example_of_settings_names_each_and_holds_the_defaults() {
    let example = std::fs::read_to_string(in_repository(".env.example")).expect("the example");
    run([]).file(".env", &example).ends();
    let named = example.lines().filter_map(|line| line.strip_prefix('#')?.split_once('='));
    let named: Vec<(&str, &str)> = named.filter(|(name, _)| !name.contains(' ')).collect();
    let explained: BTreeSet<&str> = named.iter().map(|(name, _)| *name).collect();
    let source = std::fs::read_to_string(in_repository("src/config.rs")).expect("the source of the settings");
    let read = regex::Regex::new("get\\(\"([A-Z_]+)\"\\)").expect("a pattern");
    let mut read: BTreeSet<&str> =
        read.captures_iter(&source).filter_map(|found| Some(found.get(1)?.as_str())).collect();
    // Read by the logger itself.
    read.insert("RUST_LOG");
    assert_eq!(explained, read);
    // What stands there as a default is one that is understood.
    let defaults = named.iter().filter(|(name, _)| *name != "DISCORD_TOKEN_FILE");
    let defaults = lines(defaults.map(|(name, value)| format!("{name}={value}")));
    run([]).file(".env", defaults).ends();
}
