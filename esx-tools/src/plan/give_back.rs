//! A disk that goes back to the VM that owns it, as data.

use serde::{Deserialize, Serialize};

use crate::ledger::DiskUuid;

/// One disk to give back: its file is named where it is now, on the slot where the owner had it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenBackDisk {
    /// The disk.
    pub uuid: DiskUuid,
    /// The device that still names the former file; unset when the owner has it no more.
    pub stale: Option<StaleDisk>,
    /// Where the file is now.
    pub path: String,
    /// Key of the controller that the disk hangs on.
    pub controller_key: i32,
    /// Its unit there.
    pub unit: i32,
    /// The address in words, for example `0:1`.
    pub address: String,
    /// `diskMode` of the new device: that of the former one.
    pub mode: String,
    /// Its capacity, when it is known. The server reads the true one out of the file.
    pub capacity_bytes: Option<i64>,
}

/// A device whose file is not where it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaleDisk {
    /// Device key.
    pub key: i32,
    /// Its label, for example `Hard disk 2`.
    pub label: String,
    /// The file that it names.
    pub path: String,
}
