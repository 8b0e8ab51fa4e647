//! A reconfigure does all of what its spec says, or nothing.

use crate::mo::testing::*;
use crate::shape::{flag, number, parts, text};
use crate::value::{Data, MoRef, Value};
use crate::vm;
use crate::world::World;

const LSI: &str = "VirtualLsiLogicController";
const APP_DISK: &str = "[gold-01] app-01/app-01.vmdk";

fn options(pairs: &[(&str, &str)]) -> Value {
    let all = pairs.iter().map(|(key, value)| {
        Data::new("OptionValue")
            .with("key", *key)
            .with("value", *value)
    });
    Value::list("OptionValue", all)
}

fn option(world: &World, vm: &MoRef, key: &str) -> Option<String> {
    let config = vm::config(world, vm);
    parts(&config, "extraConfig")
        .find(|option| text(option, "key").eq_ignore_ascii_case(key))
        .map(|option| text(option, "value").to_owned())
}

fn set_up() -> (World, MoRef) {
    let world = world("failback-lab");
    let vm = named(&world, "VirtualMachine", "mt-linux-ready");
    (world, vm)
}

#[test]
fn extra_config_is_set_mirrored_and_removed_without_regard_to_case() {
    let world = &mut world("failback-lab");
    let vm = named(world, "VirtualMachine", "mt-linux-01");
    let before = text(&vm::config(world, &vm), "changeVersion").to_owned();
    let wanted = spec(world, &vm).with(
        "extraConfig",
        options(&[("disk.EnableUUID", "TRUE"), ("scsi0.present", "FALSE")]),
    );
    run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap();
    let config = vm::config(world, &vm);
    assert!(flag(&config, "flags.diskUuidEnabled"));
    assert_ne!(text(&config, "changeVersion"), before);
    assert_eq!(
        option(world, &vm, "scsi0.present"),
        None,
        "ignored without a word"
    );
    let wanted = spec(world, &vm).with("extraConfig", options(&[("DISK.enableuuid", "")]));
    run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap();
    assert_eq!(option(world, &vm, "disk.EnableUUID"), None);
    assert!(!flag(&vm::config(world, &vm), "flags.diskUuidEnabled"));
}

#[test]
fn a_stale_change_version_is_refused() {
    let (ref mut world, vm) = set_up();
    let stale = spec(world, &vm).with("annotation", "late");
    let first = spec(world, &vm).with("annotation", "early");
    run(world, &vm, "ReconfigVM_Task", reconfig(first)).unwrap();
    let fault = run(world, &vm, "ReconfigVM_Task", reconfig(stale)).unwrap_err();
    assert_eq!(fault.kind, "ConcurrentAccess");
    assert_eq!(text(&vm::config(world, &vm), "annotation"), "early");
}

#[test]
fn one_bad_change_undoes_them_all() {
    let (ref mut world, vm) = set_up();
    let before = vm::config(world, &vm);
    let files = world.files.used_on("gold-02");
    let new = existing_disk("[gold-02]", 1000, None).with("capacityInKB", 1024_i64);
    let create = change("add", new).with_enum(
        "fileOperation",
        "VirtualDeviceConfigSpecFileOperation",
        "create",
    );
    let bad = change("add", existing_disk("[gold-02] nowhere/x.vmdk", 1000, None));
    let wanted =
        with_changes(spec(world, &vm), [create, bad]).with("extraConfig", options(&[("a", "b")]));
    let fault = run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap_err();
    assert_eq!(fault.kind, "FileNotFound");
    assert_eq!(vm::config(world, &vm), before, "nothing of it was done");
    assert_eq!(world.files.used_on("gold-02"), files);
}

