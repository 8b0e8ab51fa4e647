//! What vCenter says when it refuses a REST call.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::client::foreign;
use crate::transport::Response;

/// The kinds of refusal, by the names of the newer spelling.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RestErrorKind {
    /// `ALREADY_EXISTS`: there is such a thing already.
    AlreadyExists,
    /// `INVALID_ARGUMENT`: an argument does not fit.
    InvalidArgument,
    /// `INTERNAL_SERVER_ERROR`: the server met trouble of its own, perhaps half-way.
    InternalServerError,
    /// `NOT_FOUND`: there is no such thing, or none that this account may see.
    NotFound,
    /// `OPERATION_NOT_FOUND`: this version has no such operation.
    OperationNotFound,
    /// `RESOURCE_BUSY` or `RESOURCE_IN_USE`.
    ResourceBusy,
    /// `SERVICE_UNAVAILABLE`: a service is starting or down.
    ServiceUnavailable,
    /// `TIMED_OUT`: the server gave up waiting for itself.
    TimedOut,
    /// `UNABLE_TO_ALLOCATE_RESOURCE`: too much was asked for at once.
    UnableToAllocateResource,
    /// `UNAUTHENTICATED`: there is no session, or no longer.
    Unauthenticated,
    /// `UNAUTHORIZED`: the account lacks a privilege.
    Unauthorized,
    /// Any other name, or the HTTP status where there was none.
    Other(String),
}

impl RestErrorKind {
    /// From `NOT_FOUND`, or from `com.vmware.vapi.std.errors.not_found`.
    fn named(name: &str) -> Self {
        let last = name.rsplit('.').next().unwrap_or_default();
        match last.to_ascii_uppercase().as_str() {
            "ALREADY_EXISTS" => Self::AlreadyExists,
            "INVALID_ARGUMENT" => Self::InvalidArgument,
            "INTERNAL_SERVER_ERROR" => Self::InternalServerError,
            "NOT_FOUND" => Self::NotFound,
            "OPERATION_NOT_FOUND" => Self::OperationNotFound,
            "RESOURCE_BUSY" | "RESOURCE_IN_USE" => Self::ResourceBusy,
            "SERVICE_UNAVAILABLE" => Self::ServiceUnavailable,
            "TIMED_OUT" => Self::TimedOut,
            "UNABLE_TO_ALLOCATE_RESOURCE" => Self::UnableToAllocateResource,
            "UNAUTHENTICATED" => Self::Unauthenticated,
            "UNAUTHORIZED" => Self::Unauthorized,
            other => Self::Other(foreign::clean(other, 80)),
        }
    }

    /// From the status alone.
    fn of_status(status: u16) -> Self {
        match status {
            400 => Self::InvalidArgument,
            401 => Self::Unauthenticated,
            403 => Self::Unauthorized,
            404 => Self::NotFound,
            other => Self::Other(format!("HTTP status {other}")),
        }
    }
}

/// A refusal: its kind and the server's words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RestRefusal {
    /// The HTTP status.
    pub status: u16,
    /// What kind it is.
    pub kind: RestErrorKind,
    /// The server's own name for it, such as `NOT_FOUND`; empty when it gave none.
    pub name: String,
    /// What the server says to people, one line; often empty.
    pub message: String,
}

impl RestRefusal {
    /// Reads an answer of status 400 and above, in either spelling; `None` when it is neither.
    ///
    /// Only what is read here is a word of vCenter's.
    pub(super) fn read(response: &Response) -> Option<Self> {
        let wire: Wire = serde_json::from_slice(&response.body).ok()?;
        // Others have a `type` in their errors as well, as in `application/problem+json`.
        let older = wire.kind.filter(|kind| kind.starts_with("com.vmware."));
        let name = wire.error_type.or(older)?;
        let inner = wire.value.and_then(|value| value.get("messages").cloned());
        let messages = wire.messages.or_else(|| inner?.as_array().cloned());
        let said: Vec<&str> = messages
            .iter()
            .flatten()
            .filter_map(|message| message.get("default_message")?.as_str())
            .collect();
        Some(Self {
            status: response.status,
            kind: RestErrorKind::named(&name),
            message: foreign::clean(&said.join("; "), 400),
            name: foreign::clean(&name, 80),
        })
    }

