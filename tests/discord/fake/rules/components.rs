//! Components of messages and modals.

use std::collections::HashSet;

use twilight_model::channel::message::{
    Component,
    component::{Button, SelectMenu, SelectMenuType},
};
use twilight_validate::{component as limits, message};

use super::{super::rest::error::ApiError, fault, within};

/// Components of a message.
///
/// # Errors
///
/// 50035 where Discord would refuse them.
pub fn in_message(components: &[Component], v2: bool) -> Result<(), ApiError> {
    within(&["components"], message::components(components, v2))?;
    distinct(components)?;
    every(components, &mut |component| match component {
        Component::ActionRow(row) => {
            let selects = row.components.iter().filter(|child| matches!(child, Component::SelectMenu(_))).count();
            if row.components.is_empty() || selects > 0 && row.components.len() > 1 {
                return Err(fault(
                    &["components"],
                    "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
                    "A row holds 1 to 5 buttons or one menu",
                ));
            }
            Ok(())
        }
        Component::Button(shown) => button(shown),
        Component::SelectMenu(menu) => select(menu),
        Component::TextInput(_) | Component::Label(_) => {
            Err(fault(&["components"], "UNION_TYPE_CHOICES", "Text inputs and labels belong in modals"))
        }
        _ => Ok(()),
    })
}

/// Components of a modal: rows with one text input, or labels.
///
/// # Errors
///
/// 50035 where Discord would refuse them.
pub fn in_modal(components: &[Component]) -> Result<(), ApiError> {
    if !(1..=5).contains(&components.len()) {
        return Err(fault(&["data", "components"], "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length."));
    }
    distinct(components)?;
    for component in components {
        let path = &["data", "components"];
        match component {
            Component::ActionRow(row) => {
                within(path, limits::action_row(row, false))?;
                let [Component::TextInput(input)] = row.components.as_slice() else {
                    return Err(fault(path, "UNION_TYPE_CHOICES", "A row of a modal holds one text input"));
                };
                #[expect(deprecated, reason = "Discord still takes labels of rows, and serenity knows no others")]
                let label = input.label.as_deref().unwrap_or_default();
                if label.trim().is_empty() {
                    return Err(fault(path, "BASE_TYPE_REQUIRED", "A text input in a row needs a label"));
                }
                lengths(input.min_length, input.max_length, input.value.as_deref())?;
            }
            Component::Label(label) => within(path, limits::label(label))?,
            Component::TextDisplay(text) => within(path, limits::text_display(text))?,
            _ => return Err(fault(path, "UNION_TYPE_CHOICES", "A modal holds rows, labels and text")),
        }
    }
    Ok(())
}

/// The `custom_id`s of components, in order.
pub fn custom_ids(components: &[Component]) -> Vec<String> {
    let mut found = Vec::new();
    let walked = every(components, &mut |component| {
        match component {
            Component::Button(button) => found.extend(button.custom_id.clone()),
            Component::SelectMenu(menu) => found.push(menu.custom_id.clone()),
            Component::TextInput(input) => found.push(input.custom_id.clone()),
            _ => {}
        }
        Ok(())
    });
    debug_assert!(walked.is_ok(), "the visitor never fails");
    found
}

/// Visits components and what they hold, outer ones first.
///
/// # Errors
///
/// The first that `visit` gives.
pub fn every(
    components: &[Component],
    visit: &mut impl FnMut(&Component) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    for component in components {
        visit(component)?;
        match component {
            Component::ActionRow(row) => every(&row.components, visit)?,
            Component::Container(container) => every(&container.components, visit)?,
            Component::Section(section) => {
                every(&section.components, visit)?;
                every(std::slice::from_ref(&*section.accessory), visit)?;
            }
            Component::Label(label) => every(std::slice::from_ref(&*label.component), visit)?,
            _ => {}
        }
    }
    Ok(())
}

/// Discord refuses two components of one `custom_id`, and an empty one; twilight checks the length alone.
fn distinct(components: &[Component]) -> Result<(), ApiError> {
    let mut seen = HashSet::new();
    for id in custom_ids(components) {
        if id.is_empty() {
            return Err(fault(&["components", "custom_id"], "BASE_TYPE_REQUIRED", "This field is required"));
        }
        if !seen.insert(id.clone()) {
            let why = format!("Component custom id cannot be duplicated: {id}");
            return Err(fault(&["components", "custom_id"], "COMPONENT_CUSTOM_ID_DUPLICATED", &why));
        }
    }
    Ok(())
}

fn button(button: &Button) -> Result<(), ApiError> {
    let blank = button.label.as_deref().is_none_or(|label| label.trim().is_empty());
    if blank && button.emoji.is_none() && button.sku_id.is_none() {
        return Err(fault(&["components"], "BUTTON_COMPONENT_INVALID", "A button needs a label or an emoji"));
    }
    if button.url.as_deref().is_some_and(|url| !super::message::is_web(url) && !url.starts_with("discord://")) {
        return Err(fault(
            &["components", "url"],
            "URL_TYPE_INVALID_SCHEME",
            "Scheme must be one of http, https, discord",
        ));
    }
    Ok(())
}

fn select(menu: &SelectMenu) -> Result<(), ApiError> {
    let path = &["components", "options"];
    let options = menu.options.as_deref().unwrap_or_default();
    if menu.kind == SelectMenuType::Text && options.is_empty() {
        return Err(fault(path, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 25 in length."));
    }
    let mut values = HashSet::new();
    for option in options {
        if option.label.trim().is_empty() || option.value.is_empty() {
            return Err(fault(path, "BASE_TYPE_REQUIRED", "An option needs a label and a value"));
        }
        if !values.insert(&option.value) {
            return Err(fault(
                path,
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            ));
        }
    }
    let preset = options.iter().filter(|option| option.default).count();
    let most = usize::from(menu.max_values.unwrap_or(1));
    if menu.kind == SelectMenuType::Text && (most > options.len() || preset > most) {
        return Err(fault(path, "SELECT_COMPONENT_INVALID_OPTIONS", "More values or defaults than there may be"));
    }
    Ok(())
}

fn lengths(least: Option<u16>, most: Option<u16>, value: Option<&str>) -> Result<(), ApiError> {
    let length = value.map_or(0, |value| value.chars().count());
    if least.zip(most).is_some_and(|(least, most)| least > most) || most.is_some_and(|most| length > usize::from(most))
    {
        return Err(fault(&["data", "components"], "TEXT_INPUT_VALUE_INVALID", "Lengths that contradict one another"));
    }
    Ok(())
}
