//! Planning a detach: which disks are meant, by UUID alone, and which of them may be taken off.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{
    DiskKind, DiskName, DiskPlan, DiskVerb, Refused, RefusedCause, Satisfied, kind::kinds,
};
use crate::{
    fact::{Evidence, Fact},
    ledger::{DiskUuid, Entry, KEY_PREFIX, Ledger},
    plan::{AttachedDisk, Change, Step, StepKind, Undo},
    site::Facts,
    slots::SlotMap,
    vm::{DiskFacts, NoAnswer},
};

/// A VM whose disks are to be taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfVm {
    /// Its name.
    pub(crate) name: String,
    /// Its instance UUIDs: one, by the VM or by the ledger.
    pub(crate) instance_uuid: String,
}

/// What was named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetachWanted {
    /// Everything in the ledger.
    pub(crate) all: bool,
    /// All that the ledger has of these VMs.
    pub(crate) vms: Vec<OfVm>,
    /// These very disks.
    pub(crate) uuids: Vec<DiskUuid>,
}

/// Everything that a detach is judged by.
#[derive(Clone, Debug)]
pub struct DetachFacts {
    /// The master target.
    pub facts: Facts,
    /// What was named.
    pub(crate) wanted: DetachWanted,
    /// For entries whose disk is not attached: what the file at the entry's path says.
    pub(crate) files: BTreeMap<DiskUuid, Result<DiskUuid, NoAnswer>>,
}

/// Entries that were named and whose disks are not attached: their files have to be asked.
pub(crate) fn without_disk(facts: &Facts, wanted: &DetachWanted) -> Vec<Entry> {
    let Fact::Known(ledger) = facts.master_target.ledger() else {
        return Vec::new();
    };
    let disks = facts.master_target.disks.known();
    let disks = disks.map(Vec::as_slice).unwrap_or_default();
    named(&ledger, wanted)
        .into_iter()
        .filter_map(|uuid| entry_of(&ledger, &uuid))
        .filter(|entry| !disks.iter().any(|disk| disk.is_of(entry)))
        .cloned()
        .collect()
}

/// The UUIDs that were named, each once.
fn named(ledger: &Ledger, wanted: &DetachWanted) -> BTreeSet<DiskUuid> {
    let of_vm = |entry: &&Entry| {
        wanted.all
            || wanted
                .vms
                .iter()
                .any(|vm| vm.instance_uuid == entry.vm_instance_uuid)
    };
    let by_ledger = ledger.entries.iter().filter(of_vm);
    by_ledger
        .map(|entry| entry.uuid.clone())
        .chain(wanted.uuids.iter().cloned())
        .collect()
}

fn entry_of<'a>(ledger: &'a Ledger, uuid: &DiskUuid) -> Option<&'a Entry> {
    ledger.entries.iter().find(|entry| &entry.uuid == uuid)
}

/// Plans to take off all that was named and may be taken off.
pub(crate) fn plan_detach(seen: &DetachFacts) -> DiskPlan {
    let facts = &seen.facts;
    let vm = &facts.master_target;
    let mut plan = DiskPlan {
        verb: DiskVerb::Detach,
        master_target: vm.moref.clone(),
        master_target_name: vm.name.clone(),
        change_version: vm.change_version.clone(),
        partial: true,
        steps: Vec::new(),
        satisfied: Vec::new(),
        refused: Vec::new(),
    };
    let own_ledger = vm.ledger();
    let read = (own_ledger.get().cloned(), vm.disks.get());
    let (ledger, disks) = match read {
        (Ok(ledger), Ok(disks)) if vm.change_version.is_some() => (ledger, disks),
        (ledger, disks) => {
            let reason = ledger
                .err()
                .or(disks.err())
                .map(str::to_owned)
                .unwrap_or_else(|| "config.changeVersion could not be read".into());
            plan.refused.push(Refused {
                disk: DiskName::default(),
                cause: RefusedCause::NotReadable,
                reason: format!("{} cannot be read: {reason}", vm.name),
                remedy: "give the account a role that may read the VM, at least Read-only".into(),
            });
            return plan;
        }
    };
    let judge = Judge {
        seen,
        kinds: kinds(vm, &ledger),
        ledger: &ledger,
        disks,
    };
    let (mut taken, mut forget) = (Vec::new(), Vec::new());
    for uuid in named(&ledger, &seen.wanted) {
        match judge.one(&uuid) {
            DetachVerdict::Take(disk) => taken.push(*disk),
            DetachVerdict::Forget(entry) => forget.push(entry),
            DetachVerdict::Satisfied(one) => plan.satisfied.push(one),
            DetachVerdict::No(refused) => plan.refused.push(*refused),
        }
    }
    for of_vm in &seen.wanted.vms {
        let none = !ledger
            .entries
            .iter()
            .any(|entry| entry.vm_instance_uuid == of_vm.instance_uuid);
        if none {
            plan.satisfied.push(Satisfied {
                disk: DiskName {
                    vm: Some(of_vm.name.clone()),
                    ..DiskName::default()
                },
                why: format!("the ledger of {} has no disk of it", vm.name),
            });
        }
    }
    if taken.is_empty() && forget.is_empty() {
        return plan;
    }
    taken.sort_by_key(|disk| (disk.slot.is_none(), disk.slot));
    let step = step(facts, taken, forget);
    plan.add_or_refuse(facts, step);
    plan
}

