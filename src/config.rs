//! Configuration: the variables that people set, read once and checked.
//!
//! Every reader takes a look-up function, so that tests inject values and never touch the process's environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::SecretString;

/// What is wrong with a variable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {problem}. {cure}")]
pub struct Error {
    /// Name of the variable.
    pub variable: &'static str,
    /// What is wrong; never the value of a secret.
    pub problem: String,
    /// What to do.
    pub cure: &'static str,
}

/// Settings of the Discord client.
#[derive(Clone, Debug)]
pub struct Discord {
    /// `DISCORD_TOKEN`, or what the file named by `DISCORD_TOKEN_FILE` holds.
    pub token: SecretString,
    /// `DISCORD_API_URL`: base address of the REST API, without a slash at its end; Discord's own where it is not set.
    pub api_url: Option<String>,
    /// `MODERATION_GUILD_IDS`: servers in which moderator commands exist.
    pub moderation_guilds: Vec<u64>,
    /// `MODERATOR_ROLE_IDS`: roles that may moderate, besides the Manage Server permission.
    pub moderator_roles: Vec<u64>,
    /// `SHARDS`: shards in all; `None` for as many as Discord recommends.
    pub shards: Option<u32>,
    /// `SHARD_RANGE`: the first and last shard of this process, both included; `None` for all.
    pub shard_range: Option<(u32, u32)>,
    /// `HTTP_ADDR`: where health and metrics are served; `None` for nowhere.
    pub http: Option<SocketAddr>,
}

/// Settings of the journal.
#[derive(Clone, Debug)]
pub struct Journal {
    /// `DATABASE_URL`: a `sqlite:` or `postgres:` address; it may hold a password.
    pub url: SecretString,
    /// `RETENTION_DAYS`: how long unanswered questions are kept, in days, 1 to 3650.
    pub retention_days: u32,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// A JSON object a line.
    Json,
}

/// Everything that is set, each part for the module that it concerns.
#[derive(Clone, Debug)]
pub struct Config {
    /// `KNOWLEDGE_PATH`: a knowledge file or a folder of them.
    pub knowledge: PathBuf,
    /// Settings of the Discord client, where there is a token.
    pub discord: Option<Discord>,
    /// Settings of the journal.
    pub journal: Journal,
    /// `LOG_FORMAT`.
    pub log_format: LogFormat,
}

/// Where the journal is kept unless `DATABASE_URL` says otherwise.
pub const DEFAULT_DATABASE: &str = "sqlite:data/briefing-bot.db";

/// Where knowledge is looked for unless `KNOWLEDGE_PATH` says otherwise.
pub const DEFAULT_KNOWLEDGE: &str = "knowledge";

/// How long unanswered questions are kept unless `RETENTION_DAYS` says otherwise, in days.
pub const DEFAULT_RETENTION_DAYS: u32 = 90;

impl Config {
    /// Reads the configuration through `get`, which gives a variable's value; unset and empty are the same.
    ///
    /// # Errors
    /// The first variable that is wrong, by name and with what to do.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let get = |name: &str| get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let token = match (get("DISCORD_TOKEN"), get("DISCORD_TOKEN_FILE")) {
            (Some(_), Some(_)) => {
                return Err(Error {
                    variable: "DISCORD_TOKEN_FILE",
                    problem: "DISCORD_TOKEN is set too".to_owned(),
                    cure: "Set one of the two.",
                });
            }
            (Some(token), None) => Some(token),
            (None, Some(file)) => {
                let token = std::fs::read_to_string(&file).map_err(|error| Error {
                    variable: "DISCORD_TOKEN_FILE",
                    problem: format!("{file} cannot be read: {error}"),
                    cure: "Name a file that holds the token and that this program may read.",
                })?;
                Some(token.trim().to_owned())
            }
            (None, None) => None,
        };
        let http = get("HTTP_ADDR").map(|address| http_addr(&address)).transpose()?;
        let discord = match token {
            Some(token) => {
                let shards = shards(get("SHARDS").as_deref())?;
                Some(Discord {
                    token: check_token(&token)?.into(),
                    api_url: get("DISCORD_API_URL").map(|url| api_url(&url)).transpose()?,
                    moderation_guilds: ids("MODERATION_GUILD_IDS", get("MODERATION_GUILD_IDS"))?,
                    moderator_roles: ids("MODERATOR_ROLE_IDS", get("MODERATOR_ROLE_IDS"))?,
                    shards,
                    shard_range: shard_range(get("SHARD_RANGE"), shards)?,
                    http,
                })
            }
            None => None,
        };
        let retention_days = match get("RETENTION_DAYS") {
            None => DEFAULT_RETENTION_DAYS,
            Some(days) => days.parse().ok().filter(|days| (1..=3650).contains(days)).ok_or(Error {
                variable: "RETENTION_DAYS",
                problem: format!("`{days}` is no number of days"),
                cure: "Write a whole number from 1 to 3650.",
            })?,
        };
        let log_format = match get("LOG_FORMAT").as_deref() {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(other) => {
                return Err(Error {
                    variable: "LOG_FORMAT",
                    problem: format!("`{other}` is no format"),
                    cure: "Write text or json.",
                });
            }
        };
        let url = get("DATABASE_URL").unwrap_or_else(|| DEFAULT_DATABASE.to_owned()).into();
        Ok(Self {
            knowledge: get("KNOWLEDGE_PATH").unwrap_or_else(|| DEFAULT_KNOWLEDGE.to_owned()).into(),
            discord,
            journal: Journal { url, retention_days },
            log_format,
        })
    }
}

