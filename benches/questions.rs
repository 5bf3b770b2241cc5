//! Benchmarks of the product on the shipped briefing: loading it, and one question. `cargo bench --bench questions`
//!
//! Prints the percentiles of single questions before Criterion's own figures. How the cost grows with the knowledge, and
//! how other programs do on the same facts, is measured in `benches/peers`.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use briefing_bot::answer::{Engine, Question};
use briefing_bot::knowledge::Limits;
use criterion::{BatchSize, Criterion, Throughput};

#[path = "support/measure.rs"]
mod measure;

use measure::{memory, percentile};

/// How often each question is asked for the percentiles.
const ROUNDS: usize = 200;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge"));
    let start = Instant::now();
    let engine = match Engine::load(path, &Limits::STANDARD) {
        Ok(engine) => engine,
        Err(faults) => {
            eprintln!("{faults}");
            std::process::exit(2);
        }
    };
    println!("first load, lexicon included: {:?}; {:.1} MiB resident", start.elapsed(), memory("VmRSS"));
    let questions = questions();
    latencies(&engine, &questions);

    criterion.bench_function("load", |bench| {
        bench.iter(|| black_box(Engine::load(path, &Limits::STANDARD)));
    });
    let mut group = criterion.benchmark_group("question");
    group.throughput(Throughput::Elements(1));
    let mut next = questions.iter().cycle();
    group.bench_function("mixed", |bench| {
        bench.iter_batched(
            || next.next(),
            |question| question.map(|question| black_box(engine.answer(question))),
            BatchSize::SmallInput,
        );
    });
    group.finish();
    criterion.final_summary();
}

/// The questions of the list, each with those asked before it.
fn questions() -> Vec<Question> {
    let list = include_str!("support/questions.txt");
    let lines = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let questions = lines.map(|line| {
        let mut turns: Vec<String> = line.split(" | ").map(str::to_owned).collect();
        let text = turns.pop().unwrap_or_default();
        Question { text, context: turns }
    });
    questions.collect()
}

/// Times single questions and prints their percentiles.
fn latencies(engine: &Engine, questions: &[Question]) {
    let mut slowest = (Duration::ZERO, "");
    let mut times = Vec::with_capacity(questions.len() * ROUNDS);
    for round in 0..=ROUNDS {
        for question in questions {
            let start = Instant::now();
            black_box(engine.answer(question));
            let time = start.elapsed();
            // The first round warms the caches up.
            if round > 0 {
                times.push(time);
                if time > slowest.0 {
                    slowest = (time, &question.text);
                }
            }
        }
    }
    times.sort_unstable();
    println!(
        "{} questions, {ROUNDS} times each: median {:?}, p90 {:?}, p99 {:?}, slowest {:?} ({}); peak {:.1} MiB resident",
        questions.len(),
        percentile(&times, 0.5),
        percentile(&times, 0.9),
        percentile(&times, 0.99),
        slowest.0,
        slowest.1,
        memory("VmHWM")
    );
}
