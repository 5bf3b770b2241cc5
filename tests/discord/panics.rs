//! A handler that panics harms its own answer only.
//!
//! The client runs in this process, with a ledger that panics on command where the binary's writes into the journal: so
//! no shipped code needs a way to be broken.

use std::{sync::Arc, time::Duration};

use briefing_bot::{
    answer::{Answer, Engine, Service},
    config,
    discord::{
        self,
        ledger::{Ledger, Vote},
    },
    knowledge::Limits,
};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

use super::{
    bot::{ARTICLE, BRIEFING},
    fake::{
        Discord,
        places::{Channel, Member},
        seen::Message,
    },
    scene::{FERRY, FERRY_QUOTE, OPENING, OPENING_QUOTE},
};

/// Stands in questions that are too much for the ledger.
const TOO_MUCH: &str = "Oh dear:";
/// What the asker is told.
const SORRY: &str = "Sorry, something went wrong on my side. Please try again.";

/// Panics where a question says so, and at every vote.
struct Fragile;

impl Ledger for Fragile {
    fn asked(&self, question: &str, _: &Answer, _: Duration) {
        assert!(!question.contains(TOO_MUCH), "as ordered");
    }

    fn voted(&self, _: Vote) {
        panic!("as ordered");
    }

    fn retention_days(&self) -> u32 {
        0
    }
}

/// A client in this process.
struct Client {
    running: JoinHandle<Result<(), discord::Error>>,
    stop: oneshot::Sender<()>,
}

impl Client {
    async fn start(discord: &Discord) -> Self {
        let home = TempDir::new().expect("a temporary folder");
        for (name, text) in [BRIEFING, ARTICLE] {
            std::fs::write(home.path().join(name), text).expect("a file in a temporary folder");
        }
        let engine = Engine::load(home.path(), &Limits::STANDARD).expect("a briefing without faults");
        let settings = config::Discord {
            token: discord.token().into(),
            api_url: Some(discord.url()),
            moderation_guilds: Vec::new(),
            moderator_roles: Vec::new(),
            shards: None,
            shard_range: None,
            http: None,
        };
        let (stop, stopped) = oneshot::channel();
        let stopped = async { stopped.await.unwrap_or_default() };
        let running = tokio::spawn(discord::run(settings, Service::new(engine), Arc::new(Fragile), None, stopped));
        discord.commands_until_registered(None).await;
        discord.shards_up(1).await;
        Self { running, stop }
    }

    /// Ends it: with what is in flight landed, and the gateway closed.
    async fn finish(self) {
        self.stop.send(()).expect("the client still runs");
        let ended =
            tokio::time::timeout(Duration::from_secs(5), self.running).await.expect("nothing is left in flight");
        ended.expect("the client itself did not panic").expect("a clean end");
    }
}

fn mention(discord: &Discord, member: &Member, channel: &Channel, question: &str) -> Message {
    channel.say(member, &format!("{} {question}", discord.mention())).send()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_owned_up_to_and_every_other_answer_comes() {
    let discord = Discord::start().await;
    let guild = discord.guild("Harbour");
    let (channel, ann, bob) = (guild.channel("general"), guild.member("Ann"), guild.member("Bob"));
    let client = Client::start(&discord).await;
    let ask = |member: &Member, question: &str| discord.slash("ask").option("question", question).by(member, &channel);
    let broken = format!("{TOO_MUCH} {OPENING}");

    // All at once, so that the broken ones are in flight together with the others.
    let (bad_slash, bad_mention) = (ask(&ann, &broken), mention(&discord, &ann, &channel, &broken));
    let (slash, mentioned) = (ask(&bob, OPENING), mention(&discord, &bob, &channel, FERRY));
    let (bad_again, again) = (ask(&ann, &broken), ask(&bob, FERRY));

    for interaction in [bad_slash, bad_again] {
        let sorry = interaction.message().await;
        assert!(sorry.is_private(), "nobody else is bothered");
        assert_eq!(sorry.text(), SORRY);
    }
    assert_eq!(bad_mention.reply().await.text(), SORRY);
    let answer = slash.message().await;
    assert!(answer.text().contains(OPENING_QUOTE), "{}", answer.text());
    assert!(mentioned.reply().await.text().contains(FERRY_QUOTE));
    assert!(again.message().await.text().contains(FERRY_QUOTE));

    // A button below an answer, and that very answer afterwards.
    let sorry = answer.press("Helpful").by(&ann).message().await;
    assert!(sorry.is_private());
    assert_eq!(sorry.text(), SORRY);
    let context = answer.press("Show in context").by(&ann).message().await;
    assert!(context.text().contains("June 2032"), "{}", context.text());
    client.finish().await;
}
