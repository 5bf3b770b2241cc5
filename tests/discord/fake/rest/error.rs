//! Refusals in Discord's form.

use serde_json::{Value, json};

/// A refusal: status, code, words, and where in the body the fault is.
#[derive(Clone, Debug)]
pub struct ApiError {
    /// HTTP status.
    pub status: u16,
    /// Discord's own code.
    pub code: u32,
    /// Discord's words.
    pub message: String,
    /// Whether a well-behaved bot never meets it, so that it is noted as a violation.
    pub violation: bool,
    errors: Option<Value>,
}

impl ApiError {
    /// A refusal that no well-behaved bot meets.
    pub fn new(status: u16, code: u32, message: &str) -> Self {
        Self { status, code, message: message.to_owned(), violation: true, errors: None }
    }

    /// An invalid body: code 50035 with the path to the fault.
    pub fn invalid(path: &[&str], code: &str, why: &str) -> Self {
        let fault = json!({"_errors": [{"code": code, "message": why}]});
        let errors = path.iter().rev().fold(fault, |inner, key| json!({*key: inner}));
        Self { errors: Some(errors), ..Self::new(400, 50_035, "Invalid Form Body") }
    }

    /// A path that Discord, or this fake, doesn't know.
    pub fn no_route() -> Self {
        Self::new(404, 0, "404: Not Found")
    }

    /// Something that is not, or no longer, there. Happens to the best.
    pub fn unknown(code: u32, what: &str) -> Self {
        Self::new(404, code, &format!("Unknown {what}")).harmless()
    }

    /// A permission that the bot lacks. Happens to the best.
    pub fn forbidden(code: u32, message: &str) -> Self {
        Self::new(403, code, message).harmless()
    }

    /// Not a violation.
    #[must_use]
    pub fn harmless(self) -> Self {
        self.harmless_if(true)
    }

    /// Not a violation where `harmless`.
    #[must_use]
    pub fn harmless_if(mut self, harmless: bool) -> Self {
        self.violation &= !harmless;
        self
    }

    /// The response body.
    pub fn body(&self) -> Value {
        let mut body = json!({"message": self.message, "code": self.code});
        if let Some(errors) = &self.errors {
            body["errors"] = errors.clone();
        }
        body
    }

    /// The fault in words, for the list of violations.
    pub fn explain(&self) -> String {
        self.errors.as_ref().map_or(self.message.clone(), |errors| format!("{}: {errors}", self.message))
    }
}
