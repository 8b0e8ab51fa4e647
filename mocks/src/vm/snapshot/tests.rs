//! Snapshots are chains of real files.

use crate::files::DiskFacts;
use crate::mo::testing::*;
use crate::shape::text;
use crate::value::{Data, MoRef, Value};
use crate::vm::{self, backing_path, tree};
use crate::world::World;

fn lab() -> (World, MoRef) {
    let world = world("failback-lab");
    let vm = named(&world, "VirtualMachine", "mt-linux-01");
    (world, vm)
}

fn take(world: &mut World, vm: &MoRef, name: &str) -> MoRef {
    let args = Data::new("CreateSnapshot_Task")
        .with("name", name)
        .with("memory", false)
        .with("quiesce", false);
    let result = run(world, vm, "CreateSnapshot_Task", args).unwrap();
    result.as_ref().and_then(Value::as_ref).unwrap().clone()
}

fn remove_all(world: &mut World, vm: &MoRef) {
    let args = Data::new("RemoveAllSnapshots_Task").with("consolidate", true);
    run(world, vm, "RemoveAllSnapshots_Task", args).unwrap();
}

fn paths(world: &World, vm: &MoRef) -> Vec<String> {
    vm::disks(&vm::config(world, vm))
        .iter()
        .map(|d| backing_path(d).to_owned())
        .collect()
}

fn needs_consolidation(world: &World, vm: &MoRef) -> bool {
    world.store.value(vm, "runtime.consolidationNeeded") == Some(&true.into())
}

#[test]
fn the_vms_own_limit_of_snapshots_holds_for_everybody() {
    let world = &mut world("failback-lab");
    let vm = named(world, "VirtualMachine", "mt-linux-ready");
    let limit = |world: &mut World, most: &str| {
        let option = Data::new("OptionValue")
            .with("key", "snapshot.maxSnapshots")
            .with("value", most);
        let wanted = spec(world, &vm).with("extraConfig", Value::list("OptionValue", [option]));
        run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap();
    };
    let args = || {
        Data::new("CreateSnapshot_Task")
            .with("name", "backup")
            .with("memory", false)
            .with("quiesce", false)
    };
    limit(world, "0");
    let fault = run(world, &vm, "CreateSnapshot_Task", args()).unwrap_err();
    assert_eq!(fault.kind, "GenericVmConfigFault");
    limit(world, "1");
    take(world, &vm, "first");
    assert!(run(world, &vm, "CreateSnapshot_Task", args()).is_err());
    limit(world, "");
    take(world, &vm, "second");
}

#[test]
fn removing_all_leaves_the_backups_redo_log_and_consolidation_merges_it() {
    let (ref mut world, vm) = lab();
    assert!(needs_consolidation(world, &vm));
    remove_all(world, &vm);
    assert_eq!(world.store.value(&vm, "snapshot"), None);
    assert_eq!(
        world
            .store
            .of_kind("VirtualMachineSnapshot")
            .filter(|s| s.owner.as_ref() == Some(&vm))
            .count(),
        0
    );
    assert!(
        needs_consolidation(world, &vm),
        "the redo log under the snapshots is no snapshot's"
    );
    let parent = &vm::disks(&vm::config(world, &vm))[0];
    assert!(parent.get_path("backing.parent").is_some());
    run(
        world,
        &vm,
        "ConsolidateVMDisks_Task",
        Data::new("ConsolidateVMDisks_Task"),
    )
    .unwrap();
    assert!(!needs_consolidation(world, &vm));
    assert_eq!(
        paths(world, &vm),
        [
            "[gold-01] mt-linux-01/mt-linux-01.vmdk",
            "[gold-01] mt-linux-01/mt-linux-01_1.vmdk"
        ]
    );
    let left: Vec<&String> = world
        .files
        .under("[gold-01] mt-linux-01/")
        .map(|(path, _)| path)
        .collect();
    assert!(
        !left
            .iter()
            .any(|path| path.contains("-00000") || path.ends_with(".vmsn")),
        "{left:?}"
    );
}

#[test]
fn what_the_redo_logs_held_is_in_the_base_afterwards() {
    let (ref mut world, vm) = lab();
    let base = "[gold-01] mt-linux-01/mt-linux-01.vmdk";
    assert_eq!(world.files.extent(base).unwrap().1, 22 << 30);
    remove_all(world, &vm);
    run(
        world,
        &vm,
        "ConsolidateVMDisks_Task",
        Data::new("ConsolidateVMDisks_Task"),
    )
    .unwrap();
    assert_eq!(world.files.extent(base).unwrap().1, (22 + 1 + 3 + 2) << 30);
}

