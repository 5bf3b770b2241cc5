//! The vocabulary: every word of the knowledge with a number, and the way from a misspelt word to one of them.
//!
//! Misspellings are found by symmetric deletion (Garbe's `SymSpell`, 2012): words and queries that differ by few edits
//! share a form with few letters deleted. Candidates are then ranked by strsim's optimal string alignment distance.

use std::sync::OnceLock;

use hashbrown::HashTable;

use crate::text::Shared;
use crate::text::quick::Map;

/// Number of a term: a stem, a number, an entity, a group of synonyms.
pub type Term = u32;

/// Words as they are written, each with how much it is worth as a correction.
#[derive(Debug, Default)]
pub struct Spelling {
    words: Vec<(Shared, i8)>,
    /// Their numbers by the words' hashes.
    known: HashTable<u32>,
    /// Made when the first word is misspelt, or before by [`Spelling::prepare`]: a sixth of the time of a start.
    forms: OnceLock<Forms>,
}

/// The words by their deletion forms.
#[derive(Debug, Default)]
struct Forms {
    /// The words, in buckets by the low bits of the forms' hashes.
    words: Numbers,
    /// The high bits of the hashes, by which the forms of one bucket are told apart.
    tags: Vec<u16>,
    /// Where each bucket starts; the last entry is where the last one ends.
    starts: Vec<u32>,
    /// Longer words of the knowledge by how they sound, as a hash, the likeliest of each sound.
    sounds: Map<u64, u32>,
}

/// Numbers of words: those of few words in half the room.
#[derive(Debug)]
enum Numbers {
    Small(Vec<u16>),
    Large(Vec<u32>),
}

impl Default for Numbers {
    fn default() -> Self {
        Self::Small(Vec::new())
    }
}

impl Numbers {
    /// So many zeros, with room for the numbers of so many words.
    fn zeros(count: usize, words: usize) -> Self {
        if u16::try_from(words).is_ok() { Self::Small(vec![0; count]) } else { Self::Large(vec![0; count]) }
    }

    fn set(&mut self, at: usize, number: u32) {
        match self {
            Self::Small(numbers) => numbers[at] = u16::try_from(number).unwrap_or(u16::MAX),
            Self::Large(numbers) => numbers[at] = number,
        }
    }

    fn at(&self, at: usize) -> Option<u32> {
        match self {
            Self::Small(numbers) => numbers.get(at).map(|number| u32::from(*number)),
            Self::Large(numbers) => numbers.get(at).copied(),
        }
    }
}

/// A correction of a misspelt word.
#[derive(Clone, Debug, PartialEq)]
pub struct Correction<'a> {
    /// The word that is probably meant.
    pub word: &'a str,
    /// Edits between them: letters added, left out, changed, or swapped with the next; 2 for a word by ear.
    pub distance: usize,
}

/// Edits that a word counts for which is written as it sounds.
const HEARD: usize = 2;

/// The rank of a word that may be misspelt itself: it is known, but nothing is corrected to it.
pub const DOUBTFUL: i8 = -1;

/// Deletion forms of a bucket, which are all read; fewer would be buckets that take more room than what is in them.
const OF_A_BUCKET: usize = 12;

/// Bytes of a word that deletions are made of; longer words that agree so far are compared in whole anyway.
const PREFIX: usize = 10;

impl Spelling {
    /// Takes words with their rank: 0 for plain English, higher for words of the knowledge, which are preferred, and
    /// [`DOUBTFUL`] for those that may be misspelt themselves.
    #[must_use]
    pub fn new(words: impl IntoIterator<Item = (impl Into<Shared>, i8)>) -> Self {
        let words = words.into_iter();
        // Nearly all are different.
        let most = words.size_hint().0;
        let mut spelling =
            Self { words: Vec::with_capacity(most), known: HashTable::with_capacity(most), forms: OnceLock::new() };
        for (word, rank) in words {
            let word = word.into();
            if let Some(at) = spelling.number(&word) {
                let known = &mut spelling.words[at].1;
                *known = rank.max(*known);
                continue;
            }
            let number = u32::try_from(spelling.words.len()).unwrap_or(u32::MAX);
            let hash = hash(word.as_bytes());
            spelling.words.push((word, rank));
            let words = &spelling.words;
            spelling.known.insert_unique(hash, number, |known| self::hash(words[*known as usize].0.as_bytes()));
        }
        spelling
    }

