//! Messages: mentions, direct messages, and replies to the bot.

use poise::serenity_prelude as serenity;
use serenity::{Message, MessageType};

use super::bot::{Asker, Bot, Context, SLOWER};
use super::limits::Verdict;
use super::render::question_of;
use super::reply::Reply;
use super::words;

/// How a message speaks to us.
struct Spoken {
    question: String,
    context: Context,
    way: &'static str,
}

/// Answers a message, if it speaks to us. An edit is another event, which nobody listens to.
pub(crate) async fn message(bot: &Bot, message: &Message) {
    let Some(me) = bot.identity.get() else { return };
    if message.author.bot || message.webhook_id.is_some() || message.author.id == me.user {
        return;
    }
    let Some(spoken) = spoken(message, me.user.get()) else { return };
    if !bot.is_new(message.id.get()) {
        return;
    }
    let channel = message.guild_id.map(|_| message.channel_id);
    match bot.limits.message(message.author.id, channel) {
        Verdict::Go => {}
        Verdict::Silent => return,
        Verdict::Tell => {
            let reply = Reply::words(SLOWER);
            if channel.is_none() {
                bot.answer_message(message, reply).await;
            } else {
                bot.whisper(message.author.id, message.id.get(), reply).await;
            }
            return;
        }
    }
    let (user, channel, event) = (message.author.id, message.channel_id, message.id.get());
    let reply = bot.ask(Asker { user, channel, way: spoken.way, event }, &spoken.question, spoken.context);
    bot.answer_message(message, reply).await;
}

/// What a message says to us, if it does.
fn spoken(message: &Message, me: u64) -> Option<Spoken> {
    if !matches!(message.kind, MessageType::Regular | MessageType::InlineReply) {
        return None;
    }
    let heard = words::heard(&message.content, me);
    let replied = message.referenced_message.as_deref().filter(|replied| replied.author.id.get() == me);
    let footer = replied.and_then(|replied| replied.embeds.first()).and_then(|embed| embed.footer.as_ref());
    let context = footer.and_then(|footer| question_of(&footer.text)).map_or(Context::Own, Context::After);
    // Without a mention Discord hides the content of a message in a server; there is nothing to answer then.
    let way = match (replied.is_some() && !message.content.is_empty(), message.guild_id.is_none(), heard.mentioned) {
        (true, _, _) => "reply",
        (_, true, _) => "direct",
        (_, _, true) => "mention",
        _ => return None,
    };
    Some(Spoken { question: heard.question, context, way })
}
