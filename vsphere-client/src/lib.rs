//! An async client for vCenter and standalone ESXi.
