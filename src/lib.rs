//! briefing-bot answers questions about a briefing, and only from it.
//!
//! The way of a question: [`text`] makes words of it, `matcher` finds the facts of the [`knowledge`] that it asks for,
//! [`answer`] decides and composes, and `discord` or `cli` show it. The [`journal`] keeps what moderators need, and
//! the [`curator`] changes the knowledge for them.
//! Each module uses only those named before it.

pub mod answer;
pub mod cli;
pub mod config;
pub mod curator;
pub mod discord;
pub mod journal;
pub mod knowledge;
pub mod matcher;
pub mod text;
