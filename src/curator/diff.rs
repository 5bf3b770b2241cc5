//! What differs between two states of the knowledge: facts added, changed and removed, and coverage.

use std::fmt::Write as _;

use crate::knowledge::{Coverage, Fact, Knowledge, Library, List};

/// What differs between two states of the knowledge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Briefings that differ, in the order of their files, removed ones last.
    pub briefings: Vec<BriefingDifference>,
}

/// What differs in one briefing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BriefingDifference {
    /// Its id.
    pub id: String,
    /// Whether it is new or gone as a whole.
    pub presence: Presence,
    /// Facts that are new, by id and statement.
    pub added: Vec<(String, String)>,
    /// Facts that are different.
    pub changed: Vec<FactDifference>,
    /// Facts that are gone, by id and statement.
    pub removed: Vec<(String, String)>,
    /// Whether the article differs.
    pub article: bool,
    /// Whether anything else differs: entities, synonyms, contradictions, absent details, lists, the briefing's own data.
    pub other: bool,
    /// Coverage before, if it was there.
    pub before: Option<Coverage>,
    /// Coverage after, if it is there.
    pub after: Option<Coverage>,
}

/// Whether a briefing is there before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Presence {
    /// Before and after.
    #[default]
    Kept,
    /// Only after.
    Added,
    /// Only before.
    Removed,
}

/// What differs in one fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactDifference {
    /// Its id.
    pub id: String,
    /// A line for each thing that differs.
    pub lines: Vec<String>,
}

impl Difference {
    /// What differs from one state to another.
    #[must_use]
    pub fn between(before: &Library, after: &Library) -> Self {
        let mut briefings = Vec::new();
        for new in after.briefings() {
            let old = before.briefing(&new.briefing.id).map(AsRef::as_ref);
            briefings.extend(briefing(old, Some(new)));
        }
        for old in before.briefings() {
            if after.briefing(&old.briefing.id).is_none() {
                briefings.extend(briefing(Some(old), None));
            }
        }
        Self { briefings }
    }

    /// Whether nothing differs that anybody would notice.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.briefings.is_empty()
    }

    /// How many facts are added, changed and removed.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        self.briefings.iter().fold((0, 0, 0), |(added, changed, removed), briefing| {
            (added + briefing.added.len(), changed + briefing.changed.len(), removed + briefing.removed.len())
        })
    }

    /// All of it as plain text, for a file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for briefing in &self.briefings {
            let state = match briefing.presence {
                Presence::Kept => "",
                Presence::Added => " (new briefing)",
                Presence::Removed => " (briefing removed)",
            };
            // Writing to a String can't fail.
            let _ = writeln!(text, "{}{state}", briefing.id);
            for (id, statement) in &briefing.added {
                let _ = writeln!(text, "  + {id}: {statement}");
            }
            for fact in &briefing.changed {
                let _ = writeln!(text, "  ~ {}", fact.id);
                for line in &fact.lines {
                    let _ = writeln!(text, "      {line}");
                }
            }
            for (id, statement) in &briefing.removed {
                let _ = writeln!(text, "  - {id}: {statement}");
            }
            if briefing.article {
                text.push_str("  the article differs\n");
            }
            if briefing.other {
                text.push_str("  entities, synonyms, contradictions, absent details, lists or the heading differ\n");
            }
            let _ = writeln!(text, "  coverage: {}", coverage(briefing.before, briefing.after));
        }
        text
    }
}

/// Coverage before and after, in words.
#[must_use]
pub fn coverage(before: Option<Coverage>, after: Option<Coverage>) -> String {
    let words = |coverage: Coverage| {
        let Coverage { sentences, quoted, listed } = coverage;
        format!("{quoted} of {sentences} sentences quoted, {listed} listed as no fact")
    };
    match (before, after) {
        (Some(before), Some(after)) if before != after => format!("{} → {}", words(before), words(after)),
        (Some(coverage), _) | (None, Some(coverage)) => words(coverage),
        (None, None) => String::new(),
    }
}

