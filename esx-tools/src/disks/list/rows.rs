//! From the facts of a master target to the list of its disks.

use super::super::{DiskKind, DiskList, DiskRow, LostEntry, Owner, OwnerSource, kind::kinds};
use crate::{
    fact::Fact,
    ledger::Ledger,
    slots::SlotMap,
    vm::{ControllerFacts, DiskFacts, Vm},
};

/// Lays out the disks of a master target. `holders` are the VMs with files on the same datastores.
///
/// # Errors
///
/// Why the disks cannot be listed: the VM's devices could not be read.
pub(crate) fn rows(vm: &Vm, holders: &[Vm]) -> Result<DiskList, String> {
    let disks = vm.disks.get().map_err(str::to_owned)?;
    let controllers = vm.controllers.get().map_err(str::to_owned)?;
    let (ledger, readable) = match vm.ledger() {
        Fact::Known(ledger) => (ledger, Fact::Known(())),
        Fact::Unknown { reason } => (Ledger::default(), Fact::unknown(reason)),
    };
    let kinds = kinds(vm, &ledger);
    let others: Vec<&Vm> = holders
        .iter()
        .filter(|holder| holder.moref != vm.moref)
        .collect();
    let rows: Vec<DiskRow> = disks
        .iter()
        .map(|disk| {
            let kind = kinds.get(&disk.key).copied().unwrap_or(DiskKind::Other);
            row(disk, kind, controllers, &ledger, &others)
        })
        .collect();
    let without_disk = ledger
        .entries
        .iter()
        .filter(|entry| !disks.iter().any(|disk| disk.is_of(entry)))
        .map(|entry| LostEntry {
            entry: entry.clone(),
        })
        .collect();
    let slots = SlotMap::of(controllers, disks);
    Ok(DiskList {
        disks: rows,
        without_disk,
        unreadable: ledger.unreadable,
        free_slots: slots.free(),
        slots,
        ledger: readable,
    })
}

fn row(
    disk: &DiskFacts,
    kind: DiskKind,
    controllers: &[ControllerFacts],
    ledger: &Ledger,
    others: &[&Vm],
) -> DiskRow {
    let entry = ledger.entries.iter().find(|entry| disk.is_of(entry));
    let owner = match entry {
        Some(entry) => Some(Owner {
            name: entry.vm_name.clone(),
            instance_uuid: Some(entry.vm_instance_uuid.clone()),
            moref: others
                .iter()
                .find(|vm| vm.instance_uuid.as_ref() == Some(&entry.vm_instance_uuid))
                .map(|vm| vm.moref.clone()),
            source: OwnerSource::Ledger,
        }),
        None => owner(disk, others),
    };
    let slot = disk.slot();
    DiskRow {
        key: disk.key,
        slot,
        address: slot.map_or_else(|| address(disk, controllers), |slot| slot.to_string()),
        kind: match kind {
            // A file that another VM has as well is that VM's.
            DiskKind::Other if owner.is_some() => DiskKind::Protected,
            kind => kind,
        },
        uuid: disk.disk_uuid(),
        label: disk.label.clone(),
        capacity_bytes: disk.capacity_bytes,
        path: disk.path.clone(),
        owner: if kind.is_own() { None } else { owner },
        in_ledger: entry.is_some(),
        attached_as: entry
            .filter(|entry| !disk.stands_on(&entry.path))
            .map(|entry| entry.path.clone()),
    }
}

/// The VM that has the same file, else the only one that has a disk with the same UUID.
fn owner(disk: &DiskFacts, others: &[&Vm]) -> Option<Owner> {
    let found = |vm: &&Vm, source| Owner {
        name: vm.name.clone(),
        instance_uuid: vm.instance_uuid.clone(),
        moref: Some(vm.moref.clone()),
        source,
    };
    let base = disk.chain.first().map(|unit| unit.path.as_str());
    if let Some(path) = base.or(disk.path.as_deref())
        && let Some(vm) = others.iter().find(|vm| vm.disk_at(path).is_some())
    {
        return Some(found(vm, OwnerSource::File));
    }
    let uuid = disk.disk_uuid()?;
    let mut holders = others.iter().filter(|vm| {
        let mut disks = vm.disks.known().into_iter().flatten();
        disks.any(|disk| disk.disk_uuid().as_ref() == Some(&uuid))
    });
    match (holders.next(), holders.next()) {
        (Some(vm), None) => Some(found(vm, OwnerSource::Uuid)),
        // Clones of one template have one UUID: then it tells nothing.
        _ => None,
    }
}

/// Where a disk on none of the 60 slots stands.
fn address(disk: &DiskFacts, controllers: &[ControllerFacts]) -> String {
    let unit = disk
        .unit
        .map_or_else(|| "?".to_owned(), |unit| unit.to_string());
    let on = controllers
        .iter()
        .find(|one| Some(one.key) == disk.controller_key);
    match on {
        Some(controller) if controller.kind.is_scsi() => format!("{}:{unit}", controller.bus),
        Some(controller) => format!("{} {}:{unit}", controller.kind.label(), controller.bus),
        None => format!("?:{unit}"),
    }
}
