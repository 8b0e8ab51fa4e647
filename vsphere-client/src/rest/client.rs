//! The REST client: one session, and calls through it.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::answer;
use super::error::RestError;
use super::operation::Operation;
use super::refusal::RestErrorKind;
use super::session::{RestSession, Ticket};
use super::tagging::Tagging;
use super::way::Way;
use crate::client::RetryPolicy;
use crate::client::wire::harmless;
use crate::method::Effect;
use crate::session::Credentials;
use crate::transport::{Counting, Request, Response, Transport, Verb};

/// The longest answer that is read. A list of 4,000 VMs takes about half a megabyte.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// One REST session with one vCenter.
///
/// It is cheap to clone; the clones share the session. It logs in at the first call and again
/// when the session was lost. One that came from [`Client::rest`](crate::Client::rest) ends with
/// [`Client::logout`](crate::Client::logout); any other with [`RestClient::logout`].
#[derive(Clone, Debug)]
pub struct RestClient {
    inner: Arc<Rest>,
}

/// What the clones share.
#[derive(Debug)]
pub(super) struct Rest {
    transport: Arc<Counting>,
    pub(super) server: String,
    retry: RetryPolicy,
    pub(super) session: RestSession,
}

/// A REST call as data: for operations that this crate lacks.
///
/// ```
/// use vsphere_client::rest::RestCall;
///
/// let call = RestCall::get("/api/vcenter/cluster?names=Cluster-A");
/// assert_eq!(call.name, "GET /api/vcenter/cluster");
/// ```
#[derive(Clone, Debug)]
pub struct RestCall {
    /// What it is called in counts, traces and errors.
    pub name: Cow<'static, str>,
    /// What it does, and with it whether it may be repeated.
    pub effect: Effect,
    /// The HTTP method.
    pub verb: Verb,
    /// The path with its query, such as `/api/vcenter/cluster`.
    ///
    /// Below `/rest/` the result is taken out of its `value`.
    pub path: String,
    /// The body.
    pub body: Option<Value>,
}

impl RestCall {
    /// Reads `path`.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Verb::Get, path.into(), Effect::Read, None)
    }

    /// Sends `body` to `path`, with what that does.
    pub fn post(path: impl Into<String>, effect: Effect, body: Value) -> Self {
        Self::new(Verb::Post, path.into(), effect, Some(body))
    }

    /// Removes what is at `path`.
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Verb::Delete, path.into(), Effect::Change, None)
    }

    fn new(verb: Verb, path: String, effect: Effect, body: Option<Value>) -> Self {
        let plain = path.split('?').next().unwrap_or_default();
        Self {
            name: format!("{} {plain}", verb.as_str()).into(),
            effect,
            verb,
            path,
            body,
        }
    }
}

