//! What is noted while answering: a question's outcome, and a vote on an answer.
//!
//! The types decide what can be kept: an answered question has no place for its text, and nothing has a place for the
//! id of who asked or voted.

use std::fmt;
use std::time::{Duration, SystemTime};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::Error;
use crate::text::fold;

/// Characters of a question that are kept. Longer ones are no questions that a moderator could use, and the bound
/// makes that of the queue one of memory: 4,096 events of 1,000 characters are 4 MB, 16 MB at worst.
pub const MAX_QUESTION_CHARS: usize = 1_000;

/// Something to note, by [`super::Journal::record`].
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A question was answered, or not.
    Asked(Asked),
    /// Somebody judged an answer.
    Voted(Voted),
}

/// How one question went.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// When.
    pub at: SystemTime,
    /// The outcome, with the question's text where it is to be kept.
    pub outcome: Outcome,
    /// The briefing of the best fact, if any.
    pub briefing: Option<String>,
    /// The best fact, if any.
    pub fact: Option<String>,
    /// Its calibrated confidence, 0 to 1.
    pub confidence: f64,
    /// How long the answer took to find.
    pub elapsed: Duration,
}

/// The outcome of a question. Only a question that found no sure answer keeps its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered.
    Answer,
    /// Only suggestions were given.
    Suggest {
        /// As it was asked.
        question: String,
    },
    /// Nothing was found.
    None {
        /// As it was asked.
        question: String,
    },
}

/// One person's judgement of one answer; a later one replaces it.
#[derive(Debug, Clone, PartialEq)]
pub struct Voted {
    /// When.
    pub at: SystemTime,
    /// Who, as [`VoterKey::voter`] disguises it, on which answer.
    pub voter: Voter,
    /// The briefing of the answer.
    pub briefing: String,
    /// The fact that was the answer.
    pub fact: String,
    /// The judgement.
    pub verdict: Verdict,
}

/// What a vote says. Only "not helpful" keeps the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The answer helped.
    Helpful,
    /// It did not.
    NotHelpful {
        /// The question, where the bot still knows it.
        question: Option<String>,
    },
}

/// A person and an answer, disguised: the same for the same two as long as the process lives, and good for nothing
/// else.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Voter([u8; 32]);

impl Voter {
    pub(super) fn hex(&self) -> String {
        hex(&self.0)
    }
}

impl fmt::Debug for Voter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Voter(..)")
    }
}

/// The key that disguises voters. It is made at random and lives only in memory, so that nobody, with the database in
/// hand, can try out the ids of a server's members. After a restart the same person may vote anew.
///
/// 64 bytes are SHA-256's block, the longest key that HMAC takes as it is.
#[derive(Clone)]
pub struct VoterKey([u8; 64]);

impl VoterKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// [`Error::Random`] where the operating system gives no random bytes.
    pub fn random() -> Result<Self, Error> {
        let mut key = [0; 64];
        getrandom::fill(&mut key).map_err(|_| Error::Random)?;
        Ok(Self(key))
    }

    /// Disguises who (a user's id) votes on which answer (the id of its message): HMAC-SHA256.
    #[must_use]
    pub fn voter(&self, user: u64, message: u64) -> Voter {
        let mut mac = Hmac::<Sha256>::new((&self.0).into());
        mac.update(&user.to_be_bytes());
        mac.update(&message.to_be_bytes());
        Voter(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for VoterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VoterKey(..)")
    }
}

/// A question's text as it is kept, and the key under which like ones are counted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) text: String,
    pub(super) key: String,
}

impl Kept {
    /// Nothing where nothing readable is left: no moderator could make a fact of it. NUL, which PostgreSQL can't
    /// store, is left out.
    pub(super) fn new(question: &str) -> Option<Self> {
        let text: String = question.trim().chars().filter(|c| *c != '\0').take(MAX_QUESTION_CHARS).collect();
        let folded = fold(&text);
        (!folded.is_empty()).then(|| Self { key: digest(&folded), text })
    }
}

/// SHA-256, hexadecimal.
pub(super) fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        // Writing to a String can't fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
