//! Bodies of messages: those sent to channels, as first responses, as follow-ups, and edits of all of them.

use serde_json::{Value, json};
use twilight_model::{
    channel::message::{AllowedMentions, Component, Embed, MentionType},
    http::attachment::Attachment,
};
use twilight_validate::message as limits;

use super::{
    super::{rest::error::ApiError, world::COMPONENTS_V2},
    components, fault, read, within,
};

/// What a body says of a message. `None` leaves, in an edit, what there was.
#[derive(Debug, Default)]
pub struct Parts {
    /// Text.
    pub content: Option<String>,
    /// Embeds as sent, and as read.
    pub embeds: Option<(Vec<Value>, Vec<Embed>)>,
    /// Components as sent, and as read.
    pub components: Option<(Vec<Value>, Vec<Component>)>,
    /// Who may be pinged; nothing said means everyone named.
    pub allowed: Option<AllowedMentions>,
    /// Flags.
    pub flags: u64,
    /// Attachments kept or uploaded: ids, in an upload those of `files[n]`.
    pub attachments: Option<Vec<u64>>,
}

/// Reads a message body. `files` are the numbers and names of its uploads, `kept` the ids of the files that the message
/// has already.
///
/// # Errors
///
/// 50035 where Discord would refuse it.
pub fn parts(body: &Value, files: &[(u64, String)], kept: &[u64]) -> Result<Parts, ApiError> {
    if !body.is_object() {
        return Err(fault(&["_root"], "MODEL_TYPE_CONVERT", "Only dictionaries may be used"));
    }
    let flags = body["flags"].as_u64().unwrap_or_default();
    let parts = Parts {
        content: content(&body["content"])?,
        embeds: list(body, "embeds").map(|raw| embeds(raw, files)).transpose()?,
        components: list(body, "components").map(|raw| read_components(raw, flags)).transpose()?,
        allowed: allowed(&body["allowed_mentions"])?,
        flags,
        attachments: attachments(body, files, kept)?,
    };
    let has = |embeds: &Option<(Vec<Value>, Vec<Embed>)>| embeds.as_ref().is_some_and(|(_, embeds)| !embeds.is_empty());
    if flags & COMPONENTS_V2 != 0 && (parts.content.as_ref().is_some_and(|text| !text.is_empty()) || has(&parts.embeds))
    {
        return Err(fault(&["content"], "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "Components only"));
    }
    Ok(parts)
}

/// Whether a URL is one that embeds may link to.
pub fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn content(value: &Value) -> Result<Option<String>, ApiError> {
    let text = match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        _ => return Err(fault(&["content"], "BASE_TYPE_STRING", "Must be a string")),
    };
    if let Some(text) = &text {
        within(&["content"], limits::content(text))?;
    }
    Ok(text)
}

/// A list of the body. An explicit null empties, as an empty list does.
fn list(body: &Value, key: &str) -> Option<Vec<Value>> {
    body.get(key).map(|value| value.as_array().cloned().unwrap_or_default())
}

fn embeds(raw: Vec<Value>, files: &[(u64, String)]) -> Result<(Vec<Value>, Vec<Embed>), ApiError> {
    let mut shown = raw;
    for embed in &mut shown {
        // Discord takes an embed without a type for a rich one.
        if embed.is_object() && embed.get("type").is_none() {
            embed["type"] = json!("rich");
        }
    }
    let read: Vec<Embed> = read(&["embeds"], json!(shown))?;
    within(&["embeds"], limits::embeds(&read))?;
    for embed in &read {
        let parts = [
            embed.title.is_some(),
            embed.description.is_some(),
            !embed.fields.is_empty(),
            embed.author.is_some(),
            embed.footer.is_some(),
            embed.image.is_some(),
            embed.thumbnail.is_some(),
        ];
        let blank = |text: &str| text.trim().is_empty();
        if !parts.contains(&true) || embed.fields.iter().any(|field| blank(&field.name) || blank(&field.value)) {
            return Err(fault(&["embeds", "description"], "BASE_TYPE_REQUIRED", "This field is required"));
        }
        links(embed, files)?;
    }
    Ok((shown, read))
}

/// Discord refuses links of other schemes; a picture may be a file that is uploaded with the message.
fn links(embed: &Embed, files: &[(u64, String)]) -> Result<(), ApiError> {
    let pages = [embed.url.as_deref(), embed.author.as_ref().and_then(|author| author.url.as_deref())];
    let pictures = [
        embed.image.as_ref().map(|image| image.url.as_str()),
        embed.thumbnail.as_ref().map(|image| image.url.as_str()),
        embed.footer.as_ref().and_then(|footer| footer.icon_url.as_deref()),
        embed.author.as_ref().and_then(|author| author.icon_url.as_deref()),
    ];
    let uploaded =
        |url: &str| url.strip_prefix("attachment://").is_some_and(|name| files.iter().any(|(_, file)| file == name));
    let bad_page = pages.into_iter().flatten().find(|url| !is_web(url));
    let bad_picture = pictures.into_iter().flatten().find(|url| !is_web(url) && !uploaded(url));
    bad_page.or(bad_picture).map_or(Ok(()), |url| {
        Err(fault(
            &["embeds", "url"],
            "URL_TYPE_INVALID_SCHEME",
            &format!("{url} is no address and no file of the message"),
        ))
    })
}

fn read_components(raw: Vec<Value>, flags: u64) -> Result<(Vec<Value>, Vec<Component>), ApiError> {
    let read: Vec<Component> = read(&["components"], json!(raw))?;
    components::in_message(&read, flags & COMPONENTS_V2 != 0)?;
    Ok((raw, read))
}

fn allowed(value: &Value) -> Result<Option<AllowedMentions>, ApiError> {
    if value.is_null() {
        return Ok(None);
    }
    let allowed: AllowedMentions = read(&["allowed_mentions"], value.clone())?;
    let both = allowed.parse.contains(&MentionType::Users) && !allowed.users.is_empty()
        || allowed.parse.contains(&MentionType::Roles) && !allowed.roles.is_empty();
    if both || allowed.users.len() > 100 || allowed.roles.len() > 100 {
        let why = "parse and lists of ids exclude each other; 100 ids at most";
        return Err(fault(&["allowed_mentions"], "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", why));
    }
    Ok(Some(allowed))
}

fn attachments(body: &Value, files: &[(u64, String)], kept: &[u64]) -> Result<Option<Vec<u64>>, ApiError> {
    if files.len() > 10 {
        return Err(fault(&["attachments"], "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length."));
    }
    let Some(listed) = list(body, "attachments") else { return Ok(None) };
    let mut ids = Vec::new();
    for mut entry in listed {
        // Discord takes the number bare or in a string, and the name from the upload.
        let text = |id: &Value| id.as_u64().or_else(|| id.as_str().and_then(|id| id.parse().ok()));
        let id = text(&entry["id"])
            .ok_or_else(|| fault(&["attachments", "id"], "BASE_TYPE_REQUIRED", "This field is required"))?;
        let upload = files.iter().find(|(number, _)| *number == id);
        if upload.is_none() && !kept.contains(&id) {
            let why = format!("{id} is neither uploaded nor in the message");
            return Err(fault(&["attachments", "id"], "MESSAGE_ATTACHMENT_NOT_FOUND", &why));
        }
        if entry.get("filename").is_none() {
            entry["filename"] = json!(upload.map(|(_, name)| name));
        }
        if let Some((_, name)) = upload {
            entry["id"] = json!(id);
            let attachment: Attachment = read(&["attachments"], entry)?;
            within(&["attachments"], limits::attachment(&attachment))?;
            within(&["attachments"], limits::attachment_filename(name))?;
        }
        ids.push(id);
    }
    Ok(Some(ids))
}
