//! What holds for every text that anybody may write: questions, knowledge files, articles.

use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use briefing_bot::answer::{Answer, Engine, Outcome, Question};
use briefing_bot::knowledge::{Article, Fact, Faults, Library, Limits, Source};
use briefing_bot::text::{fold, sanitize, token, tokenize};
use proptest::prelude::*;

const FACTS: &str = include_str!("discord/briefing/kettle-pier.toml");
const ARTICLE: &str = include_str!("discord/briefing/kettle-pier.md");

/// Longer than any answer takes on a busy machine without optimisation; an answer takes microseconds with it.
const SOON: Duration = Duration::from_secs(5);

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    Engine::new(build(FACTS, ARTICLE, &Limits::STANDARD).expect("the small briefing is without fault"))
});

fn build(toml: &str, article: &str, limits: &Limits) -> Result<Library, Faults> {
    let source = Source {
        path: PathBuf::from("kettle-pier.toml"),
        toml: toml.into(),
        article_path: PathBuf::from("kettle-pier.md"),
        article: article.into(),
    };
    Library::build(vec![source], limits)
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Checks what holds for every answer.
fn is_answer(answer: &Answer) -> Result<(), TestCaseError> {
    let words = answer.message.as_ref().is_some_and(|message| !message.trim().is_empty());
    match answer.outcome {
        Outcome::Answer => prop_assert!(!answer.answers.is_empty()),
        Outcome::Suggest => prop_assert!(answer.answers.is_empty() && !answer.suggestions.is_empty() && words),
        Outcome::None => prop_assert!(answer.answers.is_empty() && words),
    }
    prop_assert!(answer.suggestions.len() <= 3 && answer.answers.len() <= 5);
    for hit in answer.answers.iter().chain(&answer.suggestions) {
        prop_assert!((0.0..=1.0).contains(&hit.confidence), "confidence {}", hit.confidence);
    }
    Ok(())
}

/// Asks, and checks that an answer comes soon.
fn ask(question: &Question) -> Result<Answer, TestCaseError> {
    let start = Instant::now();
    let answer = ENGINE.answer(question);
    prop_assert!(start.elapsed() < SOON, "took {:?}", start.elapsed());
    is_answer(&answer)?;
    Ok(answer)
}

/// Text of a kind that people or their programs send.
fn text() -> impl Strategy<Value = String> {
    let words =
        "(who|what|when|how many|pier|mayor|cost|Kettle|ferry|crowns|and|not|the|it|6\\.4 million|2032|\\?|,| ){0,30}";
    prop_oneof![
        any::<String>(),
        words,
        // Marks over letters, joiners, direction marks, control characters.
        "[a-z ]{0,8}[\u{300}-\u{36f}\u{489}]{0,200}",
        "[\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{fff9}-\u{fffd}\u{0}-\u{1f}a-c]{0,60}",
        "[\u{1f300}-\u{1faff}\u{fe0f}\u{200d}\u{e0020}-\u{e007f}]{0,40}",
        "[\u{590}-\u{6ff}\u{900}-\u{97f}\u{4e00}-\u{4fff}\u{ac00}-\u{acff} ?]{0,60}",
        "[@#<>*_`~|:/()\\[\\]\\\\$%^&+={}'\".,;!? a0-9-]{0,80}",
        "[0-9.,$€£%kmb ]{0,40}",
        ("\\PC{1,12}", 1_usize..400).prop_map(|(piece, times)| piece.repeat(times)),
    ]
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn every_question_gets_words(text in text(), context in prop::collection::vec(text(), 0..4)) {
        ask(&Question { text, context })?;
    }

    #[test]
    fn the_same_question_gets_the_same_answer(text in text(), before in text()) {
        let question = Question { text, context: vec![before] };
        let facts = |answer: &Answer| -> Vec<usize> { answer.answers.iter().chain(&answer.suggestions).map(|hit| hit.index).collect() };
        let (first, second) = (ENGINE.answer(&question), ENGINE.answer(&question));
        prop_assert_eq!(facts(&first), facts(&second));
        prop_assert_eq!(first.message, second.message);
    }

    #[test]
    fn completion_takes_any_text(text in text(), limit in 0_usize..30) {
        prop_assert!(ENGINE.complete(&text, limit).len() <= limit);
        let alike = ENGINE.similarity(&text, "who is the mayor?");
        prop_assert!((0.0..=1.0001).contains(&alike), "likeness {}", alike);
    }
}

#[test]
fn what_an_ask_begins_with_is_completed_first() {
    for (knowledge, fact) in
        ENGINE.library().briefings().iter().flat_map(|known| known.facts.iter().map(move |f| (known, f)))
    {
        for ask in &fact.asks {
            let typed: String = ask.text.to_uppercase().chars().take(ask.text.chars().count() / 2 + 1).collect();
            let begins = |fact: &Fact| fact.asks.iter().any(|ask| fold(&ask.text).starts_with(&fold(&typed)));
            let found = ENGINE.complete(&typed, knowledge.facts.len());
            let first = found.iter().take_while(|hit| begins(hit.fact())).count();
            assert!(
                found.iter().take(first).any(|hit| hit.fact().id == fact.id),
                "{typed} finds {} not first",
                fact.id
            );
            assert!(found.iter().skip(first).all(|hit| !begins(hit.fact())), "{typed}");
        }
    }
}

#[test]
fn a_question_of_100_000_characters_gets_words_soon() {
    let pieces = [
        "a",
        "ä",
        "pier ",
        "\u{301}",
        "?",
        "🙂",
        "\u{202e}",
        "and who ",
        "9",
        ",",
        "\n",
        "\u{fdfa}",
        "Ж",
        "x-y/",
        "the mayor, ",
    ];
    for piece in pieces {
        let long: String = piece.chars().cycle().take(100_000).collect();
        let question = Question { text: long.clone(), context: vec![long.clone(), long] };
        ask(&question).unwrap_or_else(|error| panic!("{piece:?} again and again: {error}"));
    }
}

#[test]
fn long_questions_that_lean_on_long_ones_get_words() {
    let words: Vec<&str> = FACTS.split_whitespace().chain(ARTICLE.split_whitespace()).collect();
    for before in words.chunks(100) {
        for text in words.chunks(100) {
            let question = Question { text: format!("and it {}", text.join(" ")), context: vec![before.join(" ")] };
            ask(&question).unwrap_or_else(|error| panic!("{question:?}: {error}"));
        }
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn folding_twice_is_folding_once(text in text()) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once.clone());
        prop_assert!(once.chars().count() <= 2 * fold::MAX_CHARS);
        prop_assert!(!once.contains("  ") && once.trim() == once);
    }

    #[test]
    fn tokens_are_few_and_none_is_empty(text in text()) {
        let tokens = tokenize(&text);
        prop_assert!(tokens.len() <= 2 * token::MAX_TOKENS);
        for token in tokens {
            prop_assert!(!token.word.is_empty() && !token.word.contains(char::is_whitespace), "{:?}", token);
        }
    }

    #[test]
    fn nothing_comes_alive(text in text(), alive in "(@everyone|@here|<@!?1>|<@&2>|<#3>|<t:4>|<:a:5>|</a:6>|https?://a.b|steam://x|\\[a\\]\\(b\\)|\n# a|\n> a|`|\\*\\*)") {
        for text in [format!("{text}{alive}"), format!("{alive}{text}"), text] {
            let shown = sanitize::plain(&text);
            for mark in ["@everyone", "@here", "<@", "<#", "<t:", "<:", "</", "://", "\n#", "\n>"] {
                prop_assert!(!shown.contains(mark), "{} in {}", mark, shown);
            }
            // Each mark that is left stands behind a backslash of its own.
            let mut escaped = false;
            for c in shown.chars() {
                prop_assert!(escaped || !matches!(c, '*' | '_' | '~' | '`' | '|' | '[' | ']'), "{}", shown);
                escaped = c == '\\' && !escaped;
            }
        }
    }

    #[test]
    fn shortened_text_fits(text in text(), max in 1_usize..200) {
        prop_assert!(sanitize::shorten(&text, max).chars().count() <= max);
    }
}

