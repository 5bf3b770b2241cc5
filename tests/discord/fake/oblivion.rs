//! Forgetting, for runs in which so much is asked that memory would run out.
//!
//! A test looks back at whatever happened, so the fake keeps it all; a load driver has no use for what it has looked at.

use super::{
    Core, State,
    bus::Topic,
    interaction::{Interaction, Ledger},
    seen::Message,
};

impl Core {
    /// Keeps no log of requests from now on. [`Core::requests`] then knows only those before.
    pub fn stop_logging(&self) {
        self.lock().rest.logging = false;
    }

    /// Forgets messages, interactions and the log of requests. What is under way must be over.
    pub fn forget(&self) {
        let mut state = self.lock();
        state.interactions = Ledger::default();
        state.world.messages.clear();
        state.world.nonces.clear();
        state.rest.log.clear();
    }
}

impl Interaction {
    /// Forgets it. The messages that answered it stay.
    pub fn forget(self) {
        let mut state = self.core().lock();
        state.interactions.remove(self.id);
        state.bus.forget(Topic::Interaction(self.id));
    }
}

impl Message {
    /// Forgets it: it can't be pressed, replied to or looked at any more.
    pub fn forget(self) {
        self.core().lock().forget_message(self.id());
    }
}

impl State {
    fn forget_message(&mut self, id: u64) {
        let Some(message) = self.world.messages.remove(&id) else { return };
        if let Some(nonce) = message.nonce {
            self.world.nonces.remove(&(message.channel, nonce.to_string()));
        }
    }
}
