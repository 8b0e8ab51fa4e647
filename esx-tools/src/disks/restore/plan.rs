//! Planning a restore: which disks go back to which VMs, and what the ledger says afterwards. Pure.

use std::collections::BTreeMap;
use vsphere_client::vim::ManagedObjectReference;

use super::{
    super::{
        DiskName, DiskPlan, DiskState, DiskVerb, Located, Refused, RefusedCause, Satisfied,
        locate::{base_path, owner_of},
    },
    steps::{Note, give_back, note},
};
use crate::{
    fact::PowerState,
    ledger::Entry,
    plan::{GivenBackDisk, StaleDisk},
    site::{Facts, OwnerVm},
    vm::DiskFacts,
};

/// Everything that a restore is judged by.
#[derive(Clone, Debug)]
pub(crate) struct RestoreFacts {
    /// The master target.
    pub(crate) facts: Facts,
    /// Where the disks are.
    pub(crate) located: Vec<Located>,
    /// The VMs that own them.
    pub(crate) owners: Vec<OwnerVm>,
    /// Instance UUIDs of the VMs that were named; all of the ledger when unset.
    pub(crate) wanted: Option<Vec<String>>,
}

/// What is to be done about one disk.
enum RestoreVerdict {
    Satisfied(Satisfied),
    No(Box<Refused>),
    /// Its owner has it; the ledger does not say so yet.
    Note(Note),
    /// Its owner has to get it, and then the ledger says so.
    Give(Box<GivenBackDisk>, Note),
}

/// What is done for one owner.
#[derive(Default)]
struct ForOwner {
    disks: Vec<GivenBackDisk>,
    notes: Vec<Note>,
}

/// Plans to give back every disk that was moved, and to set the ledger right.
pub(crate) fn plan_restore(seen: &RestoreFacts) -> DiskPlan {
    let vm = &seen.facts.master_target;
    let mut plan = DiskPlan {
        verb: DiskVerb::Restore,
        master_target: vm.moref.clone(),
        master_target_name: vm.name.clone(),
        change_version: vm.change_version.clone(),
        partial: true,
        steps: Vec::new(),
        satisfied: Vec::new(),
        refused: Vec::new(),
    };
    let mut work: BTreeMap<&ManagedObjectReference, (&OwnerVm, ForOwner)> = BTreeMap::new();
    for disk in seen.located.iter().filter(|disk| is_wanted(seen, disk)) {
        match judge(seen, disk) {
            (_, RestoreVerdict::Satisfied(one)) => plan.satisfied.push(one),
            (_, RestoreVerdict::No(refused)) => plan.refused.push(*refused),
            (Some(owner), verdict) => {
                let (_, mine) = work
                    .entry(&owner.moref)
                    .or_insert_with(|| (owner, ForOwner::default()));
                match verdict {
                    RestoreVerdict::Note(note) => mine.notes.push(note),
                    RestoreVerdict::Give(disk, note) => {
                        mine.disks.push(*disk);
                        // An entry that stays as it is needs no writing.
                        if note.after.as_ref() != Some(&note.before) {
                            mine.notes.push(note);
                        }
                    }
                    RestoreVerdict::Satisfied(_) | RestoreVerdict::No(_) => {}
                }
            }
            (None, _) => {}
        }
    }
    for (owner, mine) in work.into_values() {
        let given = (!mine.disks.is_empty()).then(|| give_back(owner, mine.disks));
        if !mine.notes.is_empty() {
            let mut note = note(&seen.facts, owner, &mine.notes);
            // The ledger is told only of what is so.
            note.after.extend(given.iter().map(|step| step.id.clone()));
            plan.steps.extend(given.into_iter().chain([note]));
        } else {
            plan.steps.extend(given);
        }
    }
    plan
}

