//! Revisions: every knowledge that was in service, with its files, for history, diff and rollback.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::database::{Shared, count, millis, time};
use super::event::digest;
use super::{Error, Journal, Kind, subscription};

/// The number of a revision, rising in the order in which they were made; also across processes on one database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RevisionId(pub i64);

impl RevisionId {
    /// Before the first one: what a process knows that has seen none.
    pub const NONE: Self = Self(0);
}

impl fmt::Display for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How a revision came to be in service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// The process started with it.
    Start,
    /// A moderator asked for a reload.
    Reload,
    /// A signal asked for one.
    Signal,
    /// The files changed.
    Watch,
    /// A moderator uploaded it.
    Upload,
    /// A moderator added to it, or changed it, in Discord.
    Edit,
    /// A moderator went back to an earlier one.
    Rollback,
    /// Something that another version of the program knows.
    Other(String),
}

impl How {
    /// One word, as it is stored and shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Start => "start",
            Self::Reload => "reload",
            Self::Signal => "signal",
            Self::Watch => "watch",
            Self::Upload => "upload",
            Self::Edit => "edit",
            Self::Rollback => "rollback",
            Self::Other(word) => word,
        }
    }

    fn from_word(word: String) -> Self {
        let known = [Self::Start, Self::Reload, Self::Signal, Self::Watch, Self::Upload, Self::Edit, Self::Rollback];
        known.into_iter().find(|how| how.as_str() == word).unwrap_or(Self::Other(word))
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How much a revision holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Briefings.
    pub briefings: u64,
    /// Facts of all briefings.
    pub facts: u64,
    /// Asks of all facts.
    pub asks: u64,
}

/// A revision to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRevision {
    /// The user id of the moderator, if one did it.
    pub moderator: Option<u64>,
    /// How.
    pub how: How,
    /// What else history shows: the fact that was edited, the revision that was gone back to.
    pub note: Option<String>,
    /// The digest of the knowledge.
    pub digest: String,
    /// How much it holds.
    pub counts: Counts,
    /// Every file, by its name in the knowledge folder.
    pub files: BTreeMap<String, Arc<str>>,
}

/// A revision as history shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its number.
    pub id: RevisionId,
    /// When it was recorded.
    pub at: SystemTime,
    /// The user id of the moderator, if one did it.
    pub moderator: Option<u64>,
    /// How.
    pub how: How,
    /// What else history shows.
    pub note: Option<String>,
    /// The digest of the knowledge.
    pub digest: String,
    /// How much it holds.
    pub counts: Counts,
}

/// A revision with its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRevision {
    /// What history shows.
    pub revision: Revision,
    /// Every file, by its name in the knowledge folder.
    pub files: BTreeMap<String, Arc<str>>,
}

const COLUMNS_BEFORE: &str = "SELECT id, made_at, moderator, how, note, digest, briefings, facts, asks FROM revisions \
                              WHERE id < $1 ORDER BY id DESC LIMIT $2";

impl Journal {
    /// Stores a revision and, on PostgreSQL, announces it to the other processes. Once this returns, it is on disk.
    /// After [`Error::Away`] it may, rarely, have been stored nevertheless.
    ///
    /// # Errors
    /// Where the database is away or fails, or a file holds a NUL character.
    pub async fn record_revision(&self, new: &NewRevision) -> Result<RevisionId, Error> {
        if let Some((name, _)) = new.files.iter().find(|(_, text)| text.contains('\0')) {
            return Err(Error::Nul { name: name.clone() });
        }
        let shared = &self.inner.shared;
        let id = shared.run("store the revision", store(shared, new)).await?;
        shared.saw_revision(id);
        Ok(RevisionId(id))
    }

    /// The newest revisions, without their files: at most `limit`, only such before `before` if that is given.
    ///
    /// # Errors
    /// Where the database is away or fails.
    pub async fn revisions(&self, limit: u32, before: Option<RevisionId>) -> Result<Vec<Revision>, Error> {
        let shared = &self.inner.shared;
        let before = before.map_or(i64::MAX, |id| id.0);
        let query = sqlx::query(COLUMNS_BEFORE).bind(before).bind(i64::from(limit));
        shared
            .run("read the revisions", async {
                query.fetch_all(shared.pool()).await?.iter().map(read).collect::<Result<Vec<_>, _>>()
            })
            .await
    }

