//! Phrases: values by sequences of words, of which a text's longest is looked for.

use std::hash::Hasher as _;

use super::Shared;
use super::quick::{Map, Quick};

/// A sequence of words or stems that is matched as a whole.
pub type Phrase = Vec<Shared>;

/// Values by phrases: a trie in one map, by the hash of all words up to a node.
#[derive(Debug)]
pub struct PhraseMap<V> {
    nodes: Map<u64, Node<V>>,
}

/// Where the words so far lead.
#[derive(Debug)]
struct Node<V> {
    /// The last of them.
    word: Shared,
    /// The value of the phrase that ends here.
    value: Option<V>,
    /// Whether a longer one goes on from here.
    goes_on: bool,
}

impl<V> Default for PhraseMap<V> {
    fn default() -> Self {
        Self { nodes: Map::default() }
    }
}

/// The key of the words before the first.
const START: u64 = 0;

/// The key of a node's words with one more.
fn step(key: u64, word: &str) -> u64 {
    let mut hasher = Quick::default();
    hasher.write_u64(key);
    hasher.write(word.as_bytes());
    hasher.finish()
}

impl<V: Default> PhraseMap<V> {
    /// The value of a phrase, made at need. An empty phrase is kept but never found.
    pub fn entry(&mut self, phrase: Phrase) -> &mut V {
        let mut key = START;
        let last = phrase.len().saturating_sub(1);
        for (at, word) in phrase.into_iter().enumerate() {
            key = step(key, &word);
            let node = self.nodes.entry(key).or_insert_with(|| Node { word, value: None, goes_on: false });
            node.goes_on |= at < last;
        }
        let nothing = || Node { word: Shared::from(""), value: None, goes_on: false };
        self.nodes.entry(key).or_insert_with(nothing).value.get_or_insert_default()
    }
}

impl<V> PhraseMap<V> {
    /// Gives back the room for more phrases.
    pub fn shrink(&mut self) {
        self.nodes.shrink_to_fit();
    }

    /// The longest phrase at the start of `words`: its length in words and its value.
    pub fn longest<'a>(&self, words: impl Iterator<Item = &'a str>) -> Option<(usize, &V)> {
        let mut key = START;
        let mut found = None;
        for (word, length) in words.zip(1..) {
            key = step(key, word);
            let Some(node) = self.nodes.get(&key).filter(|node| &*node.word == word) else { break };
            if let Some(value) = &node.value {
                found = Some((length, value));
            }
            if !node.goes_on {
                break;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(phrases: &[&str]) -> PhraseMap<usize> {
        let mut map = PhraseMap::default();
        for (phrase, number) in phrases.iter().zip(1..) {
            *map.entry(phrase.split_whitespace().map(Shared::from).collect()) = number;
        }
        map
    }

    #[test]
    fn the_longest_phrase_is_found() {
        let map = map(&["run", "run away", "run away with it", "walk on by", ""]);
        for (text, found) in [
            ("run", Some((1, 1))),
            ("run off", Some((1, 1))),
            ("run away with that", Some((2, 2))),
            ("run away with it now", Some((4, 3))),
            ("walk on", None),
            ("walk on by", Some((3, 4))),
            ("away", None),
            ("", None),
        ] {
            assert_eq!(map.longest(text.split_whitespace()).map(|(length, value)| (length, *value)), found, "{text}");
        }
    }

    #[test]
    fn a_phrase_that_is_there_keeps_its_value() {
        let mut map = map(&["run away"]);
        assert_eq!(*map.entry(vec!["run".into(), "away".into()]), 1);
        assert_eq!(*map.entry(vec!["run".into()]), 0);
    }
}
