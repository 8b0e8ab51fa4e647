//! Thin handles: an object on the server, and the calls that it takes.
//!
//! A handle holds a client and a reference, and nothing else. What it reads is read again each time;
//! [`property`](crate::property) reads many objects at once.

mod datastore;
mod search;
mod virtual_machine;

pub use self::datastore::DatastoreBrowser;
pub use self::search::UuidKind;
pub use self::virtual_machine::{SnapshotOptions, VirtualMachine};
