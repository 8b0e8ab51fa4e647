//! Takes secrets out of bodies before they are written down.

use super::request::cookies;
use super::{Request, Response};

const BLANK: &[u8] = b"***";

/// The request's body as it may be recorded.
///
/// A sensitive body is left out whole: that does not hang on finding every secret in it.
pub(super) fn request_body(request: &Request) -> Vec<u8> {
    if request.sensitive {
        return b"<!-- left out: this request carries a secret -->".to_vec();
    }
    let secrets = session_values(request);
    let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
    body(&request.body, &secrets)
}

/// The answer's body as it may be recorded, given the `session` values that are secret.
pub(super) fn response_body(response: &Response, session: &[String]) -> Vec<u8> {
    let set = cookies(&response.headers).map(|(_, value)| value);
    let secrets: Vec<&str> = session.iter().map(String::as_str).chain(set).collect();
    body(&response.body, &secrets)
}

/// The answer to a request that carries a secret, as far as it may be recorded.
///
/// What logs in to the REST API answers with nothing but the session.
pub(super) fn sensitive_response_body(response: &Response, session: &[String]) -> Vec<u8> {
    if response.body.trim_ascii_start().first() == Some(&b'<') {
        return response_body(response, session);
    }
    b"left out: this answer carries a secret".to_vec()
}

/// What stands for the session in a request: its cookies, and the header of the REST API.
pub(super) fn session_values(request: &Request) -> Vec<String> {
    let header = request.headers.get("vmware-api-session-id");
    let header = header.and_then(|value| value.to_str().ok());
    cookies(&request.headers)
        .map(|(_, value)| value)
        .chain(header)
        .map(str::to_owned)
        .collect()
}

fn body(body: &[u8], secrets: &[&str]) -> Vec<u8> {
    let mut text = blank_elements(body, b"password");
    // A session's key stands for the session; `key` means something harmless elsewhere.
    if find(&text, b"UserSession").is_some() || find(&text, b"LoginResponse").is_some() {
        text = blank_elements(&text, b"key");
    }
    for secret in secrets {
        // A very short value would blank half the document, and is no session.
        if secret.len() >= 8 {
            text = blank_text(&text, secret.as_bytes());
        }
    }
    text
}

/// Replaces what stands between `<name …>` and the next `<`, whatever the prefix.
fn blank_elements(body: &[u8], name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(open) = find(rest, b"<") {
        let (before, tag) = rest.split_at(open);
        out.extend_from_slice(before);
        let Some(end) = find(tag, b">") else {
            rest = tag;
            break;
        };
        let (tag, after) = tag.split_at(end + 1);
        out.extend_from_slice(tag);
        rest = after;
        if is_start_of(tag, name) {
            let text_end = find(after, b"</").unwrap_or(after.len());
            out.extend_from_slice(BLANK);
            rest = after.split_at(text_end).1;
        }
    }
    out.extend_from_slice(rest);
    out
}

/// Whether `tag`, with its brackets, opens an element with this local name and some content.
fn is_start_of(tag: &[u8], name: &[u8]) -> bool {
    let inner = tag
        .strip_prefix(b"<")
        .and_then(|t| t.strip_suffix(b">"))
        .unwrap_or(tag);
    if inner.ends_with(b"/") || inner.starts_with(b"/") {
        return false;
    }
    let end = inner
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(inner.len());
    let full = inner.split_at(end).0;
    full.rsplit(|b| *b == b':')
        .next()
        .is_some_and(|local| local.eq_ignore_ascii_case(name))
}

fn blank_text(body: &[u8], secret: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = find(rest, secret) {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        out.extend_from_slice(BLANK);
        rest = from.split_at(secret.len()).1;
    }
    out.extend_from_slice(rest);
    out
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    loop {
        let rest = haystack.get(from..)?;
        let at = from + rest.iter().position(|b| *b == first)?;
        if haystack.get(at..)?.starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::header::{COOKIE, HeaderMap, HeaderValue};

    fn shown(bytes: &[u8]) -> String {
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[test]
    fn a_sensitive_body_is_left_out() {
        let mut request = Request::post("/sdk", "Login", "<a>hunter2</a>");
        request.sensitive = true;
        assert!(!shown(&request_body(&request)).contains("hunter2"));
    }

    #[test]
    fn passwords_are_blanked_under_any_prefix() {
        let request = Request::post(
            "/sdk",
            "CreateUser",
            "<v:password xsi:type=\"xsd:string\">a&lt;b</v:password><passwords>kept</passwords>",
        );
        assert_eq!(
            shown(&request_body(&request)),
            "<v:password xsi:type=\"xsd:string\">***</v:password><passwords>kept</passwords>"
        );
    }

    #[test]
    fn session_keys_are_blanked_and_device_keys_are_not() {
        let answer = |body: &'static str| Response {
            status: 200,
            headers: HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
        };
        let login = answer("<LoginResponse><returnval><key>52a1</key></returnval></LoginResponse>");
        assert!(!shown(&response_body(&login, &[])).contains("52a1"));
        let device = answer("<VirtualDisk><key>2000</key></VirtualDisk>");
        assert!(shown(&response_body(&device, &[])).contains("2000"));
    }

    #[test]
    fn the_cookie_is_blanked_wherever_it_stands() {
        let mut request = Request::post("/sdk", "X", "<id>abcdef0123456789</id>");
        request.headers.insert(
            COOKIE,
            HeaderValue::from_static("vmware_soap_session=\"abcdef0123456789\""),
        );
        assert_eq!(shown(&request_body(&request)), "<id>***</id>");
        let response = Response {
            status: 200,
            headers: HeaderMap::new(),
            body: Bytes::from_static(b"<k>abcdef0123456789</k>"),
        };
        let kept = response_body(&response, &session_values(&request));
        assert_eq!(shown(&kept), "<k>***</k>");
    }

    #[test]
    fn broken_markup_passes_through() {
        let request = Request::post("/sdk", "X", "<password");
        assert_eq!(shown(&request_body(&request)), "<password");
        let request = Request::post("/sdk", "X", "<password>x");
        assert_eq!(shown(&request_body(&request)), "<password>***");
    }
}
