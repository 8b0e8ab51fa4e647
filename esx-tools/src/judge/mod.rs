//! The one judge of a disk: may it be attached to this master target, and if not, why.
//!
//! `attach` asks it about the disks that were named, and `check` about every disk of the VMs to be protected, so that
//! both say the same with the same code and the same words.

mod candidate;
mod conditions;
mod conversion;
mod disk;
mod refused;

pub(crate) use candidate::{Candidate, twins};
pub(crate) use conditions::{host_name, may_be_asked, wrong_kind, wrong_mount};
pub(crate) use conversion::conversion_obstacle;
pub(crate) use disk::{AttachVerdict, Ground, refusals};
pub use refused::{DiskName, Refused, RefusedCause};
