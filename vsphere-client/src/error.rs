//! The one error of the client.

use std::fmt;

use crate::rest::RestError;
use crate::soap::{DecodeError, EncodeError};
use crate::transport::{Delivery, TransportError};
use crate::vim::{ManagedObjectReference, MethodFault};

/// Why a call did not give its result.
///
/// Each variant says in which phase the call died. [`Error::delivery`] tells whether the server may
/// have acted, which decides whether a call that changes state may be repeated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The given address is no address of a server.
    #[error("{input:?} is no address of a server: {reason}")]
    Address {
        /// What was given, without a password that may have stood in it.
        input: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No whole answer arrived. The message names the server; the source says why.
    #[error("{method} got no answer")]
    Transport {
        /// The vSphere method, or what else was asked for.
        method: &'static str,
        /// What went wrong on the way.
        #[source]
        source: TransportError,
    },
    /// The request could not be written, and was not sent.
    #[error("the request of {method} cannot be written")]
    Encode {
        /// The vSphere method.
        method: &'static str,
        /// Which text does not fit.
        #[source]
        source: EncodeError,
    },
    /// The server answered and the answer could not be read. The server may have acted.
    #[error("the answer to {method} cannot be read")]
    Decode {
        /// The vSphere method.
        method: &'static str,
        /// Where it is at fault.
        #[source]
        source: DecodeError,
    },
    /// The server refused the call.
    #[error("{method} was refused: {fault}")]
    Fault {
        /// The vSphere method.
        method: &'static str,
        /// What the server said.
        fault: Box<MethodFault>,
    },
    /// The server does not accept the credentials.
    #[error("the server refused to log in {user:?}: {fault}")]
    LoginRefused {
        /// The account.
        user: String,
        /// What the server said.
        fault: Box<MethodFault>,
    },
    /// What answered is neither a vCenter nor an ESXi host.
    #[error("{0}; this is no answer of a vCenter or ESXi host")]
    NotVsphere(Box<ForeignAnswer>),
    /// A gateway in front of the server answered in its place. The server may have acted.
    #[error("the server is not available: {0}")]
    Unavailable(Box<ForeignAnswer>),
    /// A call to the REST API failed.
    #[error(transparent)]
    Rest(Box<RestError>),
    /// The session ended, and with it the view, filter or page token that the call needs.
    ///
    /// There is a new session by now; whoever owns the object has to make it anew.
    #[error("the session ended, and what {method} works on ended with it")]
    SessionLost {
        /// The vSphere method.
        method: &'static str,
    },
    /// The server knows no such object, or no longer.
    #[error("there is no {0} on the server, or no longer")]
    Gone(ManagedObjectReference),
    /// The client has logged out.
    #[error("the client has logged out")]
    LoggedOut,
    /// A login is needed, and the client was given no account.
    #[error("there are no credentials to log in with")]
    NoCredentials,
    /// The server lacks something that every server of the family has.
    #[error("the server does not offer {0}")]
    Missing(&'static str),
}

impl Error {
    /// What became of the request.
    ///
    /// [`Delivery::Answered`] together with [`Error::Decode`] means: the server acted, and what it
    /// said cannot be read.
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::Address { .. }
            | Self::Encode { .. }
            | Self::LoggedOut
            | Self::NoCredentials
            | Self::Missing(_) => Delivery::NotSent,
            Self::Transport { source, .. } => source.delivery(),
            Self::Rest(error) => error.delivery(),
            // A gateway reports a broken connection behind it with the same status as a server
            // that is down, so whether the request got through cannot be told.
            Self::Unavailable(_) => Delivery::Unknown,
            Self::Decode { .. }
            | Self::Fault { .. }
            | Self::LoginRefused { .. }
            | Self::NotVsphere(_)
            | Self::Gone(_)
            | Self::SessionLost { .. } => Delivery::Answered,
        }
    }

    /// Whether a call that changes state may have taken effect in spite of this error.
    ///
    /// True where nothing readable came back after the request may have gone out. Read the state
    /// before deciding what to do.
    pub fn may_have_acted(&self) -> bool {
        match self {
            Self::Decode { .. } => true,
            Self::Rest(error) => error.may_have_acted(),
            Self::Transport {
                source: TransportError::TooLarge { .. },
                ..
            } => true,
            other => other.delivery() == Delivery::Unknown,
        }
    }

    /// What the server said, when it refused.
    pub fn fault(&self) -> Option<&MethodFault> {
        match self {
            Self::Fault { fault, .. } | Self::LoginRefused { fault, .. } => Some(fault),
            _ => None,
        }
    }

    /// The failure on the way, when no whole answer arrived.
    pub fn transport(&self) -> Option<&TransportError> {
        match self {
            Self::Transport { source, .. } => Some(source),
            Self::Rest(error) => error.transport(),
            _ => None,
        }
    }

    /// Whether repeating the same request in a moment has a chance.
    ///
    /// A time-out is left out: waiting as long again helps nobody.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Transport {
                source: TransportError::Timeout { .. },
                ..
            } => false,
            Self::Transport { source, .. } => source.is_transient(),
            Self::Unavailable(_) => true,
            _ => false,
        }
    }
}

/// An answer that is no SOAP message of vSphere.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForeignAnswer {
    /// The URL that was asked.
    pub url: String,
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type`, often empty.
    pub content_type: String,
    /// Where a redirect points to.
    pub location: Option<String>,
    /// The first words of the body, with markup and control characters taken out.
    pub excerpt: String,
}

impl fmt::Display for ForeignAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answered with HTTP status {}", self.url, self.status)?;
        if !self.content_type.is_empty() {
            write!(f, " ({})", self.content_type)?;
        }
        if let Some(location) = &self.location {
            write!(f, ", pointing to {location}")?;
        }
        if !self.excerpt.is_empty() {
            write!(f, ": {:?}", self.excerpt)?;
        }
        Ok(())
    }
}
