//! The gateway: the WebSocket protocol as Discord documents it, version 10, JSON.

pub mod control;
pub mod session;

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{
        Query, State as Shared,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use session::{Frame, Session};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use twilight_model::gateway::{
    Intents,
    payload::outgoing::{identify::IdentifyInfo, resume::ResumeInfo},
};

use super::{Core, State, bus::Topic};

/// What a bot may send within a minute before Discord closes with 4008.
const PAYLOADS_A_MINUTE: usize = 120;

/// Intents that an application needs approval for.
const PRIVILEGED: Intents = Intents::GUILD_MEMBERS.union(Intents::GUILD_PRESENCES).union(Intents::MESSAGE_CONTENT);

/// Sessions, and what is ordered for them.
pub struct Gateway {
    /// Sessions, resumable ones without a connection included.
    pub sessions: Vec<Session>,
    /// Milliseconds between heartbeats, as hello says.
    pub heartbeat_ms: u64,
    /// Whether heartbeats are acknowledged.
    pub acknowledge: bool,
    /// Privileged intents that the application may have.
    pub granted: Intents,
    /// Close codes with which the next identifies are answered.
    pub refusals: Vec<u16>,
    /// How many of the next connections are refused with status 503.
    pub refused_connections: usize,
    /// Shards that `GET /gateway/bot` recommends.
    pub shards: u64,
    /// What happened, in order.
    pub history: Vec<Happening>,
    next_connection: u64,
}

/// What happened on the gateway.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Happening {
    /// A connection was opened.
    Connected,
    /// A connection was refused with status 503.
    Refused,
    /// A session began: shard number and number of shards.
    Identified(u64, u64),
    /// A session was resumed from this dispatch on.
    Resumed(u64),
    /// A resume was refused.
    ResumeRefused,
    /// The fake closed a connection with this code.
    Closed(u16),
    /// A heartbeat came.
    Heartbeat,
    /// The bot sent a close frame with this code.
    Left(u16),
    /// The bot's connection ended without a close frame.
    Lost,
}

impl Default for Gateway {
    fn default() -> Self {
        Self {
            sessions: Vec::new(),
            heartbeat_ms: 41_250,
            acknowledge: true,
            granted: Intents::empty(),
            refusals: Vec::new(),
            refused_connections: 0,
            shards: 1,
            history: Vec::new(),
            next_connection: 0,
        }
    }
}