#[test]
fn a_snapshot_freezes_and_its_removal_merges() {
    let world = &mut world("ready");
    let vm = named(world, "VirtualMachine", "mt-linux-01");
    let before = paths(world, &vm);
    let free = |world: &World| {
        let gold = named(world, "Datastore", "gold-01");
        world
            .store
            .value(&gold, "summary.freeSpace")
            .and_then(Value::as_int)
            .unwrap()
    };
    let room = free(world);
    let snapshot = take(world, &vm, "one");
    assert_eq!(
        paths(world, &vm)[0],
        "[gold-01] mt-linux-01/mt-linux-01-000001.vmdk"
    );
    assert!(free(world) < room, "redo logs take room");
    let frozen = world
        .store
        .value(&snapshot, "config")
        .and_then(Value::as_data)
        .unwrap();
    assert_eq!(backing_path(&vm::disks(frozen)[0]), before[0]);
    let args = Data::new("RemoveSnapshot_Task").with("removeChildren", false);
    run(world, &snapshot, "RemoveSnapshot_Task", args).unwrap();
    assert_eq!(paths(world, &vm), before);
    assert!(!world.store.contains(&snapshot));
}

#[test]
fn removing_the_middle_of_three_keeps_the_others() {
    let world = &mut world("ready");
    let vm = named(world, "VirtualMachine", "app-01");
    let all = ["a", "b", "c"].map(|name| take(world, &vm, name));
    let args = Data::new("RemoveSnapshot_Task")
        .with("removeChildren", false)
        .with("consolidate", true);
    run(world, &all[1], "RemoveSnapshot_Task", args).unwrap();
    let info = world
        .store
        .value(&vm, "snapshot")
        .and_then(Value::as_data)
        .unwrap()
        .clone();
    assert_eq!(tree::all(&info), [all[0].clone(), all[2].clone()]);
    assert_eq!(info.reference("currentSnapshot"), Some(&all[2]));
    assert_eq!(
        world
            .store
            .get(&all[0])
            .unwrap()
            .references("childSnapshot"),
        [all[2].clone()]
    );
    let chain = world.files.chain(&paths(world, &vm)[0]);
    assert_eq!(chain.len(), 3, "{chain:?}");
    assert!(!needs_consolidation(world, &vm));
}

#[test]
fn removing_without_merging_leaves_redo_logs_to_consolidate() {
    let world = &mut world("ready");
    let vm = named(world, "VirtualMachine", "app-01");
    let snapshot = take(world, &vm, "backup");
    let args = Data::new("RemoveSnapshot_Task")
        .with("removeChildren", true)
        .with("consolidate", false);
    run(world, &snapshot, "RemoveSnapshot_Task", args).unwrap();
    assert_eq!(world.store.value(&vm, "snapshot"), None);
    assert!(needs_consolidation(world, &vm));
}

#[test]
fn going_back_drops_what_was_written_since() {
    let world = &mut world("ready");
    let vm = named(world, "VirtualMachine", "app-01");
    take(world, &vm, "before");
    let wanted = spec(world, &vm).with("annotation", "changed");
    run(world, &vm, "ReconfigVM_Task", reconfig(wanted)).unwrap();
    let written = paths(world, &vm)[0].clone();
    let version = text(&vm::config(world, &vm), "changeVersion").to_owned();
    run(
        world,
        &vm,
        "RevertToCurrentSnapshot_Task",
        Data::new("RevertToCurrentSnapshot_Task"),
    )
    .unwrap();
    let config = vm::config(world, &vm);
    assert_eq!(text(&config, "annotation"), "");
    assert_ne!(text(&config, "changeVersion"), version);
    let chain = world.files.chain(&paths(world, &vm)[0]);
    assert_eq!(chain.len(), 2);
    let same_name_again = chain[0] == written;
    assert!(
        same_name_again || !world.files.contains(&written),
        "the old redo log is gone"
    );
}

#[test]
fn merging_without_room_fails_and_keeps_the_snapshots() {
    let (ref mut world, vm) = lab();
    let gold = named(world, "Datastore", "gold-01");
    let free = world
        .store
        .value(&gold, "summary.freeSpace")
        .and_then(Value::as_int)
        .unwrap();
    let now = world.clock.now();
    world.files.put(
        "[gold-01] archive/more.tar",
        crate::files::FileKind::Other,
        free - (1 << 30),
        now,
    );
    let args = Data::new("RemoveAllSnapshots_Task");
    let fault = run(world, &vm, "RemoveAllSnapshots_Task", args).unwrap_err();
    assert_eq!(fault.kind, "NoDiskSpace");
    assert!(!vm::snapshots_of(world, &vm).is_empty());
}

#[test]
fn the_thirty_third_level_is_refused() {
    let world = &mut world("ready");
    let vm = named(world, "VirtualMachine", "app-01");
    for level in 0..32 {
        take(world, &vm, &format!("level {level}"));
    }
    let args = Data::new("CreateSnapshot_Task")
        .with("name", "x")
        .with("memory", false)
        .with("quiesce", false);
    let fault = run(world, &vm, "CreateSnapshot_Task", args).unwrap_err();
    assert_eq!(fault.kind, "TooManySnapshotLevels");
}

#[test]
fn a_merge_changes_the_contents_mark_but_not_the_identity() {
    let world = &mut world("ready");
    let vm = named(world, "VirtualMachine", "app-01");
    let path = paths(world, &vm)[0].clone();
    let before: DiskFacts = world.files.disk(&path).unwrap().clone();
    take(world, &vm, "x");
    remove_all(world, &vm);
    let after = world.files.disk(&path).unwrap();
    assert_eq!(after.uuid, before.uuid);
    assert_ne!(after.content_id, before.content_id);
}
