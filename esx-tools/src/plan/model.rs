//! What a server would make of a change, as a pure function over facts; for tests.

use jiff::Timestamp;

use super::{
    change::{Change, NewDisk, OverrideEdit},
    disk_change::{AttachedDisk, DiskForSlot},
};
use crate::tag::TagName;
use crate::{
    fact::{Fact, PowerState},
    ledger::Entry,
    rules::DISK_ENABLE_UUID,
    site::{Facts, MountFacts, OverrideFacts, TagState},
    vm::{ChainUnit, ControllerFacts, ControllerKind, DiskFacts, Setting},
};

/// The facts after the change.
pub(crate) fn apply(facts: &Facts, change: &Change) -> Facts {
    let mut facts = facts.clone();
    let vm = &mut facts.master_target;
    match change {
        Change::RemoveAllSnapshots { .. } => {
            vm.snapshots = Fact::Known(vec![]);
            merge(&mut facts);
        }
        Change::ConsolidateDisks { .. } => {
            vm.consolidation_needed = Fact::Known(false);
            merge(&mut facts);
        }
        Change::Reconfigure {
            extra_config,
            remove_controllers,
            add_controllers,
            ..
        } => {
            for setting in extra_config {
                write(&mut facts, setting);
            }
            if let Fact::Known(controllers) = &mut facts.master_target.controllers {
                controllers.retain(|now| {
                    !remove_controllers
                        .iter()
                        .any(|gone| gone.key == Some(now.key))
                });
                for new in add_controllers {
                    assert!(
                        !controllers
                            .iter()
                            .any(|now| now.kind.is_scsi() && now.bus == new.bus),
                        "bus {} is taken",
                        new.bus
                    );
                    controllers.push(ControllerFacts {
                        disputed: Vec::new(),
                        key: 5000 + new.bus,
                        label: format!("SCSI controller {}", new.bus),
                        kind: new.kind.clone(),
                        bus: new.bus,
                        devices: vec![],
                        units: vec![],
                    });
                }
            }
        }
        Change::ShutDown { .. } => {
            assert_eq!(vm.power_state, Fact::Known(PowerState::PoweredOn));
            vm.power_state = Fact::Known(PowerState::PoweredOff);
            vm.boot_time = None;
        }
        Change::PowerOn { .. } => {
            assert_eq!(vm.power_state, Fact::Known(PowerState::PoweredOff));
            vm.power_state = Fact::Known(PowerState::PoweredOn);
            vm.boot_time = Timestamp::from_second(10_000).ok();
            if let Some(setting) = vm.setting(DISK_ENABLE_UUID) {
                vm.disk_uuid_flag = Some(setting.value.eq_ignore_ascii_case("true"));
            }
        }
        Change::ConvertControllers { controllers, .. } => {
            assert_eq!(vm.power_state, Fact::Known(PowerState::PoweredOff));
            let Fact::Known(now) = &mut vm.controllers else {
                panic!("controllers are only replaced when they are known")
            };
            for one in controllers {
                let found = now
                    .iter_mut()
                    .find(|now| now.bus == one.bus && now.kind == one.from)
                    .expect("the controller is there");
                assert_eq!(found.devices, one.devices);
                found.kind = one.to.clone();
            }
        }
        Change::AddDisk { disk, note, .. } => {
            add_disk(&mut facts, disk);
            write(&mut facts, note);
        }
        Change::DetachDisk { disk, note, .. } => {
            detach_disk(&mut facts, disk);
            write(&mut facts, note);
        }
        Change::AttachDisks {
            controller_kind,
            disks,
            record,
            ..
        } => {
            for disk in disks {
                attach_disk(&mut facts, controller_kind, disk);
                note(&mut facts, &disk.entry, true);
            }
            record
                .iter()
                .for_each(|entry| note(&mut facts, entry, true));
        }
        // They change something else than the facts are of.
        Change::GiveBackDisks { .. } | Change::Role(_) => return facts,
        Change::DetachDisks { disks, forget, .. } => {
            for disk in disks {
                take_disk(&mut facts, disk);
                if let Some(entry) = &disk.entry {
                    note(&mut facts, entry, false);
                }
            }
            forget
                .iter()
                .for_each(|entry| note(&mut facts, entry, false));
        }
        Change::DisableMethods { methods, .. } => {
            if let Fact::Known(disabled) = &mut vm.disabled_methods {
                disabled.extend(methods.clone());
            }
        }
        Change::EnableMethods { methods, .. } => {
            if let Fact::Known(disabled) = &mut vm.disabled_methods {
                disabled.retain(|method| !methods.contains(method));
            }
        }
        Change::Mount(change) => {
            let mut all = facts.protected.datastores.iter_mut();
            let datastore = all
                .find(|one| one.moref == change.datastore)
                .expect("the datastore is there");
            datastore.mount = Fact::Known(Some(MountFacts {
                access_mode: Some("readWrite".into()),
                mounted: Some(true),
                accessible: Some(true),
                inaccessible_reason: None,
                network: None,
            }));
        }
        Change::StorageDrsOverride { pod, edit, .. } => {
            if let Fact::Known(pods) = &mut facts.pods {
                let pod = pods
                    .iter_mut()
                    .find(|now| &now.moref == pod)
                    .expect("the pod is there");
                pod.storage_drs_override = edited(&pod.storage_drs_override, edit);
            }
        }
        Change::DrsOverride { edit, .. } => {
            if let Fact::Known(Some(cluster)) = &mut facts.cluster {
                cluster.drs_override = edited(&cluster.drs_override, edit);
            }
        }
        Change::AttachTag { tag, .. } => set_tag(&mut facts, tag, true),
        Change::DetachTag { tag, .. } => set_tag(&mut facts, tag, false),
    }
    if change.touches_vm() {
        facts.master_target.change_version = facts
            .master_target
            .change_version
            .map(|version| version + "+");
    }
    facts
}

