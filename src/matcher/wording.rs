//! Wording: whether a question is put like those that the knowledge answers, or like those of which it says that the
//! articles give no answer.
//!
//! "Which airline", "how old", "who paid for": what is asked in vain has its own phrases, whoever it is about. A naive
//! Bayes classifier (Manning, Raghavan & Schütze 2008, §13.2) over runs of one to three words learns them from the asks of
//! facts and of absent details.

use std::hash::Hasher as _;

use super::lists::make_room;
use crate::text::quick::Quick;

/// Longest run of words that counts.
const LONGEST: usize = 3;
/// Runs of a question for which room is made from the start.
const RUNS: usize = 16;
/// Runs that are taken of one class at most: a bound on the time and the memory that learning costs.
const MOST: usize = 2_000_000;
/// Times that a run must have been seen.
const LEAST: usize = 2;

/// How a question is worded. Each number is 0 where nothing is known, positive where what the knowledge answers is put
/// that way, and lies between -1 and 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Manner {
    /// The log odds of all runs together, in twentieths.
    pub sum: f32,
    /// Their mean, in thirds.
    pub mean: f32,
    /// The log odds of the run that speaks most against an answer, in sixths.
    pub least: f32,
}

/// What is learnt: the log odds of each run of words, by its hash.
#[derive(Debug, Default)]
pub struct Wording {
    /// Sorted.
    runs: Vec<u32>,
    odds: Vec<f32>,
}

/// Runs of words as they are read.
#[derive(Debug, Default)]
pub struct Reader {
    answered: Class,
    absent: Class,
}

#[derive(Debug, Default)]
struct Class {
    runs: Vec<u32>,
    texts: usize,
}

impl Reader {
    /// A reader with room for so many questions, half of them answered.
    #[must_use]
    pub fn with_room(questions: usize) -> Self {
        let class = || Class { runs: Vec::with_capacity((questions * RUNS).min(MOST)), texts: 0 };
        Self { answered: class(), absent: class() }
    }

    /// Reads a question that the knowledge answers, or one of which it says that the article gives no answer.
    pub fn read<'w>(&mut self, stems: impl Iterator<Item = &'w str>, answered: bool) {
        let class = if answered { &mut self.answered } else { &mut self.absent };
        if class.runs.len() < MOST {
            class.texts += 1;
            let runs = runs_of(stems);
            make_room(&mut class.runs, runs.len());
            class.runs.extend(runs);
        }
    }

    /// Reads all that another reader has read, unless that is more than is taken.
    pub fn append(&mut self, other: Self) {
        for (class, other) in [(&mut self.answered, other.answered), (&mut self.absent, other.absent)] {
            if class.runs.len() + other.runs.len() <= MOST {
                class.texts += other.texts;
                make_room(&mut class.runs, other.runs.len());
                class.runs.extend(other.runs);
            }
        }
    }

    /// Learns from what was read.
    #[must_use]
    pub fn finish(self) -> Wording {
        let (answered, absent) = (self.answered, self.absent);
        if answered.texts == 0 || absent.texts == 0 {
            return Wording::default();
        }
        #[expect(clippy::cast_precision_loss, reason = "millions at most")]
        let (of_answered, of_absent) = (answered.texts as f32, absent.texts as f32);
        // Half a text of the smaller class: where there are few of them, what they lack says little.
        let smooth = 0.5 / of_answered.min(of_absent);
        let mut wording = Wording::default();
        let [mut answered, mut absent] = [answered.runs, absent.runs].map(|mut runs| {
            runs.sort_unstable();
            runs.into_iter().peekable()
        });
        while let Some(run) = [answered.peek(), absent.peek()].into_iter().flatten().min().copied() {
            let count = |runs: &mut std::iter::Peekable<std::vec::IntoIter<u32>>| {
                let mut count = 0usize;
                while runs.next_if_eq(&run).is_some() {
                    count += 1;
                }
                count
            };
            let (a, b) = (count(&mut answered), count(&mut absent));
            if a + b >= LEAST {
                #[expect(clippy::cast_precision_loss, reason = "millions at most")]
                let odds = ((a as f32 / of_answered + smooth) / (b as f32 / of_absent + smooth)).ln();
                wording.runs.push(run);
                wording.odds.push(odds);
            }
        }
        wording.runs.shrink_to_fit();
        wording.odds.shrink_to_fit();
        wording
    }
}

impl Wording {
    /// How a question is worded.
    #[must_use]
    pub fn of<'w>(&self, stems: impl Iterator<Item = &'w str>) -> Manner {
        let (mut sum, mut known, mut least) = (0.0f32, 0.0f32, 0.0f32);
        for run in runs_of(stems) {
            let Ok(at) = self.runs.binary_search(&run) else { continue };
            let odds = self.odds[at];
            sum += odds;
            known += 1.0;
            least = least.min(odds);
        }
        let scaled = |value: f32, scale: f32| (value / scale).clamp(-1.0, 1.0);
        Manner { sum: scaled(sum, 20.0), mean: scaled(sum / known.max(1.0), 3.0), least: scaled(least, 6.0) }
    }
}

/// The runs of words of a text, each once, start and end of it counting as words.
fn runs_of<'w>(stems: impl Iterator<Item = &'w str>) -> Vec<u32> {
    let words: Vec<&str> = std::iter::once("^").chain(stems).chain(std::iter::once("$")).collect();
    let mut runs = Vec::with_capacity(words.len() * LONGEST);
    for start in 0..words.len() {
        let mut hasher = Quick::default();
        for word in words.iter().skip(start).take(LONGEST) {
            hasher.write(word.as_bytes());
            hasher.write_u8(b' ');
            // Half of it tells hundreds of thousands of runs apart.
            runs.push((hasher.finish() >> 32) as u32);
        }
    }
    runs.sort_unstable();
    runs.dedup();
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learnt(answered: &[&str], absent: &[&str]) -> Wording {
        let mut reader = Reader::default();
        for (texts, is_answered) in [(answered, true), (absent, false)] {
            for text in texts {
                reader.read(text.split(' '), is_answered);
            }
        }
        reader.finish()
    }

    #[test]
    fn phrases_of_what_is_asked_in_vain_are_learnt() {
        let wording = learnt(
            &["who signed the pact", "when did they sign", "who came to the lunch", "who signed"],
            &["how old is the minister", "how old is the queen", "how old was the king"],
        );
        let of = |text: &str| wording.of(text.split(' '));
        assert!(of("how old is the pilot").sum < 0.0 && of("how old is the pilot").least < 0.0);
        assert!(of("who signed it").sum > 0.0);
        assert_eq!(of("entirely different words"), Manner::default());
    }

    #[test]
    fn one_class_alone_says_nothing() {
        assert_eq!(learnt(&["who signed", "who signed it"], &[]).of("who signed".split(' ')), Manner::default());
        assert_eq!(learnt(&[], &[]).of(std::iter::empty()), Manner::default());
    }

    #[test]
    fn few_absent_details_say_little() {
        let answered: Vec<String> = (0..600).map(|n| format!("who signed number {n}")).collect();
        let answered: Vec<&str> = answered.iter().map(String::as_str).collect();
        let few = learnt(&answered, &["how old is the queen", "how old"]);
        assert!(few.of("how old".split(' ')).least > -0.5);
        assert!(few.of("who signed".split(' ')).mean.abs() < 0.5);
    }
}
