//! Where disks are found: by device, by their former file path, by a search.

use super::{
    judge::{FileUuids, locate, to_ask, to_search},
    *,
};
use crate::{
    fact::{Fact, PowerState},
    ledger::{DiskUuid, Entry},
    site::{OwnerVm, sample},
    vm::{ChainUnit, DiskFacts, Vm},
};
use vsphere_client::vim::ManagedObjectReference;

const UUID: &str = "6000c29d15c50f0a11adba5eba5eba11";
const BEFORE: &str = "[ds1] app-01/app-01.vmdk";
const AFTER: &str = "[ds2] mt/mt_2.vmdk";

fn uuid() -> DiskUuid {
    UUID.parse().unwrap()
}

fn entry() -> Entry {
    Entry {
        uuid: uuid(),
        vm_instance_uuid: "5002".into(),
        vm_name: "app-01".into(),
        device_key: 2000,
        slot: "0:0".parse().ok(),
        path: BEFORE.into(),
    }
}

fn disk(path: &str) -> DiskFacts {
    let Fact::Known(mut disks) = sample::protected("app-01", 1).disks else {
        unreachable!("the sample's disks are known")
    };
    let mut disk = disks.remove(0);
    disk.uuid = Some(UUID.into());
    disk.path = Some(path.into());
    disk.chain = vec![ChainUnit {
        path: path.into(),
        datastore: None,
        bytes: None,
    }];
    disk
}

/// The master target with the disk on this file, or without it.
fn target(path: Option<&str>) -> Vm {
    let mut vm = sample::ready().master_target;
    if let (Fact::Known(disks), Some(path)) = (&mut vm.disks, path) {
        disks.push(disk(path));
    }
    vm
}

fn owner() -> OwnerVm {
    OwnerVm {
        vm: Vm {
            name: "app-01".into(),
            instance_uuid: Some("5002".into()),
            change_version: Some("1".into()),
            power_state: Fact::Known(PowerState::PoweredOff),
            controllers: Fact::Known(vec![]),
            disks: Fact::Known(vec![disk(BEFORE)]),
            ..Vm::unread(ManagedObjectReference::new("VirtualMachine", "vm-7"))
        },
        writable: ["ds1", "ds2"].map(str::to_owned).into(),
    }
}

fn holder(name: &str, path: &str) -> Vm {
    Vm {
        name: name.into(),
        disks: Fact::Known(vec![disk(path)]),
        ..Vm::unread(ManagedObjectReference::new(
            "VirtualMachine",
            format!("vm-of-{name}"),
        ))
    }
}

fn files(paths: &[&str]) -> FileUuids {
    let mut files = FileUuids::default();
    for path in paths {
        files.note(path, uuid());
    }
    files
}

fn located(vm: &Vm, asked: &[&str], holders: &[Vm]) -> Located {
    let mut all = locate(vm, &[entry()], &[owner()], &files(asked), holders);
    all.remove(0)
}

#[test]
fn the_devices_tell_what_is_in_place_and_what_was_moved() {
    let here = located(&target(Some(BEFORE)), &[], &[]);
    assert_eq!(
        (here.state, here.path()),
        (DiskState::AsRecorded, Some(BEFORE))
    );
    assert_eq!(here.owner, Some(owner().moref.clone()));
    let moved = located(&target(Some(AFTER)), &[], &[]);
    assert_eq!((moved.state, moved.path()), (DiskState::Moved, Some(AFTER)));
    assert!(moved.attached.is_some());
}

#[test]
fn a_snapshot_of_the_master_target_moves_nothing() {
    let mut vm = target(Some(BEFORE));
    if let Fact::Known(disks) = &mut vm.disks {
        let disk = disks.last_mut().unwrap();
        let delta = "[ds1] app-01/app-01-000001.vmdk".to_owned();
        disk.path = Some(delta.clone());
        disk.chain.push(ChainUnit {
            path: delta,
            datastore: None,
            bytes: None,
        });
    }
    let found = located(&vm, &[], &[]);
    assert_eq!(found.state, DiskState::AsRecorded);
    assert_eq!(found.attached.unwrap().deltas, 1);
}

