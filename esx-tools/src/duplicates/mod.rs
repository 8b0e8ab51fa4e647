//! UUIDs that more than one virtual machine bears, and what that rules out.
//!
//! Azure Site Recovery tells disks and machines apart by their UUIDs. Clones of one template may
//! share them: then one of them cannot be the master target of another, and two of them cannot
//! fail back to one master target. [`find`] is pure; `ops::duplicates`
//! reads an inventory for it.

mod find;
mod machine;
mod report;
#[cfg(test)]
mod tests;

pub use find::find;
pub use machine::{DiskFile, Machine, MachineDisk};
pub use report::{Bearer, BearerDisk, Duplicate, Duplicates, RuledOut, Standing, Unread};
