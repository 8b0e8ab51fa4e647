//! The disks of protected VMs on a master target: what is where, what may be attached or detached.
//!
//! A folder for each verb: [`attach`], [`detach`], [`restore`], `locate` and `list` hold what the verb looks at, its judgement,
//! its plan and its operation. What they share stands beside them.
//!
//! - [`DiskList`] lays out the disks of a master target with whose they are.
//! - [`DiskPlan`] is what an operation on disks is about to do: the steps, what is so already, and what
//!   is refused with the reason.

pub mod attach;
mod blame;
pub mod detach;
mod files;
mod kind;
mod list;
mod locate;
mod model;
mod plan;
mod report;
pub mod restore;
#[cfg(test)]
mod tests_plan;

pub(crate) use files::ask_files_of;
pub use list::{ListedDisks, list};
pub use locate::{Attached, DiskState, FoundFile, Located, LocatedDisks, Unsearched, locate};
pub use model::{DiskKind, DiskList, DiskRow, LostEntry, Owner, OwnerSource};
pub use plan::{DiskPlan, DiskVerb, Satisfied};
pub use report::{DiskResult, DiskStatus, DisksAfter};

pub use crate::judge::{DiskName, Refused, RefusedCause};
