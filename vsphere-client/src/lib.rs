//! An async client for vCenter and standalone ESXi.

pub mod method;
pub mod soap;
pub mod transport;
pub mod vim;
