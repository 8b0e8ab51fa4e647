//! What became of each disk, by what is on the server now.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::DiskName;
use crate::{
    engine::{StepResult, StepStatus},
    ledger::DiskUuid,
    site::Facts,
    slots::Slot,
};

/// What became of one disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiskStatus {
    /// It is attached, and in the ledger.
    Attached,
    /// It is detached, its entry is gone, and its file is where it was, with its UUID.
    Detached,
    /// It was attached already; the entry that the ledger lacked is there now.
    Entered,
    /// It was not attached; the entry that the ledger still had is gone.
    Forgotten,
    /// The server refused this disk.
    Refused,
    /// It was not done, through no fault of this disk. That is proven.
    NotDone,
    /// It was attached while the disk at fault was looked for, and could not be detached again.
    LeftAttached,
    /// It is attached, and the ledger has no entry for it; or it is detached, and its entry is there still; or the server
    /// said that it was done, and it was not.
    NotTaken,
    /// It is detached, and its file could not be seen where it was.
    FileNotSeen,
    /// It may have been done, or may yet be; or the state could not be read.
    Unknown,
}

impl DiskStatus {
    /// Whether it is now as it was to be.
    pub fn is_good(self) -> bool {
        matches!(
            self,
            Self::Attached | Self::Detached | Self::Entered | Self::Forgotten
        )
    }
}

impl fmt::Display for DiskStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Attached => "attached",
            Self::Detached => "detached",
            Self::Entered => "entered",
            Self::Forgotten => "entry removed",
            Self::Refused => "refused",
            Self::NotDone => "not done",
            Self::LeftAttached => "left attached",
            Self::NotTaken => "did not take",
            Self::FileNotSeen => "file not seen",
            Self::Unknown => "unknown",
        })
    }
}

/// One disk and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskResult {
    /// The disk.
    pub disk: DiskName,
    /// Its slot on the master target: the one it has now, or had.
    pub slot: Option<Slot>,
    /// What became of it.
    pub status: DiskStatus,
    /// Why, or what else is to be said.
    pub detail: Option<String>,
}

/// What is there after disks were attached or detached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisksAfter {
    /// What became of each disk of the plan's steps.
    pub disks: Vec<DiskResult>,
}

/// What a disk that is not as it was to be comes to, by how its step ended: a negative only with proof.
pub(super) fn not_as_wanted(step: Option<&StepResult>) -> (DiskStatus, Option<String>) {
    let status = match step.map(StepResult::status) {
        None | Some(StepStatus::Unknown) => DiskStatus::Unknown,
        Some(StepStatus::Done | StepStatus::Already | StepStatus::NotTaken) => DiskStatus::NotTaken,
        Some(
            StepStatus::Refused
            | StepStatus::NotSupported
            | StepStatus::NotPermitted
            | StepStatus::NotSent
            | StepStatus::Skipped,
        ) => DiskStatus::NotDone,
    };
    (status, detail_of(step))
}

/// What was said about the step.
pub(super) fn detail_of(step: Option<&StepResult>) -> Option<String> {
    step.and_then(StepResult::detail).map(str::to_owned)
}

/// Whether the very disk is attached: by its UUID. Its path stands in only where the device has none.
pub(super) fn is_attached(uuid: &DiskUuid, path: &str, facts: &Facts) -> bool {
    let mut disks = facts.master_target.disks.known().into_iter().flatten();
    disks.any(|now| match now.disk_uuid() {
        Some(other) => &other == uuid,
        None => now.stands_on(path),
    })
}

/// Whether the ledger has an entry for it.
pub(super) fn is_entered(uuid: &DiskUuid, facts: &Facts) -> bool {
    let ledger = facts.master_target.ledger();
    let entries = ledger.known().map(|ledger| ledger.entries.as_slice());
    entries
        .unwrap_or_default()
        .iter()
        .any(|entry| &entry.uuid == uuid)
}

/// A disk by the entry of the ledger alone.
pub(super) fn named_by(entry: &crate::ledger::Entry) -> DiskName {
    DiskName {
        vm: Some(entry.vm_name.clone()),
        label: None,
        path: Some(entry.path.clone()),
        uuid: Some(entry.uuid.clone()),
    }
}
