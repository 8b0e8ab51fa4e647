//! What a VM is made of, and the operations on it: the rules live here, the methods
//! in `mo` only call them.

pub(crate) mod consolidate;
pub(crate) mod device;
pub(crate) mod disk;
pub(crate) mod layout;
pub(crate) mod power;
pub(crate) mod reconfigure;
pub(crate) mod refresh;
pub(crate) mod relocate;
pub(crate) mod slots;
pub(crate) mod snapshot;
pub(crate) mod tree;

use crate::shape::{parts, text};
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// The devices of a `VirtualMachineConfigInfo`.
pub(crate) fn devices(config: &Data) -> Vec<Data> {
    parts(config, "hardware.device").cloned().collect()
}

/// The disks of a `VirtualMachineConfigInfo`.
pub(crate) fn disks(config: &Data) -> Vec<Data> {
    parts(config, "hardware.device")
        .filter(|device| device.kind == "VirtualDisk")
        .cloned()
        .collect()
}

/// Puts back the devices of a `VirtualMachineConfigInfo`.
pub(crate) fn set_devices(config: &mut Data, devices: Vec<Data>) {
    config.set_path("hardware.device", Value::list("VirtualDevice", devices));
}

/// The datastore path of a device's backing file, empty without one.
pub(crate) fn backing_path(device: &Data) -> &str {
    text(device, "backing.fileName")
}

/// Points a device at another file.
pub(crate) fn set_backing_path(device: &mut Data, path: &str) {
    if let Some(backing) = device.get_mut("backing").and_then(Value::as_data_mut) {
        backing.set("fileName", path);
    }
}

/// The VM's configuration.
pub(crate) fn config(world: &World, vm: &MoRef) -> Data {
    match world.store.value(vm, "config").and_then(Value::as_data) {
        Some(config) => config.clone(),
        None => Data::new("VirtualMachineConfigInfo"),
    }
}

/// `poweredOn`, `poweredOff` or `suspended`.
pub(crate) fn power_state(world: &World, vm: &MoRef) -> String {
    let state = world
        .store
        .value(vm, "runtime.powerState")
        .and_then(Value::as_str);
    state.unwrap_or("poweredOff").to_owned()
}

/// The snapshots of a VM, in the order in which they were made.
pub(crate) fn snapshots_of(world: &World, vm: &MoRef) -> Vec<MoRef> {
    match world.store.value(vm, "snapshot").and_then(Value::as_data) {
        Some(info) => tree::all(info),
        None => Vec::new(),
    }
}

/// Every disk file that some snapshot of the VM froze.
pub(crate) fn frozen_files(world: &World, vm: &MoRef) -> Vec<String> {
    let mut files = Vec::new();
    for snapshot in snapshots_of(world, vm) {
        if let Some(config) = world
            .store
            .value(&snapshot, "config")
            .and_then(Value::as_data)
        {
            files.extend(
                disks(config)
                    .iter()
                    .map(|disk| backing_path(disk).to_owned()),
            );
        }
    }
    files
}