fn set_tag(facts: &mut Facts, tag: &TagName, attached: bool) {
    for one in facts.tags.iter_mut().filter(|one| &one.tag == tag) {
        one.state = Fact::Known(TagState {
            category_id: Some("category".into()),
            takes_vms: true,
            tag_id: Some("tag".into()),
            attached,
        });
    }
}

fn add_disk(facts: &mut Facts, new: &NewDisk) {
    let vm = &mut facts.master_target;
    let (Fact::Known(controllers), Fact::Known(disks)) = (&mut vm.controllers, &mut vm.disks)
    else {
        panic!("a disk is only added when the others are known")
    };
    let (bus, unit) = (i32::from(new.slot.bus()), i32::from(new.slot.unit()));
    let controller = controllers
        .iter_mut()
        .find(|now| now.kind.is_lsi() && now.bus == bus)
        .expect("an LSI Logic controller is on the bus");
    assert!(!controller.units.contains(&unit), "{} is taken", new.slot);
    let key = 9000 + bus * 16 + unit;
    controller.units.push(unit);
    controller.devices.push(key);
    let path = format!("[{}] mt/mt_new.vmdk", new.datastore_name);
    disks.push(DiskFacts {
        key,
        label: format!("Hard disk {}", disks.len() + 1),
        uuid: None,
        capacity_bytes: Some(new.bytes),
        controller_key: Some(controller.key),
        bus: Some(bus),
        unit: Some(unit),
        backing: "VirtualDiskFlatVer2BackingInfo".into(),
        path: Some(path.clone()),
        datastore: Some(new.datastore_name.clone()),
        chain: vec![ChainUnit {
            path,
            datastore: Some(new.datastore_name.clone()),
            bytes: None,
        }],
        mode: Some("persistent".into()),
        on_scsi: true,
        multi_writer: false,
        encrypted: false,
    });
}

fn note(facts: &mut Facts, entry: &Entry, keep: bool) {
    let (key, value) = entry.encode();
    let value = if keep { value } else { String::new() };
    write(facts, &Setting { key, value });
}

