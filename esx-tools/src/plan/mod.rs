//! Plans as data: what is to be changed, in which order, and how it is taken back.
//!
//! The planner is pure and deterministic. The order is: snapshots, consolidation, one reconfigure for
//! everything that a reconfigure can do, then the layers of Storage vMotion exclusion, the advisory
//! ones first and the disabled method last.

mod change;
mod exclude;
mod fingerprint;
#[cfg(test)]
pub(crate) mod model;
mod planner;
mod privileges;
mod reconfigure;
mod record;
mod room;
mod step;
#[cfg(test)]
mod tests;

pub use change::{Change, ControllerChange, OverrideEdit};
pub use planner::plan;
pub use privileges::{
    ADD_REMOVE_DEVICE, ADVANCED_CONFIG, DISABLE_METHODS, EDIT_CLUSTER, ENABLE_METHODS, ON_VM,
    POD_CONFIG, REMOVE_SNAPSHOT,
};
pub use record::{EXCLUSION_RECORD_KEY, ExclusionRecord};
pub use step::{Plan, RequiredPrivilege, Scope, Step, Undo, Unmendable, UnmendableCause};
