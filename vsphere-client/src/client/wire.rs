//! One vSphere method to the server and back, without regard to sessions.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_TYPE, COOKIE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::foreign;
use crate::error::Error;
use crate::method::{Effect, Method};
use crate::soap::envelope::{self, Answer};
use crate::transport::{Counting, Delivery, Request, Response, Transport};

/// The cookie that stands for the session, with vCenter and ESXi alike.
const SESSION_COOKIE: &str = "vmware_soap_session";

/// How often, and how soon, a call that failed on the way is sent again.
///
/// Only calls that cannot do harm are repeated: one that changes state only when it was surely not
/// sent, one that reads also when the connection broke. A time-out is never repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often at most, beside the first time.
    pub repeats: u32,
    /// The pause before the first repeat; each further one doubles it.
    pub pause: Duration,
}

impl RetryPolicy {
    /// Never repeat anything.
    pub const NONE: Self = Self {
        repeats: 0,
        pause: Duration::ZERO,
    };

    /// Repeat so often, with this pause before the first time.
    pub fn new(repeats: u32, pause: Duration) -> Self {
        Self { repeats, pause }
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            repeats: 2,
            pause: Duration::from_millis(250),
        }
    }
}

/// The server, and how to speak to it.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) transport: Arc<Counting>,
    pub(crate) url: Url,
    /// The API version in use, as in `urn:vim25/<version>`.
    pub(crate) version: Cow<'static, str>,
    pub(crate) retry: RetryPolicy,
}

/// An answer, and the session cookie where the answer sets one.
pub(crate) struct Exchange<T> {
    pub(crate) answer: Answer<T>,
    pub(crate) cookie: Option<SecretString>,
}

impl Wire {
    /// Sends `method`, repeats where [`RetryPolicy`] allows, and reads the answer.
    pub(crate) async fn exchange<M: Method>(
        &self,
        method: &M,
        cookie: Option<&SecretString>,
        timeout: Option<Duration>,
    ) -> Result<Exchange<M::Output>, Error> {
        let request = self.request(method, cookie, timeout)?;
        let mut pause = self.retry.pause;
        let mut repeats = self.retry.repeats;
        loop {
            let error = match self.once::<M>(request.clone()).await {
                Ok(exchange) => return Ok(exchange),
                Err(error) => error,
            };
            if repeats == 0 || !error.is_passing() || !harmless(M::EFFECT, error.delivery()) {
                return Err(error);
            }
            repeats -= 1;
            tokio::time::sleep(pause).await;
            pause = pause.saturating_mul(2);
        }
    }

    fn request<M: Method>(
        &self,
        method: &M,
        cookie: Option<&SecretString>,
        timeout: Option<Duration>,
    ) -> Result<Request, Error> {
        let encode = |source| Error::Encode {
            method: M::NAME,
            source,
        };
        let body = envelope::request(method, None).map_err(encode)?;
        let mut request = Request::post(self.url.path().to_owned(), M::NAME, body);
        request.sensitive = M::SENSITIVE;
        request.timeout = timeout;
        let headers = &mut request.headers;
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/xml; charset=utf-8"),
        );
        let action = format!("\"{}/{}\"", M::NAMESPACE, self.version);
        // A version with odd characters in it would be the server's own; it can do without.
        if let Ok(action) = HeaderValue::from_str(&action) {
            headers.insert("soapaction", action);
        }
        if let Some(cookie) = cookie {
            let pair = format!("{SESSION_COOKIE}=\"{}\"", cookie.expose_secret());
            if let Ok(mut pair) = HeaderValue::from_str(&pair) {
                pair.set_sensitive(true);
                headers.insert(COOKIE, pair);
            }
        }
        Ok(request)
    }

    async fn once<M: Method>(&self, request: Request) -> Result<Exchange<M::Output>, Error> {
        let response = self
            .transport
            .send(request)
            .await
            .map_err(|source| Error::Transport {
                method: M::NAME,
                source,
            })?;
        if !foreign::is_soap(&response) {
            return Err(foreign::refuse(self.url.as_str(), &response));
        }
        let cookie = response
            .set_cookie(SESSION_COOKIE)
            .filter(|value| !value.is_empty())
            .map(SecretString::from);
        let answer = envelope::response::<M>(&response.body).map_err(|source| Error::Decode {
            method: M::NAME,
            source,
        })?;
        if answer.as_ref().is_err_and(|fault| fault.is_foreign()) {
            return Err(foreign::refuse(self.url.as_str(), &response));
        }
        Ok(Exchange { answer, cookie })
    }

    /// Reads a document that needs no session.
    pub(crate) async fn document(
        &self,
        path: &'static str,
        label: &'static str,
    ) -> Result<Response, Error> {
        let request = Request::get(path, label);
        let sent = self.transport.send(request).await;
        // It is the first of all requests, so this is where a wrong address shows.
        sent.map_err(|source| Error::Transport {
            method: "the first request",
            source,
        })
    }
}

/// Whether a call with this effect may be sent again after its request met this fate.
///
/// A session is made and ended by calls that change nothing else; they are repeated no more than
/// the others that act, since a login that got through leaves a session behind.
pub(crate) fn harmless(effect: Effect, delivery: Delivery) -> bool {
    match delivery {
        Delivery::NotSent => true,
        Delivery::Unknown => matches!(effect, Effect::Read),
        Delivery::Answered => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reading_is_repeated_when_the_server_may_have_acted() {
        for effect in [Effect::Read, Effect::Session, Effect::Change] {
            assert!(harmless(effect, Delivery::NotSent));
            assert!(!harmless(effect, Delivery::Answered));
        }
        assert!(harmless(Effect::Read, Delivery::Unknown));
        assert!(!harmless(Effect::Session, Delivery::Unknown));
        assert!(!harmless(Effect::Change, Delivery::Unknown));
    }
}
