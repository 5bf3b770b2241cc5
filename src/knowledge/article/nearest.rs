//! Which sentence of an article was meant by words that aren't in it.

use super::Article;
use crate::text::Shared;
use crate::text::quick::Map;
use crate::text::tokenize;

/// The words of an article's sentences, read once for many texts that are compared with them.
#[derive(Debug)]
pub struct Nearest {
    numbers: Map<Shared, u32>,
    /// Where the words of each sentence start in `words`; the last entry is where the last ones end.
    starts: Vec<usize>,
    /// The numbers of each sentence's words, sorted.
    words: Vec<u32>,
}

impl Nearest {
    /// Reads an article.
    #[must_use]
    pub fn new(article: &Article) -> Self {
        let mut nearest = Self { numbers: Map::default(), starts: vec![0], words: Vec::new() };
        for number in 0..article.sentences.len() {
            for token in tokenize(article.sentence(number)) {
                let next = u32::try_from(nearest.numbers.len()).unwrap_or(u32::MAX);
                nearest.words.push(*nearest.numbers.entry(token.stem).or_insert(next));
            }
            let start = nearest.starts.last().copied().unwrap_or_default();
            let mut words = nearest.words.split_off(start);
            words.sort_unstable();
            words.dedup();
            nearest.words.extend(words);
            nearest.starts.push(nearest.words.len());
        }
        nearest
    }

    /// The number of the sentence most like a text, by the words that both hold; `None` where no word is shared.
    #[must_use]
    pub fn to(&self, text: &str) -> Option<usize> {
        let mut stems: Vec<Shared> = tokenize(text).into_iter().map(|token| token.stem).collect();
        stems.sort_unstable();
        stems.dedup();
        let mut wanted: Vec<u32> = stems.iter().filter_map(|stem| self.numbers.get(stem).copied()).collect();
        wanted.sort_unstable();
        let score = |number: usize| {
            let (from, to) = (self.starts.get(number).copied()?, self.starts.get(number + 1).copied()?);
            let have = self.words.get(from..to)?;
            let shared = have.iter().filter(|word| wanted.binary_search(word).is_ok()).count();
            // Sørensen–Dice coefficient over words, in thousandths so that it can be compared.
            Some(shared * 2000 / (stems.len() + have.len()).max(1)).filter(|score| *score > 0)
        };
        (0..self.starts.len())
            .filter_map(|number| Some((score(number)?, number)))
            .max_by_key(|(score, number)| (*score, usize::MAX - number))
            .map(|(_, number)| number)
    }
}

impl Article {
    /// The number of the sentence most like a text, by the words that both hold; `None` where no word is shared.
    #[must_use]
    pub fn nearest(&self, text: &str) -> Option<usize> {
        Nearest::new(self).to(text)
    }
}
