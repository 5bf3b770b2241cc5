//! Uploads that are made to take long: the work that each may cost is bounded, and no answer waits for it.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use briefing_bot::answer::Outcome;
use briefing_bot::curator::Error;
use briefing_bot::knowledge::{Faults, Knowledge, Limits, Source};

use crate::scene::{LATE, Scene};

/// Bytes of a file: all that may be uploaded; a part of it where nothing is optimised.
const SIZE: usize = if cfg!(debug_assertions) { 64 * 1024 } else { 4 * 1024 * 1024 };
/// The longest that the check of an upload may take.
const BOUND: Duration = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 5 });

/// What begins each knowledge file.
const HEAD: &str = "schema = 1\n[briefing]\nid = \"mill\"\ntitle = \"The mill\"\npublisher = \"The Gazette\"\n\
                    dateline = \"Ostrey, 1 May 2031\"\npublished = \"2031-05-01\"\nlanguage = \"en\"\narticle = \"mill.md\"\n";
/// What is served all the while.
const SERVED: &str = "[[fact]]\nid = \"millers\"\nstatement = \"Three millers grind barley.\"\n\
                      quotes = [\"Three millers grind barley.\"]\nasks = [\"How many millers grind barley?\"]\nstatus = \"reported\"\n";

fn serve(folder: &Path) {
    std::fs::write(folder.join("mill.toml"), format!("{HEAD}{SERVED}")).expect("a file");
    std::fs::write(folder.join("mill.md"), "## Mill\n\nThree millers grind barley.\n").expect("a file");
}

/// A fact with these quotes and these other lines.
fn fact(number: usize, quotes: &str, more: &str) -> String {
    format!(
        "[[fact]]\nid = \"f{number}\"\nstatement = \"So.\"\nquotes = [{quotes}]\nasks = [\"ask {number}\"]\nstatus = \"reported\"\n{more}"
    )
}

/// A knowledge file of parts, as many as fit.
fn file(head: &str, part: impl Fn(usize) -> String) -> String {
    filled(&format!("{HEAD}{head}"), part)
}

/// As many parts behind a text as fit into a file.
fn filled(head: &str, part: impl Fn(usize) -> String) -> String {
    let mut text = head.to_owned();
    for number in 0.. {
        let part = part(number);
        // Some are given an end.
        if text.len() + part.len() + HEAD.len() > SIZE {
            break;
        }
        text.push_str(&part);
    }
    text
}

/// The texts of so many numbers, one behind the other.
fn each(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect::<Vec<_>>().concat()
}

/// One text as often as it fits into a file.
fn many(text: &str) -> String {
    text.repeat(SIZE / text.len() - HEAD.len().div_ceil(text.len()) - 1)
}

/// Numbers as letters, so that words are no numbers.
fn word(number: usize) -> String {
    number.to_string().chars().map(|digit| char::from(b'a' + u8::try_from(digit).unwrap_or(b'0') - b'0')).collect()
}

