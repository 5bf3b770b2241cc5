//! Words: what a text is made of before anything is known about a briefing.
//!
//! Owns folding ([`mod@fold`]), tokens ([`tokenize`]), numbers ([`number`]), stems ([`mod@stem`]) and the general English
//! [`lexicon`] and what its words mean ([`meaning`]). Nothing here knows a briefing, a question or Discord.

pub mod buckets;
pub mod fold;
pub mod lexicon;
pub mod meaning;
pub mod number;
pub mod parallel;
pub mod phrases;
pub mod quick;
pub mod sanitize;
pub mod shared;
pub mod slice;
pub mod stem;
pub mod token;

pub use fold::fold;
pub use lexicon::Lexicon;
pub use number::Number;
pub use shared::Shared;
pub use slice::Slice;
pub use stem::stem;
pub use token::{Token, tokenize};
