//! Power: what may follow what, and what the guest does meanwhile.

use std::time::Duration;

use crate::fault::Fault;
use crate::files::FileKind;
use crate::shape::number;
use crate::value::{Data, MoRef, Value};
use crate::vm::snapshot::{base_name, vm_folder};
use crate::vm::{self, backing_path, disk, refresh};
use crate::world::World;

/// How long Tools take to answer after power-on.
pub(crate) const BOOT: Duration = Duration::from_secs(3);
/// How long a guest takes to shut down.
pub(crate) const SHUTDOWN: Duration = Duration::from_secs(2);

/// Powers a VM on.
///
/// # Errors
///
/// `InvalidPowerState` when it runs, `FileLocked` when another running VM holds a disk,
/// `FileNotFound` when a disk's file is missing, `NotSupported` for a template.
pub(crate) fn on(world: &mut World, vm: &MoRef) -> Result<(), Fault> {
    let state = vm::power_state(world, vm);
    if state == "poweredOn" {
        return Err(Fault::invalid_power_state(Some("poweredOn"), &state));
    }
    let config = vm::config(world, vm);
    if config.bool("template") == Some(true) {
        return Err(Fault::not_supported());
    }
    for device in vm::disks(&config) {
        let path = backing_path(&device);
        if let Some(missing) = world.files.missing_part(path) {
            return Err(crate::refuse::about_file("FileNotFound", &missing));
        }
        if let Some(other) = locked_by(world, path, Some(vm)) {
            let name = world
                .store
                .value(&other, "name")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let message = format!("Failed to lock the file {path}: it is in use by '{name}'.");
            return Err(Fault::new("FileLocked", message).with("file", path));
        }
    }
    let (folder, stem) = (vm_folder(&config), base_name(&config));
    let memory = number(&config, "hardware.memoryMB") * 1024 * 1024;
    let swap = format!("{folder}{stem}.vswp");
    disk::need_room(world, &swap, memory)?;
    disk::put_file(world, &swap, FileKind::Swap, memory);
    let now = world.clock.now();
    set_state(world, vm, "poweredOn");
    world
        .store
        .update(vm, |data| data.set_path("runtime.bootTime", now));
    follow_power_state(world, vm);
    refresh::vm(world, vm);
    let target = vm.clone();
    world.after(BOOT, move |world| {
        if vm::power_state(world, &target) == "poweredOn" {
            guest_answers(world, &target, true);
            refresh::vm(world, &target);
        }
    });
    Ok(())
}

/// Powers a VM off at once.
///
/// # Errors
///
/// `InvalidPowerState` when it is off.
pub(crate) fn off(world: &mut World, vm: &MoRef) -> Result<(), Fault> {
    let state = vm::power_state(world, vm);
    if state == "poweredOff" {
        return Err(Fault::invalid_power_state(Some("poweredOff"), &state));
    }
    let config = vm::config(world, vm);
    let (folder, stem) = (vm_folder(&config), base_name(&config));
    for ending in ["vswp", "vmss"] {
        world.files.remove(&format!("{folder}{stem}.{ending}"));
    }
    set_state(world, vm, "poweredOff");
    follow_power_state(world, vm);
    refresh::vm(world, vm);
    Ok(())
}

/// Suspends a running VM.
///
/// # Errors
///
/// `InvalidPowerState` when it does not run.
pub(crate) fn suspend(world: &mut World, vm: &MoRef) -> Result<(), Fault> {
    let state = vm::power_state(world, vm);
    if state != "poweredOn" {
        return Err(Fault::invalid_power_state(Some("suspended"), &state));
    }
    let config = vm::config(world, vm);
    let path = format!("{}{}.vmss", vm_folder(&config), base_name(&config));
    disk::put_file(
        world,
        &path,
        FileKind::Suspend,
        number(&config, "hardware.memoryMB") << 20,
    );
    set_state(world, vm, "suspended");
    let now = world.clock.now();
    world
        .store
        .update(vm, |data| data.set_path("runtime.suspendTime", now));
    follow_power_state(world, vm);
    refresh::vm(world, vm);
    Ok(())
}

/// The running VM that holds a file, other than `except`.
pub(crate) fn locked_by(world: &World, path: &str, except: Option<&MoRef>) -> Option<MoRef> {
    world
        .store
        .exactly("VirtualMachine")
        .filter(|object| Some(&object.reference) != except)
        .filter(|object| {
            object
                .properties
                .get_path("runtime.powerState")
                .and_then(Value::as_str)
                == Some("poweredOn")
        })
        .find(|object| {
            let config = object.properties.data("config");
            config.is_some_and(|config| {
                vm::disks(config).iter().any(|d| {
                    world
                        .files
                        .chain(backing_path(d))
                        .iter()
                        .any(|link| link == path)
                })
            })
        })
        .map(|object| object.reference.clone())
}

/// Makes guest and heartbeat fit the power state, before Tools have had time to start.
pub(crate) fn follow_power_state(world: &mut World, vm: &MoRef) {
    guest_answers(world, vm, false);
}

/// Sets what the guest tells; `up` when it has had time to start its Tools.
pub(crate) fn guest_answers(world: &mut World, vm: &MoRef, up: bool) {
    let running = vm::power_state(world, vm) == "poweredOn";
    let Some(profile) = world.lab.guests.get(vm).cloned() else {
        return;
    };
    let config = vm::config(world, vm);
    let guest: Data = profile.tell(&config, running, running && up);
    let answers = running && up && profile.tools_run;
    let heartbeat = if answers { "green" } else { "gray" };
    world.store.update(vm, |data| {
        data.set("guest", guest);
        data.set(
            "guestHeartbeatStatus",
            Value::of_enum("ManagedEntityStatus", heartbeat),
        );
    });
}

fn set_state(world: &mut World, vm: &MoRef, state: &str) {
    world.store.update(vm, |data| {
        data.set_path(
            "runtime.powerState",
            Value::of_enum("VirtualMachinePowerState", state),
        );
        if let Some(runtime) = data.get_mut("runtime").and_then(Value::as_data_mut) {
            for stale in ["bootTime", "suspendTime"] {
                runtime.remove(stale);
            }
            runtime.set("cleanPowerOff", state == "poweredOff");
        }
    });
}

#[cfg(test)]
mod tests;
