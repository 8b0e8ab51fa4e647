//! Detaching disks of protected VMs from a master target.

mod operation;
mod plan;

pub use operation::{Detach, DetachOptions, prepare};
pub use plan::{DetachFacts, DetachWanted, OfVm};
#[cfg(test)]
pub(crate) use plan::{plan_detach, without_disk};