/// What is uploaded: a name for it, the knowledge file, the article.
type Row = (&'static str, String, String);

/// Quotes that are hard to find, and articles that are hard to read.
fn of_articles() -> Vec<Row> {
    let common = many("And so a b c d so e f.\n\n");
    let one_paragraph = many("And so it is. ");
    let quotes = |number: usize, quote: &str| each(12, |at| format!("\"{quote}{}\",", " so".repeat((number + at) % 3)));
    vec![
        ("quotes that begin no sentence", file("", |n| fact(n, &quotes(n, "so a"), "")), common.clone()),
        ("quotes of one common word", file("", |n| fact(n, &quotes(n, "so"), "")), common.clone()),
        ("quotes in one paragraph", file("", |n| fact(n, &quotes(n, "it is. And"), "")), one_paragraph.clone()),
        ("quotes of points", file("", |n| fact(n, &quotes(n, "."), "")), common.clone()),
        (
            "quotes that are almost there",
            file("", |n| fact(n, &quotes(n, "so a b c d so e f. so"), "")),
            common.clone(),
        ),
        (
            "one quote as large as the file",
            format!("{HEAD}{}", fact(1, &format!("\"{}\"", many("so a ").split_at(SIZE / 2).0), "")),
            common.clone(),
        ),
        ("misquotes", file("", |n| fact(n, &format!("\"so a {} c d\"", word(n)), "")), common),
        ("an article of points", format!("{HEAD}{SERVED}"), many(".")),
        ("an article of sentences on one line", format!("{HEAD}{SERVED}"), one_paragraph),
        ("an article of headings", format!("{HEAD}{SERVED}"), many("# \n")),
    ]
}

/// Knowledge files that are hard to read.
fn of_files() -> Vec<Row> {
    let short = "## Mill\n\nSo.\n".to_owned();
    let references = |count: usize, name: &str| format!("\"{name}\",").repeat(count);
    let aliases: String = each(500, |alias| format!("\"{} {}\",", "long ".repeat(15), word(alias)));
    let entities: String = (0..10).fold(String::new(), |mut text, entity| {
        let aliases = aliases.replace("long", &format!("long{}", word(entity)));
        let _ = writeln!(
            text,
            "[[entity]]\nid = \"e{entity}\"\nname = \"N{entity}\"\nkind = \"person\"\naliases = [{aliases}]"
        );
        text
    });
    let entities =
        if cfg!(debug_assertions) { entities.lines().take(5).collect::<Vec<_>>().join("\n") + "\n" } else { entities };
    let all_entities: String = each(10, |entity| format!("\"e{entity}\","));
    let long_ask = |number: usize| {
        let words = each(24, |at| format!("milx{} ", word(number * 31 + at * 7)));
        words.chars().take(240).collect::<String>()
    };
    let misspelt = |number: usize| {
        let asks: String = each(8, |at| format!("\"{} {}\",", long_ask(number + at), word(number * 8 + at)));
        fact(number, "\"So.\"", "").replace(&format!("\"ask {number}\""), &asks)
    };
    let alike = |number: usize| {
        let asks: String = each(100, |at| format!("\"why so {}\",", word(number * 100 + at)));
        fact(number, "\"So.\"", "").replace(&format!("\"ask {number}\""), &asks)
    };
    let inline = |number: usize| {
        format!("{{id=\"f{number}\",statement=\"So.\",quotes=[\"So.\"],asks=[\"ask {number}\"],status=\"reported\"}},")
    };
    vec![
        (
            "all on one line",
            format!(
                "{}]\n[briefing]{}",
                filled("schema = 1\nfact = [", inline),
                HEAD.split("[briefing]").nth(1).expect("a table")
            ),
            short.clone(),
        ),
        (
            "references that dangle",
            file("", |n| fact(n, "\"So.\"", &format!("related = [{}]\n", references(30, &format!("g{n}"))))),
            short.clone(),
        ),
        (
            "one fact of references",
            format!("{HEAD}{}", fact(1, "\"So.\"", &format!("related = [{}]\n", references(SIZE / 5 - 200, "f1")))),
            short.clone(),
        ),
        (
            "entities of many names",
            file(&entities, |n| {
                fact(n, "\"So.\"", &format!("entities = [{all_entities}]\n"))
                    .replace("\"So.\"\nquotes", "\"So 7.\"\nquotes")
            }),
            short.clone(),
        ),
        (
            "a word of many groups",
            file(&each(SIZE / 100, |n| format!("[[synonyms]]\nwords = [\"so\",\"{}\"]\n", word(n))), |n| {
                fact(n, "\"So.\"", "")
            }),
            short.clone(),
        ),
        ("unknown keys", file("", |n| format!("k{n} = 1\n")), short.clone()),
        ("unknown keys of facts", file("[[fact]]\n", |n| format!("k{n} = 1\n")), short.clone()),
        ("lines that are no TOML", many("=\n"), short.clone()),
        ("strings without an end", many("a = \"\n"), short.clone()),
        ("a deep header", format!("[{}a]\n", many("a.")), short.clone()),
        ("a deep key", format!("{}a = 1\n", many("a.")), short.clone()),
        ("nested arrays", format!("a = {}", many("[")), short.clone()),
        ("nested tables", format!("a = {}", many("{a=")), short.clone()),
        ("headers", filled("", |n| format!("[t{n}.a.b.c]\n")), short.clone()),
        ("one id for all", file("", |_| fact(1, "\"So.\"", "")), short.clone()),
        ("asks of misspelt words", file("", misspelt), short.clone()),
        ("asks that are alike", file("", alike), short),
    ]
}

/// Each upload's check is bounded, and members are answered all the while. `HOSTILE=PART` tries those alone whose names
/// hold that part.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_upload_costs_more_than_its_bound() {
    let scene = Scene::with(serve).await;
    let only = std::env::var("HOSTILE").unwrap_or_default();
    let mut slow = Vec::new();
    for (what, toml, article) in of_articles().into_iter().chain(of_files()).filter(|(what, ..)| what.contains(&only)) {
        assert!(toml.len() <= SIZE && article.len() <= SIZE, "{what}: {} and {} bytes", toml.len(), article.len());
        let start = Instant::now();
        let check = async {
            let staged = scene.curator.stage("mill.toml", toml.into_bytes(), Some(article.into_bytes())).await;
            (staged, start.elapsed())
        };
        let ((staged, took), times) = scene
            .while_asked(
                |_| "How many millers grind barley?".to_owned(),
                |_, answer| assert_eq!(answer.outcome, Outcome::Answer),
                check,
            )
            .await;
        let outcome = match &staged {
            Ok(_) => "no fault".to_owned(),
            Err(Error::Faults(faults)) => {
                let first = &faults.0[0];
                let text: String = format!("{}: {}", first.message, first.cure).chars().take(70).collect();
                format!("{} faults: {text}", faults.0.len())
            }
            Err(error) => panic!("{what}: {error}"),
        };
        println!("{what}: {took:.2?}; {times}; {outcome}");
        if took > BOUND || times.longest() > LATE {
            slow.push(format!("{what}: {took:.2?}; {times}"));
        }
    }
    assert!(slow.is_empty(), "{slow:#?}");
    scene.close().await;
}

