//! Files to download, as Discord's attachment hosts give them, and what can go wrong there.

use std::{collections::HashMap, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use futures_util::stream;

use super::{Core, listener::Switch};

/// How a file is served.
#[derive(Clone, Debug)]
pub enum Service {
    /// As it is.
    Whole,
    /// With this status and an error page.
    Status(u16),
    /// In pieces of this size with this pause between them, without saying how long it is.
    Slow(usize, Duration),
    /// Its first half, and then nothing, the connection left open.
    Stall,
    /// The connection breaks.
    Cut,
}

/// The files there are.
#[derive(Default)]
pub struct Cdn {
    files: HashMap<u64, (Bytes, Service)>,
    downloads: HashMap<u64, usize>,
}

impl Cdn {
    /// Keeps a file, to be served as it is.
    pub fn put(&mut self, id: u64, bytes: Vec<u8>) {
        self.serve_as(id, bytes, Service::Whole);
    }

    /// Keeps a file, to be served in a certain way.
    pub fn serve_as(&mut self, id: u64, bytes: Vec<u8>, service: Service) {
        self.files.insert(id, (bytes.into(), service));
    }
}

/// `GET /attachments/{channel}/{id}/{name}`.
pub fn serve(core: &Core, path: &str, switch: &Switch) -> Response {
    let id = path.split('/').nth(3).and_then(|id| id.parse().ok()).unwrap_or_default();
    let found = {
        let mut state = core.lock();
        *state.cdn.downloads.entry(id).or_default() += 1;
        state.cdn.files.get(&id).cloned()
    };
    let Some((bytes, service)) = found else { return StatusCode::NOT_FOUND.into_response() };
    match service {
        Service::Whole => bytes.into_response(),
        Service::Status(status) => {
            let status = StatusCode::from_u16(status).expect("a test orders statuses that exist");
            (status, "This content is no longer available.").into_response()
        }
        Service::Slow(size, pause) => {
            let pieces: Vec<Bytes> = bytes.chunks(size.max(1)).map(Bytes::copy_from_slice).collect();
            Body::from_stream(stream::unfold(pieces.into_iter(), move |mut pieces| async move {
                let piece = pieces.next()?;
                tokio::time::sleep(pause).await;
                Some((Ok::<_, std::io::Error>(piece), pieces))
            }))
            .into_response()
        }
        Service::Stall => {
            let half = bytes.slice(..bytes.len() / 2);
            Body::from_stream(stream::unfold(Some(half), |half| async move {
                match half {
                    Some(half) => Some((Ok::<_, std::io::Error>(half), None)),
                    None => std::future::pending().await,
                }
            }))
            .into_response()
        }
        Service::Cut => {
            switch.cut();
            StatusCode::OK.into_response()
        }
    }
}

impl Core {
    /// How often the file of this id was asked for.
    pub fn downloads(&self, id: u64) -> usize {
        self.lock().cdn.downloads.get(&id).copied().unwrap_or_default()
    }
}