#[test]
fn a_copy_left_behind_makes_it_two_files() {
    let found = located(&target(Some(AFTER)), &[BEFORE], &[]);
    assert_eq!(found.state, DiskState::OnTwoFiles);
    assert_eq!(found.path(), None);
    assert_eq!(found.paths, [BEFORE, AFTER]);
}

#[test]
fn what_is_not_attached_is_found_by_its_file() {
    let vm = target(None);
    assert_eq!(located(&vm, &[], &[]).state, DiskState::Missing);
    assert_eq!(located(&vm, &[BEFORE], &[]).state, DiskState::AsRecorded);
    assert_eq!(located(&vm, &[AFTER], &[]).state, DiskState::Moved);
    assert_eq!(
        located(&vm, &[BEFORE, AFTER], &[]).state,
        DiskState::OnTwoFiles
    );
}

#[test]
fn the_disk_of_a_clone_is_never_taken_for_the_lost_one() {
    let twin = "[ds1] twin/twin.vmdk";
    let found = located(&target(None), &[twin], &[holder("twin", twin)]);
    assert_eq!((found.state, found.path()), (DiskState::Missing, None));
    assert_eq!(found.clones[0].of.as_deref(), Some("twin"));
    let both = located(&target(None), &[twin, AFTER], &[holder("twin", twin)]);
    assert_eq!((both.state, both.path()), (DiskState::Moved, Some(AFTER)));
}

#[test]
fn the_owner_has_a_say_before_a_clone_that_stands_on_its_disk() {
    let mut own = holder("app-01", BEFORE);
    own.moref = owner().moref.clone();
    let clone = holder("clone", BEFORE);
    let found = located(&target(None), &[BEFORE], &[clone, own]);
    assert_eq!(
        (found.state, found.clones.len()),
        (DiskState::AsRecorded, 0)
    );
}

#[test]
fn deltas_count_as_one_with_their_base() {
    let delta = "[ds2] mt/mt_2-000001.vmdk";
    let found = located(&target(None), &[AFTER, delta], &[]);
    assert_eq!((found.state, found.path()), (DiskState::Moved, Some(AFTER)));
    let alone = located(&target(None), &[delta], &[]);
    assert_eq!(alone.path(), Some(delta));
}

#[test]
fn only_what_the_devices_leave_open_is_asked_and_searched() {
    let (entries, owners) = ([entry()], [owner()]);
    let none: Vec<String> = Vec::new();
    assert_eq!(to_ask(&target(Some(BEFORE)), &entries, &owners), none);
    assert_eq!(to_ask(&target(Some(AFTER)), &entries, &owners), [BEFORE]);
    let mut right = owner();
    right.disks = Fact::Known(vec![disk(AFTER)]);
    assert_eq!(
        to_ask(&target(None), &entries, &[right.clone()]),
        [BEFORE, AFTER]
    );
    // What the master target runs on is locked, and known without asking.
    assert_eq!(to_ask(&target(Some(AFTER)), &entries, &[right]), [BEFORE]);
    assert!(to_search(&target(Some(AFTER)), &entries, &files(&[])).is_empty());
    assert!(to_search(&target(None), &entries, &files(&[AFTER])).is_empty());
    assert_eq!(to_search(&target(None), &entries, &files(&[])).len(), 1);
}

#[test]
fn an_owner_is_known_by_its_instance_uuid_alone() {
    let mut renamed = owner();
    renamed.name = "app-01-renamed".into();
    assert!(owner_of(&[renamed], &entry()).is_some());
    let mut other = owner();
    other.instance_uuid = Some("5003".into());
    assert!(owner_of(&[other], &entry()).is_none());
    assert!(owner_of(&[owner(), owner()], &entry()).is_none());
}
