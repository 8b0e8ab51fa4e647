//! How an exchange fails, and what became of the request.

use std::path::PathBuf;
use std::time::Duration;

use super::certificate::RefusedCertificate;

/// What became of a request that did not give its result.
///
/// Only [`Delivery::Unknown`] leaves open whether the server has acted: the other two prove that a
/// call that changes state was not carried out. Such a call may be repeated only after
/// [`Delivery::NotSent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delivery {
    /// The server never saw the request.
    NotSent,
    /// The request went out, and nothing came back that proves what the server did with it: no
    /// answer, part of one, or one that is not vSphere's or cannot be read.
    Unknown,
    /// The server answered, and refused.
    Answered,
}

/// Why no whole answer arrived.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection came about: unknown name, refused, unreachable, or no TLS on the other side.
    #[error("cannot connect to {server}")]
    Connect {
        /// Scheme, host and port.
        server: String,
        /// What the lower layer reports.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The connection was not there in time.
    #[error("cannot connect to {server} within {limit:?}")]
    ConnectTimeout {
        /// Scheme, host and port.
        server: String,
        /// The limit.
        limit: Duration,
    },
    /// The server's certificate is not trusted.
    #[error("the certificate of {server} is not trusted: {certificate}")]
    Certificate {
        /// Scheme, host and port.
        server: String,
        /// The certificate, and what is wrong with it.
        certificate: Box<RefusedCertificate>,
    },
    /// The request went out and no whole answer came in time.
    #[error("{server} did not answer within {limit:?}")]
    Timeout {
        /// Scheme, host and port.
        server: String,
        /// The limit for the whole exchange.
        limit: Duration,
    },
    /// The connection broke after the request was on its way, or the answer was cut off.
    #[error("the connection to {server} broke before the answer was complete")]
    Interrupted {
        /// Scheme, host and port.
        server: String,
        /// What the lower layer reports.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The answer is longer than the limit.
    #[error("the answer of {server} is longer than the limit of {limit} bytes")]
    TooLarge {
        /// Scheme, host and port.
        server: String,
        /// The limit, counted after decompression.
        limit: usize,
    },
    /// The file with the trusted certificates cannot be used.
    #[error("cannot use the CA file {}", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The transport or the request could not be set up.
    #[error("cannot set up the connection")]
    Setup {
        /// What the lower layer reports.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl TransportError {
    /// What became of the request.
    ///
    /// ```
    /// use std::time::Duration;
    /// use vsphere_client::transport::{Delivery, TransportError};
    ///
    /// let error = TransportError::Timeout {
    ///     server: "https://vcenter.example".into(),
    ///     limit: Duration::from_secs(30),
    /// };
    /// assert_eq!(error.delivery(), Delivery::Unknown);
    /// ```
    pub fn delivery(&self) -> Delivery {
        match self {
            Self::Connect { .. }
            | Self::ConnectTimeout { .. }
            | Self::Certificate { .. }
            | Self::CaFile { .. }
            | Self::Setup { .. } => Delivery::NotSent,
            // An answer that is not read to its end tells no more than one that was cut off.
            Self::Timeout { .. } | Self::Interrupted { .. } | Self::TooLarge { .. } => {
                Delivery::Unknown
            }
        }
    }

    /// Whether the same request might do better a moment later.
    ///
    /// False for what only a change of settings can fix, such as a certificate that is not
    /// trusted. It says nothing about whether repeating is harmless: see [`Self::delivery`].
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Connect { .. }
                | Self::ConnectTimeout { .. }
                | Self::Timeout { .. }
                | Self::Interrupted { .. }
        )
    }

    /// The certificate that was refused, when that is the reason.
    pub fn refused_certificate(&self) -> Option<&RefusedCertificate> {
        match self {
            Self::Certificate { certificate, .. } => Some(certificate),
            _ => None,
        }
    }
}
