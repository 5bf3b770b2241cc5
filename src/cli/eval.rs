//! `eval`: accuracy on a labelled question set, by category, with floors.
//!
//! A question is a JSON object a line: `id`, `question`, `context` (earlier questions), `category`, `gold` (groups of
//! verbatim stretches of the article: any of a group serves, all groups are needed; empty where the article doesn't
//! say), `must` (regular expressions that what is shown has to match).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regex::RegexBuilder;
use serde::Deserialize;

use super::{EvalArgs, Exit, print_line, show};
use crate::answer::{Answer, Engine, Hit, MAX_ANSWERS, Outcome, Question};
use crate::knowledge::Article;
use crate::matcher::{Index, Query};

/// A labelled question.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labelled {
    /// Its name.
    pub id: String,
    /// The question.
    pub question: String,
    /// Earlier questions of the same person, oldest first.
    #[serde(default)]
    pub context: Vec<String>,
    /// What kind of question it is.
    pub category: String,
    /// Whether the article answers it; the same as whether `gold` holds anything.
    #[serde(default)]
    pub answerable: Option<bool>,
    /// Groups of verbatim stretches of the article.
    #[serde(default)]
    pub gold: Vec<Vec<String>>,
    /// Regular expressions, case ignored.
    #[serde(default)]
    pub must: Vec<String>,
    /// For readers.
    #[serde(default)]
    pub note: String,
}

/// What an answer was worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// All that was needed is quoted, and the first answer is to the point.
    Right,
    /// The first answer is to the point, but something is missing.
    Part,
    /// Not answered, but a suggestion is to the point.
    Offered,
    /// Not answered though the article says it.
    Missed,
    /// Answered with something else.
    Wrong,
    /// Not answerable, and nothing said.
    Silent,
    /// Not answerable, and something suggested.
    Hedged,
    /// Not answerable, and answered.
    False,
}

const VERDICTS: [(Verdict, &str, f64); 8] = [
    (Verdict::Right, "right", 1.0),
    (Verdict::Part, "part", 0.5),
    (Verdict::Offered, "offered", 0.5),
    (Verdict::Missed, "missed", 0.0),
    (Verdict::Wrong, "wrong", -1.0),
    (Verdict::Silent, "silent", 1.0),
    (Verdict::Hedged, "hedged", 0.75),
    (Verdict::False, "false", -1.0),
];

impl Verdict {
    /// Its name, as in `--show`.
    #[must_use]
    pub fn name(self) -> &'static str {
        VERDICTS.iter().find(|(verdict, ..)| *verdict == self).map_or("", |(_, name, _)| name)
    }

    /// What it counts in `trust`: 1 for a right answer or a right silence, -1 for a wrong answer.
    #[must_use]
    pub fn worth(self) -> f64 {
        VERDICTS.iter().find(|(verdict, ..)| *verdict == self).map_or(0.0, |(.., worth)| *worth)
    }
}

/// Reads a labelled question set.
///
/// # Errors
/// A sentence that names the file and the line.
pub fn read(path: &Path) -> Result<Vec<Labelled>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let questions: Vec<Labelled> = lines
        .map(|(line, number): (&str, usize)| {
            serde_json::from_str(line).map_err(|error| format!("{}:{number}: {error}", path.display()))
        })
        .collect::<Result<_, _>>()?;
    if questions.is_empty() {
        return Err(format!("{}: holds no question", path.display()));
    }
    Ok(questions)
}

/// The gold of a question as sentences of the articles: for each group the sentences that serve.
///
/// # Errors
/// The stretch that stands in no article.
pub fn gold(engine: &Engine, question: &Labelled) -> Result<Vec<BTreeSet<(usize, usize)>>, String> {
    let find = |stretch: &String| -> Result<Vec<(usize, usize)>, String> {
        let found = engine.library().briefings().iter().enumerate().find_map(|(number, knowledge)| {
            let place = knowledge.article.find(stretch)?;
            Some(knowledge.article.sentences_at(&place).map(|sentence| (number, sentence)).collect())
        });
        found.ok_or_else(|| format!("{}: no article says \"{stretch}\"", question.id))
    };
    question
        .gold
        .iter()
        .map(|group| {
            group.iter().map(find).collect::<Result<Vec<_>, _>>().map(|found| found.into_iter().flatten().collect())
        })
        .collect()
}

/// The sentences that a fact quotes, by the number of the briefing and their own.
#[must_use]
pub fn quoted(engine: &Engine, hit: &Hit) -> BTreeSet<(usize, usize)> {
    let number = engine.library().briefings().iter().position(|k| k.briefing.id == hit.knowledge.briefing.id);
    let article: &Article = &hit.knowledge.article;
    let quotes = hit.fact().quotes.iter().flat_map(|quote| article.sentences_at(&quote.place));
    quotes.map(|sentence| (number.unwrap_or_default(), sentence)).collect()
}

