//! Storage vMotion moves files and renames them, unless it is disabled.

use crate::mo::testing::*;
use crate::model::Role;
use crate::shape::text;
use crate::value::{Data, MoRef, Value};
use crate::vm::{self, backing_path};
use crate::world::World;

fn to(datastore: &MoRef) -> Data {
    let spec = Data::new("VirtualMachineRelocateSpec").with("datastore", datastore);
    Data::new("RelocateVM_Task").with("spec", spec)
}

fn free(world: &World, datastore: &MoRef) -> i64 {
    world
        .store
        .value(datastore, "summary.freeSpace")
        .and_then(Value::as_int)
        .unwrap()
}

fn set_up() -> (World, MoRef, MoRef, MoRef) {
    let world = world("failback-lab");
    let vm = named(&world, "VirtualMachine", "mt-linux-01");
    let from = named(&world, "Datastore", "gold-01");
    let target = named(&world, "Datastore", "gold-02");
    (world, vm, from, target)
}

#[test]
fn a_disabled_method_stops_the_move_for_everybody() {
    let (mut world, _, _, target) = set_up();
    let ready = named(&world, "VirtualMachine", "mt-linux-ready");
    for role in [Role::Administrator, Role::AzureSiteRecovery] {
        let fault = call_as(&mut world, role, &ready, "RelocateVM_Task", to(&target)).unwrap_err();
        assert_eq!(fault.kind(), "MethodDisabled");
        assert_eq!(fault.data.str("source"), Some("esxtool"));
    }
}

#[test]
fn a_move_takes_every_file_along_and_frees_the_room_it_took() {
    let (ref mut world, vm, from, target) = set_up();
    let (left, right) = (free(world, &from), free(world, &target));
    let snapshots = vm::snapshots_of(world, &vm);
    run(world, &vm, "RelocateVM_Task", to(&target)).unwrap();
    assert!(world.files.under("[gold-01] mt-linux-01/").next().is_none());
    assert_eq!(free(world, &from) - left, right - free(world, &target));
    let config = vm::config(world, &vm);
    assert_eq!(
        text(&config, "files.vmPathName"),
        "[gold-02] mt-linux-01/mt-linux-01.vmx"
    );
    for disk in vm::disks(&config) {
        let chain = world.files.chain(backing_path(&disk));
        assert_eq!(chain.len(), 4);
        assert!(
            chain.iter().all(
                |link| link.starts_with("[gold-02] mt-linux-01/") && world.files.contains(link)
            )
        );
    }
    for snapshot in snapshots {
        let frozen = world
            .store
            .value(&snapshot, "config")
            .and_then(Value::as_data)
            .unwrap();
        assert!(
            vm::disks(frozen)
                .iter()
                .all(|d| world.files.contains(backing_path(d)))
        );
    }
    assert_eq!(
        world.store.get(&vm).unwrap().references("datastore"),
        [target]
    );
}

#[test]
fn an_attached_disk_is_renamed_after_the_vm_that_moved_it() {
    let (ref mut world, vm, _, target) = set_up();
    let path = "[gold-01] app-01/app-01.vmdk";
    let uuid = world.files.disk(path).unwrap().uuid.clone();
    let wanted = with_changes(
        spec(world, &vm),
        [change("add", existing_disk(path, 1000, None))],
    );
    run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap();
    run(world, &vm, "RelocateVM_Task", to(&target)).unwrap();
    let moved = "[gold-02] mt-linux-01/mt-linux-01_2.vmdk";
    assert_eq!(world.files.disk(moved).unwrap().uuid, uuid);
    assert!(!world.files.contains(path));
    let app = named(world, "VirtualMachine", "app-01");
    let fault = run(world, &app, "PowerOnVM_Task", Data::new("PowerOnVM_Task")).unwrap_err();
    assert_eq!(
        fault.kind, "FileNotFound",
        "its owner cannot find it any more"
    );
}

#[test]
fn one_disk_moves_alone() {
    let (ref mut world, vm, _, target) = set_up();
    let locator = Data::new("VirtualMachineRelocateSpecDiskLocator")
        .with("diskId", 2001)
        .with("datastore", &target);
    let spec = Data::new("VirtualMachineRelocateSpec").with(
        "disk",
        Value::list("VirtualMachineRelocateSpecDiskLocator", [locator]),
    );
    run(
        world,
        &vm,
        "RelocateVM_Task",
        Data::new("RelocateVM_Task").with("spec", spec),
    )
    .unwrap();
    let disks = vm::disks(&vm::config(world, &vm));
    assert!(backing_path(&disks[0]).starts_with("[gold-01]"));
    assert!(backing_path(&disks[1]).starts_with("[gold-02]"));
    assert_eq!(
        world.store.get(&vm).unwrap().references("datastore").len(),
        2
    );
}

