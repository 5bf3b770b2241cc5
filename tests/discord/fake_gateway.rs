//! The fake keeps the gateway's protocol, and what it sends is what twilight reads.

use serde::de::DeserializeSeed;
use serde_json::{Value, json};
use twilight_model::{
    gateway::{
        Intents,
        event::{GatewayEvent, GatewayEventDeserializer},
    },
    guild::Permissions,
};

use super::{
    client::{Gateway, Heard, INTENTS, text},
    fake::{Discord, gateway::Happening},
};

/// What the fake sends must be Discord's: twilight reads it in full, or the test fails.
fn read_by_twilight(payload: &Value) {
    let text = payload.to_string();
    let deserializer = GatewayEventDeserializer::from_json(&text).expect("an operation");
    let mut json = serde_json::Deserializer::from_str(&text);
    let event = deserializer.deserialize(&mut json);
    let event = event.unwrap_or_else(|error| panic!("twilight can't read {payload:#}: {error}"));
    assert!(matches!(event, GatewayEvent::Dispatch(..)), "{payload} is no dispatch");
}

#[tokio::test]
async fn a_session_begins_with_ready_and_the_servers() {
    let discord = Discord::start().await;
    let guild = discord.guild("Harbour");
    let channel = guild.channel("general");
    let mut bot = Gateway::dial(&discord).await;
    bot.identify(INTENTS, json!([0, 1])).await;
    let ready = bot.payload().await;
    read_by_twilight(&ready);
    assert_eq!(ready["d"]["guilds"], json!([{"id": guild.id.to_string(), "unavailable": true}]));
    let create = bot.payload().await;
    read_by_twilight(&create);
    assert_eq!(create["d"]["channels"][0]["id"], channel.id.to_string());
    bot.send(json!({"op": 1, "d": 2})).await;
    assert_eq!(bot.payload().await["op"], 11, "heartbeats are acknowledged");
    discord.acknowledge_heartbeats(false);
    discord.ask_for_heartbeat();
    assert_eq!(bot.payload().await["op"], 1);
    bot.send(json!({"op": 1, "d": 2})).await;
    discord.ask_to_reconnect();
    assert_eq!(bot.payload().await["op"], 7, "with nothing acknowledged before");
}

#[tokio::test]
async fn identifies_are_refused_as_discord_does() {
    let discord = Discord::start().await;
    let token = discord.token();
    let cases = [
        ("wrong", INTENTS.bits(), json!([0, 1]), 4004),
        (token.as_str(), 1 << 40, json!([0, 1]), 4013),
        (token.as_str(), Intents::MESSAGE_CONTENT.bits(), json!([0, 1]), 4014),
        (token.as_str(), INTENTS.bits(), json!([3, 2]), 4010),
    ];
    for (token, intents, shard, code) in cases {
        let mut bot = Gateway::dial(&discord).await;
        bot.identify_as(token, intents, shard).await;
        assert_eq!(bot.closed().await, code);
    }
    discord.grant(Intents::MESSAGE_CONTENT);
    discord.refuse_identifies(&[4000]);
    for code in [Some(4000), None] {
        let mut bot = Gateway::dial(&discord).await;
        bot.identify(INTENTS | Intents::MESSAGE_CONTENT, json!([0, 1])).await;
        match (bot.hear().await, code) {
            (Heard::Closed(closed), Some(code)) => assert_eq!(closed, code),
            (Heard::Payload(payload), None) => assert_eq!(payload["t"], "READY"),
            (heard, _) => panic!("{heard:?}"),
        }
    }
    let mut bot = Gateway::dial(&discord).await;
    bot.send(json!({"op": 3, "d": {}})).await;
    assert_eq!(bot.closed().await, 4003, "a presence before identifying");
    let mut bot = Gateway::ready(&discord).await;
    bot.identify(INTENTS, json!([0, 1])).await;
    assert_eq!(bot.closed().await, 4005, "identifying twice");
}

