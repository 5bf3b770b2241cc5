//! Throws arbitrary questions and damaged knowledge files at the program: nothing may panic, no question may be slow.
//!
//! `cargo run --release --example fuzz -- [--seconds N] [--seed S]`

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use briefing_bot::answer::{Engine, Question};
use briefing_bot::knowledge::{Faults, Knowledge, Library, Limits, Source};

#[path = "../benches/support/measure.rs"]
mod measure;
#[path = "../benches/support/synthetic.rs"]
#[expect(dead_code, reason = "only its random numbers and typos are needed")]
mod synthetic;

use synthetic::{Random, typo};

/// No question may take longer.
const SLOW: Duration = Duration::from_millis(50);

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (mut seconds, mut seed) = (60, 1);
    while let (Some(name), value) = (args.next(), args.next().and_then(|value| value.parse::<u64>().ok())) {
        match (name.as_str(), value) {
            ("--seconds", Some(value)) => seconds = value,
            ("--seed", Some(value)) => seed = value,
            _ => {
                eprintln!("usage: fuzz [--seconds N] [--seed S]");
                return ExitCode::from(2);
            }
        }
    }
    match Run::new(seed) {
        Ok(mut run) => run.until(Instant::now() + Duration::from_secs(seconds)),
        Err(faults) => {
            eprintln!("{faults}");
            ExitCode::from(2)
        }
    }
}

/// What is counted.
struct Run {
    random: Random,
    engine: Engine,
    source: Source,
    /// Words and questions of the knowledge, from which questions are made.
    asks: Vec<String>,
    words: Vec<String>,
    times: Vec<Duration>,
    slowest: (Duration, String),
    slow: usize,
    panics: usize,
    accepted: usize,
    refused: usize,
}

impl Run {
    fn new(seed: u64) -> Result<Self, Faults> {
        let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge"));
        let engine = Engine::load(path, &Limits::STANDARD)?;
        let facts = || engine.library().briefings().iter().flat_map(|knowledge| &knowledge.facts);
        let asks: Vec<String> = facts().flat_map(|fact| &fact.asks).map(|ask| ask.text.clone()).collect();
        let words = asks.iter().flat_map(|ask| ask.split(' ')).map(str::to_owned).collect();
        let source = engine.library().briefings()[0].source.clone();
        Ok(Self {
            random: Random(seed),
            source,
            asks,
            words,
            engine,
            times: Vec::new(),
            slowest: (Duration::ZERO, String::new()),
            slow: 0,
            panics: 0,
            accepted: 0,
            refused: 0,
        })
    }

    fn until(&mut self, end: Instant) -> ExitCode {
        let mut round = 0u64;
        while Instant::now() < end {
            round += 1;
            for _ in 0..200 {
                let question = self.question();
                self.ask(None, &question);
            }
            self.knowledge(round % 20 == 0);
        }
        self.times.sort_unstable();
        println!(
            "{} questions: median {:?}, p99 {:?}, slowest {:?} for {:?}\n\
             {} knowledge files: {} accepted, {} refused\n{} panics, {} questions over {SLOW:?}",
            self.times.len(),
            measure::percentile(&self.times, 0.5),
            measure::percentile(&self.times, 0.99),
            self.slowest.0,
            self.slowest.1.chars().take(300).collect::<String>(),
            self.accepted + self.refused,
            self.accepted,
            self.refused,
            self.panics,
            self.slow
        );
        if self.panics + self.slow == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// Asks a question and notes how long it takes.
    fn ask(&mut self, engine: Option<&Engine>, question: &Question) {
        let engine = engine.unwrap_or(&self.engine);
        let time = || {
            let start = Instant::now();
            let answered = catch_unwind(AssertUnwindSafe(|| engine.answer(question)));
            (answered.is_ok(), start.elapsed())
        };
        let (mut well, mut took) = time();
        // Other programs may have had the processor: what is slow is slow thrice.
        for _ in 0..2 {
            if took > SLOW {
                let (again, other) = time();
                (well, took) = (well && again, took.min(other));
            }
        }
        if !well {
            self.panics += 1;
            println!("panic: {question:?}");
        }
        if took > SLOW {
            self.slow += 1;
            println!("{took:?}: {question:?}");
        }
        if took > self.slowest.0 {
            self.slowest = (took, question.text.clone());
        }
        self.times.push(took);
    }

    fn question(&mut self) -> Question {
        let turns = if self.random.below(4) == 0 { self.random.below(5) } else { 0 };
        let context = (0..turns).map(|_| self.text()).collect();
        Question { text: self.text(), context }
    }

    /// A text: an ask with typos, a salad of words, noise in Unicode, raw bytes, or all of these together.
    fn text(&mut self) -> String {
        match self.random.below(12) {
            0..=3 => {
                let ask = self.pick(&self.asks.clone_len());
                let share = 1 + self.random.below(6);
                let words = ask.split(' ').map(|word| {
                    if self.random.below(6) < share { typo(word, &mut self.random) } else { word.to_owned() }
                });
                words.collect::<Vec<_>>().join(" ")
            }
            4..=6 => self.salad(40),
            7 => self.salad(900),
            8 => self.noise(60),
            9 => self.noise(4_500),
            10 => {
                let length = self.random.below(300);
                let bytes: Vec<u8> = (0..length).map(|_| self.random.bits().to_le_bytes()[0]).collect();
                String::from_utf8_lossy(&bytes).into_owned()
            }
            _ => [self.salad(12), self.noise(20), self.salad(6), self.noise(9)].join(" "),
        }
    }
}