enum DetachVerdict {
    Take(Box<AttachedDisk>),
    Forget(Entry),
    Satisfied(Satisfied),
    No(Box<Refused>),
}

struct Judge<'a> {
    seen: &'a DetachFacts,
    kinds: BTreeMap<i32, DiskKind>,
    ledger: &'a Ledger,
    disks: &'a [DiskFacts],
}

impl Judge<'_> {
    fn one(&self, uuid: &DiskUuid) -> DetachVerdict {
        let entry = entry_of(self.ledger, uuid);
        let mut present = self.disks.iter().filter(|disk| match entry {
            Some(entry) => disk.is_of(entry),
            None => disk.disk_uuid().as_ref() == Some(uuid),
        });
        match (present.next(), present.next()) {
            (None, _) => self.absent(uuid, entry),
            (Some(disk), None) => self.present(uuid, disk, entry),
            (Some(disk), Some(other)) => self.no(
                uuid,
                entry,
                Some(disk),
                RefusedCause::OnTwoFiles,
                format!(
                    "both {} and {} have its UUID, and nothing tells which is meant",
                    disk.label, other.label
                ),
                "look at both disks in the settings of the VM",
            ),
        }
    }

    fn absent(&self, uuid: &DiskUuid, entry: Option<&Entry>) -> DetachVerdict {
        let target = &self.seen.facts.master_target.name;
        let Some(entry) = entry else {
            if let Some(verdict) = self.unreadable(uuid, None) {
                return verdict;
            }
            return DetachVerdict::Satisfied(Satisfied {
                disk: name(uuid, None, None),
                why: format!("it is not attached to {target}"),
            });
        };
        let (cause, reason) = match self.seen.files.get(uuid) {
            Some(Ok(found)) if found == uuid => return DetachVerdict::Forget(entry.clone()),
            Some(Ok(_)) => (
                RefusedCause::Missing,
                "it is not attached, and another disk is where the ledger says that it is"
                    .to_owned(),
            ),
            Some(Err(NoAnswer::Absent(said) | NoAnswer::Refused(said))) => (
                RefusedCause::Missing,
                format!(
                    "it is not attached, and its file is not found where the ledger says: {said}"
                ),
            ),
            Some(Err(NoAnswer::Unknown)) | None => (
                RefusedCause::Missing,
                format!(
                    "it is not attached, and the host of {target} does not mount its datastore"
                ),
            ),
        };
        self.no(
            uuid,
            Some(entry),
            None,
            cause,
            reason,
            "the entry is kept, since nothing else tells of the disk; find it with 'esxtool disks locate'",
        )
    }

    fn present(&self, uuid: &DiskUuid, disk: &DiskFacts, entry: Option<&Entry>) -> DetachVerdict {
        let target = &self.seen.facts.master_target.name;
        let kind = self.kinds.get(&disk.key).copied();
        if kind.is_none_or(DiskKind::is_own) {
            let what = kind.map_or_else(|| "own".to_owned(), |kind| kind.to_string());
            return self.no(
                uuid,
                entry,
                Some(disk),
                RefusedCause::OwnDisk,
                format!("it is the {what} disk of {target}, which is never detached"),
                "name a disk of a protected VM",
            );
        }
        if let Some(verdict) = self.unreadable(uuid, Some(disk)) {
            return verdict;
        }
        let Some(path) = disk.path.as_deref() else {
            return self.no(
                uuid,
                entry,
                Some(disk),
                RefusedCause::NotReadable,
                "its file is not known, so nothing could tell later where it is".into(),
                "look at the disk in the settings of the VM",
            );
        };
        if disk.delta_depth() > 0 {
            return self.no(
                uuid,
                entry,
                Some(disk),
                RefusedCause::Delta,
                format!("a snapshot of {target} put a delta file before it: what was written since would be left behind"),
                "remove the snapshots of the master target and consolidate its disks: 'esxtool prepare-master-target' does it",
            );
        }
        if let Some(entry) = entry.filter(|entry| entry.path != path) {
            return self.no(
                uuid,
                Some(entry),
                Some(disk),
                RefusedCause::Moved,
                format!(
                    "it was moved: attached as {}, it is {path} now; detached, its own VM would not find it",
                    entry.path
                ),
                "give it back with 'esxtool disks restore' first",
            );
        }
        DetachVerdict::Take(Box::new(AttachedDisk {
            uuid: uuid.clone(),
            label: disk.label.clone(),
            path: path.to_owned(),
            slot: disk.slot(),
            capacity_bytes: disk.capacity_bytes,
            entry: entry.cloned(),
        }))
    }

    /// An entry that a newer version wrote is left alone, and so is its disk.
    fn unreadable(&self, uuid: &DiskUuid, disk: Option<&DiskFacts>) -> Option<DetachVerdict> {
        let one = self.ledger.unreadable.iter().find(|one| {
            let digits = one.key.get(KEY_PREFIX.len()..).unwrap_or_default();
            digits.parse::<DiskUuid>().as_ref() == Ok(uuid)
        })?;
        Some(self.no(
            uuid,
            None,
            disk,
            RefusedCause::NotReadable,
            format!("its entry in the ledger cannot be read: {}", one.reason),
            "use the version of esxtool that attached it",
        ))
    }

    fn no(
        &self,
        uuid: &DiskUuid,
        entry: Option<&Entry>,
        disk: Option<&DiskFacts>,
        cause: RefusedCause,
        reason: String,
        remedy: &str,
    ) -> DetachVerdict {
        DetachVerdict::No(Box::new(Refused {
            disk: name(uuid, entry, disk),
            cause,
            reason,
            remedy: remedy.to_owned(),
        }))
    }
}

