//! Files that moderators attach, from Discord's own hosts alone.

use std::time::Duration;

use poise::serenity_prelude::Attachment;
use reqwest::Url;
use tokio::time::timeout;

/// Where Discord keeps attachments.
const HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];
/// The longest that a download takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a file was not read, in words for the moderator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// It isn't on Discord's hosts.
    #[error("This file is not on Discord’s own servers, so I don’t fetch it.")]
    Foreign,
    /// It is too large.
    #[error("This file is too large: at most {} KiB are read.", .0 / 1024)]
    TooLarge(u64),
    /// It could not be fetched.
    #[error("Discord did not give me the file. Please attach it again.")]
    Failed,
}

/// Fetches attachments.
pub(crate) struct Downloads {
    client: Option<reqwest::Client>,
    /// What stands in for Discord.
    api: Option<Url>,
}

impl Downloads {
    /// With the address that stands in for Discord's, where one does.
    pub(crate) fn new(api: Option<&str>) -> Self {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .build();
        Self { client: client.ok(), api: api.and_then(|api| Url::parse(api).ok()) }
    }

    /// Fetches a file of at most `limit` bytes.
    ///
    /// # Errors
    /// Where it is too large, elsewhere, or can't be had.
    pub(crate) async fn fetch(&self, attachment: &Attachment, limit: u64) -> Result<Vec<u8>, Error> {
        let url = Url::parse(&attachment.url).ok().filter(|url| self.is_discord(url)).ok_or(Error::Foreign)?;
        if u64::from(attachment.size) > limit {
            return Err(Error::TooLarge(limit));
        }
        timeout(PATIENCE, self.stream(url, limit)).await.unwrap_or(Err(Error::Failed))
    }

    async fn stream(&self, url: Url, limit: u64) -> Result<Vec<u8>, Error> {
        let failed = |_| Error::Failed;
        let client = self.client.as_ref().ok_or(Error::Failed)?;
        let mut response = client.get(url).send().await.map_err(failed)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(Error::Failed);
        }
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(Error::TooLarge(limit));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            // What was said of its size is not to be trusted.
            if (bytes.len() + chunk.len()) as u64 > limit {
                return Err(Error::TooLarge(limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    fn is_discord(&self, url: &Url) -> bool {
        let plain = url.username().is_empty() && url.password().is_none();
        let own = |host: &str| HOSTS.contains(&host) && url.scheme() == "https" && url.port().is_none();
        let stand_in = self.api.as_ref().is_some_and(|api| {
            (api.scheme(), api.host_str(), api.port_or_known_default())
                == (url.scheme(), url.host_str(), url.port_or_known_default())
        });
        plain && (url.host_str().is_some_and(own) || stand_in)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_discords_hosts_are_asked() {
        let ours = Downloads::new(Some("http://127.0.0.1:4000"));
        let theirs = Downloads::new(None);
        let of_discord = [
            "https://cdn.discordapp.com/attachments/1/2/a.toml?ex=1",
            "https://media.discordapp.net/attachments/1/2/a.toml",
        ];
        for url in of_discord {
            let url = Url::parse(url).expect("a URL");
            assert!(ours.is_discord(&url) && theirs.is_discord(&url), "{url}");
        }
        let stand_in = Url::parse("http://127.0.0.1:4000/attachments/1/2/a.toml").expect("a URL");
        assert!(ours.is_discord(&stand_in) && !theirs.is_discord(&stand_in));
        for url in [
            "http://cdn.discordapp.com/attachments/1/2/a.toml",
            "https://cdn.discordapp.com.example.org/a.toml",
            "https://cdn.discordapp.com@example.org/a.toml",
            "https://user@cdn.discordapp.com/a.toml",
            "https://cdn.discordapp.com:8443/a.toml",
            "https://example.org/cdn.discordapp.com/a.toml",
            "http://127.0.0.1:4001/a.toml",
            "https://127.0.0.1:4000/a.toml",
            "http://localhost:4000/a.toml",
            "file:///etc/passwd",
        ] {
            let url = Url::parse(url).expect("a URL");
            assert!(!ours.is_discord(&url), "{url}");
        }
    }
}
