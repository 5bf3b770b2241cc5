//! What each asker asked last in each channel, so that a question can lean on those before it.
//!
//! Keyed by person and channel, so that nobody's questions reach another's answers. Bounded and short-lived: it is a
//! convenience, and what is forgotten costs a follow-up, nothing else.

use std::sync::Arc;
use std::time::Duration;

use moka::ops::compute::Op;
use moka::sync::Cache;
use poise::serenity_prelude as serenity;
use serenity::{ChannelId, UserId};

use crate::text::sanitize::shorten;

/// Turns that are remembered; the engine reads as many.
const TURNS: usize = 3;
/// Characters of a turn: a longer question leans on no other by what comes after them.
const TURN: usize = 300;
/// Conversations that are remembered. With three turns of 300 characters each that is 10 MB at the very worst.
const CONVERSATIONS: u64 = 10_000;
/// How long a conversation is remembered after its last question.
const LIFE: Duration = Duration::from_mins(10);

/// The conversations. Cheap to share.
pub(crate) struct Memory {
    turns: Cache<(UserId, ChannelId), Arc<[String]>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(CONVERSATIONS, LIFE)
    }
}

impl Memory {
    fn new(conversations: u64, life: Duration) -> Self {
        Self { turns: Cache::builder().max_capacity(conversations).time_to_idle(life).build() }
    }

    /// What this person asked before in this channel, oldest first.
    pub(crate) fn recall(&self, user: UserId, channel: ChannelId) -> Vec<String> {
        self.turns.get(&(user, channel)).map(|turns| turns.to_vec()).unwrap_or_default()
    }

    /// Remembers what this person asked now.
    pub(crate) fn note(&self, user: UserId, channel: ChannelId, question: &str) {
        let question = shorten(question, TURN);
        self.turns.entry((user, channel)).and_compute_with(|known| {
            let known = known.map(moka::Entry::into_value);
            let known = known.as_deref().unwrap_or_default();
            let kept = known.iter().skip((known.len() + 1).saturating_sub(TURNS)).cloned();
            Op::Put(kept.chain([question]).collect())
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
        memory.turns.run_pending_tasks();
        assert!(memory.turns.entry_count() <= 5);
        assert!(memory.turns.iter().all(|(_, turns)| turns.iter().all(|turn| turn.chars().count() <= TURN)));
    }
}
