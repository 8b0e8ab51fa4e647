//! Power follows its rules, and guests take their time.

use crate::mo::testing::*;
use crate::value::{Data, MoRef, Value};
use crate::vm;
use crate::world::World;

fn power(world: &mut World, vm: &MoRef, method: &str) -> Result<Option<Value>, Data> {
    run(world, vm, method, Data::new(method))
}

fn tools(world: &World, vm: &MoRef) -> String {
    world
        .store
        .value(vm, "guest.toolsRunningStatus")
        .and_then(Value::as_str)
        .unwrap()
        .to_owned()
}

#[test]
fn a_guest_shuts_down_in_its_own_time() {
    let mut world = world("failback-lab");
    let vm = named(&world, "VirtualMachine", "mt-linux-01");
    call(&mut world, &vm, "ShutdownGuest", Data::new("ShutdownGuest")).unwrap();
    assert_eq!(
        vm::power_state(&world, &vm),
        "poweredOn",
        "the call only asks"
    );
    settle(&mut world);
    assert_eq!(vm::power_state(&world, &vm), "poweredOff");
    assert_eq!(tools(&world, &vm), "guestToolsNotRunning");
    assert!(
        !world
            .files
            .contains("[gold-01] mt-linux-01/mt-linux-01.vswp")
    );
}

#[test]
fn tools_answer_some_time_after_power_on() {
    let mut world = world("failback-lab");
    let vm = named(&world, "VirtualMachine", "mt-linux-01");
    power(&mut world, &vm, "PowerOffVM_Task").unwrap();
    let task = call(
        &mut world,
        &vm,
        "PowerOnVM_Task",
        Data::new("PowerOnVM_Task"),
    )
    .unwrap();
    let task = task.as_ref().and_then(Value::as_ref).unwrap().clone();
    while world
        .store
        .value(&task, "info.state")
        .and_then(Value::as_str)
        != Some("success")
    {
        assert!(world.leap());
    }
    assert_eq!(vm::power_state(&world, &vm), "poweredOn");
    assert_eq!(tools(&world, &vm), "guestToolsNotRunning");
    settle(&mut world);
    assert_eq!(tools(&world, &vm), "guestToolsRunning");
    assert!(
        world
            .files
            .contains("[gold-01] mt-linux-01/mt-linux-01.vswp")
    );
}

#[test]
fn without_tools_the_guest_cannot_be_asked() {
    let mut world = world("failback-lab");
    let vm = named(&world, "VirtualMachine", "mt-windows-01");
    let fault = call(&mut world, &vm, "ShutdownGuest", Data::new("ShutdownGuest")).unwrap_err();
    assert_eq!(fault.kind(), "ToolsUnavailable");
}

#[test]
fn states_that_do_not_follow_are_refused() {
    let mut world = world("failback-lab");
    let on = named(&world, "VirtualMachine", "mt-linux-01");
    let off = named(&world, "VirtualMachine", "app-01");
    assert_eq!(
        power(&mut world, &on, "PowerOnVM_Task").unwrap_err().kind,
        "InvalidPowerState"
    );
    assert_eq!(
        power(&mut world, &off, "PowerOffVM_Task").unwrap_err().kind,
        "InvalidPowerState"
    );
    assert_eq!(
        power(&mut world, &off, "SuspendVM_Task").unwrap_err().kind,
        "InvalidPowerState"
    );
    let template = named(&world, "VirtualMachine", "tpl-ubuntu");
    assert_eq!(
        power(&mut world, &template, "PowerOnVM_Task")
            .unwrap_err()
            .kind,
        "NotSupported"
    );
}

#[test]
fn a_disk_is_held_by_one_running_vm_at_a_time() {
    let world = &mut world("failback-lab");
    let target = named(world, "VirtualMachine", "mt-linux-ready");
    let path = "[gold-01] app-01/app-01.vmdk";
    let wanted = with_changes(
        spec(world, &target),
        [change("add", existing_disk(path, 1000, None))],
    );
    run(world, &target, "ReconfigVM_Task", reconfig(wanted)).unwrap();
    let app = named(world, "VirtualMachine", "app-01");
    let fault = power(world, &app, "PowerOnVM_Task").unwrap_err();
    assert_eq!(fault.kind, "FileLocked");
}

#[test]
fn one_task_at_a_time_and_the_free_licence_none() {
    let mut world = world("failback-lab");
    let vm = named(&world, "VirtualMachine", "mt-linux-01");
    let args = reconfig(spec(&world, &vm).with("annotation", "x"));
    call(&mut world, &vm, "ReconfigVM_Task", args.clone()).unwrap();
    let fault = call(&mut world, &vm, "ReconfigVM_Task", args).unwrap_err();
    assert_eq!(fault.kind(), "TaskInProgress");
    let mut free = crate::mo::testing::world("esxi-free");
    let vm = named(&free, "VirtualMachine", "mt-linux-01");
    let args = reconfig(spec(&free, &vm).with("annotation", "x"));
    let fault = call(&mut free, &vm, "ReconfigVM_Task", args).unwrap_err();
    assert_eq!(fault.kind(), "RestrictedVersion");
    let fault = call(
        &mut free,
        &vm,
        "PowerOffVM_Task",
        Data::new("PowerOffVM_Task"),
    )
    .unwrap_err();
    assert_eq!(fault.kind(), "RestrictedVersion");
}
