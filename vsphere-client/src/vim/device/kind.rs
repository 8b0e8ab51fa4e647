//! The types of devices, and what each adds to the base.

use std::borrow::Cow;

use super::controller::{
    ControllerProps, NvmeController, OtherController, SataController, ScsiController,
    ScsiControllerKind,
};
use super::disk::VirtualDiskProps;
use crate::soap::{DecodeError, Encode, RawElement, Reader, Start, Writer};

/// The type of a device.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum VirtualDeviceKind {
    /// `VirtualDisk`.
    Disk(Box<VirtualDiskProps>),
    /// Any subtype of `VirtualSCSIController`.
    ScsiController(ScsiController),
    /// `VirtualNVMEController`.
    NvmeController(NvmeController),
    /// `VirtualAHCIController`, or the base type `VirtualSATAController`.
    SataController(SataController),
    /// `VirtualIDEController`.
    IdeController(ControllerProps),
    /// USB, PCI, PS/2, super I/O and NVDIMM controllers.
    OtherController(OtherController),
    /// `VirtualCdrom`.
    Cdrom,
    /// `VirtualFloppy`.
    Floppy,
    /// Any network card.
    Ethernet(EthernetCard),
    /// Any other device.
    Other(OtherDevice),
}

/// A network card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EthernetCard {
    /// The card's type, such as `VirtualVmxnet3`.
    pub type_name: Cow<'static, str>,
    /// `manual`, `generated` or `assigned`.
    pub address_type: Option<String>,
    /// The MAC address.
    pub mac_address: Option<String>,
    /// The further properties in order, as they came.
    pub extra: Vec<RawElement>,
}

/// A device of a type that nobody here decides on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OtherDevice {
    /// The wire type; empty when the server named none.
    pub type_name: Cow<'static, str>,
    /// What the type adds to the base, in order, as it came.
    pub extra: Vec<RawElement>,
}

/// Common names are static, so that thousands of devices do not hold a copy each.
fn intern(type_name: &str) -> Cow<'static, str> {
    const KNOWN: [&str; 18] = [
        "VirtualVmxnet3",
        "VirtualE1000",
        "VirtualE1000e",
        "VirtualVmxnet2",
        "VirtualVmxnet",
        "VirtualPCNet32",
        "VirtualSriovEthernetCard",
        "VirtualKeyboard",
        "VirtualPointingDevice",
        "VirtualMachineVideoCard",
        "VirtualMachineVMCIDevice",
        "VirtualPCIController",
        "VirtualPS2Controller",
        "VirtualSIOController",
        "VirtualUSBController",
        "VirtualUSBXHCIController",
        "VirtualAHCIController",
        "VirtualTPM",
    ];
    match KNOWN.iter().find(|known| **known == type_name) {
        Some(known) => Cow::Borrowed(known),
        None => Cow::Owned(type_name.to_owned()),
    }
}

impl VirtualDeviceKind {
    /// The kind of that wire type, still without its properties.
    pub(super) fn of(type_name: &str) -> Self {
        match type_name {
            "VirtualDisk" => Self::Disk(Box::default()),
            "ParaVirtualSCSIController"
            | "VirtualLsiLogicController"
            | "VirtualLsiLogicSASController"
            | "VirtualBusLogicController"
            | "VirtualSCSIController" => {
                Self::ScsiController(ScsiController::new(ScsiControllerKind::from(type_name)))
            }
            "VirtualNVMEController" => Self::NvmeController(NvmeController::default()),
            "VirtualAHCIController" | "VirtualSATAController" => {
                Self::SataController(SataController {
                    type_name: intern(type_name),
                    ..SataController::default()
                })
            }
            "VirtualIDEController" => Self::IdeController(ControllerProps::default()),
            "VirtualCdrom" => Self::Cdrom,
            "VirtualFloppy" => Self::Floppy,
            "VirtualE1000"
            | "VirtualE1000e"
            | "VirtualVmxnet3"
            | "VirtualVmxnet3Vrdma"
            | "VirtualVmxnet2"
            | "VirtualVmxnet"
            | "VirtualPCNet32"
            | "VirtualSriovEthernetCard"
            | "VirtualEthernetCard" => Self::Ethernet(EthernetCard {
                type_name: intern(type_name),
                ..EthernetCard::default()
            }),
            // Of a controller nobody knows, the bus number and the devices on it matter still.
            name if name.ends_with("SCSIController") => {
                Self::ScsiController(ScsiController::new(ScsiControllerKind::from(name)))
            }
            name if name.ends_with("Controller") => Self::OtherController(OtherController {
                type_name: intern(name),
                ..OtherController::default()
            }),
            name => Self::Other(OtherDevice {
                type_name: intern(name),
                extra: Vec::new(),
            }),
        }
    }

