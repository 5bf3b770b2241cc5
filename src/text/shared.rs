//! Words that are shared: each thread makes a word with its stem once and hands out references.
//!
//! Texts repeat the same few thousand words. Making a string and a stem for each occurrence was most of the cost of
//! loading and a good part of a question's.

use std::borrow::Borrow;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::quick::Map;
use super::stem::stem;

/// A word, cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shared(Arc<str>);

impl Shared {
    /// The word as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A word with its stem.
    #[must_use]
    pub fn with_stem(word: &str) -> (Self, Self) {
        KNOWN.with_borrow_mut(|known| {
            if let Some(pair) = known.get(word) {
                return pair.clone();
            }
            let stem = stem(word);
            let stem = if stem == word { None } else { Some(Self::from(stem.as_str())) };
            let word = Self::from(word);
            let stem = stem.unwrap_or_else(|| word.clone());
            if known.len() >= MOST_KNOWN.get() {
                known.clear();
            }
            known.insert(word.clone(), (word.clone(), stem.clone()));
            (word, stem)
        })
    }
}

/// Words that a thread remembers between questions before it starts anew; about 150 bytes each. The bound also keeps
/// words that were chosen to collide from costing much.
const FEW: usize = 800;
/// The same while knowledge is read.
const MANY: usize = 40_000;

thread_local! {
    static KNOWN: RefCell<Map<Shared, (Shared, Shared)>> = RefCell::default();
    static MOST_KNOWN: Cell<usize> = const { Cell::new(FEW) };
}

/// As long as it lives its thread remembers more words than questions need, as reading knowledge does; with its end they
/// are forgotten.
#[derive(Debug)]
pub struct ManyWords {
    before: usize,
}

impl ManyWords {
    /// Begins to remember more words.
    #[must_use]
    pub fn remember() -> Self {
        Self { before: MOST_KNOWN.replace(MANY) }
    }
}

impl Drop for ManyWords {
    fn drop(&mut self) {
        MOST_KNOWN.set(self.before);
        if self.before < MANY {
            KNOWN.with_borrow_mut(|known| *known = Map::default());
        }
    }
}

impl From<&str> for Shared {
    fn from(word: &str) -> Self {
        Self(word.into())
    }
}

impl From<String> for Shared {
    fn from(word: String) -> Self {
        Self(word.into())
    }
}

impl Deref for Shared {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Shared {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Shared {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Shared {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Shared {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