/// An article of random sentences, or any text at all.
fn article() -> impl Strategy<Value = String> {
    let word =
        prop_oneof!["[A-Za-zäöüé]{1,9}", "“[a-z]{1,6}”", "[0-9]{1,4}(\\.[0-9])?", "(Mr|St|U\\.S)\\.", "[a-z]{1,5}’s"];
    let sentence = (prop::collection::vec(word, 1..9), "[.!?]”?").prop_map(|(words, end)| words.join(" ") + &end);
    let line = (prop_oneof!["", "- ", "## "], prop::collection::vec(sentence, 1..4))
        .prop_map(|(mark, all)| mark + &all.join(" "));
    let whole = (prop::collection::vec(line, 1..8), prop_oneof!["\n", "\n\n", "\r\n\r\n"])
        .prop_map(|(lines, gap)| lines.join(&gap));
    prop_oneof![3 => whole, 1 => any::<String>()]
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn what_stands_in_an_article_is_found(text in article(), from in any::<prop::sample::Index>(), len in 1_usize..12) {
        let article = Article::parse(&text);
        for (number, sentence) in article.sentences.iter().enumerate() {
            let paragraph = &article.paragraphs[sentence.paragraph];
            prop_assert!(paragraph.text.get(sentence.range.clone()).is_some(), "a sentence has whole characters");
            let (line, column) = article.position(sentence.paragraph, sentence.range.start);
            prop_assert!(line >= paragraph.line && column > 0 && line <= text.lines().count());
            let shown = article.sentence(number);
            if !shown.trim().is_empty() {
                let place = article.find(shown);
                prop_assert!(place.is_some(), "{:?} is not found", shown);
            }
        }
        // Some words in a row of some paragraph.
        let words: Vec<&str> = if article.paragraphs.is_empty() { Vec::new() } else {
            from.get(&article.paragraphs).text.split_whitespace().collect()
        };
        if !words.is_empty() {
            let start = from.index(words.len());
            let quote = words[start..words.len().min(start + len)].join("  ").replace('“', "\"").replace('’', "'");
            let place = article.find(&quote);
            prop_assert!(place.is_some(), "{:?} is not found", quote);
            if let Some(place) = place {
                let found = article.paragraphs[place.paragraph].text.get(place.range.clone());
                let folded = |text: &str| fold::fold_verbatim(text).0;
                prop_assert_eq!(found.map(folded), Some(folded(&quote)));
                prop_assert!(article.sentences_at(&place).next().is_some(), "{:?} is of no sentence", quote);
            }
        }
    }

    #[test]
    fn what_does_not_stand_in_an_article_is_not_found(text in article()) {
        let article = Article::parse(&text);
        prop_assert!(article.find("Xyzzy plugh").is_none() && article.find(" \n").is_none());
        prop_assert!(article.nearest("").is_none());
    }
}

