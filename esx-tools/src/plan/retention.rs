//! Adding a disk for the retention volume.

use super::{
    change::{Change, NewDisk},
    draft::{Draft, asked, step},
    fixes::{RetentionDisk, size},
    privileges::{self, RequiredPrivilege},
    step::{Step, Undo, UnfixableCause},
    step_id::StepKind,
};
use crate::{
    fact::Evidence,
    ledger::{DiskUuid, Ledger},
    retention_note::{RETENTION_NOTE_KEY, RetentionNote},
    rules::{Finding, Severity, ids},
    site::DatastoreFacts,
    slots::{Occupant, Slot, SlotMap},
    vm::{ControllerFacts, DiskFacts, Vm},
};

/// The step that adds the disk that was asked for. It is not yet part of the draft.
///
/// A disk that an earlier run added, or another one of the VM that is large enough, serves as well.
pub(super) fn step_for(draft: &mut Draft<'_>, conversion: Option<&Step>) -> Option<Step> {
    let wanted = draft.fixes.retention_disk.clone()?;
    match plan(draft, &wanted, conversion) {
        Ok(Wanted::Already(text)) => {
            draft.already.push(text);
            None
        }
        Ok(Wanted::Step(step)) => Some(*step),
        Err((cause, reason)) => {
            let finding = asked(
                draft.facts,
                ids::RETENTION_VOLUME,
                Severity::Blocker,
                format!("the disk of {} is not added", size(wanted.bytes)),
                "Add a disk for the retention volume by hand.",
            );
            draft.refuse(finding, cause, reason);
            None
        }
    }
}

/// Whether the plan does a part of what a finding asks for: the disk is there then, and has no file system yet.
pub(super) fn leaves(draft: &mut Draft<'_>, finding: &Finding) -> bool {
    finding.rule == ids::RETENTION_VOLUME && draft.planned(StepKind::AddRetentionDisk).is_some()
}

enum Wanted {
    Already(String),
    Step(Box<Step>),
}

fn plan(
    draft: &mut Draft<'_>,
    wanted: &RetentionDisk,
    conversion: Option<&Step>,
) -> Result<Wanted, (UnfixableCause, String)> {
    let facts = draft.facts;
    let vm = &facts.master_target;
    let not_readable = |reason: &str| (UnfixableCause::NotReadable, reason.to_owned());
    let disks = vm.disks.get().map_err(not_readable)?;
    let controllers = vm.controllers.get().map_err(not_readable)?;
    vm.extra_config.get().map_err(not_readable)?;
    if vm.change_version.is_none() {
        return Err(not_readable("config.changeVersion could not be read"));
    }
    if let Some(disk) = serving(vm, disks, wanted.bytes) {
        let capacity = disk.capacity_bytes.unwrap_or_default();
        return Ok(Wanted::Already(format!(
            "{} of {} serves for retention already",
            disk.label,
            size(capacity)
        )));
    }
    let datastore = datastore(draft, wanted)?;
    let (name, moref) = (datastore.name.clone(), datastore.moref.clone());
    let free = datastore.free_bytes;
    let Some(slot) = first_free(draft, conversion, controllers, disks) else {
        let reason = "no LSI Logic controller of the VM has a free slot";
        return Err((UnfixableCause::NoFreeSlot, reason.into()));
    };
    let disk = NewDisk {
        slot,
        bytes: wanted.bytes,
        datastore: moref,
        datastore_name: name,
    };
    let step = build(draft, disk, free);
    // On a datastore nothing is asked beforehand; there the server says.
    if let Some(lacking) = privileges::lacking(draft.facts, &step.privileges) {
        return Err(UnfixableCause::not_permitted(
            &lacking.privilege,
            &lacking.on,
        ));
    }
    Ok(Wanted::Step(Box::new(step)))
}

/// The disk that serves for retention: the one noted, or another of the VM's own that is large enough.
fn serving<'d>(vm: &Vm, disks: &'d [DiskFacts], bytes: i64) -> Option<&'d DiskFacts> {
    let noted = RetentionNote::of(vm);
    let by_note = noted.and_then(|RetentionNote { slot, bytes }| {
        disks.iter().find(|disk| {
            disk.slot() == Some(slot) && disk.capacity_bytes.is_some_and(|now| now >= bytes)
        })
    });
    let (system, others) = disks.split_first()?;
    by_note.or_else(|| {
        others.iter().find(|disk| {
            disk.capacity_bytes.is_some_and(|now| now >= bytes)
                && folder(disk).is_some()
                && folder(disk) == folder(system)
                && !in_ledger(vm, disk)
        })
    })
}

/// The folder of a disk's base file: disks of protected VMs lie in folders of their own.
fn folder(disk: &DiskFacts) -> Option<&str> {
    let path = disk.chain.first().map(|unit| unit.path.as_str());
    let (_, file) = path.or(disk.path.as_deref())?.split_once("] ")?;
    file.rsplit_once('/').map(|(folder, _)| folder)
}

