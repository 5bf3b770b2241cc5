//! `ask`: one answer, or a stream of them.

use std::ffi::OsString;
use std::io::{BufReader, BufWriter, Write as _};

use serde_json::Value;

use super::json::{ErrorLine, Request, Response};
use super::lines::{Line, read_line};
use super::show::{self, Style};
use super::{AskArgs, Exit, print_line, written};
use crate::answer::{Engine, Outcome, Question};

/// Longest line of a batch that is read, in bytes; room for any question and its context.
const MAX_LINE: u64 = 1024 * 1024;

/// What is said of a longer one.
const TOO_LONG: &str = "this line is longer than 1 MiB";

/// Answers what the arguments ask.
///
/// # Errors
/// The exit code where standard input or output fails.
pub fn run(engine: &Engine, args: &AskArgs) -> Result<Exit, Exit> {
    if args.batch {
        return batch(engine);
    }
    let words: Vec<String> = args.question.iter().map(lossy).collect();
    let question = Question { text: words.join(" "), context: args.context.iter().map(lossy).collect() };
    let answer = engine.answer(&question);
    if args.json {
        let line = serde_json::to_string(&Response::new(&Value::Null, &answer)).map_err(|_| Exit::Failure)?;
        print_line(&line)?;
    } else {
        print_line(&show::answer(&answer, Style::Plain))?;
    }
    Ok(if answer.outcome == Outcome::Answer { Exit::Done } else { Exit::Negative })
}

/// Bytes that are no UTF-8 become replacement characters: they are part of no word, and nothing fails.
fn lossy(text: &OsString) -> String {
    text.to_string_lossy().into_owned()
}

/// Answers standard input line by line, in order, as it comes.
fn batch(engine: &Engine) -> Result<Exit, Exit> {
    // Else the first misspelt word would wait for it.
    engine.index().spelling().prepare();
    let mut input = BufReader::new(std::io::stdin().lock());
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut line = Vec::new();
    loop {
        // Somebody who sends one line and waits must get its answer; where more lines wait already, writing can too.
        if !input.buffer().contains(&b'\n') {
            output.flush().map_err(|error| written(&error))?;
        }
        let whole = match read_line(&mut input, &mut line, MAX_LINE) {
            Ok(Line::End) => break,
            Ok(Line::Whole) => true,
            Ok(Line::Cut) => false,
            Err(error) => {
                // What was asked before is answered all the same.
                output.flush().map_err(|error| written(&error))?;
                eprintln!("Standard input cannot be read: {error}");
                return Err(Exit::Failure);
            }
        };
        let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line).trim_ascii();
        if text.is_empty() {
            continue;
        }
        let reply = if whole { answer_line(engine, text) } else { error_line(&Value::Null, TOO_LONG) };
        writeln!(output, "{reply}").map_err(|error| written(&error))?;
    }
    output.flush().map_err(|error| written(&error))?;
    Ok(Exit::Done)
}

fn answer_line(engine: &Engine, line: &[u8]) -> String {
    let (id, error) = match request(line) {
        Ok(request) => {
            let answer = engine.answer(&Question { text: request.question, context: request.context });
            match serde_json::to_string(&Response::new(&request.id, &answer)) {
                Ok(line) => return line,
                Err(error) => (request.id, format!("the answer could not be written: {error}")),
            }
        }
        Err(problem) => problem,
    };
    error_line(&id, &error)
}

/// Reads a line; else gives its id, where it has one, and what is wrong.
fn request(line: &[u8]) -> Result<Request, (Value, String)> {
    // Broken characters are part of no word; the rest of the question is still one.
    let text = String::from_utf8_lossy(line);
    let parsed = serde_json::from_str::<Value>(&text).or_else(|error| {
        // Half a surrogate pair, as some programs write it, is such a character too.
        serde_json::from_str(&without_lone_surrogates(&text)).map_err(|_| error)
    });
    let value = parsed.map_err(|error| (Value::Null, format!("this line is no JSON: {error}")))?;
    if !value.is_object() {
        let error = r#"this line is no object such as {"id": "1", "question": "Who was there?"}"#;
        return Err((Value::Null, error.to_owned()));
    }
    let id = value.get("id").cloned().unwrap_or_default();
    serde_json::from_value(value).map_err(|error| (id, format!("this object asks no question: {error}")))
}

/// Replaces `\uD800` to `\uDFFF` where they are no pair: JSON's grammar allows them, but they are no character.
fn without_lone_surrogates(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\\') {
        out.push_str(before);
        let escape =
            |text: &str| text.strip_prefix('u').and_then(|t| t.get(..4)).and_then(|t| u16::from_str_radix(t, 16).ok());
        let next = behind.get(5..).and_then(|next| next.strip_prefix('\\')).and_then(escape);
        let (kept, taken) = match (escape(behind), next) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (behind.get(..11), 11),
            (Some(0xd800..=0xdfff), _) => (Some("ufffd"), 5),
            // An escaped backslash is no start of the next escape.
            _ => (None, behind.chars().next().map_or(0, char::len_utf8)),
        };
        let (plain, left) = behind.split_at_checked(taken).unwrap_or((behind, ""));
        out.push('\\');
        out.push_str(kept.unwrap_or(plain));
        rest = left;
    }
    out.push_str(rest);
    out
}

fn error_line(id: &Value, error: &str) -> String {
    serde_json::to_string(&ErrorLine { id, error })
        .unwrap_or_else(|_| "{\"id\":null,\"error\":\"no question\"}".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lone_surrogates_fall_and_pairs_stay() {
        for (text, mended) in [
            (r"a\ud83d\ude00b", r"a\ud83d\ude00b"),
            (r"a\ud83db", r"a\ufffdb"),
            (r"\ude00\ud83d", r"\ufffd\ufffd"),
            (r"\\ud83d", r"\\ud83d"),
            (r"\n\u00e9\", r"\n\u00e9\"),
            ("\\ü\\ud83", "\\ü\\ud83"),
        ] {
            assert_eq!(without_lone_surrogates(text), mended, "{text}");
        }
    }

    #[test]
    fn only_objects_with_a_question_are_requests() {
        let id = |line: &str| request(line.as_bytes()).expect_err(line).0;
        assert_eq!(id("[\"7\", \"a question\", []]"), Value::Null);
        assert_eq!(id("{\"id\": 7}"), 7);
        assert_eq!(id("{\"id\": \"x\", \"question\": null}"), "x");
        assert_eq!(id("{\"question\": \"a\"} {\"question\": \"b\"}"), Value::Null);
        let read = request(b"{\"question\": \"\\ud800 why\", \"context\": null, \"more\": 1}").expect("a question");
        assert_eq!((read.question.as_str(), read.context.len()), ("\u{fffd} why", 0));
        assert!(request(b"{\"question\": \"\xff why\"}").is_ok(), "broken characters");
    }
}
