//! The program: reads the configuration and wires the parts together.

use std::process::ExitCode;
use std::sync::Arc;

use briefing_bot::answer::{Engine, Service};
use briefing_bot::config::Config;
use briefing_bot::discord;
use briefing_bot::discord::ledger::NoLedger;
use briefing_bot::knowledge::Limits;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

#[tokio::main]
async fn main() -> ExitCode {
    dotenvy::dotenv().ok();
    let mut filter = EnvFilter::builder().with_default_directive(tracing::Level::INFO.into()).from_env_lossy();
    for directive in discord::log::QUIET {
        filter = filter.add_directive(directive.parse().expect("a directive"));
    }
    let lines = fmt::layer().with_writer(std::io::stderr).with_filter(filter);
    tracing_subscriber::registry().with(lines).with(discord::log::layer()).init();
    discord::log::quiet_panics();
    let config = match Config::read(|name| std::env::var(name).ok()) {
        Ok(config) => config,
        Err(error) => return fail(&error, 2),
    };
    let engine = match Engine::load(&config.knowledge, &Limits::STANDARD) {
        Ok(engine) => engine,
        Err(error) => return fail(&error, 2),
    };
    let Some(settings) = config.discord else { return fail(&"DISCORD_TOKEN is not set", 2) };
    match discord::run(settings, Service::new(engine), Arc::new(NoLedger), stop()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, if error.is_configuration() { 2 } else { 3 }),
    }
}

fn fail(error: &dyn std::fmt::Display, code: u8) -> ExitCode {
    eprintln!("{error}");
    ExitCode::from(code)
}

async fn stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut term) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