/// `GET /` with an upgrade: a bot dials in.
pub async fn connect(
    Shared(core): Shared<Arc<Core>>,
    Query(query): Query<Vec<(String, String)>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let mut state = core.lock();
    let happening = if state.gateway.refused_connections > 0 { Happening::Refused } else { Happening::Connected };
    state.gateway.history.push(happening.clone());
    state.bus.touch(Topic::Gateway);
    if happening == Happening::Refused {
        state.gateway.refused_connections -= 1;
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    for (key, value) in query {
        if !matches!((key.as_str(), value.as_str()), ("v", "10") | ("encoding", "json")) {
            state.violation(format!("gateway: connected with {key}={value}, which is not v=10, JSON, uncompressed"));
        }
    }
    drop(state);
    upgrade.on_upgrade(|socket| async move { Connection::new(core).run(socket).await })
}

/// One connection.
struct Connection {
    core: Arc<Core>,
    number: u64,
    out: UnboundedSender<Frame>,
    frames: Option<UnboundedReceiver<Frame>>,
    identified: bool,
    received: Vec<tokio::time::Instant>,
}

impl Connection {
    fn new(core: Arc<Core>) -> Self {
        let (out, frames) = unbounded_channel();
        let mut state = core.lock();
        state.gateway.next_connection += 1;
        let number = state.gateway.next_connection;
        let hello = json!({"op": 10, "s": null, "t": null, "d": {"heartbeat_interval": state.gateway.heartbeat_ms}});
        drop(state);
        out.send(Frame::Text(hello.to_string())).expect("the receiver is at hand");
        Self { core, number, out, frames: Some(frames), identified: false, received: Vec::new() }
    }

    async fn run(mut self, mut socket: WebSocket) {
        let mut frames = self.frames.take().expect("a connection runs once");
        let end = loop {
            let sent = tokio::select! {
                frame = frames.recv() => match frame {
                    Some(Frame::Text(text)) => socket.send(Message::Text(text.into())).await,
                    Some(Frame::Packed(text)) => socket.send(Message::Binary(zlib(text.as_bytes()).into())).await,
                    Some(Frame::Close(code, reason)) => {
                        let _ = socket.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
                        linger(&mut socket).await;
                        break Some(Happening::Closed(code));
                    }
                    Some(Frame::Cut) | None => break None,
                },
                message = socket.recv() => match message {
                    Some(Ok(Message::Text(text))) => { self.receive(&text); Ok(()) }
                    Some(Ok(Message::Binary(_))) => { self.close(4002, "Error while decoding payload."); Ok(()) }
                    Some(Ok(Message::Close(frame))) => break Some(Happening::Left(frame.map_or(1005, |frame| frame.code))),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
                    Some(Err(_)) | None => break Some(Happening::Lost),
                },
            };
            if sent.is_err() {
                break Some(Happening::Lost);
            }
        };
        let mut state = self.core.lock();
        for session in &mut state.gateway.sessions {
            if session.link.as_ref().is_some_and(|(number, _)| *number == self.number) {
                session.link = None;
                // Closing with 1000 or 1001 ends a session; anything else leaves it to be resumed.
                session.resumable &= !matches!(end, Some(Happening::Left(1000 | 1001)));
            }
        }
        state.gateway.history.extend(end);
        state.bus.touch(Topic::Gateway);
    }

    fn receive(&mut self, text: &str) {
        let now = tokio::time::Instant::now();
        self.received.retain(|at| now.duration_since(*at) < Duration::from_mins(1));
        self.received.push(now);
        if self.received.len() > PAYLOADS_A_MINUTE {
            return self.close(4008, "Rate limited.");
        }
        let Ok(payload) = serde_json::from_str::<Value>(text) else {
            return self.close(4002, "Error while decoding payload.");
        };
        let data = &payload["d"];
        match payload["op"].as_u64() {
            Some(1) => self.heartbeat(),
            Some(2) if self.identified => self.close(4005, "Already authenticated."),
            Some(2) => self.identify(data),
            Some(6) => self.resume(data),
            Some(3 | 4 | 8 | 31) if !self.identified => self.close(4003, "Not authenticated."),
            Some(3 | 4 | 8 | 31) => {}
            _ => self.close(4001, "Unknown opcode."),
        }
    }

    fn heartbeat(&self) {
        let mut state = self.core.lock();
        state.gateway.history.push(Happening::Heartbeat);
        state.bus.touch(Topic::Gateway);
        if state.gateway.acknowledge {
            self.send(&json!({"op": 11}));
        }
    }

    fn identify(&mut self, data: &Value) {
        let mut whole = data.clone();
        // A field of unofficial clients, which twilight asks for and Discord doesn't.
        whole["capabilities"] = json!(0);
        // serenity writes the time of its presence as no number, which Discord lets pass and twilight doesn't.
        whole["presence"] = Value::Null;
        // twilight refuses shards that can't be; here they are answered as Discord answers them.
        whole["shard"] = Value::Null;
        let shard: Option<(u64, u64)> = serde_json::from_value(data["shard"].clone()).unwrap_or_default();
        let Ok(mut info) = serde_json::from_value::<IdentifyInfo>(whole) else {
            return self.close(4002, "Error while decoding payload.");
        };
        // twilight drops bits that it doesn't know; Discord doesn't.
        info.intents = Intents::from_bits_retain(data["intents"].as_u64().unwrap_or_default());
        let mut state = self.core.lock();
        if let Some(refusal) = Self::refusal(&mut state, &info, shard) {
            drop(state);
            return self.close(refusal.0, refusal.1);
        }
        self.identified = true;
        let shard = shard.unwrap_or((0, 1));
        let id = format!("{:032x}", state.world.id());
        let link = (self.number, self.out.clone());
        let mut session = Session::new(id.clone(), shard, info.intents, info.compress, link);
        let mine = |guild: &&u64| (**guild >> 22) % shard.1 == shard.0;
        let guilds: Vec<u64> = state.world.guilds.keys().filter(mine).copied().collect();
        let unavailable: Vec<Value> =
            guilds.iter().map(|guild| json!({"id": guild.to_string(), "unavailable": true})).collect();
        let ready = json!({
            "v": 10,
            "user": state.world.me_json(),
            "guilds": unavailable,
            "session_id": id,
            "resume_gateway_url": format!("ws://{}", state.address),
            "shard": [shard.0, shard.1],
            "application": {"id": state.world.bot.to_string(), "flags": 0},
        });
        session.dispatch("READY", &ready);
        if info.intents.contains(Intents::GUILDS) {
            for guild in guilds {
                session.dispatch("GUILD_CREATE", &state.world.guild_create_json(guild));
            }
        }
        // Of a shard there is one session at a time; an older one is closed by Discord when it notices.
        state.gateway.sessions.retain(|session| session.link.is_some() || session.shard != shard);
        state.gateway.sessions.push(session);
        state.gateway.history.push(Happening::Identified(shard.0, shard.1));
        state.bus.touch(Topic::Gateway);
    }

    fn refusal(state: &mut State, info: &IdentifyInfo, shard: Option<(u64, u64)>) -> Option<(u16, &'static str)> {
        if !state.gateway.refusals.is_empty() {
            let code = state.gateway.refusals.remove(0);
            return Some((code, "As ordered."));
        }
        if info.token.trim_start_matches("Bot ") != state.world.token {
            return Some((4004, "Authentication failed."));
        }
        if !Intents::all().contains(info.intents) {
            return Some((4013, "Invalid intent(s)."));
        }
        if !(state.gateway.granted).contains(info.intents.intersection(PRIVILEGED)) {
            return Some((4014, "Disallowed intent(s)."));
        }
        shard.is_some_and(|(number, total)| number >= total).then_some((4010, "Invalid shard."))
    }

    fn resume(&mut self, data: &Value) {
        let Ok(info) = serde_json::from_value::<ResumeInfo>(data.clone()) else {
            return self.close(4002, "Error while decoding payload.");
        };
        let mut state = self.core.lock();
        if info.token.trim_start_matches("Bot ") != state.world.token {
            drop(state);
            return self.close(4004, "Authentication failed.");
        }
        let gateway = &mut state.gateway;
        let found = gateway.sessions.iter_mut().find(|session| session.resumable && session.id == info.session_id);
        if let Some(session) = found {
            if info.seq > session.sequence {
                drop(state);
                return self.close(4007, "Invalid seq.");
            }
            self.identified = true;
            session.send(Frame::Cut);
            session.link = Some((self.number, self.out.clone()));
            session.replay(info.seq);
            session.dispatch("RESUMED", &json!({}));
            gateway.history.push(Happening::Resumed(info.seq));
        } else {
            self.send(&json!({"op": 9, "d": false}));
            gateway.history.push(Happening::ResumeRefused);
        }
        state.bus.touch(Topic::Gateway);
    }

    fn send(&self, payload: &Value) {
        // The receiver lives as long as the loop that calls this.
        let _ = self.out.send(Frame::Text(payload.to_string()));
    }

    fn close(&self, code: u16, reason: &str) {
        let _ = self.out.send(Frame::Close(code, reason.to_owned()));
    }
}

/// Reads until the other side has seen the close frame, as dropping unread data would reset the connection before.
async fn linger(socket: &mut WebSocket) {
    let drain = async { while let Some(Ok(_)) = socket.recv().await {} };
    let _ = tokio::time::timeout(Duration::from_secs(2), drain).await;
}

/// A zlib stream of stored blocks: what any inflater reads, without a compressor.
fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packed = vec![0x78, 0x01];
    let mut chunks = bytes.chunks(0xffff).peekable();
    while let Some(chunk) = chunks.next() {
        let length = u16::try_from(chunk.len()).unwrap_or(u16::MAX);
        packed.push(u8::from(chunks.peek().is_none()));
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(chunk);
    }
    let (low, high) = bytes.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    packed.extend(((high << 16) | low).to_be_bytes());
    packed
}
