//! Routes that Discord asked to leave alone for a while.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use poise::serenity_prelude as serenity;
use serenity::RatelimitingBucket;
use tokio::time::Instant;

/// Until when which requests wait. A std mutex: it is never held across an await.
#[derive(Default)]
pub(crate) struct Blocks {
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    all: Option<Instant>,
    routes: HashMap<RatelimitingBucket, Instant>,
}

/// Routes above which those that are free again are forgotten.
const MANY: usize = 1_000;

impl Blocks {
    /// Notes that a route, or all of them, must wait.
    pub(crate) fn block(&self, bucket: RatelimitingBucket, global: bool, until: Instant) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if global {
            held.all = held.all.max(Some(until));
        } else if !bucket.is_none() {
            if held.routes.len() >= MANY {
                let now = Instant::now();
                held.routes.retain(|_, until| *until > now);
            }
            let entry = held.routes.entry(bucket).or_insert(until);
            *entry = until.max(*entry);
        }
    }

    /// Until when a request must wait, where it must. An interaction's response is not bound by the global limit.
    pub(crate) fn until(&self, bucket: RatelimitingBucket, interaction: bool) -> Option<Instant> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let all = held.all.filter(|_| !interaction);
        let route = held.routes.get(&bucket).copied();
        all.max(route).filter(|until| *until > Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use poise::serenity_prelude::{ChannelId, Route};

    use super::*;

    fn channel(id: u64) -> RatelimitingBucket {
        Route::ChannelMessages { channel_id: ChannelId::new(id) }.ratelimiting_bucket()
    }

    #[test]
    fn a_route_waits_alone_and_a_global_limit_holds_all_but_interactions() {
        let blocks = Blocks::default();
        let later = Instant::now() + Duration::from_mins(1);
        blocks.block(channel(1), false, later);
        assert_eq!(blocks.until(channel(1), false), Some(later));
        assert_eq!(blocks.until(channel(2), false), None);
        blocks.block(channel(1), true, later);
        assert_eq!(blocks.until(channel(2), false), Some(later));
        assert_eq!(blocks.until(channel(2), true), None);
    }

    #[test]
    fn what_is_past_holds_nobody() {
        let blocks = Blocks::default();
        blocks.block(channel(1), false, Instant::now());
        assert_eq!(blocks.until(channel(1), false), None);
    }
}
