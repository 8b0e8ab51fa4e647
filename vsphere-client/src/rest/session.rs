//! The REST session: login in both ways, numbered re-login, logout.
//!
//! It is numbered as the SOAP session is, for the same reason: a hundred calls that find the
//! session gone lead to one login.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use http::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};

use super::answer;
use super::basic;
use super::client::Rest;
use super::error::RestError;
use super::refusal::RestErrorKind;
use super::way::Way;
use crate::session::Credentials;
use crate::transport::{Request, Verb};

/// How long a logout may take: it stands between the user and the prompt.
const LOGOUT_TIMEOUT: Duration = Duration::from_secs(10);

/// The header that carries the session.
const SESSION_HEADER: &str = "vmware-api-session-id";

/// The session as a call sees it when it is sent.
#[derive(Clone, Debug)]
pub(super) struct Ticket {
    /// Which login it stems from; 0 before the first.
    pub(super) generation: u64,
    pub(super) way: Option<Way>,
    token: Option<SecretString>,
}

impl Ticket {
    /// Adds the session to a request.
    pub(super) fn sign(&self, request: &mut Request) {
        let Some(token) = &self.token else { return };
        // A session that no header can carry is none; the server will say that it is missing.
        if let Ok(mut value) = HeaderValue::from_str(token.expose_secret()) {
            value.set_sensitive(true);
            request.headers.insert(SESSION_HEADER, value);
        }
    }
}

/// The one session of a REST client.
#[derive(Debug)]
pub(super) struct RestSession {
    credentials: Option<Credentials>,
    state: Mutex<State>,
    /// Held while a login is under way.
    login: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct State {
    ticket: Ticket,
    closed: bool,
}

impl RestSession {
    pub(super) fn new(credentials: Option<Credentials>) -> Self {
        let ticket = Ticket {
            generation: 0,
            way: None,
            token: None,
        };
        Self {
            credentials,
            state: Mutex::new(State {
                ticket,
                closed: false,
            }),
            login: tokio::sync::Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under this lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session as it is now.
    pub(super) fn ticket(&self) -> Result<Ticket, RestError> {
        let state = self.state();
        if state.closed {
            Err(RestError::LoggedOut)
        } else {
            Ok(state.ticket.clone())
        }
    }
}

impl Rest {
    /// Logs in, unless somebody else has done so since `used`.
    pub(super) async fn log_in(&self, used: u64) -> Result<(), RestError> {
        let _one_at_a_time = self.session.login.lock().await;
        let ticket = self.session.ticket()?;
        if ticket.generation != used {
            return Ok(());
        }
        let Some(credentials) = &self.session.credentials else {
            return Err(RestError::NoCredentials);
        };
        // A server does not change its ways while it is being talked to.
        let (way, token) = match ticket.way {
            Some(way) => (way, self.create(way, credentials).await?),
            None => self.find_way(credentials).await?,
        };
        self.session.state().ticket = Ticket {
            generation: used + 1,
            way: Some(way),
            token: Some(token),
        };
        Ok(())
    }

    /// The newer way, else the older one.
    async fn find_way(&self, credentials: &Credentials) -> Result<(Way, SecretString), RestError> {
        match self.create(Way::Api, credentials).await {
            Err(error) if !is_unknown(&error) => return Err(error),
            Err(_) => {}
            Ok(token) => return Ok((Way::Api, token)),
        }
        match self.create(Way::Rest, credentials).await {
            Err(error) if is_unknown(&error) => Err(RestError::NotOffered),
            outcome => Ok((Way::Rest, outcome?)),
        }
    }

    async fn create(&self, way: Way, credentials: &Credentials) -> Result<SecretString, RestError> {
        let operation = "session.create";
        let login = basic::header(&credentials.user, &credentials.password);
        let Some(login) = login else {
            return Err(RestError::UserName {
                user: credentials.user.clone(),
            });
        };
        let mut request = Request::post(way.session_path(), operation, "");
        request.sensitive = true;
        request.headers.insert(AUTHORIZATION, login);
        let response = self.send(request).await?;
        let created: Result<String, RestError> =
            answer::read(operation, way.session_path(), &self.server, &response);
        match created {
            Ok(token) => Ok(SecretString::from(token)),
            Err(RestError::Refused { refusal, .. })
                if refusal.kind == RestErrorKind::Unauthenticated
                    || refusal.kind == RestErrorKind::Unauthorized =>
            {
                Err(RestError::LoginRefused {
                    user: credentials.user.clone(),
                    refusal,
                })
            }
            Err(error) => Err(error),
        }
    }

    /// Ends the session. No call gets through afterwards; a second time does nothing.
    pub(super) async fn log_out(&self) -> Result<(), RestError> {
        // A login under way may end in a session, which has to be logged out as well.
        let _one_at_a_time = self.session.login.lock().await;
        let ticket = {
            let mut state = self.session.state();
            state.closed = true;
            let gone = Ticket {
                generation: u64::MAX,
                way: None,
                token: None,
            };
            std::mem::replace(&mut state.ticket, gone)
        };
        let Some(way) = ticket.way else { return Ok(()) };
        let operation = "session.delete";
        let mut request = Request::new(Verb::Delete, way.session_path(), operation);
        request.timeout = Some(LOGOUT_TIMEOUT);
        ticket.sign(&mut request);
        let response = self.send(request).await?;
        let ended: Result<(), RestError> =
            answer::read(operation, way.session_path(), &self.server, &response);
        match ended {
            // A session that is gone already is what was wanted.
            Err(error) if error.is(&RestErrorKind::Unauthenticated) => Ok(()),
            outcome => outcome,
        }
    }
}

/// Whether the server does not know this way to a session at all.
///
/// Older vCenters and other servers answer 404, some 400 or 405, and some with a page of HTML.
fn is_unknown(error: &RestError) -> bool {
    match error {
        RestError::Refused { refusal, .. } => matches!(refusal.status, 400 | 404 | 405 | 501),
        RestError::NotRest(answer) => matches!(answer.status, 200..=299 | 400 | 404 | 405),
        _ => false,
    }
}
