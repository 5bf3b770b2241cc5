//! Faults of Discord's REST API: requests are repeated as Discord asks, never hastily, and no answer comes twice.
//!
//! That a 429 is waited for is checked by the fake: a request before its time is a violation.

use std::time::Duration;

use serde_json::json;

use super::{
    fake::{
        faults::Fault,
        interaction::{Act, Interaction, Kind},
    },
    scene::{FERRY, FERRY_QUOTE, OPENING, OPENING_QUOTE, Scene},
};

const CALLBACK: &str = "POST /interactions/*/*/callback";
const MESSAGES: &str = "POST /channels/*/messages";

fn limited(millis: u64, global: bool) -> Fault {
    Fault::RateLimited { after: Duration::from_millis(millis), global }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_answered_once_whatever_befalls_the_response() {
    let scene = Scene::start().await;
    for fault in [
        limited(300, false),
        Fault::Status(500),
        Fault::Status(503),
        Fault::Cut,
        Fault::CutAfter,
        Fault::Hang,
        Fault::HangAfter,
        Fault::Slow(Duration::from_millis(600)),
    ] {
        scene.discord.fault(CALLBACK, fault.clone(), 1);
        let asked = scene.ask(OPENING);
        let message = asked.message().await;
        assert!(message.text().contains(OPENING_QUOTE), "{fault:?}: {}", message.text());
        assert!(asked.response_time().await < Duration::from_secs(3), "{fault:?}");
        assert!(asked.followups(0).await.is_empty(), "{fault:?}: nothing after the answer");
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_answered_once_whatever_befalls_the_request() {
    let scene = Scene::start().await;
    let faults = [
        limited(400, false),
        Fault::Status(500),
        Fault::Status(502),
        Fault::Cut,
        Fault::CutAfter,
        Fault::Garbage,
        Fault::HangAfter,
    ];
    for fault in faults.clone() {
        scene.discord.fault(MESSAGES, fault.clone(), 1);
        let reply = scene.mention(OPENING).reply().await;
        assert!(reply.text().contains(OPENING_QUOTE), "{fault:?}");
    }
    scene.finish().await;
    assert_eq!(scene.channel.from_bot().len(), faults.len(), "one answer each");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_global_limit_holds_all_messages_and_no_interaction() {
    let scene = Scene::start().await;
    let other = scene.guild.channel("other");
    scene.discord.fault(MESSAGES, limited(700, true), 1);
    let first = scene.mention(OPENING);
    scene.discord.requests_until(MESSAGES, 1).await;
    // The bot knows of the limit once it has read the refusal; an interaction's answer shows that it goes on.
    let asked = scene.ask(OPENING);
    assert!(asked.response_time().await < Duration::from_millis(600));
    let second = other.say(&scene.bob, &format!("{} {FERRY}", scene.discord.mention())).send();
    assert!(first.reply().await.text().contains(OPENING_QUOTE));
    assert!(second.reply().await.text().contains(FERRY_QUOTE));
    let sent = scene.discord.requests(MESSAGES);
    assert_eq!(sent.len(), 3, "refused once, then both: {sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_that_is_used_up_waits_without_being_refused() {
    let scene = Scene::start().await;
    let other = scene.guild.channel("other");
    let wait = Duration::from_millis(800);
    scene.discord.fault(MESSAGES, Fault::Last(wait), 1);
    scene.mention(OPENING).reply().await;
    // The bot knows once it has read the answer; that it goes on elsewhere shows that.
    other.say(&scene.bob, &format!("{} {OPENING}", scene.discord.mention())).send().reply().await;
    let asked = scene.ask(OPENING);
    assert!(asked.response_time().await < wait, "interactions are counted apart");
    let second = scene.channel.say(&scene.bob, &format!("{} {FERRY}", scene.discord.mention())).send();
    assert!(second.reply().await.text().contains(FERRY_QUOTE));
    let sent = scene.discord.requests(MESSAGES);
    assert_eq!(sent.len(), 3, "none was refused: {sent:?}");
    assert!(sent[2].at - sent[0].at >= wait && sent[1].at - sent[0].at < wait, "only the same channel waits: {sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_failing_is_tried_ever_more_rarely() {
    let scene = Scene::start().await;
    scene.discord.fault(MESSAGES, Fault::Status(503), 4);
    scene.mention(OPENING).reply().await;
    let sent = scene.discord.requests(MESSAGES);
    let gaps: Vec<Duration> = sent.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    assert_eq!(gaps.len(), 4, "{gaps:?}");
    for (gap, least) in gaps.iter().zip([250, 500, 1_000, 2_000]) {
        assert!(*gap >= Duration::from_millis(least), "{gaps:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interaction_that_cannot_be_answered_is_given_up_in_time() {
    let scene = Scene::start().await;
    scene.discord.fault(CALLBACK, Fault::Status(503), 100);
    let asked = scene.ask(OPENING);
    scene.bot.says(&["an interaction was not answered"]).await;
    assert!(!asked.is_answered());
    let sent = scene.discord.requests(CALLBACK).len();
    assert!((3..=8).contains(&sent), "{sent} attempts in under 3 s");
    scene.discord.mend();
    assert!(scene.ask(OPENING).message().await.text().contains(OPENING_QUOTE), "the next is answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_registered_when_discord_is_back() {
    let scene = Scene::with(|setup| setup).await;
    scene.finish().await;
    for fault in [Fault::Status(500), Fault::Cut, limited(300, false)] {
        scene.discord.fault("PUT /applications/*/commands", fault, 1);
    }
    let bot = super::bot::Bot::with(&scene.discord).launch();
    bot.says(&["commands registered"]).await;
    assert!(scene.ask(OPENING).message().await.text().contains(OPENING_QUOTE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_of_another_version_is_answered_once_and_politely() {
    let scene = Scene::start().await;
    // A client that remembers an older form of the command; poise answers such errors twice by itself.
    scene.discord.fault(CALLBACK, Fault::CutAfter, 1);
    let without = scene.discord.slash("ask").forged().by(&scene.ann, &scene.channel).message().await;
    assert!(without.is_private() && without.text().contains("Something was missing"), "{}", without.text());
    let data = json!({"id": "1", "name": "of-yesterday", "type": 1});
    let (user, channel) = (scene.ann.id, scene.channel.id);
    let act = Act { kind: Kind::Command, user, channel, source: None, data };
    let unknown = Interaction::send(&scene.discord.core(), &act).message().await;
    assert!(unknown.is_private() && unknown.text().contains("/help"), "{}", unknown.text());
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_not_known_is_answered_politely() {
    let scene = Scene::start().await;
    let data = json!({"custom_id": "m1:gone", "components": []});
    let (user, channel) = (scene.ann.id, scene.channel.id);
    let act = Act { kind: Kind::Modal, user, channel, source: None, data };
    let answer = Interaction::send(&scene.discord.core(), &act).message().await;
    assert!(answer.is_private() && answer.text().contains("/topics"), "{}", answer.text());
}
