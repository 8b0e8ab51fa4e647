//! The places where a master target can take disks: 4 controllers with 15 places each.
//!
//! A VM has at most four SCSI controllers (bus 0 to 3), and each has 16 units of which unit 7 is
//! the controller's own. Everything that counts or picks places does it here.
//!
//! ```
//! use esx_tools::slots::SlotMap;
//!
//! let bare = SlotMap::of(&[], &[]);
//! assert_eq!(bare.free(), 60);
//! let places = bare.allocate(16)?;
//! assert_eq!(places.slots[15].to_string(), "1:0");
//! assert_eq!(places.new_controllers, [0, 1]);
//! # Ok::<(), esx_tools::slots::NoFreeSlot>(())
//! ```

mod map;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use crate::slot::{BUSES, NotASlot, PLACES, PLACES_PER_BUS, Slot};
pub use map::{Allocation, Occupant, SlotMap};

/// There are fewer free places than disks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error(
    "{wanted} disks need as many places, {free} of {places} are free ({disks} disks are there, {lost} places are lost to other devices or controllers)"
)]
pub struct NoFreeSlot {
    /// Disks that need a place.
    pub wanted: usize,
    /// Places that are free.
    pub free: usize,
    /// Disks that the VM has.
    pub disks: usize,
    /// Places lost to other devices and to controllers of a wrong kind.
    pub lost: usize,
    /// Places of a VM: 60.
    pub places: usize,
}
