//! Reading and watching properties of many objects at once.
//!
//! What is wanted is declared once: [`property_set!`](crate::property_set) makes a struct that
//! names its managed type and its paths, [`object_set!`](crate::object_set) joins several of them
//! for one retrieval over several types. Values go from the answer's bytes straight into the
//! struct.
//!
//! - [`Client::retrieve`](crate::Client::retrieve) and
//!   [`retrieve_one`](crate::Client::retrieve_one) start from known objects, and follow references
//!   by [`TraversalSpec`](crate::vim::TraversalSpec).
//! - [`Client::list`](crate::Client::list) reads everything below a folder.
//! - [`Pages`] and [`Listing`] give the same page by page.
//! - [`Watcher`] keeps a picture up to date.
//!
//! The server decides how many objects a page holds, so pages are always followed to the end.

mod collector;
mod list;
mod object;
mod pages;
mod select;
mod set;
#[cfg(test)]
mod tests;
mod update;
mod watch;

pub(crate) use self::collector::{Collector, WaitResult};
pub use self::list::Listing;
pub use self::object::{Object, Unreadable};
pub use self::pages::Pages;
pub use self::set::{ObjectSet, PropertySet};
#[doc(hidden)]
pub use self::set::{is_kind_of, spec_of};
pub(crate) use self::update::Update;
pub use self::watch::{Change, ChangeKind, WatchEvent, Watcher};

/// How to follow a reference, as [`TraversalSpec::path`](crate::vim::TraversalSpec::path) makes it.
pub type Traversal = crate::vim::TraversalSpec;
