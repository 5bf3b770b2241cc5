//! Who waits for what: a wake-up per topic, so that a thousand waiting interactions don't wake one another.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

/// What can change.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Topic {
    /// An interaction of this id was answered, followed up or edited.
    Interaction(u64),
    /// A message was sent, edited or deleted in this channel, or the bot showed that it types.
    Channel(u64),
    /// A gateway connection came, went, or spoke.
    Gateway,
    /// A REST request was answered.
    Rest,
}

/// The wake-ups of those who wait at the moment.
#[derive(Clone, Default)]
pub struct Bus(Arc<Mutex<HashMap<Topic, watch::Sender<()>>>>);

impl Bus {
    /// From now on, [`Bus::touch`] of `topic` wakes the receiver.
    pub fn subscribe(&self, topic: Topic) -> watch::Receiver<()> {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        topics.entry(topic).or_insert_with(|| watch::Sender::new(())).subscribe()
    }

    /// Something changed: those who wait for it look again.
    pub fn touch(&self, topic: Topic) {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if topics.get(&topic).is_some_and(|sender| sender.send(()).is_err()) {
            topics.remove(&topic);
        }
    }

    /// Nobody will wait for this any more.
    pub fn forget(&self, topic: Topic) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&topic);
    }
}
