//! Shows what the matcher makes of a question: its units with their weights, and the candidates with their signals.
//!
//! `cargo run --example explain -- "QUESTION" ["EARLIER QUESTION"...]`

use std::path::Path;

use briefing_bot::answer::Engine;
use briefing_bot::knowledge::Limits;
use briefing_bot::matcher::{Query, signals};

fn main() {
    let mut args = std::env::args().skip(1);
    let question = args.next().unwrap_or_default();
    let context: Vec<String> = args.collect();
    let engine = match Engine::load(
        Path::new(&std::env::var("KNOWLEDGE_PATH").unwrap_or_else(|_| "knowledge".to_owned())),
        &Limits::STANDARD,
    ) {
        Ok(engine) => engine,
        Err(faults) => {
            eprintln!("{faults}");
            std::process::exit(2);
        }
    };
    let query = Query::new(&question, engine.index().spelling());
    println!(
        "kind {:?}, lean {:?}, small talk {:?}, attributes {:?}",
        query.kind, query.lean, query.small_talk, query.attributes
    );
    let found = engine.find(&query, &context);
    for (unit, weight) in found.asked.units.iter().zip(&found.asked.weights) {
        let name = unit.entity.map_or(unit.name.to_string(), |entity| {
            let entities = engine.index().briefings().iter().flat_map(|knowledge| &knowledge.entities);
            let id = entities.map(|e| e.id.as_str()).nth(entity as usize).unwrap_or("?");
            format!("@{id}")
        });
        println!("  {name:24} weight {weight:.2}{}", if unit.unknown { " unknown" } else { "" });
    }
    println!("confidence {:.3}", found.confidence);
    for detail in found.absent.iter().take(3) {
        let id = engine.index().absent(detail.fact).map_or("?", |absent| absent.id.as_str());
        println!(
            "  {:6.2} absent {id:29} nearest_ask {:.2} coverage {:.2}",
            detail.score, detail.signals.nearest_ask, detail.signals.coverage
        );
    }
    for candidate in found.candidates.iter().take(4) {
        let values = candidate.signals.values();
        let shown: Vec<String> =
            signals::NAMES.iter().zip(values).map(|(name, value)| format!("{name} {value:.2}")).collect();
        println!("  {:6.2} {:36} {}", candidate.score, engine.index().fact(candidate.fact).1.id, shown.join(" "));
    }
}
