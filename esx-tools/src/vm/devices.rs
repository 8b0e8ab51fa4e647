//! Controllers and disks of a VM, as facts and from the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vsphere_client::vim::{
    DatastorePath, DiskBacking, ScsiControllerKind, VirtualDevice, VirtualDeviceKind,
    VirtualMachineFileLayoutEx, VirtualSCSISharing,
};

use crate::{
    ledger::{DiskUuid, Entry},
    slot::Slot,
    uuid_text::telling_uuid,
};

/// The kind of a disk controller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ControllerKind {
    /// VMware Paravirtual SCSI.
    ParaVirtual,
    /// LSI Logic Parallel.
    LsiLogic,
    /// LSI Logic SAS.
    LsiLogicSas,
    /// BusLogic Parallel.
    BusLogic,
    /// NVMe.
    Nvme,
    /// SATA (AHCI).
    Sata,
    /// IDE.
    Ide,
    /// Anything else, by its wire type.
    Other(String),
}

impl ControllerKind {
    /// Whether it is a SCSI controller, of which a VM has at most four.
    pub fn is_scsi(&self) -> bool {
        matches!(
            self,
            Self::ParaVirtual | Self::LsiLogic | Self::LsiLogicSas | Self::BusLogic
        )
    }

    /// Whether it is one of the two LSI Logic kinds.
    pub fn is_lsi(&self) -> bool {
        matches!(self, Self::LsiLogic | Self::LsiLogicSas)
    }

    /// The word for it in JSON: `lsi-logic-sas`; the wire type of one that is not known here.
    pub fn word(&self) -> &str {
        match self {
            Self::ParaVirtual => "para-virtual",
            Self::LsiLogic => "lsi-logic",
            Self::LsiLogicSas => "lsi-logic-sas",
            Self::BusLogic => "bus-logic",
            Self::Nvme => "nvme",
            Self::Sata => "sata",
            Self::Ide => "ide",
            Self::Other(name) => name,
        }
    }

    /// The name that vSphere's own client shows.
    pub fn label(&self) -> &str {
        match self {
            Self::ParaVirtual => "VMware Paravirtual",
            Self::LsiLogic => "LSI Logic Parallel",
            Self::LsiLogicSas => "LSI Logic SAS",
            Self::BusLogic => "BusLogic Parallel",
            Self::Nvme => "NVMe",
            Self::Sata => "SATA",
            Self::Ide => "IDE",
            Self::Other(name) => name,
        }
    }
}

/// One controller of disks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControllerFacts {
    /// Device key.
    pub key: i32,
    /// Label, for example `SCSI controller 1`.
    pub label: String,
    /// Kind.
    pub kind: ControllerKind,
    /// Bus number: 0 to 3 for SCSI.
    pub bus: i32,
    /// Keys of every device on it, disks or not.
    pub devices: Vec<i32>,
    /// Units that devices on it take, disks or not.
    pub units: Vec<i32>,
    /// Keys that its own list of devices names, while no device of that key says that it hangs on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disputed: Vec<i32>,
}

/// One virtual disk of the VM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskFacts {
    /// Device key.
    pub key: i32,
    /// Label, for example `Hard disk 1`.
    pub label: String,
    /// `backing.uuid`.
    pub uuid: Option<String>,
    /// Capacity in bytes.
    pub capacity_bytes: Option<i64>,
    /// Key of the controller it hangs on.
    pub controller_key: Option<i32>,
    /// Bus of that controller.
    pub bus: Option<i32>,
    /// Whether that controller is a SCSI controller: others count their buses from 0 as well.
    #[serde(default)]
    pub on_scsi: bool,
    /// Unit on the bus.
    pub unit: Option<i32>,
    /// Wire type of the backing, for example `VirtualDiskFlatVer2BackingInfo`.
    pub backing: String,
    /// Path of the file in use, for example `[ds1] vm/vm.vmdk`.
    pub path: Option<String>,
    /// Name of the datastore of that file.
    pub datastore: Option<String>,
    /// The files that make up the disk, the base first, the one in use last.
    pub chain: Vec<ChainUnit>,
    /// `backing.diskMode`, for example `persistent`; unset where the server does not tell.
    #[serde(default)]
    pub mode: Option<String>,
    /// Whether several VMs may write to it at once (`backing.sharing`).
    #[serde(default)]
    pub multi_writer: bool,
    /// Whether it is encrypted (`backing.keyId`).
    #[serde(default)]
    pub encrypted: bool,
}