/// What is over a limit is told as that, and by its place where it has one.
#[test]
fn limits_are_told() {
    let list = |text: &str, count: usize| format!("\"{text}\",").repeat(count);
    let groups: String = (0..21).fold(String::new(), |mut text, n| {
        let _ = writeln!(text, "[[synonyms]]\nwords = [\"so\", \"{}\"]", word(n));
        text
    });
    let names: String = (0..41).fold(String::new(), |mut text, entity| {
        let aliases: String = each(500, |alias| format!("\"n{entity} {}\",", word(alias)));
        let _ = writeln!(
            text,
            "[[entity]]\nid = \"e{entity}\"\nname = \"N{entity}\"\nkind = \"person\"\naliases = [{aliases}]"
        );
        text
    });
    let short = "## Mill\n\nSo.\n".to_owned();
    for (toml, article, told, line) in [
        (fact(1, "\"So.\"", &format!("related = [{}]\n", list("f1", 51))), &short, "51 related facts; at most 50", 11),
        (fact(1, "\"So.\"", &format!("entities = [{}]\n", list("e", 51))), &short, "51 entities; at most 50", 11),
        (format!("{}{groups}", fact(1, "\"So.\"", "")), &short, "\"so\" is in more than 20 groups", 57),
        (format!("{}{names}", fact(1, "\"So.\"", "")), &short, "20541 names; at most 20000", 1),
        (
            fact(1, &list("so a", 12), ""),
            &"And so a b c d.\n\n".repeat(200_000),
            "the quotes take too long to be found in this article",
            1,
        ),
    ] {
        let limits = Limits { searched: 1 << 28, ..Limits::STANDARD };
        let source = Source {
            path: "mill.toml".into(),
            toml: format!("{HEAD}{toml}").into(),
            article_path: "mill.md".into(),
            article: article.as_str().into(),
        };
        let Err(Faults(faults)) = Knowledge::build(source, &limits) else { panic!("{told}: no fault") };
        let fault = faults.iter().find(|fault| fault.message.contains(told));
        let fault = fault.unwrap_or_else(|| panic!("{told}: {:?}", faults.first()));
        assert_eq!(fault.line, line, "{told}");
    }
}

/// A file made of faults has the first of them told, and how many there are more.
#[test]
fn faults_are_counted_where_nobody_would_read_them() {
    let source = Source {
        path: "mill.toml".into(),
        toml: format!("{HEAD}{}", (0..2_500).fold(String::new(), |text, n| text + &format!("key{n} = 1\n"))).into(),
        article_path: "mill.md".into(),
        article: "So.".into(),
    };
    let Err(Faults(faults)) = Knowledge::build(source, &Limits::STANDARD) else { panic!("no fault") };
    assert_eq!((faults.len(), faults[0].line), (1_001, 10));
    assert_eq!(faults[1_000].message, "there are 1501 more faults", "the sentence that nothing covers, too");
}
