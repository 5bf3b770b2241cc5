//! The classifier: which entry a question asks for, learnt from all asks at once.
//!
//! Likeness to asks weighs every word alike for every fact. Multinomial logistic regression ("maximum entropy": Nigam,
//! Lafferty & `McCallum` 1999) learns which words, pairs of words and runs of letters tell one fact from the others and
//! from what the articles do not give. Its classes are the facts, the lists, and one for all absent details. The weight
//! of a feature that is not common is kept only for classes of which an ask has it: all others would be next to nothing,
//! and a question would cost as many steps as there are facts. Steps as in `AdaGrad` (Duchi, Hazan & Singer 2011); the
//! same asks always give the same weights.

mod learn;

use std::hash::Hasher as _;
use std::ops::Range;

use crate::text::Shared;
use crate::text::buckets::Buckets;
use crate::text::quick::Quick;
use crate::text::token::Token;

/// Letters of a run, the ends of a word counting as one each.
const LETTERS: usize = 4;
/// Weight of the letters of a text beside that of its words.
const LETTERS_COUNT: f32 = 0.5;
/// Nearest and farthest that a chance is told apart, in log-odds.
const RANGE: f32 = 8.0;
/// Log-odds below the likeliest class from which a class counts for nothing.
const FAR: f32 = 12.0;

/// A word of a question as the classifier reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// The word.
    pub word: Shared,
    /// Its stem.
    pub stem: Shared,
    /// How much it counts, 0 to 1: less where it is taken over from an earlier question.
    pub share: f32,
}

impl From<&Token> for Spoken {
    fn from(token: &Token) -> Self {
        Self { word: token.word.clone(), stem: token.stem.clone(), share: 1.0 }
    }
}

/// What was learnt: for each feature the classes whose asks have it, with their weights.
#[derive(Debug, Default)]
pub struct Classifier {
    /// The features that are known, by the order of which they are numbered: common ones, then the others.
    known: [Features; 2],
    /// How rare each is, as in term weighting.
    rarity: Vec<f32>,
    /// How many features have a weight for each class.
    common: usize,
    /// Where the classes of each of the others begin.
    starts: Vec<u32>,
    /// Their classes.
    classes: Vec<u16>,
    /// The weights of common features for all classes, in steps of `unit`.
    of_common: Vec<i16>,
    /// The weights of the others for their classes.
    of_rare: Vec<i16>,
    unit: f32,
    /// How many classes there are.
    count: usize,
    /// The class of absent details, where there are any.
    absent: Option<usize>,
}

/// Features, found by their places among all of them.
#[derive(Debug, Default)]
struct Features {
    sorted: Vec<u32>,
    buckets: Buckets,
}

impl Features {
    fn new(sorted: Vec<u32>) -> Self {
        Self { buckets: Buckets::new(sorted.iter().copied()), sorted }
    }

    fn place(&self, feature: u32) -> Option<usize> {
        let range = self.buckets.range(feature);
        Some(range.start + self.sorted.get(range)?.iter().position(|known| *known == feature)?)
    }
}

/// Where the weights of a feature are.
enum Place {
    Common(Range<usize>),
    Rare(Range<usize>),
}

/// How likely each class is for a question.
#[derive(Clone, Debug, Default)]
pub struct Chances {
    /// The logarithm of each class's chance.
    logs: Vec<f32>,
    /// Of all but absent details together.
    answered: f32,
    /// Of absent details.
    absent: Option<f32>,
}

impl Chances {
    /// How likely a class is among facts and lists, 0 to 1 with the logarithm; 0 where nothing was learnt.
    #[must_use]
    pub fn of(&self, class: usize) -> f32 {
        self.logs.get(class).map_or(0.0, |log| ((log - self.answered) / RANGE + 1.0).clamp(0.0, 1.0))
    }

    /// How much likelier a class is than that the articles do not say, -1 to 1 with the log-odds; 0 where nothing was
    /// learnt of that.
    #[must_use]
    pub fn against_absent(&self, class: usize) -> f32 {
        let both = self.logs.get(class).zip(self.absent);
        both.map_or(0.0, |(log, absent)| ((log - absent) / RANGE).clamp(-1.0, 1.0))
    }

    /// The likeliest classes that are facts or lists, best first.
    #[must_use]
    pub fn likeliest<const N: usize>(&self) -> [Option<usize>; N] {
        let mut best: [Option<usize>; N] = [None; N];
        let facts = self.logs.len() - usize::from(self.absent.is_some());
        for (class, log) in self.logs.iter().enumerate().take(facts) {
            let place = best.iter().position(|known| known.is_none_or(|known| self.logs[known] < *log));
            if let Some(place) = place {
                best[place..].rotate_right(1);
                best[place] = Some(class);
            }
        }
        best
    }
}

