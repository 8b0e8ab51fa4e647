//! Carries bytes to a server and back.
//!
//! Everything above knows one trait, [`Transport`]: a request goes in, an answer or a
//! [`TransportError`] comes out. [`HttpTransport`] is the real one. [`Counting`] and [`WireTrace`]
//! wrap any other, and a test can stand in with its own.
//!
//! This layer knows nothing of SOAP. It never repeats a request: whether that is harmless is known
//! above, and [`TransportError::delivery`] says what became of the request that failed.

mod certificate;
mod count;
mod error;
mod http;
mod proxy;
mod redact;
mod request;
#[cfg(test)]
mod tests;
mod thumbprint;
mod tls;
mod trace;

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

pub use self::certificate::{RefusalReason, RefusedCertificate, ServerCertificate};
pub use self::count::{CallStats, Counting};
pub use self::error::{Delivery, TransportError};
pub use self::http::{HttpOptions, HttpTransport};
pub use self::proxy::proxy_of;
pub use self::request::{Request, Response, Verb};
pub use self::thumbprint::{Thumbprint, ThumbprintError};
pub use self::tls::Trust;
pub use self::trace::WireTrace;

/// A boxed future, as an object-safe asynchronous trait returns it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sends one request to one server.
///
/// An implementation sends the request at most once. Dropping the future abandons the exchange;
/// the request may have been acted on all the same.
pub trait Transport: Send + Sync + Debug {
    /// Sends `request` and reads the whole answer.
    ///
    /// Any answer that arrives whole is `Ok`, whatever its status: SOAP reports every fault as
    /// status 500.
    ///
    /// # Errors
    ///
    /// [`TransportError`] when no whole answer arrived. Its [`delivery`](TransportError::delivery)
    /// tells whether the server may have acted.
    fn send<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Response, TransportError>>;

    /// The certificate that the server has proven to hold, once there was an exchange over TLS.
    ///
    /// A transport that wraps another one hands on what that one saw.
    fn server_certificate(&self) -> Option<ServerCertificate> {
        None
    }
}
