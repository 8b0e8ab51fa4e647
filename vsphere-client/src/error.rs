//! The one error of the client.

#[cfg(test)]
mod tests;

use std::fmt;

use crate::rest::RestError;
use crate::soap::{DecodeError, EncodeError};
use crate::transport::{Delivery, TransportError};
use crate::vim::{ManagedObjectReference, MethodFault};

/// Why a call did not give its result.
///
/// Each variant says in which phase the call died, and with it what is known of its effect. That
/// something was *not* done is said only where it is proven:
///
/// | the error says | variants |
/// | --- | --- |
/// | [not sent](Delivery::NotSent): not done | `Address`, `Encode`, `LoggedOut`, `NoCredentials`, `Missing`, `Transport` while connecting |
/// | [answered](Delivery::Answered): refused, so not done | `Fault`, `LoginRefused`, `SessionLost`, `NoSession`, `Gone` |
/// | [unknown](Delivery::Unknown): it may have been done | `Transport` once the request was on its way, `Decode`, `NotVsphere`, `Unavailable`, `TaskLost` |
///
/// `Rest` says what the [`RestError`] in it says. [`Error::delivery`] gives the column on the left,
/// [`Error::may_have_acted`] whether it is the last one.
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
    /// An answer of vSphere came and cannot be read. The server may have acted.
    #[error("the answer to {method} cannot be read")]
    Decode {
        /// The vSphere method.
        method: &'static str,
        /// Where it is at fault.
        #[source]
        source: DecodeError,
    },
    /// The server refused the call, and did not carry it out.
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
    /// The answer is none of a vCenter or an ESXi host: a page of HTML, an empty body, a redirect,
    /// text in another encoding, a SOAP message of somebody else.
    ///
    /// At the first contact it tells that the address is wrong. Later on something between here and
    /// the server answered instead of it, and the server may have acted.
    #[error("{0}; this is no answer of a vCenter or ESXi host")]
    NotVsphere(Box<ForeignAnswer>),
    /// A gateway in front of the server answered instead of it. The server may have acted.
    #[error("the server is not available: {0}")]
    Unavailable(Box<ForeignAnswer>),
    /// A call to the REST API failed.
    #[error(transparent)]
    Rest(Box<RestError>),
    /// The session ended, and with it the view, filter or page token that the call needs. The call
    /// was not carried out.
    ///
    /// There is a new session by now; whoever owns the object has to make it again.
    #[error("the session ended, and what {method} works on ended with it")]
    SessionLost {
        /// The vSphere method.
        method: &'static str,
    },
    /// The session ended before the call was carried out, and what became of the login for a new
    /// one is not known. The source says why.
    ///
    /// A login that is refused, or surely not sent, is told as such instead.
    #[error("{method} was not carried out: the session ended, and there is no new one")]
    NoSession {
        /// The vSphere method that was not carried out.
        method: &'static str,
        /// How the login failed.
        #[source]
        source: Box<Error>,
    },
    /// The call started a task, and how that ended cannot be told. The source says why.
    #[error("{method} started {task}, and how it ended is not known")]
    TaskLost {
        /// The vSphere method.
        method: &'static str,
        /// The task, which may still run.
        task: ManagedObjectReference,
        /// How the wait for it failed.
        #[source]
        source: Box<Error>,
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
    /// What became of the request. [`Error`] has the table.
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::Address { .. }
            | Self::Encode { .. }
            | Self::LoggedOut
            | Self::NoCredentials
            | Self::Missing(_) => Delivery::NotSent,
            Self::Transport { source, .. } => source.delivery(),
            Self::Rest(error) => error.delivery(),
            // Whoever answers instead of the server may have handed the request on before. A gateway
            // reports a connection that broke behind it with the same status as a server that is down.
            Self::Unavailable(_)
            | Self::NotVsphere(_)
            | Self::Decode { .. }
            | Self::TaskLost { .. } => Delivery::Unknown,
            Self::Fault { .. }
            | Self::LoginRefused { .. }
            | Self::SessionLost { .. }
            | Self::NoSession { .. }
            | Self::Gone(_) => Delivery::Answered,
        }
    }

    /// Whether a call that changes state may have taken effect in spite of this error.
    ///
    /// The same as [`Delivery::Unknown`]: the request may have gone out, and nothing came back that
    /// proves what the server did. Read the state before deciding what to do.
    ///
    /// ```
    /// use vsphere_client::transport::Delivery;
    /// use vsphere_client::{Client, Error, method::Method};
    ///
    /// async fn change<M: Method>(client: &Client, call: &M) -> Result<&'static str, Error> {
    ///     match client.call(call).await {
    ///         Ok(_) => Ok("done"),
    ///         Err(error) if error.may_have_acted() => Ok("look at the server what was done"),
    ///         Err(error) if error.delivery() == Delivery::NotSent => Ok("not done; may be tried again"),
    ///         Err(error) => Err(error), // refused
    ///     }
    /// }
    /// ```
    pub fn may_have_acted(&self) -> bool {
        self.delivery() == Delivery::Unknown
    }

    /// What the server said, when it refused this very call.
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
            Self::NoSession { source, .. } | Self::TaskLost { source, .. } => source.transport(),
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
            Self::NoSession { source, .. } => source.is_passing(),
            _ => false,
        }
    }

    /// The error of `method`, for which a login was needed that failed with this one.
    ///
    /// The login may have been made, the call surely not: it had been refused before for want of a
    /// session. So an error that leaves the login open must not be taken for the call's own.
    pub(crate) fn without_session(self, method: &'static str) -> Self {
        if self.may_have_acted() {
            Self::NoSession {
                method,
                source: Box::new(self),
            }
        } else {
            self
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
