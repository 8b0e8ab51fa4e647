//! Attaching disks of protected VMs to a master target.

mod operation;
mod plan;
mod results;

pub use operation::{Attach, AttachOptions, prepare};
pub use plan::AttachFacts;
#[cfg(test)]
pub(crate) use plan::plan_attach;
pub(crate) use plan::{NamedFile, NoAnswer, ledger_of};
