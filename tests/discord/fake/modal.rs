//! Forms: what the bot asks, and filling it in.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Value, json};
use twilight_model::channel::message::{Component, component::TextInput};

use super::{
    Core,
    interaction::{Act, Interaction, Kind},
    rules::components::every,
};

/// A form as the bot sent it.
#[derive(Clone, Debug)]
pub struct Form {
    /// Title.
    pub title: String,
    /// The id that comes back.
    pub custom_id: String,
    /// Rows or labels.
    pub components: Vec<Component>,
}

/// A form that is open, and what is filled in. Fields have the values that the bot gave them until they are filled.
#[must_use]
pub struct Modal {
    core: Arc<Core>,
    form: Form,
    user: u64,
    channel: u64,
    source: Option<u64>,
    filled: HashMap<String, String>,
    forged: bool,
}

impl Modal {
    /// A form that opened for `user`.
    pub fn new(core: Arc<Core>, form: Form, user: u64, channel: u64, source: Option<u64>) -> Self {
        let filled =
            inputs(&form).into_iter().map(|input| (input.custom_id, input.value.unwrap_or_default())).collect();
        Self { core, form, user, channel, source, filled, forged: false }
    }

    /// The form.
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// What stands in the field.
    pub fn value(&self, custom_id: &str) -> &str {
        &self.filled[custom_id]
    }

    /// Fills in a field, replacing what stands there.
    ///
    /// # Panics
    ///
    /// When there is no such field.
    pub fn fill(mut self, custom_id: &str, text: &str) -> Self {
        let fields: Vec<&String> = self.filled.keys().collect();
        assert!(self.filled.contains_key(custom_id), "no field {custom_id:?} among {fields:?}");
        self.filled.insert(custom_id.to_owned(), text.to_owned());
        self
    }

    /// Sends it with another id, and with values that no client would let through.
    pub fn forged(mut self, custom_id: &str) -> Self {
        custom_id.clone_into(&mut self.form.custom_id);
        self.forged = true;
        self
    }

    /// Sends the form.
    ///
    /// # Panics
    ///
    /// When a client would not let it through: a required field left empty, a text too short or too long.
    pub fn submit(self) -> Interaction {
        for input in inputs(&self.form) {
            let length = self.filled[&input.custom_id].chars().count();
            let required = input.required.unwrap_or(true);
            let least = usize::from(input.min_length.unwrap_or(u16::from(required)));
            let most = usize::from(input.max_length.unwrap_or(4000));
            let fits = (least.max(usize::from(required))..=most).contains(&length) || !required && length == 0;
            assert!(
                fits || self.forged,
                "{} characters in {:?}, which takes {least} to {most}",
                length,
                input.custom_id
            );
        }
        let components: Vec<Value> =
            self.form.components.iter().filter_map(|component| self.answer(component)).collect();
        let data = json!({"custom_id": self.form.custom_id, "components": components});
        let act = Act { kind: Kind::Modal, user: self.user, channel: self.channel, source: self.source, data };
        Interaction::send(&self.core, &act)
    }

    fn answer(&self, component: &Component) -> Option<Value> {
        match component {
            Component::ActionRow(row) => {
                let inner: Vec<Value> = row.components.iter().filter_map(|child| self.answer(child)).collect();
                Some(json!({"type": 1, "id": 1, "components": inner}))
            }
            Component::Label(label) => Some(json!({"type": 18, "id": 1, "component": self.answer(&label.component)})),
            Component::TextInput(input) => {
                Some(json!({"type": 4, "id": 2, "custom_id": input.custom_id, "value": self.filled[&input.custom_id]}))
            }
            _ => None,
        }
    }
}

fn inputs(form: &Form) -> Vec<TextInput> {
    let mut found = Vec::new();
    let walked = every(&form.components, &mut |component| {
        if let Component::TextInput(input) = component {
            found.push(input.clone());
        }
        Ok(())
    });
    debug_assert!(walked.is_ok(), "the visitor never fails");
    found
}
