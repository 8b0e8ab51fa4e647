//! Controllers: what disks hang on.

use std::borrow::Cow;

use crate::soap::{DecodeError, Encode, RawElement, Reader, Start, Writer, wire_part};
use crate::wire_enum;

wire_part! {
    /// What all controllers have (`VirtualController`).
    #[derive(Eq)]
    pub struct ControllerProps {
        /// Number of the bus among controllers of its family, from 0.
        bus_number: i32 = "busNumber",
        /// Keys of the devices on it.
        device: Vec<i32> = "device",
    }
}

/// A SCSI controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScsiController {
    /// Which one.
    pub kind: ScsiControllerKind,
    /// Bus number (0 to 3) and devices.
    pub controller: ControllerProps,
    /// Whether disks can be added while running; all of them can.
    pub hot_add_remove: Option<bool>,
    /// Whether VMs share the bus.
    pub shared_bus: VirtualSCSISharing,
    /// The controller's own unit number on its bus, 7.
    pub scsi_ctlr_unit_number: Option<i32>,
}

impl ScsiController {
    /// A controller of that kind on bus 0, not shared.
    #[must_use]
    pub fn new(kind: ScsiControllerKind) -> Self {
        Self {
            kind,
            controller: ControllerProps::default(),
            hot_add_remove: None,
            shared_bus: VirtualSCSISharing::NoSharing,
            scsi_ctlr_unit_number: None,
        }
    }

    pub(super) fn take<'x>(
        &mut self,
        reader: &mut Reader<'x>,
        child: &Start<'x>,
    ) -> Result<(), DecodeError> {
        use crate::soap::Decode;
        match child.name() {
            "hotAddRemove" => self.hot_add_remove = Decode::decode(reader, child)?,
            "sharedBus" => self.shared_bus = Decode::decode(reader, child)?,
            "scsiCtlrUnitNumber" => self.scsi_ctlr_unit_number = Decode::decode(reader, child)?,
            _ => {
                self.controller.take(reader, child)?;
            }
        }
        Ok(())
    }

    pub(super) fn write_fields(&self, writer: &mut Writer) {
        self.controller.write_fields(writer);
        self.hot_add_remove.encode(writer, "hotAddRemove");
        self.shared_bus.encode(writer, "sharedBus");
        self.scsi_ctlr_unit_number
            .encode(writer, "scsiCtlrUnitNumber");
    }
}

/// The kinds of SCSI controllers, by wire type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScsiControllerKind {
    /// `ParaVirtualSCSIController`: VMware's own, which needs a driver in the guest.
    ParaVirtual,
    /// `VirtualLsiLogicController`: LSI Logic parallel.
    LsiLogic,
    /// `VirtualLsiLogicSASController`: LSI Logic SAS.
    LsiLogicSas,
    /// `VirtualBusLogicController`.
    BusLogic,
    /// Another, by its wire type.
    Other(String),
}

impl ScsiControllerKind {
    /// The wire type.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::ParaVirtual => "ParaVirtualSCSIController",
            Self::LsiLogic => "VirtualLsiLogicController",
            Self::LsiLogicSas => "VirtualLsiLogicSASController",
            Self::BusLogic => "VirtualBusLogicController",
            Self::Other(type_name) => type_name,
        }
    }

    /// Whether it is one of the two LSI Logic controllers.
    #[must_use]
    pub fn is_lsi(&self) -> bool {
        matches!(self, Self::LsiLogic | Self::LsiLogicSas)
    }
}

impl From<&str> for ScsiControllerKind {
    fn from(type_name: &str) -> Self {
        match type_name {
            "ParaVirtualSCSIController" => Self::ParaVirtual,
            "VirtualLsiLogicController" => Self::LsiLogic,
            "VirtualLsiLogicSASController" => Self::LsiLogicSas,
            "VirtualBusLogicController" => Self::BusLogic,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl std::fmt::Display for ScsiControllerKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

wire_enum! {
    /// Whether VMs share a SCSI bus.
    pub enum VirtualSCSISharing = "VirtualSCSISharing" {
        /// Only this VM.
        NoSharing = "noSharing",
        /// VMs on the same host.
        VirtualSharing = "virtualSharing",
        /// VMs on any host.
        PhysicalSharing = "physicalSharing",
    }
}

/// An NVMe controller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NvmeController {
    /// Bus number (0 to 3) and devices.
    pub controller: ControllerProps,
    /// Whether VMs share it, since 8.0.2.
    pub shared_bus: Option<String>,
}

impl NvmeController {
    pub(super) fn take<'x>(
        &mut self,
        reader: &mut Reader<'x>,
        child: &Start<'x>,
    ) -> Result<(), DecodeError> {
        if child.name() == "sharedBus" {
            self.shared_bus = Some(reader.text(child)?.into_owned());
        } else {
            self.controller.take(reader, child)?;
        }
        Ok(())
    }

    pub(super) fn write_fields(&self, writer: &mut Writer) {
        self.controller.write_fields(writer);
        self.shared_bus.encode(writer, "sharedBus");
    }
}

/// A SATA controller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SataController {
    /// `VirtualAHCIController`, or the base type.
    pub type_name: Cow<'static, str>,
    /// Bus number and devices.
    pub controller: ControllerProps,
}

/// A controller that disks do not hang on, or that nobody here knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OtherController {
    /// The wire type.
    pub type_name: Cow<'static, str>,
    /// Bus number and devices.
    pub controller: ControllerProps,
    /// What the type adds, in order, as it came.
    pub extra: Vec<RawElement>,
}
