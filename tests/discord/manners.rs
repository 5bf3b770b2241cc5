//! Manners: nobody is pinged, nobody disturbed, each message answered once, and a way found where a channel is closed.

use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::fake::faults::Fault;
use super::scene::{FERRY, FERRY_QUOTE, OPENING, OPENING_QUOTE, Scene};

/// What pings where it comes alive. That nobody was pinged is checked at the end of every bot.
const LOUD: &str = "@everyone @here <@&1> **bold** `code` ||hidden|| [link](https://example.invalid) ";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_asked_pings_or_breaks_the_answer() {
    let scene = Scene::start().await;
    let loud = scene.guild.member("Zed").called("@everyone").allow(Permissions::MENTION_EVERYONE);
    let question = format!("{LOUD}{} {OPENING}", scene.bob.mention());
    let me = scene.discord.mention();
    let replied = scene.channel.say(&loud, &format!("{me} {question}")).send().reply().await;
    let asked = scene.discord.slash("ask").option("question", question.as_str());
    let shown = asked.by(&loud, &scene.channel).message().await;
    for message in [replied, shown] {
        for alive in ["@everyone", "@here", "<@", "https://example"] {
            assert!(!message.text().contains(alive), "{alive} in {}", message.text());
        }
    }
    assert!(scene.discord.pings().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_the_knowledge_holds_pings_or_breaks_the_answer() {
    let sentence = "All of us, @everyone and <@1>, cheered **loudly** at https://example.invalid that day.";
    let (knowledge, _) = super::ways_to_ask::many(1);
    let knowledge =
        knowledge.replace("Part one has words of its own.", sentence).replace("The Ostrey", "@everyone <@1>");
    let article = format!("## @everyone\n\n{sentence}\n");
    let scene = Scene::with(|setup| setup.file("kettle-pier.toml", &knowledge).file("kettle-pier.md", &article)).await;
    let message = scene.ask("What does part 1 say?").message().await;
    assert!(message.text().contains("cheered \\*\\*loudly\\*\\*"), "{}", message.text());
    let context = message.press("Show in context").by(&scene.ann).message().await;
    let about = scene.discord.slash("about").by(&scene.ann, &scene.channel).message().await;
    let timeline = scene.discord.slash("timeline").by(&scene.ann, &scene.channel).message().await;
    for message in [message, context, about, timeline] {
        for alive in ["@everyone", "<@1>", "https://"] {
            assert!(!message.text().contains(alive), "{alive} in {}", message.text());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bots_webhooks_and_what_only_looks_like_a_mention_are_passed_over() {
    let scene = Scene::start().await;
    let me = scene.discord.mention();
    let robot = scene.guild.robot("Robot");
    let asked = format!("{me} {OPENING}");
    scene.channel.say(&robot, &asked).send();
    scene.channel.webhook(&asked).send();
    for text in [
        format!("`{me} {OPENING}`"),
        format!("```\n{me} {OPENING}\n```"),
        format!("> {me} {OPENING}\nhe asked"),
        format!("I said:\n>>> {me}\n{OPENING}"),
        OPENING.to_owned(),
        format!("{} {OPENING}", scene.bob.mention()),
    ] {
        scene.channel.say(&scene.ann, &text).send();
    }
    // Events come in order: once this one is answered, those before it were taken on, and ending waits for them.
    let last = scene.mention(FERRY).reply().await.id();
    scene.finish().await;
    let said = scene.channel.from_bot();
    assert!(said.iter().all(|message| message.id() == last), "{:?}", said[0].text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_answered_once_however_often_it_changes() {
    let scene = Scene::start().await;
    let said = scene.mention(OPENING);
    said.reply().await;
    said.edit(&format!("{} {FERRY}", scene.discord.mention()));
    said.unfurl();
    let later = scene.channel.say(&scene.ann, "nothing yet").send();
    later.edit(&format!("{} {OPENING}", scene.discord.mention()));
    scene.channel.say(&scene.bob, &format!("{} {OPENING}", scene.discord.mention())).send().reply().await;
    scene.finish().await;
    assert_eq!(scene.channel.from_bot().len(), 2, "one to Ann, one to Bob");
    assert_eq!(scene.channel.typed(), 0, "an answer takes too little time to show typing");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_comes_twice_and_a_system_message_are_not_answered() {
    let scene = Scene::start().await;
    let said = scene.mention(OPENING);
    said.reply().await;
    let event = |change: fn(&mut Value)| {
        let state = scene.discord.lock();
        let mut event = state.world.message_event_json(&state.world.messages[&said.id()], true);
        change(&mut event);
        event
    };
    scene.discord.dispatch_anything("MESSAGE_CREATE", &event(|_| ()));
    let joined = event(|event| {
        event["id"] = json!("999999999999999999");
        event["type"] = json!(7);
    });
    scene.discord.dispatch_anything("MESSAGE_CREATE", &joined);
    scene.mention(FERRY).reply().await;
    scene.finish().await;
    assert_eq!(scene.channel.from_bot().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_messages_get_one_private_word() {
    let scene = Scene::start().await;
    for _ in 0..20 {
        scene.mention(OPENING);
    }
    let words = scene.ann.direct().from_bot_until(1).await;
    assert!(words[0].text().contains("few seconds"), "{}", words[0].text());
    // Others are not held up.
    let bobs = scene.channel.say(&scene.bob, &format!("{} {OPENING}", scene.discord.mention())).send();
    assert!(bobs.reply().await.text().contains(OPENING_QUOTE));
    scene.finish().await;
    let answers = scene.channel.from_bot().len();
    assert!((2..=12).contains(&answers), "{answers} answers");
    assert_eq!(scene.ann.direct().from_bot().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_commands_are_each_answered_if_only_to_say_so() {
    let scene = Scene::start().await;
    let asked: Vec<_> = (0..20).map(|_| scene.ask(OPENING)).collect();
    let mut slower = 0;
    for asked in asked {
        let message = asked.message().await;
        if message.text().contains("few seconds") {
            assert!(message.is_private());
            slower += 1;
        }
    }
    assert!((5..20).contains(&slower), "{slower} were told to wait");
    let bobs = scene.discord.slash("ask").option("question", OPENING).by(&scene.bob, &scene.channel);
    assert!(bobs.message().await.text().contains(OPENING_QUOTE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_channel_has_a_limit_of_its_own() {
    let scene = Scene::start().await;
    let members: Vec<_> = (0..24).map(|n| scene.guild.member(&format!("Member {n}"))).collect();
    for member in &members {
        scene.channel.say(member, &format!("{} {OPENING}", scene.discord.mention())).send();
    }
    scene.discord.requests_until("POST /channels/*/messages", members.len()).await;
    scene.finish().await;
    let answers = scene.channel.from_bot().len();
    let told = members.iter().map(|member| member.direct().from_bot().len()).sum::<usize>();
    assert!((8..24).contains(&answers) && answers + told == 24, "{answers} answers, {told} told");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_writing_is_forbidden_the_asker_is_answered_privately() {
    let scene = Scene::start().await;
    let closed = scene.guild.channel("closed").forbid(Permissions::SEND_MESSAGES);
    let me = scene.discord.mention();
    closed.say(&scene.ann, &format!("{me} {OPENING}")).send();
    let words = scene.ann.direct().from_bot_until(1).await;
    assert!(words[0].text().contains("may not write in that channel") && words[0].text().contains(OPENING_QUOTE));
    let refused = scene.discord.requests("POST /channels/*/messages").len();
    closed.say(&scene.ann, &format!("{me} {FERRY}")).send();
    let words = scene.ann.direct().from_bot_until(2).await;
    assert!(words[1].text().contains(FERRY_QUOTE));
    let more = scene.discord.requests("POST /channels/*/messages").len() - refused;
    assert_eq!(more, 1, "what the channel forbids is remembered, not tried again");
    // Commands are answered there all the same.
    let asked = scene.discord.slash("ask").option("question", OPENING).by(&scene.ann, &closed);
    assert!(asked.message().await.text().contains(OPENING_QUOTE));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_allowed_nothing_is_said() {
    let scene = Scene::start().await;
    let closed = scene.guild.channel("closed").forbid(Permissions::SEND_MESSAGES);
    let direct = scene.ann.direct().forbid(Permissions::SEND_MESSAGES);
    closed.say(&scene.ann, &format!("{} {OPENING}", scene.discord.mention())).send();
    // In the channel, there without embeds, and in private.
    scene.discord.requests_until("POST /channels/*/messages", 3).await;
    scene.finish().await;
    assert!(closed.from_bot().is_empty() && direct.from_bot().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_embeds_are_forbidden_the_answer_is_plain_and_says_why() {
    let scene = Scene::start().await;
    let plain = scene.guild.channel("plain").forbid(Permissions::EMBED_LINKS);
    plain.say(&scene.ann, &format!("{} {OPENING}", scene.discord.mention())).send();
    let said = plain.from_bot_until(1).await;
    assert!(said[0].embeds().is_empty() && said[0].content().contains("Embed Links"), "{}", said[0].text());
    assert!(said[0].content().contains(OPENING_QUOTE), "{}", said[0].text());
    assert!(said[0].press("Show in context").by(&scene.ann).message().await.is_private());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_history_is_closed_the_answer_stands_alone() {
    let scene = Scene::start().await;
    let fresh = scene.guild.channel("fresh").forbid(Permissions::READ_MESSAGE_HISTORY);
    fresh.say(&scene.ann, &format!("{} {OPENING}", scene.discord.mention())).send();
    let said = fresh.from_bot_until(1).await;
    assert!(said[0].reply_to().is_none() && said[0].text().contains(OPENING_QUOTE), "{}", said[0].text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_without_a_ping_has_no_words_for_us() {
    let scene = Scene::start().await;
    let answer = scene.ask(OPENING).message().await;
    scene.channel.say(&scene.ann, "thanks, and the ferry?").reply_to(&answer).without_ping().send();
    scene.mention(FERRY).reply().await;
    scene.finish().await;
    assert_eq!(scene.channel.from_bot().len(), 2, "none to the reply");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_level_of_the_log_shows_words_or_tokens() {
    let all = "trace,serenity=trace,serenity::gateway::bridge::shard_runner=trace,hyper_util=trace,tungstenite=trace";
    let scene = Scene::with(|setup| setup.env("RUST_LOG", all)).await;
    scene.discord.fault("POST /interactions/*/*/callback", Fault::Cut, 1);
    let message = scene.ask("Do wombats whistle?").message().await;
    message.forge_press("b1:yes:kettle-pier:reopening").by(&scene.ann).message().await;
    scene.mention("Do wombats whistle?").reply().await;
    scene.finish().await;
    // That no token is there is checked at the end of every bot.
    let output = scene.bot.output();
    assert!(output.contains("TRACE") || output.contains("DEBUG"), "the level is as asked");
    assert!(!output.contains("wombats"), "{output}");
    for id in [scene.ann.id, scene.bob.id] {
        assert!(!output.contains(&id.to_string()), "who asked: {output}");
    }
}
