//! `chat`: questions and answers in the terminal, with memory.

use std::io::{IsTerminal as _, Write as _};

use super::lines::{Line, read_line};
use super::show::{self, Style};
use super::{Exit, print_line};
use crate::answer::{Engine, Hit, Outcome, Question, follow_up};

/// Longest line that is read, in bytes.
const MAX_LINE: u64 = 64 * 1024;

/// Talks until the end of input or "quit".
///
/// # Errors
/// The exit code where standard input or output fails.
pub fn run(engine: &Engine, hint: &str) -> Result<Exit, Exit> {
    let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let plain = !std::io::stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    let style = if plain { Style::Plain } else { Style::Colour };
    for knowledge in engine.library().briefings() {
        let briefing = &knowledge.briefing;
        eprintln!("{} ({}, {})", briefing.title, briefing.publisher, briefing.dateline);
    }
    eprintln!("Ask in your own words; a number takes up a suggestion; \"quit\" ends. {hint}");
    let mut history: Vec<String> = Vec::new();
    let mut offers: Vec<Hit> = Vec::new();
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    loop {
        if terminal {
            eprint!("\n> ");
            let _ = std::io::stderr().flush();
        }
        // The rest of a line that is too long would be no question of its own.
        let read = read_line(&mut input, &mut line, MAX_LINE).map_err(|error| {
            eprintln!("Standard input cannot be read: {error}");
            Exit::Failure
        })?;
        if read == Line::End {
            break;
        }
        let text = String::from_utf8_lossy(&line).trim().to_owned();
        if text.is_empty() {
            continue;
        }
        if matches!(text.to_lowercase().as_str(), "quit" | "exit" | ":q" | "/quit") {
            break;
        }
        let chosen = text.trim_end_matches('.').parse::<usize>().ok().and_then(|n| offers.get(n.checked_sub(1)?));
        let asked = chosen.map_or(text, |hit| hit.fact().question().to_owned());
        let answer = engine.answer(&Question { text: asked.clone(), context: history.clone() });
        print_line(&format!("{}\n", show::answer(&answer, style)))?;
        if answer.outcome != Outcome::None || !answer.suggestions.is_empty() {
            offers.clone_from(&answer.suggestions);
        }
        history.push(asked);
        if history.len() > follow_up::TURNS {
            history.remove(0);
        }
    }
    Ok(Exit::Done)
}
