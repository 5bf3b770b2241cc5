//! `/knowledge upload`: fetched, checked, shown; then confirmed or cancelled, once, by the same moderator.

use poise::serenity_prelude as serenity;
use serenity::{Attachment, ButtonStyle, CreateActionRow, CreateButton};

use super::call::{Call, Page};
use super::sessions::{Press, State};
use super::{EXPIRED, download, show};
use crate::curator::{Author, Error};
use crate::discord::bot::UNKNOWN;
use crate::journal::How;
use crate::knowledge::Limits;
use crate::text::sanitize::plain_line;

const TITLE: &str = "Upload";

/// Fetches and checks an upload, and shows what it would change.
pub(crate) async fn stage(call: Call<'_>, file: &Attachment, article: Option<&Attachment>) -> Page {
    let desk = call.desk;
    let limit = Limits::STANDARD.file_bytes;
    let fetched: Result<_, download::Error> = async {
        let toml = desk.downloads.fetch(file, limit).await?;
        let article = match article {
            Some(article) => Some(desk.downloads.fetch(article, limit).await?),
            None => None,
        };
        Ok((toml, article))
    }
    .await;
    let (toml, article) = match fetched {
        Ok(fetched) => fetched,
        Err(error) => {
            tracing::info!(interaction = call.ticket.id.get(), %error, "an upload was not fetched");
            return show::card(TITLE, &format!("❌ {error} Nothing was changed.")).into();
        }
    };
    let staged = match desk.curator.stage(&file.filename, toml, article).await {
        Ok(staged) => staged,
        Err(error) => return show::error(TITLE, &error),
    };
    let difference = staged.difference.clone();
    if difference.is_empty() {
        return show::card(TITLE, "No fault, and nothing differs from what is in service already.").into();
    }
    let text = format!(
        "✅ No fault in `{}`. This would change:\n\n{}\n\nNothing is changed until you confirm, within ten minutes.",
        plain_line(&staged.name),
        show::summary(&difference)
    );
    let Some(session) = desk.sessions.begin(call.moderator, State::Upload(Some(Box::new(staged)))) else {
        return show::error(TITLE, &Error::Broken);
    };
    let button = |action, label, style| CreateButton::new(session.button(action)).label(label).style(style);
    let mut reply = show::card(TITLE, &text);
    reply.rows = vec![CreateActionRow::Buttons(vec![
        button("yes", "Confirm", ButtonStyle::Success),
        button("no", "Cancel", ButtonStyle::Secondary),
    ])];
    show::with_difference(reply, &difference)
}

/// Confirms or cancels.
pub(crate) async fn press(call: Call<'_>, press: &Press) {
    if !matches!(press.action.as_str(), "yes" | "no") {
        return call.whisper(UNKNOWN).await;
    }
    let staged = match &mut *press.session.state() {
        State::Upload(staged) => staged.take(),
        _ => None,
    };
    // Pressed twice: the first press has it.
    let Some(staged) = staged else { return call.whisper(EXPIRED).await };
    call.hold().await;
    if press.action == "no" {
        return call.show(show::card(TITLE, "Cancelled. Nothing was changed.").into()).await;
    }
    let author = Author::moderator(call.moderator, How::Upload).noting(staged.name);
    let page = match call.desk.curator.replace(&staged.base, staged.files, author).await {
        Ok(change) => show::change(TITLE, &change),
        Err(error) => show::error(TITLE, &error),
    };
    call.show(page).await;
}