/// Refuses what can't be a token, before Discord is asked.
fn check_token(token: &str) -> Result<String, Error> {
    let token = token.strip_prefix("Bot ").unwrap_or(token);
    let plain = token.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    if token.split('.').count() == 3 && plain {
        return Ok(token.to_owned());
    }
    Err(Error {
        variable: "DISCORD_TOKEN",
        problem: "this is not the form of a bot token (three parts with dots between them)".to_owned(),
        cure: "Copy the token from the Bot page of your application in Discord's developer portal.",
    })
}

fn api_url(url: &str) -> Result<String, Error> {
    let url = url.trim_end_matches('/');
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(char::is_whitespace) => Ok(url.to_owned()),
        _ => Err(Error {
            variable: "DISCORD_API_URL",
            problem: format!("`{url}` is no http:// or https:// address"),
            cure: "Leave it out to use Discord itself.",
        }),
    }
}

fn ids(variable: &'static str, value: Option<String>) -> Result<Vec<u64>, Error> {
    let parts = value.unwrap_or_default();
    let parts = parts.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            part.parse().ok().filter(|id| *id > 0).ok_or(Error {
                variable,
                problem: format!("`{part}` is no id"),
                cure: "Write Discord ids (long numbers) with commas between them.",
            })
        })
        .collect()
}

fn shards(value: Option<&str>) -> Result<Option<u32>, Error> {
    match value {
        None | Some("auto") => Ok(None),
        Some(number) => number.parse().ok().filter(|n| (1..=10_000).contains(n)).map(Some).ok_or(Error {
            variable: "SHARDS",
            problem: format!("`{number}` is no number of shards"),
            cure: "Write auto or a whole number from 1 to 10000.",
        }),
    }
}

fn http_addr(address: &str) -> Result<SocketAddr, Error> {
    address.parse().map_err(|_| Error {
        variable: "HTTP_ADDR",
        problem: format!("`{address}` is no address with a port"),
        cure: "Write it as 127.0.0.1:9100, or leave it out.",
    })
}

