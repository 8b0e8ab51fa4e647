//! The disks of a master target as a list.

use std::fmt;
use vsphere_client::vim::ManagedObjectReference;

use serde::{Deserialize, Serialize};

use crate::{
    fact::Fact,
    ledger::{DiskUuid, Entry, Unreadable},
    slots::{Slot, SlotMap},
};

/// What a disk of a master target is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiskKind {
    /// The master target's own system disk. It is never detached.
    System,
    /// The master target's own disk for retained changes. It is never detached.
    Retention,
    /// A disk of a protected VM.
    Protected,
    /// Neither: nothing tells what it is there for.
    Other,
}

impl DiskKind {
    /// Whether no operation on disks may ever touch it.
    pub fn is_own(self) -> bool {
        matches!(self, Self::System | Self::Retention)
    }
}

impl fmt::Display for DiskKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::System => "system",
            Self::Retention => "retention",
            Self::Protected => "protected",
            Self::Other => "other",
        })
    }
}

/// What tells whose disk it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnerSource {
    /// The ledger.
    Ledger,
    /// Another VM that has the same file.
    File,
    /// Another VM that has a disk with the same UUID, on another file.
    Uuid,
}

/// The VM that a disk belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Its name; by the ledger, the name when the disk was attached.
    pub name: String,
    /// `config.instanceUuid`.
    pub instance_uuid: Option<String>,
    /// Its reference, when it was seen.
    pub moref: Option<ManagedObjectReference>,
    /// What tells so.
    pub source: OwnerSource,
}

/// One disk of a master target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskRow {
    /// Device key.
    pub key: i32,
    /// Its slot on one of the four SCSI buses; unset for a disk elsewhere.
    pub slot: Option<Slot>,
    /// Where it stands in words: `0:1`, or `NVMe 0:0` for a disk on none of the 60 slots.
    pub address: String,
    /// What it is there for.
    pub kind: DiskKind,
    /// `backing.uuid` in the ledger's spelling; unset when the server leaves it out.
    pub uuid: Option<DiskUuid>,
    /// Label, for example `Hard disk 3`.
    pub label: String,
    /// Capacity in bytes.
    pub capacity_bytes: Option<i64>,
    /// The file in use, for example `[ds1] app/app_1.vmdk`.
    pub path: Option<String>,
    /// Whose disk it is; unset for the master target's own disks, and when nothing tells.
    pub owner: Option<Owner>,
    /// Whether the ledger has an entry for it.
    pub in_ledger: bool,
    /// Where the ledger says that its file is, when that is not where it is now: the disk was moved.
    pub attached_as: Option<String>,
}

/// An entry of the ledger whose disk is not attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostEntry {
    /// The entry.
    pub entry: Entry,
}

/// All disks of a master target, and what its ledger says beyond them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskList {
    /// The disks, by bus and unit, those on other controllers last.
    pub disks: Vec<DiskRow>,
    /// Entries of the ledger without a disk.
    pub without_disk: Vec<LostEntry>,
    /// Entries of the ledger that cannot be read.
    pub unreadable: Vec<Unreadable>,
    /// The 60 slots.
    #[serde(skip)]
    pub slots: SlotMap,
    /// How many of the 60 slots are free.
    pub free_slots: usize,
    /// Whether the ledger could be read; without it, whose disks these are is not known.
    pub ledger: Fact<()>,
}

impl DiskList {
    /// How many disks are of a kind.
    pub fn count(&self, kind: DiskKind) -> usize {
        self.disks.iter().filter(|row| row.kind == kind).count()
    }
}
