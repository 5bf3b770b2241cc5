//! Gateway events: taken on once, counted while they are answered, and kept from harming each other.

use std::future::Future;
use std::sync::{Arc, OnceLock};

use poise::serenity_prelude as serenity;
use serenity::{
    CommandInteraction, ConnectionStage, Context, EventHandler, Interaction, Message, Ready, ResumedEvent,
    ShardManager, ShardStageUpdateEvent,
};
use tokio::time::Instant;

use super::bot::{BROKEN, Bot, Identity, SLOWER, Ticket};
use super::commands::{self, Data};
use super::limits::Verdict;
use super::reply::Reply;
use super::rest::CALLBACK_WINDOW;
use super::{message, moderation, press};

/// What serenity calls with each event. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Handler {
    shared: Arc<Shared>,
}

struct Shared {
    bot: Arc<Bot>,
    options: poise::FrameworkOptions<Data, anyhow::Error>,
    manager: OnceLock<Arc<ShardManager>>,
}

impl Handler {
    /// A handler; it answers commands once it has the shard manager, which poise wants to see.
    pub(crate) fn new(bot: Arc<Bot>) -> Self {
        let options = poise::FrameworkOptions {
            commands: commands::all(),
            on_error: |error| Box::pin(failed(error)),
            manual_cooldowns: true,
            ..Default::default()
        };
        Self { shared: Arc::new(Shared { bot, options, manager: OnceLock::new() }) }
    }

    /// Hands over the shard manager.
    pub(crate) fn manage(&self, manager: Arc<ShardManager>) {
        // Set once, at the start.
        let _ = self.shared.manager.set(manager);
    }

    async fn interaction(&self, ctx: Context, interaction: Interaction, until: Instant) {
        let bot = &self.shared.bot;
        if !bot.is_new(interaction.id().get()) {
            return;
        }
        if let Interaction::Autocomplete(typing) = &interaction {
            return commands::complete(bot, typing, until).await;
        }
        let ticket = |id, token| Ticket { id, token, until };
        let (user, ticket) = match &interaction {
            Interaction::Command(command) => (command.user.id, ticket(command.id, &command.token)),
            Interaction::Component(press) => (press.user.id, ticket(press.id, &press.token)),
            Interaction::Modal(form) => (form.user.id, ticket(form.id, &form.token)),
            _ => return,
        };
        if !moderation::is_trusted(bot, &interaction) && bot.limits.interaction(user) != Verdict::Go {
            return bot.reply(ticket, Reply::words(SLOWER), true).await;
        }
        match &interaction {
            Interaction::Command(command) => Box::pin(self.command(&ctx, command, until)).await,
            Interaction::Component(pressed) => press::press(bot, pressed, until).await,
            Interaction::Modal(form) => moderation::submit(bot, form, ticket).await,
            _ => {}
        }
    }

    async fn command(&self, ctx: &Context, command: &CommandInteraction, until: Instant) {
        let Shared { bot, options, manager } = &*self.shared;
        let (Some(manager), Some(me)) = (manager.get(), bot.identity.get()) else { return };
        let data = Data { bot: Arc::clone(bot), until };
        let framework = poise::FrameworkContext {
            serenity_context: ctx,
            bot_id: me.user,
            options,
            user_data: &data,
            shard_manager: manager,
        };
        let sent = std::sync::atomic::AtomicBool::new(false);
        let invocation = tokio::sync::Mutex::new(Box::new(()) as _);
        let arguments = command.data.options();
        let mut tree = Vec::new();
        let done = poise::dispatch_interaction(framework, command, &sent, &invocation, &arguments, &mut tree).await;
        if let Err(error) = done {
            error.handle(options).await;
        }
    }
}