impl Classifier {
    /// How likely each class is for the words of a question.
    #[must_use]
    pub fn chances(&self, words: &[Spoken]) -> Chances {
        if self.of_common.is_empty() && self.of_rare.is_empty() {
            return Chances::default();
        }
        let words = words.iter().map(|word| (word.word.as_str(), word.stem.as_str(), word.share));
        let mut row = Vec::new();
        let numbered = features(words).into_iter().map(|(feature, share)| (self.numbered(feature), share));
        self.row(numbered, &mut row);
        let mut logs = vec![0.0; self.count];
        self.add_up(&row, &self.of_common, &self.of_rare, &mut logs);
        for log in &mut logs {
            *log *= self.unit;
        }
        softmax(&mut logs);
        let absent = self.absent.and_then(|class| logs.get(class)).copied();
        let answered = 1.0 - absent.unwrap_or(0.0);
        for chance in &mut logs {
            *chance = log(*chance);
        }
        Chances { logs, answered: log(answered), absent: absent.map(log) }
    }

    /// Adds what the features of a text weigh to the sum of each class.
    fn add_up<W: Copy + Into<f32>>(&self, row: &[(u32, f32)], of_common: &[W], of_rare: &[W], sums: &mut [f32]) {
        for (number, value) in row {
            match self.place(*number) {
                Place::Common(range) => {
                    for (sum, weight) in sums.iter_mut().zip(&of_common[range]) {
                        *sum += value * (*weight).into();
                    }
                }
                Place::Rare(range) => {
                    for (class, weight) in self.classes[range.clone()].iter().zip(&of_rare[range]) {
                        sums[usize::from(*class)] += value * (*weight).into();
                    }
                }
            }
        }
    }

    fn place(&self, number: u32) -> Place {
        let number = number as usize;
        match number.checked_sub(self.common) {
            None => Place::Common(number * self.count..(number + 1) * self.count),
            Some(rare) => Place::Rare(self.starts[rare] as usize..self.starts[rare + 1] as usize),
        }
    }

    /// The number of a feature in front of the bit that tells letters from words; [`UNKNOWN`] where it has none.
    fn numbered(&self, feature: u32) -> u32 {
        let [common, others] = &self.known;
        let number = others.place(feature).map(|place| common.sorted.len() + place).or_else(|| common.place(feature));
        let numbered = |number| u32::try_from(number << 1).unwrap_or(UNKNOWN) | u32::from(is_of_letters(feature));
        number.map_or(UNKNOWN, numbered)
    }

    /// The numbered features of a text that are known, with their values: rarity, scaled to length 1 for words and to
    /// [`LETTERS_COUNT`] for letters.
    fn row(&self, features: impl Iterator<Item = (u32, f32)>, row: &mut Vec<(u32, f32)>) {
        row.clear();
        let (mut words, mut letters) = (0.0f32, 0.0f32);
        for (numbered, share) in features.filter(|(numbered, _)| *numbered != UNKNOWN) {
            let value = self.rarity[(numbered >> 1) as usize] * share;
            *(if is_of_letters(numbered) { &mut letters } else { &mut words }) += value * value;
            row.push((numbered, value));
        }
        let (words, letters) = (scale(words), LETTERS_COUNT * scale(letters));
        for (numbered, value) in row {
            *value *= if is_of_letters(*numbered) { letters } else { words };
            *numbered >>= 1;
        }
    }
}

/// Stands for a feature that is not known.
const UNKNOWN: u32 = u32::MAX;

fn scale(squares: f32) -> f32 {
    if squares > 0.0 { 1.0 / squares.sqrt() } else { 0.0 }
}

fn log(chance: f32) -> f32 {
    // As far down as a class that counts for nothing.
    chance.max((-FAR).exp()).ln()
}

fn softmax(logits: &mut [f32]) {
    let top = logits.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for logit in logits.iter_mut() {
        let below = *logit - top;
        *logit = if below > -FAR { below.exp() } else { 0.0 };
        sum += *logit;
    }
    for logit in logits {
        *logit /= sum;
    }
}

/// Whether a feature, numbered or not, is a run of letters: those are odd.
fn is_of_letters(feature: u32) -> bool {
    feature & 1 == 1
}

