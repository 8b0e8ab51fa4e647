//! What is answered, and how each spelling writes it.

use http::StatusCode;
use serde_json::{Value, json};

use super::Way;

/// An answer before it is spelt.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    /// A result.
    Value(Value),
    /// The result of making something: status 201 in the newer spelling.
    Created(Value),
    /// It is done, and there is nothing to say.
    Done,
    /// Refused.
    Refused {
        /// The name of the error, such as `NOT_FOUND`.
        kind: &'static str,
        /// What it says to people.
        message: String,
    },
}

impl Reply {
    /// Refuses with an error of this name.
    pub(crate) fn refuse(kind: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::Refused { kind, message }
    }

    /// There is no session.
    pub(crate) fn unauthenticated(message: &str) -> Self {
        Self::refuse("UNAUTHENTICATED", message)
    }

    /// The account lacks a privilege.
    pub(crate) fn unauthorized() -> Self {
        let message = "The user does not have permission to perform this operation.";
        Self::refuse("UNAUTHORIZED", message)
    }

    /// An argument does not fit.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::refuse("INVALID_ARGUMENT", message)
    }

    /// There is no such thing.
    pub(crate) fn not_found(what: &str, id: &str) -> Self {
        Self::refuse("NOT_FOUND", format!("The {what} {id} was not found."))
    }

    /// The name of the error, where it is one.
    pub(crate) fn error(&self) -> Option<&'static str> {
        match self {
            Self::Refused { kind, .. } => Some(kind),
            _ => None,
        }
    }

    /// Status and body in a spelling.
    pub(crate) fn spell(&self, way: Way) -> (StatusCode, String) {
        match (self, way) {
            (Self::Value(value), Way::Api) => (StatusCode::OK, value.to_string()),
            (Self::Created(value), Way::Api) => (StatusCode::CREATED, value.to_string()),
            (Self::Value(value) | Self::Created(value), Way::Rest) => {
                (StatusCode::OK, json!({ "value": value }).to_string())
            }
            (Self::Done, Way::Api) => (StatusCode::NO_CONTENT, String::new()),
            (Self::Done, Way::Rest) => (StatusCode::OK, String::new()),
            (Self::Refused { kind, message }, _) => {
                let said = json!([{
                    "args": [],
                    "default_message": message,
                    "id": format!("com.vmware.mock.{}", kind.to_lowercase()),
                }]);
                let body = match way {
                    Way::Api => json!({ "messages": said, "error_type": kind }),
                    Way::Rest => json!({
                        "type": format!("com.vmware.vapi.std.errors.{}", kind.to_lowercase()),
                        "value": { "messages": said },
                    }),
                };
                (status(kind), body.to_string())
            }
        }
    }
}

/// The HTTP status of an error, as vCenter maps them.
fn status(kind: &str) -> StatusCode {
    match kind {
        "ALREADY_EXISTS" | "INVALID_ARGUMENT" | "UNEXPECTED_INPUT" => StatusCode::BAD_REQUEST,
        "UNAUTHENTICATED" => StatusCode::UNAUTHORIZED,
        "UNAUTHORIZED" => StatusCode::FORBIDDEN,
        "NOT_FOUND" => StatusCode::NOT_FOUND,
        "SERVICE_UNAVAILABLE" => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
