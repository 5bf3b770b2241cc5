//! The one task that writes: it connects, migrates, writes what is queued, deletes what is due, and says whether the
//! database is there.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep, timeout};

use super::database::Shared;
use super::write::{self, Queued};
use super::{retention, subscription};

/// Events that are written in one transaction: enough that a commit costs each of them little, few enough that the
/// statement stays far below both databases' limits of parameters.
const BATCH: usize = 256;

/// How long one round may take before the link counts as dead.
const ROUND_LIMIT: Duration = Duration::from_secs(15);

/// How long deleting old texts may take; a database that was left alone for a year has many.
const PURGE_LIMIT: Duration = Duration::from_mins(1);

/// Runs until `stop` says true and all is written, or until every handle is gone and no more can be written.
pub(super) async fn run(shared: Arc<Shared>, queue: mpsc::Receiver<Queued>, stop: watch::Receiver<bool>) {
    // The first tick after one period: the first round looks and purges by itself.
    let every = |period: Duration| {
        let period = period.max(Duration::from_millis(1));
        let mut interval = interval_at(Instant::now() + period, period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        interval
    };
    let settings = shared.settings();
    let keeper = Keeper {
        check: every(settings.check_every),
        purge: every(settings.purge_every),
        wait: settings.retry_least,
        purge_due: true,
        suspect: false,
        away_since: None,
        stage: Stage::Open,
        batch: Vec::new(),
        queue,
        stop,
        shared: Arc::clone(&shared),
    };
    keeper.run().await;
}

struct Keeper {
    shared: Arc<Shared>,
    queue: mpsc::Receiver<Queued>,
    stop: watch::Receiver<bool>,
    /// Taken from the queue and not yet written.
    batch: Vec<Queued>,
    check: Interval,
    purge: Interval,
    purge_due: bool,
    /// Somebody saw the database fail.
    suspect: bool,
    /// The wait before the next try, while the database is away.
    wait: Duration,
    away_since: Option<Instant>,
    stage: Stage,
}

/// Whether more events may come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    /// The journal was closed: what is left is to be written, in the time that the closing grants.
    Closing,
    /// Every handle is gone: what is left is written if the database is there, and nobody waits for it.
    Forsaken,
}

/// What ended a wait.
#[derive(PartialEq, Eq)]
enum Woken {
    /// There is something to do, if only to see whether the database is there.
    Work,
    /// There is nothing left to do, or no hope to do it.
    Finished,
}

impl Keeper {
    async fn run(mut self) {
        loop {
            match timeout(ROUND_LIMIT, self.round()).await.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
                Ok(()) => self.succeeded().await,
                Err(error) => self.failed(&error),
            }
            let woken = if self.shared.is_up() { self.next_work().await } else { self.pause().await };
            if woken == Woken::Finished {
                return;
            }
        }
    }

    /// Does all that is to do now, so that a round without an error proves the database to be there.
    async fn round(&mut self) -> Result<(), sqlx::Error> {
        if self.suspect || !self.shared.is_up() {
            let mut stop = self.stop.clone();
            tokio::select! {
                prepared = self.shared.prepare() => prepared?,
                // Whoever closes the journal needn't wait for a server that doesn't answer.
                _ = stop.wait_for(|stop| *stop), if self.stage == Stage::Open => return Err(sqlx::Error::PoolClosed),
            }
            self.suspect = false;
        }
        if self.batch.is_empty() {
            return subscription::look(&self.shared).await;
        }
        write::write_all(&self.shared, &mut self.batch).await
    }

    async fn succeeded(&mut self) {
        let settings = self.shared.settings();
        self.wait = settings.retry_least;
        self.shared.set_up(true);
        if let Some(since) = self.away_since.take() {
            tracing::info!(address = %settings.address, away = ?since.elapsed(), "the journal's database is back");
        }
        if self.queue.is_empty() {
            self.shared.tally.recovered();
        }
        if self.purge_due {
            self.purge_now().await;
        }
    }

    /// Logs the first failure of a spell; the others would only repeat it.
    fn failed(&mut self, error: &sqlx::Error) {
        self.shared.set_up(false);
        if self.away_since.is_none() && !*self.stop.borrow() {
            self.away_since = Some(Instant::now());
            tracing::warn!(address = %self.shared.settings().address, %error, "the journal's database is away; trying on");
        }
    }

    /// Deletes old texts. A failure is no outage by itself: the next round shows whether it is one.
    async fn purge_now(&mut self) {
        self.purge_due = false;
        match timeout(PURGE_LIMIT, retention::purge(&self.shared)).await.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
            Ok(purged) if purged == retention::Purged::default() => {}
            Ok(purged) => tracing::info!(texts = purged.texts, rows = purged.rows, "old questions are deleted"),
            Err(error) => {
                tracing::warn!(%error, "old questions could not be deleted; tried again soon");
                self.purge.reset_after(self.shared.settings().check_every);
            }
        }
    }

    /// Waits, with the database there, for something to do.
    async fn next_work(&mut self) -> Woken {
        tokio::select! {
            biased;
            changed = self.stop.changed(), if self.stage == Stage::Open => self.stop(changed.is_err()),
            _ = self.purge.tick() => self.purge_due = true,
            _ = self.check.tick() => {}
            () = self.shared.doubted() => self.suspect = true,
            taken = self.queue.recv_many(&mut self.batch, BATCH) => {
                if taken == 0 {
                    return Woken::Finished;
                }
            }
        }
        Woken::Work
    }

    /// Waits, with the database away, before the next try: each wait is twice the last, but short while closing.
    async fn pause(&mut self) -> Woken {
        let settings = self.shared.settings();
        let wait = if self.stage == Stage::Open { self.wait } else { settings.retry_least };
        self.wait = (self.wait * 2).min(settings.retry_most);
        tokio::select! {
            () = sleep(wait) => {}
            changed = self.stop.changed(), if self.stage == Stage::Open => self.stop(changed.is_err()),
        }
        let nothing_waits = self.batch.is_empty() && self.queue.is_empty();
        match self.stage {
            Stage::Forsaken => Woken::Finished,
            Stage::Closing if nothing_waits => Woken::Finished,
            Stage::Open | Stage::Closing => Woken::Work,
        }
    }

    fn stop(&mut self, forsaken: bool) {
        self.stage = if forsaken { Stage::Forsaken } else { Stage::Closing };
        self.queue.close();
    }
}
