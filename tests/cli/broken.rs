//! Knowledge that is broken in every way that `check` knows, a file each.
//!
//! Each file is `broken/clean.toml` with one thing wrong. What takes megabytes or bytes that are no text is made here.

use std::collections::BTreeSet;

use briefing_bot::knowledge::Kind;

use super::run::{Run, run};

const ARTICLE: &str = include_str!("broken/harbour-cat.md");
const CLEAN: &str = include_str!("broken/clean.toml");

/// A kind of fault: its file, where the fault is, what is said, and the cure.
type Case = (Kind, &'static str, &'static str, &'static str, &'static str);

macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("broken/", $name, ".toml"))
    };
}

/// One file a kind; the rest of the kinds is made in [`made`].
const CASES: [Case; 14] = [
    (Kind::Syntax, file!("syntax"), "cat.toml:6:26", "invalid basic string, expected `\"`", "Mend the TOML here."),
    (
        Kind::UnknownKey,
        file!("unknown-key"),
        "cat.toml:39:1",
        "this fact has no key `atribution`",
        "Did you mean `attribution`?",
    ),
    (Kind::MissingKey, file!("missing-key"), "cat.toml:33:1", "this fact has no `status`", "Add `status` to it."),
    (
        Kind::BadValue,
        file!("bad-value"),
        "cat.toml:40:10",
        "`sworn` is no `status` that the format knows",
        "Write one of reported, stated, planned, unconfirmed, opinion.",
    ),
    (
        Kind::TooLong,
        file!("too-long"),
        "cat.toml:37:9",
        "this text has 332 characters; at most 300 are read",
        "Shorten it.",
    ),
    (
        Kind::DuplicateId,
        file!("duplicate-id"),
        "cat.toml:44:6",
        "the fact id `meals` is used twice",
        "Give each an id of its own.",
    ),
    (
        Kind::MalformedId,
        file!("malformed-id"),
        "cat.toml:44:6",
        "`The Statue` is not a well-formed id",
        "Use lower-case letters, digits and single hyphens, at most 48 characters.",
    ),
    (
        Kind::DanglingReference,
        file!("dangling-reference"),
        "cat.toml:41:12",
        "there is no fact `hone`",
        "Add it, or did you mean `home`?",
    ),
    (
        Kind::QuoteNotFound,
        file!("quote-not-found"),
        "cat.toml:36:11",
        "the article does not say \"Harbour master Ada Brook says it eats five herrings a day.\"",
        "The nearest sentence of the article is: Harbour master Ada Brook says it eats four herrings a day.",
    ),
    (
        Kind::Unsupported,
        file!("unsupported"),
        "cat.toml:35:13",
        "nothing that the fact quotes supports \"40\", \"Reed\" in its statement",
        "Quote the words that say so, list the entity, or take it out of the statement.",
    ),
    (
        Kind::SharedAsk,
        file!("shared-ask"),
        "cat.toml:47:9",
        "the ask \"Where does the cat live?\" is that of `home` too",
        "Leave it to the one that answers it best.",
    ),
    (
        Kind::StolenAsk,
        file!("stolen-ask"),
        "cat.toml:47:9",
        "the ask \"How many herrings does Pim eat a day?\" of `statue` is answered with `meals`",
        "Word it closer to its fact, or leave it to the other one.",
    ),
    (
        Kind::SharedAlias,
        file!("shared-alias"),
        "cat.toml:23:30",
        "the alias \"Grey cat\" is that of another entity too",
        "Leave it to the one that people mean by it.",
    ),
    (
        Kind::Uncovered,
        file!("uncovered"),
        "harbour-cat.md:5:1",
        "no fact quotes the sentence \"The council plans a bronze statue of the cat for 2032.\"",
        "Write a fact for it, or list it under [[uncovered]] with the reason.",
    ),
];

/// `check` on a knowledge file.
fn check(toml: impl AsRef<[u8]>) -> Run {
    run(["check", "cat.toml"]).without("knowledge").file("cat.toml", toml).file("harbour-cat.md", ARTICLE)
}

/// Checks that exactly this fault is found.
#[track_caller]
fn says(run: Run, kind: Kind, place: &str, message: &str, cure: &str) {
    let said = run.code(1).ends();
    assert_eq!(said.stdout, format!("{place}: {message} [{}]\n    {cure}\n1 fault\n", kind.name()));
    assert_eq!(said.stderr, "");
}

