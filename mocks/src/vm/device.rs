//! The virtual devices, with the keys and labels that vCenter gives them.

use crate::shape::narrow;
use crate::value::{Data, MoRef, Value};

/// The kinds of storage controller that scenarios and handlers make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControllerKind {
    /// LSI Logic Parallel.
    LsiLogic,
    /// LSI Logic SAS.
    LsiLogicSas,
    /// VMware Paravirtual.
    ParaVirtual,
    /// BusLogic Parallel.
    BusLogic,
    /// AHCI, the SATA controller.
    Ahci,
    /// NVM Express.
    Nvme,
}

impl ControllerKind {
    /// The wire type.
    pub fn wire_name(self) -> &'static str {
        match self {
            Self::LsiLogic => "VirtualLsiLogicController",
            Self::LsiLogicSas => "VirtualLsiLogicSASController",
            Self::ParaVirtual => "ParaVirtualSCSIController",
            Self::BusLogic => "VirtualBusLogicController",
            Self::Ahci => "VirtualAHCIController",
            Self::Nvme => "VirtualNVMEController",
        }
    }

    /// The device key of the controller on a bus.
    pub fn key(self, bus: i32) -> i32 {
        match self {
            Self::Ahci => 15_000 + bus,
            Self::Nvme => 31_000 + bus,
            _ => 1000 + bus,
        }
    }
}

/// The summary line of a controller's `deviceInfo`.
pub(crate) fn controller_summary(kind: &str) -> &'static str {
    match kind {
        "VirtualLsiLogicController" => "LSI Logic",
        "VirtualLsiLogicSASController" => "LSI Logic SAS",
        "ParaVirtualSCSIController" => "VMware paravirtual SCSI",
        "VirtualBusLogicController" => "BusLogic",
        "VirtualAHCIController" => "AHCI",
        "VirtualNVMEController" => "NVME Controller",
        _ => "Controller",
    }
}

/// A `Description`.
pub(crate) fn description(label: &str, summary: &str) -> Data {
    Data::new("Description")
        .with("label", label)
        .with("summary", summary)
}

/// A storage controller.
pub(crate) fn controller(kind: ControllerKind, bus: i32) -> Data {
    controller_of(kind.wire_name(), kind.key(bus), bus)
}

/// A storage controller of a wire type, as the server completes it.
pub(crate) fn controller_of(kind: &str, key: i32, bus: i32) -> Data {
    let scsi = kind.contains("SCSI") || kind.contains("Lsi") || kind.contains("BusLogic");
    let label = match kind {
        "VirtualAHCIController" => format!("SATA controller {bus}"),
        "VirtualNVMEController" => format!("NVME controller {bus}"),
        _ => format!("SCSI controller {bus}"),
    };
    let device = Data::new(kind)
        .with("key", key)
        .with("deviceInfo", description(&label, controller_summary(kind)))
        .with("controllerKey", 100)
        .with("unitNumber", bus + if scsi { 3 } else { 24 })
        .with("busNumber", bus);
    if scsi {
        device
            .with("hotAddRemove", true)
            .with_enum("sharedBus", "VirtualSCSISharing", "noSharing")
            .with("scsiCtlrUnitNumber", 7)
    } else {
        device
    }
}

/// A flat disk on a file of a datastore.
pub(crate) fn disk(controller: &Data, unit: i32, path: &str, capacity_kb: i64) -> Data {
    let controller_key = controller.int("key").unwrap_or_default();
    let bus = controller.int("busNumber").unwrap_or_default();
    let base: i64 = match controller_key {
        15_000..16_000 => 16_000 + bus * 30,
        31_000..32_000 => 32_000 + bus * 15,
        _ => 2000 + bus * 16,
    };
    let backing = Data::new("VirtualDiskFlatVer2BackingInfo")
        .with("fileName", path)
        .with("diskMode", "persistent");
    Data::new("VirtualDisk")
        .with("key", narrow(base) + unit)
        .with("backing", backing)
        .with("controllerKey", narrow(controller_key))
        .with("unitNumber", unit)
        .with("capacityInKB", capacity_kb)
        .with("capacityInBytes", capacity_kb * 1024)
}

