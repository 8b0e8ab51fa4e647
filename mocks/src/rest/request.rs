//! A request as the handlers see it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{Reply, Route, Way};

/// A request, read as far as both spellings allow.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) way: Way,
    pub(crate) method: Method,
    pub(crate) path: String,
    /// `action` or `~action`; empty when there is none.
    pub(crate) action: String,
    /// The other parameters, each with its values, by the newer spelling's names.
    pub(crate) query: BTreeMap<String, Vec<String>>,
    /// A parameter that this spelling does not have.
    stray: Option<String>,
    /// The body, when it is JSON.
    pub(crate) body: Option<Value>,
    body_is_odd: bool,
    /// What `vmware-api-session-id` says.
    pub(crate) session: Option<String>,
    /// User and password of `Authorization: Basic`.
    pub(crate) login: Option<(String, String)>,
    /// What the client calls itself.
    pub(crate) agent: String,
}

impl Request {
    /// Reads what came in.
    pub(crate) fn read(way: Way, head: &Parts, body: &[u8]) -> Self {
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let json = header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        let read = serde_json::from_slice(body).ok().filter(|_| json);
        let mut request = Self {
            way,
            method: head.method.clone(),
            path: unescape(head.uri.path()),
            action: String::new(),
            query: BTreeMap::new(),
            stray: None,
            body_is_odd: !body.is_empty() && read.is_none(),
            body: read,
            session: header("vmware-api-session-id").map(str::to_owned),
            login: header("authorization").and_then(basic),
            agent: header("user-agent").unwrap_or_default().to_owned(),
        };
        for pair in head.uri.query().unwrap_or_default().split('&') {
            if let Some((name, value)) = pair.split_once('=') {
                request.parameter(&unescape(name), unescape(value));
            } else if !pair.is_empty() {
                request.stray = Some(pair.to_owned());
            }
        }
        request
    }

    fn parameter(&mut self, name: &str, value: String) {
        let name = match (self.way, name) {
            (Way::Api, "action") | (Way::Rest, "~action") => {
                self.action = value;
                return;
            }
            (Way::Api, name) => Some(name),
            // `filter.names.1` or `filter.names`.
            (Way::Rest, name) => name.strip_prefix("filter.").map(|rest| {
                let numbered = rest.rsplit_once('.');
                let number = numbered.filter(|(_, n)| n.bytes().all(|b| b.is_ascii_digit()));
                number.map_or(rest, |(name, _)| name)
            }),
        };
        match name {
            Some(name) => self.query.entry(name.to_owned()).or_default().push(value),
            None => self.stray = Some(value),
        }
    }

    /// Refuses a body that is no JSON and a parameter that nobody takes.
    pub(super) fn check(&self, route: &Route) -> Result<(), Reply> {
        if self.body_is_odd {
            return Err(Reply::invalid("The body is no JSON, or is not said to be."));
        }
        let lists = route.name.starts_with("vcenter.");
        if self.stray.is_some() || !lists && !self.query.is_empty() {
            let message = format!("{} does not take these parameters.", route.name);
            return Err(Reply::refuse("UNEXPECTED_INPUT", message));
        }
        Ok(())
    }

    /// What a creation asks for: in the older spelling inside of `create_spec`.
    pub(super) fn specification(&self) -> Result<&Value, Reply> {
        let body = self.body.as_ref();
        let body = match self.way {
            Way::Api => body,
            Way::Rest => body.and_then(|body| body.get("create_spec")),
        };
        body.filter(|body| body.is_object())
            .ok_or_else(|| Reply::invalid("The specification is missing."))
    }
}

/// A text field that has to be there.
pub(super) fn text<'a>(value: &'a Value, field: &str) -> Result<&'a str, Reply> {
    let found = value.get(field).and_then(Value::as_str);
    found.ok_or_else(|| Reply::invalid(format!("The field {field} is missing.")))
}

fn unescape(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// User and password of a `Basic` header.
fn basic(header: &str) -> Option<(String, String)> {
    let decoded = STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_read_whatever_the_password_holds() {
        let login = basic("Basic dTpwOsOkPCY=");
        assert_eq!(login, Some(("u".into(), "p:ä<&".into())));
        assert_eq!(basic("Bearer abc"), None);
        assert_eq!(basic("Basic !"), None);
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(unescape("a%20b%C3%A4%2"), "a bä%2");
    }
}