fn shard_range(value: Option<String>, shards: Option<u32>) -> Result<Option<(u32, u32)>, Error> {
    let Some(value) = value.filter(|value| value != "all") else { return Ok(None) };
    let (first, last) = value.split_once('-').unwrap_or((&value, &value));
    match (first.trim().parse(), last.trim().parse()) {
        (Ok(first), Ok(last)) if first <= last && shards.is_none_or(|shards| last < shards) => Ok(Some((first, last))),
        (Ok(first), Ok(last)) if first <= last => Err(Error {
            variable: "SHARD_RANGE",
            problem: format!("`{value}` goes beyond the shards that there are"),
            cure: "Shards count from 0, so the last is one less than SHARDS.",
        }),
        _ => Err(Error {
            variable: "SHARD_RANGE",
            problem: format!("`{value}` is no range of shards"),
            cure: "Write the first and the last shard of this process, as in 0-3.",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "MTIz.abc-_.def";

    fn read(pairs: &[(&str, &str)]) -> Result<Config, Error> {
        let pairs: Vec<(String, String)> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Config::read(|name| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()))
    }

    #[test]
    fn nothing_set_gives_the_defaults() {
        let config = read(&[("DISCORD_TOKEN", "  ")]).expect("defaults are valid");
        assert!(config.discord.is_none(), "an empty token is no token");
        assert_eq!(config.knowledge, PathBuf::from("knowledge"));
        assert_eq!(config.journal.retention_days, 90);
    }

    #[test]
    fn all_that_is_set_is_read() {
        let config = read(&[
            ("DISCORD_TOKEN", TOKEN),
            ("DISCORD_API_URL", "http://127.0.0.1:80/"),
            ("MODERATION_GUILD_IDS", "1, 2"),
            ("SHARDS", "4"),
            ("SHARD_RANGE", "0-1"),
            ("HTTP_ADDR", "[::1]:9100"),
            ("LOG_FORMAT", "json"),
        ]);
        assert_eq!(config.as_ref().map(|c| c.log_format), Ok(LogFormat::Json));
        let discord = config.expect("valid").discord.expect("there is a token");
        assert_eq!(discord.api_url.as_deref(), Some("http://127.0.0.1:80"));
        assert_eq!(discord.http.map(|address| address.port()), Some(9100));
        assert_eq!(discord.moderation_guilds, [1, 2]);
        assert_eq!((discord.shards, discord.shard_range), (Some(4), Some((0, 1))));
    }

    #[test]
    fn each_wrong_variable_is_named() {
        for (name, value) in [
            ("DISCORD_TOKEN", "nonsense"),
            ("DISCORD_API_URL", "ftp://x"),
            ("MODERATION_GUILD_IDS", "x"),
            ("MODERATOR_ROLE_IDS", "0"),
            ("SHARDS", "0"),
            ("SHARD_RANGE", "3-1"),
            ("SHARD_RANGE", "x-1"),
            ("DISCORD_TOKEN_FILE", "token.txt"),
            ("HTTP_ADDR", "localhost"),
            ("RETENTION_DAYS", "0"),
            ("LOG_FORMAT", "xml"),
        ] {
            let error = read(&[(name, value), ("DISCORD_TOKEN", TOKEN)]).expect_err(name);
            assert_eq!(error.variable, name);
        }
    }

    #[test]
    fn a_range_lies_within_the_shards() {
        let range = |range: &str, shards: &str| {
            let config = read(&[("DISCORD_TOKEN", TOKEN), ("SHARDS", shards), ("SHARD_RANGE", range)])?;
            Ok::<_, Error>(config.discord.and_then(|discord| discord.shard_range))
        };
        assert_eq!(range("2-3", "4"), Ok(Some((2, 3))));
        assert_eq!(range("3", "4"), Ok(Some((3, 3))));
        assert_eq!(range("2-3", "auto"), Ok(Some((2, 3))));
        assert_eq!(range("all", "4"), Ok(None));
        assert_eq!(range("3-4", "4").expect_err("the last is 3").variable, "SHARD_RANGE");
    }

    #[test]
    fn the_token_may_be_in_a_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("token");
        std::fs::write(&file, format!("Bot {TOKEN}\n")).expect("a file in a temporary folder");
        let config = read(&[("DISCORD_TOKEN_FILE", &file.to_string_lossy())]).expect("valid");
        let token = config.discord.expect("there is a token").token;
        assert_eq!(secrecy::ExposeSecret::expose_secret(&token), TOKEN);
        let error = read(&[("DISCORD_TOKEN_FILE", "no/such/file")]).expect_err("no such file");
        assert_eq!(error.variable, "DISCORD_TOKEN_FILE");
    }

    #[test]
    fn no_secret_is_shown() {
        let config = read(&[("DISCORD_TOKEN", TOKEN), ("DATABASE_URL", "postgres://u:hunter2@h/d")]).expect("valid");
        let shown = format!("{config:?}");
        assert!(!shown.contains(TOKEN) && !shown.contains("hunter2"), "{shown}");
        assert!(!read(&[("DISCORD_TOKEN", "hunter2")]).expect_err("no token").to_string().contains("hunter2"));
    }
}
