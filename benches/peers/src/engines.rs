//! The programs that are compared, each behind the same two steps: load, then find one fact.

use std::hint::black_box;
use std::io::BufRead as _;
use std::path::Path;
use std::time::{Duration, Instant};

use briefing_bot::answer::{Engine, Question};
use rapidfuzz::fuzz::{Args, RatioBatchComparator};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, FuzzyTermQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value as _};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{Index, Searcher, TantivyDocument, Term};

use crate::Result;
use crate::measure::{memory, percentile};
use crate::synthetic::limits;

/// The names of the programs; the first is the product.
pub(crate) const ENGINES: [&str; 3] = ["briefing-bot", "tantivy", "rapidfuzz"];

/// Time after which no further question is asked: a scan of a million facts takes seconds.
const LONGEST: Duration = Duration::from_secs(30);
/// Questions that are asked however long they take.
const LEAST: usize = 20;

/// Finds the number of the fact that a question asks for.
type Find = Box<dyn FnMut(&str) -> Result<Option<usize>>>;

/// Measures one program and prints load (s), median and p99 (µs), peak memory (MiB), share right and questions asked.
pub(crate) fn run(name: &str, folder: &Path) -> Result<()> {
    let start = Instant::now();
    let mut find = match name {
        "briefing-bot" => briefing_bot(folder)?,
        "tantivy" => tantivy(folder)?,
        "rapidfuzz" => rapidfuzz(folder)?,
        other => return Err(format!("no program `{other}`").into()),
    };
    let load = start.elapsed();
    let questions = std::fs::read_to_string(folder.join("questions.tsv"))?;
    let questions: Vec<(&str, &str)> = questions.lines().filter_map(|line| line.split_once('\t')).collect();
    // A short question warms the caches up.
    black_box(find(questions.first().map_or("", |(_, text)| text))?);
    let (mut times, mut right, mut about) = (Vec::new(), 0.0, 0.0);
    let first = Instant::now();
    for (fact, text) in &questions {
        if times.len() >= LEAST && first.elapsed() > LONGEST {
            break;
        }
        let start = Instant::now();
        let found = black_box(find(text)?);
        times.push(start.elapsed());
        if let Ok(fact) = fact.parse::<usize>() {
            about += 1.0;
            right += f64::from(u8::from(found == Some(fact)));
        }
    }
    times.sort_unstable();
    let micros = |share| percentile(&times, share).as_secs_f64() * 1e6;
    println!(
        "{} {} {} {} {} {}",
        load.as_secs_f64(),
        micros(0.5),
        micros(0.99),
        memory("VmHWM"),
        right / f64::max(about, 1.0),
        times.len()
    );
    Ok(())
}

/// The whole way of a question to its composed answer; what is timed is more than the search.
fn briefing_bot(folder: &Path) -> Result<Find> {
    let engine = Engine::load(folder, &limits())?;
    let mut firsts = Vec::new();
    let mut next = 0;
    for knowledge in engine.library().briefings() {
        firsts.push((knowledge.briefing.id.clone(), next));
        next += knowledge.facts.len();
    }
    Ok(Box::new(move |text| {
        let answer = engine.answer(&Question::new(text));
        let best = answer.answers.first().or(answer.suggestions.first());
        Ok(best.and_then(|hit| {
            let id = &hit.knowledge.briefing.id;
            firsts.iter().find(|(known, _)| known == id).map(|(_, first)| first + hit.index)
        }))
    }))
}

/// Calls `each` with the number of each fact, its statement and its asks.
fn facts(folder: &Path, mut each: impl FnMut(u64, &[&str]) -> Result<()>) -> Result<()> {
    for line in std::io::BufReader::new(std::fs::File::open(folder.join("facts.tsv"))?).lines() {
        let line = line?;
        let texts: Vec<&str> = line.split('\t').collect();
        if let [number, texts @ ..] = texts.as_slice() {
            each(number.parse()?, texts)?;
        }
    }
    Ok(())
}

/// Terms that tantivy's English stemmer makes, by BM25; a word that the index doesn't have as a fuzzy term of at most
/// two edits. A fact is one document of its statement and asks.
fn tantivy(folder: &Path) -> Result<Find> {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default().set_tokenizer("en_stem").set_index_option(IndexRecordOption::WithFreqs);
    let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
    let number = schema.add_u64_field("number", STORED);
    let index = Index::create_in_ram(schema.build());
    let mut writer = index.writer_with_num_threads(1, 200_000_000)?;
    facts(folder, |at, texts| {
        let mut document = TantivyDocument::default();
        document.add_u64(number, at);
        texts.iter().for_each(|one| document.add_text(text, one));
        writer.add_document(document)?;
        Ok(())
    })?;
    writer.commit()?;
    writer.wait_merging_threads()?;
    let searcher = index.reader()?.searcher();
    let mut analyzer = index.tokenizers().get("en_stem").ok_or("no English stemmer")?;
    Ok(Box::new(move |question| {
        let query = terms(question, text, &searcher, &mut analyzer)?;
        let found = searcher.search(&query, &TopDocs::with_limit(3).order_by_score())?;
        let Some((_, address)) = found.first() else { return Ok(None) };
        let document: TantivyDocument = searcher.doc(*address)?;
        let at = document.get_first(number).and_then(|value| value.as_u64());
        Ok(at.and_then(|at| usize::try_from(at).ok()))
    }))
}

fn terms(question: &str, field: Field, searcher: &Searcher, analyzer: &mut TextAnalyzer) -> Result<BooleanQuery> {
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    let mut stream = analyzer.token_stream(question);
    while stream.advance() {
        let word = &stream.token().text;
        let term = Term::from_field_text(field, word);
        let clause: Box<dyn Query> = if searcher.doc_freq(&term)? > 0 {
            Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
        } else {
            let edits = if word.chars().count() <= 4 { 1 } else { 2 };
            Box::new(FuzzyTermQuery::new(term, edits, true))
        };
        clauses.push((Occur::Should, clause));
    }
    Ok(BooleanQuery::new(clauses))
}

/// rapidfuzz's ratio over sorted words (its Python edition's `token_sort_ratio`; the crate has no set ratio), against
/// every statement and every ask, with the best so far as the cutoff.
fn rapidfuzz(folder: &Path) -> Result<Find> {
    let mut texts: Vec<(usize, Box<str>)> = Vec::new();
    facts(folder, |at, all| {
        let at = usize::try_from(at)?;
        texts.extend(all.iter().map(|text| (at, sorted_words(text).into())));
        Ok(())
    })?;
    Ok(Box::new(move |question| {
        let question = sorted_words(question);
        let scorer = RatioBatchComparator::new(question.bytes());
        let mut best: Option<(f64, usize)> = None;
        for (fact, text) in &texts {
            let args = Args::default().score_cutoff(best.map_or(0.0, |(score, _)| score));
            if let Some(score) = scorer.similarity_with_args(text.bytes(), &args)
                && best.is_none_or(|(known, _)| score > known)
            {
                best = Some((score, *fact));
            }
        }
        Ok(best.map(|(_, fact)| fact))
    }))
}

/// The words of a text in lower case, without marks, in alphabetical order.
fn sorted_words(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}
