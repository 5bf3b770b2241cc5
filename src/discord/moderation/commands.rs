//! `/knowledge` and what is below it. Hidden from members who may not manage the server, and checked at every call.

use poise::serenity_prelude as serenity;
use serenity::{Attachment, CreateAutocompleteResponse};

use super::call::{Call, Page};
use super::{Who, gaps, history, let_in, show, stats, upload};
use crate::curator::Author;
use crate::discord::commands::{Command, Context, ticket};
use crate::journal::How;

/// The name of the command.
pub(crate) const NAME: &str = "knowledge";

/// The commands of moderators.
pub(crate) fn commands() -> Vec<Command> {
    vec![knowledge()]
}

/// Lets the caller in, and shows that work is under way.
async fn open<'a>(ctx: &Context<'a>, what: &str) -> Option<Call<'a>> {
    let interaction = ctx.interaction;
    let who = Who { user: interaction.user.id, guild: interaction.guild_id, member: interaction.member.as_deref() };
    let call = let_in(&ctx.framework.user_data.bot, &who, ticket(ctx), what).await?;
    call.think().await;
    Some(call)
}

/// poise marks an option for autocompletion only where it has a function for it; `super::choices` is what answers.
#[expect(clippy::unused_async, reason = "poise asks for an async function")]
async fn registers_only(_: Context<'_>, _: &str) -> CreateAutocompleteResponse {
    CreateAutocompleteResponse::new()
}

/// See and change what the bot knows
#[poise::command(
    slash_command,
    install_context = "Guild",
    interaction_context = "Guild",
    default_member_permissions = "MANAGE_GUILD",
    subcommand_required,
    subcommands(
        "status",
        "reload",
        "check",
        "diff",
        "export",
        "upload_file",
        "history_list",
        "rollback",
        "unanswered",
        "numbers"
    )
)]
#[expect(clippy::unused_async, reason = "poise asks for an async function")]
async fn knowledge(_: Context<'_>) -> Result<(), anyhow::Error> {
    Ok(())
}

/// What is in service, since when, and how the database is
#[poise::command(slash_command)]
async fn status(ctx: Context<'_>) -> Result<(), anyhow::Error> {
    let Some(call) = open(&ctx, "status").await else { return Ok(()) };
    call.show(history::status(call)).await;
    Ok(())
}

/// Read the knowledge files anew and serve them, if they are without fault
#[poise::command(slash_command)]
async fn reload(ctx: Context<'_>) -> Result<(), anyhow::Error> {
    let Some(call) = open(&ctx, "reload").await else { return Ok(()) };
    let title = "Reload";
    let page = match call.desk.curator.reload(Author::moderator(call.moderator, How::Reload)).await {
        Ok(change) => show::change(title, &change),
        Err(error) => show::error(title, &error),
    };
    call.show(page).await;
    Ok(())
}

/// Check the knowledge files as they are on disk, without changing anything
#[poise::command(slash_command)]
async fn check(ctx: Context<'_>) -> Result<(), anyhow::Error> {
    let Some(call) = open(&ctx, "check").await else { return Ok(()) };
    let title = "Check";
    let page = match call.desk.curator.check().await {
        Ok((difference, remark)) if difference.is_empty() => {
            let remark = remark.unwrap_or_default();
            show::card(title, &format!("✅ No fault. The files are what is in service. {remark}")).into()
        }
        Ok((difference, remark)) => {
            let (summary, remark) = (show::summary(&difference), remark.unwrap_or_default());
            let text = format!("✅ No fault. `/knowledge reload` would change this:\n\n{summary}\n\n{remark}");
            show::with_difference(show::card(title, &text), &difference)
        }
        Err(error) => show::error(title, &error),
    };
    call.show(page).await;
    Ok(())
}

/// What differs between two revisions
#[poise::command(slash_command)]
async fn diff(
    ctx: Context<'_>,
    #[description = "The earlier revision; without it, the one before what is in service"]
    #[autocomplete = "registers_only"]
    revision: Option<i64>,
    #[description = "The later revision; without it, what is in service"]
    #[autocomplete = "registers_only"]
    with: Option<i64>,
) -> Result<(), anyhow::Error> {
    let Some(call) = open(&ctx, "diff").await else { return Ok(()) };
    call.show(history::diff(call, revision, with).await).await;
    Ok(())
}

/// Get the knowledge files, to change them on your own computer
#[poise::command(slash_command)]
async fn export(
    ctx: Context<'_>,
    #[description = "An earlier revision; without it, what is in service"]
    #[autocomplete = "registers_only"]
    revision: Option<i64>,
) -> Result<(), anyhow::Error> {
    let Some(call) = open(&ctx, "export").await else { return Ok(()) };
    call.show(history::export(call, revision).await).await;
    Ok(())
}

/// Put a changed knowledge file in service; you see what changes before you confirm
#[poise::command(slash_command, rename = "upload")]
async fn upload_file(
    ctx: Context<'_>,
    #[description = "The knowledge file (.toml)"] file: Attachment,
    #[description = "The article, if it changes too"] article: Option<Attachment>,
) -> Result<(), anyhow::Error> {
    let Some(call) = open(&ctx, "upload").await else { return Ok(()) };
    let page: Page = upload::stage(call, &file, article.as_ref()).await;
    call.show(page).await;
    Ok(())
}

/// Who changed the knowledge, when and how
#[poise::command(slash_command, rename = "history")]
async fn history_list(ctx: Context<'_>) -> Result<(), anyhow::Error> {
    let Some(call) = open(&ctx, "history").await else { return Ok(()) };
    call.show(history::open(call).await).await;
    Ok(())
}

/// Go back to an earlier revision
#[poise::command(slash_command)]
async fn rollback(
    ctx: Context<'_>,
    #[description = "The revision to go back to"]
    #[autocomplete = "registers_only"]
    revision: i64,
) -> Result<(), anyhow::Error> {
    let Some(call) = open(&ctx, "rollback").await else { return Ok(()) };
    call.show(history::roll_back(call, revision).await).await;
    Ok(())
}

/// Questions that found no answer, or a bad one; add them to a fact, write a new one, or dismiss them
#[poise::command(slash_command)]
async fn unanswered(
    ctx: Context<'_>,
    #[description = "Go to this question"]
    #[autocomplete = "registers_only"]
    #[max_length = 300]
    question: Option<String>,
    #[description = "Add the question to this fact at once"]
    #[autocomplete = "registers_only"]
    #[max_length = 100]
    fact: Option<String>,
) -> Result<(), anyhow::Error> {
    let Some(call) = open(&ctx, "unanswered").await else { return Ok(()) };
    call.show(gaps::open(call, question, fact).await).await;
    Ok(())
}

/// How much was asked, and how it went
#[poise::command(slash_command, rename = "stats")]
async fn numbers(
    ctx: Context<'_>,
    #[description = "How many days back; 30 unless you say otherwise"]
    #[min = 1]
    #[max = 365]
    days: Option<i64>,
) -> Result<(), anyhow::Error> {
    let Some(call) = open(&ctx, "stats").await else { return Ok(()) };
    call.show(stats::stats(call, days.unwrap_or(30)).await).await;
    Ok(())
}
