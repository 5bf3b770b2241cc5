//! Follow-ups: what a question that leans on the one before it takes over from there, and only that.

use crate::knowledge::EntityKind;
use crate::matcher::link::Unit;
use crate::matcher::search::{self, Asked};
use crate::matcher::{Index, Kind, Lean, Query};

/// How many earlier questions count.
pub const TURNS: usize = 3;

/// Weight of what is taken over by a question that can't be understood alone.
const TAKEN_OVER: f32 = 0.6;
/// Weight of what a question that only holds a pronoun takes over.
const TAKEN_BY_PRONOUN: f32 = 0.35;

/// Resolves a question against the earlier ones, oldest first: what it asks with all that it takes over, and the same
/// without, where it may also stand alone.
#[must_use]
pub fn resolve(index: &Index, query: &Query, context: &[String]) -> (Asked, Option<Asked>) {
    let alone = Asked::new(query, index);
    if query.lean == Lean::None || context.is_empty() {
        return (alone, None);
    }
    let recent = context.get(context.len().saturating_sub(TURNS)..).unwrap_or(context);
    let mut before: Option<Asked> = None;
    for text in recent {
        let earlier = Query::new(text, index.spelling());
        if earlier.is_empty() && earlier.lean != Lean::Ellipsis || earlier.small_talk.is_some() {
            continue;
        }
        let asked = Asked::new(&earlier, index);
        before = Some(match before {
            Some(older) if earlier.lean != Lean::None => take_over(index, &earlier, asked, &older),
            _ => asked,
        });
    }
    match before {
        None => (alone, None),
        Some(before) => {
            let leaning = take_over(index, query, alone.clone(), &before);
            (leaning, (query.lean == Lean::Pronoun).then_some(alone))
        }
    }
}

/// How much more a name weighs to which a question turns.
const SHIFTED: f32 = 2.0;

/// Adds to a question what it lacks from the one before it.
fn take_over(index: &Index, query: &Query, mut asked: Asked, before: &Asked) -> Asked {
    let share = if query.lean == Lean::Ellipsis { TAKEN_OVER } else { TAKEN_BY_PRONOUN };
    let own = entities_of(index, &asked);
    // "what about Utopia?": whoever it was about before, it is about Utopia now.
    let shifts = query.lean == Lean::Ellipsis
        && !own.is_empty()
        && (query.turns() || asked.units.iter().all(|unit| unit.entity.is_some()));
    if shifts {
        asked.weights.iter_mut().for_each(|weight| *weight *= SHIFTED);
    }
    let mut gone = Vec::new();
    for ((number, unit), weight) in before.units.iter().enumerate().zip(&before.weights) {
        let replaced = is_replaced(index, unit, &own, shifts);
        if replaced {
            gone.push(number);
        }
        let full = asked.units.len() >= search::UNITS;
        if full || replaced || asked.units.iter().any(|known| known.name == unit.name) {
            continue;
        }
        asked.units.push(unit.clone());
        asked.weights.push(weight * share);
    }
    asked.take_words(before, &gone, share);
    // "on what condition?" asks for something else than the question before it.
    let asks_itself = query.asks_at.is_some() && !query.turns() && !query.is_empty();
    if query.lean == Lean::Ellipsis && asked.kind == Kind::What && !asks_itself {
        asked.kind = before.kind;
    }
    asked.meaning.add_share(&before.meaning, share);
    let found = search::search(index, before);
    asked.before = found.facts.iter().take(1).map(|candidate| candidate.fact).collect();
    asked.shifts = shifts;
    asked
}

/// Adds to a part of a question what the rest of it says, at less weight: all but the entities that those of the part
/// stand beside.
#[must_use]
pub fn beside(index: &Index, query: &Query, mut part: Asked, whole: &Asked) -> Asked {
    let own = entities_of(index, &part);
    let share = if query.asks_at.is_some() { TAKEN_BY_PRONOUN } else { TAKEN_OVER };
    let mut gone = Vec::new();
    for ((number, unit), weight) in whole.units.iter().enumerate().zip(&whole.weights) {
        let replaced = is_replaced(index, unit, &own, false);
        if replaced {
            gone.push(number);
        }
        if part.units.len() < search::UNITS && !replaced && part.units.iter().all(|known| known.name != unit.name) {
            part.units.push(unit.clone());
            part.weights.push(weight * share);
        }
    }
    part.take_words(whole, &gone, share);
    part.meaning.add_share(&whole.meaning, share);
    part.precise |= whole.precise;
    part
}

/// Whether one of the entities stands in for that of a unit: any that acts for any that acts, where a question shifts.
fn is_replaced(index: &Index, unit: &Unit, by: &[(u32, EntityKind)], shifts: bool) -> bool {
    unit.entity.is_some_and(|entity| {
        kind_of(index, entity).is_some_and(|kind| {
            by.iter().any(|(other, k)| *other != entity && (alike(*k, kind) || shifts && acts(*k) && acts(kind)))
        })
    })
}

fn entities_of(index: &Index, asked: &Asked) -> Vec<(u32, EntityKind)> {
    asked.units.iter().filter_map(|unit| unit.entity).filter_map(|e| kind_of(index, e).map(|k| (e, k))).collect()
}

/// The units of a question that name entities of one class side by side, with at most joining words between them.
#[must_use]
pub fn side_by_side(index: &Index, query: &Query, asked: &Asked) -> Vec<usize> {
    const JOINING: [&str; 12] = ["and", "or", "vs", "versus", "n", "the", "plus", "with", "both", "also", "as", "well"];
    let joined = |from: usize, to: usize| {
        let between = query.words.get(from + 1..to).unwrap_or_default();
        between.len() <= 4
            && between.iter().all(|word| JOINING.contains(&word.token.word.as_str()) || !word.content)
            && between.iter().any(|word| JOINING.contains(&word.token.word.as_str()))
            || between.is_empty()
    };
    let entities: Vec<(usize, &Unit)> =
        asked.units.iter().enumerate().filter(|(_, unit)| unit.entity.is_some()).collect();
    let mut run: Vec<usize> = Vec::new();
    for pair in entities.windows(2) {
        let [(first, a), (second, b)] = pair else { continue };
        let classes = a.entity.and_then(|e| kind_of(index, e)).zip(b.entity.and_then(|e| kind_of(index, e)));
        if classes.is_some_and(|(a, b)| alike(a, b)) && b.at > a.at && joined(a.at, b.at) {
            if run.last() != Some(first) {
                run.push(*first);
            }
            run.push(*second);
        }
    }
    run
}

/// Whether one entity can stand in for another in a question: states for states, people for people, places for places.
fn alike(a: EntityKind, b: EntityKind) -> bool {
    let class = |kind| match kind {
        EntityKind::Person => 0,
        EntityKind::Country | EntityKind::Organisation | EntityKind::Group => 1,
        EntityKind::Place | EntityKind::Facility => 2,
        EntityKind::Document | EntityKind::Event => 3,
    };
    class(a) == class(b)
}

/// Whether an entity can say and do things.
fn acts(kind: EntityKind) -> bool {
    matches!(kind, EntityKind::Person | EntityKind::Country | EntityKind::Organisation | EntityKind::Group)
}

fn kind_of(index: &Index, entity: u32) -> Option<EntityKind> {
    let mut at = entity as usize;
    for knowledge in index.briefings() {
        match knowledge.entities.get(at) {
            Some(entity) => return Some(entity.kind),
            None => at -= knowledge.entities.len(),
        }
    }
    None
}
