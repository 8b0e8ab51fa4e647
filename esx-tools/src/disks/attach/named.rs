//! The disks that were named, by their VM or by their file.

use super::AttachFacts;
use crate::{
    fact::Fact,
    judge::{Candidate, DiskName, Refused, RefusedCause},
    vm::{DiskFacts, NamedFile, NoAnswer, Vm},
};

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
