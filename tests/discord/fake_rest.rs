//! The fake holds bots to Discord's REST rules: limits, order, permissions; and serves the faults that are ordered.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::Instant;
use twilight_model::{application::interaction::Interaction as Read, guild::Permissions};

use super::{
    client::{Gateway, Rest, SOON, text},
    fake::{
        Discord,
        cdn::Service,
        faults::Fault,
        interaction::{Interaction, Response},
        places::{Channel, Guild, Member},
        slash::Upload,
    },
};

/// A Discord with a server, its channel and a member; and a bare bot with a command `/ask` and one in messages' menus.
struct Scene {
    discord: Discord,
    guild: Guild,
    channel: Channel,
    ada: Member,
    rest: Rest,
    gateway: Gateway,
}

impl Scene {
    async fn new() -> Self {
        let discord = Discord::start().await;
        let guild = discord.guild("Harbour");
        let (channel, ada) = (guild.channel("general"), guild.member("Ada"));
        let (rest, gateway) = (Rest::new(&discord), Gateway::ready(&discord).await);
        let scene = Self { discord, guild, channel, ada, rest, gateway };
        let question =
            json!({"type": 3, "name": "question", "description": "What?", "required": true, "autocomplete": true});
        let file = json!({"type": 11, "name": "file", "description": "A file"});
        let commands = json!([
            {"name": "ask", "description": "Ask", "options": [question, file]},
            {"name": "Ask this", "type": 3},
            {"name": "guarded", "description": "For some", "default_member_permissions": "32", "contexts": [0]},
        ]);
        assert_eq!(scene.put_commands(commands).await.0, 200);
        scene
    }

    async fn put_commands(&self, commands: Value) -> (u16, Value) {
        self.rest.ask(Method::PUT, &format!("applications/{}/commands", self.discord.bot_id()), commands).await
    }

    async fn say(&self, body: Value) -> (u16, Value) {
        self.rest.post(&format!("channels/{}/messages", self.channel.id), body).await
    }

    fn ask(&self) -> Interaction {
        self.discord.slash("ask").option("question", "Who?").by(&self.ada, &self.channel)
    }

    /// The interaction as the gateway brings it, read by twilight on the way.
    async fn heard(&mut self) -> Value {
        let heard = self.gateway.event("INTERACTION_CREATE").await;
        let read: Result<Read, _> = serde_json::from_value(heard.clone());
        read.unwrap_or_else(|error| panic!("twilight can't read {heard:#}: {error}"));
        heard
    }

    fn webhook(&self, interaction: &Value, rest: &str) -> String {
        format!("webhooks/{}/{}{rest}", self.discord.bot_id(), text(&interaction["token"]))
    }
}

fn code(answer: &(u16, Value)) -> (u16, u64) {
    (answer.0, answer.1["code"].as_u64().unwrap_or_default())
}

fn buttons(ids: &[&str]) -> Value {
    let buttons: Vec<Value> =
        ids.iter().map(|id| json!({"type": 2, "style": 1, "label": id, "custom_id": id})).collect();
    json!([{"type": 1, "components": buttons}])
}

