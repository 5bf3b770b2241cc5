//! Answers in flight: counted, so that a stop can wait for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// Counts what is being answered. Clones share the count.
#[derive(Clone)]
pub(crate) struct Flights {
    count: watch::Sender<usize>,
    closing: Arc<AtomicBool>,
}

/// One answer in flight; it has landed when this is dropped.
pub(crate) struct Flight(watch::Sender<usize>);

impl Default for Flights {
    fn default() -> Self {
        Self { count: watch::Sender::new(0), closing: Arc::default() }
    }
}

impl Flights {
    /// Begins one; `None` once the stop has begun.
    pub(crate) fn begin(&self) -> Option<Flight> {
        self.count.send_modify(|count| *count += 1);
        // After the count: a stop that sees none in flight can't miss this one.
        let flight = Flight(self.count.clone());
        (!self.closing.load(Ordering::SeqCst)).then_some(flight)
    }

    /// How many are in flight.
    pub(crate) fn count(&self) -> usize {
        *self.count.borrow()
    }

    /// Lets none begin any more and waits for those in flight, at most `limit`; gives how many were left.
    pub(crate) async fn finish(&self, limit: Duration) -> usize {
        self.closing.store(true, Ordering::SeqCst);
        let mut count = self.count.subscribe();
        // The sender lives in self, so waiting can't fail but by time.
        let _ = timeout(limit, count.wait_for(|count| *count == 0)).await;
        *self.count.borrow()
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stop_waits_for_what_is_in_flight_and_lets_nothing_begin() {
        let flights = Flights::default();
        let flight = flights.begin().expect("not closing");
        assert_eq!(flights.finish(Duration::from_millis(10)).await, 1);
        assert!(flights.begin().is_none());
        let landing = tokio::spawn(async move { drop(flight) });
        assert_eq!(flights.finish(Duration::from_secs(10)).await, 0);
        landing.await.expect("it lands");
    }
}