/// Judges an answer.
///
/// # Errors
/// What is wrong with the label.
pub fn judge(engine: &Engine, question: &Labelled, answer: &Answer) -> Result<Verdict, String> {
    let groups = gold(engine, question)?;
    if groups.is_empty() {
        return Ok(match answer.outcome {
            Outcome::Answer => Verdict::False,
            Outcome::Suggest => Verdict::Hedged,
            Outcome::None => Verdict::Silent,
        });
    }
    let serves = |hit: &Hit| {
        let sentences = quoted(engine, hit);
        groups.iter().any(|group| !group.is_disjoint(&sentences))
    };
    if answer.outcome == Outcome::Suggest {
        return Ok(if answer.suggestions.iter().any(serves) { Verdict::Offered } else { Verdict::Missed });
    }
    let Some(first) = answer.answers.first() else { return Ok(Verdict::Missed) };
    if !serves(first) {
        return Ok(Verdict::Wrong);
    }
    let shown: Vec<&Hit> = answer.answers.iter().take(MAX_ANSWERS).collect();
    let have: BTreeSet<(usize, usize)> = shown.iter().flat_map(|hit| quoted(engine, hit)).collect();
    let text: Vec<String> = shown
        .iter()
        .flat_map(|hit| {
            std::iter::once(show::statement(hit)).chain(hit.fact().quotes.iter().map(|quote| quote.text.clone()))
        })
        .collect();
    let text = text.join("\n");
    let folded = crate::text::fold(&text);
    let mut full = groups.iter().all(|group| !group.is_disjoint(&have));
    for must in &question.must {
        let pattern = RegexBuilder::new(must).case_insensitive(true).build();
        let pattern = pattern.map_err(|error| format!("{}: {error}", question.id))?;
        full &= pattern.is_match(&text) || pattern.is_match(&folded);
    }
    Ok(if full { Verdict::Right } else { Verdict::Part })
}

/// Runs a question set and prints the table.
///
/// # Errors
/// The exit code where the set can't be read, a floor isn't reached or output fails.
pub fn run(engine: &Engine, args: &EvalArgs) -> Result<Exit, Exit> {
    let rates = match &args.file {
        Some(file) => questions(engine, file, &args.show)?,
        None => leave_one_out(engine)?,
    };
    let value = |name: &str| rates.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let mut exit = Exit::Done;
    let bounds = args.floor.iter().map(|bound| (bound, false)).chain(args.ceiling.iter().map(|bound| (bound, true)));
    for ((name, bound), is_ceiling) in bounds {
        match value(name) {
            None => {
                eprintln!("There is no rate \"{name}\"; there are {}.", names(&rates));
                return Err(Exit::Usage);
            }
            Some(rate) if is_ceiling && rate > *bound => {
                eprintln!("{name} is {rate:.3}, above {bound}");
                exit = Exit::Negative;
            }
            Some(rate) if !is_ceiling && rate < *bound => {
                eprintln!("{name} is {rate:.3}, below {bound}");
                exit = Exit::Negative;
            }
            Some(_) => {}
        }
    }
    Ok(exit)
}

