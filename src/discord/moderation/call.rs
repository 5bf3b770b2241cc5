//! One call of a moderator: acknowledged at once, answered when the work is done.

use poise::serenity_prelude as serenity;
use serenity::{CreateAttachment, CreateInteractionResponse, LightMethod, Request, Route};
use serenity::{Multipart, MultipartUpload};
use tokio::time::{Duration, Instant};

use super::sessions::Press;
use super::{Desk, EXPIRED, NOT_YOURS};
use crate::discord::bot::{Bot, Ticket, UNKNOWN};
use crate::discord::reply::{Reply, nobody};
use crate::discord::rest::Repeat;

/// How long an answer that took its time is worth sending: Discord gives 15 minutes, the work took some.
const WINDOW: Duration = Duration::from_mins(2);
/// What makes a message private.
const EPHEMERAL: u64 = 64;

/// What a moderator is shown: a reply, and files.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Words, embeds and what can be pressed.
    pub(crate) reply: Reply,
    /// Files by name. The first comes with the reply, each other with a message of its own.
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

impl From<Reply> for Page {
    fn from(reply: Reply) -> Self {
        Self { reply, files: Vec::new() }
    }
}

impl Page {
    /// A few words.
    pub(crate) fn words(text: impl Into<String>) -> Self {
        Reply::words(text).into()
    }

    /// With a file.
    pub(crate) fn file(mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.into(), bytes.into()));
        self
    }
}

/// A call of somebody who may.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    /// What all handlers share.
    pub(crate) bot: &'a Bot,
    /// What moderation needs.
    pub(crate) desk: &'a Desk,
    /// The interaction.
    pub(crate) ticket: Ticket<'a>,
    /// The user id of the moderator.
    pub(crate) moderator: u64,
}

impl Call<'_> {
    /// "Thinking…", for that moderator alone: what a command begins with.
    pub(crate) async fn think(&self) {
        self.bot.defer(self.ticket, true).await;
    }

    /// Acknowledges a button, menu or form on a message that is about to be changed.
    pub(crate) async fn hold(&self) {
        self.bot.respond(self.ticket, &CreateInteractionResponse::Acknowledge).await;
    }

    /// A private word, as the first response.
    pub(crate) async fn whisper(&self, words: &str) {
        self.bot.reply(self.ticket, Reply::words(words), true).await;
    }

    /// The session that an id belongs to; where there is none, or it isn't this moderator's, they are told.
    pub(crate) async fn find(&self, custom_id: &str) -> Option<Press> {
        let Some(id) = Press::parse(custom_id) else {
            self.whisper(UNKNOWN).await;
            return None;
        };
        let Some(press) = self.desk.sessions.find(id) else {
            self.whisper(EXPIRED).await;
            return None;
        };
        if press.session.moderator != self.moderator {
            tracing::warn!(interaction = self.ticket.id.get(), user = self.moderator, "refused: not their button");
            self.whisper(NOT_YOURS).await;
            return None;
        }
        Some(press)
    }

    /// Shows a page in place of what was there.
    pub(crate) async fn show(&self, page: Page) {
        let Some(identity) = self.bot.identity.get() else { return };
        let until = Instant::now() + WINDOW;
        let (application_id, token) = (identity.application, self.ticket.token);
        let Page { reply, files } = page;
        let mut files = files.into_iter();
        let first = files.next();
        let body = body(reply, first.as_ref(), None);
        let route = Route::WebhookOriginalInteractionResponse { application_id, token };
        let request = with_file(Request::new(route, LightMethod::Patch), &body, first);
        if let Err(error) = self.bot.rest.send(request, Repeat::Freely, until).await {
            tracing::warn!(interaction = self.ticket.id.get(), %error, "a moderator was not answered");
        }
        for file in files {
            let body = self::body(Reply::default(), Some(&file), Some(EPHEMERAL));
            let route = Route::WebhookFollowupMessages { application_id, token };
            let request = with_file(Request::new(route, LightMethod::Post), &body, Some(file));
            if let Err(error) = self.bot.rest.send(request, Repeat::IfUnsent, until).await {
                tracing::warn!(interaction = self.ticket.id.get(), %error, "a file was not sent");
            }
        }
    }
}

fn body(reply: Reply, file: Option<&(String, Vec<u8>)>, flags: Option<u64>) -> serde_json::Value {
    let attachments: Vec<_> = file.iter().map(|(name, _)| serde_json::json!({"id": 0, "filename": name})).collect();
    let mut body = serde_json::json!({
        "content": reply.content.unwrap_or_default(),
        "embeds": reply.embeds,
        "components": reply.rows,
        "allowed_mentions": nobody(),
        "attachments": attachments,
    });
    if let Some(flags) = flags {
        body["flags"] = flags.into();
    }
    body
}

fn with_file<'a>(request: Request<'a>, body: &serde_json::Value, file: Option<(String, Vec<u8>)>) -> Request<'a> {
    let Some((name, bytes)) = file else { return request.body(Some(body.to_string().into_bytes())) };
    request.multipart(Some(Multipart {
        upload: MultipartUpload::Attachments(vec![CreateAttachment::bytes(bytes, name)]),
        fields: Vec::new(),
        payload_json: Some(body.to_string()),
    }))
}