#[tokio::test]
async fn bodies_over_discords_limits_are_refused_and_noted() {
    let scene = Scene::new().await;
    let embed = |length: usize| json!({"description": "x".repeat(length)});
    let refused = [
        json!({"content": "x".repeat(2001)}),
        json!({"content": "  "}),
        json!({"embeds": [{"title": "x".repeat(257)}]}),
        json!({"embeds": [embed(3001), embed(3000)]}),
        json!({"embeds": [{"color": 1}]}),
        json!({"embeds": [{"title": "a", "url": "javascript:0"}]}),
        json!({"content": "a", "components": buttons(&[&"x".repeat(101)])}),
        json!({"content": "a", "components": buttons(&["same", "same"])}),
        json!({"content": "a", "components": buttons(&["1", "2", "3", "4", "5", "6"])}),
        json!({"content": "a", "components": [{"type": 2, "style": 1, "label": "bare", "custom_id": "bare"}]}),
        json!({"content": "a", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}),
        json!({"content": "a", "attachments": [{"id": 0}]}),
    ];
    for body in refused {
        let answer = scene.say(body.clone()).await;
        assert!(matches!(code(&answer), (400, 50_035 | 50_006)), "{body} gave {answer:?}");
        assert_eq!(scene.discord.forgive("POST /channels/"), 1);
    }
    let fits = json!({"embeds": [embed(3000), embed(3000)], "components": buttons(&["1", "2", "3", "4", "5"])});
    assert_eq!(scene.say(fits).await.0, 200);

    let refused = [
        json!([{"name": "Upper", "description": "a"}]),
        json!([{"name": "a", "description": ""}]),
        json!([{"name": "a", "description": "a"}, {"name": "a", "description": "b"}]),
        json!([{"name": "menu", "type": 3, "description": "menus have none"}]),
        json!([{"name": "a", "description": "a", "options": [
            {"type": 3, "name": "b", "description": "b"},
            {"type": 3, "name": "c", "description": "c", "required": true},
        ]}]),
    ];
    for body in refused {
        assert_eq!(code(&scene.put_commands(body).await), (400, 50_035));
        assert_eq!(scene.discord.forgive("PUT /applications/"), 1);
    }
    assert_eq!(scene.discord.commands(None).len(), 3, "what was registered before stays");
}

#[tokio::test]
async fn unknown_routes_and_bad_tokens_are_refused() {
    let scene = Scene::new().await;
    assert_eq!(scene.rest.get("gateway/bot").await.1["shards"], 1);
    assert_eq!(code(&scene.rest.get("nonsense").await), (404, 0));
    scene.discord.forgive("GET /nonsense");
    let wrong = Rest::new(&scene.discord).with_token("wrong");
    assert_eq!(wrong.get("users/@me").await.0, 401);
    assert_eq!(wrong.get("gateway").await.0, 200);
}

#[tokio::test]
async fn an_interaction_has_one_first_response_and_edits_after_it() {
    let mut scene = Scene::new().await;
    let asked = scene.ask();
    let heard = scene.heard().await;
    assert_eq!(heard["data"]["options"][0]["value"], "Who?");
    let original = scene.webhook(&heard, "/messages/@original");
    let follow_up = scene.webhook(&heard, "");
    assert_eq!(code(&scene.rest.post(&follow_up, json!({"content": "early"})).await), (404, 10_015));
    scene.discord.forgive("10015");
    assert!(!asked.is_answered());

    assert_eq!(scene.rest.respond(&heard, json!({"type": 5, "data": {"flags": 64}})).await.0, 204);
    assert!(matches!(asked.response().await, Response::Deferred));
    assert_eq!(
        code(&scene.rest.respond(&heard, json!({"type": 4, "data": {"content": "again"}})).await),
        (400, 40_060)
    );
    scene.discord.forgive("40060");
    let edited = scene.rest.ask(Method::PATCH, &original, json!({"content": "Ada did."})).await;
    assert_eq!(edited.0, 200);
    let message = asked.message().await;
    assert_eq!((message.content(), message.is_private(), message.edits()), ("Ada did.", true, 0));
    assert_eq!(scene.rest.post(&follow_up, json!({"content": "more"})).await.0, 200);
    let more = asked.followups(1).await;
    assert!(!more[0].is_private(), "a follow-up is private only if it says so");
    assert_eq!(scene.rest.ask(Method::DELETE, &original, Value::Null).await.0, 204);
    assert_eq!(code(&scene.rest.get(&original).await), (404, 10_008));

    for wrong in
        [json!({"type": 7, "data": {"content": "a"}}), json!({"type": 8, "data": {"choices": []}}), json!({"type": 99})]
    {
        scene.ask();
        let heard = scene.heard().await;
        assert_eq!(code(&scene.rest.respond(&heard, wrong).await), (400, 50_035));
        scene.discord.forgive("50035");
    }
    let forged = json!({"id": heard["id"], "token": "forged"});
    assert_eq!(code(&scene.rest.respond(&forged, json!({"type": 4, "data": {"content": "a"}})).await), (404, 10_062));
    scene.discord.forgive("10062");
}