/// What the wire types of raw devices have in common.
const RAW: &str = "RawDisk";

impl DiskFacts {
    /// Whether it is the disk of this ledger entry: by its UUID, or by its file when it has none.
    pub(crate) fn is_of(&self, entry: &Entry) -> bool {
        match self.disk_uuid() {
            Some(uuid) => uuid == entry.uuid,
            None => self.stands_on(&entry.path),
        }
    }

    /// Its slot on one of the four SCSI buses; `None` for a disk elsewhere.
    pub fn slot(&self) -> Option<Slot> {
        if !self.on_scsi {
            return None;
        }
        Slot::from_wire(self.bus?, self.unit?)
    }

    /// Whether one of its files is at this path: the one in use, or one that it stands on.
    pub fn stands_on(&self, path: &str) -> bool {
        self.path.as_deref() == Some(path) || self.chain.iter().any(|unit| unit.path == path)
    }

    /// The UUID as the ledger writes it; `None` when it is unset, none, or tells nothing.
    pub fn disk_uuid(&self) -> Option<DiskUuid> {
        self.plain_uuid()?.parse().ok()
    }

    /// The UUID in one spelling: lower case, without dashes and spaces; `None` when it is unset or tells nothing.
    pub fn plain_uuid(&self) -> Option<String> {
        telling_uuid(self.uuid.as_deref()?)
    }

    /// Whether it is a mapping to a raw device, in physical or virtual mode.
    pub fn is_raw(&self) -> bool {
        self.backing.contains(RAW)
    }

    /// How many delta files stand on the base: 0 for a disk without parent.
    pub fn delta_depth(&self) -> usize {
        self.chain.len().saturating_sub(1)
    }
}

/// One link of a disk's chain of files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainUnit {
    /// Path of its descriptor.
    pub path: String,
    /// Name of its datastore.
    pub datastore: Option<String>,
    /// Bytes its files take, from `layoutEx`.
    pub bytes: Option<i64>,
}

fn controller_kind(kind: &VirtualDeviceKind) -> Option<ControllerKind> {
    Some(match kind {
        VirtualDeviceKind::ScsiController(controller) => match &controller.kind {
            ScsiControllerKind::ParaVirtual => ControllerKind::ParaVirtual,
            ScsiControllerKind::LsiLogic => ControllerKind::LsiLogic,
            ScsiControllerKind::LsiLogicSas => ControllerKind::LsiLogicSas,
            ScsiControllerKind::BusLogic => ControllerKind::BusLogic,
            other => ControllerKind::Other(other.to_string()),
        },
        VirtualDeviceKind::NvmeController(_) => ControllerKind::Nvme,
        VirtualDeviceKind::SataController(_) => ControllerKind::Sata,
        VirtualDeviceKind::IdeController(_) => ControllerKind::Ide,
        _ => return None,
    })
}

/// Controllers of disks, with every device that hangs on them by either side's account.
pub(crate) fn controllers(devices: &[VirtualDevice]) -> Vec<ControllerFacts> {
    let mut found: Vec<ControllerFacts> = devices
        .iter()
        .filter_map(|device| {
            let props = device.kind.controller()?;
            let mut carried = props.device.clone();
            let hanging = devices
                .iter()
                .filter(|other| other.controller_key == Some(device.key));
            let hanging: Vec<i32> = hanging.map(|other| other.key).collect();
            let mut disputed = carried.clone();
            disputed.retain(|key| !hanging.contains(key));
            carried.extend(hanging);
            carried.sort_unstable();
            carried.dedup();
            Some(ControllerFacts {
                key: device.key,
                label: label(device),
                kind: controller_kind(&device.kind)?,
                bus: props.bus_number,
                units: devices
                    .iter()
                    .filter(|other| carried.contains(&other.key))
                    .filter_map(|other| other.unit_number)
                    .collect(),
                devices: carried,
                disputed,
            })
        })
        .collect();
    found.sort_by_key(|controller| (!controller.kind.is_scsi(), controller.bus, controller.key));
    found
}

