//! `ask`: one answer, or a stream of them.

use std::ffi::OsString;
use std::io::{BufRead as _, Write as _};

use serde_json::Value;

use super::json::{ErrorLine, Request, Response};
use super::show::{self, Style};
use super::{AskArgs, Exit, print_line};
use crate::answer::{Engine, Outcome, Question};

/// Longest line of a batch that is read, in bytes; room for any question and its context.
const MAX_LINE: usize = 1024 * 1024;

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
    let mut input = std::io::stdin().lock();
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = std::io::Read::take(&mut input, MAX_LINE as u64).read_until(b'\n', &mut line);
        let read = read.map_err(|error| {
            eprintln!("Standard input cannot be read: {error}");
            Exit::Failure
        })?;
        if read == 0 {
            break;
        }
        let whole = line.ends_with(b"\n") || read < MAX_LINE;
        if !whole {
            input.skip_until(b'\n').map_err(|_| Exit::Failure)?;
        }
        let text = line.trim_ascii();
        if text.is_empty() {
            continue;
        }
        let reply = if whole { answer_line(engine, text) } else { error_line(&Value::Null, "the line is too long") };
        let waiting = input.fill_buf().is_ok_and(<[u8]>::is_empty);
        let written = writeln!(output, "{reply}");
        // Somebody who sends one line and waits must get its answer.
        let written = if waiting || !reply.is_empty() { written.and_then(|()| output.flush()) } else { written };
        written.map_err(|error| match error.kind() {
            std::io::ErrorKind::BrokenPipe => Exit::Done,
            _ => Exit::Failure,
        })?;
    }
    Ok(Exit::Done)
}

fn answer_line(engine: &Engine, line: &[u8]) -> String {
    match serde_json::from_slice::<Request>(line) {
        Ok(request) => {
            let answer = engine.answer(&Question { text: request.question, context: request.context });
            serde_json::to_string(&Response::new(&request.id, &answer))
                .unwrap_or_else(|_| error_line(&request.id, "the answer could not be written"))
        }
        Err(error) => {
            let id = serde_json::from_slice::<Value>(line).ok().and_then(|value| value.get("id").cloned());
            error_line(&id.unwrap_or(Value::Null), &format!("no question: {error}"))
        }
    }
}

fn error_line(id: &Value, error: &str) -> String {
    serde_json::to_string(&ErrorLine { id, error })
        .unwrap_or_else(|_| "{\"id\":null,\"error\":\"no question\"}".to_owned())
}
