//! Numbers: how many questions with which outcome, which facts, which votes, how fast.

use std::time::{Duration, SystemTime};

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::database::{Shared, count, millis, time};
use super::{Error, Journal};

const DAY_MILLIS: i64 = 86_400_000;

/// What `stats` shows of the last days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Every day of the period, oldest first, also those without questions.
    pub days: Vec<Day>,
    /// The facts that answered most often, most first.
    pub most_asked: Vec<FactAsked>,
    /// The facts that were voted not helpful, most often first.
    pub worst_voted: Vec<FactVotes>,
    /// Half of the questions took no longer; `None` without questions.
    pub p50: Option<Duration>,
    /// 95 of 100 took no longer.
    pub p95: Option<Duration>,
    /// 99 of 100 took no longer.
    pub p99: Option<Duration>,
}

impl Stats {
    /// Questions in all.
    #[must_use]
    pub fn questions(&self) -> u64 {
        self.days.iter().map(Day::questions).sum()
    }
}

/// One day, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Its midnight.
    pub start: SystemTime,
    /// Questions that were answered.
    pub answer: u64,
    /// Questions that got suggestions.
    pub suggest: u64,
    /// Questions for which nothing was found.
    pub none: u64,
}

impl Day {
    /// Questions in all.
    #[must_use]
    pub fn questions(&self) -> u64 {
        self.answer + self.suggest + self.none
    }
}

/// How often a fact was the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactAsked {
    /// Its briefing.
    pub briefing: String,
    /// Its id.
    pub fact: String,
    /// Questions that it answered.
    pub count: u64,
}

/// The votes on a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactVotes {
    /// Its briefing.
    pub briefing: String,
    /// Its id.
    pub fact: String,
    /// Votes that it helped.
    pub helpful: u64,
    /// Votes that it did not.
    pub not_helpful: u64,
}

impl Journal {
    /// The numbers of the last `days` days in UTC, today included (at least 1), with at most `top` facts in each list.
    ///
    /// # Errors
    /// Where the database is away or fails.
    pub async fn stats(&self, days: u32, top: u32) -> Result<Stats, Error> {
        let shared = &self.inner.shared;
        let today = millis(shared.settings().clock.now()) / DAY_MILLIS;
        let first = today - i64::from(days.max(1)) + 1;
        shared.run("read the numbers", read(shared, first, today, top)).await
    }
}

/// The numbers from one day to another, both counted since 1970.
async fn read(shared: &Shared, first: i64, last: i64, top: u32) -> Result<Stats, sqlx::Error> {
    let (from, until) = (first * DAY_MILLIS, (last + 1) * DAY_MILLIS);
    let days = days(shared, first, last).await?;
    let asked = sqlx::query(
        "SELECT briefing, fact, COUNT(*) FROM questions WHERE outcome = 'answer' AND briefing IS NOT NULL \
         AND fact IS NOT NULL AND asked_at >= $1 AND asked_at < $2 \
         GROUP BY briefing, fact ORDER BY COUNT(*) DESC, briefing, fact LIMIT $3",
    );
    let asked = asked.bind(from).bind(until).bind(i64::from(top)).fetch_all(shared.pool()).await?;
    let voted = sqlx::query(
        "SELECT briefing, fact, SUM(helpful), SUM(1 - helpful) FROM \
         (SELECT briefing, fact, CASE WHEN helpful = 1 THEN 1 ELSE 0 END AS helpful FROM votes \
         WHERE voted_at >= $1 AND voted_at < $2) AS verdicts \
         GROUP BY briefing, fact HAVING SUM(1 - helpful) > 0 \
         ORDER BY SUM(1 - helpful) DESC, SUM(helpful), briefing, fact LIMIT $3",
    );
    let voted = voted.bind(from).bind(until).bind(i64::from(top)).fetch_all(shared.pool()).await?;
    let questions = days.iter().map(Day::questions).sum();
    Ok(Stats {
        most_asked: asked
            .iter()
            .map(|row| Ok(FactAsked { briefing: row.try_get(0)?, fact: row.try_get(1)?, count: count(row, 2)? }))
            .collect::<Result<_, sqlx::Error>>()?,
        worst_voted: voted.iter().map(fact_votes).collect::<Result<_, _>>()?,
        p50: percentile(shared, from, until, questions, 50).await?,
        p95: percentile(shared, from, until, questions, 95).await?,
        p99: percentile(shared, from, until, questions, 99).await?,
        days,
    })
}

async fn days(shared: &Shared, first: i64, last: i64) -> Result<Vec<Day>, sqlx::Error> {
    let mut days: Vec<Day> =
        (first..=last).map(|day| Day { start: time(day * DAY_MILLIS), answer: 0, suggest: 0, none: 0 }).collect();
    let rows = sqlx::query(
        "SELECT asked_at / 86400000, outcome, COUNT(*) FROM questions WHERE asked_at >= $1 AND asked_at < $2 \
         GROUP BY asked_at / 86400000, outcome",
    );
    let (from, until) = (first * DAY_MILLIS, (last + 1) * DAY_MILLIS);
    for row in rows.bind(from).bind(until).fetch_all(shared.pool()).await? {
        let index = usize::try_from(row.try_get::<i64, _>(0)? - first).unwrap_or(usize::MAX);
        let Some(day) = days.get_mut(index) else { continue };
        let count = count(&row, 2)?;
        match row.try_get::<&str, _>(1)? {
            "answer" => day.answer = count,
            "suggest" => day.suggest = count,
            _ => day.none = count,
        }
    }
    Ok(days)
}

fn fact_votes(row: &AnyRow) -> Result<FactVotes, sqlx::Error> {
    Ok(FactVotes {
        briefing: row.try_get(0)?,
        fact: row.try_get(1)?,
        helpful: count(row, 2)?,
        not_helpful: count(row, 3)?,
    })
}

/// The time that `percent` of 100 questions did not exceed (nearest rank), found by the database, so that the times of
/// a busy month need not travel here.
async fn percentile(
    shared: &Shared,
    from: i64,
    until: i64,
    questions: u64,
    percent: u64,
) -> Result<Option<Duration>, sqlx::Error> {
    let rank = (questions * percent).div_ceil(100).max(1) - 1;
    let micros: Option<i64> = sqlx::query_scalar(
        "SELECT elapsed_us FROM questions WHERE asked_at >= $1 AND asked_at < $2 ORDER BY elapsed_us LIMIT 1 OFFSET $3",
    )
    .bind(from)
    .bind(until)
    .bind(rank.cast_signed())
    .fetch_optional(shared.pool())
    .await?;
    Ok(micros.map(|micros| Duration::from_micros(micros.cast_unsigned())))
}