/// Answers where a command could not: in general words, privately, and once, since a response that Discord has already
/// counts as done.
async fn failed(error: poise::FrameworkError<'_, Data, anyhow::Error>) {
    let (what, words) = match &error {
        poise::FrameworkError::CommandPanic { .. } => ("a panic", BROKEN),
        poise::FrameworkError::UnknownInteraction { framework, interaction, .. } => {
            let data = framework.user_data;
            let ticket = Ticket { id: interaction.id, token: &interaction.token, until: data.until };
            tracing::info!(interaction = interaction.id.get(), "a command that is not known");
            return data.bot.reply(ticket, Reply::words("I don’t know this command any more. Try /help."), true).await;
        }
        poise::FrameworkError::CommandStructureMismatch { .. } | poise::FrameworkError::ArgumentParse { .. } => {
            ("arguments that don't fit", "Something was missing in that command. Please try again in a minute.")
        }
        _ => ("a fault", BROKEN),
    };
    let Some(poise::Context::Application(ctx)) = error.ctx() else { return };
    tracing::error!(interaction = ctx.interaction.id.get(), what, "a command failed");
    let bot = &ctx.framework.user_data.bot;
    bot.reply(commands::ticket(&ctx), Reply::words(words), true).await;
    // Where "thinking…" was the first response, it would stand there for ever.
    if ctx.interaction.data.name == moderation::NAME
        && let Err(error) = bot.edit(&ctx.interaction.token, Reply::words(words)).await
    {
        tracing::warn!(interaction = ctx.interaction.id.get(), %error, "a moderator was not answered");
    }
}

/// Runs what answers an event on its own, so that a panic harms this answer only. Whether it panicked.
async fn alone(work: impl Future<Output = ()> + Send + 'static) -> bool {
    tokio::spawn(work).await.is_err_and(|error| error.is_panic())
}

#[serenity::async_trait]
impl EventHandler for Handler {
    async fn message(&self, _: Context, new: Message) {
        let Some(_flight) = self.shared.bot.flights.begin() else { return };
        let new = Arc::new(new);
        let (bot, told) = (Arc::clone(&self.shared.bot), Arc::clone(&new));
        if alone(async move { message::message(&bot, &told).await }).await {
            tracing::error!(message = new.id.get(), "answering a message panicked");
            // Boxed, as it hardly ever happens and every event would carry its size.
            Box::pin(self.shared.bot.answer_message(&new, Reply::words(BROKEN))).await;
        }
    }

    async fn interaction_create(&self, ctx: Context, interaction: Interaction) {
        let until = Instant::now() + CALLBACK_WINDOW;
        let Some(_flight) = self.shared.bot.flights.begin() else { return };
        let ticket = match &interaction {
            Interaction::Command(command) => Some((command.id, command.token.clone())),
            Interaction::Component(press) => Some((press.id, press.token.clone())),
            Interaction::Modal(form) => Some((form.id, form.token.clone())),
            _ => None,
        };
        let handler = self.clone();
        if alone(async move { handler.interaction(ctx, interaction, until).await }).await
            && let Some((id, token)) = ticket
        {
            tracing::error!(interaction = id.get(), "answering an interaction panicked");
            let ticket = Ticket { id, token: &token, until };
            Box::pin(self.shared.bot.reply(ticket, Reply::words(BROKEN), true)).await;
        }
    }

    async fn ready(&self, ctx: Context, ready: Ready) {
        let identity = Identity { user: ready.user.id, application: ready.application.id };
        tracing::info!(shard = ctx.shard_id.0, servers = ready.guilds.len(), "connected");
        let bot = &self.shared.bot;
        bot.tally.session(ctx.shard_id.0);
        // The first shard to be ready, of the process that has shard 0, registers the commands.
        if bot.identity.set(identity).is_ok() && ctx.shard_id.0 == 0 {
            commands::register(bot, identity).await;
        }
    }

    async fn resume(&self, ctx: Context, _: ResumedEvent) {
        self.shared.bot.tally.session(ctx.shard_id.0);
        tracing::info!(shard = ctx.shard_id.0, "resumed");
    }

    async fn shard_stage_update(&self, _: Context, event: ShardStageUpdateEvent) {
        if event.new == ConnectionStage::Connected {
            tracing::debug!(shard = event.shard_id.0, "the connection stands");
        } else {
            tracing::info!(shard = event.shard_id.0, stage = %event.new, "the connection changes");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_seen_and_harms_nothing_else() {
        let other = tokio::spawn(async { 1 });
        assert!(alone(async { panic!("as it should") }).await);
        assert!(!alone(async {}).await);
        assert_eq!(other.await.expect("it goes on"), 1);
    }
}
