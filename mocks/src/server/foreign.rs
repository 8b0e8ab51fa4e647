//! Answers that are no answers of vSphere: what stands between client and server says something of its own.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, StatusCode};

use super::answer::{self, Answer};

/// An answer that is no answer of vSphere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Foreign {
    /// Status 200 with an HTML page.
    Page200,
    /// Status 500 with an empty body.
    Empty500,
    /// Status 302 to a page for logging in.
    Redirect302,
    /// Status 400 with an HTML page.
    Page400,
    /// Status 200 with an empty body.
    Empty200,
    /// The server's own answer, written in UTF-16.
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

    /// The answer in place of `body`.
    pub(super) fn answer(self, status: StatusCode, body: &Bytes) -> Answer {
        const HTML: &str = "<!DOCTYPE html>\n<html><body><h1>Welcome</h1></body></html>\n";
        let page = |status, text: &'static str| answer::whole(status, "text/html", text);
        match self {
            Self::Page200 => page(StatusCode::OK, HTML),
            Self::Empty500 => page(StatusCode::INTERNAL_SERVER_ERROR, ""),
            Self::Page400 => page(StatusCode::BAD_REQUEST, HTML),
            Self::Empty200 => page(StatusCode::OK, ""),
            Self::Redirect302 => {
                let mut answer = page(StatusCode::FOUND, HTML);
                let to = HeaderValue::from_static("/login");
                answer.headers_mut().insert(LOCATION, to);
                answer
            }
            Self::Utf16 => {
                let text = String::from_utf8_lossy(body);
                let units = std::iter::once(0xfeff).chain(text.encode_utf16());
                let bytes: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
                let mut answer = answer::whole(status, "text/xml; charset=utf-16", bytes);
                let kind = HeaderValue::from_static("text/xml; charset=utf-16");
                answer.headers_mut().insert(CONTENT_TYPE, kind);
                answer
            }
        }
    }
}
