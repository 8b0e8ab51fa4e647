//! Tasks take their steps one by one.

use super::*;
use crate::clock::ClockMode;

fn world() -> (World, MoRef) {
    let mut world = World::new(ClockMode::Jump);
    let vm = MoRef::new("VirtualMachine", "vm-1");
    world
        .store
        .insert(vm.clone(), Data::new("VirtualMachine").with("name", "one"));
    (world, vm)
}

fn rename(vm: &MoRef) -> Plan {
    let target = vm.clone();
    Plan::new("Rename_Task", vm.clone(), "root", move |world| {
        world.store.update(&target, |data| data.set("name", "two"));
        Ok(None)
    })
}

fn state(world: &World, task: &MoRef) -> String {
    let state = world.store.value(task, "info.state");
    state.and_then(Value::as_str).unwrap().to_owned()
}

#[test]
fn a_task_is_queued_runs_shows_progress_and_only_then_takes_effect() {
    let (mut world, vm) = world();
    let task = world.start_task(rename(&vm)).unwrap();
    assert_eq!(state(&world, &task), "queued");
    assert!(world.leap());
    assert_eq!(state(&world, &task), "running");
    assert_eq!(
        world.store.value(&task, "info.progress"),
        Some(&Value::Int(50))
    );
    assert_eq!(world.store.value(&vm, "name"), Some(&"one".into()));
    assert!(world.leap());
    assert_eq!(state(&world, &task), "success");
    assert_eq!(world.store.value(&vm, "name"), Some(&"two".into()));
    assert!(!world.leap(), "nothing is left to do");
    let info = world
        .store
        .value(&task, "info")
        .and_then(Value::as_data)
        .unwrap();
    assert_eq!(info.complaints(), Vec::<String>::new());
}

#[test]
fn one_task_at_a_time_holds_an_entity() {
    let (mut world, vm) = world();
    let first = world.start_task(rename(&vm)).unwrap();
    let refused = world.start_task(rename(&vm)).unwrap_err();
    assert_eq!(refused.data.reference("task"), Some(&first));
    while world.leap() {}
    assert!(world.start_task(rename(&vm)).is_ok());
}

#[test]
fn a_cancelled_task_has_no_effect() {
    let (mut world, vm) = world();
    let task = world.start_task(rename(&vm).cancelable()).unwrap();
    world.leap();
    world.cancel_task(&task).unwrap();
    while world.leap() {}
    assert_eq!(state(&world, &task), "error");
    let fault = world
        .store
        .value(&task, "info.error.fault")
        .and_then(Value::as_data);
    assert_eq!(fault.unwrap().kind, "RequestCanceled");
    assert_eq!(world.store.value(&vm, "name"), Some(&"one".into()));
    assert_eq!(world.cancel_task(&task).unwrap_err().kind(), "InvalidState");
    let firm = world.start_task(rename(&vm)).unwrap();
    assert_eq!(world.cancel_task(&firm).unwrap_err().kind(), "NotSupported");
}

#[test]
fn an_ordered_failure_strikes_once() {
    let (mut world, vm) = world();
    world.fail_next_task("Rename_Task", Fault::concurrent_access());
    let task = world.start_task(rename(&vm)).unwrap();
    while world.leap() {}
    assert_eq!(state(&world, &task), "error");
    let task = world.start_task(rename(&vm)).unwrap();
    while world.leap() {}
    assert_eq!(state(&world, &task), "success");
}
