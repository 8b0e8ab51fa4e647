//! Which properties of a VM are asked for: the one property set of `VirtualMachine`, and its parts.

use vsphere_client::vim::{
    GuestDiskInfo, ManagedObjectReference, OptionValue, VirtualDevice, VirtualMachineFileLayoutEx,
    VirtualMachinePowerState, VirtualMachineSnapshotInfo, VirtualMachineUsageOnDatastore,
};

use crate::parted::{Select, parted_set};

/// Its name.
pub(crate) const NAME: u32 = 1 << 0;
/// The folder or vApp that it stands in, and with it the way to its inventory path and datacenter.
pub(crate) const PARENT: u32 = 1 << 1;
/// `config.instanceUuid`.
pub(crate) const INSTANCE_UUID: u32 = 1 << 2;
/// `config.uuid`.
pub(crate) const BIOS_UUID: u32 = 1 << 3;
/// `config.changeVersion`.
pub(crate) const CHANGE_VERSION: u32 = 1 << 4;
/// Whether it is a template.
pub(crate) const TEMPLATE: u32 = 1 << 5;
/// `config.guestId`.
pub(crate) const GUEST_ID: u32 = 1 << 6;
/// `guest.guestFamily`.
pub(crate) const GUEST_FAMILY: u32 = 1 << 7;
/// Where its own files are.
pub(crate) const HOME: u32 = 1 << 8;
/// Memory and processors.
pub(crate) const SIZE: u32 = 1 << 9;
/// Controllers and disks: the largest part of most answers.
pub(crate) const DEVICES: u32 = 1 << 10;
/// The advanced settings that matter here.
pub(crate) const SETTINGS: u32 = 1 << 11;
/// `config.flags.diskUuidEnabled`.
pub(crate) const DISK_UUID_FLAG: u32 = 1 << 12;
/// Whether it runs.
pub(crate) const POWER: u32 = 1 << 13;
/// Since when it runs, and whether its host can be reached.
pub(crate) const UPTIME: u32 = 1 << 14;
/// Whether its disks need consolidation.
pub(crate) const CONSOLIDATION: u32 = 1 << 15;
/// The host that it is registered on.
pub(crate) const HOST: u32 = 1 << 16;
/// Whether VMware Tools run.
pub(crate) const TOOLS: u32 = 1 << 17;
/// How current VMware Tools are. Says nothing without [`TOOLS`].
pub(crate) const TOOLS_VERSION: u32 = 1 << 18;
/// The volumes that its guest reports.
pub(crate) const VOLUMES: u32 = 1 << 19;
/// Its snapshot tree.
pub(crate) const SNAPSHOTS: u32 = 1 << 20;
/// How many bytes each file of its disks takes. Says nothing without [`DEVICES`].
pub(crate) const LAYOUT: u32 = 1 << 21;
/// The methods that the server refuses on it now.
pub(crate) const METHODS: u32 = 1 << 22;
/// What it takes on each datastore.
pub(crate) const USAGE: u32 = 1 << 23;
/// The datastores that hold files of it.
pub(crate) const DATASTORES: u32 = 1 << 24;
/// Numbers of the account's roles on it. Kept in [`Properties`] only.
pub(crate) const ROLE: u32 = 1 << 25;
/// How many disks it has, without reading them. Kept in [`Properties`] only.
pub(crate) const DISK_COUNT: u32 = 1 << 26;
/// Its firmware, and whether that checks what it boots.
pub(crate) const FIRMWARE: u32 = 1 << 27;

parted_set! {
    /// Every property that makes up a [`Vm`](super::Vm). It is asked for in [`VmParts`].
    pub(crate) struct Properties: "VirtualMachine" {
        name: Option<String> = "name" in NAME,
        parent: Option<ManagedObjectReference> = "parent" in PARENT,
        instance_uuid: Option<String> = "config.instanceUuid" in INSTANCE_UUID,
        bios_uuid: Option<String> = "config.uuid" in BIOS_UUID,
        change_version: Option<String> = "config.changeVersion" in CHANGE_VERSION,
        template: Option<bool> = "config.template" in TEMPLATE,
        guest_id: Option<String> = "config.guestId" in GUEST_ID,
        guest_family: Option<String> = "guest.guestFamily" in GUEST_FAMILY,
        vmx: Option<String> = "config.files.vmPathName" in HOME,
        memory_mb: Option<i64> = "config.hardware.memoryMB" in SIZE,
        cpus: Option<i32> = "config.hardware.numCPU" in SIZE,
        devices: Vec<VirtualDevice> = "config.hardware.device" in DEVICES,
        extra_config: Vec<OptionValue> = "config.extraConfig" in SETTINGS,
        disk_uuid_flag: Option<bool> = "config.flags.diskUuidEnabled" in DISK_UUID_FLAG,
        firmware: Option<String> = "config.firmware" in FIRMWARE,
        secure_boot: Option<bool> = "config.bootOptions.efiSecureBootEnabled" in FIRMWARE,
        power_state: Option<VirtualMachinePowerState> = "runtime.powerState" in POWER,
        boot_time: Option<jiff::Timestamp> = "runtime.bootTime" in UPTIME,
        connection_state: Option<String> = "runtime.connectionState" in UPTIME,
        consolidation_needed: Option<bool> = "runtime.consolidationNeeded" in CONSOLIDATION,
        host: Option<ManagedObjectReference> = "runtime.host" in HOST,
        tools_running: Option<String> = "guest.toolsRunningStatus" in TOOLS,
        tools_version: Option<String> = "guest.toolsVersionStatus2" in TOOLS_VERSION,
        guest_disks: Vec<GuestDiskInfo> = "guest.disk" in VOLUMES,
        snapshot: Option<VirtualMachineSnapshotInfo> = "snapshot" in SNAPSHOTS,
        layout: Option<VirtualMachineFileLayoutEx> = "layoutEx" in LAYOUT,
        disabled_methods: Vec<String> = "disabledMethod" in METHODS,
        usage: Vec<VirtualMachineUsageOnDatastore> = "storage.perDatastoreUsage" in USAGE,
        datastores: Vec<ManagedObjectReference> = "datastore" in DATASTORES,
        effective_role: Vec<i32> = "effectiveRole" in ROLE,
        disk_count: Option<i32> = "summary.config.numVirtualDisks" in DISK_COUNT,
    }
}

/// Some parts of a VM, such as `VmParts<{ NAME | DEVICES }>`.
pub(crate) type VmParts<const PARTS: u32> = Select<Properties, PARTS>;
