//! An async client for vCenter and standalone ESXi, over the SOAP API (`vim25`).
//!
//! It is written by hand for what it needs, and builds in seconds. vCenter 6.7 to 9.x and ESXi of
//! the same age are spoken to in the newest API version that both sides know.
//!
//! ```no_run
//! use secrecy::SecretString;
//! use vsphere_client::{Client, Error, property_set};
//!
//! property_set! {
//!     /// What is read of each VM.
//!     pub struct VmRow: "VirtualMachine" {
//!         /// Its name.
//!         pub name: Option<String> = "name",
//!         /// Where its files are.
//!         pub vmx: Option<String> = "config.files.vmPathName",
//!     }
//! }
//!
//! # async fn run() -> Result<(), Error> {
//! let builder = Client::builder("vcenter.example")
//!     .credentials("operator@vsphere.local", SecretString::from("secret"));
//! let rows = Client::scope(builder, async |client| {
//!     client.list::<VmRow>(&client.content().root_folder).await
//! })
//! .await?;
//! for row in rows {
//!     println!("{} {:?}", row.reference, row.properties.name);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Layers
//!
//! Each can be used and tested alone.
//!
//! - [`transport`]: bytes to a server and back. TLS trust is a choice among named kinds.
//! - [`soap`]: the codec, from bytes to typed values without a tree, and back in schema order.
//! - [`vim`]: the wire types. [`method`]: one type per call, whose request is built without I/O.
//! - [`client`]: the session, and calls through it.
//! - [`property`]: reading and watching many objects. [`task`]: waiting for work.
//!   [`object`]: thin handles. [`rest`]: vCenter's other API, for lists and tags.
//!
//! # What it holds to
//!
//! - A call that changes state and may have reached the server is never repeated.
//!   [`Error::delivery`] and [`Error::may_have_acted`] tell what is known: that something was not
//!   done is said only with proof.
//! - A task that has not ended is never taken for success, and a wait that breaks never for its end.
//! - Pages are always followed; what could not be read stands beside what was.
//! - No password, cookie or session key shows in an error, a `Debug` text or a wire trace.
//! - Nothing is sent when a value is dropped. Log out, or use [`Client::scope`].

pub mod client;
mod error;
pub mod method;
pub mod object;
pub mod property;
pub mod rest;
mod session;
pub mod soap;
pub mod task;
#[cfg(test)]
mod testing;
pub mod transport;
pub mod vim;

pub use client::{Client, ClientBuilder};
pub use error::{Error, ForeignAnswer};

/// The examples of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
