//! Faults to order of REST routes: "the next two `POST /channels/*/messages` are answered with 503".

use std::time::Duration;

use super::Core;

/// What goes wrong with a request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Status 429 with Discord's body and headers. Asking again before the time is over is a violation.
    RateLimited {
        /// How long to wait.
        after: Duration,
        /// Whether all routes are meant, not this one alone.
        global: bool,
    },
    /// This status, with a body that is no JSON, as Discord's front gives it when something behind is down.
    Status(u16),
    /// The request is not carried out, and never answered.
    Hang,
    /// The request is carried out, but never answered.
    HangAfter,
    /// The connection breaks before the request is carried out.
    Cut,
    /// The request is carried out, and the connection breaks before the answer.
    CutAfter,
    /// The request is carried out, and answered with a body that breaks off.
    Garbage,
    /// The request is carried out after this time.
    Slow(Duration),
    /// The request is carried out, and answered as the last that its route allows for this time. Sending another before
    /// the time is over is a violation.
    Last(Duration),
}

impl Fault {
    /// Whether the bot can't know that its request was carried out, and so may rightly send it again.
    pub fn hides_success(&self) -> bool {
        matches!(self, Self::HangAfter | Self::CutAfter | Self::Garbage)
    }
}

/// A fault for the next requests to a route.
#[derive(Clone, Debug)]
pub struct Order {
    route: Vec<String>,
    fault: Fault,
    left: usize,
}

impl Order {
    /// The fault for a request, where it is the next of those meant.
    pub fn take(&mut self, method: &str, segments: &[String]) -> Option<Fault> {
        if self.left == 0 || !matches(&self.route, method, segments) {
            return None;
        }
        self.left -= 1;
        Some(self.fault.clone())
    }
}

/// The words of a route: `"POST /channels/*/messages"`, a `*` standing for one segment.
pub fn words(route: &str) -> Vec<String> {
    route.split(['/', ' ']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a request goes to the route of these words.
pub fn matches(route: &[String], method: &str, segments: &[String]) -> bool {
    let Some((wanted, path)) = route.split_first() else { return false };
    wanted == method
        && path.len() == segments.len()
        && path.iter().zip(segments).all(|(word, segment)| word == "*" || word == segment)
}

impl Core {
    /// Orders `fault` for the next `times` requests to `route`, as in `"POST /channels/*/messages"`: the path without
    /// `/api/v10`, a `*` for one segment. Orders are served in turn.
    pub fn fault(&self, route: &str, fault: Fault, times: usize) {
        self.lock().rest.orders.push(Order { route: words(route), fault, left: times });
    }

    /// Takes back all faults that were not served.
    pub fn mend(&self) {
        self.lock().rest.orders.clear();
    }
}
