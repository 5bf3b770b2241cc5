//! Learning: asks as they are read, and the weights that tell their entries apart.

use super::{Classifier, Features, Place, UNKNOWN, features, is_of_letters, softmax};
use crate::matcher::lists::Lists;
use crate::text::quick::Map;
use crate::text::token::tokenize;

/// Most texts times classes from which is learnt: what learning takes grows with them, here to some three seconds. This
/// briefing has a fourteenth of it.
pub(super) const MOST: usize = 50_000_000;
/// Times that a word or a pair of words must stand in a text.
const LEAST_WORDS: u16 = 2;
/// The same for a run of letters.
const LEAST_LETTERS: u16 = 4;
/// Features of most texts.
const FEATURES: usize = 84;
/// Passes over the texts.
const PASSES: usize = 3;
/// How far each step goes.
const RATE: f32 = 0.5;
/// What steps are slowed down by at the start.
const START: f32 = 1e-4;
/// Error of a class's chance below which nothing is learnt from it.
const SMALL: f32 = 0.03;
/// A feature of one class in so many has a weight for each: going through all is quicker than going from one to another.
const COMMON: usize = 5;

impl Classifier {
    /// Learns from texts, each with its class, those of a class one after another; `None` is the class of what the
    /// articles do not give. Of more texts than learning has time for nothing is learnt.
    #[must_use]
    pub fn learnt<'t>(texts: impl Iterator<Item = (&'t str, Option<usize>)>, classes: usize) -> Self {
        let most = MOST / classes.max(1);
        let texts: Vec<(&str, Option<usize>)> = texts.take(most + 1).collect();
        let (Ok(absent), 1..) = (u16::try_from(classes), texts.len()) else { return Self::default() };
        if texts.len() > most {
            return Self::default();
        }
        let room = Lists::with_room(texts.len(), texts.len() * FEATURES);
        let mut read = Read { texts: room, classes: Vec::new(), absent };
        let class = |(_, class): &(&str, Option<usize>)| class.and_then(|class| u16::try_from(class).ok());
        read.classes.extend(texts.iter().map(|text| class(text).unwrap_or(absent)));
        for (text, _) in &texts {
            read.texts.push(features_of(text));
        }
        let mut learner = Learner::new(read.known(), read);
        for pass in 0..PASSES {
            learner.pass(pass);
        }
        learner.finish()
    }
}

fn features_of(text: &str) -> Vec<u32> {
    let tokens = tokenize(text);
    let words = tokens.iter().map(|token| (token.word.as_str(), token.stem.as_str(), 1.0));
    features(words).into_iter().map(|(feature, _)| feature).collect()
}

/// The texts as they are read.
struct Read {
    /// The features of each text.
    texts: Lists<u32>,
    /// The class of each.
    classes: Vec<u16>,
    /// The class of absent details, behind all others.
    absent: u16,
}

impl Read {
    /// The features that are worth a weight, common ones first, each with its rarity and room for its classes.
    fn known(&self) -> Classifier {
        let mut counts: Map<u32, Count> = Map::default();
        for (text, class) in self.classes.iter().enumerate() {
            for feature in self.texts.get(text) {
                let count = counts.entry(*feature).or_insert(Count { texts: 0, classes: 1, last: *class });
                count.texts = count.texts.saturating_add(1);
                // Texts of a class follow one another.
                count.classes += u16::from(count.last != *class);
                count.last = *class;
            }
        }
        counts
            .retain(|feature, count| count.texts >= if is_of_letters(*feature) { LEAST_LETTERS } else { LEAST_WORDS });
        let absent = self.classes.contains(&self.absent);
        let mut classifier = Classifier {
            count: usize::from(self.absent) + usize::from(absent),
            absent: absent.then_some(usize::from(self.absent)),
            starts: vec![0],
            ..Classifier::default()
        };
        let is_common = |count: &Count| usize::from(count.classes) * COMMON >= classifier.count;
        let mut kept: Vec<(u32, Count)> = counts.into_iter().collect();
        kept.sort_unstable_by_key(|(feature, count)| (!is_common(count), *feature));
        classifier.common = kept.partition_point(|(_, count)| is_common(count));
        #[expect(clippy::cast_precision_loss, reason = "tens of thousands at most")]
        let all = self.classes.len() as f32;
        let mut next = 0;
        let (common, others) = kept.split_at(classifier.common);
        let sorted = |kept: &[(u32, Count)]| Features::new(kept.iter().map(|(feature, _)| *feature).collect());
        classifier.known = [sorted(common), sorted(others)];
        for ((_, count), number) in kept.into_iter().zip(0u32..) {
            let texts = f32::from(count.texts);
            classifier.rarity.push(((all + 1.0) / (texts + 1.0)).ln() + 1.0);
            if number as usize >= classifier.common {
                next += u32::from(count.classes);
                classifier.starts.push(next);
            }
        }
        classifier
    }
}