#[test]
fn a_powered_off_vms_disk_is_attached_and_detached_with_its_file() {
    let (ref mut world, vm) = set_up();
    // A new controller and a disk on it, in one spec, by a temporary key.
    let wanted = with_changes(
        spec(world, &vm),
        [
            change("add", controller(LSI, -1, 1)),
            change("add", existing_disk(APP_DISK, -1, Some(0))),
        ],
    );
    run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap();
    let disk = vm::disks(&vm::config(world, &vm)).pop().unwrap();
    assert_eq!(disk.int("key"), Some(2016));
    assert_eq!(disk.int("controllerKey"), Some(1001));
    assert_eq!(
        text(&disk, "backing.uuid"),
        world.files.disk(APP_DISK).unwrap().uuid
    );
    assert_eq!(
        number(&disk, "capacityInKB"),
        40 << 20,
        "the file says how large it is"
    );

    let remove = change(
        "remove",
        Data::new("VirtualDisk")
            .with("key", 2016)
            .with("capacityInKB", 0_i64),
    );
    let wanted = with_changes(spec(world, &vm), [remove.clone()]);
    run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap();
    assert!(
        world.files.contains(APP_DISK),
        "without fileOperation the file stays"
    );

    let again = with_changes(
        spec(world, &vm),
        [change("add", existing_disk(APP_DISK, 1001, None))],
    );
    run(world, &vm, "ReconfigVM_Task", reconfig(again)).unwrap();
    let destroy = remove.with_enum(
        "fileOperation",
        "VirtualDeviceConfigSpecFileOperation",
        "destroy",
    );
    let wanted = with_changes(spec(world, &vm), [destroy]);
    run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap();
    assert!(!world.files.contains(APP_DISK), "destroy deletes it");
}

#[test]
fn slots_are_what_the_controllers_have() {
    let (ref mut world, vm) = set_up();
    let refused = |world: &mut World, device: Data| {
        let wanted = with_changes(spec(world, &vm), [change("add", device)]);
        run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap_err()
    };
    for unit in [0, 7, 16, 30] {
        let fault = refused(world, existing_disk(APP_DISK, 1000, Some(unit)));
        assert_eq!(fault.kind, "InvalidDeviceSpec", "unit {unit}");
        assert_eq!(
            text(&fault, "property"),
            "virtualDeviceSpec.device.unitNumber"
        );
    }
    assert_eq!(
        refused(world, existing_disk(APP_DISK, 1003, None)).kind,
        "InvalidController"
    );
    let four = (1..4).map(|bus| change("add", controller(LSI, -bus, bus)));
    let wanted = with_changes(spec(world, &vm), four);
    run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap();
    let fault = refused(world, controller("ParaVirtualSCSIController", -9, 4));
    assert_eq!(fault.kind, "InvalidDeviceSpec");
}

#[test]
fn a_controller_goes_only_when_it_is_empty() {
    let world = &mut world("failback-lab");
    let vm = named(world, "VirtualMachine", "mt-linux-01");
    let wanted = with_changes(
        spec(world, &vm),
        [change("remove", controller(LSI, 1000, 0))],
    );
    let fault = run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap_err();
    assert_eq!(fault.kind, "InvalidDeviceSpec");
    let empty = controller("ParaVirtualSCSIController", 1001, 1);
    let wanted = with_changes(spec(world, &vm), [change("remove", empty)]);
    run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap();
    let left = vm::devices(&vm::config(world, &vm));
    assert!(!left.iter().any(|d| d.kind == "ParaVirtualSCSIController"));
}

/// The changes that replace the paravirtual controller 0 of a VM by LSI Logic SAS and move its disks.
fn replacing(world: &World, vm: &MoRef, moved: usize) -> Vec<Data> {
    let devices = vm::devices(&vm::config(world, vm));
    let old = devices
        .iter()
        .find(|d| d.kind == "ParaVirtualSCSIController")
        .cloned()
        .unwrap();
    let new = controller("VirtualLsiLogicSASController", -300, 0);
    let disks = vm::disks(&vm::config(world, vm));
    let edits = disks.into_iter().take(moved).map(|mut disk| {
        disk.set("controllerKey", -300);
        change("edit", disk)
    });
    [change("remove", old), change("add", new)]
        .into_iter()
        .chain(edits)
        .collect()
}