/// The features of a text, each once with its greatest share: words by their stems, pairs of neighbours, and runs of
/// letters within words.
fn features<'t>(words: impl Iterator<Item = (&'t str, &'t str, f32)>) -> Vec<(u32, f32)> {
    let mut features = Vec::with_capacity(128);
    let mut add = |parts: [&[u8]; 2], letters: u32, share: f32| {
        let mut hasher = Quick::default();
        for part in parts {
            hasher.write(part);
            hasher.write_u8(b' ');
        }
        features.push(((hasher.finish() >> 32) as u32 & !1 | letters, share));
    };
    let mut before = ("^", 1.0f32);
    let mut padded: Vec<u8> = Vec::new();
    for (word, stem, share) in words {
        add([stem.as_bytes(), b""], 0, share);
        add([before.0.as_bytes(), stem.as_bytes()], 0, share.min(before.1));
        before = (stem, share);
        padded.clear();
        padded.push(b' ');
        padded.extend_from_slice(word.as_bytes());
        padded.push(b' ');
        for run in padded.windows(LETTERS) {
            add([run, b""], 1, share);
        }
    }
    add([before.0.as_bytes(), b"$"], 0, before.1);
    features.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    features.dedup_by_key(|(feature, _)| *feature);
    features
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::token::tokenize;

    fn learnt(facts: &[&[&str]], absent: &[&str]) -> Classifier {
        let of_facts = (0..).zip(facts).flat_map(|(class, asks)| asks.iter().map(move |ask| (*ask, Some(class))));
        Classifier::learnt(of_facts.chain(absent.iter().map(|ask| (*ask, None))), facts.len())
    }

    fn chances(classifier: &Classifier, question: &str) -> Chances {
        let words: Vec<Spoken> = tokenize(question).iter().map(Spoken::from).collect();
        classifier.chances(&words)
    }

    const SIGNED: [&str; 4] =
        ["who signed the treaty", "who put a name to the treaty", "treaty signers", "who signed it in the end"];
    const SAILED: [&str; 4] =
        ["when did the ships sail", "when did the fleet leave", "sailing date", "when did the ships leave port"];
    const ABSENT: [&str; 4] =
        ["how old is the captain", "how old is the minister", "how old is the ship", "what age has the crew"];

    #[test]
    fn a_question_goes_to_the_fact_whose_asks_are_like_it() {
        let classifier = learnt(&[&SIGNED, &SAILED], &ABSENT);
        for (question, class) in [("who has signed this treaty?", 0), ("when do the ships leave", 1)] {
            let chances = chances(&classifier, question);
            assert!(chances.of(class) > chances.of(1 - class), "{question}");
            assert!(chances.against_absent(class) > 0.0, "{question}");
            assert_eq!(chances.likeliest::<1>(), [Some(class)], "{question}");
        }
    }

    #[test]
    fn what_is_asked_in_vain_is_told_from_the_rest() {
        let classifier = learnt(&[&SIGNED, &SAILED], &ABSENT);
        let chances = chances(&classifier, "how old are the ships");
        assert!(chances.against_absent(0) < 0.0 && chances.against_absent(1) < 0.0);
    }

    #[test]
    fn a_misspelt_word_is_known_by_its_letters() {
        let classifier = learnt(&[&SIGNED, &SAILED], &ABSENT);
        assert_eq!(chances(&classifier, "treatyy").likeliest::<1>(), [Some(0)]);
    }

    #[test]
    fn without_absent_details_nothing_is_said_of_them() {
        let classifier = learnt(&[&SIGNED, &SAILED], &[]);
        let chances = chances(&classifier, "how old are the ships");
        assert!(chances.against_absent(0).abs() < f32::EPSILON);
        assert!(chances.of(1) > chances.of(0));
    }

    #[test]
    fn nothing_learnt_says_nothing() {
        let asks = std::iter::repeat_n(("who signed the treaty", Some(0)), 1_000);
        for classifier in [learnt(&[], &[]), Classifier::learnt(asks, learn::MOST / 1_000 + 1)] {
            let chances = chances(&classifier, "who signed the treaty");
            assert!(chances.of(0).abs() < f32::EPSILON && chances.likeliest::<2>() == [None, None]);
        }
        let classifier = learnt(&[&SIGNED, &SAILED], &ABSENT);
        assert!(chances(&classifier, "").of(0).is_finite());
    }

    #[test]
    fn the_same_asks_give_the_same_weights() {
        let [a, b] = [0, 1].map(|_| learnt(&[&SIGNED, &SAILED], &ABSENT));
        assert!(a.unit > 0.0 && a.of_common == b.of_common && a.of_rare == b.of_rare);
    }
}
