//! Attaching disks of protected VMs to a master target.

mod look;
mod named;
mod operation;
mod plan;
mod results;

pub use look::AttachFacts;
pub use operation::{Attach, AttachOptions, prepare};
#[cfg(test)]
pub(crate) use plan::plan_attach;
