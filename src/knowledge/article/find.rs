//! Where a quote stands.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Article, Paragraph, Place};
use crate::text::buckets::Buckets;
use crate::text::fold::fold_verbatim;

/// Bytes of an article from which its words are indexed; a shorter one is read through as quickly.
pub(super) const LONG: usize = 16 * 1024;

/// Pairs of words of a quote that are looked up in a long article, for the rarest of them.
const LOOKED_UP: usize = 3;

/// Paragraphs of a pair that are counted one by one; those of a commoner pair by bisection.
const FEW: usize = 32;

/// What a look-up in the index of words costs, in bytes that are read in the same time.
const LOOK: usize = 512;

/// What a place where the words stand costs, in bytes that are read in the same time.
const PLACE: usize = 256;

/// Work that may be spent on finding quotes, in bytes of the article that are read; shared by threads.
///
/// Words that stand everywhere in a long article and begin no sentence have to be looked for all over it, again for
/// each quote.
#[derive(Debug)]
pub struct Effort(AtomicU64);

impl Effort {
    /// So many bytes.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        Self(AtomicU64::new(bytes))
    }

    /// Whether it is used up.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    /// Takes from it; whether anything is left.
    fn spend(&self, bytes: usize) -> bool {
        let less = |left: u64| Some(left.saturating_sub(bytes as u64));
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok_and(|left| left > bytes as u64)
    }
}

impl Article {
    /// Finds a quote: the first place where it stands letter for letter, white space and quotation-mark glyphs folded,
    /// with no word cut in two. A place where a sentence starts comes before any other.
    #[must_use]
    pub fn find(&self, quote: &str) -> Option<Place> {
        self.find_within(quote, &Effort::new(u64::MAX))
    }

    /// [`Article::find`], as long as there is something left of an effort; `None` when it is used up.
    #[must_use]
    pub fn find_within(&self, quote: &str, effort: &Effort) -> Option<Place> {
        let needle = fold_verbatim(quote).0;
        if needle.is_empty() || !effort.spend(LOOKED_UP * LOOK + needle.len()) {
            return None;
        }
        let mut first = None;
        for number in self.candidates(&needle) {
            let paragraph = &self.paragraphs[number];
            let mut read = 0;
            for (from, _) in paragraph.folded().match_indices(&needle) {
                if !effort.spend(PLACE + from - read) {
                    return None;
                }
                read = from;
                if !paragraph.is_whole(from, needle.len()) {
                    continue;
                }
                let place = paragraph.place(number, from, needle.len());
                // A place where a sentence starts is what is meant, wherever the words stand before.
                if self.starts_sentence(&place) {
                    return Some(place);
                }
                first = first.or(Some(place));
            }
            if !effort.spend(PLACE + paragraph.folded().len() - read) {
                return None;
            }
        }
        first
    }

    /// Whether a sentence starts where a place does.
    fn starts_sentence(&self, place: &Place) -> bool {
        let start = (place.paragraph, place.range.start);
        self.sentences.binary_search_by_key(&start, |s| (s.paragraph, s.range.start)).is_ok()
    }

    pub(super) fn index_words(&mut self) {
        for (paragraph, number) in self.paragraphs.iter().zip(0u32..) {
            let mut before = None;
            for word in words(paragraph.folded()).map(hash) {
                self.words.push((word, number));
                self.words.extend(before.map(|before| (pair(before, word), number)));
                before = Some(word);
            }
        }
        self.words.sort_unstable();
        self.words.dedup();
        self.words.shrink_to_fit();
        self.buckets = Buckets::new(self.words.iter().map(|(hash, _)| *hash));
    }

    /// The paragraphs that hold what has this hash, and whatever comes behind them.
    fn behind(&self, hash: u32) -> &[(u32, u32)] {
        let bucket = self.buckets.range(hash);
        let within = self.words.get(bucket.clone()).unwrap_or_default();
        let from = bucket.start + within.partition_point(|(known, _)| *known < hash);
        self.words.get(from..).unwrap_or_default()
    }

