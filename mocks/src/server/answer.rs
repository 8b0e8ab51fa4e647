//! Answer bodies, sound and damaged.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, SET_COOKIE};
use http::{HeaderValue, Response, StatusCode};
use hyper::body::{Body, Frame, SizeHint};

/// The connection is to die here, on purpose.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut on purpose")]
pub(super) struct Cut;

/// How a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyEnd {
    /// As it should.
    Clean,
    /// The connection dies.
    Cut,
    /// Never: the last part repeats.
    Never,
}

/// A body in parts.
#[derive(Debug)]
pub(super) struct BodyChunks {
    parts: VecDeque<Bytes>,
    end: BodyEnd,
    length: Option<u64>,
    /// Whether what went before a cut had its turn to be sent.
    flushed: bool,
}

impl Body for BodyChunks {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        if self.end == BodyEnd::Never && self.parts.len() == 1 {
            let again = self.parts.front().cloned().unwrap_or_default();
            return Poll::Ready(Some(Ok(Frame::data(again))));
        }
        match (self.parts.pop_front(), self.end) {
            (Some(part), _) => Poll::Ready(Some(Ok(Frame::data(part)))),
            (None, BodyEnd::Cut) if !self.flushed => {
                // A pause lets the connection send what it holds; an error would drop it.
                self.flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            (None, BodyEnd::Cut) => Poll::Ready(Some(Err(Cut))),
            (None, _) => Poll::Ready(None),
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}

/// What goes out.
pub(super) type Answer = Response<BodyChunks>;

/// A whole answer.
pub(super) fn whole(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Answer {
    let body = body.into();
    let length = Some(body.len() as u64);
    let parts = BodyChunks {
        parts: VecDeque::from([body]),
        end: BodyEnd::Clean,
        length,
        flushed: false,
    };
    let mut response = Response::new(parts);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// An answer in XML.
pub(super) fn xml(status: StatusCode, body: impl Into<Bytes>) -> Answer {
    whole(status, "text/xml; charset=utf-8", body)
}

/// An answer that claims its full length and dies after `bytes` of it.
pub(super) fn truncated(status: StatusCode, body: &Bytes, bytes: usize) -> Answer {
    let kept = body.slice(..bytes.min(body.len()));
    let mut response = xml(status, Bytes::new());
    *response.body_mut() = BodyChunks {
        parts: VecDeque::from([kept]),
        end: BodyEnd::Cut,
        length: None,
        flushed: false,
    };
    response
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    response
}

/// An answer that begins like one and never ends.
pub(super) fn endless(head: String, part: String) -> Answer {
    let parts = VecDeque::from([Bytes::from(head), Bytes::from(part)]);
    let mut response = xml(StatusCode::OK, Bytes::new());
    *response.body_mut() = BodyChunks {
        parts,
        end: BodyEnd::Never,
        length: None,
        flushed: false,
    };
    response
}

/// Spoils the second half of a body: end tags lose their slash and some bytes are no UTF-8.
pub(super) fn garbled(body: &Bytes) -> Bytes {
    let half = body.len() / 2;
    let mut bytes = body.to_vec();
    for byte in bytes.iter_mut().skip(half).filter(|byte| **byte == b'/') {
        *byte = 0xff;
    }
    bytes.into()
}

/// Adds the session cookie.
pub(super) fn set_cookie(answer: &mut Answer, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        answer.headers_mut().insert(SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn garbling_leaves_no_well_formed_document() {
        let body = Bytes::from_static(b"<a><b>one</b><c>two</c></a>");
        let spoilt = garbled(&body);
        assert_eq!(spoilt.len(), body.len());
        assert_eq!(&spoilt[..8], &body[..8]);
        assert!(std::str::from_utf8(&spoilt).is_err());
    }
}
