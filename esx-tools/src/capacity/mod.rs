//! Which replication group goes to which master target, and what is missing when they do not fit.
//!
//! The input is a [`Problem`]: groups with their VMs, master targets, and the datastores
//! between them. [`assign`] gives an [`Assignment`]. It is pure and deterministic: it depends on
//! what the input says, not on the order it says it in.
//!
//! # What is best
//!
//! Fewest groups without a master target, then fewest further master targets, then fewest of the present
//! ones. A further master target is taken to be a new one of the right family with
//! [`FURTHER_SLOTS`] slots, on a host that can write to every datastore it needs.
//!
//! # How it is found
//!
//! Branch and bound over whole groups, the largest first. It is exact while the search stays
//! within [`NODE_LIMIT`] nodes for each set of groups that have to do with each other, which
//! covers the sizes that sites have: 40 groups on 10 master targets are tested. Beyond, the best
//! found so far is given together with a proven lower bound ([`Proof`]), so that what may be lost
//! is known.

mod bits;
mod bound;
mod explain;
mod instance;
mod judge;
mod obstacle;
mod outcome;
mod problem;
mod proof;
pub(crate) mod read;
mod search;
mod solve;
#[cfg(test)]
mod tests;

pub use explain::assign;
pub use obstacle::{Constraint, Obstacle};
pub use outcome::{
    AssignedGroup, AssignedTarget, Assignment, Binding, Bound, FurtherTarget, Pairing, Proof,
    TargetUse, UnassignedGroup,
};
pub use problem::{
    Datastore, Family, Group, Identity, IdentityKind, Member, OwnDisk, Problem, Target,
};
pub use search::NODE_LIMIT;

/// Slots for disks on any VM: 4 SCSI controllers with 15 each.
pub const ALL_SLOTS: usize = 60;

/// Slots on a new master target: its system disk and its retention disk take one each.
pub const FURTHER_SLOTS: usize = ALL_SLOTS - 2;
