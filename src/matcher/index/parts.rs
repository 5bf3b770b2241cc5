//! Reading the facts of a large index in parts, on all processors, and putting the parts together.
//!
//! Each part numbers its terms by itself. What comes of it is the same on every machine: the parts depend on the facts
//! alone, and are put together in their order. What a term is found by is what the first part that has it says.

use super::super::vocabulary::Term;
use super::FactTerm;
use super::build::Builder;
use crate::text::parallel;

/// Facts of a part, and facts up to which all are read in one: to put parts together costs more than it saves then.
pub(super) const PART: usize = 4_096;

impl Builder {
    /// Reads facts, each by `read`; more than `size` in even parts of at most so many.
    pub(super) fn facts<F: Sync>(&mut self, facts: &[F], size: usize, read: impl Fn(&mut Self, &F) + Sync) {
        if facts.len() <= size {
            for fact in facts {
                read(self, fact);
            }
            return;
        }
        let even = facts.len().div_ceil(facts.len().div_ceil(size));
        let slices: Vec<&[F]> = facts.chunks(even).collect();
        let parts = parallel::take(slices, |slice| {
            let mut part = self.part();
            for fact in slice {
                read(&mut part, fact);
            }
            part
        });
        let numbered = parts.into_iter().map(|mut part| (self.linker.take(&mut part.linker), part)).collect();
        let parts = parallel::take(numbered, |(numbers, mut part)| {
            part.renumber(&numbers);
            part
        });
        let terms = parts.iter().map(|part| part.fact_terms.items.len()).sum();
        self.fact_terms.items.reserve_exact(terms);
        self.impacts.reserve_exact(terms);
        for part in parts {
            self.append(part);
        }
    }

    /// A builder for some of the facts.
    fn part(&self) -> Self {
        Self::new(self.linker.for_part(), 0, 0, self.wording.is_some())
    }

    /// Gives the terms the numbers that they have in the whole.
    fn renumber(&mut self, numbers: &[Term]) {
        let renumber = |term: &mut Term| *term = numbers.get(*term as usize).copied().unwrap_or(*term);
        self.ask_terms.items.iter_mut().for_each(|(term, _)| renumber(term));
        self.fact_terms.items.iter_mut().for_each(|term| renumber(&mut term.term));
        let mut ordered: Vec<(FactTerm, f32)> = Vec::new();
        for fact in 0..self.kinds.len() {
            let range = self.fact_terms.range(fact);
            let (terms, impacts) = (&mut self.fact_terms.items[range.clone()], &mut self.impacts[range]);
            ordered.clear();
            ordered.extend(terms.iter().copied().zip(impacts.iter().copied()));
            ordered.sort_unstable_by_key(|(term, _)| term.term);
            for ((term, impact), (ordered, with)) in terms.iter_mut().zip(impacts).zip(&ordered) {
                (*term, *impact) = (*ordered, *with);
            }
        }
    }

    /// Adds what a part has read, its terms numbered as here.
    fn append(&mut self, mut part: Self) {
        for (word, written) in part.words {
            self.words.entry(word).and_modify(|known| known.add(&written)).or_insert(written);
        }
        self.fact_terms.append(part.fact_terms);
        self.impacts.append(&mut part.impacts);
        self.fact_asks.append(part.fact_asks);
        self.ask_terms.append(part.ask_terms);
        self.ask_directions.append(&mut part.ask_directions);
        self.directions.append(&mut part.directions);
        if let (Some(all), Some(part)) = (&mut self.wording, part.wording) {
            all.append(part);
        }
        self.kinds.append(&mut part.kinds);
        self.attributes.append(part.attributes);
        self.entities.append(part.entities);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::knowledge::{Library, Limits};
    use crate::matcher::search::{Asked, search};
    use crate::matcher::{Index, Query};

    #[test]
    fn an_index_read_in_parts_finds_what_one_read_at_once_does() {
        let library = Library::load(Path::new("knowledge"), &Limits::STANDARD).expect("the briefing");
        let [whole, parts] = [PART, 7].map(|size| Index::in_parts_of(size, &library, |_| false, |_, _| false));
        assert_eq!(whole.len(), parts.len());
        assert_eq!(whole.linker().len(), parts.linker().len());
        for fact in 0..whole.facts().len() {
            let terms = |index: &Index| index.fact_terms(fact).len();
            // A stop word of a phrase may be a term in the one before it is in the other.
            assert!(terms(&whole).abs_diff(terms(&parts)) <= 1, "{fact}");
            assert!(parts.fact_terms(fact).is_sorted_by_key(|term| term.term), "{fact}");
            assert_eq!((whole.kinds(fact), whole.entities(fact)), (parts.kinds(fact), parts.entities(fact)));
            for ask in &whole.fact(fact).1.asks {
                let best = |index: &Index| {
                    let asked = Asked::new(&Query::new(&ask.text, index.spelling()), index);
                    search(index, &asked).facts.first().map(|best| (best.fact, best.score))
                };
                let (Some(of_whole), Some(of_parts)) = (best(&whole), best(&parts)) else {
                    panic!("nothing is found for {}", ask.text);
                };
                assert_eq!(of_whole.0, of_parts.0, "{}", ask.text);
                assert!((of_whole.1 - of_parts.1).abs() < 0.1, "{}: {of_whole:?} {of_parts:?}", ask.text);
            }
        }
    }
}
