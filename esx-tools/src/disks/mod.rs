//! The disks of protected VMs on a master target: what is where, what may be attached or detached.
//!
//! Everything in here is pure: facts in, lists and plans out. The operations that gather and act are
//! in [`ops::disks`](crate::ops::disks).
//!
//! - [`DiskList`] lays out the disks of a master target with whose they are.
//! - [`DiskPlan`] is what an operation on disks is about to do: the steps, what is so already, and what
//!   is refused with the reason.

mod attach;
mod blame;
mod candidate;
mod check;
mod check_disk;
mod detach;
mod detach_step;
mod kind;
mod list;
mod locate;
mod model;
mod plan;
mod restore;
mod restore_steps;
#[cfg(test)]
mod tests_list;
#[cfg(test)]
mod tests_locate;
#[cfg(test)]
mod tests_plan;
#[cfg(test)]
mod tests_restore;

pub(crate) use attach::{ATTACH, AttachFacts, NamedFile, NoAnswer, plan_attach};
pub(crate) use blame::{Blame, blame};
pub(crate) use check::refusals;
pub(crate) use check_disk::{host_name, may_be_asked, wrong_kind, wrong_mount};
pub(crate) use detach::{DETACH, DetachFacts, DetachWanted, OfVm, plan_detach, without_disk};
pub(crate) use list::list;
pub use locate::{Attached, DiskState, FoundFile, Located};
pub(crate) use locate::{FileUuids, devices_known, locate, to_ask, to_search};
pub use model::{DiskKind, DiskList, DiskRow, LostEntry, Owner, OwnerSource};
pub use plan::{DiskName, DiskPlan, DiskVerb, Refused, RefusedCause, Satisfied};
pub(crate) use restore::{RestoreFacts, plan_restore};
pub(crate) use restore_steps::needs as restore_needs;
