//! A reply before it is decided where it goes: to an interaction or into a channel.

use poise::serenity_prelude as serenity;
use serenity::{
    ButtonStyle, CreateActionRow, CreateAllowedMentions, CreateButton, CreateEmbed, CreateInteractionResponse,
    CreateInteractionResponseMessage, CreateMessage, EditInteractionResponse, MessageId, MessageReference,
    MessageReferenceKind, Nonce,
};

use super::custom_id::CustomId;
use crate::text::sanitize::{one_line, shorten};

/// Characters of a button's label.
const LABEL: usize = 80;

/// What is said, and what can be pressed below it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    /// Plain words above the rest; at most 2,000 characters.
    pub(crate) content: Option<String>,
    /// The embeds; all their text together is at most 6,000 characters.
    pub(crate) embeds: Vec<CreateEmbed>,
    /// At most five rows.
    pub(crate) rows: Vec<CreateActionRow>,
    /// The same in plain text, at most 2,000 characters, for where embeds are not allowed.
    pub(crate) plain: String,
}

impl Reply {
    /// A reply of a few words.
    pub(crate) fn words(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { content: Some(text.clone()), plain: text, ..Self::default() }
    }

    /// As an interaction's first response.
    pub(crate) fn response(self, ephemeral: bool) -> CreateInteractionResponse {
        CreateInteractionResponse::Message(self.body().ephemeral(ephemeral))
    }

    /// In place of the message that holds the pressed button.
    pub(crate) fn update(self) -> CreateInteractionResponse {
        CreateInteractionResponse::UpdateMessage(self.body())
    }

    fn body(self) -> CreateInteractionResponseMessage {
        let mut body = CreateInteractionResponseMessage::new().allowed_mentions(nobody());
        if let Some(content) = self.content {
            body = body.content(content);
        }
        body.embeds(self.embeds).components(self.rows)
    }

    /// In place of an interaction's first response.
    pub(crate) fn edit(self) -> EditInteractionResponse {
        let edit = EditInteractionResponse::new().allowed_mentions(nobody());
        edit.content(self.content.unwrap_or_default()).embeds(self.embeds).components(self.rows)
    }

    /// As a message in a channel. `nonce` is the id of what it answers: Discord makes one message of all that carry it.
    pub(crate) fn message(self, nonce: u64) -> CreateMessage {
        let mut message = CreateMessage::new()
            .allowed_mentions(nobody())
            .nonce(Nonce::String(nonce.to_string()))
            .enforce_nonce(true)
            .embeds(self.embeds)
            .components(self.rows);
        if let Some(content) = self.content {
            message = message.content(content);
        }
        message
    }

    /// Without embeds, with a word before it.
    pub(crate) fn without_embeds(self, word: &str) -> Self {
        let room = 2_000 - crate::text::sanitize::units(word) - 2;
        let content = format!("{word}\n\n{}", crate::text::sanitize::fit(&self.plain, room));
        Self { content: Some(content), embeds: Vec::new(), ..self }
    }
}

/// A reference to the message that is answered; where it is gone meanwhile, the answer stands alone.
pub(crate) fn reference(channel: serenity::ChannelId, message: MessageId) -> MessageReference {
    MessageReference::new(MessageReferenceKind::Default, channel).message_id(message).fail_if_not_exists(false)
}

/// Nobody is ever pinged, not even the author of the message that is answered.
pub(crate) fn nobody() -> CreateAllowedMentions {
    CreateAllowedMentions::new().replied_user(false)
}

/// A button. Labels know no formatting, so they are only shortened.
pub(crate) fn button(id: &CustomId, label: &str) -> CreateButton {
    let label = one_line(label);
    let label = if label.is_empty() { "…".to_owned() } else { fit_label(&label, LABEL) };
    CreateButton::new(id.to_string()).style(ButtonStyle::Secondary).label(label)
}

/// Shortens what stands where no formatting is known, to at most `max` UTF-16 units.
pub(crate) fn fit_label(text: &str, max: usize) -> String {
    let mut chars = max;
    loop {
        let label = shorten(text, chars);
        if crate::text::sanitize::units(&label) <= max || chars == 0 {
            return label;
        }
        chars -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_pinged() {
        let message = serde_json::to_value(Reply::words("@everyone").message(5)).expect("a message");
        assert_eq!(message["allowed_mentions"]["parse"], serde_json::json!([]));
        assert_eq!(message["allowed_mentions"]["replied_user"], serde_json::json!(false));
        assert_eq!((message["nonce"].as_str(), message["enforce_nonce"].as_bool()), (Some("5"), Some(true)));
        let response = serde_json::to_value(Reply::words("hi").response(true)).expect("a response");
        assert_eq!(response["data"]["allowed_mentions"]["parse"], serde_json::json!([]));
        assert_eq!(response["data"]["flags"], serde_json::json!(64));
    }

    #[test]
    fn labels_fit_in_units() {
        let label = fit_label(&"😀".repeat(200), LABEL);
        assert!(crate::text::sanitize::units(&label) <= LABEL && label.ends_with('…'), "{label}");
    }
}
