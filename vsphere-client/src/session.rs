//! The session with one server: login, numbered re-login, logout.
//!
//! Sessions idle out, half an hour after the last call as vCenter is installed. A call that meets
//! `NotAuthenticated` asks for a new session and names the *generation* it had used. The first
//! to ask logs in; the others wait and find that the generation has moved on. So a hundred calls
//! that fail together lead to one login, and a late failure does not throw away a fresh session.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::SecretString;

use crate::client::wire::Wire;
use crate::error::Error;
use crate::method::{Login, Logout};
use crate::vim::{FaultKind, ManagedObjectReference};

/// How long a logout may take: it stands between the user and the prompt.
const LOGOUT_TIMEOUT: Duration = Duration::from_secs(10);

/// A user and a password. `Debug` shows the user only.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) user: String,
    pub(crate) password: SecretString,
}

/// The session as a call sees it when it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    /// Which login it stems from; 0 before the first.
    pub(crate) generation: u64,
    pub(crate) cookie: Option<SecretString>,
}

/// The one session of a client.
#[derive(Debug)]
pub(crate) struct Session {
    wire: Arc<Wire>,
    manager: ManagedObjectReference,
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

impl Session {
    pub(crate) fn new(
        wire: Arc<Wire>,
        manager: ManagedObjectReference,
        credentials: Option<Credentials>,
    ) -> Arc<Self> {
        let ticket = Ticket {
            generation: 0,
            cookie: None,
        };
        Arc::new(Self {
            wire,
            manager,
            credentials,
            state: Mutex::new(State {
                ticket,
                closed: false,
            }),
            login: tokio::sync::Mutex::default(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under this lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session as it is now.
    pub(crate) fn ticket(&self) -> Result<Ticket, Error> {
        let state = self.state();
        if state.closed {
            Err(Error::LoggedOut)
        } else {
            Ok(state.ticket.clone())
        }
    }

    /// The account, for a session of another kind.
    pub(crate) fn credentials(&self) -> Option<Credentials> {
        self.credentials.clone()
    }

    /// Whether there is anything to log in with.
    pub(crate) fn can_log_in(&self) -> bool {
        self.credentials.is_some()
    }

    /// Logs in, unless somebody else has done so since `used`.
    ///
    /// The login runs to its end even when the caller is dropped meanwhile: a session that the
    /// server made must be known here, so that it is logged out in the end.
    pub(crate) async fn renew(self: &Arc<Self>, used: u64) -> Result<(), Error> {
        let session = self.clone();
        let login = tokio::spawn(async move { session.log_in(used).await });
        // The task ends early only when the runtime shuts down.
        login.await.unwrap_or(Err(Error::LoggedOut))
    }

    async fn log_in(&self, used: u64) -> Result<(), Error> {
        let _one_at_a_time = self.login.lock().await;
        if self.ticket()?.generation != used {
            return Ok(());
        }
        let Some(credentials) = &self.credentials else {
            return Err(Error::NoCredentials);
        };
        let login = Login {
            this: self.manager.clone(),
            user_name: credentials.user.clone(),
            password: credentials.password.clone(),
            locale: None,
        };
        // Without a cookie: the server makes a session instead of reviving one that is gone.
        let exchange = self.wire.exchange(&login, None, None).await?;
        match exchange.answer {
            Ok(_) => {}
            Err(fault) if is_refusal(&fault.kind) => {
                return Err(Error::LoginRefused {
                    user: credentials.user.clone(),
                    fault,
                });
            }
            Err(fault) => {
                return Err(Error::Fault {
                    method: "Login",
                    fault,
                });
            }
        }
        let mut state = self.state();
        state.ticket = Ticket {
            generation: used + 1,
            cookie: exchange.cookie,
        };
        Ok(())
    }

    /// Ends the session. No call gets through afterwards; a second time does nothing.
    pub(crate) async fn log_out(&self) -> Result<(), Error> {
        // A login under way may end in a session, which has to be logged out as well.
        let _one_at_a_time = self.login.lock().await;
        let ticket = {
            let mut state = self.state();
            state.closed = true;
            std::mem::replace(
                &mut state.ticket,
                Ticket {
                    generation: u64::MAX,
                    cookie: None,
                },
            )
        };
        if ticket.cookie.is_none() {
            return Ok(());
        }
        let logout = Logout {
            this: self.manager.clone(),
        };
        let cookie = ticket.cookie.as_ref();
        let exchange = self
            .wire
            .exchange(&logout, cookie, Some(LOGOUT_TIMEOUT))
            .await?;
        match exchange.answer {
            Err(fault) if !fault.is_not_authenticated() => Err(Error::Fault {
                method: "Logout",
                fault,
            }),
            // A session that is gone already is what was wanted.
            _ => Ok(()),
        }
    }
}

/// Whether the server refuses this account, as opposed to being in trouble.
fn is_refusal(kind: &FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::InvalidLogin
            | FaultKind::PasswordExpired
            | FaultKind::NoPermission { .. }
            | FaultKind::NotAuthenticated
    )
}
