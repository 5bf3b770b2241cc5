//! `check`: every fault of the knowledge, and how much of the article is accounted for.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::{Exit, print_line};
use crate::answer::Engine;
use crate::knowledge::{Ask, Fault, Kind, Library, Limits};
use crate::text::token::words;

/// Checks what a path names.
///
/// # Errors
/// [`Exit::Usage`] where there is nothing of that name, or the exit code where standard output fails.
pub fn run(path: &Path) -> Result<Exit, Exit> {
    if let Err(error) = std::fs::metadata(path) {
        eprintln!("{}: cannot be read: {error}", path.display());
        return Err(Exit::Usage);
    }
    let (library, mut faults) = Library::examine(path, &Limits::STANDARD);
    if !library.briefings().is_empty() {
        faults.extend(news(&Engine::new(library.clone()), &faults));
    }
    if !faults.is_empty() {
        return report(&faults);
    }
    for knowledge in library.briefings() {
        let coverage = knowledge.coverage;
        print_line(&format!(
            "{}: {} facts, {} asks, {} entities; {} of {} sentences quoted, {} listed as no fact, {} uncovered; no fault",
            knowledge.briefing.id,
            knowledge.facts.len(),
            knowledge.facts.iter().map(|fact| fact.asks.len()).sum::<usize>(),
            knowledge.entities.len(),
            coverage.quoted,
            coverage.sentences,
            coverage.listed,
            coverage.sentences - coverage.quoted - coverage.listed,
        ))?;
    }
    Ok(Exit::Done)
}

/// What the matcher sees beyond known faults: an ask that two facts claim is answered with the wrong one of them anyway.
fn news(engine: &Engine, known: &[Fault]) -> Vec<Fault> {
    let mut shared: HashSet<String> = HashSet::new();
    let mut texts: HashMap<(&Path, usize, usize), &str> = HashMap::new();
    for knowledge in engine.library().briefings() {
        let asks = knowledge.facts.iter().flat_map(|fact| &fact.asks);
        let place = |ask: &Ask| (knowledge.source.path.as_path(), ask.line as usize, ask.column as usize);
        texts.extend(asks.map(|ask| (place(ask), ask.text.as_str())));
    }
    let ask = |fault: &Fault| texts.get(&(fault.file.as_path(), fault.line, fault.column)).copied();
    shared.extend(known.iter().filter(|fault| fault.kind == Kind::SharedAsk).filter_map(ask).map(words));
    let mut news = engine.audit();
    news.retain(|fault| ask(fault).is_none_or(|text| !shared.contains(&words(text))));
    news
}

fn report(faults: &[Fault]) -> Result<Exit, Exit> {
    for fault in faults {
        print_line(&fault.to_string())?;
    }
    print_line(&format!("{} fault{}", faults.len(), if faults.len() == 1 { "" } else { "s" }))?;
    Ok(Exit::Negative)
}