/// A change to a text: where, how much is taken out, what is put in.
type Change = (prop::sample::Index, usize, String);

fn change() -> impl Strategy<Value = Change> {
    let piece = prop_oneof![
        4 => "[\"\\[\\]={}#,.'\n\\\\a0-9 -]{0,6}",
        2 => "(id = \"x\"|\\[\\[fact\\]\\]\n|\\[briefing\\]\n|asks = \\[\\]\n|quotes = \\[\"a\"\\]\n|when = \"2031-02-30\"\n|facts = \\[\\]\n)",
        1 => any::<String>(),
    ];
    (any::<prop::sample::Index>(), 0_usize..60, piece)
}

fn changed(text: &str, changes: &[Change]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (at, len, piece) in changes {
        let start = at.index(chars.len() + 1);
        let end = chars.len().min(start + len);
        chars.splice(start..end, piece.chars());
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn broken_knowledge_is_faults_and_never_a_panic(
        facts in prop::collection::vec(change(), 0..5),
        article in prop::collection::vec(change(), 0..3),
    ) {
        let (toml, article) = (changed(FACTS, &facts), changed(ARTICLE, &article));
        match build(&toml, &article, &Limits::STANDARD) {
            Ok(library) => {
                prop_assert_eq!(library.briefings().len(), 1);
                let coverage = library.briefings()[0].coverage;
                prop_assert_eq!(coverage.quoted + coverage.listed, coverage.sentences);
            }
            Err(Faults(faults)) => {
                prop_assert!(!faults.is_empty());
                for fault in faults {
                    let text = if fault.file.extension().is_some_and(|e| e == "md") { &article } else { &toml };
                    prop_assert!(fault.line <= text.lines().count() + 1, "{}", fault);
                    prop_assert!(!fault.message.is_empty() && !fault.message.contains('\n'), "{}", fault);
                    prop_assert!(!fault.cure.is_empty(), "{}", fault);
                }
            }
        }
    }

    #[test]
    fn any_text_is_faults_and_never_a_panic(toml in any::<String>(), article in any::<String>()) {
        prop_assert!(build(&toml, &article, &Limits::STANDARD).is_err());
    }

    #[test]
    fn small_limits_are_kept(size in 0_usize..40, bytes in 0_u64..20_000) {
        let limits = Limits { statement: size, quote: size, ask: size, asks: size, file_bytes: bytes, ..Limits::STANDARD };
        let built = build(FACTS, ARTICLE, &limits);
        prop_assert!(built.is_err());
    }
}

proptest! {
    // An index is built for each.
    #![proptest_config(cases(16))]

    #[test]
    fn whatever_is_without_fault_answers(
        asks in prop::collection::vec("\\PC{1,40}", 0..6),
        alias in "\\PC{1,30}",
        word in "\\PC{1,20}",
        question in text(),
    ) {
        let list = |texts: &[String]| toml::Value::from(texts.to_vec()).to_string();
        let mut all = vec!["When does the fish market return?".to_owned()];
        all.extend(asks);
        let toml = FACTS
            .replace("aliases = [\"the town\", \"Ostrey town\"]", &format!("aliases = {}", list(&[alias])))
            .replace("  \"When does the fish market return?\",\n", &format!("  {},\n", list(&all).trim_matches(['[', ']'])));
        let toml = format!("{toml}\n[[synonyms]]\nwords = {}\n", list(&["vote".to_owned(), word]));
        if let Ok(library) = build(&toml, ARTICLE, &Limits::STANDARD) {
            let engine = Engine::new(library);
            is_answer(&engine.answer(&Question::new(question)))?;
            for fault in engine.audit() {
                prop_assert!(fault.line > 0 && !fault.message.is_empty());
            }
        }
    }
}