#[test]
fn a_controller_is_replaced_under_its_disks_on_a_vm_that_is_off() {
    let world = &mut world("failback-lab");
    let vm = named(world, "VirtualMachine", "mt-windows-01");
    let before = vm::disks(&vm::config(world, &vm));
    let running = with_changes(spec(world, &vm), replacing(world, &vm, 2));
    let fault = run(world, &vm, "ReconfigVM_Task", reconfig(running)).unwrap_err();
    assert_eq!(fault.kind, "InvalidDeviceSpec", "not while it runs");
    run(world, &vm, "PowerOffVM_Task", Data::new("PowerOffVM_Task")).unwrap();

    let forgotten = with_changes(spec(world, &vm), replacing(world, &vm, 1));
    let fault = run(world, &vm, "ReconfigVM_Task", reconfig(forgotten)).unwrap_err();
    assert_eq!(
        fault.kind, "InvalidDeviceSpec",
        "a disk would be left behind"
    );
    assert_eq!(vm::disks(&vm::config(world, &vm)), before);

    let mut wrong_order = replacing(world, &vm, 2);
    wrong_order.swap(0, 1);
    let wanted = with_changes(spec(world, &vm), wrong_order);
    let fault = run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap_err();
    assert_eq!(fault.kind, "InvalidDeviceSpec", "the bus is not free yet");

    let wanted = with_changes(spec(world, &vm), replacing(world, &vm, 2));
    run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap();
    let devices = vm::devices(&vm::config(world, &vm));
    assert!(
        !devices
            .iter()
            .any(|d| d.kind == "ParaVirtualSCSIController")
    );
    let new = devices
        .iter()
        .find(|d| d.kind == "VirtualLsiLogicSASController")
        .unwrap();
    assert_eq!(new.int("busNumber"), Some(0));
    let slots = |disks: &[Data]| -> Vec<(String, Option<i64>)> {
        disks
            .iter()
            .map(|d| (text(d, "backing.fileName").to_owned(), d.int("unitNumber")))
            .collect()
    };
    let after = vm::disks(&vm::config(world, &vm));
    assert_eq!(slots(&after), slots(&before));
    assert!(
        after
            .iter()
            .all(|d| d.int("controllerKey") == new.int("key"))
    );
}

#[test]
fn a_running_vms_disk_is_locked() {
    let (ref mut world, vm) = set_up();
    let path = "[gold-02] sql-01/sql-01.vmdk";
    let wanted = with_changes(
        spec(world, &vm),
        [change("add", existing_disk(path, 1000, None))],
    );
    let fault = run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap_err();
    assert_eq!(
        (fault.kind.as_str(), text(&fault, "file")),
        ("FileLocked", path)
    );
}

#[test]
fn a_disk_on_a_datastore_that_the_host_cannot_write_is_refused() {
    let (ref mut world, vm) = set_up();
    for path in [
        "[replica-01] archive-01/archive-01.vmdk",
        "[local-esx-10] branch-01/branch-01.vmdk",
    ] {
        let wanted = with_changes(
            spec(world, &vm),
            [change("add", existing_disk(path, 1000, None))],
        );
        let fault = run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap_err();
        assert_eq!(fault.kind, "CannotAccessFile", "{path}");
    }
}

#[test]
fn processors_and_memory_are_not_added_to_a_running_vm_without_leave() {
    let (ref mut world, vm) = set_up();
    let wanted = spec(world, &vm).with("numCPUs", 8);
    let fault = run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap_err();
    assert_eq!(fault.kind, "InvalidPowerState");
    run(world, &vm, "PowerOffVM_Task", Data::new("PowerOffVM_Task")).unwrap();
    let wanted = spec(world, &vm)
        .with("numCPUs", 8)
        .with("memoryMB", 16_384_i64);
    run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap();
    assert_eq!(number(&vm::config(world, &vm), "hardware.memoryMB"), 16_384);
}

#[test]
fn a_disk_grows_and_never_shrinks() {
    let (ref mut world, vm) = set_up();
    let grow = |world: &World, kb: i64| {
        let disk = Data::new("VirtualDisk")
            .with("key", 2001)
            .with("capacityInKB", kb);
        reconfig(with_changes(spec(world, &vm), [change("edit", disk)]))
    };
    let args = grow(world, 1 << 20);
    assert_eq!(
        run(world, &vm, "ReconfigVM_Task", args).unwrap_err().kind,
        "InvalidDeviceSpec"
    );
    let args = grow(world, 2048 << 20);
    run(world, &vm, "ReconfigVM_Task", args).unwrap();
    let disk = vm::disks(&vm::config(world, &vm)).pop().unwrap();
    assert_eq!(number(&disk, "capacityInKB"), 2048 << 20);
}

#[test]
fn what_the_mock_does_not_do_fails_loudly() {
    let (ref mut world, vm) = set_up();
    let wanted = spec(world, &vm).with("vAppConfigRemoved", true);
    let fault = run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap_err();
    assert_eq!(fault.kind, "NotImplemented");
}
