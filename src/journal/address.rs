//! Where the journal is kept: a database address, checked at once, its password never shown.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use sqlx::ConnectOptions as _;
use sqlx::any::AnyConnectOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

/// Parameters of a PostgreSQL address that reach the driver. It logs the value of any other one, which might be a
/// mistyped password; those are dropped, and only their names are logged.
const KNOWN_PARAMETERS: &[&str] = &[
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// Which database keeps the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One file on this machine.
    Sqlite,
    /// A server, which several processes may share.
    Postgres,
}

/// An address that can't be used. Its words never hold the address itself, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no URL.
    #[error("the database address can't be read ({0}): write sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE")]
    Malformed(String),
    /// It is a URL of something else.
    #[error("a database address begins with sqlite: or postgres:, not with {0}:")]
    Scheme(String),
    /// The part after the `?` names what doesn't exist or has no such value.
    #[error("the database address is wrong after its scheme: check its path and the parameters after the ?")]
    Parameters,
    /// An SQLite address without a file.
    #[error("the database address names no file: write sqlite:PATH, for example sqlite:data/journal.db")]
    NoFile,
}

/// A checked database address. `Debug` and `Display` show where it points, without user, password and parameters.
#[derive(Clone)]
pub struct Address {
    kind: Kind,
    any: AnyConnectOptions,
    /// What people are shown.
    place: String,
    /// The file, for SQLite on a disk.
    file: Option<PathBuf>,
}

impl Address {
    /// Which database it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The SQLite file, if the address is one.
    pub(super) fn file(&self) -> Option<&PathBuf> {
        self.file.as_ref()
    }

    /// Whether each connection would see a database of its own.
    pub(super) fn is_in_memory(&self) -> bool {
        self.kind == Kind::Sqlite && self.file.is_none()
    }

    /// For the pool. The statement log is off: it is noise, and slow statements are the database's to log.
    pub(super) fn options(&self) -> AnyConnectOptions {
        self.any.clone().disable_statement_logging()
    }

    /// For the connection that listens.
    ///
    /// # Errors
    /// Where the address is no PostgreSQL address.
    pub(super) fn postgres_options(&self) -> Result<PgConnectOptions, sqlx::Error> {
        Ok(PgConnectOptions::from_url(&self.any.database_url)?.disable_statement_logging())
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(address: &str) -> Result<Self, AddressError> {
        let mut any = AnyConnectOptions::from_str(address.trim()).map_err(|error| match error {
            // The URL parser's errors are fixed words ("invalid port number"), without the text that was parsed.
            sqlx::Error::Configuration(cause) => AddressError::Malformed(cause.to_string()),
            _ => AddressError::Malformed("not a URL".to_owned()),
        })?;
        let url = &mut any.database_url;
        match url.scheme() {
            "sqlite" => {
                let options = SqliteConnectOptions::from_url(url).map_err(|_| AddressError::Parameters)?;
                let in_memory = url.path() == ":memory:" || url.query_pairs().any(|(_, value)| value == "memory");
                let file = (!in_memory).then(|| options.get_filename().to_owned());
                if file.as_ref().is_some_and(|file| file.as_os_str().is_empty() || file.ends_with("/")) {
                    return Err(AddressError::NoFile);
                }
                if !in_memory && !url.query_pairs().any(|(name, _)| name == "mode") {
                    url.query_pairs_mut().append_pair("mode", "rwc");
                }
                let place = file.as_ref().map_or_else(|| "memory".to_owned(), |file| file.display().to_string());
                Ok(Self { kind: Kind::Sqlite, place: format!("sqlite:{place}"), file, any })
            }
            "postgres" | "postgresql" => {
                let known = |name: &str| KNOWN_PARAMETERS.contains(&name) || name.starts_with("options[");
                let (kept, dropped): (Vec<_>, Vec<_>) =
                    url.query_pairs().into_owned().partition(|(name, _)| known(name));
                for (name, _) in &dropped {
                    tracing::warn!(parameter = %name, "the database address has a parameter that is not known: ignored");
                }
                if !dropped.is_empty() {
                    url.query_pairs_mut().clear().extend_pairs(kept);
                }
                let options = PgConnectOptions::from_url(url).map_err(|_| AddressError::Parameters)?;
                let database = options.get_database().unwrap_or_default();
                let place = format!("postgres://{}:{}/{database}", options.get_host(), options.get_port());
                Ok(Self { kind: Kind::Postgres, place, file: None, any })
            }
            other => Err(AddressError::Scheme(other.to_owned())),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.place)
    }
}
