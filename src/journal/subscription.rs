//! Revisions of other processes: announced by PostgreSQL, and looked up where an announcement was lost.
//!
//! An announcement only says "look". What is new is read from the table, after the last revision that was seen, so that
//! an outage, a lost connection or a slow reader can't make a process miss one. SQLite has no other processes to hear of.

use std::fmt;
use std::sync::Arc;

use sqlx::Transaction;
use sqlx::any::Any;
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::watch;
use tokio::time::sleep;

use super::database::{CONNECT_LIMIT, Shared};
use super::{Journal, Kind, RevisionId};

/// Where revisions are announced. Channels are the database's, so that bots in two databases don't hear each other.
const CHANNEL: &str = "briefing_bot_revision";

/// The revisions that other processes make. Each subscription keeps its own place.
pub struct Subscription {
    shared: Arc<Shared>,
    signal: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
    seen: RevisionId,
}

impl Journal {
    /// Subscribes to the revisions that other processes make after `seen`: the one that the caller serves, or
    /// [`RevisionId::NONE`] for all that there are. On SQLite there are never any.
    #[must_use]
    pub fn subscribe(&self, seen: RevisionId) -> Subscription {
        let shared = Arc::clone(&self.inner.shared);
        Subscription { signal: shared.watch_revisions(), stop: self.inner.stop.subscribe(), seen, shared }
    }
}

impl Subscription {
    /// The next revision of another process, in order, none left out; `None` once the journal is closed. May be
    /// dropped while waiting without losing any.
    pub async fn next(&mut self) -> Option<RevisionId> {
        self.wait("SELECT COALESCE(MIN(id), 0) FROM revisions WHERE id > $1 AND run <> $2").await
    }

    /// The newest revision of another process, past all between: what a process has to serve. Else like
    /// [`Subscription::next`].
    pub async fn newest(&mut self) -> Option<RevisionId> {
        self.wait("SELECT COALESCE(MAX(id), 0) FROM revisions WHERE id > $1 AND run <> $2").await
    }

    /// Looks with `sql`, which gives an id or 0, now and at every signal.
    async fn wait(&mut self, sql: &'static str) -> Option<RevisionId> {
        loop {
            // Before looking: what is signalled meanwhile must wake us again.
            self.signal.mark_unchanged();
            if self.shared.kind() == Kind::Postgres && !*self.stop.borrow() {
                let query = sqlx::query_scalar(sql).bind(self.seen.0).bind(self.shared.run_id());
                // Where it fails, the keeper looks whether the database is there, and signals when it is.
                match self.shared.run("look for revisions", query.fetch_one(self.shared.pool())).await {
                    Ok(id) if id > self.seen.0 => {
                        self.seen = RevisionId(id);
                        return Some(self.seen);
                    }
                    Ok(_) | Err(_) => {}
                }
            }
            tokio::select! {
                // The sender is in `shared`, which we hold: this can't fail.
                _ = self.signal.changed() => {}
                _ = self.stop.wait_for(|stop| *stop) => return None,
            }
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("seen", &self.seen).finish_non_exhaustive()
    }
}

/// Announces, with the commit, that there is a revision of this run.
pub(super) async fn announce(transaction: &mut Transaction<'static, Any>, run: i64) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_notify($1, $2)")
        .bind(CHANNEL)
        .bind(run.to_string())
        .execute(&mut **transaction)
        .await
        .map(drop)
}

/// Sees whether the database is there, and whether there is a revision that no announcement told of.
pub(super) async fn look(shared: &Shared) -> Result<(), sqlx::Error> {
    let newest = sqlx::query_scalar("SELECT COALESCE(MAX(id), 0) FROM revisions").fetch_one(shared.pool()).await?;
    shared.saw_revision(newest);
    Ok(())
}

/// Listens for announcements until the journal is closed, anew after each outage. PostgreSQL only.
pub(super) async fn listen(shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    let mut up = shared.watch_up();
    let heard = async {
        loop {
            if up.wait_for(|up| *up).await.is_err() {
                return;
            }
            if let Err(error) = hear(&shared).await {
                tracing::debug!(%error, "announcements of revisions are not heard for now");
            }
            // Our connection may be the first to notice that the database went away.
            shared.doubt();
            sleep(shared.settings().retry_least).await;
        }
    };
    tokio::select! {
        () = heard => {}
        // True, or every handle is gone.
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

/// Hears announcements until the connection is lost.
async fn hear(shared: &Shared) -> Result<(), sqlx::Error> {
    // A connection for itself: it waits for ever, and those of the pool are for work.
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(CONNECT_LIMIT)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(shared.settings().address.postgres_options()?)
        .await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    // What was announced before we listened.
    shared.signal_revisions();
    let ours = shared.run_id().to_string();
    while let Some(announcement) = listener.try_recv().await? {
        if announcement.payload() != ours {
            shared.signal_revisions();
        }
    }
    Ok(())
}
