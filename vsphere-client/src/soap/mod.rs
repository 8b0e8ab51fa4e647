//! The codec: SOAP envelopes and vim25 values, from bytes to types and back.
//!
//! Reading is a pull over the document ([`Reader`]), straight into typed structs ([`Decode`]);
//! no tree is built, what nobody asks for is skipped without allocation.
//! Writing goes in schema order ([`Encode`], [`Writer`]).
//! [`wire_struct!`](crate::wire_struct) and [`wire_enum!`](crate::wire_enum) declare both at once,
//! also for types outside of this crate.
//!
//! This module is the only one that knows of XML.

mod decode;
mod encode;
pub mod envelope;
mod error;
mod limits;
mod macros;
mod raw;
mod reader;
mod start;
#[cfg(test)]
mod tests;

pub use decode::Decode;
pub(crate) use decode::merge_into;
pub use encode::{Encode, Typed, Writer};
pub use envelope::Answer;
pub use error::{DecodeError, EncodeError};
pub use limits::Limits;
pub(crate) use macros::wire_part;
pub use raw::RawElement;
pub use reader::Reader;
pub use start::Start;
