//! Which properties are asked for of what a VM stands in and on: parts of one property set for each type.

use vsphere_client::vim::{
    AboutInfo, ClusterConfigInfoEx, DatastoreHostMount, DatastoreInfo, DatastoreSummary,
    HostHardwareSummary, ManagedObjectReference, StorageDrsConfigInfo, UserSession,
};

use crate::parted::{Select, parted_set};

/// Name and parent of folders and datacenters.
pub(crate) const FOLDERS: u32 = 1 << 0;
/// Name and parent of clusters and of what else holds hosts.
pub(crate) const COMPUTE: u32 = 1 << 1;
/// The names of hosts.
pub(crate) const HOST_NAME: u32 = 1 << 2;
/// What a host is and how it does, with the datastores that it mounts.
pub(crate) const HOST: u32 = 1 << 3;
/// The vCenter that manages a host.
pub(crate) const HOST_MANAGER: u32 = 1 << 4;
/// Maker, memory, power state and VMs of a host.
pub(crate) const HOST_HARDWARE: u32 = 1 << 5;
/// What a host's datastores are asked of.
pub(crate) const HOST_DATASTORE_SYSTEM: u32 = 1 << 6;
/// How clusters are configured, the entries of VMs among it.
pub(crate) const CLUSTER: u32 = 1 << 7;
/// Name, size and state of datastores, and how hosts mount them.
pub(crate) const DATASTORE: u32 = 1 << 8;
/// What a datastore lies on.
pub(crate) const VOLUME: u32 = 1 << 9;
/// What searches a datastore.
pub(crate) const BROWSER: u32 = 1 << 10;
/// How storage pods are configured, the entries of VMs among it. Without it a pod is a folder.
pub(crate) const POD: u32 = 1 << 11;
/// The session that asks.
pub(crate) const SESSION: u32 = 1 << 12;
/// Where vCenter tells the licence of one host.
pub(crate) const ASSIGNMENTS: u32 = 1 << 13;

parted_set! {
    pub(crate) struct HostProperties: "HostSystem" {
        name: Option<String> = "name" in HOST_NAME | HOST,
        parent: Option<ManagedObjectReference> = "parent" in HOST,
        product: Option<AboutInfo> = "summary.config.product" in HOST,
        managed_by: Option<String> = "summary.managementServerIp" in HOST_MANAGER,
        connection_state: Option<String> = "runtime.connectionState" in HOST,
        in_maintenance_mode: Option<bool> = "runtime.inMaintenanceMode" in HOST,
        datastores: Vec<ManagedObjectReference> = "datastore" in HOST,
        hardware: Option<HostHardwareSummary> = "summary.hardware" in HOST_HARDWARE,
        power_state: Option<String> = "runtime.powerState" in HOST_HARDWARE,
        vms: Vec<ManagedObjectReference> = "vm" in HOST_HARDWARE,
        datastore_system: Option<ManagedObjectReference> = "configManager.datastoreSystem" in HOST_DATASTORE_SYSTEM,
    }
}

parted_set! {
    pub(crate) struct ClusterProperties: "ClusterComputeResource" {
        name: Option<String> = "name" in CLUSTER,
        // As a whole: a path into it would not fit its declared type, which is the base type.
        configuration: Option<ClusterConfigInfoEx> = "configurationEx" in CLUSTER,
    }
}

parted_set! {
    pub(crate) struct DatastoreProperties: "Datastore" {
        name: Option<String> = "name" in DATASTORE,
        parent: Option<ManagedObjectReference> = "parent" in DATASTORE,
        summary: Option<DatastoreSummary> = "summary" in DATASTORE,
        mounts: Vec<DatastoreHostMount> = "host" in DATASTORE,
        info: Option<DatastoreInfo> = "info" in VOLUME,
        browser: Option<ManagedObjectReference> = "browser" in BROWSER,
    }
}

parted_set! {
    pub(crate) struct PodProperties: "StoragePod" {
        name: Option<String> = "name" in POD,
        // The way up goes through it.
        parent: Option<ManagedObjectReference> = "parent" in POD,
        storage_drs: Option<StorageDrsConfigInfo> = "podStorageDrsEntry.storageDrsConfig" in POD,
    }
}

parted_set! {
    pub(crate) struct ComputeProperties: "ComputeResource" {
        name: Option<String> = "name" in COMPUTE,
        parent: Option<ManagedObjectReference> = "parent" in COMPUTE,
    }
}

parted_set! {
    pub(crate) struct FolderProperties: "Folder" {
        name: Option<String> = "name" in FOLDERS,
        parent: Option<ManagedObjectReference> = "parent" in FOLDERS,
    }
}

parted_set! {
    pub(crate) struct DatacenterProperties: "Datacenter" {
        name: Option<String> = "name" in FOLDERS,
        parent: Option<ManagedObjectReference> = "parent" in FOLDERS,
    }
}

parted_set! {
    pub(crate) struct SessionProperties: "SessionManager" {
        current: Option<UserSession> = "currentSession" in SESSION,
    }
}

parted_set! {
    pub(crate) struct LicenceProperties: "LicenseManager" {
        // On vCenter this is where the licence of one host is asked for; a host has none.
        assignments: Option<ManagedObjectReference> = "licenseAssignmentManager" in ASSIGNMENTS,
    }
}

/// Some parts of a host.
pub(crate) type HostParts<const PARTS: u32> = Select<HostProperties, PARTS>;

/// Some parts of a datastore.
pub(crate) type DatastoreParts<const PARTS: u32> = Select<DatastoreProperties, PARTS>;
