//! `VirtualMachine`: power.

use crate::fault::Fault;
use crate::mo::call::{Call, Entry};
use crate::refuse;
use crate::value::Value;
use crate::vm::{self, power, refresh};
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
    ("VirtualMachine", "PowerOnVM_Task", power_on),
    ("VirtualMachine", "PowerOffVM_Task", power_off),
    ("VirtualMachine", "SuspendVM_Task", suspend),
    ("VirtualMachine", "ResetVM_Task", reset),
    ("VirtualMachine", "ShutdownGuest", shutdown_guest),
    ("VirtualMachine", "RebootGuest", reboot_guest),
];

fn power_on(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let vm = call.this.clone();
    call.start(world, move |world| power::on(world, &vm).map(|()| None))
}

fn power_off(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let vm = call.this.clone();
    call.start(world, move |world| power::off(world, &vm).map(|()| None))
}

fn suspend(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let vm = call.this.clone();
    call.start(world, move |world| {
        power::suspend(world, &vm).map(|()| None)
    })
}

fn reset(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let vm = call.this.clone();
    call.start(world, move |world| {
        power::off(world, &vm)?;
        power::on(world, &vm).map(|()| None)
    })
}

/// The guest is asked and does it in its own time; the call says nothing of the outcome.
fn shutdown_guest(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    ask_guest(world, call)?;
    let vm = call.this.clone();
    if !world.lab.obeys_shutdown(&vm) {
        // The call has succeeded all the same: it only says that the guest was asked.
        return Ok(None);
    }
    world.after(power::SHUTDOWN, move |world| {
        if vm::power_state(world, &vm) == "poweredOn"
            && let Err(fault) = power::off(world, &vm)
        {
            world
                .problems
                .push(format!("guest shutdown of {vm}: {}", fault.message));
        }
    });
    Ok(None)
}

fn reboot_guest(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    ask_guest(world, call)?;
    power::guest_answers(world, &call.this, false);
    refresh::vm(world, &call.this);
    let vm = call.this.clone();
    world.after(power::BOOT, move |world| {
        if vm::power_state(world, &vm) == "poweredOn" {
            power::guest_answers(world, &vm, true);
            refresh::vm(world, &vm);
        }
    });
    Ok(None)
}

fn ask_guest(world: &World, call: &Call<'_>) -> Result<(), Fault> {
    call.writable(world)?;
    let state = vm::power_state(world, &call.this);
    if state != "poweredOn" {
        return Err(Fault::invalid_power_state(Some("poweredOn"), &state));
    }
    if !refresh::tools_running(world, &call.this) {
        return Err(refuse::tools_unavailable());
    }
    if let Some(task) = world.tasks.holder(&call.this) {
        return Err(Fault::task_in_progress(task));
    }
    Ok(())
}