#[test]
fn the_clean_file_has_no_fault() {
    let said = check(CLEAN).code(0).ends().stdout;
    assert!(said.ends_with("0 uncovered; no fault\n"), "{said}");
}

#[test]
fn each_kind_has_its_message_its_place_and_its_cure() {
    for (kind, toml, place, message, cure) in CASES {
        says(check(toml), kind, place, message, cure);
    }
}

#[test]
fn no_kind_is_left_out() {
    let in_table: BTreeSet<Kind> = CASES.iter().map(|case| case.0).collect();
    let made = BTreeSet::from([Kind::Unreadable, Kind::TooLarge]);
    assert_eq!(&in_table | &made, BTreeSet::from(Kind::ALL));
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    let missing = file!("unreadable");
    let no_such_file = "cannot be read: No such file or directory (os error 2)";
    let cure = "Check the path and that the program may read it.";
    says(check(missing), Kind::Unreadable, "harbour-dog.md", no_such_file, cure);
    let bytes = [CLEAN.as_bytes(), b"# \xc3\xbc\xff"].concat();
    let line = CLEAN.lines().count() + 1;
    let (message, cure) = (format!("byte {} is no UTF-8", CLEAN.len() + 5), "Save the file as UTF-8 text.");
    says(check(&bytes), Kind::Unreadable, &format!("cat.toml:{line}:4"), &message, cure);
    let article = check(CLEAN).file("harbour-cat.md", b"One.\n\nTw\xff");
    says(article, Kind::Unreadable, "harbour-cat.md:3:3", "byte 9 is no UTF-8", cure);
    let folder = check(CLEAN).without("harbour-cat.md").file("harbour-cat.md/file", "");
    let cure = "Check the path and that the program may read it.";
    says(folder, Kind::Unreadable, "harbour-cat.md", "cannot be read: it is no file", cure);
}

#[test]
fn what_is_too_large_is_refused() {
    let pad = "# nothing\n".repeat(420_000);
    let message = |len: usize| format!("is {len} bytes large; at most 4194304 are read");
    let cure = "Split it into several briefings.";
    let toml = format!("{CLEAN}{pad}");
    says(check(&toml), Kind::TooLarge, "cat.toml", &message(toml.len()), cure);
    let article = format!("{ARTICLE}{pad}");
    says(
        check(CLEAN).file("harbour-cat.md", &article),
        Kind::TooLarge,
        "harbour-cat.md",
        &message(article.len()),
        cure,
    );
    let asks: Vec<String> = (0..201).map(|n| format!("\"Will there be a statue in {n}?\"")).collect();
    let toml = CLEAN.replace("\"Will there be a statue?\"", &asks.join(", "));
    says(check(toml), Kind::TooLarge, "cat.toml:43:6", "202 asks; at most 200 are read", "Keep the 200 best.");
}

#[test]
fn what_is_served_has_no_fault() {
    for (kind, toml, ..) in CASES {
        let run = run(["--knowledge", "cat.toml", "ask", "Where does the cat live?"]);
        let run = run.file("cat.toml", toml).file("harbour-cat.md", ARTICLE);
        // What the matcher finds about asks is advice: the knowledge is sound.
        let served = kind == Kind::StolenAsk;
        let said = run.code(if served { 0 } else { 2 }).ends();
        assert!(served || said.stderr.contains(kind.name()), "{kind:?}: {}", said.stderr);
    }
}

