//! The journal against real databases.
//!
//! Each body runs on SQLite in a temporary folder, and on PostgreSQL where `TEST_POSTGRES_URL` names a server
//! (`tests/postgres.sh cargo test`), in a database of its own.

/// Makes a test of each body on each database.
macro_rules! on_both {
    ($($body:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $body() {
                crate::support::on_sqlite(super::$body).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $body() {
                crate::support::on_postgres(super::$body).await;
            })+
        }
    };
}

#[path = "journal/support.rs"]
mod support;

#[path = "journal/address.rs"]
mod address;
#[path = "journal/events.rs"]
mod events;
#[path = "journal/kill.rs"]
mod kill;
#[path = "journal/outage.rs"]
mod outage;
#[path = "journal/retention.rs"]
mod retention;
#[path = "journal/review.rs"]
mod review;
#[path = "journal/revisions.rs"]
mod revisions;
