//! The reconfigure that gives disks back to their owner: the devices that name gone files away, the files
//! where they are now in their slots. No file is touched.

use vsphere_client::{
    Client, property_set,
    vim::{
        ManagedObjectReference, VirtualDevice, VirtualDeviceConfigSpec,
        VirtualDiskFlatVer2BackingInfo, VirtualMachinePowerState,
    },
};

use super::build::{NewDevice, Request, RequestError, file_name, reconfigure, without};
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
        .retrieve_one::<Owner>(vm)
        .await
        .map_err(RequestError::Unread)?
        .properties;
    if now.power_state != Some(VirtualMachinePowerState::PoweredOff) {
        return Err(RequestError::Unfit("the VM is not off"));
    }
    let device_change = changes(disks, &now.devices)?;
    reconfigure(vm, now.change_version.as_ref(), device_change, Vec::new())
}

/// First all that goes, then all that comes, so that no slot is taken twice on the way.
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
        changes.push(without(stale.key));
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

fn device(key: i32, disk: &GivenBackDisk) -> VirtualDevice {
    let new = NewDevice {
        key,
        controller_key: disk.controller_key,
        unit: disk.unit,
        bytes: disk.capacity_bytes,
        backing: VirtualDiskFlatVer2BackingInfo {
            file_name: disk.path.clone(),
            disk_mode: disk.mode.clone(),
            ..VirtualDiskFlatVer2BackingInfo::default()
        },
    };
    new.device()
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
            address: format!("0:{unit}"),
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
        // Two disks that change slots: each is free once the other is gone.
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
