//! A call that is ready to be sent, why one cannot be built, and the parts that every reconfigure is built from. Pure.
//!
//! No part that is built here deletes a file: the only file operation is the creation of a new one.

use vsphere_client::{
    Error as ClientError,
    method::{
        ConfigureStorageDrsForPodTask, ConsolidateVmDisksTask, DisableMethods, EnableMethods,
        ReconfigVmTask, ReconfigureComputeResourceTask, RemoveAllSnapshotsTask,
    },
    vim::{
        DeviceBacking, DiskBacking, ManagedObjectReference, OptionValue, ScsiController,
        ScsiControllerKind, VirtualDevice, VirtualDeviceConfigSpec, VirtualDeviceKind,
        VirtualDiskFlatVer2BackingInfo, VirtualDiskProps, VirtualMachineConfigSpec,
    },
};

use crate::{ledger::DiskUuid, site::Facts, slots::Slot, vm::ControllerKind};

/// A call that is ready to be sent.
#[derive(Debug)]
pub(super) enum Request {
    RemoveAllSnapshots(RemoveAllSnapshotsTask),
    Consolidate(ConsolidateVmDisksTask),
    Reconfigure(Box<ReconfigVmTask>),
    StorageDrs(ConfigureStorageDrsForPodTask),
    Drs(ReconfigureComputeResourceTask),
    Disable(DisableMethods),
    Enable(EnableMethods),
}

/// Why a change cannot be made into a call.
#[derive(Debug, thiserror::Error)]
pub(super) enum RequestError {
    #[error("config.changeVersion is not known, and nothing is reconfigured without it")]
    NoChangeVersion,
    #[error("the controller on bus {bus} is not there any more, or carries devices")]
    NoSuchController { bus: i32 },
    #[error("a {0} controller cannot be added")]
    NotScsi(String),
    #[error("{0}")]
    Unfit(&'static str),
    #[error("the slot {0} is not free any more")]
    SlotTaken(Slot),
    #[error("the disk {0} is not there any more, or not with the file that it had")]
    NoSuchDisk(DiskUuid),
    #[error("the VM was changed right before its devices were to be moved")]
    Overtaken,
    #[error("what is to be changed cannot be read")]
    Unread(#[source] ClientError),
    #[error("the server does not offer {0}")]
    Missing(&'static str),
    #[error("nothing was seen that the change could be built from")]
    NotSeen,
}

/// Keys of devices that do not exist yet are negative; the server gives the real ones.
pub(super) const NEW_CONTROLLERS: i32 = -300;
/// The same for disks, counted down.
pub(super) const NEW_DISKS: i32 = -400;

/// The reconfigure, which counts only for the version of the VM that was seen.
pub(super) fn reconfigure(
    vm: &ManagedObjectReference,
    change_version: Option<&String>,
    device_change: Vec<VirtualDeviceConfigSpec>,
    extra_config: Vec<OptionValue>,
) -> Result<Request, RequestError> {
    let change_version = change_version.ok_or(RequestError::NoChangeVersion)?;
    Ok(Request::Reconfigure(Box::new(ReconfigVmTask {
        this: vm.clone(),
        spec: VirtualMachineConfigSpec {
            change_version: Some(change_version.clone()),
            device_change,
            extra_config,
            ..VirtualMachineConfigSpec::default()
        },
    })))
}

/// The wire kind of a SCSI controller.
pub(super) fn scsi_kind(kind: &ControllerKind) -> Result<ScsiControllerKind, RequestError> {
    Ok(match kind {
        ControllerKind::ParaVirtual => ScsiControllerKind::ParaVirtual,
        ControllerKind::LsiLogic => ScsiControllerKind::LsiLogic,
        ControllerKind::LsiLogicSas => ScsiControllerKind::LsiLogicSas,
        ControllerKind::BusLogic => ScsiControllerKind::BusLogic,
        other => return Err(RequestError::NotScsi(other.label().to_owned())),
    })
}

/// A SCSI controller on a bus.
pub(super) fn controller(
    key: i32,
    bus: i32,
    kind: &ControllerKind,
) -> Result<VirtualDevice, RequestError> {
    let mut controller = ScsiController::new(scsi_kind(kind)?);
    controller.controller.bus_number = bus;
    Ok(VirtualDevice::new(
        key,
        VirtualDeviceKind::ScsiController(controller),
    ))
}

/// A disk, with what its file is to be.
pub(super) struct NewDevice {
    pub(super) key: i32,
    pub(super) controller_key: i32,
    pub(super) unit: i32,
    /// Capacity in bytes, when it is known. The server reads that of a file that exists; some want it all the same.
    pub(super) bytes: Option<i64>,
    pub(super) backing: VirtualDiskFlatVer2BackingInfo,
}

impl NewDevice {
    pub(super) fn device(self) -> VirtualDevice {
        let bytes = self.bytes.filter(|bytes| *bytes > 0);
        let props = VirtualDiskProps {
            capacity_in_kb: bytes.unwrap_or_default() / 1024,
            capacity_in_bytes: bytes,
            ..VirtualDiskProps::default()
        };
        let kind = VirtualDeviceKind::Disk(Box::new(props));
        let mut device = VirtualDevice::new(self.key, kind);
        device.controller_key = Some(self.controller_key);
        device.unit_number = Some(self.unit);
        let backing = DiskBacking::FlatVer2(self.backing);
        device.backing = Some(DeviceBacking::Disk(Box::new(backing)));
        device
    }
}

/// Takes a disk off by its key. Its file stays.
pub(super) fn without(key: i32) -> VirtualDeviceConfigSpec {
    let device = VirtualDevice::new(key, VirtualDeviceKind::Disk(Box::default()));
    VirtualDeviceConfigSpec::remove(device)
}

/// An advanced setting. vCenter compares keys without regard to case, other servers do not: one that is there is written
/// by the very key it has.
pub(super) fn option(key: &str, value: &str, facts: &Facts) -> OptionValue {
    let present = facts.master_target.setting(key);
    OptionValue::new(present.map_or(key, |setting| setting.key.as_str()), value)
}

/// The file in use by a disk.
pub(super) fn file_name(device: &VirtualDevice) -> Option<&str> {
    match &device.backing {
        Some(DeviceBacking::Disk(backing)) => backing.file_name(),
        _ => None,
    }
}
