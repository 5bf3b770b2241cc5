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
    maker: Maker,
    engine: Engine,
    source: Source,
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
        let asks: Vec<String> = facts().flat_map(|fact| &fact.asks).map(|ask| ask.text.to_string()).collect();
        let words = asks.iter().flat_map(|ask| ask.split(' ')).map(str::to_owned).collect();
        let source = engine.library().briefings()[0].source.clone();
        Ok(Self {
            maker: Maker { random: Random(seed), asks, words },
            source,
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
                let question = self.maker.question();
                let timed = timed(&self.engine, &question);
                self.note(&question, timed);
            }
            // Most files are small, so that there are many.
            self.damaged(!round.is_multiple_of(20));
        }
        self.times.sort_unstable();
        println!(
            "{} questions: median {:?}, p99 {:?}, slowest {:?} for {:?}",
            self.times.len(),
            measure::percentile(&self.times, 0.5),
            measure::percentile(&self.times, 0.99),
            self.slowest.0,
            self.slowest.1.chars().take(300).collect::<String>(),
        );
        println!(
            "{} knowledge files: {} accepted, {} refused; {} panics; {} questions over {SLOW:?}",
            self.accepted + self.refused,
            self.accepted,
            self.refused,
            self.panics,
            self.slow
        );
        println!("{:.1} MiB resident at most", measure::memory("VmHWM"));
        if self.panics + self.slow == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn note(&mut self, question: &Question, (well, took): (bool, Duration)) {
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

    /// Builds knowledge from a damaged file; what can be served, or checked, in spite of that must answer.
    fn damaged(&mut self, small: bool) {
        let mut toml = if small { self.maker.few_tables(&self.source.toml) } else { self.source.toml.to_string() };
        let mut article = self.source.article.to_string();
        let damage = self.maker.random.below(4);
        if damage <= 1 {
            self.maker.damage(&mut article);
        }
        if damage >= 1 {
            self.maker.damage(&mut toml);
        }
        let source = Source { toml: toml.into(), article: article.into(), ..self.source.clone() };
        let built = catch_unwind(AssertUnwindSafe(|| {
            let (knowledge, faults) = Knowledge::examine(source.clone(), &Limits::STANDARD);
            let shown: Vec<String> = faults.iter().map(ToString::to_string).collect();
            (knowledge.map(|knowledge| Engine::new(Library::of(vec![Arc::new(knowledge)]))), shown)
        }));
        let Ok((engine, faults)) = built else {
            self.panics += 1;
            println!("panic while loading:\n{}\n---\n{}", source.toml, source.article);
            return;
        };
        self.accepted += usize::from(faults.is_empty());
        self.refused += usize::from(!faults.is_empty());
        if let Some(engine) = engine {
            for _ in 0..5 {
                let question = self.maker.question();
                let timed = timed(&engine, &question);
                self.note(&question, timed);
            }
        }
    }
}

/// Asks a question; whether it was answered at all, and how long it took.
fn timed(engine: &Engine, question: &Question) -> (bool, Duration) {
    let ask = || {
        let start = Instant::now();
        let answered = catch_unwind(AssertUnwindSafe(|| engine.answer(question)));
        (answered.is_ok(), start.elapsed())
    };
    let (mut well, mut took) = ask();
    // Other programs may have had the processor: what is slow is slow three times.
    for _ in 0..2 {
        if took > SLOW {
            let (again, other) = ask();
            (well, took) = (well && again, took.min(other));
        }
    }
    (well, took)
}

/// Makes questions and damage.
struct Maker {
    random: Random,
    asks: Vec<String>,
    words: Vec<String>,
}

impl Maker {
    fn question(&mut self) -> Question {
        let turns = if self.random.below(4) == 0 { self.random.below(5) } else { 0 };
        let context = (0..turns).map(|_| self.text()).collect();
        Question { text: self.text(), context }
    }

    /// A text: an ask with typos, a salad of words, noise in Unicode, raw bytes, or some of these together.
    fn text(&mut self) -> String {
        match self.random.below(12) {
            0..=3 => self.misspelt(),
            4..=6 => self.salad(40),
            7 => self.salad(900),
            8 => self.noise(60),
            9 => self.noise(4_500),
            10 => self.bytes(300),
            _ => [self.salad(12), self.noise(20), self.salad(6), self.bytes(9)].join(" "),
        }
    }

