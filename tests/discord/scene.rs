//! The usual scene of a test: a server with a channel, two members, and the bot.

use std::time::Duration;

use super::{
    bot::{Bot, Setup},
    fake::{
        Discord,
        interaction::Interaction,
        places::{Channel, Guild, Member},
        seen::Message,
    },
};

/// A question that is an ask of the briefing letter for letter, so that no test hangs on how the matcher is tuned.
pub(super) const OPENING: &str = "When will the pier open again?";
/// Its answer's quote.
pub(super) const OPENING_QUOTE: &str = "The pier is to open again in June 2032.";
/// A question of which the briefing says nothing.
pub(super) const NOT_COVERED: &str = "Xyzzy plugh frobnicate?";
/// Another.
pub(super) const FERRY: &str = "How often does the ferry run?";
/// A part of its answer.
pub(super) const FERRY_QUOTE: &str = "leaves from the north mole every two hours";

/// A server with the bot in it. The bot comes first: it must end before its Discord does.
pub(super) struct Scene {
    pub(super) bot: Bot,
    pub(super) channel: Channel,
    pub(super) ann: Member,
    pub(super) bob: Member,
    pub(super) guild: Guild,
    pub(super) discord: Discord,
}

impl Scene {
    pub(super) async fn start() -> Self {
        Self::with(|setup| setup).await
    }

    /// With a bot that is set up in a certain way.
    pub(super) async fn with(setup: impl FnOnce(Setup<'_>) -> Setup<'_>) -> Self {
        let discord = Discord::start().await;
        let guild = discord.guild("Harbour");
        let (channel, ann, bob) = (guild.channel("general"), guild.member("Ann"), guild.member("Bob"));
        let bot = setup(Bot::with(&discord)).start().await;
        Self { bot, channel, ann, bob, guild, discord }
    }

    /// Ann asks by command.
    pub(super) fn ask(&self, question: &str) -> Interaction {
        self.discord.slash("ask").option("question", question).by(&self.ann, &self.channel)
    }

    /// Ann mentions the bot.
    pub(super) fn mention(&self, question: &str) -> Message {
        self.channel.say(&self.ann, &format!("{} {question}", self.discord.mention())).send()
    }

    /// Lets the bot finish all that it took on, and end: what it hasn't said by then it never will.
    pub(super) async fn finish(&self) {
        self.bot.terminate();
        let status = self.bot.end(Duration::from_secs(15)).await;
        assert!(status.success(), "{status}\n{}", self.bot.output());
    }
}
