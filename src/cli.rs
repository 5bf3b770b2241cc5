//! The command line: what the one binary can do, and the exit code of each outcome.
//!
//! Results go to standard output, everything else to standard error. `main` wires; nothing here knows Discord.

pub mod ask;
pub mod chat;
pub mod check;
pub mod eval;
pub mod json;
mod lines;
pub mod show;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::answer::Engine;
use crate::config::DEFAULT_KNOWLEDGE;
use crate::knowledge::{Library, Limits};

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Not covered (`ask`), faults found (`check`), below a floor (`eval`).
    Negative,
    /// Wrong usage or configuration, broken knowledge included.
    Usage,
    /// A failure.
    Failure,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Negative => 1,
            Exit::Usage => 2,
            Exit::Failure => 3,
        })
    }
}

/// Answers questions about a briefing, and only from it: each answer with the quote that proves it.
#[derive(Debug, Parser)]
#[command(name = "briefing-bot", version, about, after_help = AFTER_HELP, disable_help_subcommand = true)]
pub struct Cli {
    /// Knowledge file, or a folder of which every .toml is a briefing.
    #[arg(long, global = true, value_name = "PATH")]
    pub knowledge: Option<PathBuf>,
    /// What to do; without it the Discord bot where DISCORD_TOKEN is set, and a chat in the terminal where it isn't.
    #[command(subcommand)]
    pub command: Option<Command>,
}

const AFTER_HELP: &str = "\
Examples:
  briefing-bot                                  chat in the terminal (or run the bot, with DISCORD_TOKEN)
  briefing-bot ask what did they sign           one answer
  briefing-bot ask --json \"who was there?\"      the same for programs
  briefing-bot check                            verify the knowledge

Exit codes: 0 done, 1 not covered / faults found / below a floor, 2 usage or configuration, 3 a failure.
Settings come from the environment or a .env file; .env.example explains each.";

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the Discord bot (needs DISCORD_TOKEN).
    Run,
    /// Chat in the terminal.
    Chat,
    /// Answer one question, or with --batch a stream of them.
    Ask(AskArgs),
    /// Verify knowledge: print faults with line and cure, and how much of the article is covered.
    Check(CheckArgs),
    /// Run a labelled question set (JSON Lines) and print accuracy by category.
    Eval(EvalArgs),
    /// Print the JSON Schema of the knowledge file, for editors.
    Schema,
}

/// Arguments of `ask`.
#[derive(Debug, Args)]
pub struct AskArgs {
    /// Print JSON instead of text.
    #[arg(long)]
    pub json: bool,
    /// A question asked before, oldest first; may be given several times. Lets "and when?" be understood.
    #[arg(long, value_name = "QUESTION")]
    pub context: Vec<OsString>,
    /// Read questions from standard input and write answers to standard output, a JSON object a line.
    #[arg(long, conflicts_with_all = ["question", "context"])]
    pub batch: bool,
    /// The question; several words need no quotation marks.
    #[arg(required_unless_present = "batch", value_name = "QUESTION")]
    pub question: Vec<OsString>,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Knowledge file or folder; by default what --knowledge or KNOWLEDGE_PATH names.
    pub file: Option<PathBuf>,
}

/// Arguments of `eval`.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// The labelled questions, a JSON object a line.
    #[arg(required_unless_present = "leave_one_out")]
    pub file: Option<PathBuf>,
    /// Leave each ask of the knowledge out in turn, ask it, and count how often its fact is still found.
    #[arg(long, conflicts_with = "file")]
    pub leave_one_out: bool,
    /// A rate that must be reached, as in right=0.8; below it the exit code is 1.
    #[arg(long, value_name = "RATE=VALUE", value_parser = eval::parse_bound)]
    pub floor: Vec<(String, f64)>,
    /// A rate that must not be passed, as in false=0.1; above it the exit code is 1.
    #[arg(long, value_name = "RATE=VALUE", value_parser = eval::parse_bound)]
    pub ceiling: Vec<(String, f64)>,
    /// Print the questions with these verdicts, as in wrong,false.
    #[arg(long, value_delimiter = ',', value_name = "VERDICTS", value_parser = eval::parse_verdict)]
    pub show: Vec<eval::Verdict>,
}

/// Loads the knowledge that a command answers from; prints what is wrong with it.
///
/// # Errors
/// [`Exit::Usage`] where it has faults.
pub fn load(knowledge: Option<&PathBuf>) -> Result<Engine, Exit> {
    let path = knowledge.map_or(Path::new(DEFAULT_KNOWLEDGE), PathBuf::as_path);
    Ok(Engine::new(library(path)?.without_texts()))
}

/// The same for a bot, whose moderators change the texts.
///
/// # Errors
/// As those of [`load`].
pub fn load_to_change(knowledge: &Path) -> Result<Engine, Exit> {
    Ok(Engine::new(library(knowledge)?))
}

fn library(path: &Path) -> Result<Library, Exit> {
    Library::load(path, &Limits::STANDARD).map_err(|faults| {
        eprintln!("The knowledge cannot be served:\n{faults}");
        Exit::Usage
    })
}

/// Prints the JSON Schema of the knowledge file.
///
/// # Errors
/// [`Exit::Failure`] where standard output can't be written.
pub fn schema() -> Result<Exit, Exit> {
    let schema = schemars::schema_for!(crate::knowledge::format::File);
    let text = serde_json::to_string_pretty(&schema).map_err(|_| Exit::Failure)?;
    print_line(&text)?;
    Ok(Exit::Done)
}

/// Writes a line to standard output. A reader that went away (`| head`) ends the program quietly.
///
/// # Errors
/// [`Exit::Done`] where the reader is gone, [`Exit::Failure`] on any other fault.
pub fn print_line(line: &str) -> Result<(), Exit> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|error| written(&error))
}

/// What a failure to write to standard output comes to.
fn written(error: &std::io::Error) -> Exit {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        return Exit::Done;
    }
    eprintln!("Standard output cannot be written: {error}");
    Exit::Failure
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_is_valid() {
        super::Cli::command().debug_assert();
    }
}