#[test]
fn targets_must_be_writable_and_have_room() {
    let (ref mut world, vm, ..) = set_up();
    let frozen = named(world, "Datastore", "replica-01");
    let fault = run(world, &vm, "RelocateVM_Task", to(&frozen)).unwrap_err();
    assert_eq!(fault.kind, "InvalidDatastore");
    let target = named(world, "Datastore", "gold-02");
    let now = world.clock.now();
    let room = free(world, &target);
    world.files.put(
        "[gold-02] archive/more.tar",
        crate::files::FileKind::Other,
        room - 1000,
        now,
    );
    let fault = run(world, &vm, "RelocateVM_Task", to(&target)).unwrap_err();
    assert_eq!(fault.kind, "NoDiskSpace");
    assert!(
        world
            .files
            .contains("[gold-01] mt-linux-01/mt-linux-01.vmx"),
        "nothing moved"
    );
}

#[test]
fn a_host_of_its_own_moves_nothing() {
    let mut world = world("esxi");
    let vm = named(&world, "VirtualMachine", "mt-linux-01");
    let datastore = named(&world, "Datastore", "datastore1");
    let fault = call(&mut world, &vm, "RelocateVM_Task", to(&datastore)).unwrap_err();
    assert_eq!(fault.kind(), "NotSupported");
}

#[test]
fn a_cancelled_move_leaves_everything_as_it_was() {
    let (ref mut world, vm, _, target) = set_up();
    let task = call(world, &vm, "RelocateVM_Task", to(&target)).unwrap();
    let task = task.as_ref().and_then(Value::as_ref).unwrap().clone();
    world.leap();
    world.leap();
    call(world, &task, "CancelTask", Data::new("CancelTask")).unwrap();
    settle(world);
    assert_eq!(
        world
            .store
            .value(&task, "info.error.fault")
            .and_then(Value::as_data)
            .unwrap()
            .kind,
        "RequestCanceled"
    );
    assert!(
        world
            .files
            .contains("[gold-01] mt-linux-01/mt-linux-01.vmx")
    );
}

#[test]
fn a_disk_that_was_lent_moves_along_gets_another_name_and_leaves_its_owner_with_nothing() {
    let mut world = world("disks");
    let target = named(&world, "VirtualMachine", "mt-linux-01");
    let owner = named(&world, "VirtualMachine", "app-01");
    let silver = named(&world, "Datastore", "silver-01");
    let lent = "[gold-01] app-01/app-01.vmdk";
    let uuid = world.files.disk(lent).unwrap().uuid.clone();
    let attach = with_changes(
        spec(&world, &target),
        [change("add", existing_disk(lent, 1000, Some(2)))],
    );
    run(&mut world, &target, "ReconfigVM_Task", reconfig(attach)).unwrap();
    // While a running VM has the disk, nobody else may ask it, start with it or move it.
    let fault = run(&mut world, &owner, "RelocateVM_Task", to(&silver)).unwrap_err();
    assert_eq!(fault.kind, "FileLocked");
    run(&mut world, &target, "RelocateVM_Task", to(&silver)).unwrap();
    let moved = "[silver-01] mt-linux-01/mt-linux-01_2.vmdk";
    assert_eq!(world.files.disk(moved).unwrap().uuid, uuid);
    assert!(!world.files.contains(lent));
    let dangling = vm::disks(&vm::config(&world, &owner));
    assert_eq!(backing_path(&dangling[0]), lent);
    let fault = run(
        &mut world,
        &owner,
        "PowerOnVM_Task",
        Data::new("PowerOnVM_Task"),
    )
    .unwrap_err();
    assert_eq!(
        (fault.kind.as_str(), fault.str("file")),
        ("FileNotFound", Some(lent))
    );
}

#[test]
fn a_disk_without_its_bytes_cannot_move() {
    let mut world = world("disks");
    let broken = named(&world, "VirtualMachine", "broken-01");
    let silver = named(&world, "Datastore", "silver-01");
    let fault = run(&mut world, &broken, "RelocateVM_Task", to(&silver)).unwrap_err();
    assert_eq!(
        (fault.kind.as_str(), fault.str("file")),
        (
            "FileNotFound",
            Some("[gold-01] broken-01/broken-01_1-flat.vmdk")
        )
    );
}
