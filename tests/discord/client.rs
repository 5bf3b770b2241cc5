//! A bare bot made of a plain HTTP and a plain WebSocket client, with which the fake's own tests drive it.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};
use twilight_model::gateway::Intents;

use super::fake::{Discord, PATIENCE};

/// The intents of a bot that needs no privileged one.
pub(super) const INTENTS: Intents = Intents::GUILDS.union(Intents::GUILD_MESSAGES).union(Intents::DIRECT_MESSAGES);

/// REST with the bot's token.
pub(super) struct Rest {
    client: reqwest::Client,
    url: String,
    token: String,
}

impl Rest {
    pub(super) fn new(discord: &Discord) -> Self {
        let agent = "DiscordBot (https://example.invalid, 1)";
        let client = reqwest::Client::builder().user_agent(agent).build().expect("a client without TLS builds");
        Self { client, url: discord.url(), token: discord.token() }
    }

    pub(super) fn with_token(self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self }
    }

    pub(super) async fn send(&self, method: Method, path: &str, body: &Value) -> reqwest::Result<Response> {
        let request = self.client.request(method, format!("{}/api/v10/{path}", self.url));
        let request = request.header("authorization", format!("Bot {}", self.token)).timeout(PATIENCE);
        if body.is_null() { request.send().await } else { request.json(body).send().await }
    }

    /// Status and body; a body that is no JSON is null.
    pub(super) async fn ask(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let response = self.send(method, path, &body).await.expect("an answer");
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or_default())
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.ask(Method::POST, path, body).await
    }

    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        self.ask(Method::GET, path, Value::Null).await
    }

    /// Answers an interaction as the gateway brought it.
    pub(super) async fn respond(&self, interaction: &Value, body: Value) -> (u16, Value) {
        let (id, token) = (text(&interaction["id"]), text(&interaction["token"]));
        self.post(&format!("interactions/{id}/{token}/callback"), body).await
    }

    /// Uploads a file with a message.
    pub(super) async fn upload(&self, path: &str, body: &Value, name: &str, bytes: &[u8]) -> (u16, Value) {
        let form = format!("--cut\r\ncontent-disposition: form-data; name=\"payload_json\"\r\n\r\n{body}\r\n--cut\r\n");
        let file = format!("content-disposition: form-data; name=\"files[0]\"; filename=\"{name}\"\r\n\r\n");
        let form = [form.as_bytes(), file.as_bytes(), bytes, b"\r\n--cut--\r\n"].concat();
        let request = self.client.post(format!("{}/api/v10/{path}", self.url)).body(form);
        let request = request.header("content-type", "multipart/form-data; boundary=cut");
        let response = request.header("authorization", format!("Bot {}", self.token)).send().await.expect("an answer");
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }

    pub(super) async fn download(&self, url: &str) -> reqwest::Result<(u16, Vec<u8>)> {
        let response = self.client.get(url).send().await?;
        Ok((response.status().as_u16(), response.bytes().await?.to_vec()))
    }
}

/// What comes over the gateway.
#[derive(Debug)]
pub(super) enum Heard {
    /// A payload.
    Payload(Value),
    /// A close frame with this code.
    Closed(u16),
    /// The end of the connection without one.
    Lost,
}

/// A gateway connection.
pub(super) struct Gateway {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    token: String,
    /// Number of the last dispatch.
    pub(super) sequence: u64,
    /// The session's id, once it began.
    pub(super) session: String,
}

impl Gateway {
    /// Dials in and hears the hello.
    pub(super) async fn dial(discord: &Discord) -> Self {
        let url = format!("{}/?v=10", discord.url().replace("http", "ws"));
        let (socket, _) = connect_async(url).await.expect("the gateway takes the call");
        let mut gateway = Self { socket, token: discord.token(), sequence: 0, session: String::new() };
        let hello = gateway.payload().await;
        assert_eq!(hello["op"], 10, "the gateway greets first");
        gateway
    }

    /// Dials in and begins a session.
    pub(super) async fn ready(discord: &Discord) -> Self {
        let mut gateway = Self::dial(discord).await;
        gateway.identify(INTENTS, json!([0, 1])).await;
        let ready = gateway.event("READY").await;
        text(&ready["session_id"]).clone_into(&mut gateway.session);
        gateway
    }

    pub(super) async fn send(&mut self, payload: Value) {
        self.socket.send(Message::text(payload.to_string())).await.expect("the gateway listens");
    }

    pub(super) async fn identify(&mut self, intents: Intents, shard: Value) {
        let token = self.token.clone();
        self.identify_as(&token, intents.bits(), shard).await;
    }

    pub(super) async fn identify_as(&mut self, token: &str, intents: u64, shard: Value) {
        let properties = json!({"os": "linux", "browser": "test", "device": "test"});
        self.send(json!({"op": 2, "d": {
            "token": token, "intents": intents, "shard": shard, "properties": properties,
            "compress": false, "large_threshold": 250,
        }}))
        .await;
    }

    pub(super) async fn resume(&mut self, session: &str, sequence: u64) {
        let d = json!({"token": self.token, "session_id": session, "seq": sequence});
        self.send(json!({"op": 6, "d": d})).await;
    }

    pub(super) async fn hear(&mut self) -> Heard {
        let heard = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("something to hear");
        match heard {
            Some(Ok(Message::Text(text))) => {
                let payload: Value = serde_json::from_str(&text).expect("payloads are JSON");
                self.sequence = payload["s"].as_u64().unwrap_or(self.sequence);
                Heard::Payload(payload)
            }
            Some(Ok(Message::Close(frame))) => Heard::Closed(frame.map_or(1005, |frame| frame.code.into())),
            Some(Ok(other)) => panic!("the gateway sent {other:?}"),
            Some(Err(_)) | None => Heard::Lost,
        }
    }

    /// The next payload.
    pub(super) async fn payload(&mut self) -> Value {
        match self.hear().await {
            Heard::Payload(payload) => payload,
            other => panic!("{other:?} in place of a payload"),
        }
    }

    /// The data of the next event of this name; others are passed over.
    pub(super) async fn event(&mut self, name: &str) -> Value {
        loop {
            let mut payload = self.payload().await;
            if payload["t"] == name {
                return payload["d"].take();
            }
        }
    }

    /// The code with which the gateway closes; payloads before it are passed over.
    pub(super) async fn closed(&mut self) -> u16 {
        loop {
            match self.hear().await {
                Heard::Payload(_) => {}
                Heard::Closed(code) => return code,
                Heard::Lost => panic!("lost without a close frame"),
            }
        }
    }
}

/// The text in a JSON value.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// Long enough for what should be refused at once, and short for a test.
pub(super) const SOON: Duration = Duration::from_millis(200);
