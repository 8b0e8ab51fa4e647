//! A disk that is judged, with the VM that owns it.

use std::collections::{BTreeMap, BTreeSet};

use super::refused::DiskName;
use crate::{
    ledger::{DiskUuid, Entry},
    vm::{DiskFacts, NamedFile, Vm},
};
use vsphere_client::vim::ManagedObjectReference;

/// A disk that was named, with the VM that owns it.
#[derive(Clone, Debug)]
pub(crate) struct Candidate<'a> {
    pub(crate) owner: &'a Vm,
    pub(crate) disk: &'a DiskFacts,
    /// What the file itself says, when it was asked.
    pub(crate) file: Option<&'a NamedFile>,
}

impl<'a> Candidate<'a> {
    /// A disk of a VM, with what its file says when it was asked.
    pub(crate) fn of_vm(owner: &'a Vm, disk: &'a DiskFacts) -> Self {
        let asked = |file: &&NamedFile| disk.path.as_deref() == Some(&file.path);
        Self {
            owner,
            disk,
            file: owner.files.iter().find(asked),
        }
    }

    /// What people know it by.
    pub(crate) fn name(&self) -> DiskName {
        DiskName {
            vm: Some(self.owner.name.clone()),
            label: Some(self.disk.label.clone()),
            path: self.disk.path.clone(),
            uuid: self.uuid(),
        }
    }

    /// Its UUID: by the device, else by the file.
    pub(crate) fn uuid(&self) -> Option<DiskUuid> {
        let by_file = || self.file.and_then(|file| file.uuid.as_ref().ok()).cloned();
        self.disk.disk_uuid().or_else(by_file)
    }

    /// Where it came from, for the ledger.
    pub(crate) fn entry(&self, uuid: DiskUuid) -> Entry {
        Entry {
            uuid,
            vm_instance_uuid: self.owner.instance_uuid.clone().unwrap_or_default(),
            vm_name: self.owner.name.clone(),
            device_key: self.disk.key,
            slot: self.disk.slot(),
            path: self.disk.path.clone().unwrap_or_default(),
        }
    }

    pub(crate) fn key(&self) -> (&ManagedObjectReference, i32) {
        (&self.owner.moref, self.disk.key)
    }
}

/// UUIDs that several of the disks named have, though they are different files.
pub(crate) fn twins(candidates: &[Candidate<'_>]) -> BTreeSet<DiskUuid> {
    let mut count: BTreeMap<DiskUuid, usize> = BTreeMap::new();
    for uuid in candidates.iter().filter_map(Candidate::uuid) {
        *count.entry(uuid).or_default() += 1;
    }
    let many = count.into_iter().filter(|(_, number)| *number > 1);
    many.map(|(uuid, _)| uuid).collect()
}
