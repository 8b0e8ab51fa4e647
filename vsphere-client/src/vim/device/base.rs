//! What all devices share.

use super::{DeviceBacking, DiskBacking, ScsiController, VirtualDeviceKind, VirtualDiskProps};
use crate::soap::{Decode, DecodeError, Encode, RawElement, Reader, Start, Typed, Writer};
use crate::vim::DatastorePath;
use crate::wire_struct;

/// A device of a VM (`config.hardware.device[]`).
///
/// ```
/// use vsphere_client::vim::{VirtualDevice, VirtualDeviceKind};
///
/// fn empty_controllers(devices: &[VirtualDevice]) -> Vec<i32> {
///     let scsi = devices.iter().filter(|device| device.is_scsi_controller());
///     scsi.map(|device| device.key)
///         .filter(|key| devices.iter().all(|other| other.controller_key != Some(*key)))
///         .collect()
/// }
/// # assert!(empty_controllers(&[]).is_empty());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct VirtualDevice {
    /// Identifies the device within its VM; negative for one yet to be added.
    pub key: i32,
    /// Label and summary for people.
    pub device_info: Option<Description>,
    /// What stands behind the device: a file, a network.
    pub backing: Option<DeviceBacking>,
    /// For devices that can be plugged while running.
    pub connectable: Option<VirtualDeviceConnectInfo>,
    /// The slot on the bus.
    pub slot_info: Option<BusSlotInfo>,
    /// Key of the controller that the device hangs on.
    pub controller_key: Option<i32>,
    /// The unit number on that controller.
    pub unit_number: Option<i32>,
    /// NUMA node, since 8.0.
    pub numa_node: Option<i32>,
    /// Group of devices that belong together, since 8.0.
    pub device_group_info: Option<Box<RawElement>>,
    /// The type, and what it adds.
    pub kind: VirtualDeviceKind,
}

impl VirtualDevice {
    /// A device with nothing but a key and a kind.
    #[must_use]
    pub fn new(key: i32, kind: VirtualDeviceKind) -> Self {
        Self {
            key,
            device_info: None,
            backing: None,
            connectable: None,
            slot_info: None,
            controller_key: None,
            unit_number: None,
            numa_node: None,
            device_group_info: None,
            kind,
        }
    }

    /// The label, such as `Hard disk 1`; empty when the server gave none.
    #[must_use]
    pub fn label(&self) -> &str {
        self.device_info.as_ref().map_or("", |info| &info.label)
    }

    /// The disk's own properties, if it is a disk.
    #[must_use]
    pub fn as_disk(&self) -> Option<&VirtualDiskProps> {
        match &self.kind {
            VirtualDeviceKind::Disk(disk) => Some(disk),
            _ => None,
        }
    }

    /// The controller's own properties, if it is a SCSI controller.
    #[must_use]
    pub fn as_scsi_controller(&self) -> Option<&ScsiController> {
        match &self.kind {
            VirtualDeviceKind::ScsiController(controller) => Some(controller),
            _ => None,
        }
    }

    /// Whether it is a SCSI controller of any kind.
    #[must_use]
    pub fn is_scsi_controller(&self) -> bool {
        self.as_scsi_controller().is_some()
    }

    /// Whether it is a controller of any kind: other devices can hang on it.
    #[must_use]
    pub fn is_controller(&self) -> bool {
        self.kind.controller().is_some()
    }

    /// The backing, if it is a disk's.
    #[must_use]
    pub fn disk_backing(&self) -> Option<&DiskBacking> {
        match &self.backing {
            Some(DeviceBacking::Disk(backing)) => Some(backing),
            _ => None,
        }
    }

    /// The disk's UUID as the server spells it, `6000C29a-…` with dashes.
    #[must_use]
    pub fn disk_uuid(&self) -> Option<&str> {
        self.disk_backing()?.uuid()
    }

    /// Whether the disk is a delta upon another one, as under a snapshot.
    #[must_use]
    pub fn has_parent(&self) -> bool {
        self.disk_backing().is_some_and(DiskBacking::has_parent)
    }

    /// The backing file's name, `[datastore1] vm/vm.vmdk`.
    #[must_use]
    pub fn file_name(&self) -> Option<&str> {
        match self.backing.as_ref()? {
            DeviceBacking::Disk(backing) => backing.file_name(),
            DeviceBacking::Other(raw) => raw.child_text("fileName"),
        }
    }

