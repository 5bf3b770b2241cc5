//! Near misses made of asks: the same question about somebody or something else.

use briefing_bot::answer::Engine;
use briefing_bot::knowledge::{Entity, EntityKind};
use briefing_bot::matcher::Kind;
use briefing_bot::text::tokenize;

/// An ask with a name that the fact speaks of replaced by the name of another entity of that kind, of which it doesn't
/// speak. `None` where there is no such name, and for yes-or-no questions, which the fact then settles.
pub(crate) fn name(engine: &Engine, number: usize, ask: &str) -> Option<String> {
    if Kind::of(&tokenize(ask)) == Kind::YesNo {
        return None;
    }
    let (knowledge, fact) = engine.index().fact(number);
    let (own, from, to) = fact.entities.iter().find_map(|at| {
        let entity = knowledge.entities.get(*at)?;
        names(entity).find_map(|name| {
            let from = ask.find(name)?;
            let to = from + name.len();
            let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            (edge(ask.get(..from)?.chars().next_back()) && edge(ask.get(to..)?.chars().next()))
                .then_some((entity, from, to))
        })
    })?;
    let others: Vec<&Entity> = knowledge
        .entities
        .iter()
        .enumerate()
        .filter(|(at, other)| !fact.entities.contains(at) && class(other.kind) == class(own.kind))
        .filter(|(_, other)| !fact.quotes.iter().any(|quote| names(other).any(|name| quote.text.contains(name))))
        .map(|(_, other)| other)
        .collect();
    let other = others.get((ask.len() * 7 + number) % others.len().max(1))?;
    Some(format!("{}{}{}", ask.get(..from)?, other.name, ask.get(to..)?))
}

fn names(entity: &Entity) -> impl Iterator<Item = &str> {
    std::iter::once(&entity.name).chain(&entity.aliases).map(String::as_str)
}

fn class(kind: EntityKind) -> u8 {
    match kind {
        EntityKind::Person => 0,
        EntityKind::Country | EntityKind::Organisation | EntityKind::Group => 1,
        EntityKind::Place | EntityKind::Facility => 2,
        EntityKind::Document | EntityKind::Event => 3,
    }
}