impl RestClient {
    /// A client that has not logged in yet.
    pub(crate) fn new(
        transport: Arc<Counting>,
        url: &Url,
        retry: RetryPolicy,
        credentials: Option<Credentials>,
    ) -> Self {
        let inner = Rest {
            transport,
            server: url.origin().ascii_serialization(),
            retry,
            session: RestSession::new(credentials),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Logs in unless that has happened, and tells in which way.
    ///
    /// Calls do so by themselves; this is for whoever wants to know beforehand.
    ///
    /// # Errors
    ///
    /// [`RestError::LoginRefused`] when the account is refused, [`RestError::NotOffered`] when
    /// the server knows neither way.
    pub async fn log_in(&self) -> Result<Way, RestError> {
        Ok(self.ticket().await?.1)
    }

    /// Makes one call and reads its result as `T`: the escape hatch for operations that this
    /// crate lacks.
    ///
    /// When the session has ended it logs in again and makes the call once more: a server that
    /// answers 401 has not acted. Otherwise only a call that reads is repeated. When there is no
    /// telling whether the login succeeded, the error is [`RestError::NoSession`].
    ///
    /// ```no_run
    /// # async fn run(rest: vsphere_client::rest::RestClient) -> Result<(), vsphere_client::rest::RestError> {
    /// use vsphere_client::rest::RestCall;
    ///
    /// let clusters: serde_json::Value = rest.call(&RestCall::get("/api/vcenter/cluster")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`RestError::Refused`] when the server refuses; see [`RestError`] for the other phases.
    pub async fn call<T: DeserializeOwned>(&self, call: &RestCall) -> Result<T, RestError> {
        let (used, _) = self.ticket_for(&call.name).await?;
        match self.inner.call(call, &used).await {
            Err(error) if error.is(&RestErrorKind::Unauthenticated) => {
                let renewed = self.renew(used.generation).await;
                renewed.map_err(|error| error.without_session(&call.name))?;
                let (used, _) = self.ticket_for(&call.name).await?;
                self.inner.call(call, &used).await
            }
            outcome => outcome,
        }
    }

    /// As [`call`](Self::call), in the spelling that the server knows.
    pub(super) async fn perform<T: DeserializeOwned>(
        &self,
        operation: &Operation,
    ) -> Result<T, RestError> {
        let (_, way) = self.ticket_for(operation.name).await?;
        self.call(&operation.call(way)).await
    }

    /// As [`perform`](Self::perform), for a list. Some servers answer `null` for an empty one.
    pub(super) async fn perform_list<T: DeserializeOwned>(
        &self,
        operation: &Operation,
    ) -> Result<Vec<T>, RestError> {
        let list: Option<Vec<T>> = self.perform(operation).await?;
        Ok(list.unwrap_or_default())
    }

    /// Tags and their categories.
    pub fn tagging(&self) -> Tagging<'_> {
        Tagging::new(self)
    }

    /// Ends the session. Calls fail with [`RestError::LoggedOut`] from then on, in all clones.
    ///
    /// A second logout does nothing.
    ///
    /// # Errors
    ///
    /// The server could not be reached, or refused. A session that has ended already is no error.
    pub async fn logout(&self) -> Result<(), RestError> {
        self.inner.log_out().await
    }

    /// The session to use, made where there is none, and the way it was made in.
    async fn ticket(&self) -> Result<(Ticket, Way), RestError> {
        let mut ticket = self.inner.session.ticket()?;
        if ticket.way.is_none() {
            self.renew(ticket.generation).await?;
            ticket = self.inner.session.ticket()?;
        }
        let way = ticket.way.ok_or(RestError::LoggedOut)?;
        Ok((ticket, way))
    }

    /// The session for `operation`, which is not carried out when there is none.
    async fn ticket_for(&self, operation: &str) -> Result<(Ticket, Way), RestError> {
        let ticket = self.ticket().await;
        ticket.map_err(|error| error.without_session(operation))
    }

    /// Logs in, to the end even when the caller is dropped meanwhile: a session that the server
    /// made must be known here, so that it is logged out in the end.
    async fn renew(&self, used: u64) -> Result<(), RestError> {
        let rest = self.inner.clone();
        let login = tokio::spawn(async move { rest.log_in(used).await });
        // The task ends early only when the runtime shuts down.
        login.await.unwrap_or(Err(RestError::LoggedOut))
    }
}

impl Rest {
    async fn call<T: DeserializeOwned>(
        &self,
        call: &RestCall,
        ticket: &Ticket,
    ) -> Result<T, RestError> {
        let mut request = Request::new(call.verb, call.path.clone(), call.name.clone());
        if let Some(body) = &call.body {
            let json = HeaderValue::from_static("application/json");
            request.headers.insert(CONTENT_TYPE, json);
            request.body = Bytes::from(body.to_string());
        }
        ticket.sign(&mut request);
        let mut pause = self.retry.pause;
        let mut repeats = self.retry.repeats;
        loop {
            let error = match self.once(call, request.clone()).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let refused = error.is(&RestErrorKind::ServiceUnavailable);
            let again = refused || harmless(call.effect, error.delivery());
            if repeats == 0 || !error.is_passing() || !again {
                return Err(error);
            }
            repeats -= 1;
            tokio::time::sleep(pause).await;
            pause = pause.saturating_mul(2);
        }
    }

    async fn once<T: DeserializeOwned>(
        &self,
        call: &RestCall,
        request: Request,
    ) -> Result<T, RestError> {
        let response = self.send(request).await?;
        answer::read(&call.name, &call.path, &self.server, &response)
    }

    /// Sends a request once, with the limits and headers of every REST request.
    pub(super) async fn send(&self, mut request: Request) -> Result<Response, RestError> {
        let operation = request.label.to_string();
        request.max_body_bytes = Some(MAX_ANSWER);
        let json = HeaderValue::from_static("application/json");
        request.headers.insert(ACCEPT, json);
        let sent = self.transport.send(request).await;
        sent.map_err(|source| RestError::Transport { operation, source })
    }
}
