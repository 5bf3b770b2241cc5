//! briefing-bot beside rapidfuzz and tantivy, on the same facts and questions in one run.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml [-- SIZE...]`
//!
//! Each program loads the same facts from files in a process of its own, so that its memory is its own, and answers the
//! same questions on one thread. Sizes are numbers of facts; 100, 10,000 and 100,000 unless others are given.

mod engines;
#[path = "../../support/measure.rs"]
mod measure;
#[path = "../../support/synthetic.rs"]
mod synthetic;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use engines::ENGINES;

/// The allocator of the program itself.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Questions that each program is asked, at most.
const QUESTIONS: usize = 2_000;

/// The seed of the knowledge.
const SEED: u64 = 2026;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let done = match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--engine", name, folder] => engines::run(name, Path::new(folder)),
        sizes => compare(sizes),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Compares all programs at each size and prints a table in Markdown.
fn compare(sizes: &[&str]) -> Result<()> {
    let sizes = if sizes.is_empty() { &["100", "10000", "100000"] } else { sizes };
    println!(
        "| facts | program | load | question median | p99 | × our median | × our p99 | peak memory | right first | asked |"
    );
    println!("|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    for size in sizes {
        let facts: usize =
            size.replace([',', '_'], "").parse().map_err(|_| format!("`{size}` is no number of facts"))?;
        let folder = Folder::new(facts)?;
        write_files(facts, &folder.0)?;
        let mut ours: Option<[f64; 2]> = None;
        for engine in ENGINES {
            let output = Command::new(std::env::current_exe()?).args(["--engine", engine]).arg(&folder.0).output()?;
            if !output.status.success() {
                return Err(format!("{engine}: {}", String::from_utf8_lossy(&output.stderr)).into());
            }
            let line = String::from_utf8(output.stdout)?;
            let numbers: Vec<f64> = line.split_whitespace().map(str::parse).collect::<std::result::Result<_, _>>()?;
            let [load, median, p99, peak, right, asked] = numbers.as_slice() else {
                return Err(format!("{engine} printed {line}").into());
            };
            let [our_median, our_p99] = *ours.get_or_insert([*median, *p99]);
            println!(
                "| {facts} | {engine} | {load:.2} s | {median:.1} µs | {p99:.1} µs | {:.1} | {:.1} | {peak:.0} MiB | {right:.2} | {asked} |",
                median / our_median,
                p99 / our_p99
            );
            std::io::stdout().flush()?;
        }
    }
    Ok(())
}

/// A folder for one size, gone with its owner.
struct Folder(PathBuf);

impl Folder {
    fn new(facts: usize) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("briefing-bot-peers-{}-{facts}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What can't be removed is in the system's folder for such things.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Writes the knowledge as the product reads it, the same facts a line each for the others, and the questions.
fn write_files(facts: usize, folder: &Path) -> Result<()> {
    let synthetic = synthetic::synthetic(facts, QUESTIONS, SEED);
    let mut lines = std::io::BufWriter::new(std::fs::File::create(folder.join("facts.tsv"))?);
    let mut number = 0;
    for source in synthetic.sources {
        std::fs::write(folder.join(&source.path), source.toml.as_bytes())?;
        std::fs::write(folder.join(&source.article_path), source.article.as_bytes())?;
        let knowledge = briefing_bot::knowledge::Knowledge::build(source, &synthetic::limits())?;
        for fact in &knowledge.facts {
            write!(lines, "{number}\t{}", fact.statement)?;
            for ask in &fact.asks {
                write!(lines, "\t{}", ask.text)?;
            }
            writeln!(lines)?;
            number += 1;
        }
    }
    lines.flush()?;
    let mut questions = String::new();
    for question in &synthetic.questions {
        let fact = question.fact.map_or_else(|| "-".to_owned(), |fact| fact.to_string());
        writeln!(questions, "{fact}\t{}", question.text)?;
    }
    std::fs::write(folder.join("questions.tsv"), questions)?;
    Ok(())
}
