//! What each asker asked last in each channel, so that a question can lean on those before it.
//!
//! Keyed by person and channel, so that nobody's questions reach another's answers. Bounded and short-lived: it is a
//! convenience, and what is forgotten costs a follow-up, nothing else.

use std::time::Duration;

use poise::serenity_prelude as serenity;
use serenity::{ChannelId, UserId};

use super::recent::Recent;
use crate::text::sanitize::{one_line, shorten};

/// Turns that are remembered; the engine reads as many.
const TURNS: usize = 3;
/// Characters of a turn: a longer question leans on no other by what comes after them.
const TURN: usize = 300;
/// Conversations that are remembered. With three turns of 300 characters each that is 5 MB at the very worst.
const CONVERSATIONS: usize = 5_000;
/// How long a conversation is remembered after its last question.
const LIFE: Duration = Duration::from_mins(10);

/// The conversations: the turns of each, oldest first, a line each.
pub(crate) struct Memory {
    turns: Recent<(UserId, ChannelId), Box<str>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(CONVERSATIONS, LIFE)
    }
}

impl Memory {
    fn new(conversations: usize, life: Duration) -> Self {
        Self { turns: Recent::new(conversations, life) }
    }

    /// What this person asked before in this channel, oldest first.
    pub(crate) fn recall(&self, user: UserId, channel: ChannelId) -> Vec<String> {
        let turns = self.turns.get(&(user, channel), |turns| turns.lines().map(str::to_owned).collect());
        turns.unwrap_or_default()
    }

    /// Remembers what this person asked now.
    pub(crate) fn note(&self, user: UserId, channel: ChannelId, question: &str) {
        let question = shorten(&one_line(question), TURN);
        self.turns.put((user, channel), |known| {
            let known: Vec<&str> = known.as_deref().unwrap_or_default().lines().collect();
            let kept = known.into_iter().rev().take(TURNS - 1).rev();
            kept.chain([question.as_str()]).collect::<Vec<_>>().join("\n").into()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(user: u64, channel: u64) -> (UserId, ChannelId) {
        (UserId::new(user), ChannelId::new(channel))
    }

    #[test]
    fn the_last_three_turns_are_remembered_apart() {
        let memory = Memory::default();
        let (ann, here) = ids(1, 10);
        let (bob, there) = ids(2, 20);
        for turn in ["one", "two", "three", "four"] {
            memory.note(ann, here, turn);
        }
        assert_eq!(memory.recall(ann, here), ["two", "three", "four"]);
        assert!(memory.recall(bob, here).is_empty(), "another person's");
        assert!(memory.recall(ann, there).is_empty(), "another channel's");
    }

    #[test]
    fn memory_is_bounded_and_ends() {
        let memory = Memory::new(5, Duration::ZERO);
        let (ann, here) = ids(1, 10);
        memory.note(ann, here, "one");
        assert!(memory.recall(ann, here).is_empty(), "expired at once");
        let memory = Memory::new(5, LIFE);
        for user in 1..100 {
            memory.note(UserId::new(user), here, &"x".repeat(10_000));
        }
        let kept = (1..100).map(|user| memory.recall(UserId::new(user), here)).filter(|turns| !turns.is_empty());
        let kept: Vec<Vec<String>> = kept.collect();
        assert!((1..=5).contains(&kept.len()), "{}", kept.len());
        assert!(kept.iter().flatten().all(|turn| turn.chars().count() <= TURN));
    }

    #[test]
    fn a_turn_of_many_lines_is_one() {
        let memory = Memory::default();
        let (ann, here) = ids(1, 10);
        memory.note(ann, here, "one\ntwo\r\nthree");
        assert_eq!(memory.recall(ann, here), ["one two three"]);
    }
}