#[tokio::test]
async fn a_late_first_response_is_refused() {
    let mut scene = Scene::new().await;
    scene.ask();
    let heard = scene.heard().await;
    // Real time, as the limit is real: the fault holds the response back for longer than Discord waits.
    scene.discord.fault("POST /interactions/*/*/callback", Fault::Slow(Duration::from_millis(3_050)), 1);
    assert_eq!(code(&scene.rest.respond(&heard, json!({"type": 4, "data": {"content": "late"}})).await), (404, 10_062));
    scene.discord.forgive("10062");
}

#[tokio::test]
async fn components_forms_and_autocomplete_go_both_ways() {
    let mut scene = Scene::new().await;
    let typed = scene.discord.slash("ask").typing("question", "wh").by(&scene.ada, &scene.channel);
    let heard = scene.heard().await;
    assert_eq!((&heard["type"], &heard["data"]["options"][0]["focused"]), (&json!(4), &json!(true)));
    let many: Vec<Value> = (0..26).map(|number| json!({"name": "a", "value": number.to_string()})).collect();
    assert_eq!(scene.rest.respond(&heard, json!({"type": 8, "data": {"choices": many}})).await.0, 400);
    scene.discord.forgive("25 or fewer");
    let choices = json!({"choices": [{"name": "Who?", "value": "who"}]});
    assert_eq!(scene.rest.respond(&heard, json!({"type": 8, "data": choices})).await.0, 204);
    assert_eq!(typed.choices().await, [("Who?".to_owned(), "who".to_owned())]);

    let said = scene.channel.say(&scene.ada, "what is this?").send();
    let asked = scene.discord.menu("Ask this", &said).by(&scene.ada, &scene.channel);
    let heard = scene.heard().await;
    assert_eq!(heard["data"]["resolved"]["messages"][said.id().to_string()]["content"], "what is this?");
    let menu = json!({"type": 3, "custom_id": "menu", "options": [{"label": "One", "value": "1"}, {"label": "Two", "value": "2"}]});
    let mut components = buttons(&["More", "Form"]);
    components.as_array_mut().expect("rows").push(json!({"type": 1, "components": [menu]}));
    scene.rest.respond(&heard, json!({"type": 4, "data": {"content": "this", "components": components}})).await;
    let answer = asked.message().await;
    assert_eq!(answer.labels(), ["More", "Form"]);

    let pressed = answer.press("More").by(&scene.ada);
    let heard = scene.heard().await;
    assert_eq!(heard["message"]["id"], answer.id().to_string());
    scene.rest.respond(&heard, json!({"type": 6})).await;
    let original = scene.webhook(&heard, "/messages/@original");
    scene.rest.ask(Method::PATCH, &original, json!({"content": "more of this"})).await;
    assert_eq!(pressed.message().await.content(), "more of this");

    let chosen = answer.choose(0, &["Two"]).by(&scene.ada);
    let heard = scene.heard().await;
    assert_eq!(heard["data"]["values"], json!(["2"]));
    scene.rest.respond(&heard, json!({"type": 7, "data": {"content": "two"}})).await;
    assert_eq!((chosen.message().await.content(), answer.now().edits()), ("two", 2));

    let opened = answer.press("Form").by(&scene.ada);
    let heard = scene.heard().await;
    let input = json!({"type": 4, "custom_id": "text", "label": "Text", "style": 1, "min_length": 3, "value": "old"});
    let form = json!({"custom_id": "form", "title": "Form", "components": [{"type": 1, "components": [input]}]});
    assert_eq!(scene.rest.respond(&heard, json!({"type": 9, "data": form})).await.0, 204);
    let modal = opened.modal().await;
    assert_eq!(modal.value("text"), "old");
    let sent = modal.fill("text", "new").submit();
    let heard = scene.heard().await;
    assert_eq!(heard["data"]["components"][0]["components"][0]["value"], "new");
    scene.rest.respond(&heard, json!({"type": 4, "data": {"content": "thanks", "flags": 64}})).await;
    assert!(sent.message().await.is_private());
}