type Rates = Vec<(&'static str, f64)>;

fn names(rates: &Rates) -> String {
    rates.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

#[expect(clippy::cast_precision_loss, reason = "counts of questions")]
fn questions(engine: &Engine, file: &Path, shown: &[Verdict]) -> Result<Rates, Exit> {
    let usage = |problem: String| {
        eprintln!("{problem}");
        Exit::Usage
    };
    let questions = read(file).map_err(usage)?;
    let mut table: BTreeMap<&str, BTreeMap<Verdict, usize>> = BTreeMap::new();
    let mut all: BTreeMap<Verdict, usize> = BTreeMap::new();
    for question in &questions {
        let answer = engine.answer(&Question { text: question.question.clone(), context: question.context.clone() });
        let verdict = judge(engine, question, &answer).map_err(usage)?;
        *table.entry(&question.category).or_default().entry(verdict).or_default() += 1;
        *all.entry(verdict).or_default() += 1;
        if shown.contains(&verdict) {
            let first = answer.answers.first().or(answer.suggestions.first());
            let got = first.map_or("nothing", |hit| hit.fact().id.as_str());
            let confidence = first.map_or(0.0, |hit| hit.confidence);
            let context = if question.context.is_empty() { String::new() } else { format!(" {:?}", question.context) };
            print_line(&format!(
                "{:8}{}{context} {:?} gold {:?} got {got} {confidence:.2}",
                verdict.name(),
                question.id,
                question.question,
                question.gold,
            ))?;
        }
    }
    let heading = VERDICTS.map(|(_, name, _)| format!("{name:>9}")).concat();
    print_line(&format!("{:14}{:>5}{heading}{:>8}", "category", "n", "trust"))?;
    for (category, counts) in table.iter().map(|(name, counts)| (*name, counts)).chain([("ALL", &all)]) {
        let n: usize = counts.values().sum();
        let cells: String = VERDICTS
            .iter()
            .map(|(verdict, ..)| counts.get(verdict).map_or(format!("{:>9}", ""), |count| format!("{count:>9}")))
            .collect();
        print_line(&format!("{category:14}{n:>5}{cells}{:>8.2}", trust(counts)))?;
    }
    let answerable = questions.iter().filter(|question| !question.gold.is_empty()).count();
    let rate = |verdict: Verdict, of: usize| *all.get(&verdict).unwrap_or(&0) as f64 / of.max(1) as f64;
    let rest = questions.len() - answerable;
    let rates = vec![
        ("right", rate(Verdict::Right, answerable)),
        ("offered", rate(Verdict::Offered, answerable)),
        ("missed", rate(Verdict::Missed, answerable)),
        ("wrong", rate(Verdict::Wrong, answerable)),
        ("false", rate(Verdict::False, rest)),
        ("hedged", rate(Verdict::Hedged, rest)),
        ("trust", trust(&all)),
    ];
    let line: Vec<String> = rates.iter().map(|(name, value)| format!("{name}={value:.3}")).collect();
    print_line(&format!("questions={} {}", questions.len(), line.join(" ")))?;
    Ok(rates)
}

#[expect(clippy::cast_precision_loss, reason = "counts of questions")]
fn trust(counts: &BTreeMap<Verdict, usize>) -> f64 {
    let worth: f64 = counts.iter().map(|(verdict, count)| verdict.worth() * *count as f64).sum();
    worth / counts.values().sum::<usize>().max(1) as f64
}

/// Leaves each ask out in turn and asks it: how often the matcher ranks its fact, or one with the same words of the
/// article, first.
#[expect(clippy::cast_precision_loss, reason = "counts of asks")]
fn leave_one_out(engine: &Engine) -> Result<Rates, Exit> {
    let library = engine.library();
    let most = library.briefings().iter().flat_map(|k| &k.facts).map(|fact| fact.asks.len()).max().unwrap_or_default();
    let (mut found, mut answered, mut all) = (0usize, 0usize, 0usize);
    for left_out in 0..most {
        let index = Index::without(library, |_| false, |_, ask| ask == left_out);
        let engine = Engine::with_index(library.clone(), index);
        for number in 0..engine.index().facts().len() {
            let (_, fact) = engine.index().fact(number);
            let Some(ask) = fact.asks.get(left_out) else { continue };
            all += 1;
            let query = Query::new(&ask.text, engine.index().spelling());
            let winner = engine.find(&query, &[]).candidates.first().map(|candidate| candidate.fact);
            let same = winner == Some(number)
                || winner.is_some_and(|winner| {
                    let other = engine.index().fact(winner).1;
                    other.quotes.iter().any(|quote| fact.quotes.iter().any(|own| own.text == quote.text))
                });
            found += usize::from(same);
            let answer = engine.answer(&Question::new(ask.text.as_str()));
            answered += usize::from(same && answer.outcome == Outcome::Answer);
        }
    }
    let rate = |count: usize| count as f64 / all.max(1) as f64;
    let rates = vec![("found", rate(found)), ("answered", rate(answered))];
    print_line(&format!("asks={all} found={:.3} answered={:.3}", rate(found), rate(answered)))?;
    Ok(rates)
}

/// Reads `rate=value`.
///
/// # Errors
/// A sentence on the form.
pub fn parse_bound(text: &str) -> Result<(String, f64), String> {
    let (name, value) = text.split_once('=').ok_or("write it as right=0.8")?;
    let value: f64 = value.parse().map_err(|_| format!("`{value}` is no number"))?;
    if (-1.0..=1.0).contains(&value) {
        Ok((name.to_owned(), value))
    } else {
        Err("rates lie between -1 and 1".to_owned())
    }
}

/// Reads the name of a verdict.
///
/// # Errors
/// The names that there are.
pub fn parse_verdict(text: &str) -> Result<Verdict, String> {
    let known = VERDICTS.iter().find(|(_, name, _)| *name == text).map(|(verdict, ..)| *verdict);
    known.ok_or_else(|| format!("there are {}", VERDICTS.map(|(_, name, _)| name).join(", ")))
}

#[cfg(test)]
mod tests;