fn is_wanted(seen: &RestoreFacts, disk: &Located) -> bool {
    seen.wanted.as_ref().is_none_or(|wanted| {
        wanted
            .iter()
            .any(|uuid| uuid.eq_ignore_ascii_case(&disk.entry.vm_instance_uuid))
    })
}

fn judge<'s>(seen: &'s RestoreFacts, disk: &Located) -> (Option<&'s OwnerVm>, RestoreVerdict) {
    let target = &seen.facts.master_target;
    let entry = &disk.entry;
    let no = |cause, reason: String, remedy: &str| {
        RestoreVerdict::No(Box::new(Refused {
            disk: DiskName {
                vm: Some(entry.vm_name.clone()),
                label: None,
                path: disk
                    .path()
                    .map(str::to_owned)
                    .or_else(|| Some(entry.path.clone())),
                uuid: Some(entry.uuid.clone()),
            },
            cause,
            reason,
            remedy: remedy.to_owned(),
        }))
    };
    let Some(path) = disk.path() else {
        let verdict = match disk.state {
            DiskState::OnTwoFiles => no(
                RefusedCause::OnTwoFiles,
                format!("several files have its UUID: {}", disk.paths.join(", ")),
                "find out which is the disk and which a copy, and move the copy out of the way",
            ),
            _ => no(
                RefusedCause::Missing,
                "no file with its UUID was found".into(),
                "see 'esxtool disks locate' for what was searched; do not delete anything",
            ),
        };
        return (None, verdict);
    };
    if target.change_version.is_none() {
        let verdict = no(
            RefusedCause::NotReadable,
            format!("config.changeVersion of {} could not be read", target.name),
            "give the account a role that may read the VM, at least Read-only",
        );
        return (None, verdict);
    }
    if disk
        .attached
        .as_ref()
        .is_some_and(|device| device.deltas > 0)
    {
        let verdict = no(
            RefusedCause::Delta,
            format!(
                "a snapshot of {} stands on it, with the newest data",
                target.name
            ),
            "remove the snapshots of the master target first: esxtool prepare-master-target",
        );
        return (None, verdict);
    }
    let Some(owner) = owner_of(&seen.owners, entry) else {
        let verdict = no(
            RefusedCause::OwnerGone,
            format!(
                "{} (instance UUID {}) is not on this server",
                entry.vm_name, entry.vm_instance_uuid
            ),
            "attach the file by hand to the VM that replaces it; its entry in the ledger stays until then",
        );
        return (None, verdict);
    };
    let disks = match (owner.disks.get(), &owner.change_version) {
        (Ok(disks), Some(_)) => disks,
        (disks, _) => {
            let why = disks.err().unwrap_or("config.changeVersion");
            let verdict = no(
                RefusedCause::NotReadable,
                format!("{} could not be read: {why}", owner.name),
                "give the account a role that may read the VM, at least Read-only",
            );
            return (None, verdict);
        }
    };
    let note = Note {
        after: disk.attached.is_some().then(|| Entry {
            path: path.to_owned(),
            ..entry.clone()
        }),
        before: entry.clone(),
    };
    if disks.iter().any(|now| now.stands_on(path)) {
        if note.after.as_ref() == Some(entry) {
            let why = format!("{} has it, and the ledger says where it is", owner.name);
            let disk = DiskName {
                vm: Some(owner.name.clone()),
                label: None,
                path: Some(path.to_owned()),
                uuid: Some(entry.uuid.clone()),
            };
            return (None, RestoreVerdict::Satisfied(Satisfied { disk, why }));
        }
        return (Some(owner), RestoreVerdict::Note(note));
    }
    match owner.power_state.get() {
        Ok(PowerState::PoweredOff) => {}
        Ok(_) => {
            let verdict = no(
                RefusedCause::OwnerOn,
                format!("{} is not powered off", owner.name),
                "power it off; it cannot run from the file that it names now anyway",
            );
            return (None, verdict);
        }
        Err(reason) => {
            let verdict = no(
                RefusedCause::NotReadable,
                format!(
                    "whether {} is powered off is not known: {reason}",
                    owner.name
                ),
                "give the account a role that may read the VM, at least Read-only",
            );
            return (None, verdict);
        }
    }
    let on = vsphere_client::vim::DatastorePath::parse(path).map(|path| path.datastore);
    if !on
        .as_ref()
        .is_some_and(|name| owner.writable.contains(name))
    {
        let verdict = no(
            RefusedCause::NotMounted,
            format!(
                "the host of {} does not mount the datastore of {path} read/write",
                owner.name
            ),
            "mount the datastore there, or move the VM to a host that mounts it",
        );
        return (None, verdict);
    }
    match slot_of(owner, disks, disk, path) {
        Ok(given) => (Some(owner), RestoreVerdict::Give(Box::new(given), note)),
        Err((cause, reason, remedy)) => (None, no(cause, reason, remedy)),
    }
}