    /// The paragraphs that may hold a folded text: all, or in a long article those of its rarest words.
    fn candidates(&self, needle: &str) -> impl Iterator<Item = usize> {
        // A quote cuts no word in two, so that its words are whole words of the article. Long words are the rare ones.
        let all: Vec<&str> = words(needle).take(if self.words.is_empty() { 0 } else { usize::MAX }).collect();
        let mut wanted: Vec<(usize, u32)> = all
            .windows(2)
            .map(|two| (two.iter().map(|word| word.len()).sum(), pair(hash(two[0]), hash(two[1]))))
            .collect();
        if wanted.is_empty() {
            wanted.extend(all.first().map(|word| (word.len(), hash(word))));
        }
        wanted.sort_unstable_by_key(|(length, _)| std::cmp::Reverse(*length));
        wanted.truncate(LOOKED_UP);
        let with = |(_, hash): (usize, u32)| {
            let rest = self.behind(hash);
            let few = rest.iter().take(FEW).take_while(|(known, _)| *known == hash).count();
            let all = if few < FEW { few } else { rest.partition_point(|(known, _)| *known == hash) };
            rest.get(..all).unwrap_or_default()
        };
        let rarest = wanted.into_iter().map(with).min_by_key(|found| found.len());
        let all = if rarest.is_some() { 0 } else { self.paragraphs.len() };
        rarest.unwrap_or_default().iter().map(|(_, number)| *number as usize).chain(0..all)
    }
}

impl Paragraph {
    /// Whether a match in the folded text cuts no word in two.
    fn is_whole(&self, from: usize, len: usize) -> bool {
        let (before, rest) = self.folded().split_at_checked(from).unwrap_or_default();
        let (found, behind) = rest.split_at_checked(len).unwrap_or_default();
        let cuts = |a: Option<char>, b: Option<char>| {
            a.zip(b).is_some_and(|(a, b)| a.is_alphanumeric() && b.is_alphanumeric())
        };
        !cuts(before.chars().next_back(), found.chars().next())
            && !cuts(found.chars().next_back(), behind.chars().next())
    }

    /// The place of a match in the folded text.
    fn place(&self, number: usize, from: usize, len: usize) -> Place {
        let origin = |at: usize| match &self.folded {
            Some((_, origin)) => origin.get(at).copied().unwrap_or(self.text.len()),
            None => at,
        };
        let (start, end) = (origin(from), origin(from + len));
        let end = start + self.text.get(start..end).map_or(0, |text| text.trim_end().len());
        Place { paragraph: number, range: start..end }
    }
}

/// The words of a folded text: runs of letters and digits.
fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The hash of two words in a row.
fn pair(first: u32, second: u32) -> u32 {
    first.rotate_left(11).wrapping_mul(0x9e37_79b1) ^ second
}

/// FNV-1a, folded to 32 bits. Equal hashes of different words cost a look more, and nothing else.
fn hash(word: &str) -> u32 {
    let hash = word
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    #[expect(clippy::cast_possible_truncation, reason = "any 32 bits of the hash do")]
    let short = (hash ^ (hash >> 32)) as u32;
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A long article, whose words are indexed.
    fn long() -> Article {
        let filling = |number: usize| format!("Filling number {number} says nothing.\n\n");
        let filling: String = (0..1_000).map(filling).collect();
        let article =
            Article::parse(&format!("{filling}He said: “Two words,” and (later) left.\n\nLater, they left.\n"));
        assert!(!article.words.is_empty());
        article
    }

    #[test]
    fn a_long_article_is_searched_as_a_short_one() {
        let article = long();
        for (quote, found) in [
            ("Two words", true),
            ("said: \"Two words,\" and (later)", true),
            ("later", true),
            ("(later", true),
            ("Later, they", true),
            ("”", true),
            ("wo words", false),
            ("Filling number 999 says", true),
            ("Filling number 99", true),
            ("illing number 99", false),
            ("Filling number 1000", false),
        ] {
            assert_eq!(article.find(quote).is_some(), found, "{quote}");
        }
        assert_eq!(article.find("left").map(|place| place.paragraph), Some(1_000), "the first, where none starts one");
    }

    #[test]
    fn an_effort_ends() {
        let article = long();
        let effort = Effort::new(20_000_000);
        assert!(article.find_within("says nothing", &effort).is_some() && !effort.is_spent());
        let all = (0..1_000).filter(|_| article.find_within("says nothing", &effort).is_some()).count();
        assert!(all < 1_000 && effort.is_spent(), "{all}");
        assert!(article.find_within("Filling number 3", &effort).is_none(), "nothing is found any more");
    }
}
