//! `check`: every fault of the knowledge, and how much of the article is accounted for.

use std::path::Path;

use super::{Exit, print_line};
use crate::answer::Engine;
use crate::knowledge::{Fault, Faults, Library, Limits};

/// Checks what a path names.
///
/// # Errors
/// The exit code where standard output fails.
pub fn run(path: &Path) -> Result<Exit, Exit> {
    let engine = match Library::load(path, &Limits::STANDARD) {
        Ok(library) => Engine::new(library),
        Err(Faults(faults)) => return report(&faults),
    };
    let faults = engine.audit();
    if !faults.is_empty() {
        return report(&faults);
    }
    for knowledge in engine.library().briefings() {
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

fn report(faults: &[Fault]) -> Result<Exit, Exit> {
    for fault in faults {
        print_line(&fault.to_string())?;
    }
    print_line(&format!("{} fault{}", faults.len(), if faults.len() == 1 { "" } else { "s" }))?;
    Ok(Exit::Negative)
}
