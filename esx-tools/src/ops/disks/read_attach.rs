//! What became of each disk that was to be attached, by what is on the server now.

use super::{DiskResult, DiskStatus, run_attach::Blamed};
use crate::{
    disks::DiskName,
    facts::Facts,
    ledger::{DiskUuid, Entry},
    plan::PlacedDisk,
};

/// Whether the very disk is attached, whatever the ledger says.
pub(super) fn is_attached(disk: &PlacedDisk, facts: &Facts) -> bool {
    let disks = facts.master_target.disks.known().into_iter().flatten();
    disks.into_iter().any(|now| {
        now.stands_on(&disk.entry.path)
            && now.disk_uuid().is_none_or(|uuid| uuid == disk.entry.uuid)
    })
}

pub(super) fn is_entered(uuid: &DiskUuid, facts: &Facts) -> bool {
    let ledger = facts.master_target.ledger();
    let entries = ledger.known().map(|ledger| ledger.entries.as_slice());
    entries
        .unwrap_or_default()
        .iter()
        .any(|entry| &entry.uuid == uuid)
}

/// What is there now, and what was heard on the way.
pub(super) struct Read<'a> {
    pub(super) after: Option<&'a Facts>,
    pub(super) failure: Option<&'a str>,
    pub(super) blamed: &'a [Blamed],
    pub(super) partial: bool,
}

impl Read<'_> {
    /// What became of each disk and each entry.
    pub(super) fn results(&self, disks: &[PlacedDisk], record: &[Entry]) -> Vec<DiskResult> {
        let whole = self
            .after
            .is_some_and(|facts| disks.iter().all(|disk| is_attached(disk, facts)));
        let of_disks = disks.iter().map(|disk| {
            let (status, detail) = self.of_disk(disk, whole);
            DiskResult {
                disk: DiskName {
                    vm: Some(disk.entry.vm_name.clone()),
                    label: Some(disk.label.clone()),
                    path: Some(disk.entry.path.clone()),
                    uuid: Some(disk.entry.uuid.clone()),
                },
                slot: place_now(disk, self.after).or(Some(disk.slot)),
                status,
                detail,
            }
        });
        let of_entries = record.iter().map(|entry| {
            let (status, detail) = match self.after {
                None => (DiskStatus::Unknown, self.said()),
                Some(facts) if is_entered(&entry.uuid, facts) => (DiskStatus::Entered, None),
                Some(_) => (DiskStatus::NotDone, self.said()),
            };
            DiskResult {
                disk: DiskName {
                    vm: Some(entry.vm_name.clone()),
                    label: None,
                    path: Some(entry.path.clone()),
                    uuid: Some(entry.uuid.clone()),
                },
                slot: None,
                status,
                detail,
            }
        });
        of_disks.chain(of_entries).collect()
    }

    fn said(&self) -> Option<String> {
        self.failure.map(str::to_owned)
    }

    fn of_disk(&self, disk: &PlacedDisk, whole: bool) -> (DiskStatus, Option<String>) {
        let Some(facts) = self.after else {
            return (DiskStatus::Unknown, self.said());
        };
        let uuid = &disk.entry.uuid;
        match (is_attached(disk, facts), is_entered(uuid, facts)) {
            (true, true) if whole || self.partial => (DiskStatus::Attached, None),
            (true, true) => (DiskStatus::LeftAttached, self.said()),
            (true, false) => {
                let detail = "it is attached, and the ledger has no entry for it; attach it again to have one written";
                (DiskStatus::NotTaken, Some(detail.into()))
            }
            (false, _) => {
                let own = self.blamed.iter().find(|(one, _)| &one.entry.uuid == uuid);
                match own {
                    Some((_, reason)) => (DiskStatus::Refused, Some(reason.clone())),
                    None => {
                        let others = || "left out because another disk was refused".to_owned();
                        let detail = self.said().or_else(|| Some(others()));
                        (DiskStatus::NotDone, detail)
                    }
                }
            }
        }
    }
}

fn place_now(disk: &PlacedDisk, after: Option<&Facts>) -> Option<crate::slots::Slot> {
    let disks = after?.master_target.disks.known()?;
    let found = disks.iter().find(|now| now.stands_on(&disk.entry.path))?;
    found.slot()
}
