//! The disks that were named, by their VM or by their file.

use std::collections::{BTreeMap, BTreeSet};

use super::{AttachFacts, DiskName, Refused, RefusedCause};
use crate::{
    fact::Fact,
    ledger::{DiskUuid, Entry},
    vm::{DiskFacts, NamedFile, NoAnswer, Vm},
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

    fn key(&self) -> (&ManagedObjectReference, i32) {
        (&self.owner.moref, self.disk.key)
    }
}

/// Every disk that was named, each once, in the order of the names; and what of the names is no disk.
pub(crate) fn candidates(seen: &AttachFacts) -> (Vec<Candidate<'_>>, Vec<Refused>) {
    let mut found: Vec<Candidate<'_>> = Vec::new();
    let mut refused = Vec::new();
    for vm in &seen.vms {
        match &vm.disks {
            Fact::Unknown { reason } => refused.push(Refused {
                disk: DiskName {
                    vm: Some(vm.label().to_owned()),
                    ..DiskName::default()
                },
                cause: RefusedCause::NotReadable,
                reason: format!("its devices cannot be read: {reason}"),
                remedy: "give the account a role that may read the VM, at least Read-only".into(),
            }),
            Fact::Known(disks) => {
                for disk in disks {
                    let named = seen.files.iter().find(|file| disk.stands_on(&file.path));
                    let asked = Candidate::of_vm(vm, disk);
                    let file = named.or(asked.file);
                    add(&mut found, Candidate { file, ..asked });
                }
            }
        }
    }
    for file in &seen.files {
        match owner_of(seen, &file.path) {
            Some((owner, disk)) => add(
                &mut found,
                Candidate {
                    owner,
                    disk,
                    file: Some(file),
                },
            ),
            None => refused.push(nobodys(seen, file)),
        }
    }
    (found, refused)
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

/// The same disk named twice counts once.
fn add<'a>(found: &mut Vec<Candidate<'a>>, one: Candidate<'a>) {
    if !found.iter().any(|known| known.key() == one.key()) {
        found.push(one);
    }
}

fn owner_of<'a>(seen: &'a AttachFacts, path: &str) -> Option<(&'a Vm, &'a DiskFacts)> {
    let machines = seen.vms.iter().chain(&seen.owners);
    // The VM whose disk in use it is goes before one that stands on it with a delta.
    let disks = machines.flat_map(|vm| {
        let disks = vm.disks.known().into_iter().flatten();
        disks.map(move |disk| (vm, disk))
    });
    let all: Vec<_> = disks.filter(|(_, disk)| disk.stands_on(path)).collect();
    let in_use = all
        .iter()
        .find(|(_, disk)| disk.path.as_deref() == Some(path));
    in_use.or(all.first()).copied()
}

/// Why a file that was named is no disk of any VM.
fn nobodys(seen: &AttachFacts, file: &NamedFile) -> Refused {
    let target = &seen.facts.master_target;
    let own = target
        .disks
        .known()
        .into_iter()
        .flatten()
        .find(|disk| disk.stands_on(&file.path));
    let (cause, reason, remedy) = match (&file.uuid, own) {
        (_, Some(own)) => (
            RefusedCause::OwnDisk,
            format!(
                "it is {} of {} itself, and no other VM has it",
                own.label, target.name
            ),
            "name a disk of a protected VM".to_owned(),
        ),
        (Err(NoAnswer::Unknown), None) => (
            RefusedCause::DatastoreUnknown,
            format!(
                "the host of {} mounts no datastore of that name",
                target.name
            ),
            "look at the name; a disk of another vCenter or site has to be attached to a master target there".to_owned(),
        ),
        (Err(NoAnswer::Absent(said)), None) => (
            RefusedCause::NoData,
            format!("there is no such disk: {said}"),
            "look at the path; the paths of a VM's disks are in its settings".to_owned(),
        ),
        (Err(NoAnswer::Refused(said)), None) => (
            RefusedCause::NotReadable,
            format!("no VM has it, and the file cannot be asked for its UUID: {said}"),
            "look at the path".to_owned(),
        ),
        (Ok(_), None) => (
            RefusedCause::NoOwner,
            "no VM has it, so nothing could tell later to whom it is to be given back".to_owned(),
            "register the VM that owns it first".to_owned(),
        ),
    };
    Refused {
        disk: DiskName {
            path: Some(file.path.clone()),
            uuid: file.uuid.as_ref().ok().cloned(),
            ..DiskName::default()
        },
        cause,
        reason,
        remedy,
    }
}
