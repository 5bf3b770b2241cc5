//! The engine in service: read by every question, replaced whole by a reload.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::Engine;

/// The engine in service. Cheap to clone; all clones see a swap at once.
///
/// A question takes the engine with [`Service::current`] and keeps it to its end, so that a swap in the middle changes
/// nothing for it.
#[derive(Clone, Debug)]
pub struct Service {
    current: Arc<ArcSwap<Engine>>,
}

impl Service {
    /// Puts an engine in service.
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        Self { current: Arc::new(ArcSwap::from_pointee(engine)) }
    }

    /// The engine in service now.
    #[must_use]
    pub fn current(&self) -> Arc<Engine> {
        self.current.load_full()
    }

    /// Replaces the engine and gives back the old one.
    #[expect(clippy::must_use_candidate, reason = "few want the old one")]
    pub fn swap(&self, engine: Arc<Engine>) -> Arc<Engine> {
        self.current.swap(engine)
    }
}
