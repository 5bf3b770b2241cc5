//! Changes of the knowledge as they are told: who made one, what it brought, why it did not come about.

use std::sync::Arc;
use std::time::SystemTime;

use super::{Difference, Files};
use crate::journal::{self, Counts, How, RevisionId};
use crate::knowledge::{Fault, Faults};

/// Why a change did not come about. The old knowledge stays in service.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The knowledge has faults.
    #[error("the knowledge has faults:\n{0}")]
    Faults(#[from] Faults),
    /// The knowledge was changed meanwhile.
    #[error("the knowledge was changed by somebody else meanwhile")]
    Stale,
    /// The files on disk are not those in service: somebody is at work on them.
    #[error("the files in the knowledge folder differ from what is in service")]
    Unsettled,
    /// The change can't be made, in words for the moderator.
    #[error("{0}")]
    Refused(String),
    /// The files could not be written or read.
    #[error("the knowledge folder could not be written: {0}")]
    Disk(#[from] std::io::Error),
    /// The journal could not be asked.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// A task panicked; its report is in the log.
    #[error("something went wrong")]
    Broken,
}

/// What is in service.
#[derive(Clone, Debug)]
pub struct Served {
    /// The files, by name.
    pub files: Arc<Files>,
    /// Digest of the files.
    pub digest: String,
    /// How much they hold.
    pub counts: Counts,
    /// The revision of the journal; `None` until it is recorded.
    pub revision: Option<RevisionId>,
    /// How it came into service.
    pub how: How,
    /// Since when.
    pub since: SystemTime,
}

/// A reload that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// When.
    pub at: SystemTime,
    /// What asked for it.
    pub how: How,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// What a change brought.
#[derive(Clone, Debug)]
pub struct Change {
    /// What differs from before; empty where nothing does.
    pub difference: Difference,
    /// What is in service now.
    pub served: Served,
    /// Whether it stands in the journal already; otherwise it will once the database is back.
    pub recorded: bool,
    /// What was left out of the check, in words.
    pub remark: Option<String>,
}

/// Who changes the knowledge, how, and why, for the history.
#[derive(Clone, Debug)]
pub struct Author {
    /// The user id of the moderator, if one did it.
    pub moderator: Option<u64>,
    /// How.
    pub how: How,
    /// What else history shows.
    pub note: Option<String>,
}

impl Author {
    /// A moderator.
    #[must_use]
    pub fn moderator(user: u64, how: How) -> Self {
        Self { moderator: Some(user), how, note: None }
    }

    /// With a note for the history.
    #[must_use]
    pub fn noting(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }
}
