//! The binary: reads the settings, wires the modules, turns the outcome into an exit code.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use briefing_bot::answer::Service;
use briefing_bot::cli::{self, Cli, Command, Exit};
use briefing_bot::config::{self, Config, DEFAULT_KNOWLEDGE, LogFormat};
use briefing_bot::curator::{self, Curator};
use briefing_bot::discord::{self, ledger::InJournal};
use briefing_bot::journal::{self, AddressError, Journal};
use briefing_bot::knowledge::Limits;
use clap::Parser as _;
use secrecy::ExposeSecret as _;
use tracing_subscriber::filter::FilterExt as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

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
    // What a crash broke off comes first, whoever reads the files.
    curator::recover(knowledge.as_deref().unwrap_or(Path::new(DEFAULT_KNOWLEDGE)));
    match cli.command {
        Some(Command::Schema) => cli::schema(),
        Some(Command::Check(args)) => {
            let path = args.file.or(knowledge).unwrap_or_else(|| PathBuf::from("knowledge"));
            cli::check::run(&path)
        }
        Some(Command::Ask(args)) => cli::ask::run(&cli::load(knowledge.as_ref())?, &args),
        Some(Command::Eval(args)) => cli::eval::run(&cli::load(knowledge.as_ref())?, &args),
        Some(Command::Chat) => cli::chat::run(&cli::load(knowledge.as_ref())?, ""),
        Some(Command::Run) => serve(knowledge.as_ref()),
        None => {
            let config = Config::read(|name| std::env::var(name).ok()).map_err(|error| {
                eprintln!("{error}");
                Exit::Usage
            })?;
            if config.discord.is_some() {
                return serve(knowledge.as_ref());
            }
            let hint = "(Put DISCORD_TOKEN into .env to connect Discord; README.md tells how.)";
            cli::chat::run(&cli::load(knowledge.as_ref())?, hint)
        }
    }
}

/// Runs the Discord bot until it is told to stop.
fn serve(knowledge: Option<&PathBuf>) -> Result<Exit, Exit> {
    let config = Config::read(|name| std::env::var(name).ok()).map_err(|error| fail(&error, Exit::Usage))?;
    log(config.log_format);
    let Some(settings) = config.discord else { return Err(fail(&"DISCORD_TOKEN is not set.", Exit::Usage)) };
    let path = knowledge.unwrap_or(&config.knowledge);
    // On a thread that ends before those that answer begin: what only loading needs goes with it, and they are given
    // the memory that it leaves. That saves some megabytes.
    let loaded = std::thread::scope(|scope| scope.spawn(|| cli::load_to_change(path).map(Service::new)).join());
    let service = loaded.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| fail(&error, Exit::Failure))?;
    let exit = runtime.block_on(bot(settings, config.journal, path, service));
    // What hangs must not hold up the end.
    runtime.shutdown_background();
    exit
}

async fn bot(
    settings: config::Discord,
    journal: config::Journal,
    knowledge: &Path,
    service: Service,
) -> Result<Exit, Exit> {
    let days = journal.retention_days;
    let address = journal.url.expose_secret().parse().map_err(|error: AddressError| fail(&error, Exit::Usage))?;
    let journal = Journal::open(journal::Settings { retention_days: days, ..journal::Settings::new(address) });
    let ledger = InJournal::new(journal.clone(), days).map_err(|error| fail(&error, Exit::Failure))?;
    let curator = Curator::new(knowledge, Limits::STANDARD, service.clone(), journal.clone());
    curator.start();
    let ended = discord::run(settings, service, Arc::new(ledger), Some(curator), stop()).await;
    journal.close(Duration::from_secs(5)).await;
    match ended {
        Ok(()) => Ok(Exit::Done),
        Err(error) if error.is_configuration() => Err(fail(&error, Exit::Usage)),
        Err(error) => Err(fail(&error, Exit::Failure)),
    }
}

fn log(format: LogFormat) {
    let filter = EnvFilter::builder().with_default_directive(tracing::Level::INFO.into()).from_env_lossy();
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    tracing_subscriber::registry()
        .with(lines.with_filter(filter.and(discord::log::quiet())))
        .with(discord::log::layer())
        .init();
    discord::log::quiet_panics();
}

fn fail(error: &dyn std::fmt::Display, exit: Exit) -> Exit {
    eprintln!("{error}");
    exit
}

/// Ready when the process is asked to stop, by SIGTERM or Ctrl-C.
async fn stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut term) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