/// Whether it came from a protected VM.
fn in_ledger(vm: &Vm, disk: &DiskFacts) -> bool {
    let settings = vm
        .extra_config
        .known()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let uuid = disk
        .uuid
        .as_deref()
        .and_then(|uuid| uuid.parse::<DiskUuid>().ok());
    uuid.is_some_and(|uuid| {
        Ledger::read(settings)
            .entries
            .iter()
            .any(|entry| entry.uuid == uuid)
    })
}

/// Where the file goes, with room for all of it: a thin disk that cannot fill up stops the VM.
fn datastore<'d>(
    draft: &Draft<'d>,
    wanted: &RetentionDisk,
) -> Result<&'d DatastoreFacts, (UnfixableCause, String)> {
    let person = |reason: String| (UnfixableCause::ForAPerson, reason);
    let facts = draft.facts;
    if let Err(reason) = facts.datastores.get() {
        return Err((UnfixableCause::NotReadable, reason.to_owned()));
    }
    let name = wanted
        .datastore
        .as_deref()
        .or(facts.master_target.home_datastore.as_deref())
        .ok_or_else(|| {
            person("the datastore of the VM's own files is not known: name one".into())
        })?;
    let found = facts.datastore(name).ok_or_else(|| {
        person(format!(
            "the host of the VM does not mount a datastore named {name}"
        ))
    })?;
    let writable = found
        .mount
        .known()
        .and_then(Option::as_ref)
        .is_some_and(|mount| {
            mount.access_mode.as_deref() == Some("readWrite")
                && mount.mounted != Some(false)
                && mount.accessible != Some(false)
        });
    if !writable || found.accessible == Some(false) {
        return Err(person(format!("the host of the VM cannot write to {name}")));
    }
    let Some(free_bytes) = found.free_bytes else {
        return Err((
            UnfixableCause::NotReadable,
            format!("the free space of {name} could not be read"),
        ));
    };
    if free_bytes < wanted.bytes {
        return Err((
            UnfixableCause::NoRoom {
                datastore: name.to_owned(),
                needed_bytes: wanted.bytes,
                free_bytes,
            },
            format!(
                "a disk that may grow to {} bytes needs as much on {name}, which has {free_bytes} bytes free",
                wanted.bytes
            ),
        ));
    }
    Ok(found)
}

/// The first slot for a disk on the LSI Logic controllers that are there when the step's turn comes.
fn first_free(
    draft: &mut Draft<'_>,
    conversion: Option<&Step>,
    controllers: &[ControllerFacts],
    disks: &[DiskFacts],
) -> Option<Slot> {
    let mut then = controllers.to_vec();
    if let Some(Change::ConvertControllers { controllers, .. }) =
        conversion.map(|step| &step.change)
    {
        for one in controllers {
            let of_it = |now: &&mut ControllerFacts| now.bus == one.bus && now.kind == one.from;
            if let Some(now) = then.iter_mut().find(of_it) {
                now.kind = one.to.clone();
            }
        }
    }
    if let Some(Change::Reconfigure {
        add_controllers,
        remove_controllers,
        ..
    }) = draft
        .planned(StepKind::Reconfigure)
        .map(|step| &step.change)
    {
        then.retain(|now| {
            remove_controllers
                .iter()
                .all(|gone| gone.key != Some(now.key))
        });
        then.extend(add_controllers.iter().map(|new| ControllerFacts {
            disputed: Vec::new(),
            key: -1,
            label: String::new(),
            kind: new.kind.clone(),
            bus: new.bus,
            devices: Vec::new(),
            units: Vec::new(),
        }));
    }
    // A slot without a controller is free as well, and is not what is wanted here.
    SlotMap::of(&then, disks)
        .slots()
        .find(|(_, occupant)| **occupant == Occupant::Free)
        .map(|(slot, _)| slot)
}

fn build(draft: &Draft<'_>, disk: NewDisk, free: Option<i64>) -> Step {
    let facts = draft.facts;
    let vm = &facts.master_target;
    let before = vm.setting(RETENTION_NOTE_KEY);
    let before = before.map(|now| now.value.clone()).unwrap_or_default();
    let note = RetentionNote {
        slot: disk.slot,
        bytes: disk.bytes,
    };
    let note = vm.setting_to_write(RETENTION_NOTE_KEY, note.to_string());
    let undo = Change::DetachDisk {
        vm: vm.moref.clone(),
        disk: disk.clone(),
        note: vm.setting_to_write(RETENTION_NOTE_KEY, before),
    };
    let title = format!(
        "Add a thin disk of {} on {} at SCSI {}",
        size(disk.bytes),
        disk.datastore_name,
        disk.slot
    );
    let expects = vec![
        Evidence::new(
            format!("free on {}", disk.datastore_name),
            format!("{} bytes", free.unwrap_or_default()),
        ),
        Evidence::new(format!("SCSI {}", disk.slot), "free"),
    ];
    let on = disk.datastore.clone();
    let change = Change::AddDisk {
        vm: vm.moref.clone(),
        disk,
        note,
    };
    let mut step = step(
        facts,
        StepKind::AddRetentionDisk,
        title,
        change,
        Undo::By(Box::new(undo)),
    );
    step.expects = expects;
    step.privileges.push(RequiredPrivilege {
        privilege: "Datastore.AllocateSpace".into(),
        on,
    });
    step
}
