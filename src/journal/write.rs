//! From events to rows: what of an event is kept, and how a batch is written.

use std::fmt::Write as _;

use sqlx::any::Any;
use sqlx::{AssertSqlSafe, Transaction};

use super::database::{self, Shared, millis};
use super::event::{Asked, Event, Kept, Outcome, Verdict, Voted};

/// What waits in the queue.
#[derive(Debug)]
pub(super) struct Queued {
    /// Counts the events of this process; with its run id it makes a repeated write harmless. A commit whose
    /// confirmation was lost with the connection is written again.
    pub(super) seq: i64,
    pub(super) row: Row,
}

/// What is written of an event.
#[derive(Debug)]
pub(super) enum Row {
    Asked { asked: Asked, outcome: &'static str, text: Option<Kept> },
    Voted { voted: Voted, helpful: bool, text: Option<Kept> },
}

impl Row {
    /// Takes over what may be kept: without `keep_texts` no text at all.
    pub(super) fn new(event: Event, keep_texts: bool) -> Self {
        let kept = |question: &str| keep_texts.then(|| Kept::new(question)).flatten();
        match event {
            Event::Asked(mut asked) => {
                // The text is moved out of the outcome, so that it isn't held twice.
                let (outcome, text) = match std::mem::replace(&mut asked.outcome, Outcome::Answer) {
                    Outcome::Answer => ("answer", None),
                    Outcome::Suggest { question } => ("suggest", kept(&question)),
                    Outcome::None { question } => ("none", kept(&question)),
                };
                Self::Asked { asked, outcome, text }
            }
            Event::Voted(mut voted) => {
                let (helpful, text) = match std::mem::replace(&mut voted.verdict, Verdict::Helpful) {
                    Verdict::Helpful => (true, None),
                    Verdict::NotHelpful { question } => (false, question.as_deref().and_then(kept)),
                };
                Self::Voted { voted, helpful, text }
            }
        }
    }
}

/// Writes the batch and empties it. What the database can't store, whenever it were written, is counted as lost, so
/// that it doesn't hold up the rest. On an error the batch holds what is still to be written.
pub(super) async fn write_all(shared: &Shared, batch: &mut Vec<Queued>) -> Result<(), sqlx::Error> {
    match write(shared, batch).await {
        Ok(()) => {
            shared.tally.settle(batch.len());
            batch.clear();
            Ok(())
        }
        Err(error) if database::is_data_fault(&error) => write_singly(shared, batch).await,
        Err(error) => Err(error),
    }
}

async fn write_singly(shared: &Shared, batch: &mut Vec<Queued>) -> Result<(), sqlx::Error> {
    while let Some(event) = batch.first() {
        match write(shared, std::slice::from_ref(event)).await {
            Ok(()) => {}
            Err(error) if database::is_data_fault(&error) => shared.tally.lose(1, "the database can't store it"),
            Err(error) => return Err(error),
        }
        batch.remove(0);
        shared.tally.settle(1);
    }
    Ok(())
}

/// Writes events in one transaction.
async fn write(shared: &Shared, events: &[Queued]) -> Result<(), sqlx::Error> {
    let mut transaction = shared.begin().await?;
    insert_questions(&mut transaction, shared.run_id(), events).await?;
    for event in events {
        if let Row::Voted { voted, helpful, text } = &event.row {
            upsert_vote(&mut transaction, voted, *helpful, text.as_ref()).await?;
        }
    }
    transaction.commit().await
}

/// Many questions in one statement: on a network, a round trip each would be the limit. In pieces of 256, 128, ..., 1,
/// so that nine statements do, which the connection keeps prepared.
async fn insert_questions(
    transaction: &mut Transaction<'static, Any>,
    run: i64,
    events: &[Queued],
) -> Result<(), sqlx::Error> {
    let asked: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.row {
            Row::Asked { asked, outcome, text } => Some((event.seq, asked, *outcome, text)),
            Row::Voted { .. } => None,
        })
        .collect();
    let mut rest = asked.as_slice();
    while !rest.is_empty() {
        let (piece, later) = rest.split_at(1 << rest.len().ilog2());
        rest = later;
        // Safe: it is made of numbers only.
        let mut query = sqlx::query(AssertSqlSafe(insert_statement(piece.len())));
        for (seq, asked, outcome, text) in piece {
            query = query
                .bind(run)
                .bind(*seq)
                .bind(millis(asked.at))
                .bind(*outcome)
                .bind(asked.briefing.as_deref())
                .bind(asked.fact.as_deref())
                .bind(asked.confidence)
                .bind(i64::try_from(asked.elapsed.as_micros()).unwrap_or(i64::MAX))
                .bind(text.as_ref().map(|kept| kept.text.as_str()))
                .bind(text.as_ref().map(|kept| kept.key.as_str()));
        }
        query.execute(&mut **transaction).await?;
    }
    Ok(())
}

/// The statement that inserts so many questions.
fn insert_statement(rows: usize) -> String {
    const COLUMNS: usize = 10;
    let mut sql = "INSERT INTO questions (run, seq, asked_at, outcome, briefing, fact, confidence, elapsed_us, text, \
                   text_key) VALUES "
        .to_owned();
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=COLUMNS {
            // Writing to a String can't fail.
            let _ = write!(sql, "{}${}", if column == 1 { "" } else { ", " }, row * COLUMNS + column);
        }
        sql.push(')');
    }
    sql.push_str(" ON CONFLICT (run, seq) DO NOTHING");
    sql
}

/// The later vote of a person on an answer replaces the earlier, text and all.
async fn upsert_vote(
    transaction: &mut Transaction<'static, Any>,
    voted: &Voted,
    helpful: bool,
    text: Option<&Kept>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO votes (voter, voted_at, briefing, fact, helpful, text, text_key) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (voter) DO UPDATE SET voted_at = excluded.voted_at, briefing = excluded.briefing, \
         fact = excluded.fact, helpful = excluded.helpful, text = excluded.text, text_key = excluded.text_key",
    )
    .bind(voted.voter.hex())
    .bind(millis(voted.at))
    .bind(voted.briefing.as_str())
    .bind(voted.fact.as_str())
    .bind(i64::from(helpful))
    .bind(text.map(|kept| kept.text.as_str()))
    .bind(text.map(|kept| kept.key.as_str()))
    .execute(&mut **transaction)
    .await
    .map(drop)
}