    /// The wire type.
    #[must_use]
    pub fn type_name(&self) -> &str {
        match self {
            Self::Disk(_) => "VirtualDisk",
            Self::ScsiController(controller) => controller.kind.as_str(),
            Self::NvmeController(_) => "VirtualNVMEController",
            Self::SataController(controller) => &controller.type_name,
            Self::IdeController(_) => "VirtualIDEController",
            Self::OtherController(controller) => &controller.type_name,
            Self::Cdrom => "VirtualCdrom",
            Self::Floppy => "VirtualFloppy",
            Self::Ethernet(card) => &card.type_name,
            Self::Other(device) => &device.type_name,
        }
    }

    /// Bus number and devices, if it is a controller.
    #[must_use]
    pub fn controller(&self) -> Option<&ControllerProps> {
        match self {
            Self::ScsiController(controller) => Some(&controller.controller),
            Self::NvmeController(controller) => Some(&controller.controller),
            Self::SataController(controller) => Some(&controller.controller),
            Self::IdeController(controller) => Some(controller),
            Self::OtherController(controller) => Some(&controller.controller),
            _ => None,
        }
    }

    /// Reads a child element that the base does not know.
    pub(super) fn take<'x>(
        &mut self,
        reader: &mut Reader<'x>,
        child: &Start<'x>,
    ) -> Result<(), DecodeError> {
        match self {
            Self::Disk(disk) => {
                disk.take(reader, child)?;
            }
            Self::ScsiController(controller) => controller.take(reader, child)?,
            Self::NvmeController(controller) => controller.take(reader, child)?,
            Self::SataController(controller) => {
                controller.controller.take(reader, child)?;
            }
            Self::IdeController(controller) => {
                controller.take(reader, child)?;
            }
            Self::OtherController(controller) => {
                if !controller.controller.take(reader, child)? {
                    controller.extra.push(reader.raw(child)?);
                }
            }
            // Their types add nothing; what a newer one adds is passed over.
            Self::Cdrom | Self::Floppy => {}
            Self::Ethernet(card) => match child.name() {
                "addressType" => card.address_type = Some(reader.text(child)?.into_owned()),
                "macAddress" => card.mac_address = Some(reader.text(child)?.into_owned()),
                _ => card.extra.push(reader.raw(child)?),
            },
            Self::Other(device) => device.extra.push(reader.raw(child)?),
        }
        Ok(())
    }

    pub(super) fn write_fields(&self, writer: &mut Writer) {
        match self {
            Self::Disk(disk) => disk.write_fields(writer),
            Self::ScsiController(controller) => controller.write_fields(writer),
            Self::NvmeController(controller) => controller.write_fields(writer),
            Self::SataController(controller) => controller.controller.write_fields(writer),
            Self::IdeController(controller) => controller.write_fields(writer),
            Self::OtherController(controller) => {
                controller.controller.write_fields(writer);
                write_raw(&controller.extra, writer);
            }
            Self::Cdrom | Self::Floppy => {}
            Self::Ethernet(card) => {
                card.address_type.encode(writer, "addressType");
                card.mac_address.encode(writer, "macAddress");
                write_raw(&card.extra, writer);
            }
            Self::Other(device) => write_raw(&device.extra, writer),
        }
    }
}

fn write_raw(elements: &[RawElement], writer: &mut Writer) {
    for element in elements {
        element.encode(writer, &element.name);
    }
}
