//! The words of the knowledge as they are written, by which misspelt ones are corrected.

use super::super::vocabulary::DOUBTFUL;
use crate::text::lexicon::Lexicon;
use crate::text::meaning::Meaning;

/// A word as the knowledge writes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written {
    /// Where it stands at best, by the ranks below.
    rank: i8,
    /// How often it stands anywhere, at most 255.
    times: u8,
    /// What it means, where that is known.
    pub(super) meaning: Option<Meaning>,
}

impl Written {
    /// A word that is new, with the rank of where it stands.
    pub(super) fn new(word: &str, rank: i8) -> Self {
        Self { rank, times: 1, meaning: Meaning::of(word) }
    }

    /// It stands somewhere else too.
    pub(super) fn again(&mut self, rank: i8) {
        self.rank = self.rank.max(rank);
        self.times = self.times.saturating_add(1);
    }

    /// The same word, written elsewhere too.
    pub(super) fn add(&mut self, other: &Self) {
        self.rank = self.rank.max(other.rank);
        self.times = self.times.saturating_add(other.times);
    }

    /// The rank by which words are corrected to it: what only an ask or two have, and no dictionary, may be a slip.
    pub(super) fn rank(&self, word: &str, lexicon: &Lexicon) -> i8 {
        let slip = self.rank <= OF_ASKS && self.times <= SLIPS && !lexicon.is_word(word);
        if slip { DOUBTFUL } else { self.rank }
    }
}

/// Rank of a word of a name.
pub(super) const OF_NAMES: i8 = 3;
/// Rank of a word of a statement, a quote or a group of synonyms.
pub(super) const OF_TEXTS: i8 = 2;
/// Rank of a word of an ask.
pub(super) const OF_ASKS: i8 = 1;
/// Rank of a word of an ask of an absent detail.
pub(super) const OF_ABSENT: i8 = 0;
/// Times that a word may stand in asks and still be a slip: of this briefing's words that stand there so often and in no
/// dictionary, most are slips; of those that stand there more often, most are names.
const SLIPS: u8 = 2;