#[tokio::test]
async fn a_resumed_session_gets_what_it_missed() {
    let discord = Discord::start().await;
    let guild = discord.guild("Harbour");
    let channel = guild.channel("general");
    let ada = guild.member("Ada");
    let mut bot = Gateway::ready(&discord).await;
    bot.event("GUILD_CREATE").await;
    let (session, sequence) = (bot.session.clone(), bot.sequence);
    discord.cut_connections();
    assert!(matches!(bot.hear().await, Heard::Lost));
    channel.say(&ada, "while you were away").send();

    let mut bot = Gateway::dial(&discord).await;
    bot.resume(&session, sequence).await;
    let missed = bot.payload().await;
    assert_eq!((missed["t"].as_str(), missed["s"].as_u64()), (Some("MESSAGE_CREATE"), Some(sequence + 1)));
    bot.event("RESUMED").await;
    channel.say(&ada, "welcome back").send();
    bot.event("MESSAGE_CREATE").await;

    discord.invalidate_sessions(false);
    assert_eq!(bot.payload().await, json!({"op": 9, "d": false}));
    let mut bot = Gateway::dial(&discord).await;
    bot.resume(&session, sequence).await;
    assert_eq!(bot.payload().await, json!({"op": 9, "d": false}), "an invalid session can't be resumed");
    bot.identify(INTENTS, json!([0, 1])).await;
    bot.event("READY").await;
    let mut bot = Gateway::dial(&discord).await;
    bot.resume("nonsense", 0).await;
    assert_eq!(bot.payload().await["op"], 9);
    let history = discord.gateway_history();
    assert!(history.contains(&Happening::Resumed(sequence)), "{history:?}");
}

#[tokio::test]
async fn messages_bring_their_words_only_where_a_bot_may_read_them() {
    let discord = Discord::start().await;
    let guild = discord.guild("Harbour");
    let channel = guild.channel("general");
    let hidden = guild.channel("council").forbid(Permissions::VIEW_CHANNEL);
    let ada = guild.member("Ada").called("Ada of the quay");
    let mut bot = Gateway::ready(&discord).await;
    let mention = discord.mention();

    hidden.say(&ada, &format!("{mention} hello")).send();
    let secret = channel.say(&ada, "a secret").send();
    let cases = [
        (format!("{mention} hello"), true),
        (format!("`{mention} hello`"), false),
        (format!("```\n{mention}\n``` hello"), false),
        (format!("`` unclosed ` {mention}"), true),
    ];
    for (text, _) in &cases {
        channel.say(&ada, text).reply_to(&secret).without_ping().send();
    }
    ada.direct().say(&ada, "in private").send();
    channel.webhook("from elsewhere").send();

    let heard = bot.event("MESSAGE_CREATE").await;
    assert_eq!((text(&heard["id"]), text(&heard["content"])), (secret.id().to_string().as_str(), ""));
    for (said, readable) in &cases {
        let payload = bot.payload().await;
        read_by_twilight(&payload);
        let shown = if *readable { said.as_str() } else { "" };
        assert_eq!(text(&payload["d"]["content"]), shown);
        assert_eq!(payload["d"]["mentions"].as_array().map(Vec::len), Some(usize::from(*readable)));
        assert_eq!(payload["d"]["referenced_message"]["content"], "");
    }
    bot.event("CHANNEL_CREATE").await;
    let direct = bot.payload().await;
    read_by_twilight(&direct);
    assert_eq!(direct["d"]["content"], "in private");
    assert_eq!(bot.event("MESSAGE_CREATE").await["author"]["bot"], true);
}

#[tokio::test]
async fn events_go_to_the_shard_of_their_server_and_to_none_that_did_not_ask() {
    let discord = Discord::start().await;
    let first = discord.guild("Harbour");
    let mut second = discord.guild("Hill");
    while (second.id >> 22) % 2 == (first.id >> 22) % 2 {
        // Ids follow the clock: a server founded a little later is on the other shard.
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        second = discord.guild("Hill");
    }
    let mut shards = Vec::new();
    for number in 0..2 {
        let mut shard = Gateway::dial(&discord).await;
        shard.identify(Intents::GUILD_MESSAGES, json!([number, 2])).await;
        shard.event("READY").await;
        shards.push(shard);
    }
    discord.shards_up(2).await;
    for guild in [&first, &second] {
        let said = guild.channel("general").say(&guild.member("Ada"), "hello").send();
        let shard = usize::try_from((guild.id >> 22) % 2).expect("0 or 1");
        // The first payload after READY: no GUILD_CREATE or CHANNEL_CREATE, as nobody asked for those.
        let heard = shards[shard].payload().await;
        assert_eq!(heard["d"]["id"], said.id().to_string());
    }
}
