//! What became of each disk that was to be attached, by what is on the server now.

use super::super::{
    DiskName, DiskResult, DiskStatus,
    report::{detail_of, is_attached, is_entered, named_by, not_as_wanted},
};
use crate::{
    engine::StepResult,
    ledger::DiskUuid,
    plan::{Change, DiskForSlot, Step},
    site::Facts,
    slots::Slot,
};

/// A disk that the server refused, with its words.
pub(super) type Blamed = (DiskForSlot, String);

/// What became of each disk and each entry of the step.
pub(super) fn results(
    step: &Step,
    after: Option<&Facts>,
    ended: Option<&StepResult>,
    blamed: &[Blamed],
    partial: bool,
) -> Vec<DiskResult> {
    let Change::AttachDisks { disks, record, .. } = &step.change else {
        return Vec::new();
    };
    let attached =
        |disk: &DiskForSlot, facts: &Facts| is_attached(&disk.entry.uuid, &disk.entry.path, facts);
    let whole = after.is_some_and(|facts| disks.iter().all(|disk| attached(disk, facts)));
    let of_disk = |disk: &DiskForSlot| -> (DiskStatus, Option<String>) {
        let Some(facts) = after else {
            return (DiskStatus::Unknown, detail_of(ended));
        };
        let uuid = &disk.entry.uuid;
        match (attached(disk, facts), is_entered(uuid, facts)) {
            (true, true) if whole || partial => (DiskStatus::Attached, None),
            (true, true) => (DiskStatus::LeftAttached, detail_of(ended)),
            (true, false) => {
                let detail = "it is attached, and the ledger has no entry for it; attach it again to have one written";
                (DiskStatus::NotTaken, Some(detail.into()))
            }
            (false, _) => match blamed.iter().find(|(one, _)| &one.entry.uuid == uuid) {
                Some((_, reason)) => (DiskStatus::Refused, Some(reason.clone())),
                None => not_as_wanted(ended),
            },
        }
    };
    let of_disks = disks.iter().map(|disk| {
        let (status, detail) = of_disk(disk);
        DiskResult {
            disk: DiskName {
                label: Some(disk.label.clone()),
                ..named_by(&disk.entry)
            },
            slot: slot_now(&disk.entry.uuid, after).or(Some(disk.slot)),
            status,
            detail,
        }
    });
    let of_entries = record.iter().map(|entry| {
        let (status, detail) = match after {
            None => (DiskStatus::Unknown, detail_of(ended)),
            Some(facts) if is_entered(&entry.uuid, facts) => (DiskStatus::Entered, None),
            Some(_) => not_as_wanted(ended),
        };
        DiskResult {
            disk: named_by(entry),
            slot: None,
            status,
            detail,
        }
    });
    of_disks.chain(of_entries).collect()
}

fn slot_now(uuid: &DiskUuid, after: Option<&Facts>) -> Option<Slot> {
    let mut disks = after?.master_target.disks.known()?.iter();
    disks
        .find(|now| now.disk_uuid().as_ref() == Some(uuid))?
        .slot()
}
