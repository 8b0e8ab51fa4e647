//! Reconfigures that move, add and detach devices.
//!
//! No request built here deletes a file: the only file operation is the creation of a new one.

use vsphere_client::vim::ManagedObjectReference;
use vsphere_client::{
    Client,
    method::ReconfigVmTask,
    property_set,
    vim::{
        DeviceBacking, DiskBacking, OptionValue, ScsiController, VirtualDevice,
        VirtualDeviceConfigSpec, VirtualDeviceConfigSpecFileOperation, VirtualDeviceKind,
        VirtualDiskFlatVer2BackingInfo, VirtualDiskProps, VirtualMachineConfigSpec,
        VirtualMachinePowerState,
    },
};

use super::request::{Request, RequestError, scsi_kind};
use crate::{
    facts::{Facts, Setting},
    plan::{Conversion, NewDisk},
};

/// Keys of devices that do not exist yet are negative; the server gives the real ones.
const NEW_CONTROLLERS: i32 = -300;
const NEW_DISK: i32 = -400;

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
        .retrieve_one::<Hardware>(&vm.clone())
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
    Ok(reconfigure(vm, now.change_version, device_change, None))
}

/// The changes of devices: for each controller the old one away, the new one in its place, and its devices to it.
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
    let version = change_version(facts)?;
    let bus = i32::from(disk.slot.bus());
    let unit = i32::from(disk.slot.unit());
    let machine = &facts.master_target;
    let controller = machine
        .controllers
        .known()
        .into_iter()
        .flatten()
        .find(|now| now.kind.is_lsi() && now.bus == bus)
        .ok_or(RequestError::NoSuchController { bus })?;
    if controller.units.contains(&unit) {
        return Err(RequestError::Unfit("the place of the new disk is taken"));
    }
    let props = VirtualDiskProps {
        capacity_in_kb: disk.bytes / 1024,
        capacity_in_bytes: Some(disk.bytes),
        ..VirtualDiskProps::default()
    };
    let mut device = VirtualDevice::new(NEW_DISK, VirtualDeviceKind::Disk(Box::new(props)));
    device.controller_key = Some(controller.key);
    device.unit_number = Some(unit);
    device.backing = Some(DeviceBacking::Disk(Box::new(DiskBacking::FlatVer2(
        VirtualDiskFlatVer2BackingInfo {
            file_name: format!("[{}]", disk.datastore_name),
            datastore: Some(disk.datastore.clone()),
            disk_mode: "persistent".into(),
            thin_provisioned: Some(true),
            ..VirtualDiskFlatVer2BackingInfo::default()
        },
    ))));
    let mut change = VirtualDeviceConfigSpec::add(device);
    change.file_operation = Some(VirtualDeviceConfigSpecFileOperation::Create);
    Ok(reconfigure(vm, Some(version), vec![change], Some(note)))
}

/// Takes a disk off again. Its file stays where it is.
pub(super) fn detach_disk(
    vm: &ManagedObjectReference,
    disk: &NewDisk,
    note: &Setting,
    facts: &Facts,
) -> Result<Request, RequestError> {
    let version = change_version(facts)?;
    let place = (
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
            (now.bus, now.unit) == place
                && now.capacity_bytes == Some(disk.bytes)
                && now.datastore.as_ref() == Some(&disk.datastore_name)
        });
    let found = found.ok_or(RequestError::Unfit("the disk is not there any more"))?;
    let device = VirtualDevice::new(found.key, VirtualDeviceKind::Disk(Box::default()));
    let changes = vec![VirtualDeviceConfigSpec::remove(device)];
    Ok(reconfigure(vm, Some(version), changes, Some(note)))
}

fn change_version(facts: &Facts) -> Result<String, RequestError> {
    facts
        .master_target
        .change_version
        .clone()
        .ok_or(RequestError::NoChangeVersion)
}

fn reconfigure(
    vm: &ManagedObjectReference,
    change_version: Option<String>,
    device_change: Vec<VirtualDeviceConfigSpec>,
    note: Option<&Setting>,
) -> Request {
    let spec = VirtualMachineConfigSpec {
        change_version,
        device_change,
        extra_config: note
            .map(|note| OptionValue::new(&note.key, note.value.as_str()))
            .into_iter()
            .collect(),
        ..VirtualMachineConfigSpec::default()
    };
    Request::Reconfigure(Box::new(ReconfigVmTask {
        this: vm.clone(),
        spec,
    }))
}

#[cfg(test)]
#[path = "devices_tests.rs"]
mod tests;
