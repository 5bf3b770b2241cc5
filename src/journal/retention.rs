//! Forgetting: texts after the days that were promised, numbers after a year.

use std::time::{Duration, SystemTime};

use super::database::{Shared, millis};
use super::{Error, Journal, Kind};

/// Days that a question's or vote's numbers are kept, without its text: a year can be compared with the one before.
const NUMBERS_DAYS: u32 = 400;

const DAY: Duration = Duration::from_hours(24);

/// What was deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    /// Texts of questions and votes; their numbers stay.
    pub texts: u64,
    /// Whole questions and votes.
    pub rows: u64,
}

impl Journal {
    /// Deletes what is older than it may be, now. This happens by itself at the start and every
    /// [`purge_every`](super::Settings::purge_every).
    ///
    /// # Errors
    /// Where the database is away or fails.
    pub async fn purge(&self) -> Result<Purged, Error> {
        let shared = &self.inner.shared;
        shared.run("delete old questions", purge(shared)).await
    }
}

pub(super) async fn purge(shared: &Shared) -> Result<Purged, sqlx::Error> {
    let settings = shared.settings();
    let days_ago = |days: u32| {
        let now = settings.clock.now();
        millis(now.checked_sub(DAY * days).unwrap_or(SystemTime::UNIX_EPOCH))
    };
    let mut purged = Purged::default();
    for sql in [
        "UPDATE questions SET text = NULL, text_key = NULL WHERE text IS NOT NULL AND asked_at < $1",
        "UPDATE votes SET text = NULL, text_key = NULL WHERE text IS NOT NULL AND voted_at < $1",
    ] {
        let cutoff = days_ago(settings.retention_days);
        purged.texts += sqlx::query(sql).bind(cutoff).execute(shared.pool()).await?.rows_affected();
    }
    for sql in ["DELETE FROM questions WHERE asked_at < $1", "DELETE FROM votes WHERE voted_at < $1"] {
        let cutoff = days_ago(NUMBERS_DAYS.max(settings.retention_days));
        purged.rows += sqlx::query(sql).bind(cutoff).execute(shared.pool()).await?.rows_affected();
    }
    if shared.kind() == Kind::Sqlite && purged != Purged::default() {
        // Until then the texts would still stand in the write-ahead log.
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(shared.pool()).await?;
    }
    Ok(purged)
}
