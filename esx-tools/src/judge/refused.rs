//! A disk that is left alone, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ledger::DiskUuid;

/// A disk as people tell it from others: by its VM, its file and its UUID, as far as these are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DiskName {
    /// Name of the VM that it belongs to.
    pub vm: Option<String>,
    /// Its label there, for example `Hard disk 2`.
    pub label: Option<String>,
    /// Its file, for example `[ds1] app/app_1.vmdk`.
    pub path: Option<String>,
    /// Its UUID.
    pub uuid: Option<DiskUuid>,
}

impl fmt::Display for DiskName {
    /// `Hard disk 2 of app-01 ([ds1] app/app_1.vmdk)`; the UUID stands in when there is no file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = match (&self.path, &self.uuid) {
            (Some(path), _) => Some(path.clone()),
            (None, Some(uuid)) => Some(uuid.to_string()),
            (None, None) => None,
        };
        let label = self.label.as_deref();
        match (label, self.vm.as_deref(), exact) {
            (Some(label), Some(vm), Some(exact)) => write!(f, "{label} of {vm} ({exact})"),
            (Some(label), Some(vm), None) => write!(f, "{label} of {vm}"),
            (None, Some(vm), Some(exact)) => write!(f, "a disk of {vm} ({exact})"),
            (None, Some(vm), None) => write!(f, "the disks of {vm}"),
            (_, None, Some(exact)) => f.write_str(&exact),
            (_, None, None) => f.write_str("a disk that nothing names"),
        }
    }
}

/// A disk that is left alone, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The disk.
    pub disk: DiskName,
    /// The kind of the reason.
    pub cause: RefusedCause,
    /// The reason in words.
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
}

/// Why a disk is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RefusedCause {
    /// The VM that owns it is not powered off.
    OwnerOn,
    /// The VM that owns it has snapshots.
    Snapshots,
    /// The disk stands on a delta file.
    Delta,
    /// The disk is a linked clone: it stands on a file of another VM.
    LinkedClone,
    /// No UUID is known for it.
    NoUuid,
    /// Another disk with the same UUID is on the master target, or was named as well.
    UuidTaken,
    /// Its datastore is not mounted by the master target's host such that it can be written.
    NotMounted,
    /// Its datastore is of a kind that a master target cannot work with.
    DatastoreKind,
    /// The datastore is not known to the master target's host.
    DatastoreUnknown,
    /// All 60 slots are taken.
    NoFreeSlot,
    /// A raw device mapping, or another kind of disk that is no file of its own.
    NotAFile,
    /// Several VMs may write to it at once.
    MultiWriter,
    /// It is encrypted.
    Encrypted,
    /// It is independent of snapshots.
    Independent,
    /// There is no such file, or only its descriptor.
    NoData,
    /// No VM has it.
    NoOwner,
    /// Further VMs have it.
    InUse,
    /// It is the master target's own.
    OwnDisk,
    /// It is not in the ledger.
    NotInLedger,
    /// Its file is not where the ledger says.
    Moved,
    /// It is not to be found.
    Missing,
    /// It is on two files.
    OnTwoFiles,
    /// The VM that owns it is gone.
    OwnerGone,
    /// Its former slot is taken by another disk.
    SlotTaken,
    /// The account lacks a privilege.
    NotPermitted,
    /// What has to be known for a safe change could not be read.
    NotReadable,
}

impl RefusedCause {
    /// The cause in kebab case, as in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::OwnerOn => "owner-on",
            Self::Snapshots => "snapshots",
            Self::Delta => "delta",
            Self::LinkedClone => "linked-clone",
            Self::NoUuid => "no-uuid",
            Self::UuidTaken => "uuid-taken",
            Self::NotMounted => "not-mounted",
            Self::DatastoreKind => "datastore-kind",
            Self::DatastoreUnknown => "datastore-unknown",
            Self::NoFreeSlot => "no-free-slot",
            Self::NotAFile => "not-a-file",
            Self::MultiWriter => "multi-writer",
            Self::Encrypted => "encrypted",
            Self::Independent => "independent",
            Self::NoData => "no-data",
            Self::NoOwner => "no-owner",
            Self::InUse => "in-use",
            Self::OwnDisk => "own-disk",
            Self::NotInLedger => "not-in-ledger",
            Self::Moved => "moved",
            Self::Missing => "missing",
            Self::OnTwoFiles => "on-two-files",
            Self::OwnerGone => "owner-gone",
            Self::SlotTaken => "slot-taken",
            Self::NotPermitted => "not-permitted",
            Self::NotReadable => "not-readable",
        }
    }
}
