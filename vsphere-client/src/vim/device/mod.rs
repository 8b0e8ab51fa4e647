//! Virtual devices: disks, controllers, and whatever else hangs on a VM.
//!
//! A [`VirtualDevice`] holds the base type's properties and, in [`VirtualDeviceKind`],
//! what its own type adds. A device of an unknown type decodes, keeps its type and elements,
//! and can be sent back.

mod backing;
mod base;
mod config;
mod controller;
mod disk;
mod disk_backing;
mod disk_backing_types;
mod kind;
#[cfg(test)]
mod tests;

pub use backing::DeviceBacking;
pub use base::{BusSlotInfo, Description, VirtualDevice, VirtualDeviceConnectInfo};
pub use config::{
    VirtualDeviceConfigSpec, VirtualDeviceConfigSpecFileOperation, VirtualDeviceConfigSpecOperation,
};
pub use controller::{
    ControllerProps, NvmeController, OtherController, SataController, ScsiController,
    ScsiControllerKind, VirtualSCSISharing,
};
pub use disk::{SharesInfo, StorageIOAllocationInfo, VirtualDiskProps};
pub use disk_backing::DiskBacking;
pub use disk_backing_types::{
    CryptoKeyId, KeyProviderId, VirtualDiskFlatVer1BackingInfo, VirtualDiskFlatVer2BackingInfo,
    VirtualDiskLocalPMemBackingInfo, VirtualDiskRawDiskMappingVer1BackingInfo,
    VirtualDiskRawDiskVer2BackingInfo, VirtualDiskSeSparseBackingInfo,
    VirtualDiskSparseVer1BackingInfo, VirtualDiskSparseVer2BackingInfo,
};
pub use kind::{EthernetCard, OtherDevice, VirtualDeviceKind};
