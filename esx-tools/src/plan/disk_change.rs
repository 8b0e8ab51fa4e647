//! Disks of protected VMs, as a step attaches or detaches them.

use serde::{Deserialize, Serialize};

use crate::{
    ledger::{DiskUuid, Entry},
    slots::Slot,
};

/// A disk that is to be attached, with the slot it gets and the entry that is written with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskForSlot {
    /// Where it comes from: its UUID, its file, its VM.
    pub entry: Entry,
    /// Its label on that VM, for example `Hard disk 2`.
    pub label: String,
    /// Its slot on the master target.
    pub slot: Slot,
    /// Capacity in bytes, as its VM tells.
    pub capacity_bytes: Option<i64>,
}

/// A disk that is attached, as it is to be found again when it is taken off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedDisk {
    /// Its UUID: by this alone it is found.
    pub uuid: DiskUuid,
    /// Its label on the master target.
    pub label: String,
    /// Its file: one with another file is not this disk.
    pub path: String,
    /// Its slot on the master target; unset when it stands on none of the 60.
    pub slot: Option<Slot>,
    /// Capacity in bytes.
    pub capacity_bytes: Option<i64>,
    /// Its entry in the ledger, which goes with it; unset for a disk that was named by its exact UUID.
    pub entry: Option<Entry>,
}

impl DiskForSlot {
    /// The same disk as it is once it is attached.
    pub fn attached(&self) -> AttachedDisk {
        AttachedDisk {
            uuid: self.entry.uuid.clone(),
            label: self.label.clone(),
            path: self.entry.path.clone(),
            slot: Some(self.slot),
            capacity_bytes: self.capacity_bytes,
            entry: Some(self.entry.clone()),
        }
    }
}

impl AttachedDisk {
    /// The same disk as it would be attached again; unset when there is no entry or no slot.
    pub fn placed(&self) -> Option<DiskForSlot> {
        Some(DiskForSlot {
            entry: self.entry.clone()?,
            label: self.label.clone(),
            slot: self.slot?,
            capacity_bytes: self.capacity_bytes,
        })
    }
}