    /// The number of a word.
    fn number(&self, word: &str) -> Option<usize> {
        let is_it = |number: &u32| &*self.words[*number as usize].0 == word;
        self.known.find(hash(word.as_bytes()), is_it).map(|number| *number as usize)
    }

    /// Makes what corrections need now rather than at the first misspelt word.
    pub fn prepare(&self) {
        self.forms();
    }

    /// Sorts the words into buckets by counting: twice through all deletion forms, and no room but for the result.
    fn forms(&self) -> &Forms {
        self.forms.get_or_init(|| self.take_deletions())
    }

    fn take_deletions(&self) -> Forms {
        let spelt = |(word, rank): &(Shared, i8)| {
            *rank > DOUBTFUL && word.is_ascii() && word.len() >= 3 && !word.starts_with('#')
        };
        let mut forms = 0usize;
        for (word, _) in self.words.iter().filter(|word| spelt(word)) {
            deletions(word, depth(word.len()), &mut |_| forms += 1);
        }
        let buckets = (forms / OF_A_BUCKET).next_power_of_two();
        let mut starts = vec![0u32; buckets + 1];
        let bucket = |hash: u64| low(hash) & (buckets - 1);
        for (word, _) in self.words.iter().filter(|word| spelt(word)) {
            deletions(word, depth(word.len()), &mut |hash| starts[bucket(hash)] += 1);
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        // Each bucket is filled from its end, so that its end becomes its start.
        let (mut items, mut tags) = (Numbers::zeros(forms, self.words.len()), vec![0u16; forms]);
        for (number, (word, _)) in (0u32..).zip(&self.words).filter(|(_, word)| spelt(word)) {
            deletions(word, depth(word.len()), &mut |hash| {
                let slot = &mut starts[bucket(hash)];
                *slot -= 1;
                items.set(*slot as usize, number);
                tags[*slot as usize] = tag(hash);
            });
        }
        let mut sounds: Map<u64, u32> = Map::default();
        for (number, (word, rank)) in (0u32..).zip(&self.words).filter(|(_, word)| word.1 > 0 && spelt(word)) {
            let Some(sound) = sound(word) else { continue };
            let at = sounds.entry(sound).or_insert(number);
            let (known, known_rank) = &self.words[*at as usize];
            if (known_rank, word) < (rank, known) {
                *at = number;
            }
        }
        Forms { words: items, tags, starts, sounds }
    }

    /// The words that have a deletion form with this hash, by their numbers.
    fn with_form(&self, hash: u64) -> impl Iterator<Item = u32> {
        let forms = self.forms();
        let at = low(hash) & forms.starts.len().saturating_sub(2);
        let range = match (forms.starts.get(at), forms.starts.get(at + 1)) {
            (Some(from), Some(to)) => *from as usize..*to as usize,
            _ => 0..0,
        };
        let tags = forms.tags.get(range.clone()).unwrap_or_default();
        let alike = range.zip(tags).filter(move |(_, known)| **known == tag(hash));
        alike.filter_map(|(at, _)| forms.words.at(at))
    }

    /// Whether a word is spelt right: it stands in the knowledge, beyond doubt, or in the lexicon.
    #[must_use]
    pub fn contains(&self, word: &str) -> bool {
        self.rank(word).is_some_and(|rank| rank > DOUBTFUL)
    }

    /// The rank of a word that is known.
    #[must_use]
    pub fn rank(&self, word: &str) -> Option<i8> {
        self.number(word).map(|at| self.words[at].1)
    }

    /// What is probably meant by a word that stands in the knowledge and yet may be misspelt there: people who ask in
    /// slips of the finger put them into asks. `None` where no other word is as near as a slip.
    #[must_use]
    pub fn correct_doubtful(&self, word: &str) -> Option<Correction<'_>> {
        // A short word is near to many, and long ones are where fingers slip twice.
        let slips = match word.len() {
            0..=4 => 0,
            5..=8 => 1,
            _ => 2,
        };
        let near = |meant: &str| strsim::osa_distance(word, meant) <= slips;
        self.correct(word).filter(|correction| near(correction.word))
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
        let own = letters(word);
        let mut seen: Vec<u32> = Vec::new();
        let mut best: Option<(i32, usize, u32)> = None;
        deletions(word, depth(word.len()), &mut |hash| {
            for number in self.with_form(hash) {
                let (candidate, rank) = &self.words[number as usize];
                // Cheap bounds of the distance first: most words that share a form are too long, too short or too unlike.
                let unlike = (own & !letters(candidate)).count_ones() as usize;
                if candidate.len().abs_diff(word.len()) > most || unlike > most || seen.contains(&number) {
                    continue;
                }
                seen.push(number);
                let distance = strsim::osa_distance(word, candidate);
                if distance > most || distance >= candidate.len().max(2) - 1 {
                    continue;
                }
                let cost = cost(word, candidate, distance, *rank);
                // Equally likely words in alphabetical order, so that every run corrects alike.
                let better = best.is_none_or(|(known, _, other)| {
                    cost < known || cost == known && *candidate < self.words[other as usize].0
                });
                if better {
                    best = Some((cost, distance, number));
                }
            }
        });
        let near = best.map(|(_, distance, number)| Correction { word: &self.words[number as usize].0, distance });
        // Who writes by ear changes more letters than a slip of the finger does.
        let heard = || {
            let number = *self.forms().sounds.get(&sound(word)?)?;
            let candidate = &self.words.get(number as usize)?.0;
            (strsim::osa_distance(&word.replace("ph", "f"), &candidate.replace("ph", "f")) <= BY_EAR)
                .then_some(Correction { word: candidate, distance: HEARD })
        };
        match near {
            Some(near) if near.distance < 2 || skeleton(near.word) == skeleton(word) => Some(near),
            near => heard().or(near),
        }
    }
}