/// A value changed in the clean file: what is replaced, by what, where the fault is, and what is said of it.
const VALUES: [(&str, &str, &str, &str, &str); 21] = [
    ("schema = 1\n", "schema = 2\n", "1:10", "the format's version is not one that this program reads", "schema = 1"),
    ("schema = 1\n", "schema = \"1\"\n", "1:10", "the format's version is not one", "schema = 1"),
    ("schema = 1\n", "", "1:1", "the file has no `schema`", "Write `schema = 1` as the first line."),
    (
        "published = \"2031-05-02\"",
        "published = 2031-05-02",
        "8:13",
        "`published` is a date without quotation marks, where a text belongs",
        "between quotation marks",
    ),
    (
        "published = \"2031-05-02\"",
        "published = \"2031-05\"",
        "8:13",
        "`2031-05` names no day of publication",
        "YYYY-MM-DD",
    ),
    ("published = \"2031-05-02\"", "published = \"2 May\"", "8:13", "`2 May` is no date", "YYYY-MM-DD"),
    ("language = \"en\"", "language = \"nl\"", "9:12", "the language `nl` is not one that the matcher knows", "\"en\""),
    (
        "\"harbour-cat.md\"",
        "\"../harbour-cat.md\"",
        "10:11",
        "`../harbour-cat.md` is not the name of a file beside this one",
        "without a folder",
    ),
    (
        "\"harbour-cat.md\"",
        "\"/etc/hostname\"",
        "10:11",
        "`/etc/hostname` is not the name of a file",
        "without a folder",
    ),
    (
        "\"harbour-cat.md\"\n",
        "\"harbour-cat.md\"\nurl = \"javascript:alert(1)\"\n",
        "11:7",
        "the address is not an https:// one",
        "leave `url` out",
    ),
    ("kind = \"person\"", "kind = 3", "21:8", "`kind` is a number, where a word belongs", "person, organisation"),
    (
        "statement = \"A grey cat named Pim lives in the harbour of Veldt.\"",
        "statement = \" \"",
        "26:13",
        "this text is empty",
        "take the key out",
    ),
    (
        "entities = [\"pim\"]",
        "entities = \"pim\"",
        "29:12",
        "`entities` is a text, where a list of texts belongs",
        "entities = [",
    ),
    (
        "entities = [\"pim\"]",
        "entities = [\"pim\", 7]",
        "29:20",
        "an item of `entities` is a number, where a text belongs",
        "quotation marks",
    ),
    (
        "quotes = [\"A grey cat named Pim lives in the harbour of Veldt.\"]",
        "quotes = []",
        "25:6",
        "the fact `home` has no quote",
        "Add at least one",
    ),
    (
        "asks = [\"Will there be a statue?\", \"What does the council plan?\"]",
        "asks = []",
        "43:6",
        "the fact `statue` has no ask",
        "Add at least one",
    ),
    ("when = \"2032\"", "when = \"2032-13\"", "49:8", "`2032-13` is no date", "YYYY-MM"),
    (
        "when = \"2032\"",
        "when = \"2032\"\n[[conflict]]\nfacts = [\"home\"]\nnote = \"One side.\"",
        "51:10",
        "a conflict needs two facts or more",
        "each side",
    ),
    (
        "when = \"2032\"",
        "when = \"2032\"\n[[synonyms]]\nwords = [\"cat\"]",
        "51:10",
        "a group of synonyms holds fewer than two words",
        "two words or more",
    ),
    ("when = \"2032\"", "when = \"2032\"\n[fcat]\n", "50:2", "the file has no key `fcat`", "Did you mean `fact`?"),
    (
        "when = \"2032\"",
        "when = \"2032\"\n[conflict]\nnote = \"x\"\n",
        "50:1",
        "`conflict` is a table, where a list of tables belongs",
        "[[conflict]]",
    ),
];

#[test]
fn each_wrong_value_is_said_where_it_stands() {
    for (from, to, place, message, cure) in VALUES {
        assert!(CLEAN.contains(from), "{from}");
        let said = check(CLEAN.replacen(from, to, 1)).code(1).ends().stdout;
        let first = said.lines().find(|line| line.starts_with("cat.toml")).unwrap_or_default();
        assert!(first.starts_with(&format!("cat.toml:{place}: {message}")), "{to}\n{said}");
        let cures: Vec<&str> = said.lines().filter(|line| line.starts_with("    ")).collect();
        assert!(cures.first().is_some_and(|line| line.contains(cure)), "{to}\n{said}");
    }
}

#[test]
fn an_article_without_text_is_one_fault() {
    let empty = check(CLEAN).file("harbour-cat.md", "# Only a heading\n");
    let cure = "Put the article into it as published: headings, paragraphs, list items.";
    says(empty, Kind::BadValue, "cat.toml:10:11", "the article `harbour-cat.md` holds no text", cure);
    let said = check("schema = 1\n").code(1).ends().stdout;
    assert!(said.starts_with("cat.toml:1:1: the file has no `briefing`") && said.ends_with("1 fault\n"), "{said}");
}
