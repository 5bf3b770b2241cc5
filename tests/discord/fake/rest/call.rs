//! One REST request, read whole: path, headers, and a body that is JSON or a form with files.

use std::fmt;

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, Multipart, Request},
    http::{HeaderMap, header},
};
use serde_json::Value;

/// The largest body read: Discord's own limit for a request.
const LARGEST: usize = 25 * 1024 * 1024;

/// A request as the routes see it.
#[derive(Debug)]
pub struct Call {
    /// Method.
    pub method: String,
    /// Path segments after `/api/v10`.
    pub segments: Vec<String>,
    /// Query, as it stands.
    pub query: String,
    /// `Authorization`, or empty.
    pub authorization: String,
    /// `User-Agent`, or empty.
    pub agent: String,
    /// The JSON body, or null.
    pub body: Value,
    /// Uploaded files: the number in `files[n]`, name, content.
    pub files: Vec<(u64, String, Vec<u8>)>,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} /{}", self.method, self.segments.join("/"))
    }
}

impl Call {
    /// Reads a request.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words.
    pub async fn read(request: Request<Body>) -> Result<Self, String> {
        let method = request.method().to_string();
        let path = request.uri().path().to_owned();
        let segments =
            path.strip_prefix("/api/v10/").ok_or_else(|| format!("{method} {path} is no path of API v10"))?;
        let segments = segments.split('/').map(str::to_owned).collect();
        let query = request.uri().query().unwrap_or_default().to_owned();
        let authorization = header_text(request.headers(), &header::AUTHORIZATION);
        let agent = header_text(request.headers(), &header::USER_AGENT);
        let kind = header_text(request.headers(), &header::CONTENT_TYPE);
        let mut call = Self { method, segments, query, authorization, agent, body: Value::Null, files: Vec::new() };
        if kind.starts_with("multipart/form-data") {
            call.read_form(request).await?;
            return Ok(call);
        }
        let bytes = to_bytes(request.into_body(), LARGEST).await.map_err(|error| error.to_string())?;
        if !bytes.is_empty() {
            if !kind.starts_with("application/json") {
                return Err(format!("{call}: a body with content type {kind:?}"));
            }
            call.body = serde_json::from_slice(&bytes).map_err(|error| format!("{call}: {error}"))?;
        }
        Ok(call)
    }

    async fn read_form(&mut self, request: Request<Body>) -> Result<(), String> {
        let mut form = Multipart::from_request(request, &()).await.map_err(|error| error.to_string())?;
        while let Some(field) = form.next_field().await.map_err(|error| error.to_string())? {
            let name = field.name().unwrap_or_default().to_owned();
            let file = field.file_name().map(str::to_owned);
            let bytes = field.bytes().await.map_err(|error| error.to_string())?;
            let number = name.strip_prefix("files[").and_then(|rest| rest.strip_suffix(']'));
            if name == "payload_json" {
                self.body = serde_json::from_slice(&bytes).map_err(|error| format!("{self}: {error}"))?;
            } else if let (Some(number), Some(file)) = (number.and_then(|number| number.parse().ok()), file) {
                self.files.push((number, file, bytes.to_vec()));
            } else {
                return Err(format!("{self}: a form field {name:?}"));
            }
        }
        Ok(())
    }

    /// An id in a path.
    pub fn id(text: &str) -> Option<u64> {
        text.parse().ok()
    }
}

fn header_text(headers: &HeaderMap, name: &header::HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
