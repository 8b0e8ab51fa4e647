//! Plans as data: what is to be changed, in which order, and how it is taken back.
//!
//! The planner is pure and deterministic. The order is: snapshots, consolidation, one reconfigure for
//! everything that a reconfigure can do, then the layers of Storage vMotion exclusion, the advisory
//! ones first and the disabled method last.
//!
//! What needs the VM off stands after the reconfigure, between the step that shuts it down and the one
//! that powers it on again. Such steps are planned only when [`Fixes`] ask for them.

mod change;
mod convert;
mod deltas;
mod disk_change;
mod draft;
mod exclude;
mod fingerprint;
mod fixes;
mod give_back;
#[cfg(test)]
pub(crate) mod model;
mod mount;
mod mount_change;
mod planner;
mod power;
mod privileges;
mod reconfigure;
mod record;
mod retention;
mod role_change;
mod room;
mod snapshot_limit;
mod step;
mod step_id;
mod tag;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_fixes;
#[cfg(test)]
mod tests_fixes_properties;

pub use crate::exclusion::{EXCLUSION_RECORD_KEY, ExclusionRecord};
pub use change::{Change, ControllerChange, Conversion, NewDisk, OverrideEdit};
pub use disk_change::{AttachedDisk, DiskForSlot};
pub use fixes::{Fixes, RetentionDisk, RetentionDiskError, Scope, SnapshotLimit};
pub use give_back::{GivenBackDisk, StaleDisk};
pub use mount::{mount_state, mount_step};
pub use mount_change::MountChange;
pub use planner::{plan, plan_with};
pub(crate) use power::awaits_power_cycle;
pub use privileges::RequiredPrivilege;
pub(crate) use privileges::lacking;
pub use role_change::{RoleAct, RoleChange};
pub use step::{Plan, Step, Undo, Unfixable, UnfixableCause};
pub use step_id::{NotAStepId, StepId, StepKind};
