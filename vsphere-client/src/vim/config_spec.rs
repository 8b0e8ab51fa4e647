//! What a reconfigure, a relocation and the like are told.

use super::{ManagedObjectReference, OptionValue, VirtualDeviceConfigSpec, VirtualMachineFlagInfo};
use crate::soap::RawElement;
use crate::wire_struct;

wire_struct! {
    /// Changes to a VM (`ReconfigVM_Task`), all or nothing. What is absent stays as it is.
    ///
    /// Set `change_version` on every reconfigure: the server then answers `ConcurrentAccess`
    /// when someone else changed the VM since.
    ///
    /// ```
    /// use vsphere_client::vim::{OptionValue, VirtualMachineConfigSpec};
    ///
    /// let spec = VirtualMachineConfigSpec {
    ///     change_version: Some("2026-01-01T00:00:00Z".into()),
    ///     extra_config: vec![OptionValue::new("disk.EnableUUID", "TRUE")],
    ///     ..Default::default()
    /// };
    /// # assert!(spec.device_change.is_empty());
    /// ```
    #[derive(Default)]
    pub struct VirtualMachineConfigSpec = "VirtualMachineConfigSpec" {
        /// The `config.changeVersion` that the change is based on.
        change_version: Option<String> = "changeVersion",
        /// A new name.
        name: Option<String> = "name",
        /// BIOS UUID.
        uuid: Option<String> = "uuid",
        /// vCenter's own UUID of the VM.
        instance_uuid: Option<String> = "instanceUuid",
        /// Guest operating system.
        guest_id: Option<String> = "guestId",
        /// Notes.
        annotation: Option<String> = "annotation",
        /// Switches.
        flags: Option<VirtualMachineFlagInfo> = "flags",
        /// Number of virtual CPUs.
        num_cpus: Option<i32> = "numCPUs",
        /// Memory in MiB.
        memory_mb: Option<i64> = "memoryMB",
        /// Devices to add, edit or remove.
        device_change: Vec<VirtualDeviceConfigSpec> = "deviceChange",
        /// Options to set; an empty value removes one.
        extra_config: Vec<OptionValue> = "extraConfig",
        /// Whether changed blocks are tracked.
        change_tracking_enabled: Option<bool> = "changeTrackingEnabled",
    }
}

wire_struct! {
    /// Where a VM moves (`RelocateVM_Task`). What is absent stays where it is.
    #[derive(Default)]
    pub struct VirtualMachineRelocateSpec = "VirtualMachineRelocateSpec" {
        /// Inventory folder.
        folder: Option<ManagedObjectReference> = "folder",
        /// Datastore for files that `disk` does not name.
        datastore: Option<ManagedObjectReference> = "datastore",
        /// How deltas move.
        disk_move_type: Option<String> = "diskMoveType",
        /// Resource pool.
        pool: Option<ManagedObjectReference> = "pool",
        /// Host.
        host: Option<ManagedObjectReference> = "host",
        /// Single disks.
        disk: Vec<VirtualMachineRelocateSpecDiskLocator> = "disk",
        /// Devices to change on the way.
        device_change: Vec<VirtualDeviceConfigSpec> = "deviceChange",
        /// Storage profiles, as they came.
        profile: Vec<RawElement> = "profile",
    }
}

wire_struct! {
    /// Where one disk moves.
    #[derive(Eq)]
    pub struct VirtualMachineRelocateSpecDiskLocator = "VirtualMachineRelocateSpecDiskLocator" {
        /// The device's key.
        disk_id: i32 = "diskId",
        /// Where it goes.
        datastore: ManagedObjectReference = "datastore",
        /// How deltas move.
        disk_move_type: Option<String> = "diskMoveType",
    }
}
