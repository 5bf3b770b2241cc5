//! REST: reads requests, serves faults, checks the token, hands over to the routes, and keeps the log.

pub mod account;
pub mod call;
pub mod commands;
pub mod error;
pub mod interactions;
pub mod messages;
pub mod webhooks;

use std::{fmt, sync::Arc, time::Duration};

use axum::{
    Json,
    body::Body,
    extract::{ConnectInfo, Request, State as Shared},
    http::{HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use call::Call;
use error::ApiError;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    Core, PATIENCE, State,
    bus::Topic,
    cdn,
    faults::{Fault, Order, matches, words},
    listener::Switch,
};

/// The log, and what is ordered.
pub struct Rest {
    /// All requests, in the order in which they were carried out or refused.
    pub log: Vec<Logged>,
    /// Whether the log is kept.
    pub logging: bool,
    /// Faults ordered.
    pub orders: Vec<Order>,
    embargoes: Vec<Embargo>,
}

impl Default for Rest {
    fn default() -> Self {
        Self { log: Vec::new(), logging: true, orders: Vec::new(), embargoes: Vec::new() }
    }
}

/// A request that was seen.
#[derive(Clone, Debug)]
pub struct Logged {
    /// Method.
    pub method: String,
    /// Path segments after `/api/v10`.
    pub segments: Vec<String>,
    /// JSON body, or null.
    pub body: Value,
    /// The status answered; none where the fault was no answer at all.
    pub status: Option<u16>,
    /// When it came.
    pub at: Instant,
}

impl fmt::Display for Logged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status.map_or("no answer".to_owned(), |status| status.to_string());
        write!(f, "{} /{} -> {status}", self.method, self.segments.join("/"))
    }
}

/// What a 429 forbids, and until when.
struct Embargo {
    /// The route; none for all of them.
    route: Option<(String, Vec<String>)>,
    until: Instant,
}

/// A successful answer: status, and body where there is one.
pub type Reply = Result<(u16, Value), ApiError>;

/// Answers one request: any path but the gateway's.
pub async fn serve(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(switch): ConnectInfo<Switch>,
    request: Request<Body>,
) -> Response {
    if request.uri().path().starts_with("/attachments/") {
        let path = request.uri().path().to_owned();
        return cdn::serve(&core, &path, &switch);
    }
    let at = Instant::now();
    let call = match Call::read(request).await {
        Ok(call) => call,
        Err(why) => {
            let error = ApiError::invalid(&["body"], "BASE_TYPE_BAD", &why);
            core.lock().violation(format!("REST: {why}"));
            return answer(error.status, &error.body());
        }
    };
    let fault = core.lock().rest.orders.iter_mut().find_map(|order| order.take(&call.method, &call.segments));
    let log = |state: &mut State, status: Option<u16>| {
        if state.rest.logging {
            let (method, segments, body) = (call.method.clone(), call.segments.clone(), call.body.clone());
            state.rest.log.push(Logged { method, segments, body, status, at });
        }
        state.bus.touch(Topic::Rest);
    };
    match &fault {
        Some(Fault::RateLimited { after, global }) => {
            let mut state = core.lock();
            let route = (!global).then(|| (call.method.clone(), call.segments.clone()));
            state.rest.embargoes.push(Embargo { route, until: Instant::now() + *after });
            log(&mut state, Some(429));
            return too_many(*after, *global);
        }
        Some(Fault::Status(status)) => {
            log(&mut core.lock(), Some(*status));
            let status = StatusCode::from_u16(*status).expect("a test orders statuses that exist");
            return (status, "<html><body>something behind is down</body></html>").into_response();
        }
        Some(Fault::Hang) => {
            log(&mut core.lock(), None);
            return std::future::pending().await;
        }
        Some(Fault::Cut) => {
            log(&mut core.lock(), None);
            switch.cut();
            return StatusCode::OK.into_response();
        }
        Some(Fault::Slow(time)) => tokio::time::sleep(*time).await,
        Some(Fault::HangAfter | Fault::CutAfter | Fault::Garbage | Fault::Last(_)) | None => {}
    }
    let (status, body) = {
        let mut state = core.lock();
        if let Some(refused) = state.embargo(&call) {
            log(&mut state, Some(429));
            return refused;
        }
        let hidden = fault.as_ref().is_some_and(Fault::hides_success);
        let (status, body) = state.carry_out(&call, hidden);
        log(&mut state, if hidden { None } else { Some(status) });
        if let Some(Fault::Last(after)) = &fault {
            let route = Some((call.method.clone(), call.segments.clone()));
            state.rest.embargoes.push(Embargo { route, until: Instant::now() + *after });
        }
        (status, body)
    };
    match fault {
        Some(Fault::HangAfter) => std::future::pending().await,
        Some(Fault::CutAfter) => {
            switch.cut();
            StatusCode::OK.into_response()
        }
        Some(Fault::Garbage) => {
            (StatusCode::OK, [("content-type", "application/json")], "{\"id\": \"12").into_response()
        }
        Some(Fault::Last(after)) => {
            let mut response = answer(status, &body);
            spend(&mut response, after);
            response
        }
        _ => answer(status, &body),
    }
}

