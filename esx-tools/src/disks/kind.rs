//! What each disk of a master target is there for.

use std::collections::BTreeMap;

use super::DiskKind;
use crate::{
    ledger::Ledger,
    retention_note::RetentionNote,
    vm::{DiskFacts, Vm},
};

/// The kind of each disk by its device key, as far as the master target itself tells.
///
/// A disk in the ledger is protected, whatever else is said of it. Of the rest, the guest tells which
/// disks carry its system and its retention volume (from API 7.0 on), and so does the note that
/// `--add-retention-disk` leaves. Where nothing tells, the first disk is taken for the system's, and the
/// next one in the VM's own folder for the retention's: better one disk kept too many.
pub(crate) fn kinds(vm: &Vm, ledger: &Ledger) -> BTreeMap<i32, DiskKind> {
    let disks = vm.disks.known().map(Vec::as_slice).unwrap_or_default();
    let mut kinds: BTreeMap<i32, DiskKind> = BTreeMap::new();
    for disk in disks {
        let entered = ledger.entries.iter().any(|entry| disk.is_of(entry));
        let kind = if entered {
            DiskKind::Protected
        } else {
            DiskKind::Other
        };
        kinds.insert(disk.key, kind);
    }
    let own: Vec<&DiskFacts> = disks
        .iter()
        .filter(|disk| kinds.get(&disk.key) == Some(&DiskKind::Other))
        .collect();
    let guest_system = named_by_guest(vm, true);
    let guest_retention = named_by_guest(vm, false);
    let noted = noted(vm, &own);
    let is_retention =
        |disk: &DiskFacts| guest_retention.contains(&disk.key) || noted == Some(disk.key);
    let mut system: Vec<i32> = own
        .iter()
        .filter(|disk| guest_system.contains(&disk.key))
        .map(|disk| disk.key)
        .collect();
    if system.is_empty() {
        let first = own.iter().find(|disk| !is_retention(disk));
        system.extend(first.map(|disk| disk.key));
    }
    let mut retention: Vec<i32> = own
        .iter()
        .filter(|disk| is_retention(disk) && !system.contains(&disk.key))
        .map(|disk| disk.key)
        .collect();
    if retention.is_empty() {
        let home = own
            .iter()
            .find(|disk| system.contains(&disk.key))
            .and_then(|disk| folder(disk));
        let next = own
            .iter()
            .find(|disk| !system.contains(&disk.key) && home.is_some() && folder(disk) == home);
        retention.extend(next.map(|disk| disk.key));
    }
    for key in system {
        kinds.insert(key, DiskKind::System);
    }
    for key in retention {
        kinds.insert(key, DiskKind::Retention);
    }
    kinds
}

/// Keys of the disks that the guest says carry its system volume, or its retention volume.
fn named_by_guest(vm: &Vm, system: bool) -> Vec<i32> {
    let Some(windows) = vm.is_windows() else {
        return Vec::new();
    };
    let volumes = vm.guest_disks.known().into_iter().flatten();
    volumes
        .filter(|volume| {
            if system {
                volume.is_system_volume(windows)
            } else {
                volume.is_retention_volume(windows)
            }
        })
        .flat_map(|volume| volume.disk_keys.iter().copied())
        .collect()
}

/// The disk that the note about the retention disk names, by its slot.
fn noted(vm: &Vm, own: &[&DiskFacts]) -> Option<i32> {
    let slot = RetentionNote::of(vm)?.slot;
    let found = own.iter().find(|disk| disk.slot() == Some(slot))?;
    Some(found.key)
}

/// The datastore and folder of a disk's base file.
fn folder(disk: &DiskFacts) -> Option<&str> {
    let base = disk.chain.first().map(|unit| unit.path.as_str());
    let (folder, _) = base.or(disk.path.as_deref())?.rsplit_once('/')?;
    Some(folder)
}