    /// The backing file's name in its two parts.
    #[must_use]
    pub fn datastore_path(&self) -> Option<DatastorePath> {
        DatastorePath::parse(self.file_name()?)
    }
}

impl Decode for VirtualDevice {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let mut key = None;
        let mut device = Self::new(
            0,
            VirtualDeviceKind::of(start.xsi_type().unwrap_or_default()),
        );
        while let Some(child) = reader.next_child(start)? {
            match child.name() {
                "key" => i32::merge(&mut key, reader, &child)?,
                "deviceInfo" => device.device_info = Decode::decode(reader, &child)?,
                "backing" => device.backing = Decode::decode(reader, &child)?,
                "connectable" => device.connectable = Decode::decode(reader, &child)?,
                "slotInfo" => device.slot_info = Decode::decode(reader, &child)?,
                "controllerKey" => device.controller_key = Decode::decode(reader, &child)?,
                "unitNumber" => device.unit_number = Decode::decode(reader, &child)?,
                "numaNode" => device.numa_node = Decode::decode(reader, &child)?,
                "deviceGroupInfo" => device.device_group_info = Decode::decode(reader, &child)?,
                _ => device.kind.take(reader, &child)?,
            }
        }
        device.key = key.ok_or(DecodeError::MissingField {
            owner: "VirtualDevice",
            field: "key",
        })?;
        Ok(device)
    }
}

impl Encode for VirtualDevice {
    /// Writes the device with its type: the schema only ever declares the base.
    fn encode(&self, writer: &mut Writer, name: &str) {
        writer.set_type(self.kind.type_name());
        writer.open(name);
        self.key.encode(writer, "key");
        self.device_info.encode(writer, "deviceInfo");
        self.backing.encode(writer, "backing");
        self.connectable.encode(writer, "connectable");
        self.slot_info.encode(writer, "slotInfo");
        self.controller_key.encode(writer, "controllerKey");
        self.unit_number.encode(writer, "unitNumber");
        self.numa_node.encode(writer, "numaNode");
        self.device_group_info.encode(writer, "deviceGroupInfo");
        self.kind.write_fields(writer);
        writer.close();
    }
}

wire_struct! {
    /// Label and summary, in the session's language.
    #[derive(Default, Eq)]
    pub struct Description = "Description" {
        /// Short: `Hard disk 1`.
        label: String = "label",
        /// Longer: `16,777,216 KB`.
        summary: String = "summary",
    }
}

wire_struct! {
    /// Whether and how a removable device is plugged in.
    #[derive(Default, Eq)]
    pub struct VirtualDeviceConnectInfo = "VirtualDeviceConnectInfo" {
        /// What a migration does to the connection, since 6.7.
        migrate_connect: Option<String> = "migrateConnect",
        /// Plugged in when the VM starts.
        start_connected: bool = "startConnected",
        /// Whether the guest may plug and unplug it.
        allow_guest_control: bool = "allowGuestControl",
        /// Plugged in now.
        connected: bool = "connected",
        /// Whether it works.
        status: Option<String> = "status",
    }
}

/// The slot on the bus (`VirtualDeviceBusSlotInfo`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BusSlotInfo {
    /// `VirtualDevicePciBusSlotInfo`.
    Pci {
        /// The slot's number.
        pci_slot_number: i32,
    },
    /// Another bus, as it came.
    Other(Box<RawElement>),
}

wire_struct! {
    struct PciSlot = "VirtualDevicePciBusSlotInfo" {
        pci_slot_number: i32 = "pciSlotNumber",
    }
}

impl Decode for BusSlotInfo {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        if start.xsi_type() == Some("VirtualDevicePciBusSlotInfo") {
            let PciSlot { pci_slot_number } = PciSlot::decode(reader, start)?;
            return Ok(Self::Pci { pci_slot_number });
        }
        Decode::decode(reader, start).map(Self::Other)
    }
}

impl Encode for BusSlotInfo {
    fn encode(&self, writer: &mut Writer, name: &str) {
        match self {
            Self::Pci { pci_slot_number } => {
                PciSlot {
                    pci_slot_number: *pci_slot_number,
                }
                .encode_typed(writer, name);
            }
            Self::Other(raw) => raw.encode(writer, name),
        }
    }
}
