//! The binary: reads the settings, wires the modules, turns the outcome into an exit code.

use std::path::PathBuf;
use std::process::ExitCode;

use briefing_bot::cli::{self, Cli, Command, Exit};
use briefing_bot::config::Config;
use clap::Parser as _;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // A .env file is optional, and so is every line of it.
    if let Err(error) = dotenvy::dotenv()
        && !error.not_found()
    {
        eprintln!(".env cannot be read: {}", without_secrets(&error));
        return Exit::Usage.into();
    }
    run(cli).unwrap_or_else(|exit| exit).into()
}

/// What is wrong with the `.env` file, without the line itself, which may hold a token.
fn without_secrets(error: &dotenvy::Error) -> String {
    let dotenvy::Error::LineParse(line, _) = error else { return error.to_string() };
    let name = line.split_once('=').map(|(name, _)| name.trim_start_matches("export ").trim());
    match name.filter(|name| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')) {
        Some(name) => format!("the value of {name} is not closed or holds a space; put it between quotation marks."),
        None => "a line is not of the form NAME=value.".to_owned(),
    }
}

fn run(cli: Cli) -> Result<Exit, Exit> {
    let knowledge =
        cli.knowledge.or_else(|| std::env::var_os("KNOWLEDGE_PATH").filter(|p| !p.is_empty()).map(PathBuf::from));
    match cli.command {
        Some(Command::Schema) => cli::schema(),
        Some(Command::Check(args)) => {
            let path = args.file.or(knowledge).unwrap_or_else(|| PathBuf::from("knowledge"));
            cli::check::run(&path)
        }
        Some(Command::Ask(args)) => cli::ask::run(&cli::load(knowledge.as_ref())?, &args),
        Some(Command::Eval(args)) => cli::eval::run(&cli::load(knowledge.as_ref())?, &args),
        Some(Command::Chat) => cli::chat::run(&cli::load(knowledge.as_ref())?, ""),
        Some(Command::Run) => Err(Exit::Usage),
        None => {
            let config = Config::read(|name| std::env::var(name).ok()).map_err(|error| {
                eprintln!("{error}");
                Exit::Usage
            })?;
            if config.discord.is_some() {
                return Err(Exit::Usage);
            }
            let hint = "(Put DISCORD_TOKEN into .env to connect Discord; README.md tells how.)";
            cli::chat::run(&cli::load(knowledge.as_ref())?, hint)
        }
    }
}
