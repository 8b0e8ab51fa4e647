//! Reconfigures that attach and detach disks of protected VMs, with their entries in the ledger.
//!
//! No request built here has a file operation: files are neither created nor changed nor deleted.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry as Slot};

use vsphere_client::vim::{
    ManagedObjectReference, VirtualDevice, VirtualDeviceConfigSpec, VirtualDiskFlatVer2BackingInfo,
};

use super::build::{
    NEW_CONTROLLERS, NEW_DISKS, NewDevice, Request, RequestError, controller, option, reconfigure,
    without,
};
use crate::{
    ledger::Entry,
    plan::{AttachedDisk, DiskForSlot},
    site::Facts,
    vm::ControllerKind,
};

/// Attaches disks: controllers that are lacking, the disks on their existing files, one entry for each.
pub(super) fn attach(
    vm: &ManagedObjectReference,
    controller_kind: &ControllerKind,
    disks: &[DiskForSlot],
    record: &[Entry],
    facts: &Facts,
) -> Result<Request, RequestError> {
    let mut changes = Vec::new();
    let mut controllers: BTreeMap<u8, i32> = BTreeMap::new();
    for disk in disks {
        let bus = disk.slot.bus();
        if let Slot::Vacant(missing) = controllers.entry(bus) {
            let key = match existing(bus, facts)? {
                Some(key) => key,
                None => {
                    let key = NEW_CONTROLLERS - i32::from(bus);
                    let new = controller(key, i32::from(bus), controller_kind)?;
                    changes.push(VirtualDeviceConfigSpec::add(new));
                    key
                }
            };
            missing.insert(key);
        }
    }
    for (key, disk) in (0..).map(|index| NEW_DISKS - index).zip(disks) {
        let Some(controller) = controllers.get(&disk.slot.bus()) else {
            continue;
        };
        if is_taken(disk, facts) {
            return Err(RequestError::SlotTaken(disk.slot));
        }
        changes.push(VirtualDeviceConfigSpec::add(device(key, *controller, disk)));
    }
    let entries = disks.iter().map(|disk| &disk.entry).chain(record);
    let notes = entries
        .map(|entry| {
            let (key, value) = entry.encode();
            option(&key, &value, facts)
        })
        .collect();
    reconfigure(
        vm,
        facts.master_target.change_version.as_ref(),
        changes,
        notes,
    )
}

/// Takes disks off, and their entries with them.
pub(super) fn detach(
    vm: &ManagedObjectReference,
    disks: &[AttachedDisk],
    forget: &[Entry],
    facts: &Facts,
) -> Result<Request, RequestError> {
    let present = facts
        .master_target
        .disks
        .known()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut changes = Vec::new();
    for disk in disks {
        let found = present
            .iter()
            .find(|now| match now.disk_uuid() {
                Some(uuid) => uuid == disk.uuid && now.path.as_ref() == Some(&disk.path),
                None => now.path.as_ref() == Some(&disk.path),
            })
            .ok_or_else(|| RequestError::NoSuchDisk(disk.uuid.clone()))?;
        changes.push(without(found.key));
    }
    let entries = disks.iter().filter_map(|disk| disk.entry.as_ref());
    let notes = entries
        .chain(forget)
        .map(|entry| option(&entry.encode().0, "", facts))
        .collect();
    reconfigure(
        vm,
        facts.master_target.change_version.as_ref(),
        changes,
        notes,
    )
}

/// Which of the disks a refusal means that names one by its position among the changes (`deviceIndex`).
///
/// New controllers stand first, one for each bus that has none yet.
pub(crate) fn disk_of_index(
    disks: &[DiskForSlot],
    device_index: i32,
    facts: &Facts,
) -> Option<usize> {
    let new: BTreeSet<u8> = disks
        .iter()
        .map(|disk| disk.slot.bus())
        .filter(|bus| matches!(existing(*bus, facts), Ok(None)))
        .collect();
    let index = usize::try_from(device_index).ok()?.checked_sub(new.len())?;
    (index < disks.len()).then_some(index)
}

/// The key of the controller of a bus; `None` when the bus has none yet.
fn existing(bus: u8, facts: &Facts) -> Result<Option<i32>, RequestError> {
    let bus = i32::from(bus);
    let controllers = facts.master_target.controllers.known();
    let found = controllers
        .into_iter()
        .flatten()
        .find(|one| one.kind.is_scsi() && one.bus == bus);
    match found {
        None => Ok(None),
        Some(controller) if controller.kind.is_lsi() => Ok(Some(controller.key)),
        Some(_) => Err(RequestError::NoSuchController { bus }),
    }
}

fn is_taken(disk: &DiskForSlot, facts: &Facts) -> bool {
    let (bus, unit) = (i32::from(disk.slot.bus()), i32::from(disk.slot.unit()));
    let controllers = facts.master_target.controllers.known();
    controllers
        .into_iter()
        .flatten()
        .any(|one| one.kind.is_scsi() && one.bus == bus && one.units.contains(&unit))
}

fn device(key: i32, controller_key: i32, disk: &DiskForSlot) -> VirtualDevice {
    let new = NewDevice {
        key,
        controller_key,
        unit: i32::from(disk.slot.unit()),
        bytes: disk.capacity_bytes,
        backing: VirtualDiskFlatVer2BackingInfo {
            file_name: disk.entry.path.clone(),
            disk_mode: "persistent".into(),
            ..VirtualDiskFlatVer2BackingInfo::default()
        },
    };
    new.device()
}

#[cfg(test)]
#[path = "disks_tests.rs"]
mod tests;
