//! Which properties the one retrieval asks for.

use vsphere_client::{
    object_set, property_set,
    vim::{
        AboutInfo, AuthorizationRole, ClusterConfigInfoEx, DatastoreHostMount, DatastoreInfo,
        DatastoreSummary, GuestDiskInfo, LicenseManagerLicenseInfo, ManagedObjectReference,
        ObjectSpec, OptionValue, SelectionSpec, StorageDrsConfigInfo, TraversalSpec, UserSession,
        VirtualDevice, VirtualMachineFileLayoutEx, VirtualMachinePowerState,
        VirtualMachineSnapshotInfo, VirtualMachineUsageOnDatastore,
    },
};

use super::lineage::{DatacenterNode, FolderNode, with_ancestors};

property_set! {
    pub(super) struct VmSet: "VirtualMachine" {
        pub(super) name: Option<String> = "name",
        pub(super) parent: Option<ManagedObjectReference> = "parent",
        pub(super) instance_uuid: Option<String> = "config.instanceUuid",
        pub(super) bios_uuid: Option<String> = "config.uuid",
        pub(super) change_version: Option<String> = "config.changeVersion",
        pub(super) template: Option<bool> = "config.template",
        pub(super) guest_id: Option<String> = "config.guestId",
        pub(super) vmx: Option<String> = "config.files.vmPathName",
        pub(super) memory_mb: Option<i64> = "config.hardware.memoryMB",
        pub(super) cpus: Option<i32> = "config.hardware.numCPU",
        pub(super) devices: Vec<VirtualDevice> = "config.hardware.device",
        pub(super) extra_config: Vec<OptionValue> = "config.extraConfig",
        pub(super) disk_uuid_flag: Option<bool> = "config.flags.diskUuidEnabled",
        pub(super) power_state: Option<VirtualMachinePowerState> = "runtime.powerState",
        pub(super) boot_time: Option<jiff::Timestamp> = "runtime.bootTime",
        pub(super) connection_state: Option<String> = "runtime.connectionState",
        pub(super) consolidation_needed: Option<bool> = "runtime.consolidationNeeded",
        pub(super) host: Option<ManagedObjectReference> = "runtime.host",
        pub(super) tools_running: Option<String> = "guest.toolsRunningStatus",
        pub(super) tools_version: Option<String> = "guest.toolsVersionStatus2",
        pub(super) guest_family: Option<String> = "guest.guestFamily",
        pub(super) guest_disks: Vec<GuestDiskInfo> = "guest.disk",
        pub(super) snapshot: Option<VirtualMachineSnapshotInfo> = "snapshot",
        pub(super) layout: Option<VirtualMachineFileLayoutEx> = "layoutEx",
        pub(super) disabled_methods: Vec<String> = "disabledMethod",
        pub(super) usage: Vec<VirtualMachineUsageOnDatastore> = "storage.perDatastoreUsage",
        pub(super) effective_role: Vec<i32> = "effectiveRole",
    }
}

property_set! {
    pub(super) struct HostSet: "HostSystem" {
        pub(super) name: Option<String> = "name",
        pub(super) parent: Option<ManagedObjectReference> = "parent",
        pub(super) product: Option<AboutInfo> = "summary.config.product",
        pub(super) managed_by: Option<String> = "summary.managementServerIp",
        pub(super) connection_state: Option<String> = "runtime.connectionState",
        pub(super) in_maintenance_mode: Option<bool> = "runtime.inMaintenanceMode",
        pub(super) datastores: Vec<ManagedObjectReference> = "datastore",
    }
}

property_set! {
    pub(super) struct ClusterSet: "ClusterComputeResource" {
        pub(super) name: Option<String> = "name",
        // As a whole: a path into it would not fit its declared type, which is the base type.
        pub(super) configuration: Option<ClusterConfigInfoEx> = "configurationEx",
    }
}

property_set! {
    pub(super) struct DatastoreSet: "Datastore" {
        pub(super) name: Option<String> = "name",
        pub(super) parent: Option<ManagedObjectReference> = "parent",
        pub(super) summary: Option<DatastoreSummary> = "summary",
        pub(super) mounts: Vec<DatastoreHostMount> = "host",
        pub(super) info: Option<DatastoreInfo> = "info",
    }
}

property_set! {
    pub(super) struct PodSet: "StoragePod" {
        pub(super) name: Option<String> = "name",
        pub(super) parent: Option<ManagedObjectReference> = "parent",
        pub(super) storage_drs: Option<StorageDrsConfigInfo> = "podStorageDrsEntry.storageDrsConfig",
    }
}

