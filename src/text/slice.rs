//! Texts that stand within another text that is kept anyway.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// A stretch of a text that is shared, or a text of its own: asks are most of a knowledge file, and kept twice they would
/// be most of its memory.
#[derive(Clone)]
pub struct Slice {
    text: Arc<str>,
    from: u32,
    to: u32,
}

impl Slice {
    /// A stretch of a text, by its bytes; `None` where there is none such, or where it lies beyond four gigabytes.
    #[must_use]
    pub fn of(text: &Arc<str>, range: Range<usize>) -> Option<Self> {
        text.get(range.clone())?;
        let (from, to) = (u32::try_from(range.start).ok()?, u32::try_from(range.end).ok()?);
        Some(Self { text: Arc::clone(text), from, to })
    }

    /// Whether it stands within this very text.
    #[must_use]
    pub fn is_part_of(&self, text: &Arc<str>) -> bool {
        Arc::ptr_eq(&self.text, text)
    }

    /// The words themselves.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.get(self.from as usize..self.to as usize).unwrap_or_default()
    }
}

impl From<&str> for Slice {
    fn from(text: &str) -> Self {
        // Texts of four gigabytes are no asks.
        let to = u32::try_from(text.len()).unwrap_or(u32::MAX);
        Self { text: text.into(), from: 0, to }
    }
}

impl Deref for Slice {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Slice {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Slice {}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_what_stands_there() {
        let text: Arc<str> = "who came? wer kam? é".into();
        assert_eq!(Slice::of(&text, 0..9).as_deref(), Some("who came?"));
        assert_eq!(Slice::of(&text, 0..9), Some(Slice::from("who came?")));
        for none in [15..40, 20..21, 21..22] {
            assert_eq!(Slice::of(&text, none.clone()), None, "{none:?}");
        }
        assert!(Slice::from("").is_empty());
    }
}
