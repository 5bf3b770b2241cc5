//! The gate before the gateway: connections that follow too fast on each other wait.
//!
//! serenity reconnects at once when a connection breaks, which is right the first time and a tight loop when every
//! connection breaks. It takes the gateway's address from behind a lock before each connection; the gate holds that
//! lock, lets a shard through at once while connections are rare, and makes the next wait longer the more there were
//! within a minute.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

/// How often the gate looks whether a shard waits; what a reconnection is delayed by at most.
const LOOK: Duration = Duration::from_millis(100);
/// Connections count for this long.
const WINDOW: Duration = Duration::from_mins(2);
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(30);

/// Holds the gate for ever. `free` connections within the window don't wait: two for each shard, the first and one
/// that resumes. Each that comes is told to `dials`.
pub(crate) async fn keep(address: Arc<Mutex<String>>, free: usize, dials: impl Fn()) {
    let mut passed: VecDeque<Instant> = VecDeque::new();
    let mut held = address.lock().await;
    let mut wait = Duration::ZERO;
    loop {
        sleep(wait.max(LOOK)).await;
        wait = Duration::ZERO;
        drop(held);
        // The lock is fair: who waits has it now, and only then is it taken.
        if let Ok(again) = address.try_lock() {
            held = again;
            continue;
        }
        dials();
        let now = Instant::now();
        passed.push_back(now);
        while passed.front().is_some_and(|then| now.duration_since(*then) > WINDOW) {
            passed.pop_front();
        }
        wait = delay(passed.len().saturating_sub(free.saturating_sub(1)));
        if !wait.is_zero() {
            tracing::warn!(wait_s = wait.as_secs(), "the gateway keeps breaking off; the next attempt waits");
        }
        held = address.lock().await;
    }
}

/// How long the next connection waits after `many` more than are free.
fn delay(many: usize) -> Duration {
    let doublings = u32::try_from(many).unwrap_or(u32::MAX).min(6);
    if many == 0 { Duration::ZERO } else { Duration::from_secs(2_u64.pow(doublings - 1)).min(LONGEST) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_pass_at_once_and_the_next_wait_ever_longer() {
        let address = Arc::new(Mutex::new("wss://example.invalid".to_owned()));
        let gate = tokio::spawn(keep(Arc::clone(&address), 2, || ()));
        let mut waits = Vec::new();
        for _ in 0..9 {
            // The gate must have the lock before the next comes.
            sleep(LOOK / 2).await;
            let start = Instant::now();
            drop(address.lock().await);
            waits.push(start.elapsed().as_secs());
        }
        gate.abort();
        assert_eq!(waits, [0, 0, 0, 1, 3, 7, 15, 29, 29], "{waits:?}");
    }
}
