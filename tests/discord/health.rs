//! Health and metrics, for whoever watches the process.

use std::time::Duration;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::{
    bot::Bot,
    fake::{Discord, gateway::Happening},
    scene::{NOT_COVERED, OPENING, Scene},
};

/// Starts the scene with health on a free port, and gives its address.
async fn watched() -> (Scene, String) {
    let scene = Scene::with(|setup| setup.env("HTTP_ADDR", "127.0.0.1:0")).await;
    let line = scene.bot.says(&["health and metrics are served"]).await;
    let (_, line) = line.split_once(": ").expect("a line of the log");
    let line: Value = serde_json::from_str(line).expect("a log in JSON");
    let address = line["fields"]["address"].as_str().expect("an address").to_owned();
    (scene, address)
}

/// Status and body.
async fn get(address: &str, path: &str) -> (u16, String) {
    let response = reqwest::get(format!("http://{address}{path}")).await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("a body"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_is_counted_without_a_word_of_it() {
    let (scene, address) = watched().await;
    assert_eq!(get(&address, "/healthz").await, (200, "1 of 1 shards connected\n".to_owned()));
    scene.ask(OPENING).message().await;
    scene.ask(NOT_COVERED).message().await;
    scene.mention(OPENING).reply().await;
    let (status, metrics) = get(&address, "/metrics").await;
    assert_eq!(status, 200);
    for line in [
        "# TYPE briefing_bot_questions_total counter",
        "briefing_bot_questions_total{outcome=\"answer\"} 2",
        "briefing_bot_questions_total{outcome=\"none\"} 1",
        "briefing_bot_answer_seconds_count 3",
        "briefing_bot_shards_connected 1",
        "briefing_bot_briefings 1",
        "briefing_bot_requests_limited_total 0",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} in\n{metrics}");
    }
    assert!(!metrics.contains("pier"), "no word of a question: {metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_cut_off_from_discord_is_not_healthy() {
    let (scene, address) = watched().await;
    scene.discord.ask_to_reconnect();
    scene.bot.says(&["resumed"]).await;
    assert_eq!(get(&address, "/healthz").await.0, 200, "it was away for a moment only");
    scene.discord.refuse_connections(1_000);
    scene.discord.cut_connections();
    scene.discord.gateway_until("a connection to be refused", |happened| happened.contains(&Happening::Refused)).await;
    assert_eq!(get(&address, "/healthz").await, (503, "0 of 1 shards connected\n".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_requests_are_refused_and_harm_nothing() {
    let (_scene, address) = watched().await;
    assert_eq!(get(&address, "/").await.0, 404);
    for (request, status) in
        [("POST /metrics HTTP/1.1\r\n\r\n", "405"), ("\r\n\r\n", "405"), (&"x".repeat(9_000), "405")]
    {
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        stream.write_all(request.as_bytes()).await.expect("room in the socket");
        let mut answer = [0; 12];
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read_exact(&mut answer)).await;
        read.expect("an answer in time").expect("an answer");
        assert_eq!(String::from_utf8_lossy(&answer), format!("HTTP/1.1 {status}"));
    }
    assert_eq!(get(&address, "/healthz").await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_ends_the_bot_with_a_word() {
    let discord = Discord::start().await;
    let taken = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = taken.local_addr().expect("a bound socket has an address").to_string();
    let bot = Bot::with(&discord).env("HTTP_ADDR", &address).launch();
    assert_eq!(bot.end(Duration::from_secs(15)).await.code(), Some(2));
    bot.says(&["HTTP_ADDR", &address]).await;
}
