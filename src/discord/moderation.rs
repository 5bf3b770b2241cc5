//! What moderators have: commands that exist only in the servers of `MODERATION_GUILD_IDS`.

use super::commands::Command;

/// The commands; none yet.
pub(crate) fn commands() -> Vec<Command> {
    Vec::new()
}
