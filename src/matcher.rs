//! The matcher: from a question to the facts that it may ask for, each with the signals that speak for it.
//!
//! A [`Query`] is read from text ([`query`]); an [`Index`] holds the terms of all briefings ([`index`], [`link`],
//! [`vocabulary`]) and what was learnt from all asks ([`classifier`], [`wording`]); [`search`] finds candidates and weighs
//! named signals ([`signals`]). What to say is not decided here.

pub mod classifier;
pub mod index;
pub mod kind;
pub mod link;
pub mod lists;
pub mod query;
pub mod search;
pub mod signals;
pub mod vocabulary;
pub mod wording;

pub use index::{FactRef, Index};
pub use kind::Kind;
pub use query::{Lean, Query};
pub use search::Candidate;
pub use signals::Signals;
