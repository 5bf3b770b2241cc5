//! The moderators' commands, end to end: the scene that all of their tests begin with.

mod crash;
mod gaps;
mod history;
mod page;
mod processes;
mod reload;
mod restart;
mod upload;
mod who;

use twilight_model::guild::Permissions;

use super::{
    bot::{ARTICLE, BRIEFING, Bot, Setup},
    fake::{
        Discord,
        interaction::Interaction,
        places::{Channel, Guild, Member},
        seen::Message,
        slash::Upload,
    },
};

/// A server that moderates, with a moderator and a member in it. The bot comes first: it must end before its Discord.
pub(super) struct Office {
    pub(super) bot: Bot,
    pub(super) channel: Channel,
    /// May manage the server.
    pub(super) mona: Member,
    /// May nothing.
    pub(super) ann: Member,
    pub(super) guild: Guild,
    pub(super) discord: Discord,
}

impl Office {
    pub(super) async fn open() -> Self {
        Self::with(|setup| setup).await
    }

    /// With a bot that is set up in a certain way.
    pub(super) async fn with(setup: impl FnOnce(Setup<'_>) -> Setup<'_>) -> Self {
        let discord = Discord::start().await;
        let guild = discord.guild("Office");
        let channel = guild.channel("desk");
        let mona = guild.member("Mona").allow(Permissions::MANAGE_GUILD);
        let ann = guild.member("Ann");
        let bot = setup(moderated(Bot::with(&discord), &guild)).start().await;
        discord.commands_until_registered(Some(guild.id)).await;
        bot.says(&["revision in service"]).await;
        Self { bot, channel, mona, ann, guild, discord }
    }

    /// Mona's command, answered.
    pub(super) async fn run(&self, command: &str) -> Message {
        self.discord.slash(&format!("knowledge {command}")).by(&self.mona, &self.channel).message().await
    }

    /// Mona uploads a knowledge file.
    pub(super) async fn upload(&self, file: Upload) -> Message {
        self.discord.slash("knowledge upload").option("file", file).by(&self.mona, &self.channel).message().await
    }

    /// Ann asks by command.
    pub(super) async fn ask(&self, question: &str) -> Message {
        self.discord.slash("ask").option("question", question).by(&self.ann, &self.channel).message().await
    }

    /// Writes a file into the knowledge folder, as an editor does.
    pub(super) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.bot.knowledge(name), text).expect("a file in a temporary folder");
    }
}

/// A bot whose moderators are those of this server.
pub(super) fn moderated<'a>(setup: Setup<'a>, guild: &Guild) -> Setup<'a> {
    setup.env("MODERATION_GUILD_IDS", &guild.id.to_string())
}

/// The small briefing, the statement of its ferry changed.
pub(super) fn changed() -> String {
    replaced("Until the pier opens again, the ferry to Lammer Island leaves", "The ferry to Lammer Island now leaves")
}

/// The small briefing with a part in another way.
pub(super) fn replaced(part: &str, by: &str) -> String {
    assert!(BRIEFING.1.contains(part), "the briefing has {part:?}");
    BRIEFING.1.replace(part, by)
}

/// A part of the changed statement.
pub(super) const CHANGED: &str = "The ferry to Lammer Island now leaves";
/// A question that is answered with it.
pub(super) const FERRY: &str = "How often does the ferry run?";
/// The small briefing's names.
pub(super) const NAMES: (&str, &str) = (BRIEFING.0, ARTICLE.0);

/// Presses a button and waits for the message as it is then.
pub(super) async fn pressed(message: &Message, label: &str, by: &Member) -> Message {
    let interaction: Interaction = message.press(label).by(by);
    interaction.message().await
}

/// Whether all of these stand in a message.
#[track_caller]
pub(super) fn says(message: &Message, parts: &[&str]) {
    let text = message.text();
    for part in parts {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
    assert!(message.is_private(), "what moderators see is for them alone");
}