fn briefing(old: Option<&Knowledge>, new: Option<&Knowledge>) -> Option<BriefingDifference> {
    let digests = (old.map(|old| &old.digest), new.map(|new| &new.digest));
    if digests.0 == digests.1 {
        return None;
    }
    let mut difference = BriefingDifference {
        id: new.or(old).map(|knowledge| knowledge.briefing.id.clone()).unwrap_or_default(),
        presence: match (old, new) {
            (None, _) => Presence::Added,
            (_, None) => Presence::Removed,
            _ => Presence::Kept,
        },
        before: old.map(|old| old.coverage),
        after: new.map(|new| new.coverage),
        ..BriefingDifference::default()
    };
    let named = |fact: &Fact| (fact.id.clone(), fact.statement.clone());
    let known = |knowledge: Option<&Knowledge>| -> std::collections::HashMap<String, usize> {
        let facts = knowledge.map(|knowledge| knowledge.facts.as_slice()).unwrap_or_default();
        facts.iter().enumerate().map(|(index, fact)| (fact.id.clone(), index)).collect()
    };
    let (before, after) = (known(old), known(new));
    for (knowledge, fact) in new.iter().flat_map(|new| new.facts.iter().map(move |fact| (*new, fact))) {
        match old.and_then(|old| Some((old, old.facts.get(*before.get(&fact.id)?)?))) {
            None => difference.added.push(named(fact)),
            Some(was) => {
                let lines = fact_lines(was, (knowledge, fact));
                if !lines.is_empty() {
                    difference.changed.push(FactDifference { id: fact.id.clone(), lines });
                }
            }
        }
    }
    let gone = old.iter().flat_map(|old| &old.facts).filter(|fact| !after.contains_key(&fact.id));
    difference.removed.extend(gone.map(named));
    if let (Some(old), Some(new)) = (old, new) {
        difference.article = old.source.article != new.source.article;
        difference.other = old.briefing != new.briefing
            || old.entities != new.entities
            || old.synonyms != new.synonyms
            || old.conflicts.len() != new.conflicts.len()
            || old.conflicts.iter().zip(&new.conflicts).any(|(a, b)| a.note != b.note)
            || old.lists.len() != new.lists.len()
            || old.lists.iter().zip(&new.lists).any(|(a, b)| {
                let named = |knowledge: &Knowledge, list: &List| -> Vec<String> {
                    list.facts.iter().map(|fact| knowledge.facts[*fact].id.clone()).collect()
                };
                a.id != b.id
                    || a.title != b.title
                    || named(old, a) != named(new, b)
                    || !a.asks.iter().map(|x| &x.text).eq(b.asks.iter().map(|x| &x.text))
            })
            || old.absent.len() != new.absent.len()
            || old.absent.iter().zip(&new.absent).any(|(a, b)| {
                a.id != b.id || a.note != b.note || !a.asks.iter().map(|x| &x.text).eq(b.asks.iter().map(|x| &x.text))
            });
    }
    Some(difference)
}

/// A line for each thing in which a fact differs. References are compared by id: their indices move.
fn fact_lines(old: (&Knowledge, &Fact), new: (&Knowledge, &Fact)) -> Vec<String> {
    let mut lines = Vec::new();
    let (was, is) = (old.1, new.1);
    if was.statement != is.statement {
        lines.push(format!("statement: {} → {}", was.statement, is.statement));
    }
    let texts = |fact: &Fact| fact.quotes.iter().map(|quote| quote.text.clone()).collect::<Vec<_>>();
    list(&mut lines, "quote", &texts(was), &texts(is));
    let texts = |fact: &Fact| fact.asks.iter().map(|ask| ask.text.to_string()).collect::<Vec<_>>();
    list(&mut lines, "ask", &texts(was), &texts(is));
    let names = |(knowledge, fact): (&Knowledge, &Fact)| {
        let entity = |index: &usize| knowledge.entities.get(*index).map(|entity| entity.id.clone());
        fact.entities.iter().filter_map(entity).collect::<Vec<_>>()
    };
    list(&mut lines, "entity", &names(old), &names(new));
    let names = |(knowledge, fact): (&Knowledge, &Fact)| {
        let other = |index: &usize| knowledge.facts.get(*index).map(|fact| fact.id.clone());
        fact.related.iter().filter_map(other).collect::<Vec<_>>()
    };
    list(&mut lines, "related", &names(old), &names(new));
    if was.attribution != is.attribution {
        let shown = |fact: &Fact| fact.attribution.clone().unwrap_or_else(|| "nobody".to_owned());
        lines.push(format!("attribution: {} → {}", shown(was), shown(is)));
    }
    if was.status != is.status {
        lines.push(format!("status: {:?} → {:?}", was.status, is.status).to_lowercase());
    }
    if (was.as_of, was.when) != (is.as_of, is.when) {
        lines.push("its dates differ".to_owned());
    }
    lines
}

fn list(lines: &mut Vec<String>, name: &str, old: &[String], new: &[String]) {
    let before = lines.len();
    lines.extend(new.iter().filter(|text| !old.contains(text)).map(|text| format!("+ {name}: {text}")));
    lines.extend(old.iter().filter(|text| !new.contains(text)).map(|text| format!("- {name}: {text}")));
    if lines.len() == before && old != new {
        lines.push(format!("{name}: another order"));
    }
}
