//! Giving moved disks back to the VMs that own them.

mod operation;
mod plan;
mod steps;
#[cfg(test)]
mod tests;

pub use operation::{Restore, RestoreAfter, RestoreSeen, prepare};
#[cfg(test)]
pub(crate) use plan::{RestoreFacts, plan_restore};
