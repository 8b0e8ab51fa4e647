//! SOAP on the wire: requests are read strictly, answers are written in several dialects.
//!
//! Reader and writer are this crate's own and follow the schema alone, so that the mock cannot
//! share a client's misunderstanding.

mod dialect;
mod encode;
mod envelope;
mod internal;
mod read;
mod request;
pub(crate) mod tree;

pub use dialect::Dialect;
pub(crate) use envelope::{answer, fault};
pub(crate) use request::{Request, read as read_request};

/// The namespace of the public API.
pub(crate) const VIM: &str = "urn:vim25";
/// The namespace of the few methods that are not public.
pub(crate) const INTERNAL: &str = "urn:internalvim25";
pub(crate) const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
pub(crate) const XSD: &str = "http://www.w3.org/2001/XMLSchema";
