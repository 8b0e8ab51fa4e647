//! The slots where a master target can take disks: 4 controllers with 15 slots each.
//!
//! A VM has at most four SCSI controllers (bus 0 to 3), and each has 16 units of which unit 7 is
//! the controller's own. Everything that counts or picks slots does it here.
//!
//! ```
//! use esx_tools::slots::SlotMap;
//!
//! let bare = SlotMap::of(&[], &[]);
//! assert_eq!(bare.free(), 60);
//! let found = bare.allocate(16)?;
//! assert_eq!(found.slots[15].to_string(), "1:0");
//! assert_eq!(found.new_controllers, [0, 1]);
//! # Ok::<(), esx_tools::slots::NoFreeSlot>(())
//! ```

mod map;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use crate::slot::{BUSES, NotASlot, SLOTS, SLOTS_PER_BUS, Slot};
pub use map::{Allocation, Occupant, SlotMap};

/// There are fewer free slots than disks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error(
    "{wanted} disks need as many slots, {free} of {slots} are free ({disks} disks are there, {lost} slots are lost to other devices or controllers)"
)]
pub struct NoFreeSlot {
    /// Disks that need a slot.
    pub wanted: usize,
    /// Slots that are free.
    pub free: usize,
    /// Disks that the VM has.
    pub disks: usize,
    /// Slots lost to other devices and to controllers of a wrong kind.
    pub lost: usize,
    /// Slots of a VM: 60.
    pub slots: usize,
}
