//! Which properties of a VM are asked for: the one property set of `VirtualMachine`, and its parts.

use vsphere_client::{
    property::PropertySet,
    property_set,
    soap::{DecodeError, Reader, Start},
    vim::{
        GuestDiskInfo, ManagedObjectReference, OptionValue, VirtualDevice,
        VirtualMachineFileLayoutEx, VirtualMachinePowerState, VirtualMachineSnapshotInfo,
        VirtualMachineUsageOnDatastore,
    },
};

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

property_set! {
    /// Every property that makes up a [`Vm`](super::Vm). It is asked for in [`Parts`].
    pub(crate) struct Properties: "VirtualMachine" {
        pub(crate) name: Option<String> = "name",
        pub(crate) parent: Option<ManagedObjectReference> = "parent",
        pub(crate) instance_uuid: Option<String> = "config.instanceUuid",
        pub(crate) bios_uuid: Option<String> = "config.uuid",
        pub(crate) change_version: Option<String> = "config.changeVersion",
        pub(crate) template: Option<bool> = "config.template",
        pub(crate) guest_id: Option<String> = "config.guestId",
        pub(crate) guest_family: Option<String> = "guest.guestFamily",
        pub(crate) vmx: Option<String> = "config.files.vmPathName",
        pub(crate) memory_mb: Option<i64> = "config.hardware.memoryMB",
        pub(crate) cpus: Option<i32> = "config.hardware.numCPU",
        pub(crate) devices: Vec<VirtualDevice> = "config.hardware.device",
        pub(crate) extra_config: Vec<OptionValue> = "config.extraConfig",
        pub(crate) disk_uuid_flag: Option<bool> = "config.flags.diskUuidEnabled",
        pub(crate) power_state: Option<VirtualMachinePowerState> = "runtime.powerState",
        pub(crate) boot_time: Option<jiff::Timestamp> = "runtime.bootTime",
        pub(crate) connection_state: Option<String> = "runtime.connectionState",
        pub(crate) consolidation_needed: Option<bool> = "runtime.consolidationNeeded",
        pub(crate) host: Option<ManagedObjectReference> = "runtime.host",
        pub(crate) tools_running: Option<String> = "guest.toolsRunningStatus",
        pub(crate) tools_version: Option<String> = "guest.toolsVersionStatus2",
        pub(crate) guest_disks: Vec<GuestDiskInfo> = "guest.disk",
        pub(crate) snapshot: Option<VirtualMachineSnapshotInfo> = "snapshot",
        pub(crate) layout: Option<VirtualMachineFileLayoutEx> = "layoutEx",
        pub(crate) disabled_methods: Vec<String> = "disabledMethod",
        pub(crate) usage: Vec<VirtualMachineUsageOnDatastore> = "storage.perDatastoreUsage",
        pub(crate) datastores: Vec<ManagedObjectReference> = "datastore",
        pub(crate) effective_role: Vec<i32> = "effectiveRole",
        pub(crate) disk_count: Option<i32> = "summary.config.numVirtualDisks",
    }
}

/// Which part each path belongs to, in the order of [`Properties`].
const PART_OF: [u32; Properties::PATHS.len()] = [
    NAME,           // "name"
    PARENT,         // "parent"
    INSTANCE_UUID,  // "config.instanceUuid"
    BIOS_UUID,      // "config.uuid"
    CHANGE_VERSION, // "config.changeVersion"
    TEMPLATE,       // "config.template"
    GUEST_ID,       // "config.guestId"
    GUEST_FAMILY,   // "guest.guestFamily"
    HOME,           // "config.files.vmPathName"
    SIZE,           // "config.hardware.memoryMB"
    SIZE,           // "config.hardware.numCPU"
    DEVICES,        // "config.hardware.device"
    SETTINGS,       // "config.extraConfig"
    DISK_UUID_FLAG, // "config.flags.diskUuidEnabled"
    POWER,          // "runtime.powerState"
    UPTIME,         // "runtime.bootTime"
    UPTIME,         // "runtime.connectionState"
    CONSOLIDATION,  // "runtime.consolidationNeeded"
    HOST,           // "runtime.host"
    TOOLS,          // "guest.toolsRunningStatus"
    TOOLS_VERSION,  // "guest.toolsVersionStatus2"
    VOLUMES,        // "guest.disk"
    SNAPSHOTS,      // "snapshot"
    LAYOUT,         // "layoutEx"
    METHODS,        // "disabledMethod"
    USAGE,          // "storage.perDatastoreUsage"
    DATASTORES,     // "datastore"
    ROLE,           // "effectiveRole"
    DISK_COUNT,     // "summary.config.numVirtualDisks"
];

