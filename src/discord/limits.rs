//! How much one person, and one channel, may ask.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use moka::sync::Cache;
use poise::serenity_prelude as serenity;
use serenity::{ChannelId, UserId};

/// A person: eight questions at once, then one in two seconds. Nobody reads faster.
const USER_BURST: NonZeroU32 = NonZeroU32::new(8).expect("not zero");
const USER_EVERY: Duration = Duration::from_secs(2);
/// A channel: ten messages at once, then two a second; Discord lets a bot write five in five seconds.
const CHANNEL_BURST: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
const CHANNEL_EVERY: Duration = Duration::from_millis(500);
/// A person is told once in this time.
const NOTICE: Duration = Duration::from_mins(1);
/// Checks after which people and channels that are quiet again are forgotten.
const SWEEP: u32 = 4_096;

/// Whether a question may be answered now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Yes.
    Go,
    /// No, and the person is to be told.
    Tell,
    /// No, and the person knows.
    Silent,
}

/// The limits. Interactions answer to their asker and count against the person only; messages in a channel count
/// against the channel too.
pub(crate) struct Limits {
    users: DefaultKeyedRateLimiter<u64>,
    channels: DefaultKeyedRateLimiter<u64>,
    told: Cache<UserId, ()>,
    checks: AtomicU32,
}

impl Default for Limits {
    fn default() -> Self {
        let quota = |every, burst| Quota::with_period(every).map(|quota| quota.allow_burst(burst));
        Self {
            users: RateLimiter::keyed(quota(USER_EVERY, USER_BURST).expect("a period above zero")),
            channels: RateLimiter::keyed(quota(CHANNEL_EVERY, CHANNEL_BURST).expect("a period above zero")),
            told: Cache::builder().max_capacity(10_000).time_to_live(NOTICE).build(),
            checks: AtomicU32::new(0),
        }
    }
}

impl Limits {
    /// Counts a question by interaction. It is always answered, if only to say that it is too many: Discord shows a
    /// failure otherwise.
    pub(crate) fn interaction(&self, user: UserId) -> Verdict {
        self.sweep();
        if self.users.check_key(&user.get()).is_ok() { Verdict::Go } else { Verdict::Tell }
    }

    /// Counts a question by message; `channel` is `None` in direct messages.
    pub(crate) fn message(&self, user: UserId, channel: Option<ChannelId>) -> Verdict {
        self.sweep();
        let user_may = self.users.check_key(&user.get()).is_ok();
        if user_may && channel.is_none_or(|channel| self.channels.check_key(&channel.get()).is_ok()) {
            return Verdict::Go;
        }
        let fresh = self.told.entry(user).or_insert(()).is_fresh();
        if fresh { Verdict::Tell } else { Verdict::Silent }
    }

    fn sweep(&self) {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.users.retain_recent();
            self.channels.retain_recent();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_told_once_and_others_are_not_held_up() {
        let limits = Limits::default();
        let (ann, bob) = (UserId::new(1), UserId::new(2));
        for _ in 0..USER_BURST.get() {
            assert_eq!(limits.message(ann, None), Verdict::Go);
        }
        assert_eq!(limits.message(ann, None), Verdict::Tell);
        assert_eq!(limits.message(ann, None), Verdict::Silent);
        assert_eq!(limits.interaction(ann), Verdict::Tell);
        assert_eq!(limits.message(bob, None), Verdict::Go);
    }

    #[test]
    fn a_channel_has_its_own_limit() {
        let limits = Limits::default();
        let (busy, quiet) = (Some(ChannelId::new(1)), Some(ChannelId::new(2)));
        for user in 1..=u64::from(CHANNEL_BURST.get()) {
            assert_eq!(limits.message(UserId::new(user), busy), Verdict::Go);
        }
        assert_eq!(limits.message(UserId::new(100), busy), Verdict::Tell);
        assert_eq!(limits.message(UserId::new(100), quiet), Verdict::Go);
    }
}
