//! Which properties the one retrieval asks for.

use vsphere_client::{
    object_set, property_set,
    vim::{
        AuthorizationRole, LicenseManagerLicenseInfo, ManagedObjectReference, ObjectSpec,
        SelectionSpec, TraversalSpec, UserSession,
    },
};

use crate::{
    site::{ClusterSet, DatacenterNode, DatastoreSet, FolderNode, HostSet, PodSet, with_ancestors},
    vm::{Parts, parts},
};

/// Everything that the rules look at in a master target.
pub(super) const MASTER_TARGET: u32 = parts::NAME
    | parts::PARENT
    | parts::INSTANCE_UUID
    | parts::BIOS_UUID
    | parts::CHANGE_VERSION
    | parts::TEMPLATE
    | parts::GUEST_ID
    | parts::GUEST_FAMILY
    | parts::HOME
    | parts::SIZE
    | parts::DEVICES
    | parts::SETTINGS
    | parts::DISK_UUID_FLAG
    | parts::POWER
    | parts::UPTIME
    | parts::CONSOLIDATION
    | parts::HOST
    | parts::TOOLS
    | parts::TOOLS_VERSION
    | parts::VOLUMES
    | parts::SNAPSHOTS
    | parts::LAYOUT
    | parts::METHODS
    | parts::USAGE
    | parts::ROLE;

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

/// What the rules look at in a VM whose disks will be attached to a master target.
pub(super) const PROTECTED: u32 = parts::NAME
    | parts::PARENT
    | parts::INSTANCE_UUID
    | parts::BIOS_UUID
    | parts::TEMPLATE
    | parts::GUEST_ID
    | parts::GUEST_FAMILY
    | parts::DEVICES
    | parts::POWER
    | parts::SNAPSHOTS
    | parts::DATASTORES
    | parts::USAGE;

object_set! {
    pub(super) enum FoundProtected {
        Vm(Parts<PROTECTED>),
        Datastore(DatastoreSet),
        Folder(FolderNode),
        Datacenter(DatacenterNode),
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
        Vm(Parts<MASTER_TARGET>),
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
