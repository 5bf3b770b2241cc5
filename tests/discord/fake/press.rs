//! Pressing buttons and choosing in menus: only what is really there, unless forged on purpose.

use std::sync::Arc;

use serde_json::{Value, json};
use twilight_model::channel::message::{Component, component::ButtonStyle};

use super::{
    Core,
    interaction::{Act, Interaction, Kind},
    places::Member,
    rules::components::every,
    seen::Message,
    world::MessageData,
};

/// A press that is to be sent.
#[must_use]
pub struct Press {
    core: Arc<Core>,
    message: u64,
    custom_id: String,
    /// The chosen values, in a menu.
    values: Option<Vec<String>>,
    forged: bool,
}

impl Press {
    /// Of a button.
    pub fn button(message: &Message, custom_id: &str) -> Self {
        let (core, custom_id) = (Arc::clone(message.core()), custom_id.to_owned());
        Self { core, message: message.id(), custom_id, values: None, forged: false }
    }

    /// Of a menu, with these values.
    pub fn menu(message: &Message, custom_id: &str, values: Vec<String>) -> Self {
        Self { values: Some(values), ..Self::button(message, custom_id) }
    }

    /// Sends it even where no client would offer it.
    pub fn forged(self) -> Self {
        Self { forged: true, ..self }
    }

    /// Presses.
    ///
    /// # Panics
    ///
    /// When no client would let this member do so, and it is not forged.
    pub fn by(self, member: &Member) -> Interaction {
        let channel = {
            let state = self.core.lock();
            let message = &state.world.messages[&self.message];
            if !self.forged {
                self.check(message, member);
            }
            message.channel
        };
        let mut data = json!({"custom_id": self.custom_id, "component_type": 2, "id": 1});
        if let Some(values) = &self.values {
            data["component_type"] = json!(3);
            data["values"] = json!(values);
            data["resolved"] = Value::Object(serde_json::Map::new());
        }
        let act = Act { kind: Kind::Component, user: member.id, channel, source: Some(self.message), data };
        Interaction::send(&self.core, &act)
    }

    fn check(&self, message: &MessageData, member: &Member) {
        assert!(!message.deleted, "the message is gone");
        assert!(message.reader.is_none_or(|reader| reader == member.id), "the message is for somebody else's eyes");
        let mut offered = false;
        let walked = every(&message.components.1, &mut |component| {
            offered |= match component {
                Component::Button(button) => {
                    let link = button.style == ButtonStyle::Link;
                    self.values.is_none()
                        && !link
                        && !button.disabled
                        && button.custom_id.as_deref() == Some(&self.custom_id)
                }
                Component::SelectMenu(menu) => self.values.as_ref().is_some_and(|values| {
                    let options = menu.options.as_deref().unwrap_or_default();
                    let (least, most) = (menu.min_values.unwrap_or(1), menu.max_values.unwrap_or(1));
                    !menu.disabled
                        && menu.custom_id == self.custom_id
                        && (usize::from(least)..=usize::from(most)).contains(&values.len())
                        && values.iter().all(|value| options.iter().any(|option| option.value == *value))
                }),
                _ => false,
            };
            Ok(())
        });
        assert!(walked.is_ok() && offered, "the message does not offer {:?} with {:?}", self.custom_id, self.values);
    }
}
