//! Addresses: what is refused at once, and that a password is never shown.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use briefing_bot::journal::{Address, AddressError, Journal, Kind, Settings};

use crate::support::{SOON, eventually, settings};

#[test]
fn a_wrong_address_is_refused_at_once_with_its_cause() {
    for (address, cause) in [
        ("", "can't be read"),
        ("data/journal.db", "can't be read"),
        ("postgres://bot:s3cret@host:99999/db", "can't be read"),
        ("postgres://bot:s3cret@host:port/db", "can't be read"),
        ("mysql://bot:s3cret@host/db", "not with mysql:"),
        ("postgres://bot:s3cret@host/db?sslmode=s3cret", "after the ?"),
        ("sqlite:journal.db?mode=s3cret", "after the ?"),
        ("sqlite:", "names no file"),
    ] {
        let error = address.parse::<Address>().expect_err(address);
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(cause), "{address}: {shown}");
        assert!(!shown.contains("s3cret"), "{address}: {shown}");
    }
    assert_eq!("ftp://x/y".parse::<Address>().expect_err("ftp"), AddressError::Scheme("ftp".to_owned()));
}

#[test]
fn an_address_shows_where_it_points_and_no_more() {
    for (address, kind, shown) in [
        ("sqlite:data/journal.db", Kind::Sqlite, "sqlite:data/journal.db"),
        ("sqlite:///var/lib/bot/my%20journal.db", Kind::Sqlite, "sqlite:/var/lib/bot/my journal.db"),
        ("sqlite::memory:", Kind::Sqlite, "sqlite:memory"),
        (
            "postgres://bot:s3cret@db.example:6432/news?pasword=s3cret",
            Kind::Postgres,
            "postgres://db.example:6432/news",
        ),
        ("postgresql://h/news?password=s3cret&user=s3cret", Kind::Postgres, "postgres://h:5432/news"),
    ] {
        let parsed: Address = address.parse().expect(address);
        assert_eq!((parsed.kind(), parsed.to_string()), (kind, shown.to_owned()));
        let debug = format!("{parsed:?} {:?}", Settings::new(parsed.clone()));
        assert!(!debug.contains("s3cret"), "{debug}");
    }
}

/// What is logged, as text.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("no panic holds it")).into_owned()
    }

    /// Collects what this thread logs, on every level, as long as the guard lives.
    pub(crate) fn collect(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic holds it").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_database_that_is_away_is_logged_once_and_its_password_never() {
    let log = Log::default();
    let _collecting = log.collect();
    // A port on which nobody listens, and that no other test is given.
    let journal = Journal::open(settings("postgres://bot:s3cret@127.0.0.1:1/news?pasword=s3cret"));
    eventually("the outage is logged", || log.text().contains("is away")).await;
    assert!(!journal.ready(Duration::from_millis(100)).await);
    assert!(!journal.health().connected);
    let error = journal.setting("any").await.expect_err("away");
    assert_eq!(error.to_string(), "the database is away");
    journal.close(SOON).await;
    let text = log.text();
    assert!(!text.contains("s3cret"), "{text}");
    assert!(text.contains("parameter=pasword"), "{text}");
    assert_eq!(text.matches("is away").count(), 1, "{text}");
    assert!(!format!("{journal:?} {error:?}").contains("s3cret"));
}
