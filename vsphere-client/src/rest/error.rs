//! The one error of the REST client.

use super::refusal::{RestErrorKind, RestRefusal};
use crate::error::{Error, ForeignAnswer};
use crate::transport::{Delivery, TransportError};

/// Why a REST call did not give its result.
///
/// As with SOAP, each variant says in which phase the call died, and with it what is known of its
/// effect:
///
/// | the error says | variants |
/// | --- | --- |
/// | [not sent](Delivery::NotSent): not done | `NotOffered`, `UserName`, `LoggedOut`, `NoCredentials`, `Transport` while connecting |
/// | [answered](Delivery::Answered): refused, so not done | `Refused`, `LoginRefused`, `NoSession`; `TooMany` and `Incomplete`, which only reading gives |
/// | [unknown](Delivery::Unknown): it may have been done | `Transport` once the request was on its way, `Decode`, `NotRest`, `Unavailable`, and a `Refused` that proves nothing |
///
/// A refusal proves nothing when the server reports trouble of its own (`INTERNAL_SERVER_ERROR`,
/// `TIMED_OUT`, any other kind with status 500 and above), and when nothing but an HTTP status
/// says so: that may come from something in between. Status 401 alone is believed, as it is how
/// REST tells that there is no session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestError {
    /// No whole answer arrived. The message names the server; the source says why.
    #[error("{operation} got no answer")]
    Transport {
        /// The operation, such as `vcenter.vm.list`.
        operation: String,
        /// What went wrong on the way.
        #[source]
        source: TransportError,
    },
    /// The server refused.
    #[error("{operation} was refused: {refusal}")]
    Refused {
        /// The operation.
        operation: String,
        /// What the server said.
        refusal: Box<RestRefusal>,
    },
    /// The server does not accept the credentials.
    #[error("the REST API refused to log in {user:?}: {refusal}")]
    LoginRefused {
        /// The account.
        user: String,
        /// What the server said.
        refusal: Box<RestRefusal>,
    },
    /// An answer came and cannot be read, or is empty where there should be a result. The server
    /// may have acted.
    #[error("the answer to {operation} cannot be read")]
    Decode {
        /// The operation.
        operation: String,
        /// Where it is at fault.
        #[source]
        source: serde_json::Error,
    },
    /// The server has no REST API: a standalone ESXi host, or something in front of vCenter that
    /// does not pass it on.
    #[error("the server offers no REST API, which only vCenter has")]
    NotOffered,
    /// The answer is none of vCenter's REST API: a page of HTML, a redirect.
    ///
    /// At the first contact it tells that the address is wrong. Later on something between here and
    /// the server answered instead of it, and the server may have acted.
    #[error("{0}; this is no answer of vCenter's REST API")]
    NotRest(Box<ForeignAnswer>),
    /// A gateway in front of the server answered instead of it. The server may have acted.
    #[error("the REST API is not available: {0}")]
    Unavailable(Box<ForeignAnswer>),
    /// There is no session for the call, which was therefore not carried out, and what became of the
    /// login is not known. The source says why.
    ///
    /// A login that is refused, or surely not sent, is told as such instead.
    #[error("{operation} was not carried out: there is no session for it")]
    NoSession {
        /// The operation that was not carried out.
        operation: String,
        /// How the login failed.
        #[source]
        source: Box<RestError>,
    },
    /// A list is too long even in its smallest piece.
    #[error("the server cannot list all {what}: even the smallest piece holds too many")]
    TooMany {
        /// What was listed.
        what: &'static str,
    },
    /// A list had to be asked for in pieces, and the pieces do not add up to the whole.
    ///
    /// The account sees too little of what the list was divided by.
    #[error("the pieces of the list of {what} hold only {found}, fewer than the whole")]
    Incomplete {
        /// What was listed.
        what: &'static str,
        /// How many were found.
        found: usize,
    },
    /// The user name cannot be sent in this way of logging in.
    #[error("the user name {user:?} holds a colon, which the REST API cannot take")]
    UserName {
        /// The account.
        user: String,
    },
    /// The client has logged out.
    #[error("the client has logged out")]
    LoggedOut,
    /// A login is needed, and the client was given no account.
    #[error("there are no credentials to log in with")]
    NoCredentials,
}

impl RestError {
    /// What became of the request. [`RestError`] has the table.
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::NotOffered | Self::UserName { .. } | Self::LoggedOut | Self::NoCredentials => {
                Delivery::NotSent
            }
            Self::Transport { source, .. } => source.delivery(),
            // Whoever answers instead of the server may have handed the request on before.
            Self::Unavailable(_) | Self::NotRest(_) | Self::Decode { .. } => Delivery::Unknown,
            Self::Refused { refusal, .. } if refusal.leaves_doubt() => Delivery::Unknown,
            Self::Refused { .. }
            | Self::LoginRefused { .. }
            | Self::NoSession { .. }
            | Self::TooMany { .. }
            | Self::Incomplete { .. } => Delivery::Answered,
        }
    }

    /// Whether a call that changes state may have taken effect in spite of this error.
    ///
    /// The same as [`Delivery::Unknown`]. Read the state before deciding what to do.
    pub fn may_have_acted(&self) -> bool {
        self.delivery() == Delivery::Unknown
    }

    /// What the server said, when it refused.
    pub fn refusal(&self) -> Option<&RestRefusal> {
        match self {
            Self::Refused { refusal, .. } | Self::LoginRefused { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    /// Whether the server refused for this reason.
    pub fn is(&self, kind: &RestErrorKind) -> bool {
        self.refusal().is_some_and(|refusal| refusal.kind == *kind)
    }

    /// The failure on the way, when no whole answer arrived.
    pub fn transport(&self) -> Option<&TransportError> {
        match self {
            Self::Transport { source, .. } => Some(source),
            Self::NoSession { source, .. } => source.transport(),
            _ => None,
        }
    }

    /// Whether repeating the same request in a moment has a chance.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Transport {
                source: TransportError::Timeout { .. },
                ..
            } => false,
            Self::Transport { source, .. } => source.is_transient(),
            Self::Unavailable(_) => true,
            other => other.is(&RestErrorKind::ServiceUnavailable),
        }
    }

    /// The error of `operation`, for which a login was needed that failed with this one.
    pub(super) fn without_session(self, operation: &str) -> Self {
        if self.may_have_acted() {
            Self::NoSession {
                operation: operation.to_owned(),
                source: Box::new(self),
            }
        } else {
            self
        }
    }
}

impl From<RestError> for Error {
    fn from(error: RestError) -> Self {
        Self::Rest(Box::new(error))
    }
}
