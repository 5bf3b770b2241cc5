//! `POST /interactions/{id}/{token}/callback`: the first, and only, response to an interaction.

use serde_json::{Value, json};
use tokio::time::Instant;
use twilight_model::{
    application::command::CommandOptionChoice,
    channel::message::Component,
    http::interaction::{InteractionResponse, InteractionResponseType as Kind},
};

use super::{
    super::{
        State,
        bus::Topic,
        interaction::{self, FIRST_RESPONSE, Response},
        modal::Form,
        posting::Target,
        rules::{self, components, fault},
        world::{EPHEMERAL, LOADING},
    },
    Reply,
    call::Call,
    error::ApiError,
    messages::read_from,
};

impl State {
    /// Takes the first response. `hidden` says that the bot will not learn that it arrived.
    ///
    /// # Errors
    ///
    /// Discord's refusal.
    pub fn callback(&mut self, call: &Call, id: &str, token: &str, hidden: bool) -> Reply {
        let now = Instant::now();
        let known = Call::id(id).and_then(|id| self.interactions.get(id)).filter(|known| known.token == token);
        let Some(known) = known else { return Err(ApiError::new(404, 10_062, "Unknown interaction")) };
        let (id, kind, source) = (known.id, known.kind, known.source);
        let target = Target { channel: known.channel, interaction: Some((id, known.user)), ..Target::default() };
        if known.response.is_some() {
            let error = ApiError::new(400, 40_060, "Interaction has already been acknowledged.");
            return Err(error.harmless_if(known.doubtful));
        }
        if now.duration_since(known.sent) > FIRST_RESPONSE {
            return Err(ApiError::new(404, 10_062, "Unknown interaction"));
        }
        let (response, original) = self.first(call, kind, source, target)?;
        let known = self.interactions.get_mut(id).expect("it was there before");
        known.responded = Some(now);
        known.doubtful = hidden;
        known.response = Some(response);
        known.original = original;
        self.bus.touch(Topic::Interaction(id));
        if call.query.contains("with_response=true") {
            let original = self.interactions.get(id).and_then(|known| known.original);
            let message =
                original.and_then(|id| self.world.messages.get(&id)).map(|message| self.world.message_json(message));
            let resource = json!({"type": call.body["type"], "message": message});
            return Ok((
                200,
                json!({"interaction": {"id": id.to_string(), "type": kind.number()}, "resource": resource}),
            ));
        }
        Ok((204, Value::Null))
    }

    fn first(
        &mut self,
        call: &Call,
        kind: interaction::Kind,
        source: Option<u64>,
        target: Target,
    ) -> Result<(Response, Option<u64>), ApiError> {
        let mut envelope = call.body.clone();
        // The type alone: what is in the data is read as what it is, and twilight knows no null for it.
        if let Some(envelope) = envelope.as_object_mut() {
            envelope.remove("data");
        }
        let envelope: InteractionResponse = rules::read(&["_root"], envelope)?;
        let data = &call.body["data"];
        let on_message = source.is_some() && matches!(kind, interaction::Kind::Component | interaction::Kind::Modal);
        let autocomplete = kind == interaction::Kind::Autocomplete;
        match envelope.kind {
            Kind::ApplicationCommandAutocompleteResult if autocomplete => {
                let offered = data["choices"].clone();
                let offered: Vec<CommandOptionChoice> = rules::read(&["data", "choices"], offered)?;
                rules::choices(&["data", "choices"], &offered)?;
                Ok((Response::Choices(offered), None))
            }
            _ if autocomplete => Err(wrong_kind("only choices answer an autocomplete")),
            Kind::ChannelMessageWithSource => {
                let parts = read_from(data, call, &[])?;
                let id = self.post(target, parts, &call.files)?;
                Ok((Response::Message, Some(id)))
            }
            Kind::DeferredChannelMessageWithSource => {
                let mut parts = read_from(data, call, &[])?;
                parts.flags = LOADING | (parts.flags & EPHEMERAL);
                let id = self.post(target, parts, &[])?;
                Ok((Response::Deferred, Some(id)))
            }
            Kind::DeferredUpdateMessage if on_message => Ok((Response::DeferredUpdate, source)),
            Kind::UpdateMessage if on_message => {
                let message = source.and_then(|source| self.world.messages.get(&source));
                let kept: Vec<u64> =
                    message.map(|message| message.files.iter().map(|file| file.id).collect()).unwrap_or_default();
                let parts = read_from(data, call, &kept)?;
                self.amend(source.unwrap_or_default(), parts, &call.files)?;
                Ok((Response::Update, source))
            }
            Kind::Modal if kind != interaction::Kind::Modal => Ok((Response::Modal(form(data)?), None)),
            other => Err(wrong_kind(&format!("{other:?} does not answer this kind of interaction"))),
        }
    }
}

fn wrong_kind(why: &str) -> ApiError {
    fault(&["type"], "INTERACTION_RESPONSE_TYPE_INVALID", why)
}

fn form(data: &Value) -> Result<Form, ApiError> {
    let text = |key: &str| data[key].as_str().unwrap_or_default().to_owned();
    let (title, custom_id) = (text("title"), text("custom_id"));
    // Discord's documentation: a title of 1 to 45 characters, a custom_id of 1 to 100.
    for (key, value, most) in [("title", &title, 45), ("custom_id", &custom_id, 100)] {
        if value.trim().is_empty() || value.chars().count() > most {
            return Err(fault(
                &["data", key],
                "BASE_TYPE_BAD_LENGTH",
                &format!("Must be between 1 and {most} in length."),
            ));
        }
    }
    let read: Vec<Component> = rules::read(&["data", "components"], data["components"].clone())?;
    components::in_modal(&read)?;
    Ok(Form { title, custom_id, components: read })
}