/// The properties of some parts of a VM, such as `Parts<{ NAME | DEVICES }>`; the others stay unset.
///
/// Which parts are read stands in the type, so that one retrieval can ask for VMs beside hosts and
/// datastores, and so that what was not asked for is never taken for what the server leaves unset.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Parts<const PARTS: u32>(pub(crate) Properties);

impl<const PARTS: u32> Parts<PARTS> {
    const SELECTED: &'static Selected = &select(PARTS);
}

/// So many paths, at the front.
type Selected = ([&'static str; PART_OF.len()], usize);

const fn select(parts: u32) -> Selected {
    let mut paths = [""; PART_OF.len()];
    let (mut at, mut taken) = (0, 0);
    while at < PART_OF.len() {
        if PART_OF[at] & parts != 0 {
            paths[taken] = Properties::PATHS[at];
            taken += 1;
        }
        at += 1;
    }
    (paths, taken)
}

impl<const PARTS: u32> PropertySet for Parts<PARTS> {
    const TYPE: &'static str = Properties::TYPE;
    const PATHS: &'static [&'static str] = Self::SELECTED.0.split_at(Self::SELECTED.1).0;

    fn read<'x>(
        &mut self,
        path: &str,
        reader: &mut Reader<'x>,
        val: &Start<'x>,
    ) -> Result<(), DecodeError> {
        self.0.read(path, reader, val)
    }

    fn adopt(&mut self, path: &str, newer: &mut Self) {
        self.0.adopt(path, &mut newer.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_asks_for_its_own_paths_and_no_others() {
        assert_eq!(Parts::<NAME>::PATHS, ["name"]);
        assert_eq!(
            Parts::<{ NAME | DEVICES | HOST }>::PATHS,
            ["name", "config.hardware.device", "runtime.host"]
        );
        assert!(Parts::<0>::PATHS.is_empty());
        assert_eq!(Parts::<{ u32::MAX }>::PATHS, Properties::PATHS);
        assert_eq!(Parts::<NAME>::TYPE, "VirtualMachine");
    }

    #[test]
    fn each_path_belongs_to_the_part_that_is_named_after_it() {
        let of = |part: u32| -> Vec<&str> {
            let parts = PART_OF.iter().zip(Properties::PATHS);
            parts
                .filter(|(one, _)| **one == part)
                .map(|(_, path)| *path)
                .collect()
        };
        assert_eq!(
            of(SIZE),
            ["config.hardware.memoryMB", "config.hardware.numCPU"]
        );
        assert_eq!(of(UPTIME), ["runtime.bootTime", "runtime.connectionState"]);
        assert_eq!(of(CONSOLIDATION), ["runtime.consolidationNeeded"]);
        assert_eq!(of(TOOLS_VERSION), ["guest.toolsVersionStatus2"]);
        assert_eq!(of(DISK_COUNT), ["summary.config.numVirtualDisks"]);
        assert_eq!(of(SNAPSHOTS), ["snapshot"]);
        assert_eq!(of(DATASTORES), ["datastore"]);
        assert_eq!(of(ROLE), ["effectiveRole"]);
    }
}