/// Where on the owner the disk goes: the slot of the device that names the former file, else that of the ledger.
fn slot_of(
    owner: &OwnerVm,
    disks: &[DiskFacts],
    located: &Located,
    path: &str,
) -> Result<GivenBackDisk, (RefusedCause, String, &'static str)> {
    let entry = &located.entry;
    let given = |controller_key, unit, address: String, stale: Option<&DiskFacts>| GivenBackDisk {
        uuid: entry.uuid.clone(),
        path: path.to_owned(),
        controller_key,
        unit,
        address,
        mode: stale
            .and_then(|disk| disk.mode.clone())
            .unwrap_or_else(|| "persistent".into()),
        capacity_bytes: stale
            .and_then(|disk| disk.capacity_bytes)
            .filter(|bytes| *bytes > 0),
        stale: stale.map(|disk| StaleDisk {
            key: disk.key,
            label: disk.label.clone(),
            path: disk.path.clone().unwrap_or_default(),
        }),
    };
    let unknown_slot = || {
        (
            RefusedCause::SlotTaken,
            format!("where {} had it is not known any more", owner.name),
            "attach the file to the VM by hand",
        )
    };
    let names_former = |disk: &&DiskFacts| {
        base_path(disk) == Some(entry.path.as_str())
            || disk.disk_uuid().as_ref() == Some(&entry.uuid)
    };
    if let Some(stale) = disks.iter().find(names_former) {
        if stale.delta_depth() > 0 {
            return Err((
                RefusedCause::Delta,
                format!(
                    "{} has a snapshot with a delta on {}",
                    owner.name, stale.label
                ),
                "a delta fits only the file that it was made on: bring the VM back from its snapshot by hand",
            ));
        }
        let (Some(key), Some(unit)) = (stale.controller_key, stale.unit) else {
            return Err(unknown_slot());
        };
        let address = match stale.bus {
            Some(bus) => format!("{bus}:{unit}"),
            None => format!("unit {unit}"),
        };
        return Ok(given(key, unit, address, Some(stale)));
    }
    let Some(slot) = entry.slot else {
        return Err(unknown_slot());
    };
    let (bus, unit) = (i32::from(slot.bus()), i32::from(slot.unit()));
    let controllers = owner
        .controllers
        .known()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let on_bus = controllers
        .iter()
        .find(|one| one.kind.is_scsi() && one.bus == bus);
    match on_bus {
        None => Err((
            RefusedCause::SlotTaken,
            format!(
                "{} has no SCSI controller on bus {bus} any more",
                owner.name
            ),
            "add the controller to the VM, or attach the file by hand",
        )),
        Some(controller) if controller.units.contains(&unit) => Err((
            RefusedCause::SlotTaken,
            format!("its slot {slot} on {} is taken by another disk", owner.name),
            "move the other disk to another slot, or attach the file by hand",
        )),
        Some(controller) => Ok(given(controller.key, unit, slot.to_string(), None)),
    }
}
