//! One VM, whatever it is looked at for: what is known of it, and how it is read.
//!
//! [`Vm`] is the one picture of a VM. Whoever reads VMs names the parts that are needed:
//! `client.retrieve::<VmParts<{ parts::NAME | parts::DEVICES }>>(..)` asks for two paths, and
//! `Vm::of` makes a [`Vm`] of each object, in which all the rest is unknown.

mod devices;
mod files;
mod guest;
mod linked;
mod os_version;
pub(crate) mod parts;
mod read;
mod resolved;
mod snapshots;
mod state;

pub use devices::{ChainUnit, ControllerFacts, ControllerKind, DiskFacts};
pub use files::{NamedFile, NoAnswer};
pub use guest::{GuestDisk, OsFamily, ToolsFacts};
pub use os_version::OsVersion;
pub(crate) use parts::{Properties, VmParts};
pub(crate) use read::read;
pub use resolved::ResolvedVm;
pub use snapshots::SnapshotFacts;
pub use state::{UsageFacts, Vm};

pub use crate::setting::Setting;
