//! The reconfigure that gives disks back to their owner: the devices that name gone files away, the files
//! where they are now in their places. No file is touched.

use vsphere_client::vim::ManagedObjectReference;
use vsphere_client::{
    Client,
    method::ReconfigVmTask,
    property_set,
    vim::{
        DeviceBacking, DiskBacking, VirtualDevice, VirtualDeviceConfigSpec, VirtualDeviceKind,
        VirtualDiskFlatVer2BackingInfo, VirtualDiskProps, VirtualMachineConfigSpec,
        VirtualMachinePowerState,
    },
};

use super::request::{Request, RequestError};
use crate::plan::GivenBackDisk;

/// Keys of devices that do not exist yet are negative; the server gives the real ones.
const NEW_DISKS: i32 = -500;

property_set! {
    struct Owner: "VirtualMachine" {
        change_version: Option<String> = "config.changeVersion",
        power_state: Option<VirtualMachinePowerState> = "runtime.powerState",
        devices: Vec<VirtualDevice> = "config.hardware.device",
    }
}

/// Gives disks back. The owner is read right before: its `changeVersion` belongs to the devices that were seen.
pub(super) async fn give_back(
    client: &Client,
    vm: &ManagedObjectReference,
    disks: &[GivenBackDisk],
) -> Result<Request, RequestError> {
    let now = client
        .retrieve_one::<Owner>(&vm.clone())
        .await
        .map_err(RequestError::Unread)?
        .properties;
    let Some(change_version) = now.change_version else {
        return Err(RequestError::NoChangeVersion);
    };
    if now.power_state != Some(VirtualMachinePowerState::PoweredOff) {
        return Err(RequestError::Unfit("the VM is not off"));
    }
    let spec = VirtualMachineConfigSpec {
        change_version: Some(change_version),
        device_change: changes(disks, &now.devices)?,
        ..VirtualMachineConfigSpec::default()
    };
    Ok(Request::Reconfigure(Box::new(ReconfigVmTask {
        this: vm.clone(),
        spec,
    })))
}

/// First all that goes, then all that comes, so that no place is taken twice on the way.
fn changes(
    disks: &[GivenBackDisk],
    devices: &[VirtualDevice],
) -> Result<Vec<VirtualDeviceConfigSpec>, RequestError> {
    let mut changes = Vec::with_capacity(disks.len() * 2);
    for disk in disks {
        let Some(stale) = &disk.stale else { continue };
        let present = devices.iter().find(|device| device.key == stale.key);
        let names = present.and_then(file_name);
        if names != Some(stale.path.as_str()) {
            return Err(RequestError::Overtaken);
        }
        let device = VirtualDevice::new(stale.key, VirtualDeviceKind::Disk(Box::default()));
        changes.push(VirtualDeviceConfigSpec::remove(device));
    }
    for (key, disk) in (NEW_DISKS..).zip(disks) {
        let leaves = |device: &VirtualDevice| {
            disks
                .iter()
                .filter_map(|other| other.stale.as_ref())
                .any(|stale| stale.key == device.key)
        };
        let taken = devices.iter().any(|device| {
            device.controller_key == Some(disk.controller_key)
                && device.unit_number == Some(disk.unit)
                && !leaves(device)
        });
        if taken {
            return Err(RequestError::Overtaken);
        }
        changes.push(VirtualDeviceConfigSpec::add(device(key, disk)));
    }
    Ok(changes)
}

fn file_name(device: &VirtualDevice) -> Option<&str> {
    match &device.backing {
        Some(DeviceBacking::Disk(backing)) => backing.file_name(),
        _ => None,
    }
}

fn device(key: i32, disk: &GivenBackDisk) -> VirtualDevice {
    let bytes = disk.capacity_bytes.unwrap_or_default();
    let props = VirtualDiskProps {
        capacity_in_kb: bytes / 1024,
        capacity_in_bytes: disk.capacity_bytes,
        ..VirtualDiskProps::default()
    };
    let mut device = VirtualDevice::new(key, VirtualDeviceKind::Disk(Box::new(props)));
    device.controller_key = Some(disk.controller_key);
    device.unit_number = Some(disk.unit);
    device.backing = Some(DeviceBacking::Disk(Box::new(DiskBacking::FlatVer2(
        VirtualDiskFlatVer2BackingInfo {
            file_name: disk.path.clone(),
            disk_mode: disk.mode.clone(),
            ..VirtualDiskFlatVer2BackingInfo::default()
        },
    ))));
    device
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::StaleDisk;

    fn given(stale: Option<i32>, unit: i32) -> GivenBackDisk {
        GivenBackDisk {
            uuid: "6000c29d15c50f0a11adba5eba5eba11".parse().unwrap(),
            stale: stale.map(|key| StaleDisk {
                key,
                label: "Hard disk 1".into(),
                path: format!("[old] {key}.vmdk"),
            }),
            path: format!("[new] {unit}.vmdk"),
            controller_key: 1000,
            unit,
            place: format!("0:{unit}"),
            mode: "persistent".into(),
            capacity_bytes: Some(1 << 30),
        }
    }

    fn present(key: i32, unit: i32, path: &str) -> VirtualDevice {
        let disk = GivenBackDisk {
            path: path.into(),
            ..given(None, unit)
        };
        device(key, &disk)
    }

    #[test]
    fn devices_go_first_and_no_file_is_touched() {
        let there = [
            present(2000, 0, "[old] 2000.vmdk"),
            present(2001, 1, "[old] 2001.vmdk"),
        ];
        // Two disks that change places: each is free once the other is gone.
        let disks = [given(Some(2000), 1), given(Some(2001), 0)];
        let changes = changes(&disks, &there).unwrap();
        let of = |change: &VirtualDeviceConfigSpec| {
            assert_eq!(change.file_operation, None);
            change
                .operation
                .as_ref()
                .map(|operation| operation.to_string())
        };
        let all: Vec<_> = changes.iter().map(of).map(Option::unwrap).collect();
        assert_eq!(all, ["remove", "remove", "add", "add"]);
        assert_eq!(changes[2].device.key, -500);
        assert_eq!(file_name(&changes[2].device), Some("[new] 1.vmdk"));
    }

    #[test]
    fn what_was_changed_meanwhile_is_not_built() {
        let there = [present(2000, 0, "[other] x.vmdk")];
        for disks in [
            [given(Some(2000), 0)],
            [given(Some(2009), 1)],
            [given(None, 0)],
        ] {
            let refused = changes(&disks, &there);
            assert!(
                matches!(refused, Err(RequestError::Overtaken)),
                "{refused:?}"
            );
        }
        assert_eq!(changes(&[given(None, 1)], &there).unwrap().len(), 1);
    }
}
