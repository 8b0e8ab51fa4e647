//! UUIDs that more than one VM has, and what that rules out.
//!
//! Azure Site Recovery tells disks and VMs apart by their UUIDs. Clones of one template may
//! share them: then one of them cannot be the master target of another, and two of them cannot
//! fail back to one master target. [`find`] is pure; `ops::duplicates`
//! reads an inventory for it.

mod find;
mod report;
#[cfg(test)]
mod tests;

pub use find::find;
pub use report::{Duplicate, Duplicates, HolderDisk, RuledOut, Standing, Unread, UuidHolder};
