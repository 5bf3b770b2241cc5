//! Fits the matcher's weights on labelled question sets and prints the constants that the code holds.
//!
//! `cargo run --release --example calibrate -- QUESTIONS.jsonl...` fits two models: the ranking of candidates (a
//! conditional logit over the candidates of each question: `McFadden` 1974) and the confidence in the best one (boosted
//! trees, then Platt scaling). What a mended knowledge answers is no measure of how sure it can be of the rest: the
//! scaling is read from the sets given with `--unseen` alone, by which no knowledge was mended but that some of their
//! questions became asks, and those a set is asked without. Both are regularised and cross-validated in ten folds; the thresholds that give the best mean worth follow, with a reliability table. With
//! `--asks`, every ask of the knowledge, left out of the index, joins the ranking's training.

mod boost;
mod swap;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use briefing_bot::answer::decide::{self, Evidence};
use briefing_bot::answer::engine::Match;
use briefing_bot::answer::{Engine, Hit};
use briefing_bot::cli::eval::{self, Labelled};
use briefing_bot::knowledge::{Knowledge, Library, Limits};
use briefing_bot::matcher::{Index, Query, signals};
use briefing_bot::text::token::words;
use clap::Parser;

/// Fits weights and thresholds.
#[derive(Debug, Parser)]
struct Args {
    /// Labelled question sets.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Knowledge file or folder.
    #[arg(long, default_value = "knowledge")]
    knowledge: PathBuf,
    /// Writes the fitted model to src/answer/model.rs.
    #[arg(long)]
    write: bool,
    /// Writes the evidence of every sample to this file, as comma-separated values, for analysis elsewhere.
    #[arg(long)]
    dump: Option<PathBuf>,
    /// Question sets by which no knowledge was mended, beyond questions of theirs that became asks: fitted like the
    /// others, and what confidence is scaled by; without them it is scaled by all.
    #[arg(long, num_args = 1..)]
    unseen: Vec<PathBuf>,
    /// Left-out asks join the ranking's training.
    #[arg(long)]
    asks: bool,
}

/// A question with its candidates, as the fits need it.
struct Sample {
    found: Match,
    /// For each candidate whether it serves.
    serves: Vec<bool>,
    answerable: bool,
    /// How much it counts.
    weight: f64,
}

const FOLDS: usize = 10;

/// Weight of a question that is asked of a briefing as most people write theirs: a few asks a fact, and no absent detail.
const THIN: f64 = 0.25;
/// Asks of each fact in such a briefing.
const THIN_ASKS: usize = 7;

