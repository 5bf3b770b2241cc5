//! What words mean, as directions: words of like meaning point alike, whether or not they share a letter.
//!
//! `lexicon/vectors.bin` holds `GloVe` vectors (Pennington, Socher & Manning 2014) of the commonest English words,
//! shortened by `examples/vectors.rs`. A text's direction is the weighted sum of its words' (Arora, Liang & Ma 2017):
//! a weak witness beside the words themselves, yet an independent one.

use std::sync::LazyLock;

/// Numbers of a direction.
pub const DIMENSIONS: usize = 48;

/// A direction of length 127; all zeros where nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direction([i8; DIMENSIONS]);

impl Default for Direction {
    fn default() -> Self {
        Self([0; DIMENSIONS])
    }
}

impl Direction {
    /// The cosine of the angle between two directions, -1 to 1: 1 for the same, about 0 for words that have nothing to
    /// do with each other or aren't known.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f32 {
        let dot: i32 = self.0.iter().zip(&other.0).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
        #[expect(clippy::cast_precision_loss, reason = "at most 127 times 127 times the dimensions")]
        let cosine = dot as f32 / (127.0 * 127.0);
        cosine.clamp(-1.0, 1.0)
    }

    /// The direction without what it shares with another: the second step of Arora, Liang & Ma (2017), by which what
    /// all texts of a kind have in common no longer hides in what they differ.
    #[must_use]
    pub fn without(&self, common: &Self) -> Self {
        let shared = self.likeness(common);
        let mut rest = [0.0; DIMENSIONS];
        for ((rest, own), common) in rest.iter_mut().zip(self.0).zip(common.0) {
            *rest = f32::from(own) - shared * f32::from(common);
        }
        Mixture(rest).direction()
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.0.iter().fold(0, |any, x| any | x) == 0
    }
}

/// A word of the list, by its position there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning(u32);

impl Meaning {
    /// The meaning of a folded word, where it is known.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let table = &*TABLE;
        let (mut from, mut to) = (0, table.count);
        while from < to {
            let middle = usize::midpoint(from, to);
            match table.word(middle).cmp(word.as_bytes()) {
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Greater => to = middle,
                std::cmp::Ordering::Equal => return u32::try_from(middle).ok().map(Self),
            }
        }
        None
    }

    /// Where the word points.
    #[must_use]
    pub fn direction(self) -> Direction {
        TABLE.direction(self.0 as usize)
    }
}

/// A sum of words, from which the direction of a text is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mixture([f32; DIMENSIONS]);

impl Default for Mixture {
    fn default() -> Self {
        Self([0.0; DIMENSIONS])
    }
}

impl Mixture {
    /// Adds a word; rare words count for more.
    pub fn add(&mut self, word: Meaning) {
        let (table, at) = (&*TABLE, word.0 as usize);
        let weight = table.weight(at);
        for (sum, x) in self.0.iter_mut().zip(table.direction(at).0) {
            *sum += weight * f32::from(x);
        }
    }

    /// Adds a direction.
    pub fn add_direction(&mut self, direction: &Direction) {
        self.0.iter_mut().zip(direction.0).for_each(|(sum, x)| *sum += f32::from(x));
    }

    /// Adds a share of another sum.
    pub fn add_share(&mut self, other: &Self, share: f32) {
        self.0.iter_mut().zip(&other.0).for_each(|(sum, x)| *sum += share * x);
    }

    /// Where the sum points.
    #[must_use]
    pub fn direction(&self) -> Direction {
        let length = self.0.iter().map(|x| x * x).sum::<f32>().sqrt();
        if length <= f32::EPSILON {
            return Direction::default();
        }
        let mut direction = Direction::default();
        for (to, from) in direction.0.iter_mut().zip(self.0) {
            #[expect(clippy::cast_possible_truncation, reason = "between -127 and 127")]
            let rounded = (from / length * 127.0).round() as i8;
            *to = rounded;
        }
        direction
    }
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(include_bytes!("lexicon/vectors.bin")));

/// The file: the number of words; where each ends; the weight of each; the direction of each; the words in order.
struct Table {
    count: usize,
    ends: &'static [[u8; 4]],
    weights: &'static [[u8; 4]],
    directions: &'static [[u8; DIMENSIONS]],
    words: &'static [u8],
}

impl Table {
    fn new(file: &'static [u8]) -> Self {
        let (head, rest) = file.split_first_chunk().unwrap_or((&[0; 4], &[]));
        let count = u32::from_le_bytes(*head) as usize;
        let (ends, rest) = rest.split_at_checked(4 * count).unwrap_or_default();
        let (weights, rest) = rest.split_at_checked(4 * count).unwrap_or_default();
        let (directions, words) = rest.split_at_checked(DIMENSIONS * count).unwrap_or_default();
        let (ends, weights, directions) = (ends.as_chunks().0, weights.as_chunks().0, directions.as_chunks().0);
        Self { count: count.min(directions.len()), ends, weights, directions, words }
    }

    fn word(&self, at: usize) -> &'static [u8] {
        let end = |at: usize| self.ends.get(at).map_or(0, |end| u32::from_le_bytes(*end) as usize);
        let from = at.checked_sub(1).map_or(0, end);
        self.words.get(from..end(at)).unwrap_or_default()
    }

    fn weight(&self, at: usize) -> f32 {
        self.weights.get(at).map_or(0.0, |weight| f32::from_le_bytes(*weight))
    }

    fn direction(&self, at: usize) -> Direction {
        self.directions.get(at).map_or_else(Direction::default, |bytes| Direction(bytes.map(u8::cast_signed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(a: &str, b: &str) -> f32 {
        let of = |word| Meaning::of(word).expect("a common word").direction();
        of(a).likeness(&of(b))
    }

    #[test]
    fn words_of_like_meaning_point_alike() {
        assert!(likeness("doctor", "physician") > likeness("doctor", "harbour") + 0.3);
        assert!(likeness("plane", "aircraft") > 0.6);
        assert!((likeness("plane", "plane") - 1.0).abs() < 0.02);
        assert_eq!(Meaning::of("xyzzyq"), None);
    }

    #[test]
    fn a_text_points_where_its_words_do() {
        let direction = |text: &str| {
            let mut sum = Mixture::default();
            text.split(' ').filter_map(Meaning::of).for_each(|word| sum.add(word));
            sum.direction()
        };
        let question = direction("which illness does the patient suffer from");
        assert!(
            question.likeness(&direction("what disease is he treated for"))
                > question.likeness(&direction("how much money did they pay"))
        );
        assert!(direction("").is_unknown());
    }
}