impl State {
    fn carry_out(&mut self, call: &Call, hidden: bool) -> (u16, Value) {
        let reply = self.check_headers(call).and_then(|()| self.route(call, hidden));
        match reply {
            Ok(reply) => reply,
            Err(error) => {
                if error.violation {
                    self.violation(format!("{call}: {} {}", error.code, error.explain()));
                }
                (error.status, error.body())
            }
        }
    }

    fn check_headers(&mut self, call: &Call) -> Result<(), ApiError> {
        if !call.agent.starts_with("DiscordBot (") {
            self.violation(format!(
                "{call}: the user agent {:?} is not as Discord asks: DiscordBot (URL, VERSION)",
                call.agent
            ));
        }
        let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        let open = matches!(segments.as_slice(), ["gateway"] | ["interactions" | "webhooks", ..]);
        if open || call.authorization == format!("Bot {}", self.world.token) {
            return Ok(());
        }
        Err(ApiError::new(401, 0, "401: Unauthorized").harmless_if(call.authorization.starts_with("Bot ")))
    }

    fn route(&mut self, call: &Call, hidden: bool) -> Reply {
        let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["gateway" | "users" | "oauth2" | "guilds", ..] | ["applications", "@me"] => self.account(call, &segments),
            ["applications", application, rest @ ..] => self.commands(call, application, rest),
            ["channels", channel, rest @ ..] => self.channel(call, channel, rest),
            ["interactions", id, token, "callback"] => self.callback(call, id, token, hidden),
            ["webhooks", application, token, rest @ ..] => self.webhook(call, application, token, rest),
            _ => Err(ApiError::no_route()),
        }
    }

    /// The refusal of a request that comes before the time that a 429 told, which is a violation.
    fn embargo(&mut self, call: &Call) -> Option<Response> {
        let now = Instant::now();
        self.rest.embargoes.retain(|embargo| embargo.until > now);
        let interaction =
            call.segments.first().is_some_and(|segment| segment == "interactions" || segment == "webhooks");
        let broken = self.rest.embargoes.iter().find(|embargo| match &embargo.route {
            Some((method, segments)) => *method == call.method && *segments == call.segments,
            // Interaction endpoints are not bound to the bot's global limit.
            None => !interaction,
        })?;
        let (left, global) = (broken.until - now, broken.route.is_none());
        self.violation(format!("{call}: sent {left:?} before the time that a 429 told"));
        Some(too_many(left, global))
    }
}

fn too_many(after: Duration, global: bool) -> Response {
    let seconds = after.as_secs_f64();
    let body = json!({"message": "You are being rate limited.", "retry_after": seconds, "global": global});
    let mut response = (StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response();
    let headers = response.headers_mut();
    let whole = HeaderValue::from(after.as_secs() + u64::from(after.subsec_nanos() > 0));
    headers.insert("retry-after", whole);
    if global {
        headers.insert("x-ratelimit-global", HeaderValue::from_static("true"));
        headers.insert("x-ratelimit-scope", HeaderValue::from_static("global"));
    } else {
        headers.insert("x-ratelimit-scope", HeaderValue::from_static("user"));
        spend(&mut response, after);
    }
    response
}

/// The headers of a route that allows no further request for this time.
fn spend(response: &mut Response, after: Duration) {
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-limit", HeaderValue::from_static("5"));
    headers.insert("x-ratelimit-remaining", HeaderValue::from_static("0"));
    let time = HeaderValue::from_str(&format!("{:.3}", after.as_secs_f64())).expect("digits and a point");
    headers.insert("x-ratelimit-reset-after", time);
    headers.insert("x-ratelimit-bucket", HeaderValue::from_static("ordered"));
}

fn answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).expect("routes answer with statuses that exist");
    if body.is_null() { status.into_response() } else { (status, Json(body)).into_response() }
}

/// The test's view of the requests.
impl Core {
    /// The requests to `route` until now, as in `"POST /channels/*/messages"`.
    pub fn requests(&self, route: &str) -> Vec<Logged> {
        let route = words(route);
        let state = self.lock();
        state.rest.log.iter().filter(|logged| matches(&route, &logged.method, &logged.segments)).cloned().collect()
    }

    /// Waits until there were `count` requests to `route`, and gives them.
    pub async fn requests_until(&self, route: &str, count: usize) -> Vec<Logged> {
        let what = format!("{count} requests to {route}");
        let words = words(route);
        self.wait(Topic::Rest, PATIENCE, &what, |state| {
            let hits = state.rest.log.iter().filter(|logged| matches(&words, &logged.method, &logged.segments));
            let hits: Vec<Logged> = hits.cloned().collect();
            (hits.len() >= count).then_some(hits)
        })
        .await
    }
}
