//! The role that Azure Site Recovery's account needs on vSphere, as each document asks for it.
//!
//! Every privilege that is named here is known to each vCenter from 6.7 on.

mod hardening;
mod table;

pub use hardening::{HARDENING, TAGGING};
pub use table::{NAME, READ, RoleTable};