#[tokio::test]
async fn members_can_do_only_what_clients_offer() {
    let scene = Scene::new().await;
    let body = json!({"content": "a", "components": [{"type": 1, "components": [
        {"type": 2, "style": 1, "label": "Off", "custom_id": "off", "disabled": true},
    ]}]});
    scene.say(body).await;
    let message = scene.channel.from_bot_until(1).await.remove(0);
    let stranger = scene.discord.user("Zoe");
    let (channel, ada) = (&scene.channel, &scene.ada);
    let mighty = scene.guild.member("Mo").allow(Permissions::MANAGE_GUILD);
    scene.discord.slash("guarded").by(&mighty, channel);
    let refused: [(&str, &dyn Fn()); 5] = [
        ("a disabled button", &|| drop(message.press("Off").by(ada))),
        ("a button that isn't there", &|| drop(message.press("Nowhere").by(ada))),
        ("a hidden command", &|| drop(scene.discord.slash("guarded").by(ada, channel))),
        ("a command without a required option", &|| drop(scene.discord.slash("ask").by(ada, channel))),
        ("a command for servers in direct messages", &|| drop(scene.discord.slash("guarded").by_direct(&stranger))),
    ];
    for (what, act) in refused {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(act));
        assert!(outcome.is_err(), "{what} went through");
    }
    message.forge_press("anything").by(ada);
    scene.discord.slash("guarded").forged().by(ada, channel);
}

#[tokio::test]
async fn permissions_pings_replies_and_nonces_are_as_on_discord() {
    let scene = Scene::new().await;
    let mute = scene.guild.channel("mute").forbid(Permissions::SEND_MESSAGES);
    let (blind, plain) = (scene.guild.channel("blind").forbid(Permissions::VIEW_CHANNEL), scene.guild.channel("plain"));
    let plain = plain.forbid(Permissions::EMBED_LINKS);
    let embed = json!({"embeds": [{"title": "a"}]});
    for (channel, expected) in [(&mute, 50_013), (&blind, 50_001), (&plain, 50_013)] {
        let answer = scene.rest.post(&format!("channels/{}/messages", channel.id), embed.clone()).await;
        assert_eq!(code(&answer), (403, expected));
    }
    let said = scene.channel.say(&scene.ada, "hello").send();
    let reference = json!({"message_id": said.id().to_string()});
    let quiet =
        json!({"content": "@everyone <@1> hi", "allowed_mentions": {"parse": []}, "message_reference": reference});
    assert_eq!(scene.say(quiet).await.0, 200);
    assert_eq!(said.reply().await.content(), "@everyone <@1> hi");
    assert!(scene.discord.pings().is_empty());
    let loud = json!({"content": format!("hi {}", scene.ada.mention()), "message_reference": reference});
    scene.say(loud).await;
    assert_eq!(scene.discord.pings().len(), 2, "by name, and by the reply");
    said.delete();
    let (status, refused) = scene.say(json!({"content": "a", "message_reference": reference})).await;
    assert_eq!((status, &refused["code"]), (400, &json!(50_035)));

    let once = json!({"content": "once", "nonce": "1", "enforce_nonce": true});
    let (first, second) = (scene.say(once.clone()).await, scene.say(once).await);
    assert_eq!(first.1["id"], second.1["id"]);
    let own = format!("channels/{}/messages/{}", scene.channel.id, text(&first.1["id"]));
    assert_eq!(scene.rest.ask(Method::PATCH, &own, json!({"content": "twice"})).await.1["content"], "twice");
    scene.rest.post(&format!("channels/{}/typing", scene.channel.id), Value::Null).await;
    assert_eq!(scene.channel.typed(), 1);
}

