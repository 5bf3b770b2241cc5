//! Like questions that were asked in vain, together: by the matcher's own similarity.

use std::time::SystemTime;

use crate::answer::Engine;
use crate::journal::{Gap, GapFact};

/// Questions that ask for the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The question that was asked most often; it stands for all.
    pub question: String,
    /// All of them, most often asked first.
    pub texts: Vec<String>,
    /// How often nothing was found.
    pub none: u64,
    /// How often only suggestions were given.
    pub suggest: u64,
    /// How often the answer was voted not helpful.
    pub not_helpful: u64,
    /// When one of them was last asked or voted on.
    pub last: SystemTime,
    /// The facts that were voted not helpful, most often first.
    pub facts: Vec<GapFact>,
}

impl Group {
    /// How often in all.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.none + self.suggest + self.not_helpful
    }
}

/// Likeness from which two questions ask for the same.
const ALIKE: f64 = 0.62;

/// Groups questions, the most asked first. Each is compared with the first of every group: `n` questions in `g` groups
/// cost `n * g` comparisons of some 20 µs.
#[must_use]
pub fn group(engine: &Engine, gaps: Vec<Gap>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    // They come most often asked first.
    for gap in gaps {
        let likeness = |group: &Group| engine.similarity(&group.question, &gap.text);
        let best = groups
            .iter()
            .enumerate()
            .map(|(index, group)| (index, likeness(group)))
            .filter(|(_, likeness)| *likeness >= ALIKE)
            .max_by(|(_, a), (_, b)| a.total_cmp(b));
        match best.and_then(|(index, _)| groups.get_mut(index)) {
            Some(group) => join(group, gap),
            None => groups.push(Group {
                texts: vec![gap.text.clone()],
                question: gap.text,
                none: gap.none,
                suggest: gap.suggest,
                not_helpful: gap.not_helpful,
                last: gap.last,
                facts: gap.facts,
            }),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse((group.count(), group.last)));
    groups
}

fn join(group: &mut Group, gap: Gap) {
    group.texts.push(gap.text);
    group.none += gap.none;
    group.suggest += gap.suggest;
    group.not_helpful += gap.not_helpful;
    group.last = group.last.max(gap.last);
    for fact in gap.facts {
        match group.facts.iter_mut().find(|known| (&known.briefing, &known.fact) == (&fact.briefing, &fact.fact)) {
            Some(known) => known.votes += fact.votes,
            None => group.facts.push(fact),
        }
    }
    group.facts.sort_by_key(|fact| std::cmp::Reverse(fact.votes));
}