/// Where a feature stands; small, for there are many.
struct Count {
    texts: u16,
    classes: u16,
    last: u16,
}

/// What learns the weights.
struct Learner {
    classifier: Classifier,
    read: Read,
    common: Learnt,
    rare: Learnt,
    chances: Vec<f32>,
    /// The classes of which a text has something to teach, with the error of their chance.
    errors: Vec<(u16, f32)>,
    row: Vec<(u32, f32)>,
    /// Whether there was nothing more to learn from a text.
    settled: Vec<bool>,
}

/// Weights, and the sum of the squares of the steps of each.
struct Learnt {
    weights: Vec<f32>,
    squares: Vec<f32>,
}

impl Learnt {
    fn new(count: usize) -> Self {
        Self { weights: vec![0.0; count], squares: vec![START; count] }
    }

    fn step(&mut self, at: usize, slope: f32) {
        let squares = &mut self.squares[at];
        *squares += slope * slope;
        self.weights[at] -= RATE * slope / squares.sqrt();
    }
}

impl Learner {
    fn new(mut classifier: Classifier, mut read: Read) -> Self {
        let pairs = classifier.starts.last().map_or(0, |end| *end as usize);
        read.texts.items.iter_mut().for_each(|feature| *feature = classifier.numbered(*feature));
        let common = u32::try_from(classifier.common).unwrap_or(u32::MAX);
        let mut classes = vec![0u16; pairs];
        let mut ends = classifier.starts.clone();
        for (text, class) in read.classes.iter().enumerate() {
            for number in read.texts.get(text).iter().filter(|numbered| **numbered != UNKNOWN) {
                let Some(rare) = (number >> 1).checked_sub(common) else { continue };
                let rare = rare as usize;
                let (start, end) = (classifier.starts[rare], &mut ends[rare]);
                if *end == start || classes[*end as usize - 1] != *class {
                    classes[*end as usize] = *class;
                    *end += 1;
                }
            }
        }
        classifier.classes = classes;
        Self {
            common: Learnt::new(classifier.common * classifier.count),
            rare: Learnt::new(pairs),
            chances: vec![0.0; classifier.count],
            errors: Vec::new(),
            row: Vec::new(),
            settled: vec![false; read.classes.len()],
            classifier,
            read,
        }
    }

    /// Goes through the texts once, those of a class far apart.
    fn pass(&mut self, pass: usize) {
        let texts = self.read.classes.len();
        // A step that has no divisor in common with the number of texts comes by each of them once.
        let step = (texts * 3 / 8..=texts + 1).find(|step| are_coprime(*step, texts)).unwrap_or(1);
        let mut at = pass * 31 % texts;
        for _ in 0..texts {
            if !self.settled[at] {
                self.settled[at] = !self.learn(at);
            }
            at = (at + step) % texts;
        }
    }

    /// One step by one text; whether there was anything to learn.
    fn learn(&mut self, text: usize) -> bool {
        let features = self.read.texts.get(text).iter().map(|feature| (*feature, 1.0));
        self.classifier.row(features, &mut self.row);
        self.chances.fill(0.0);
        self.classifier.add_up(&self.row, &self.common.weights, &self.rare.weights, &mut self.chances);
        softmax(&mut self.chances);
        let right = usize::from(self.read.classes[text]);
        self.chances[right] -= 1.0;
        if self.chances[right] > -SMALL {
            return false;
        }
        let errors = (0u16..).zip(&self.chances).filter(|(_, error)| error.abs() > SMALL);
        self.errors.clear();
        self.errors.extend(errors.map(|(class, error)| (class, *error)));
        for (number, value) in &self.row {
            match self.classifier.place(*number) {
                Place::Common(range) => {
                    for (class, error) in &self.errors {
                        self.common.step(range.start + usize::from(*class), error * value);
                    }
                }
                Place::Rare(range) => {
                    for (class, at) in self.classifier.classes[range.clone()].iter().zip(range) {
                        let error = self.chances[usize::from(*class)];
                        if error.abs() > SMALL {
                            self.rare.step(at, error * value);
                        }
                    }
                }
            }
        }
        true
    }

    fn finish(self) -> Classifier {
        let Self { mut classifier, common, rare, .. } = self;
        let all = common.weights.iter().chain(&rare.weights);
        let most = all.fold(0.0f32, |most, weight| most.max(weight.abs()));
        let unit = most.max(f32::EPSILON) / f32::from(i16::MAX);
        #[expect(clippy::cast_possible_truncation, reason = "within the range by its unit")]
        let round = |learnt: Learnt| learnt.weights.iter().map(|weight| (weight / unit).round() as i16).collect();
        (classifier.unit, classifier.of_common, classifier.of_rare) = (unit, round(common), round(rare));
        classifier
    }
}

fn are_coprime(mut a: usize, mut b: usize) -> bool {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}
