//! An async client for vCenter and standalone ESXi.

pub mod client;
mod error;
pub mod method;
pub mod property;
mod session;
pub mod soap;
pub mod task;
#[cfg(test)]
mod testing;
pub mod transport;
pub mod vim;

pub use client::{Client, ClientBuilder};
pub use error::{Error, ForeignAnswer};
