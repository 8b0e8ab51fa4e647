//! Judging one disk: may it be attached to this master target?

use std::collections::BTreeSet;

use super::{
    candidate::{Candidate, twins},
    conditions::{
        host_name, is_there, not_mounted, of_the_file, of_the_vm, wrong_kind, wrong_mount,
    },
    refused::{Refused, RefusedCause},
};
use crate::{
    ledger::{DiskUuid, Entry, Ledger},
    site::{DatastoreFacts, Facts},
    slots::SlotMap,
    vm::{DiskFacts, Vm},
};

/// What is said of one disk.
#[derive(Debug)]
pub(crate) enum AttachVerdict {
    /// It may be attached, and has this UUID.
    Attach(DiskUuid),
    /// It is attached already; with the entry to write when the ledger lacks it.
    Attached { entry: Option<Box<Entry>> },
    /// It may not.
    No(Box<Refused>),
}

/// The master target that disks are judged for.
#[derive(Debug)]
pub(crate) struct Ground<'a> {
    facts: &'a Facts,
    disks: &'a [DiskFacts],
    ledger: Ledger,
    holders: &'a [Vm],
    pub(crate) slots: SlotMap,
}

impl<'a> Ground<'a> {
    /// Takes it from the facts; without any of this nothing can be attached safely.
    pub(crate) fn of(facts: &'a Facts, holders: &'a [Vm]) -> Result<Self, String> {
        let vm = &facts.master_target;
        let known = |reason: &str| reason.to_owned();
        let controllers = vm.controllers.get().map_err(known)?;
        let disks = vm.disks.get().map_err(known)?;
        facts.datastores.get().map_err(known)?;
        if vm.change_version.is_none() {
            return Err("config.changeVersion could not be read".into());
        }
        if vm.template == Some(true) {
            return Err("it is a template, which cannot be a master target".into());
        }
        Ok(Self {
            facts,
            disks,
            ledger: vm.ledger().get().cloned().map_err(known)?,
            holders,
            slots: SlotMap::of(controllers, disks),
        })
    }

    /// Judges one disk. `twins` are UUIDs that several of the disks named have.
    pub(crate) fn judge(
        &self,
        candidate: &Candidate<'_>,
        twins: &BTreeSet<DiskUuid>,
    ) -> AttachVerdict {
        match self.checked(candidate, twins) {
            Ok(verdict) => verdict,
            Err(refused) => AttachVerdict::No(refused),
        }
    }

    fn checked(
        &self,
        candidate: &Candidate<'_>,
        twins: &BTreeSet<DiskUuid>,
    ) -> Result<AttachVerdict, Box<Refused>> {
        let (owner, disk) = (candidate.owner, candidate.disk);
        let target = self.facts.master_target.name.as_str();
        let no = |cause, reason: String, remedy: &str| {
            Box::new(Refused {
                disk: candidate.name(),
                cause,
                reason,
                remedy: remedy.to_owned(),
            })
        };
        if owner.moref == self.facts.master_target.moref {
            let reason = format!("it belongs to {target} itself");
            return Err(no(
                RefusedCause::OwnDisk,
                reason,
                "name a disk of a protected VM",
            ));
        }
        let path = disk.path.as_deref().ok_or_else(|| {
            no(
                RefusedCause::NotReadable,
                "its file is not known".into(),
                "look at the disk in the settings of the VM",
            )
        })?;
        of_the_file(candidate)?;
        let uuid = self.uuid(candidate)?;
        if let Some(present) = self.disks.iter().find(|now| now.stands_on(path)) {
            return self.attached(candidate, present, uuid);
        }
        of_the_vm(owner)?;
        if let Some(base) = owner.linked_base(disk) {
            let reason = format!("it is {}", base.under_a_linked_clone());
            return Err(no(
                RefusedCause::LinkedClone,
                reason,
                "make a full clone of the VM; consolidation leaves a linked clone as it is",
            ));
        }
        if disk.delta_depth() > 0 {
            let reason = "it stands on a delta file: what was written since a snapshot is in another file than the disk itself".to_owned();
            return Err(no(
                RefusedCause::Delta,
                reason,
                "remove the snapshots of the VM and consolidate its disks",
            ));
        }
        self.of_the_datastore(candidate, path)?;
        is_there(candidate)?;
        if twins.contains(&uuid) {
            let reason = format!("another disk that was named has the same UUID {uuid}");
            return Err(no(RefusedCause::UuidTaken, reason, TWINS));
        }
        if let Some(other) = self
            .disks
            .iter()
            .find(|now| now.disk_uuid().as_ref() == Some(&uuid))
        {
            return Err(Box::new(self.same_uuid(candidate, other, &uuid)));
        }
        self.of_other_vms(candidate, path)?;
        Ok(AttachVerdict::Attach(uuid))
    }

    fn uuid(&self, candidate: &Candidate<'_>) -> Result<DiskUuid, Box<Refused>> {
        let no = |cause, reason| {
            Box::new(Refused {
                disk: candidate.name(),
                cause,
                reason,
                remedy: "look at the disk in the settings of the VM; without a UUID it could not be told from others later".into(),
            })
        };
        let uuid = candidate.uuid().ok_or_else(|| {
            no(
                RefusedCause::NoUuid,
                "the server tells no UUID for it".to_owned(),
            )
        })?;
        // What the VM says and what the file says are two things.
        match candidate.file.map(|file| &file.uuid) {
            Some(Ok(told)) if *told != uuid && candidate.disk.delta_depth() == 0 => Err(no(
                RefusedCause::NoUuid,
                format!("the VM says that its UUID is {uuid}, and its file says {told}"),
            )),
            _ => Ok(uuid),
        }
    }