/// Weight of an ask that was left out, beside 1 for a question: there are many, and they are not what people ask.
const ASK: f64 = 0.03;
/// Weight of an ask about another name.
const SWAPPED: f64 = 0.02;
/// Weight of an ask of which the fact is not there, or one of a detail that is.
const ORPHAN: f64 = 0.006;
/// Weight of an ask of an absent detail that is not there.
const DETAIL: f64 = 0.02;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> Result<(), String> {
    let engine = Engine::load(&args.knowledge, &Limits::STANDARD).map_err(|faults| faults.to_string())?;
    let (mut samples, mut of_thin) = (Vec::new(), Vec::new());
    let mut seen = 0;
    for file in args.files.iter().chain(&args.unseen) {
        if args.unseen.first() == Some(file) {
            seen = samples.len();
        }
        let questions = eval::read(file)?;
        let engine = without(&engine, &questions);
        let thin = thin(&engine);
        for question in &questions {
            samples.push(sample(&engine, question)?);
            of_thin.push(Sample { weight: THIN, ..sample(&thin, question)? });
        }
    }
    let questions = samples.len();
    let mut ranked: Vec<&Sample> = samples.iter().filter(|s| s.serves.contains(&true)).collect();
    let asks = if args.asks { left_out_asks(&engine) } else { Vec::new() };
    ranked.extend(asks.iter().filter(|s| s.answerable));
    let answerable = samples.iter().filter(|s| s.answerable).count();
    println!(
        "{questions} questions, {answerable} answerable; {} with a candidate that serves",
        samples.iter().filter(|s| s.serves.contains(&true)).count()
    );

    let start: Vec<f64> = signals::RANKING.iter().map(|w| f64::from(*w)).collect();
    println!("ranking, code: first right {:.3}", first_right(&samples, &start, answerable));
    let mut right = 0.0;
    for fold in 0..FOLDS {
        let (test, train): (Vec<_>, Vec<_>) = ranked.iter().enumerate().partition(|(i, _)| i % FOLDS == fold);
        let train: Vec<&Sample> = train.into_iter().map(|(_, s)| *s).collect();
        let weights = fit_ranking(&train, &start);
        right += test
            .iter()
            .filter(|(_, s)| s.weight >= 1.0)
            .map(|(_, s)| f64::from(u8::from(is_first(s, &weights))))
            .sum::<f64>();
    }
    println!("ranking, cross-validated: first right {:.3}", right / count(answerable));
    let weights = fit_ranking(&ranked, &start);
    println!("ranking, fitted: first right {:.3}", first_right(&samples, &weights, answerable));
    print_constants("RANKING", &signals::NAMES, &weights);

    // The confidence is fitted on what the code's own ranking puts first.
    let rows: Vec<Row> = samples.iter().map(row).collect();
    let of_thin: Vec<Row> = of_thin.iter().map(row).collect();
    let mut more: Vec<Row> = asks.iter().map(row).collect();
    if args.asks {
        let orphans = orphaned_asks(&engine);
        let orphans: Vec<Row> = orphans.iter().map(row).collect();
        println!("{} asks of facts that are not there", orphans.len());
        more.extend(orphans);
        let absent = absent_asks(&engine);
        let absent: Vec<Row> = absent.iter().map(row).collect();
        println!("{} asks of absent details", absent.len());
        more.extend(absent);
    }
    if let Some(file) = &args.dump {
        dump(file, &rows, &more).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let code: Vec<(f64, f64, usize)> =
        samples.iter().zip(&rows).enumerate().map(|(i, (s, row))| (s.found.confidence, row.y, i)).collect();
    report("confidence, code", &code, &samples);
    let mut held_out: Vec<(f64, f64, usize)> = Vec::new();
    let mut thin_held_out: Vec<(f64, f64, usize)> = Vec::new();
    for fold in 0..FOLDS {
        let others = (0..rows.len()).filter(|i| i % FOLDS != fold);
        let train: Vec<&Row> = others.flat_map(|i| [&rows[i], &of_thin[i]]).chain(&more).collect();
        let trees = boost::fit(&train);
        let test = rows.iter().enumerate().filter(|(i, _)| i % FOLDS == fold);
        held_out.extend(test.map(|(i, row)| (boost::logit(&trees, &row.x), row.y, i)));
        let test = of_thin.iter().enumerate().filter(|(i, _)| i % FOLDS == fold);
        thin_held_out.extend(test.map(|(i, row)| (boost::logit(&trees, &row.x), row.y, i)));
    }
    let (scale, bias) = boost::calibrate(held_out.iter().filter(|(.., question)| *question >= seen));
    for (held_out, rows) in [(&mut held_out, &rows), (&mut thin_held_out, &of_thin)] {
        for (logit, _, question) in held_out {
            *logit = rows[*question].guard / (1.0 + (-(scale * *logit + bias)).exp());
        }
    }
    report("confidence, cross-validated", &held_out, &samples);
    report("the same of a thin briefing", &thin_held_out, &samples);
    if args.write {
        let trees = boost::fit(&rows.iter().chain(&of_thin).chain(&more).collect::<Vec<_>>());
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/answer/model.rs");
        std::fs::write(&file, boost::source(&trees, scale, bias)).map_err(|e| format!("{}: {e}", file.display()))?;
        println!("written: {}", file.display());
    }
    Ok(())
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

fn sample(engine: &Engine, question: &Labelled) -> Result<Sample, String> {
    let groups = eval::gold(engine, question)?;
    let query = Query::new(&question.question, engine.index().spelling());
    let found = engine.find(&query, &question.context);
    let serves = found.candidates.iter().map(|candidate| {
        let at = engine.index().facts()[candidate.fact];
        let knowledge = engine.index().briefings()[at.briefing as usize].clone();
        let hit = Hit { knowledge, index: at.fact as usize, confidence: 0.0, conflict: false };
        let sentences = eval::quoted(engine, &hit);
        groups.iter().any(|group| !group.is_disjoint(&sentences))
    });
    let serves = serves.collect();
    Ok(Sample { found, serves, answerable: !groups.is_empty(), weight: 1.0 })
}

/// The briefings without the asks that a set's questions have become: how well it is answered with them is no measure of
/// how well others will be.
fn without(engine: &Engine, questions: &[Labelled]) -> Engine {
    let questions: HashSet<String> = questions.iter().map(|question| words(&question.question)).collect();
    let others = engine.library().briefings().iter().map(|knowledge| {
        let mut others = Knowledge::clone(knowledge);
        let facts = others.facts.iter_mut().map(|fact| &mut fact.asks);
        let absent = others.absent.iter_mut().map(|detail| &mut detail.asks);
        let lists = others.lists.iter_mut().map(|list| &mut list.asks);
        for asks in facts.chain(absent).chain(lists) {
            asks.retain(|ask| !questions.contains(&words(&ask.text)));
        }
        Arc::new(others)
    });
    Engine::new(Library::of(others.collect()))
}

/// The briefings as most people write theirs.
fn thin(engine: &Engine) -> Engine {
    let thin = engine.library().briefings().iter().map(|knowledge| {
        let mut thin = Knowledge::clone(knowledge);
        thin.absent.clear();
        for fact in &mut thin.facts {
            let every = fact.asks.len().div_ceil(THIN_ASKS).max(1);
            fact.asks = fact.asks.iter().step_by(every).cloned().collect();
        }
        Arc::new(thin)
    });
    Engine::new(Library::of(thin.collect()))
}

fn left_out_asks(engine: &Engine) -> Vec<Sample> {
    let library = engine.library();
    let facts = library.briefings().iter().flat_map(|k| &k.facts);
    let most = facts.map(|fact| fact.asks.len()).max().unwrap_or_default();
    let mut samples = Vec::new();
    for left_out in (0..most).step_by(2) {
        let index = Index::without(library, |_| false, |_, ask| ask == left_out);
        let engine = Engine::with_index(library.clone(), index);
        for number in 0..engine.index().facts().len() {
            let (_, fact) = engine.index().fact(number);
            let Some(ask) = fact.asks.get(left_out) else { continue };
            let found = engine.find(&Query::new(&ask.text, engine.index().spelling()), &[]);
            let serves: Vec<bool> = found.candidates.iter().map(|candidate| candidate.fact == number).collect();
            if serves.contains(&true) {
                samples.push(Sample { found, serves, answerable: true, weight: ASK });
            }
            if let Some(other) = swap::name(&engine, number, &ask.text) {
                let found = engine.find(&Query::new(&other, engine.index().spelling()), &[]);
                if found.candidates.first().is_some_and(|first| first.fact == number) {
                    let serves = vec![false; found.candidates.len()];
                    samples.push(Sample { found, serves, answerable: false, weight: SWAPPED });
                }
            }
        }
    }
    samples
}

/// Asks whose fact is not there: questions on the right things that nothing answers. Facts leave by turns, together
/// with those that rest on the same words of the article.
fn orphaned_asks(engine: &Engine) -> Vec<Sample> {
    const TURNS: usize = 12;
    let library = engine.library();
    let shares = |knowledge: &Knowledge, a: usize, b: usize| {
        let places = |fact: usize| knowledge.facts[fact].quotes.iter().map(|quote| &quote.place);
        places(a).any(|x| {
            places(b).any(|y| x.paragraph == y.paragraph && x.range.start < y.range.end && y.range.start < x.range.end)
        })
    };
    let mut samples = Vec::new();
    for turn in 0..TURNS {
        let gone = |knowledge: &Knowledge, fact: usize| {
            (0..knowledge.facts.len())
                .any(|other| other % TURNS == turn && (other == fact || shares(knowledge, other, fact)))
        };
        let index = Index::without(
            library,
            |at| gone(&library.briefings()[at.briefing as usize], at.fact as usize),
            |_, _| false,
        );
        let reduced = Engine::with_index(library.clone(), index);
        for knowledge in library.briefings() {
            for fact in knowledge.facts.iter().skip(turn).step_by(TURNS) {
                for ask in fact.asks.iter().skip(turn % 4).step_by(4) {
                    let found = reduced.find(&Query::new(&ask.text, reduced.index().spelling()), &[]);
                    let serves = vec![false; found.candidates.len()];
                    samples.push(Sample { found, serves, answerable: false, weight: ORPHAN });
                }
            }
        }
    }
    samples
}

/// Asks of absent details, left out one by one with the rest of the detail in place, or without it.
fn absent_asks(engine: &Engine) -> Vec<Sample> {
    let mut samples = Vec::new();
    for whole in [false, true] {
        for turn in 0..FOLDS {
            let sources = engine.library().briefings().iter().map(|knowledge| {
                let mut reduced = (**knowledge).clone();
                if whole {
                    let mut number = 0;
                    reduced.absent.retain(|_| {
                        number += 1;
                        number % FOLDS != turn
                    });
                } else {
                    for detail in &mut reduced.absent {
                        if detail.asks.len() > 1 && turn < detail.asks.len() {
                            detail.asks.remove(turn);
                        }
                    }
                }
                Arc::new(reduced)
            });
            let reduced = Engine::new(Library::of(sources.collect()));
            for knowledge in engine.library().briefings() {
                for (number, detail) in knowledge.absent.iter().enumerate() {
                    let asks: Vec<&str> = if !whole {
                        detail.asks.get(turn).iter().map(|ask| ask.text.as_str()).collect()
                    } else if (number + 1) % FOLDS == turn {
                        detail.asks.iter().step_by(2).map(|ask| ask.text.as_str()).collect()
                    } else {
                        Vec::new()
                    };
                    for ask in asks {
                        let found = reduced.find(&Query::new(ask, reduced.index().spelling()), &[]);
                        let serves = vec![false; found.candidates.len()];
                        samples.push(Sample {
                            found,
                            serves,
                            answerable: false,
                            weight: if whole { DETAIL } else { ORPHAN },
                        });
                    }
                }
            }
        }
    }
    samples
}

fn score(weights: &[f64], values: &[f32]) -> f64 {
    weights.iter().zip(values).map(|(weight, value)| weight * f64::from(*value)).sum()
}

fn is_first(sample: &Sample, weights: &[f64]) -> bool {
    let best =
        sample.found.candidates.iter().zip(&sample.serves).max_by(|(a, _), (b, _)| {
            score(weights, &a.signals.values()).total_cmp(&score(weights, &b.signals.values()))
        });
    best.is_some_and(|(_, serves)| *serves)
}

fn first_right(samples: &[Sample], weights: &[f64], answerable: usize) -> f64 {
    let right = samples.iter().filter(|s| s.answerable && is_first(s, weights)).count();
    count(right) / count(answerable)
}

/// Maximises the likelihood that a candidate that serves is chosen, by gradient ascent, held near `start`.
fn fit_ranking(samples: &[&Sample], start: &[f64]) -> Vec<f64> {
    const PRIOR: f64 = 0.003;
    let mut weights = start.to_vec();
    ascend(&mut weights, 250, |weights, gradient| {
        let all: f64 = samples.iter().map(|s| s.weight).sum();
        for sample in samples {
            let scores: Vec<f64> =
                sample.found.candidates.iter().map(|c| score(weights, &c.signals.values())).collect();
            let top = scores.iter().copied().fold(f64::MIN, f64::max);
            let odds: Vec<f64> = scores.iter().map(|s| (s - top).exp()).collect();
            let total: f64 = odds.iter().sum();
            let good: f64 = odds.iter().zip(&sample.serves).filter(|(_, s)| **s).map(|(o, _)| o).sum();
            for ((candidate, odd), serves) in sample.found.candidates.iter().zip(&odds).zip(&sample.serves) {
                let pull = if *serves { odd / good.max(1e-12) } else { 0.0 } - odd / total;
                for (slot, value) in gradient.iter_mut().zip(candidate.signals.values()) {
                    *slot += sample.weight * pull * f64::from(value) / all;
                }
            }
        }
        for ((slot, weight), start) in gradient.iter_mut().zip(weights.iter()).zip(start) {
            *slot -= PRIOR * (weight - start);
        }
    });
    weights
}

/// The evidence for what is ranked first, and whether it serves.
struct Row {
    x: [f32; decide::COUNT],
    y: f64,
    weight: f64,
    /// What the bot leaves of the model's chance.
    guard: f64,
}

fn row(sample: &Sample) -> Row {
    let values = sample.found.evidence.as_ref().map_or([0.0; decide::COUNT], Evidence::values);
    let right = sample.serves.first().copied().unwrap_or(false);
    let guard = sample.found.evidence.as_ref().map_or(1.0, Evidence::guard);
    Row { x: values, y: f64::from(u8::from(right)), weight: sample.weight, guard }
}

fn dump(file: &Path, rows: &[Row], more: &[Row]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    let names: Vec<&str> = signals::NAMES.into_iter().chain(decide::NAMES).collect();
    writeln!(out, "{},right,weight", names.join(","))?;
    for row in rows.iter().chain(more) {
        let values: Vec<String> = row.x.iter().map(|value| format!("{value:.4}")).collect();
        writeln!(out, "{},{},{}", values.join(","), row.y, row.weight)?;
    }
    out.flush()
}

/// Adam (Kingma & Ba 2015) on a gradient that `fill` computes.
fn ascend(weights: &mut [f64], steps: i32, mut fill: impl FnMut(&[f64], &mut [f64])) {
    let mut first = vec![0.0; weights.len()];
    let mut second = vec![0.0; weights.len()];
    for step in 1..=steps {
        let mut gradient = vec![0.0; weights.len()];
        fill(weights, &mut gradient);
        for i in 0..weights.len() {
            first[i] = 0.9 * first[i] + 0.1 * gradient[i];
            second[i] = 0.999 * second[i] + 0.001 * gradient[i] * gradient[i];
            let (m, v) = (first[i] / (1.0 - 0.9f64.powi(step)), second[i] / (1.0 - 0.999f64.powi(step)));
            weights[i] += 0.05 * m / (v.sqrt() + 1e-8);
        }
    }
}

/// Prints how well confidences hold, and the thresholds that would be worth most.
fn report(name: &str, predictions: &[(f64, f64, usize)], samples: &[Sample]) {
    let loss: f64 =
        predictions.iter().map(|(p, y, _)| -(y * p.max(1e-9).ln() + (1.0 - y) * (1.0 - p).max(1e-9).ln())).sum();
    println!("{name}: log loss {:.3}", loss / count(predictions.len()));
    for bin in 0..10u32 {
        let (low, high) = (f64::from(bin) / 10.0, f64::from(bin + 1) / 10.0);
        let inside: Vec<_> = predictions.iter().filter(|(p, ..)| *p >= low && (*p < high || bin == 9)).collect();
        if !inside.is_empty() {
            let said = inside.iter().map(|(p, ..)| p).sum::<f64>() / count(inside.len());
            let was = inside.iter().map(|(_, y, _)| y).sum::<f64>() / count(inside.len());
            println!("  said {said:.2}  was {was:.2}  ({} questions)", inside.len());
        }
    }
    let answerable = count(samples.iter().filter(|s| s.answerable).count());
    let rest = count(samples.iter().filter(|s| !s.answerable).count());
    for answer in [0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7] {
        let given: Vec<_> = predictions.iter().filter(|(p, ..)| *p >= answer).collect();
        let right = given.iter().map(|(_, y, _)| y).sum::<f64>() / answerable;
        let wrong = count(given.iter().filter(|(_, y, i)| *y < 0.5 && samples[*i].answerable).count()) / answerable;
        let false_ = count(given.iter().filter(|(.., i)| !samples[*i].answerable).count()) / rest;
        println!("  answer from {answer:.2}: first right {right:.3} wrong {wrong:.3} false {false_:.3}");
    }
}

fn print_constants(name: &str, names: &[&str], values: &[f64]) {
    let list: Vec<String> = values.iter().map(|value| format!("{value:.2}")).collect();
    println!("pub const {name}: [f32; COUNT] = [{}];", list.join(", "));
    let pairs: Vec<String> = names.iter().zip(values).map(|(name, value)| format!("{name} {value:.2}")).collect();
    println!("  // {}", pairs.join(", "));
}
