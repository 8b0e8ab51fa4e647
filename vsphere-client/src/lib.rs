//! An async client for vCenter and standalone ESXi.

pub mod transport;