    /// The same file is there: nothing to attach. The entry has to be there as well.
    fn attached(
        &self,
        candidate: &Candidate<'_>,
        present: &DiskFacts,
        uuid: DiskUuid,
    ) -> Result<AttachVerdict, Box<Refused>> {
        let entry = candidate.entry(uuid);
        if present.disk_uuid().is_some_and(|now| now != entry.uuid) {
            return Err(Box::new(Refused {
                disk: candidate.name(),
                cause: RefusedCause::UuidTaken,
                reason: format!(
                    "{} of {} is the same file and has another UUID",
                    present.label, self.facts.master_target.name
                ),
                remedy: "look at both disks; one of the two is not what it seems".into(),
            }));
        }
        let known = self.ledger.entries.iter().any(|one| present.is_of(one));
        Ok(AttachVerdict::Attached {
            entry: (!known).then(|| Box::new(entry)),
        })
    }

    fn same_uuid(&self, candidate: &Candidate<'_>, other: &DiskFacts, uuid: &DiskUuid) -> Refused {
        let target = &self.facts.master_target.name;
        let path = other.path.as_deref().unwrap_or("a file that is not known");
        let same_owner = self.ledger.entries.iter().any(|entry| {
            &entry.uuid == uuid
                && Some(&entry.vm_instance_uuid) == candidate.owner.instance_uuid.as_ref()
        });
        if same_owner {
            return Refused {
                disk: candidate.name(),
                cause: RefusedCause::Moved,
                reason: format!("it is attached to {target} and was moved there: it is {path} now"),
                remedy:
                    "see 'esxtool disks locate', then give it back with 'esxtool disks restore'"
                        .into(),
            };
        }
        Refused {
            disk: candidate.name(),
            cause: RefusedCause::UuidTaken,
            reason: format!(
                "{} of {target} ({path}) has the same UUID {uuid}",
                other.label
            ),
            remedy: TWINS.into(),
        }
    }

    /// The master target's host must be able to write to the datastore, and it must be of a kind that works.
    fn of_the_datastore(&self, candidate: &Candidate<'_>, path: &str) -> Result<(), Box<Refused>> {
        let no = |cause, reason, remedy: &str| {
            Err(Box::new(Refused {
                disk: candidate.name(),
                cause,
                reason,
                remedy: remedy.to_owned(),
            }))
        };
        let host = host_name(self.facts);
        let name = candidate.disk.datastore.as_deref().unwrap_or(path);
        let found = self.facts.datastore(name).filter(|datastore| {
            let theirs = candidate.owner.datastores.known();
            theirs.is_none_or(|theirs| theirs.contains(&datastore.moref))
        });
        let mounted = |datastore: &&DatastoreFacts| {
            // The master target's own files may stand where its host does not mount any more.
            !matches!(datastore.mount.known(), Some(None))
        };
        let Some(datastore) = found.filter(mounted) else {
            let (cause, reason, remedy) = not_mounted(host, name);
            return no(cause, reason, remedy);
        };
        match wrong_kind(datastore).or_else(|| wrong_mount(host, datastore)) {
            Some((cause, reason, remedy)) => no(cause, reason, remedy),
            None => Ok(()),
        }
    }

    /// No other VM may use the file, as its disk or as what its disk stands on.
    fn of_other_vms(&self, candidate: &Candidate<'_>, path: &str) -> Result<(), Box<Refused>> {
        let known = [&candidate.owner.moref, &self.facts.master_target.moref];
        let mut others = self.holders.iter();
        let Some(other) =
            others.find(|vm| !known.contains(&&vm.moref) && vm.disk_at(path).is_some())
        else {
            return Ok(());
        };
        let by_delta = other
            .disk_at(path)
            .is_some_and(|disk| disk.path.as_deref() != Some(path));
        let (reason, remedy) = if by_delta {
            (
                format!(
                    "a disk of {} stands on it: writing to it would break that one",
                    other.name
                ),
                "make a full clone of that VM, or remove its snapshots",
            )
        } else {
            (
                format!("{} has it as well", other.name),
                "detach it there first; a disk belongs to one VM and at most one master target",
            )
        };
        Err(Box::new(Refused {
            disk: candidate.name(),
            cause: RefusedCause::InUse,
            reason,
            remedy: remedy.to_owned(),
        }))
    }
}

const TWINS: &str = "the two are clones of one template: give one of them another UUID, or attach them to two master targets";

/// What an attach of every disk of the VMs to be protected would refuse, each with the VM that owns the disk.
///
/// # Errors
///
/// What of the master target is not known, without which nothing can be attached.
pub(crate) fn refusals(facts: &Facts) -> Result<Vec<(&Vm, Refused)>, String> {
    // Reading every other VM of the datastores is what an attach of a few disks can afford, not a check of hundreds
    // of VMs: here only those that were named are looked at for files that they share.
    let ground = Ground::of(facts, &facts.protected.vms)?;
    let disks = facts.protected.vms.iter().flat_map(|vm| {
        let disks = vm.disks.known().into_iter().flatten();
        disks.map(move |disk| Candidate::of_vm(vm, disk))
    });
    let all: Vec<Candidate<'_>> = disks.collect();
    let twins = twins(&all);
    let mut refused: Vec<(&Vm, Refused)> = Vec::new();
    for one in &all {
        if let AttachVerdict::No(no) = ground.judge(one, &twins)
            // What is wrong with a VM is said once, not for each of its disks.
            && !refused.iter().any(|(_, said)| *said == *no)
        {
            refused.push((one.owner, *no));
        }
    }
    Ok(refused)
}
