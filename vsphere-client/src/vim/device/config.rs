//! One change to one device, as a reconfigure carries it.

use super::VirtualDevice;
use crate::soap::RawElement;
use crate::{wire_enum, wire_struct};

wire_struct! {
    /// Adds, edits or removes a device.
    ///
    /// **Removing a disk keeps its file only when `file_operation` is absent.**
    pub struct VirtualDeviceConfigSpec = "VirtualDeviceConfigSpec" {
        /// What to do with the device.
        operation: Option<VirtualDeviceConfigSpecOperation> = "operation",
        /// What to do with its file; absent leaves it alone.
        file_operation: Option<VirtualDeviceConfigSpecFileOperation> = "fileOperation",
        /// The device.
        device: VirtualDevice = "device",
        /// Storage profiles, as they came.
        profile: Vec<RawElement> = "profile",
    }
}

impl VirtualDeviceConfigSpec {
    /// Adds a device; a disk's file must exist already.
    #[must_use]
    pub fn add(device: VirtualDevice) -> Self {
        Self::new(VirtualDeviceConfigSpecOperation::Add, device)
    }

    /// Edits a device.
    #[must_use]
    pub fn edit(device: VirtualDevice) -> Self {
        Self::new(VirtualDeviceConfigSpecOperation::Edit, device)
    }

    /// Takes a device off the VM and leaves its file alone.
    #[must_use]
    pub fn remove(device: VirtualDevice) -> Self {
        Self::new(VirtualDeviceConfigSpecOperation::Remove, device)
    }

    fn new(operation: VirtualDeviceConfigSpecOperation, device: VirtualDevice) -> Self {
        Self {
            operation: Some(operation),
            file_operation: None,
            device,
            profile: Vec::new(),
        }
    }
}

wire_enum! {
    /// What to do with a device.
    pub enum VirtualDeviceConfigSpecOperation = "VirtualDeviceConfigSpecOperation" {
        /// Add it.
        Add = "add",
        /// Take it off.
        Remove = "remove",
        /// Change it.
        Edit = "edit",
    }
}

wire_enum! {
    /// What to do with a device's file.
    pub enum VirtualDeviceConfigSpecFileOperation = "VirtualDeviceConfigSpecFileOperation" {
        /// Create it; only with `Add`.
        Create = "create",
        /// **Delete it for good**; only with `Remove`.
        Destroy = "destroy",
        /// Replace it by a new one.
        Replace = "replace",
    }
}
