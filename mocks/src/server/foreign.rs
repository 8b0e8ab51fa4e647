//! Answers that are no answers of vSphere: what stands between client and server says something of its own.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, StatusCode};

use super::answer::{self, Answer};

const PAGE: &str = "<!DOCTYPE html>\n<html><body><h1>Welcome</h1></body></html>\n";

/// An answer that is no answer of vSphere.
///
/// A client cannot tell from one whether the server has acted.
///
/// ```
/// use mocks::{Act, Foreign, Injection};
///
/// // The reconfigure is accepted and its task starts; a proxy answers with a page of its own.
/// let acted = Injection::on_method("ReconfigVM_Task", Act::ForeignAfter(Foreign::Page200));
/// // The same page, and the call gets no further than the proxy.
/// let stopped = Injection::on_method("ReconfigVM_Task", Act::ForeignInstead(Foreign::Page200));
/// assert_eq!(acted.times + stopped.times, 2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Foreign {
    /// Status 200 with an HTML page.
    Page200,
    /// Status 500 with an empty body.
    Empty500,
    /// Status 302 to a page for logging in, `/login` of the same server.
    Redirect302,
    /// Status 400 with an HTML page.
    Page400,
    /// Status 200 with an empty body.
    Empty200,
    /// The server's own answer, written in UTF-16; instead of acting, a SOAP envelope without content.
    Utf16,
}

impl Foreign {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Page200,
        Self::Empty500,
        Self::Redirect302,
        Self::Page400,
        Self::Empty200,
        Self::Utf16,
    ];

    /// The answer instead of one of this status and content, whose type is `text/xml` or `application/json`.
    pub(super) fn replacing(self, status: StatusCode, body: &[u8], kind: &str) -> Answer {
        match self {
            Self::Page200 => page(StatusCode::OK),
            Self::Page400 => page(StatusCode::BAD_REQUEST),
            Self::Empty200 => empty(StatusCode::OK),
            Self::Empty500 => empty(StatusCode::INTERNAL_SERVER_ERROR),
            Self::Redirect302 => {
                let mut redirect = page(StatusCode::FOUND);
                let to = HeaderValue::from_static("/login");
                redirect.headers_mut().insert(LOCATION, to);
                redirect
            }
            Self::Utf16 => {
                let mut recoded = answer::xml(status, utf16(body));
                if let Ok(kind) = HeaderValue::from_str(&format!("{kind}; charset=utf-16")) {
                    recoded.headers_mut().insert(CONTENT_TYPE, kind);
                }
                recoded
            }
        }
    }
}

/// An HTML page, as web servers and proxies send it.
pub(super) fn page(status: StatusCode) -> Answer {
    answer::whole(status, "text/html", PAGE)
}

/// Nothing, not even a content type.
fn empty(status: StatusCode) -> Answer {
    let mut empty = answer::whole(status, "", Bytes::new());
    empty.headers_mut().remove(CONTENT_TYPE);
    empty
}

/// UTF-8 as UTF-16 with a byte order mark, little end first; an XML declaration names the new encoding.
fn utf16(text: &[u8]) -> Vec<u8> {
    let text =
        String::from_utf8_lossy(text).replacen("encoding=\"UTF-8\"", "encoding=\"UTF-16\"", 1);
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_xml_document_says_that_it_is_utf_16() {
        let recoded = utf16("<?xml version=\"1.0\" encoding=\"UTF-8\"?><é/>".as_bytes());
        let units: Vec<u16> = recoded
            .chunks(2)
            .map(|unit| u16::from_le_bytes([unit[0], unit[1]]))
            .collect();
        assert_eq!(
            String::from_utf16(&units).unwrap(),
            "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-16\"?><é/>"
        );
    }
}
