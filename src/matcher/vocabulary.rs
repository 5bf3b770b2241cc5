//! The vocabulary: every word of the knowledge with a number, and the way from a misspelt word to one of them.
//!
//! Misspellings are found by symmetric deletion (Garbe's `SymSpell`, 2012): words and queries that differ by few edits
//! share a form with few letters deleted. Candidates are then ranked by strsim's optimal string alignment distance.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Number of a term: a stem, a number, an entity, a group of synonyms.
pub type Term = u32;

/// Words as they are written, each with how much it is worth as a correction.
#[derive(Debug, Default)]
pub struct Spelling {
    words: Vec<(Box<str>, u8)>,
    known: HashMap<Box<str>, u32>,
    /// Hash of a deletion form, word; sorted.
    deletions: Vec<(u32, u32)>,
}

/// A correction of a misspelt word.
#[derive(Clone, Debug, PartialEq)]
pub struct Correction<'a> {
    /// The word that is probably meant.
    pub word: &'a str,
    /// Edits between them: letters added, left out, changed, or swapped with the next.
    pub distance: usize,
}

/// Bytes of a word that deletions are made of; longer words that agree so far are compared in whole anyway.
const PREFIX: usize = 10;

impl Spelling {
    /// Takes words with their rank: 0 for plain English, higher for words of the knowledge, which are preferred.
    #[must_use]
    pub fn new(words: impl IntoIterator<Item = (String, u8)>) -> Self {
        let mut spelling = Self::default();
        for (word, rank) in words {
            if let Some(at) = spelling.known.get(word.as_str()) {
                let known = &mut spelling.words[*at as usize].1;
                *known = rank.max(*known);
                continue;
            }
            let number = u32::try_from(spelling.words.len()).unwrap_or(u32::MAX);
            spelling.known.insert(word.as_str().into(), number);
            spelling.words.push((word.into(), rank));
        }
        for (number, (word, _)) in (0u32..).zip(&spelling.words) {
            if word.is_ascii() && word.len() >= 3 && !word.starts_with('#') {
                deletions(word, depth(word.len()), &mut |hash| spelling.deletions.push((hash, number)));
            }
        }
        spelling.deletions.sort_unstable();
        spelling.deletions.dedup();
        spelling.deletions.shrink_to_fit();
        spelling
    }

    /// Whether a word is spelt right: it stands in the knowledge or in the lexicon.
    #[must_use]
    pub fn contains(&self, word: &str) -> bool {
        self.known.contains_key(word)
    }

    /// The rank of a word that is spelt right.
    #[must_use]
    pub fn rank(&self, word: &str) -> Option<u8> {
        self.known.get(word).map(|at| self.words[*at as usize].1)
    }

    /// The word that is most probably meant by a misspelt one; `None` where nothing is near enough.
    ///
    /// How near is near enough grows with the word: one edit up to 4 letters, two up to 9, three beyond.
    #[must_use]
    pub fn correct(&self, word: &str) -> Option<Correction<'_>> {
        let length = word.chars().count();
        if length < 3 || !word.is_ascii() || word.bytes().any(|b| b.is_ascii_digit()) {
            return None;
        }
        let most = match length {
            0..=4 => 1,
            5..=9 => 2,
            _ => 3,
        };
        let mut seen: Vec<u32> = Vec::new();
        let mut best: Option<(i32, usize, u32)> = None;
        deletions(word, depth(word.len()), &mut |hash| {
            let from = self.deletions.partition_point(|(h, _)| *h < hash);
            for (_, number) in self.deletions.get(from..).unwrap_or_default().iter().take_while(|(h, _)| *h == hash) {
                if seen.contains(number) {
                    continue;
                }
                seen.push(*number);
                let (candidate, rank) = &self.words[*number as usize];
                let distance = strsim::osa_distance(word, candidate);
                if distance > most || distance >= candidate.len().max(2) - 1 {
                    continue;
                }
                let cost = cost(word, candidate, distance, *rank);
                if best.is_none_or(|(known, ..)| cost < known) {
                    best = Some((cost, distance, *number));
                }
            }
        });
        best.map(|(_, distance, number)| Correction { word: &self.words[number as usize].0, distance })
    }
}

/// How unlikely it is that `candidate` was meant, in tenths of an edit: edits, less what speaks for it (the same first
/// letter, the same consonants, a word of the knowledge).
fn cost(word: &str, candidate: &str, distance: usize, rank: u8) -> i32 {
    let mut cost = i32::try_from(distance).unwrap_or(i32::MAX / 100) * 10;
    if word.bytes().next() != candidate.bytes().next() {
        cost += 6;
    }
    if skeleton(word) == skeleton(candidate) {
        cost -= 5;
    }
    if word.len() == candidate.len() && sorted(word) == sorted(candidate) {
        cost -= 3;
    }
    cost - 3 * i32::from(rank)
}

/// The consonants of a word, doubled ones once, letters of one sound alike: what misspelling by ear leaves.
fn skeleton(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        let c = match c {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' => continue,
            'c' | 'q' => 'k',
            'z' => 's',
            'v' | 'w' => 'f',
            c => c,
        };
        if !out.ends_with(c) {
            out.push(c);
        }
    }
    out
}

fn sorted(word: &str) -> Vec<u8> {
    let mut bytes = word.as_bytes().to_vec();
    bytes.sort_unstable();
    bytes
}

/// How many letters are deleted: one from short words, two from longer ones.
fn depth(length: usize) -> usize {
    if length >= 5 { 2 } else { 1 }
}

/// Gives the hashes of a word's first letters with up to `depth` letters left out.
fn deletions(word: &str, depth: usize, out: &mut dyn FnMut(u32)) {
    let prefix: Vec<u8> = word.bytes().take(PREFIX).collect();
    out(hash(&prefix));
    let mut shorter = Vec::with_capacity(PREFIX);
    for i in 0..prefix.len() {
        shorter.clear();
        shorter.extend(prefix.iter().enumerate().filter(|(k, _)| *k != i).map(|(_, b)| *b));
        out(hash(&shorter));
        if depth >= 2 {
            for j in i + 1..prefix.len() {
                shorter.clear();
                shorter.extend(prefix.iter().enumerate().filter(|(k, _)| *k != i && *k != j).map(|(_, b)| *b));
                out(hash(&shorter));
            }
        }
    }
}

fn hash(bytes: &[u8]) -> u32 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    #[expect(clippy::cast_possible_truncation, reason = "any 32 bits of the hash do")]
    let short = hasher.finish() as u32;
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelling() -> Spelling {
        let words = [("memorandum", 2), ("meeting", 2), ("troops", 2), ("sanctions", 2), ("actions", 0), ("where", 0)];
        Spelling::new(words.map(|(word, rank)| (word.to_owned(), rank)))
    }

    #[test]
    fn misspelt_words_reach_the_vocabulary() {
        let spelling = spelling();
        for (typo, word) in [
            ("memmorandum", "memorandum"),
            ("memorandem", "memorandum"),
            ("tropps", "troops"),
            ("mettings", "meeting"),
            ("sanktions", "sanctions"),
        ] {
            assert_eq!(spelling.correct(typo).map(|c| c.word), Some(word), "{typo}");
        }
    }

    #[test]
    fn words_too_far_away_are_left_alone() {
        let spelling = spelling();
        for word in ["banana", "xx", "met", "ümläut", "h3llo"] {
            assert_eq!(spelling.correct(word), None, "{word}");
        }
    }
}