fn name(uuid: &DiskUuid, entry: Option<&Entry>, disk: Option<&DiskFacts>) -> DiskName {
    DiskName {
        vm: entry.map(|entry| entry.vm_name.clone()),
        label: disk.map(|disk| disk.label.clone()),
        path: disk
            .and_then(|disk| disk.path.clone())
            .or_else(|| entry.map(|entry| entry.path.clone())),
        uuid: Some(uuid.clone()),
    }
}

/// The one step, which is one reconfigure.
fn step(facts: &Facts, disks: Vec<AttachedDisk>, forget: Vec<Entry>) -> Step {
    let vm = &facts.master_target;
    let placed: Option<Vec<_>> = disks.iter().map(AttachedDisk::placed).collect();
    let kind = SlotMap::of_vm(vm).known().and_then(|slots| {
        let found = slots.allocate(0).ok()?;
        Some(found.controller_kind)
    });
    let undo = match (placed, kind) {
        (Some(disks), Some(controller_kind)) => Undo::By(Box::new(Change::AttachDisks {
            vm: vm.moref.clone(),
            controller_kind,
            disks,
            record: forget.clone(),
        })),
        _ => Undo::None {
            why: "nothing tells where a disk that is not in the ledger came from".into(),
        },
    };
    let title = title(&disks, &forget, &vm.name);
    let change = Change::DetachDisks {
        vm: vm.moref.clone(),
        disks,
        forget,
    };
    let version = vm.change_version.as_deref();
    let mut step = Step::new(StepKind::DetachDisks, title, &vm.name, change, undo);
    step.expects = version
        .map(|version| Evidence::new("config.changeVersion", version))
        .into_iter()
        .collect();
    step
}

fn title(disks: &[AttachedDisk], forget: &[Entry], target: &str) -> String {
    let disk = match disks.len() {
        0 => None,
        1 => Some(format!("detach 1 disk from {target}; its file stays")),
        n => Some(format!("detach {n} disks from {target}; their files stay")),
    };
    let entry = match forget.len() {
        0 => None,
        1 => Some(format!(
            "remove 1 entry without a disk from the ledger of {target}"
        )),
        n => Some(format!(
            "remove {n} entries without a disk from the ledger of {target}"
        )),
    };
    let parts: Vec<String> = disk.into_iter().chain(entry).collect();
    let text = parts.join(", and ");
    text[..1].to_uppercase() + &text[1..]
}
