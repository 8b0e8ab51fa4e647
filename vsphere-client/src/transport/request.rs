//! One exchange, as data.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{COOKIE, HeaderMap, SET_COOKIE};

/// The HTTP methods in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Reads a document.
    Get,
    /// Sends a body, such as a SOAP call.
    Post,
    /// Removes something, such as a REST session.
    Delete,
}

impl Verb {
    /// The method's name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Delete => "DELETE",
        }
    }
}

/// What is sent to the server.
///
/// The scheme, the host and the port belong to the transport; a request holds the path only.
/// `Debug` shows neither the body nor the values of headers, since both carry secrets.
#[derive(Clone)]
pub struct Request {
    /// Which HTTP method to use.
    pub verb: Verb,
    /// The path below the server's root, with a leading slash, such as `/sdk`.
    pub path: Cow<'static, str>,
    /// What the exchange is called in counts, traces and errors: the vSphere method's name.
    pub label: Cow<'static, str>,
    /// The headers, the cookie among them.
    pub headers: HeaderMap,
    /// The body, empty for [`Verb::Get`] and [`Verb::Delete`].
    pub body: Bytes,
    /// The longest that this one exchange may take, where the transport's own limit does not fit.
    pub timeout: Option<Duration>,
    /// The longest answer that is read, in bytes, where that is less than the transport's limit.
    pub max_body_bytes: Option<usize>,
    /// Whether the exchange carries a secret, such as a password. Nothing may record such a body.
    pub sensitive: bool,
}

impl Request {
    /// A request for the document at `path`.
    pub fn get(path: impl Into<Cow<'static, str>>, label: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Verb::Get, path, label)
    }

    /// A request that sends `body` to `path`.
    pub fn post(
        path: impl Into<Cow<'static, str>>,
        label: impl Into<Cow<'static, str>>,
        body: impl Into<Bytes>,
    ) -> Self {
        let mut request = Self::new(Verb::Post, path, label);
        request.body = body.into();
        request
    }

    /// A request without a body.
    pub fn new(
        verb: Verb,
        path: impl Into<Cow<'static, str>>,
        label: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            verb,
            path: path.into(),
            label: label.into(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            timeout: None,
            max_body_bytes: None,
            sensitive: false,
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("verb", &self.verb)
            .field("path", &self.path)
            .field("label", &self.label)
            .field("headers", &Names(&self.headers))
            .field("body_bytes", &self.body.len())
            .field("timeout", &self.timeout)
            .field("max_body_bytes", &self.max_body_bytes)
            .field("sensitive", &self.sensitive)
            .finish()
    }
}

/// What the server answered.
///
/// `Debug` shows neither the body nor the values of headers, since both carry secrets.
#[derive(Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers, cookies among them.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Bytes,
}

impl Response {
    /// The `Content-Type` header, or an empty text where there is none.
    pub fn content_type(&self) -> &str {
        self.headers
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    }

    /// The value of the cookie `name` when this answer sets it.
    pub fn set_cookie(&self, name: &str) -> Option<&str> {
        cookies(&self.headers)
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &Names(&self.headers))
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// The cookies that `headers` carry or set, as name and value.
pub(super) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let set = headers
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let set = set.filter_map(|line| line.split(';').next());
    let sent = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let sent = sent.flat_map(|line| line.split(';'));
    set.chain(sent).filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((name.trim(), value.trim().trim_matches('"')))
    })
}

/// Shows which headers there are, without their values.
struct Names<'a>(&'a HeaderMap);

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.keys().map(|name| name.as_str()))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn debug_shows_no_secret() {
        let mut request = Request::post("/sdk", "Login", "<password>hunter2</password>");
        request.headers.insert(
            COOKIE,
            HeaderValue::from_static("vmware_soap_session=deadbeef"),
        );
        let shown = format!("{request:?}");
        assert!(
            shown.contains("Login") && shown.contains("cookie"),
            "{shown}"
        );
        assert!(
            !shown.contains("hunter2") && !shown.contains("deadbeef"),
            "{shown}"
        );
    }

    #[test]
    fn a_cookie_is_found_among_attributes_and_quotes() {
        let mut headers = HeaderMap::new();
        headers.append(SET_COOKIE, HeaderValue::from_static("lang=en; Path=/"));
        headers.append(
            SET_COOKIE,
            HeaderValue::from_static("vmware_soap_session=\"ab12\"; Path=/; HttpOnly"),
        );
        let response = Response {
            status: 200,
            headers,
            body: Bytes::new(),
        };
        assert_eq!(response.set_cookie("vmware_soap_session"), Some("ab12"));
        assert_eq!(response.set_cookie("other"), None);
    }
}
