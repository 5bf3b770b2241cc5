//! What a file shows by itself: ids, dates, lengths and counts.

use std::ops::Deref;

use toml::Spanned;

use super::{Builder, Text};
use crate::knowledge::date::Date;
use crate::knowledge::fault::Kind;
use crate::text::sanitize::shorten;

impl Builder<'_> {
    /// Checks the ids of one kind of table and remembers where each stands in its list.
    pub(super) fn register<'t>(&mut self, kind: &'static str, ids: impl Iterator<Item = &'t Text>, limit: usize) {
        for (index, id) in ids.enumerate() {
            self.check_id(id, limit);
            if self.ids.entry(kind).or_default().insert(id.get_ref().clone(), index).is_some() {
                let message = format!("the {kind} id `{}` is used twice", id.get_ref());
                self.fault(Kind::DuplicateId, id.span().start, message, "Give each an id of its own.");
            }
        }
    }

    pub(super) fn check_id(&mut self, id: &Text, limit: usize) {
        let parts = id.get_ref().split('-');
        let formed = parts
            .clone()
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        if !formed || id.get_ref().len() > limit {
            let message = format!("`{}` is not a well-formed id", shorten(id.get_ref(), 60));
            let cure = format!("Use lower-case letters, digits and single hyphens, at most {limit} characters.");
            self.fault(Kind::MalformedId, id.span().start, message, cure);
        }
    }

    pub(super) fn date(&mut self, text: &Text) -> Option<Date> {
        let date = text.get_ref().parse().ok();
        if date.is_none() {
            let message = format!("`{}` is no date", shorten(text.get_ref(), 40));
            self.fault(Kind::BadValue, text.span().start, message, "Write YYYY, YYYY-MM or YYYY-MM-DD.");
        }
        date
    }

    pub(super) fn check_text(&mut self, text: &Spanned<impl Deref<Target = str>>, limit: usize) {
        let length = text.get_ref().chars().count();
        if text.get_ref().trim().is_empty() {
            self.fault(Kind::BadValue, text.span().start, "this text is empty", "Write it, or take the key out.");
        } else if length > limit {
            let message = format!("this text has {length} characters; at most {limit} are read");
            self.fault(Kind::TooLong, text.span().start, message, "Shorten it.");
        }
    }

    pub(super) fn check_count(&mut self, count: usize, limit: usize, name: &str, at: usize) {
        if count > limit {
            let message = format!("{count} {name}; at most {limit} are read");
            self.fault(Kind::TooLarge, at, message, format!("Keep the {limit} best."));
        }
    }
}