/// Keys of the controllers whose bus is shared with other VMs, as clusters of guests do.
pub(crate) fn shared_buses(devices: &[VirtualDevice]) -> Vec<i32> {
    let is_shared = |device: &&VirtualDevice| match &device.kind {
        VirtualDeviceKind::ScsiController(one) => one.shared_bus != VirtualSCSISharing::NoSharing,
        VirtualDeviceKind::NvmeController(one) => {
            (one.shared_bus.as_deref()).is_some_and(|bus| bus != "noSharing")
        }
        _ => false,
    };
    devices
        .iter()
        .filter(is_shared)
        .map(|one| one.key)
        .collect()
}

/// Disks in the order of their controllers' buses and their units.
pub(crate) fn disks(
    devices: &[VirtualDevice],
    layout: Option<&VirtualMachineFileLayoutEx>,
) -> Vec<DiskFacts> {
    let buses: BTreeMap<i32, (bool, i32)> = controllers(devices)
        .into_iter()
        .map(|controller| (controller.key, (!controller.kind.is_scsi(), controller.bus)))
        .collect();
    let mut found: Vec<DiskFacts> = devices
        .iter()
        .filter_map(|device| {
            let disk = device.as_disk()?;
            let backing = device.disk_backing();
            Some(DiskFacts {
                key: device.key,
                label: label(device),
                uuid: device.disk_uuid().map(str::to_owned),
                capacity_bytes: Some(disk.capacity()).filter(|bytes| *bytes > 0),
                controller_key: device.controller_key,
                bus: device
                    .controller_key
                    .and_then(|key| buses.get(&key))
                    .map(|(_, bus)| *bus),
                on_scsi: device
                    .controller_key
                    .and_then(|key| buses.get(&key))
                    .is_some_and(|(other, _)| !other),
                unit: device.unit_number,
                backing: backing
                    .map(|backing| backing.type_name().to_owned())
                    .unwrap_or_default(),
                path: device.file_name().map(str::to_owned),
                datastore: device.datastore_path().map(|path| path.datastore),
                chain: backing
                    .map(|backing| chain(backing.chain(), device.key, layout))
                    .unwrap_or_default(),
                mode: backing.and_then(DiskBacking::disk_mode).map(str::to_owned),
                multi_writer: backing.is_some_and(DiskBacking::is_multi_writer),
                encrypted: backing.is_some_and(DiskBacking::is_encrypted),
            })
        })
        .collect();
    let bus_of = |disk: &DiskFacts| disk.controller_key.and_then(|key| buses.get(&key)).copied();
    found.sort_by_key(|disk| (bus_of(disk), disk.unit, disk.key));
    found
}

fn label(device: &VirtualDevice) -> String {
    match device.label() {
        "" => format!("{} {}", device.kind.type_name(), device.key),
        label => label.to_owned(),
    }
}

/// The chain from the base up, with the bytes of each link by `layoutEx`.
fn chain(
    top_down: Vec<&str>,
    disk_key: i32,
    layout: Option<&VirtualMachineFileLayoutEx>,
) -> Vec<ChainUnit> {
    let units = layout.and_then(|layout| layout.disk.iter().find(|disk| disk.key == disk_key));
    let bytes_of = |path: &str| -> Option<i64> {
        let layout = layout?;
        let unit = units?.chain.iter().find(|unit| {
            unit.file_key
                .iter()
                .any(|key| layout.file_of(*key).is_some_and(|file| file.name == path))
        })?;
        Some(
            unit.file_key
                .iter()
                .filter_map(|key| layout.file_of(*key))
                .map(|file| file.size)
                .sum(),
        )
    };
    top_down
        .into_iter()
        .rev()
        .map(|path| ChainUnit {
            path: path.to_owned(),
            datastore: DatastorePath::parse(path).map(|path| path.datastore),
            bytes: bytes_of(path),
        })
        .collect()
}
