//! What people asked in vain: questions without a sure answer, and answers that did not help.

use std::collections::HashMap;
use std::time::SystemTime;

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::database::{Shared, count, millis, time};
use super::event::Kept;
use super::{Error, Journal};

/// A question that was asked in vain, however it was typed: texts that fold alike are one gap. Grouping *similar*
/// questions is the caller's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The question in one of the ways in which it was typed; the name under which it is dismissed or resolved.
    pub text: String,
    /// How often nothing was found.
    pub none: u64,
    /// How often only suggestions were given.
    pub suggest: u64,
    /// How often its answer was voted not helpful.
    pub not_helpful: u64,
    /// When it was last asked or voted on.
    pub last: SystemTime,
    /// The facts that were voted not helpful as its answer, most often first.
    pub facts: Vec<GapFact>,
}

impl Gap {
    /// How often in all.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.none + self.suggest + self.not_helpful
    }
}

/// A fact that did not help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapFact {
    /// Its briefing.
    pub briefing: String,
    /// Its id.
    pub fact: String,
    /// How many said so.
    pub votes: u64,
}

const GAPS: &str = "SELECT text_key, MAX(text), MAX(seen_at) AS last_seen, \
     SUM(CASE WHEN kind = 'none' THEN 1 ELSE 0 END), SUM(CASE WHEN kind = 'suggest' THEN 1 ELSE 0 END), \
     SUM(CASE WHEN kind = 'vote' THEN 1 ELSE 0 END) \
     FROM open_gaps WHERE seen_at >= $1 GROUP BY text_key ORDER BY COUNT(*) DESC, last_seen DESC, text_key LIMIT $2";

const BAD_FACTS: &str = "SELECT text_key, briefing, fact, COUNT(*) FROM open_gaps WHERE kind = 'vote' AND seen_at >= $1 \
     GROUP BY text_key, briefing, fact ORDER BY COUNT(*) DESC, briefing, fact";

impl Journal {
    /// What was asked in vain since then and is not dealt with, most often first, at most `limit`.
    ///
    /// # Errors
    /// Where the database is away or fails.
    pub async fn unanswered(&self, since: SystemTime, limit: u32) -> Result<Vec<Gap>, Error> {
        let shared = &self.inner.shared;
        shared.run("read the unanswered questions", read_gaps(shared, millis(since), limit)).await
    }

    /// Dismisses questions for good, by the texts that [`Journal::unanswered`] gave. Only a digest of them is kept.
    ///
    /// # Errors
    /// Where the database is away or fails.
    pub async fn dismiss<T: AsRef<str>>(&self, texts: &[T]) -> Result<(), Error> {
        self.deal_with(texts, None).await
    }

    /// Notes that a fact now answers these questions. One that is asked in vain again, later, shows again.
    ///
    /// # Errors
    /// Where the database is away or fails.
    pub async fn resolve<T: AsRef<str>>(&self, texts: &[T], briefing: &str, fact: &str) -> Result<(), Error> {
        self.deal_with(texts, Some((briefing, fact))).await
    }

    async fn deal_with<T: AsRef<str>>(&self, texts: &[T], fact: Option<(&str, &str)>) -> Result<(), Error> {
        let shared = &self.inner.shared;
        let keys: Vec<String> = texts.iter().filter_map(|text| Kept::new(text.as_ref())).map(|kept| kept.key).collect();
        let at = millis(shared.settings().clock.now());
        shared
            .run("note what was dealt with", async {
                let mut transaction = shared.begin().await?;
                for key in keys {
                    sqlx::query(
                        "INSERT INTO dismissals (text_key, dismissed_at, briefing, fact) VALUES ($1, $2, $3, $4) \
                         ON CONFLICT (text_key) DO UPDATE SET dismissed_at = excluded.dismissed_at, \
                         briefing = excluded.briefing, fact = excluded.fact",
                    )
                    .bind(key)
                    .bind(at)
                    .bind(fact.map(|(briefing, _)| briefing))
                    .bind(fact.map(|(_, fact)| fact))
                    .execute(&mut *transaction)
                    .await?;
                }
                transaction.commit().await
            })
            .await
    }
}

async fn read_gaps(shared: &Shared, since: i64, limit: u32) -> Result<Vec<Gap>, sqlx::Error> {
    let mut facts: HashMap<String, Vec<GapFact>> = HashMap::new();
    for row in sqlx::query(BAD_FACTS).bind(since).fetch_all(shared.pool()).await? {
        facts.entry(row.try_get(0)?).or_default().push(GapFact {
            briefing: row.try_get(1)?,
            fact: row.try_get(2)?,
            votes: count(&row, 3)?,
        });
    }
    let rows = sqlx::query(GAPS).bind(since).bind(i64::from(limit)).fetch_all(shared.pool()).await?;
    let gap = |row: &AnyRow| {
        Ok(Gap {
            text: row.try_get(1)?,
            none: count(row, 3)?,
            suggest: count(row, 4)?,
            not_helpful: count(row, 5)?,
            last: time(row.try_get(2)?),
            facts: facts.remove(row.try_get::<&str, _>(0)?).unwrap_or_default(),
        })
    };
    rows.iter().map(gap).collect()
}