    /// The newest revision, without its files, if there is one.
    ///
    /// # Errors
    /// Where the database is away or fails.
    pub async fn latest_revision(&self) -> Result<Option<Revision>, Error> {
        Ok(self.revisions(1, None).await?.pop())
    }

    /// One revision with its files, if there is one of that number.
    ///
    /// # Errors
    /// Where the database is away or fails.
    pub async fn revision(&self, id: RevisionId) -> Result<Option<StoredRevision>, Error> {
        let newest = self.revisions(1, Some(RevisionId(id.0.saturating_add(1)))).await?.pop();
        let Some(revision) = newest.filter(|revision| revision.id == id) else { return Ok(None) };
        let shared = &self.inner.shared;
        let query = sqlx::query(
            "SELECT revision_files.name, contents.content FROM revision_files \
             JOIN contents ON contents.digest = revision_files.content WHERE revision_files.revision = $1",
        )
        .bind(id.0);
        let files = shared
            .run("read the revision", async {
                let rows = query.fetch_all(shared.pool()).await?;
                let file = |row: &AnyRow| -> Result<_, sqlx::Error> {
                    let text: String = row.try_get(1)?;
                    Ok((row.try_get(0)?, text.into()))
                };
                rows.iter().map(file).collect::<Result<_, _>>()
            })
            .await?;
        Ok(Some(StoredRevision { revision, files }))
    }
}

async fn store(shared: &Shared, new: &NewRevision) -> Result<i64, sqlx::Error> {
    let mut transaction = shared.begin().await?;
    if shared.kind() == Kind::Postgres {
        // One at a time, until the commit: so that ids become visible in their order, and whoever has seen one
        // misses none before it. SQLite has one writer anyhow.
        sqlx::query("LOCK TABLE revisions IN SHARE ROW EXCLUSIVE MODE").execute(&mut *transaction).await?;
    }
    let id: i64 =
        sqlx::query_scalar("SELECT COALESCE(MAX(id), 0) + 1 FROM revisions").fetch_one(&mut *transaction).await?;
    sqlx::query(
        "INSERT INTO revisions (id, run, made_at, moderator, how, note, digest, briefings, facts, asks) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(id)
    .bind(shared.run_id())
    .bind(millis(shared.settings().clock.now()))
    .bind(new.moderator.map(u64::cast_signed))
    .bind(new.how.as_str())
    .bind(new.note.as_deref())
    .bind(new.digest.as_str())
    .bind(new.counts.briefings.cast_signed())
    .bind(new.counts.facts.cast_signed())
    .bind(new.counts.asks.cast_signed())
    .execute(&mut *transaction)
    .await?;
    for (name, text) in &new.files {
        let content = digest(text);
        sqlx::query("INSERT INTO contents (digest, content) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING")
            .bind(content.as_str())
            .bind(&**text)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("INSERT INTO revision_files (revision, name, content) VALUES ($1, $2, $3)")
            .bind(id)
            .bind(name.as_str())
            .bind(content)
            .execute(&mut *transaction)
            .await?;
    }
    if shared.kind() == Kind::Postgres {
        subscription::announce(&mut transaction, shared.run_id()).await?;
    }
    transaction.commit().await?;
    Ok(id)
}

fn read(row: &AnyRow) -> Result<Revision, sqlx::Error> {
    Ok(Revision {
        id: RevisionId(row.try_get(0)?),
        at: time(row.try_get(1)?),
        moderator: row.try_get::<Option<i64>, _>(2)?.map(i64::cast_unsigned),
        how: How::from_word(row.try_get(3)?),
        note: row.try_get(4)?,
        digest: row.try_get(5)?,
        counts: Counts { briefings: count(row, 6)?, facts: count(row, 7)?, asks: count(row, 8)? },
    })
}