/// How unlikely it is that `candidate` was meant, in tenths of an edit: edits, less what speaks for it (the same first
/// letter, the same consonants, a word of the knowledge).
fn cost(word: &str, candidate: &str, distance: usize, rank: i8) -> i32 {
    let mut cost = i32::try_from(distance).unwrap_or(i32::MAX / 100) * 10;
    if word.bytes().next() != candidate.bytes().next() {
        cost += 6;
    }
    if skeleton(word) == skeleton(candidate) {
        cost -= 5;
    }
    if spelt_alike(word) == spelt_alike(candidate) {
        cost -= 6;
    }
    if word.len() == candidate.len() && sorted(word) == sorted(candidate) {
        cost -= 3;
    }
    // Short words are like many: that the knowledge has one says less.
    cost - if word.len() <= 4 { 1 } else { 3 } * i32::from(rank)
}

/// Most edits between a word written by ear and the word that sounds alike.
const BY_EAR: usize = 3;

/// How a word of five letters and more sounds, where its consonants tell it from others, as a hash. Two sounds of one
/// hash are told apart by the distance of their words.
fn sound(word: &str) -> Option<u64> {
    let sound = skeleton(word);
    (word.len() >= 5 && sound.len() >= 3).then(|| hash(sound.as_bytes()))
}

/// The consonants of a word, doubled ones once, letters of one sound alike: what misspelling by ear leaves.
fn skeleton(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.replace("ph", "f").chars() {
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

/// A word as somebody writes it who goes by ear: one of two letters, i for y.
fn spelt_alike(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        let c = if c == 'y' { 'i' } else { c };
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
fn deletions(word: &str, depth: usize, out: &mut dyn FnMut(u64)) {
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

/// FNV-1a: quick for ten letters at most, of which there are millions.
fn hash(bytes: &[u8]) -> u64 {
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    // Its low bits alone are poor.
    hash ^ (hash >> 29)
}

/// The part of a hash that says which bucket.
#[expect(clippy::cast_possible_truncation, reason = "the low bits are meant")]
fn low(hash: u64) -> usize {
    hash as u32 as usize
}

/// The part of a hash that tells the forms of a bucket apart.
#[expect(clippy::cast_possible_truncation, reason = "16 bits are meant")]
fn tag(hash: u64) -> u16 {
    (hash >> 40) as u16
}

/// The letters of a word as a set, one bit each.
fn letters(word: &str) -> u32 {
    word.bytes().fold(0, |set, byte| set | 1 << (byte & 31))
}

#[cfg(test)]
mod tests;
