//! Reconfigures that replace controllers under their devices, and that add and detach the retention disk.

use vsphere_client::{
    Client, property_set,
    vim::{
        ManagedObjectReference, OptionValue, ScsiController, VirtualDevice,
        VirtualDeviceConfigSpec, VirtualDeviceConfigSpecFileOperation, VirtualDeviceKind,
        VirtualDiskFlatVer2BackingInfo, VirtualMachinePowerState,
    },
};

use super::build::{
    NEW_CONTROLLERS, NEW_DISKS, NewDevice, Request, RequestError, reconfigure, scsi_kind, without,
};
use crate::{
    plan::{Conversion, NewDisk},
    site::Facts,
    vm::Setting,
};

property_set! {
    struct Hardware: "VirtualMachine" {
        change_version: Option<String> = "config.changeVersion",
        power_state: Option<VirtualMachinePowerState> = "runtime.powerState",
        devices: Vec<VirtualDevice> = "config.hardware.device",
    }
}

/// Replaces controllers. The devices are read right before, so that each is sent as it is, whatever it holds.
pub(super) async fn convert(
    client: &Client,
    vm: &ManagedObjectReference,
    controllers: &[Conversion],
    facts: &Facts,
) -> Result<Request, RequestError> {
    let now = client
        .retrieve_one::<Hardware>(vm)
        .await
        .map_err(RequestError::Unread)?
        .properties;
    if now.change_version.is_none() || now.change_version != facts.master_target.change_version {
        return Err(RequestError::Overtaken);
    }
    if now.power_state != Some(VirtualMachinePowerState::PoweredOff) {
        return Err(RequestError::Unfit("the VM is not off"));
    }
    let device_change = conversion(controllers, &now.devices)?;
    reconfigure(vm, now.change_version.as_ref(), device_change, Vec::new())
}

/// The changes of devices: for each controller the old one away, the new one in its slot, and its devices to it.
fn conversion(
    controllers: &[Conversion],
    devices: &[VirtualDevice],
) -> Result<Vec<VirtualDeviceConfigSpec>, RequestError> {
    let mut changes = Vec::new();
    for (new_key, one) in (NEW_CONTROLLERS..).zip(controllers) {
        let from = scsi_kind(&one.from)?;
        let found = devices.iter().find_map(|device| {
            let scsi = device.as_scsi_controller()?;
            (scsi.kind == from && scsi.controller.bus_number == one.bus).then_some((device, scsi))
        });
        let (old, old_scsi) = found.ok_or(RequestError::NoSuchController { bus: one.bus })?;
        let mut carried: Vec<&VirtualDevice> = devices
            .iter()
            .filter(|device| device.controller_key == Some(old.key))
            .collect();
        carried.sort_by_key(|device| device.key);
        if !carried
            .iter()
            .map(|device| device.key)
            .eq(one.devices.iter().copied())
        {
            return Err(RequestError::Unfit(
                "the controller does not carry what it carried when the plan was made",
            ));
        }
        let mut scsi = ScsiController::new(scsi_kind(&one.to)?);
        scsi.controller.bus_number = one.bus;
        scsi.shared_bus = old_scsi.shared_bus.clone();
        changes.push(VirtualDeviceConfigSpec::remove(old.clone()));
        changes.push(VirtualDeviceConfigSpec::add(VirtualDevice::new(
            new_key,
            VirtualDeviceKind::ScsiController(scsi),
        )));
        for device in carried {
            let mut moved = device.clone();
            moved.controller_key = Some(new_key);
            changes.push(VirtualDeviceConfigSpec::edit(moved));
        }
    }
    Ok(changes)
}

/// Adds a disk on a new file that the server names, in the VM's folder of the datastore.
pub(super) fn add_disk(
    vm: &ManagedObjectReference,
    disk: &NewDisk,
    note: &Setting,
    facts: &Facts,
) -> Result<Request, RequestError> {
    let bus = i32::from(disk.slot.bus());
    let unit = i32::from(disk.slot.unit());
    let controllers = &facts.master_target.controllers;
    let controller = controllers
        .known()
        .into_iter()
        .flatten()
        .find(|now| now.kind.is_lsi() && now.bus == bus)
        .ok_or(RequestError::NoSuchController { bus })?;
    if controller.units.contains(&unit) {
        return Err(RequestError::Unfit("the slot of the new disk is taken"));
    }
    let new = NewDevice {
        key: NEW_DISKS,
        controller_key: controller.key,
        unit,
        bytes: Some(disk.bytes),
        backing: VirtualDiskFlatVer2BackingInfo {
            file_name: format!("[{}]", disk.datastore_name),
            datastore: Some(disk.datastore.clone()),
            disk_mode: "persistent".into(),
            thin_provisioned: Some(true),
            ..VirtualDiskFlatVer2BackingInfo::default()
        },
    };
    let mut change = VirtualDeviceConfigSpec::add(new.device());
    change.file_operation = Some(VirtualDeviceConfigSpecFileOperation::Create);
    noted(vm, change, note, facts)
}

/// Takes a disk off again. Its file stays where it is.
pub(super) fn detach_disk(
    vm: &ManagedObjectReference,
    disk: &NewDisk,
    note: &Setting,
    facts: &Facts,
) -> Result<Request, RequestError> {
    if facts.master_target.change_version.is_none() {
        return Err(RequestError::NoChangeVersion);
    }
    let slot = (
        Some(i32::from(disk.slot.bus())),
        Some(i32::from(disk.slot.unit())),
    );
    let found = facts
        .master_target
        .disks
        .known()
        .into_iter()
        .flatten()
        .find(|now| {
            (now.bus, now.unit) == slot
                && now.capacity_bytes == Some(disk.bytes)
                && now.datastore.as_ref() == Some(&disk.datastore_name)
        });
    let found = found.ok_or(RequestError::Unfit("the disk is not there any more"))?;
    noted(vm, without(found.key), note, facts)
}

/// One change of a device, with the advanced setting that notes it.
fn noted(
    vm: &ManagedObjectReference,
    change: VirtualDeviceConfigSpec,
    note: &Setting,
    facts: &Facts,
) -> Result<Request, RequestError> {
    let version = facts.master_target.change_version.as_ref();
    let note = OptionValue::new(&note.key, note.value.as_str());
    reconfigure(vm, version, vec![change], vec![note])
}

#[cfg(test)]
#[path = "controllers_tests.rs"]
mod tests;