fn attach_disk(facts: &mut Facts, kind: &ControllerKind, new: &DiskForSlot) {
    let vm = &mut facts.master_target;
    let (Fact::Known(controllers), Fact::Known(disks)) = (&mut vm.controllers, &mut vm.disks)
    else {
        panic!("a disk is only attached when the others are known")
    };
    let (bus, unit) = (i32::from(new.slot.bus()), i32::from(new.slot.unit()));
    let on_bus = |now: &ControllerFacts| now.kind.is_scsi() && now.bus == bus;
    if !controllers.iter().any(on_bus) {
        controllers.push(ControllerFacts {
            disputed: Vec::new(),
            key: 1000 + bus,
            label: format!("SCSI controller {bus}"),
            kind: kind.clone(),
            bus,
            devices: vec![],
            units: vec![],
        });
    }
    let controller = controllers
        .iter_mut()
        .find(|now| on_bus(now))
        .expect("it was added");
    assert!(controller.kind.is_lsi(), "bus {bus} is of a wrong kind");
    assert!(!controller.units.contains(&unit), "{} is taken", new.slot);
    let key = 9000 + bus * 16 + unit;
    controller.units.push(unit);
    controller.devices.push(key);
    disks.push(DiskFacts {
        key,
        label: format!("Hard disk {}", disks.len() + 1),
        uuid: Some(new.entry.uuid.to_string()),
        capacity_bytes: new.capacity_bytes,
        controller_key: Some(controller.key),
        bus: Some(bus),
        unit: Some(unit),
        backing: "VirtualDiskFlatVer2BackingInfo".into(),
        path: Some(new.entry.path.clone()),
        datastore: None,
        chain: vec![ChainUnit {
            path: new.entry.path.clone(),
            datastore: None,
            bytes: None,
        }],
        mode: Some("persistent".into()),
        on_scsi: true,
        multi_writer: false,
        encrypted: false,
    });
}

fn take_disk(facts: &mut Facts, gone: &AttachedDisk) {
    let vm = &mut facts.master_target;
    let (Fact::Known(controllers), Fact::Known(disks)) = (&mut vm.controllers, &mut vm.disks)
    else {
        panic!("a disk is only detached when it is known")
    };
    let at = disks
        .iter()
        .position(|disk| disk.disk_uuid().as_ref() == Some(&gone.uuid))
        .expect("the disk is there");
    let disk = disks.remove(at);
    for controller in controllers {
        if Some(controller.key) == disk.controller_key {
            controller.devices.retain(|key| *key != disk.key);
            controller.units.retain(|unit| Some(*unit) != disk.unit);
        }
    }
}

fn detach_disk(facts: &mut Facts, gone: &NewDisk) {
    let vm = &mut facts.master_target;
    let (Fact::Known(controllers), Fact::Known(disks)) = (&mut vm.controllers, &mut vm.disks)
    else {
        panic!("a disk is only detached when it is known")
    };
    let address = (
        Some(i32::from(gone.slot.bus())),
        Some(i32::from(gone.slot.unit())),
    );
    let at = disks
        .iter()
        .position(|disk| (disk.bus, disk.unit) == address)
        .expect("the disk is there");
    let disk = disks.remove(at);
    for controller in controllers {
        controller.devices.retain(|key| *key != disk.key);
        if Some(controller.bus) == disk.bus {
            controller.units.retain(|unit| Some(*unit) != disk.unit);
        }
    }
}

fn write(facts: &mut Facts, setting: &Setting) {
    if let Fact::Known(settings) = &mut facts.master_target.extra_config {
        settings.retain(|now| !now.key.eq_ignore_ascii_case(&setting.key));
        if !setting.value.is_empty() {
            settings.push(setting.clone());
        }
    }
    // The server's flag shows what the setting says.
    if setting.key.eq_ignore_ascii_case(DISK_ENABLE_UUID) {
        facts.master_target.disk_uuid_flag = Some(setting.value.eq_ignore_ascii_case("true"));
    }
}

fn merge(facts: &mut Facts) {
    if facts.master_target.snapshot_count() == Some(0)
        && let Fact::Known(disks) = &mut facts.master_target.disks
    {
        for disk in disks {
            disk.chain.truncate(1);
        }
    }
}

fn edited(now: &Fact<Option<OverrideFacts>>, edit: &OverrideEdit) -> Fact<Option<OverrideFacts>> {
    let now = now
        .known()
        .expect("an override is only edited when it is known");
    Fact::Known(match edit {
        OverrideEdit::Add { entry } => {
            assert!(now.is_none(), "add where there is one");
            Some(entry.clone())
        }
        OverrideEdit::Edit { entry } => {
            assert!(now.is_some(), "edit where there is none");
            Some(entry.clone())
        }
        OverrideEdit::Remove => {
            assert!(now.is_some(), "remove where there is none");
            None
        }
    })
}