    /// What is left where the server says nothing but a status.
    pub(super) fn bare(response: &Response) -> Self {
        Self {
            status: response.status,
            kind: RestErrorKind::of_status(response.status),
            name: String::new(),
            message: foreign::excerpt(&response.body),
        }
    }

    /// Whether the server may have acted all the same, at least in part.
    pub(super) fn leaves_doubt(&self) -> bool {
        match &self.kind {
            // Also where a status is all there is: nobody acts for whom they do not know.
            RestErrorKind::Unauthenticated => false,
            // Said by a status alone, perhaps not by the server.
            _ if self.name.is_empty() => true,
            RestErrorKind::InternalServerError | RestErrorKind::TimedOut => true,
            RestErrorKind::Other(_) => self.status >= 500,
            _ => false,
        }
    }
}

impl fmt::Display for RestRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name.is_empty(), self.message.is_empty()) {
            (false, false) => write!(f, "{} ({})", self.message, self.name),
            (false, true) => write!(f, "{} (HTTP status {})", self.name, self.status),
            (true, false) => write!(f, "{} (HTTP status {})", self.message, self.status),
            (true, true) => write!(f, "HTTP status {}", self.status),
        }
    }
}

/// Both spellings at once: `{error_type, messages}` and `{type, value: {messages}}`.
#[derive(Deserialize)]
struct Wire {
    error_type: Option<String>,
    messages: Option<Vec<Value>>,
    #[serde(rename = "type")]
    kind: Option<String>,
    value: Option<Value>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::HeaderMap;

    fn answer(status: u16, body: &'static str) -> Response {
        Response {
            status,
            headers: HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    #[test]
    fn both_spellings_say_the_same() {
        let newer = answer(
            404,
            r#"{"error_type":"NOT_FOUND","messages":[{"id":"x","default_message":"no such tag","args":[]}]}"#,
        );
        let older = answer(
            404,
            r#"{"type":"com.vmware.vapi.std.errors.not_found","value":{"messages":[{"id":"x","default_message":"no such tag","args":[]}]}}"#,
        );
        for answer in [newer, older] {
            let refusal = RestRefusal::read(&answer).unwrap();
            assert_eq!(refusal.kind, RestErrorKind::NotFound);
            assert_eq!(refusal.message, "no such tag");
        }
    }

    #[test]
    fn a_bare_status_tells_its_kind() {
        let empty = answer(401, "");
        assert_eq!(RestRefusal::read(&empty), None);
        let refusal = RestRefusal::bare(&empty);
        assert_eq!(refusal.kind, RestErrorKind::Unauthenticated);
        assert_eq!(refusal.to_string(), "HTTP status 401");
        assert_eq!(RestRefusal::read(&answer(400, "{\"a\":1}")), None);
        assert_eq!(RestRefusal::read(&answer(400, "[1]")), None);
        let problem = r#"{"type":"about:blank","title":"Bad Request","status":400}"#;
        assert_eq!(RestRefusal::read(&answer(400, problem)), None);
    }

    #[test]
    fn an_unknown_kind_keeps_its_name_and_control_characters_are_dropped() {
        let odd = answer(
            409,
            "{\"error_type\":\"CONCURRENT_CHANGE\",\"messages\":[{\"default_message\":\"a\\u001b[2J\\nb\"}]}",
        );
        let refusal = RestRefusal::read(&odd).unwrap();
        assert_eq!(
            refusal.kind,
            RestErrorKind::Other("CONCURRENT_CHANGE".into())
        );
        assert_eq!(refusal.to_string(), "a[2J b (CONCURRENT_CHANGE)");
    }
}