property_set! {
    pub(super) struct SessionSet: "SessionManager" {
        pub(super) current: Option<UserSession> = "currentSession",
    }
}

property_set! {
    pub(super) struct LicenceSet: "LicenseManager" {
        // On vCenter this is where the licence of one host is asked for; a host has none.
        pub(super) assignments: Option<ManagedObjectReference> = "licenseAssignmentManager",
    }
}

property_set! {
    pub(super) struct HostLicenceSet: "LicenseManager" {
        pub(super) licences: Vec<LicenseManagerLicenseInfo> = "licenses",
    }
}

property_set! {
    pub(super) struct RoleSet: "AuthorizationManager" {
        pub(super) roles: Vec<AuthorizationRole> = "roleList",
    }
}

object_set! {
    /// What a host without vCenter tells about licence and roles.
    pub(super) enum OfHost {
        Licences(HostLicenceSet),
        Roles(RoleSet),
    }
}

property_set! {
    pub(super) struct ProtectedSet: "VirtualMachine" {
        pub(super) name: Option<String> = "name",
        pub(super) parent: Option<ManagedObjectReference> = "parent",
        pub(super) instance_uuid: Option<String> = "config.instanceUuid",
        pub(super) bios_uuid: Option<String> = "config.uuid",
        pub(super) template: Option<bool> = "config.template",
        pub(super) guest_id: Option<String> = "config.guestId",
        pub(super) devices: Vec<VirtualDevice> = "config.hardware.device",
        pub(super) power_state: Option<VirtualMachinePowerState> = "runtime.powerState",
        pub(super) guest_family: Option<String> = "guest.guestFamily",
        pub(super) snapshot: Option<VirtualMachineSnapshotInfo> = "snapshot",
        pub(super) datastores: Vec<ManagedObjectReference> = "datastore",
        pub(super) usage: Vec<VirtualMachineUsageOnDatastore> = "storage.perDatastoreUsage",
    }
}

object_set! {
    pub(super) enum FoundProtected {
        Vm(ProtectedSet),
        Datastore(DatastoreSet),
        Folder(FolderNode),
        Datacenter(DatacenterNode),
    }
}

property_set! {
    pub(super) struct NameSet: "VirtualMachine" {
        pub(super) name: Option<String> = "name",
        pub(super) parent: Option<ManagedObjectReference> = "parent",
        pub(super) host: Option<ManagedObjectReference> = "runtime.host",
    }
}

/// From each VM to its datastores and all that stands above it.
pub(super) fn protected_selection(vms: &[ManagedObjectReference]) -> Vec<ObjectSpec> {
    let from = |vm: &ManagedObjectReference| {
        with_ancestors(ObjectSpec::object(vm.clone()))
            .select(TraversalSpec::path("VirtualMachine", "datastore").named("datastore"))
    };
    vms.iter().map(from).collect()
}

object_set! {
    // The pod stands before the folder: it is one, and servers take the first set that fits.
    pub(super) enum Found {
        Vm(VmSet),
        Host(HostSet),
        Cluster(ClusterSet),
        Datastore(DatastoreSet),
        Pod(PodSet),
        Folder(FolderNode),
        Datacenter(DatacenterNode),
        Session(SessionSet),
        Licence(LicenceSet),
    }
}

/// From the VM to its host, cluster, datastores, their pods, and all that stands above it.
pub(super) fn selection(
    vm: ManagedObjectReference,
    managers: impl IntoIterator<Item = ManagedObjectReference>,
) -> Vec<ObjectSpec> {
    let pod = || TraversalSpec::path("Datastore", "parent").named("pod");
    let from_vm = with_ancestors(ObjectSpec::object(vm))
        .select(
            TraversalSpec::path("VirtualMachine", "runtime.host")
                .named("host")
                .then(TraversalSpec::path("HostSystem", "parent").named("cluster"))
                .then(
                    TraversalSpec::path("HostSystem", "datastore")
                        .named("hostDatastore")
                        .then(pod()),
                ),
        )
        .select(
            TraversalSpec::path("VirtualMachine", "datastore")
                .named("datastore")
                .then(SelectionSpec::named("pod")),
        );
    let managers = managers.into_iter().map(ObjectSpec::object);
    std::iter::once(from_vm).chain(managers).collect()
}
