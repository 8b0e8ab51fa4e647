//! Which properties the one retrieval asks for.

use vsphere_client::{
    object_set, property_set,
    vim::{
        AboutInfo, ClusterConfigInfoEx, DatastoreHostMount, DatastoreSummary, GuestDiskInfo,
        ManagedObjectReference, ObjectSpec, OptionValue, SelectionSpec, StorageDrsConfigInfo,
        TraversalSpec, UserSession, VirtualDevice, VirtualMachineFileLayoutEx,
        VirtualMachinePowerState, VirtualMachineSnapshotInfo,
    },
};

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
    pub(super) struct FolderSet: "Folder" {
        pub(super) name: Option<String> = "name",
        pub(super) parent: Option<ManagedObjectReference> = "parent",
    }
}

property_set! {
    pub(super) struct DatacenterSet: "Datacenter" {
        pub(super) name: Option<String> = "name",
        pub(super) parent: Option<ManagedObjectReference> = "parent",
    }
}

property_set! {
    pub(super) struct SessionSet: "SessionManager" {
        pub(super) current: Option<UserSession> = "currentSession",
    }
}

object_set! {
    // The pod stands before the folder: it is one, and servers take the first set that fits.
    pub(super) enum Found {
        Vm(VmSet),
        Host(HostSet),
        Cluster(ClusterSet),
        Datastore(DatastoreSet),
        Pod(PodSet),
        Folder(FolderSet),
        Datacenter(DatacenterSet),
        Session(SessionSet),
    }
}

/// From the machine to its host, cluster, datastores, their pods, and all that stands above it.
pub(super) fn selection(
    vm: ManagedObjectReference,
    session_manager: Option<ManagedObjectReference>,
) -> Vec<ObjectSpec> {
    let pod = || TraversalSpec::path("Datastore", "parent").named("pod");
    let from_vm = ObjectSpec::object(vm)
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
        )
        .select(
            TraversalSpec::path("ManagedEntity", "parent")
                .named("up")
                .then(SelectionSpec::named("up")),
        );
    let session = session_manager.map(ObjectSpec::object);
    std::iter::once(from_vm).chain(session).collect()
}
