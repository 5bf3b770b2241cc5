//! Faults of Discord's gateway, the start and the end of the bot.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{
    bot::Bot,
    fake::{Discord, faults::Fault, gateway::Happening},
    scene::{OPENING, OPENING_QUOTE, Scene},
};

fn count(history: &[Happening], what: impl Fn(&Happening) -> bool) -> usize {
    history.iter().filter(|happening| what(happening)).count()
}

fn resumed(history: &[Happening]) -> usize {
    count(history, |happening| matches!(happening, Happening::Resumed(_)))
}

fn identified(history: &[Happening]) -> usize {
    count(history, |happening| matches!(happening, Happening::Identified(..)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_resumed_and_nothing_is_lost_or_said_twice() {
    let scene = Scene::start().await;
    for (number, what) in ["operation 7", "close code 4000", "a cut"].into_iter().enumerate() {
        match what {
            "operation 7" => scene.discord.ask_to_reconnect(),
            "close code 4000" => scene.discord.close_connections(4000),
            _ => scene.discord.cut_connections(),
        }
        let said = scene.mention(OPENING);
        scene.discord.gateway_until(what, |history| resumed(history) == number + 1).await;
        assert!(said.reply().await.text().contains(OPENING_QUOTE), "{what}");
    }
    assert_eq!(identified(&scene.discord.gateway_history()), 1, "one session all along");
    scene.finish().await;
    assert_eq!(scene.channel.from_bot().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_session_is_begun_anew() {
    let scene = Scene::start().await;
    scene.discord.invalidate_sessions(true);
    scene.discord.gateway_until("a resume", |history| resumed(history) == 1).await;
    scene.discord.invalidate_sessions(false);
    scene.discord.gateway_until("a new session", |history| identified(history) == 2).await;
    assert!(scene.mention(OPENING).reply().await.text().contains(OPENING_QUOTE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_whose_heartbeats_are_not_acknowledged_is_left() {
    let discord = Discord::start().await;
    discord.heartbeat_every(Duration::from_millis(300));
    let guild = discord.guild("Harbour");
    let (channel, ann) = (guild.channel("general"), guild.member("Ann"));
    let _bot = Bot::start(&discord).await;
    discord.acknowledge_heartbeats(false);
    let again = |history: &[Happening]| identified(history) + resumed(history) >= 2;
    discord.heartbeat_every(Duration::from_secs(40));
    discord.gateway_until("another connection", again).await;
    discord.acknowledge_heartbeats(true);
    let reply = channel.say(&ann, &format!("{} {OPENING}", discord.mention())).send().reply().await;
    assert!(reply.text().contains(OPENING_QUOTE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_keeps_closing_is_dialled_ever_more_rarely() {
    let scene = Scene::start().await;
    let mut times = Vec::new();
    for number in 1..=4 {
        let start = Instant::now();
        scene.discord.close_connections(4000);
        scene.discord.gateway_until("a resume", |history| resumed(history) == number).await;
        times.push(start.elapsed());
    }
    assert!(times[0] < Duration::from_secs(1), "the first at once: {times:?}");
    assert!(times[2] >= Duration::from_millis(900) && times[3] >= Duration::from_millis(1_900), "{times:?}");
    scene.bot.says(&["keeps breaking off"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_for_good_is_explained_and_ends_the_bot() {
    for (code, words) in [
        (4004, "DISCORD_TOKEN"),
        (4010, "SHARD_RANGE"),
        (4011, "SHARDS"),
        (4013, "4013"),
        (4014, "Privileged Gateway Intents"),
    ] {
        let discord = Discord::start().await;
        discord.refuse_identifies(&[code]);
        let bot = Bot::with(&discord).launch();
        let status = bot.end(Duration::from_secs(15)).await;
        assert_eq!(status.code(), Some(2), "{code}: {}", bot.output());
        bot.says(&[words]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_rest_refuses_ends_the_bot() {
    let discord = Discord::start().await;
    discord.fault("GET /gateway/bot", Fault::Status(401), 1);
    let bot = Bot::with(&discord).launch();
    assert_eq!(bot.end(Duration::from_secs(15)).await.code(), Some(2));
    bot.says(&["does not accept the token"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discord_that_is_down_at_the_start_is_waited_for() {
    let discord = Discord::start().await;
    discord.fault("GET /gateway/bot", Fault::Status(503), 2);
    discord.fault("GET /gateway/bot", Fault::Cut, 1);
    discord.fault("GET /gateway/bot", Fault::Garbage, 1);
    // serenity asks once more by itself; where that fails, it would dial Discord's own gateway.
    discord.fault("GET /gateway", Fault::Status(500), 1);
    let guild = discord.guild("Harbour");
    let (channel, ann) = (guild.channel("general"), guild.member("Ann"));
    let _bot = Bot::start(&discord).await;
    assert!(discord.slash("ask").option("question", OPENING).by(&ann, &channel).message().await.is_shown_to(&ann));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_read_is_counted_and_harms_nothing() {
    let scene = Scene::start().await;
    scene.discord.dispatch_anything("MESSAGE_CREATE", &json!({"id": "no number", "content": "a private word"}));
    let line = scene.bot.says(&["could not be read", "\"total\":1"]).await;
    assert!(!line.contains("a private word"), "{line}");
    scene.discord.send_raw("no JSON");
    scene.bot.says(&["could not be read", "\"total\":2"]).await;
    scene.discord.dispatch_anything("AN_EVENT_OF_TOMORROW", &json!({"a": 1}));
    assert!(scene.mention(OPENING).reply().await.text().contains(OPENING_QUOTE));
    assert!(!scene.bot.output().contains("a private word"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_finishes_what_is_being_answered_and_closes_the_gateway() {
    let signals: [fn(&Bot); 2] = [Bot::terminate, Bot::interrupt];
    for signal in signals {
        let scene = Scene::start().await;
        scene.discord.fault("POST /channels/*/messages", Fault::Status(503), 2);
        let said = scene.mention(OPENING);
        scene.discord.requests_until("POST /channels/*/messages", 1).await;
        signal(&scene.bot);
        let status = scene.bot.end(Duration::from_secs(10)).await;
        assert!(status.success(), "{status}");
        assert!(said.reply().await.text().contains(OPENING_QUOTE), "answered before the end");
        let history = scene.discord.gateway_history();
        assert!(history.contains(&Happening::Left(1000)), "{history:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_ten_seconds_at_most() {
    let scene = Scene::start().await;
    scene.discord.fault("POST /channels/*/messages", Fault::Status(503), 1_000);
    scene.mention(OPENING);
    scene.discord.requests_until("POST /channels/*/messages", 1).await;
    let start = Instant::now();
    scene.finish().await;
    assert!((9..13).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    scene.bot.says(&["still in flight"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shards_are_those_that_are_asked_for() {
    let discord = Discord::start().await;
    discord.recommend_shards(2);
    let bot = Bot::with(&discord).launch();
    let both = |history: &[Happening]| {
        history.contains(&Happening::Identified(0, 2)) && history.contains(&Happening::Identified(1, 2))
    };
    discord.gateway_until("two shards", both).await;
    drop(bot);
    let discord = Discord::start().await;
    let bot = Bot::with(&discord).env("SHARDS", "3").env("SHARD_RANGE", "2-2").launch();
    discord.gateway_until("the last shard", |history| history.contains(&Happening::Identified(2, 3))).await;
    assert_eq!(identified(&discord.gateway_history()), 1);
    drop(bot);
    let bot = Bot::with(&discord).env("SHARDS", "2").env("SHARD_RANGE", "1-2").launch();
    assert_eq!(bot.end(Duration::from_secs(15)).await.code(), Some(2));
    bot.says(&["SHARD_RANGE"]).await;
}