/// A vmxnet3 network card on a standard network.
pub(crate) fn network_card(index: i32, network: &MoRef, name: &str, mac: &str, on: bool) -> Data {
    let backing = Data::new("VirtualEthernetCardNetworkBackingInfo")
        .with("deviceName", name)
        .with("network", network);
    Data::new("VirtualVmxnet3")
        .with("key", 4000 + index)
        .with(
            "deviceInfo",
            description(&format!("Network adapter {}", index + 1), name),
        )
        .with("backing", backing)
        .with("connectable", connect_info(true, on))
        .with("controllerKey", 100)
        .with("unitNumber", 7 + index)
        .with("addressType", "assigned")
        .with("macAddress", mac)
        .with("wakeOnLanEnabled", true)
}

/// The devices that every VM has.
pub(crate) fn base_devices() -> Vec<Data> {
    let controller = |kind: &str, key: i32, bus: i32, label: &str, devices: &[i32]| {
        let device = Data::new(kind)
            .with("key", key)
            .with("deviceInfo", description(label, label))
            .with("busNumber", bus);
        if devices.is_empty() {
            device
        } else {
            device.with("device", Value::list("int", devices.iter().copied()))
        }
    };
    let child = |kind: &str, key: i32, parent: i32, unit: i32, label: &str, summary: &str| {
        Data::new(kind)
            .with("key", key)
            .with("deviceInfo", description(label, summary))
            .with("controllerKey", parent)
            .with("unitNumber", unit)
    };
    let pointer = Data::new("VirtualPointingDeviceDeviceBackingInfo")
        .with("deviceName", "")
        .with("useAutoDetect", false)
        .with("hostPointingDevice", "autodetect");
    let tray = Data::new("VirtualCdromRemotePassthroughBackingInfo")
        .with("deviceName", "")
        .with("useAutoDetect", false)
        .with("exclusive", false);
    vec![
        controller("VirtualIDEController", 200, 0, "IDE 0", &[3000]),
        controller("VirtualIDEController", 201, 1, "IDE 1", &[]),
        controller("VirtualPS2Controller", 300, 0, "PS2 controller 0", &[600, 700]),
        controller("VirtualPCIController", 100, 0, "PCI controller 0", &[500, 12_000]),
        controller("VirtualSIOController", 400, 0, "SIO controller 0", &[]),
        child("VirtualKeyboard", 600, 300, 0, "Keyboard", "Keyboard"),
        child("VirtualPointingDevice", 700, 300, 1, "Pointing device", "Pointing device; Device")
            .with("backing", pointer),
        child("VirtualMachineVideoCard", 500, 100, 0, "Video card", "Video card")
            .with("videoRamSizeInKB", 8192_i64)
            .with("numDisplays", 1)
            .with("useAutoDetect", false)
            .with("enable3DSupport", false)
            .with("use3dRenderer", "automatic")
            .with("graphicsMemorySizeInKB", 262_144_i64),
        child(
            "VirtualMachineVMCIDevice",
            12_000,
            100,
            17,
            "VMCI device",
            "Device on the virtual machine PCI bus that provides support for the virtual machine communication interface",
        )
        .with("id", -1_i64)
        .with("allowUnrestrictedCommunication", false)
        .with("filterEnable", true),
        child("VirtualCdrom", 3000, 200, 0, "CD/DVD drive 1", "Remote device")
            .with("backing", tray)
            .with("connectable", connect_info(false, false)),
    ]
}

fn connect_info(start: bool, connected: bool) -> Data {
    Data::new("VirtualDeviceConnectInfo")
        .with("startConnected", start)
        .with("allowGuestControl", true)
        .with("connected", connected)
        .with("status", if connected { "ok" } else { "untried" })
}
