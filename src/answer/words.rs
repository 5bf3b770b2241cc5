//! The words that the bot says of itself: to small talk, and where the briefing doesn't say.

use crate::text::lexicon::SmallTalk;

/// Said where nothing readable was asked.
pub const NOTHING_ASKED: &str =
    "I couldn't find a question in that. Ask me anything about the briefing in your own words.";

/// Said where the briefing doesn't say.
pub const NOT_COVERED: &str = "The briefing doesn't say.";

/// Said where one of the suggestions may be meant.
pub const PERHAPS: &str = "I'm not sure which of these you mean:";

/// What is said to small talk.
#[must_use]
pub fn reply(kind: SmallTalk) -> &'static str {
    match kind {
        SmallTalk::Greeting => "Hello! Ask me anything about the briefing, in your own words.",
        SmallTalk::Thanks => "You're welcome! Ask away if there is more you want to know about the briefing.",
        SmallTalk::Farewell => "Goodbye! I'm here whenever you want to know something about the briefing.",
        SmallTalk::Insult => "I may have missed what you meant. Try asking about the briefing in other words.",
        SmallTalk::Praise => "Thank you! Ask me more about the briefing whenever you like.",
        SmallTalk::Identity => {
            "I'm a bot that answers questions about a briefing, and only from it: each answer comes with the words of the \
             article that prove it. What the article doesn't say, I don't know."
        }
        SmallTalk::Wellbeing => "All well here, thank you! What would you like to know about the briefing?",
        SmallTalk::Joke => "I only know the briefing, and it isn't funny. Ask me something about it!",
        SmallTalk::Test => "I'm here. Ask me something about the briefing.",
        SmallTalk::Injection | SmallTalk::Task => {
            "I only answer questions about the briefing, and only with what it says."
        }
        SmallTalk::Opinion => "I have no opinions and make no predictions; I only know what the briefing says.",
    }
}

/// Whether words are said to small talk, or where there was no question: nothing that was asked in vain.
#[must_use]
pub fn is_small_talk(message: &str) -> bool {
    const KINDS: [SmallTalk; 12] = [
        SmallTalk::Greeting,
        SmallTalk::Thanks,
        SmallTalk::Farewell,
        SmallTalk::Insult,
        SmallTalk::Praise,
        SmallTalk::Identity,
        SmallTalk::Wellbeing,
        SmallTalk::Joke,
        SmallTalk::Test,
        SmallTalk::Injection,
        SmallTalk::Task,
        SmallTalk::Opinion,
    ];
    message == NOTHING_ASKED || KINDS.into_iter().any(|kind| reply(kind) == message)
}