    fn misspelt(&mut self) -> String {
        let at = self.random.below(self.asks.len());
        let share = 1 + self.random.below(6);
        let mut words: Vec<String> = self.asks[at].split(' ').map(str::to_owned).collect();
        for word in &mut words {
            if self.random.below(6) < share {
                *word = typo(word, &mut self.random);
            }
        }
        words.join(" ")
    }

    fn salad(&mut self, most: usize) -> String {
        const BETWEEN: [&str; 9] = [" ", " ", " ", " and ", "", ", ", "? ", " 4k ", "\n"];
        let mut salad = String::new();
        for _ in 0..=self.random.below(most) {
            let at = self.random.below(self.words.len());
            let word = match self.random.below(4) {
                0 => typo(&self.words[at], &mut self.random),
                _ => self.words[at].clone(),
            };
            salad.push_str(&word);
            salad.push_str(self.one_of(&BETWEEN));
        }
        salad
    }

    fn noise(&mut self, most: usize) -> String {
        (0..self.random.below(most)).map(|_| self.char()).collect()
    }

    /// A character, those that are folded, combined or invisible more often than others.
    fn char(&mut self) -> char {
        const RANGES: [(u32, u32); 12] = [
            (0, 0x7f),
            (0x20, 0x7e),
            (0x61, 0x7a),
            (0x80, 0x24f),
            (0x300, 0x36f),
            (0x370, 0x52f),
            (0x600, 0x6ff),
            (0x2000, 0x206f),
            (0x1d400, 0x1d7ff),
            (0x1f300, 0x1faff),
            (0xfb00, 0xfdff),
            (0, 0x0010_ffff),
        ];
        let (from, to) = RANGES[self.random.below(RANGES.len())];
        let offset = self.random.below((to - from + 1) as usize);
        u32::try_from(offset).ok().and_then(|offset| char::from_u32(from + offset)).unwrap_or('\u{fffd}')
    }

    fn bytes(&mut self, most: usize) -> String {
        let bytes: Vec<u8> = (0..self.random.below(most)).map(|_| self.random.bits().to_le_bytes()[0]).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn one_of(&mut self, texts: &[&'static str]) -> &'static str {
        texts[self.random.below(texts.len())]
    }

    /// The head of a knowledge file with a few of its tables.
    fn few_tables(&mut self, toml: &str) -> String {
        let tables: Vec<&str> = toml.split("\n[[").collect();
        let mut few = tables[0].to_owned();
        for _ in 0..=self.random.below(12) {
            few.push_str("\n[[");
            few.push_str(tables[1 + self.random.below(tables.len() - 1)]);
        }
        few
    }

    /// Takes out, doubles, turns round or replaces pieces of a text, or puts noise in their place.
    fn damage(&mut self, text: &mut String) {
        const MARKS: [&str; 10] = ["\"", "'''", "[[fact]]\n", "[", "]", "=", "\n", "\\u0000", "#", "\u{feff}"];
        const VALUES: [&str; 8] = ["-1", "1e999", "true", "{}", "[[]]", "2026-02-30", "\"\"", "nan"];
        let mut chars: Vec<char> = text.chars().collect();
        for _ in 0..=self.random.below(6) {
            let at = self.random.below(chars.len() + 1);
            let length = [1, 2, 8, 60, 2_000][self.random.below(5)];
            let end = (at + self.random.below(length + 1)).min(chars.len());
            let piece = &chars[at..end];
            let new: Vec<char> = match self.random.below(8) {
                0 => Vec::new(),
                1 => piece.repeat(2),
                2 => piece.iter().rev().copied().collect(),
                3 => self.noise(12).chars().collect(),
                4 => self.bytes(12).chars().collect(),
                5 => self.one_of(&MARKS).chars().collect(),
                6 => self.one_of(&VALUES).chars().collect(),
                _ => self.salad(5).chars().collect(),
            };
            chars.splice(at..end, new);
        }
        *text = chars.into_iter().collect();
    }
}
