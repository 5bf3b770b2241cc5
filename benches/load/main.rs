//! The load driver: the real binary against the Discord of the tests, over one shard on loopback.
//!
//! ```text
//! cargo bench --bench load                                     # 100/s, 500/s and as many as are answered, 10 s each
//! cargo bench --bench load -- --rates 500,max --seconds 30
//! cargo bench --bench load -- --memory 100000                  # the bot's memory over so many questions
//! cargo bench --bench load -- --picture "who was there?"       # an answer as a picture
//! ```
//!
//! Each event is what a member does: 8 of 20 ask by `/ask`, 6 type in its option, 3 mention the bot, 3 press a button
//! below an answer. Members take turns, each in a channel of their own choice, so that neither the limit of a person (a
//! question in two seconds) nor that of a channel (two messages a second) is reached: with the defaults a member is back
//! after 20,000 events. What the bot answers is read and checked by the fake; a broken rule or a missing answer
//! ends the run.
//!
//! An event's time runs from before the fake writes it down to when the fake has taken the answer, and so holds the
//! fake's own work. At a given rate events are sent when they are due, answered or not; at `max` a fixed number is in
//! flight.

/// The Discord of the tests, and the real binary as they start it.
#[path = "../../tests/discord"]
#[expect(
    clippy::must_use_candidate,
    clippy::missing_panics_doc,
    reason = "shared with the tests, which use all of it; a panic is how a run fails"
)]
pub mod discord {
    /// Discord itself.
    pub mod fake;

    /// The real binary.
    pub mod bot;
}

mod crowd;
#[expect(dead_code, reason = "shared with the benchmark of questions, which measures itself")]
#[path = "../support/measure.rs"]
mod measure;
mod picture;
mod process;
mod run;

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use crowd::Crowd;
use discord::{bot::Bot, fake::Discord};
use measure::memory_of;
use process::Usage;

/// How much, how fast, how long.
#[derive(Parser)]
#[command(about = "Loads the bot with what members do, on a Discord on loopback")]
struct Options {
    /// Events a second, one run for each; `max` for as many as are answered
    #[arg(long, value_delimiter = ',', default_value = "100,500,max")]
    rates: Vec<Rate>,
    /// Length of each run
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Events in flight at `max`
    #[arg(long, default_value_t = 32)]
    in_flight: usize,
    /// Instead of the runs: ask so many questions, as fast as they are answered, and look at the bot's memory
    #[arg(long)]
    memory: Option<u64>,
    /// Instead of the runs: ask this by `/ask`, and print the answer as a picture (SVG)
    #[arg(long)]
    picture: Option<String>,
    /// Servers
    #[arg(long, default_value_t = 100)]
    guilds: usize,
    /// Members of each server
    #[arg(long, default_value_t = 200)]
    members: usize,
    /// Channels of each server
    #[arg(long, default_value_t = 20)]
    channels: usize,
    /// The knowledge to serve
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge"))]
    knowledge: PathBuf,
    /// JSON Lines with the questions to ask, or a folder of such files
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/questions"))]
    questions: PathBuf,
    /// A variable of the bot's environment, as NAME=VALUE
    #[arg(long)]
    env: Vec<String>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// How fast events come.
#[derive(Clone, Copy, Debug)]
enum Rate {
    /// So many a second.
    Fixed(u32),
    /// The next as soon as one is answered.
    Max,
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "max" => Ok(Self::Max),
            number => match number.parse() {
                Ok(rate) if (1..=100_000).contains(&rate) => Ok(Self::Fixed(rate)),
                _ => Err("write a number from 1 to 100000, or max".to_owned()),
            },
        }
    }
}

#[tokio::main]
async fn main() {
    let options = Options::parse();
    let discord = Arc::new(Discord::start().await);
    let crowd = Arc::new(Crowd::gather(&discord, &options));
    let knowledge = options.knowledge.display().to_string();
    let mut setup = Bot::with(&discord).env("KNOWLEDGE_PATH", &knowledge);
    for (name, value) in options.env.iter().filter_map(|variable| variable.split_once('=')) {
        setup = setup.env(name, value);
    }
    let bot = setup.start().await;
    if let Some(question) = &options.picture {
        println!("{}", picture::draw(question, &crowd.ask(question).await));
        return;
    }
    discord.stop_logging();
    println!(
        "{} members of {} servers with {} channels each; {} questions",
        options.guilds * options.members,
        options.guilds,
        options.channels,
        crowd.questions(),
    );
    match options.memory {
        Some(questions) => remember(&crowd, &bot, questions, options.in_flight).await,
        None => rates(&crowd, &bot, &options).await,
    }
    bot.terminate();
    let status = bot.end(Duration::from_secs(15)).await;
    assert!(status.success(), "{status}");
}

/// A line for each rate.
async fn rates(crowd: &Arc<Crowd>, bot: &Bot, options: &Options) {
    // The first questions pay for connections and caches.
    run::saturate(crowd, options.in_flight, Duration::from_secs(2)).await;
    println!(
        "  rate  answered/s    p50 ms    p99 ms    max ms | µs of CPU an event: bot, fake | others' CPU | bot MiB"
    );
    let length = Duration::from_secs(options.seconds);
    for rate in &options.rates {
        let before = Usage::now(bot.pid());
        let done = match rate {
            Rate::Fixed(rate) => run::pace(crowd, *rate, length).await,
            Rate::Max => run::saturate(crowd, options.in_flight, length).await,
        };
        let spent = Usage::now(bot.pid()).since(&before);
        println!("{}", run::line(*rate, &done, &spent));
        for (kind, line) in run::by_kind(&done) {
            println!("      {kind:<13} {line}");
        }
        println!("      the bot's threads: {}", spent.threads());
    }
}

/// The bot's memory, at the start and after each tenth of the questions.
async fn remember(crowd: &Arc<Crowd>, bot: &Bot, questions: u64, in_flight: usize) {
    let pid = bot.pid().to_string();
    println!(" questions | bot MiB, at its highest | events/s");
    let report = |asked: u64, rate: f64| {
        let (now, high) = (memory_of(&pid, "VmRSS"), memory_of(&pid, "VmHWM"));
        println!("{asked:>10} | {now:>7.1} {high:>15.1} | {rate:>8.0}");
    };
    report(0, 0.0);
    for tenth in 1..=10 {
        let goal = questions * tenth / 10;
        let (events, took) = run::ask(crowd, goal, in_flight).await;
        report(crowd.asked(), run::rate(events, took));
    }
}
