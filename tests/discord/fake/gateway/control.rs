//! What a test orders of the gateway, and what it sees there.

use std::time::Duration;

use serde_json::{Value, json};
use twilight_model::gateway::Intents;

use super::{
    super::{Core, PATIENCE, bus::Topic},
    Happening,
    session::Frame,
};

/// The test's side of the gateway.
impl Core {
    /// What happened on the gateway, in order.
    pub fn gateway_history(&self) -> Vec<Happening> {
        self.lock().gateway.history.clone()
    }

    /// Waits until what happened on the gateway, in order, satisfies `look`.
    pub async fn gateway_until(&self, what: &str, look: impl Fn(&[Happening]) -> bool) {
        self.wait(Topic::Gateway, PATIENCE, what, |state| look(&state.gateway.history).then_some(())).await;
    }

    /// Waits until `count` shards are identified and connected.
    pub async fn shards_up(&self, count: usize) {
        self.wait(Topic::Gateway, PATIENCE, "the shards to be connected", |state| {
            (state.gateway.sessions.iter().filter(|session| session.link.is_some()).count() == count).then_some(())
        })
        .await;
    }

    /// From the next connection on, hello asks for a heartbeat this often.
    pub fn heartbeat_every(&self, interval: Duration) {
        self.lock().gateway.heartbeat_ms = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
    }

    /// Whether heartbeats are acknowledged from now on.
    pub fn acknowledge_heartbeats(&self, acknowledge: bool) {
        self.lock().gateway.acknowledge = acknowledge;
    }

    /// Grants privileged intents to the application.
    pub fn grant(&self, intents: Intents) {
        self.lock().gateway.granted |= intents;
    }

    /// Sets the number of shards that `GET /gateway/bot` recommends.
    pub fn recommend_shards(&self, shards: u64) {
        self.lock().gateway.shards = shards;
    }

    /// Closes the connections of the next identifies with these codes, one each.
    pub fn refuse_identifies(&self, codes: &[u16]) {
        self.lock().gateway.refusals.extend(codes);
    }

    /// Refuses the next connections with status 503.
    pub fn refuse_connections(&self, count: usize) {
        self.lock().gateway.refused_connections = count;
    }

    /// Asks all shards to reconnect and resume (operation 7).
    pub fn ask_to_reconnect(&self) {
        self.to_all(&json!({"op": 7, "d": null}));
    }

    /// Says that the sessions are invalid (operation 9). If not `resumable`, a resume is refused from now on.
    pub fn invalidate_sessions(&self, resumable: bool) {
        if !resumable {
            self.end_sessions();
        }
        self.to_all(&json!({"op": 9, "d": resumable}));
    }

    /// Forgets all sessions, so that a resume is refused.
    pub fn end_sessions(&self) {
        for session in &mut self.lock().gateway.sessions {
            session.resumable = false;
        }
    }

    /// Asks for a heartbeat at once (operation 1).
    pub fn ask_for_heartbeat(&self) {
        self.to_all(&json!({"op": 1, "d": null}));
    }

    /// Closes all connections with `code`. The codes that end a session make a resume fail.
    pub fn close_connections(&self, code: u16) {
        if matches!(code, 1000 | 1001 | 4004 | 4007 | 4009..=4014) {
            self.end_sessions();
        }
        self.unlink(|| Frame::Close(code, "As ordered.".to_owned()));
    }

    /// Breaks all connections without a word.
    pub fn cut_connections(&self) {
        self.unlink(|| Frame::Cut);
    }

    /// Dispatches an event to all shards, whatever is in it: for events that the bot can't parse.
    pub fn dispatch_anything(&self, event: &str, data: &Value) {
        for session in &mut self.lock().gateway.sessions {
            session.dispatch(event, data);
        }
    }

    /// Sends text that need be no payload at all to all shards.
    pub fn send_raw(&self, text: &str) {
        for session in &self.lock().gateway.sessions {
            session.send(Frame::Text(text.to_owned()));
        }
    }

    fn to_all(&self, payload: &Value) {
        self.send_raw(&payload.to_string());
    }

    /// Sends a last frame to all connections. The link is taken off at once, so that what is dispatched from now on
    /// waits for the resume and can't be lost in a dying connection.
    fn unlink(&self, frame: impl Fn() -> Frame) {
        for session in &mut self.lock().gateway.sessions {
            session.send(frame());
            session.link = None;
        }
    }
}