#[tokio::test]
async fn ordered_faults_are_served_in_turn() {
    let scene = Scene::new().await;
    let route = "POST /channels/*/messages";
    let after = Duration::from_millis(150);
    scene.discord.fault(route, Fault::RateLimited { after, global: false }, 1);
    let limited = Instant::now();
    let (status, body) = scene.say(json!({"content": "a"})).await;
    assert_eq!((status, body["retry_after"].as_f64()), (429, Some(0.15)));
    assert_eq!(scene.say(json!({"content": "too early"})).await.0, 429);
    scene.discord.forgive("before the time");
    tokio::time::sleep_until(limited + after + after).await;
    assert_eq!(scene.say(json!({"content": "in time"})).await.0, 200);

    let path = format!("channels/{}/messages", scene.channel.id);
    let before = scene.channel.from_bot().len();
    for (fault, carried_out) in [
        (Fault::Cut, 0),
        (Fault::CutAfter, 1),
        (Fault::Status(503), 1),
        (Fault::Garbage, 2),
        (Fault::Hang, 2),
        (Fault::HangAfter, 3),
    ] {
        scene.discord.fault(route, fault.clone(), 1);
        let body = json!({"content": "a"});
        let answer = tokio::time::timeout(SOON, scene.rest.send(Method::POST, &path, &body)).await;
        let as_ordered = match (&fault, answer) {
            (Fault::Cut | Fault::CutAfter, Ok(Err(_))) | (Fault::Hang | Fault::HangAfter, Err(_)) => true,
            (Fault::Status(status), Ok(Ok(answer))) => answer.status().as_u16() == *status,
            (Fault::Garbage, Ok(Ok(answer))) => answer.json::<Value>().await.is_err(),
            _ => false,
        };
        assert!(as_ordered, "{fault:?}");
        assert_eq!(scene.channel.from_bot().len() - before, carried_out, "{fault:?}");
    }
    assert_eq!(scene.discord.requests_until(route, 9).await.len(), 9);
    scene.discord.fault(route, Fault::Status(500), 1);
    scene.discord.mend();
    assert_eq!(scene.say(json!({"content": "whole again"})).await.0, 200);
}

#[tokio::test]
async fn a_first_response_that_seemed_lost_may_be_sent_again() {
    let mut scene = Scene::new().await;
    let asked = scene.ask();
    let heard = scene.heard().await;
    scene.discord.fault("POST /interactions/*/*/callback", Fault::CutAfter, 1);
    let path = format!("interactions/{}/{}/callback", text(&heard["id"]), text(&heard["token"]));
    let body = json!({"type": 4, "data": {"content": "a"}});
    assert!(scene.rest.send(Method::POST, &path, &body).await.is_err());
    assert_eq!(asked.message().await.content(), "a");
    assert_eq!(code(&scene.rest.respond(&heard, body).await), (400, 40_060));
    assert!(scene.discord.violations().is_empty(), "the bot could not know");
}

#[tokio::test]
async fn files_go_up_and_come_down() {
    let mut scene = Scene::new().await;
    let path = format!("channels/{}/messages", scene.channel.id);
    let body = json!({"attachments": [{"id": "0", "filename": "a.txt"}]});
    let (status, message) = scene.rest.upload(&path, &body, "a.txt", b"content").await;
    assert_eq!(status, 200, "{message}");
    let url = text(&message["attachments"][0]["url"]);
    assert_eq!(scene.rest.download(url).await.expect("a file"), (200, b"content".to_vec()));
    assert_eq!(scene.channel.from_bot()[0].files()[0].name, "a.txt");

    let cases = [
        (Service::Status(500), Some(500)),
        (Service::Slow(1, Duration::from_millis(1)), Some(200)),
        (Service::Cut, None),
        (Service::Stall, None),
    ];
    for (service, expected) in cases {
        let upload = Upload::new("b.toml", "abc").served(service.clone()).declared(7);
        scene.discord.slash("ask").option("question", "this").option("file", upload).by(&scene.ada, &scene.channel);
        let heard = scene.heard().await;
        let id = text(&heard["data"]["options"][1]["value"]);
        let attachment = &heard["data"]["resolved"]["attachments"][id];
        assert_eq!(attachment["size"], 7);
        let answer = tokio::time::timeout(SOON, scene.rest.download(text(&attachment["url"]))).await;
        let status = answer.ok().and_then(Result::ok).map(|(status, _)| status);
        assert_eq!(status, expected, "{service:?}");
        assert_eq!(scene.discord.downloads(id.parse().expect("an id")), 1);
    }
}
