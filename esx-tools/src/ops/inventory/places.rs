//! Hosts and datastores.

use serde::{Deserialize, Serialize};
use vsphere_client::{
    Client, property_set,
    vim::{
        AboutInfo, DatastoreHostMount, DatastoreSummary, HostHardwareSummary,
        ManagedObjectReference,
    },
};

use super::{Rows, names, note};
use crate::{facts::MoRef, names::decode, ops::OpError};

property_set! {
    struct ClusterName: "ClusterComputeResource" {
        name: Option<String> = "name",
    }
}

property_set! {
    struct PodName: "StoragePod" {
        name: Option<String> = "name",
    }
}

property_set! {
    struct HostSet: "HostSystem" {
        name: Option<String> = "name",
        parent: Option<ManagedObjectReference> = "parent",
        product: Option<AboutInfo> = "summary.config.product",
        hardware: Option<HostHardwareSummary> = "summary.hardware",
        connection_state: Option<String> = "runtime.connectionState",
        power_state: Option<String> = "runtime.powerState",
        in_maintenance_mode: Option<bool> = "runtime.inMaintenanceMode",
        datastores: Vec<ManagedObjectReference> = "datastore",
        vms: Vec<ManagedObjectReference> = "vm",
    }
}

property_set! {
    struct DatastoreSet: "Datastore" {
        name: Option<String> = "name",
        parent: Option<ManagedObjectReference> = "parent",
        summary: Option<DatastoreSummary> = "summary",
        mounts: Vec<DatastoreHostMount> = "host",
    }
}

/// A host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostRow {
    /// Its reference.
    pub moref: MoRef,
    /// Its name.
    pub name: String,
    /// Its cluster's name; unset for a host by itself.
    pub cluster: Option<String>,
    /// Product with version and build.
    pub product: Option<String>,
    /// Maker and model.
    pub model: Option<String>,
    /// Memory in bytes.
    pub memory_bytes: Option<i64>,
    /// `connected`, `disconnected` or `notResponding`.
    pub connection_state: Option<String>,
    /// `poweredOn`, `poweredOff` or `standBy`.
    pub power_state: Option<String>,
    /// Whether it is in maintenance mode.
    pub in_maintenance_mode: Option<bool>,
    /// How many datastores it mounts.
    pub datastores: usize,
    /// How many virtual machines are registered on it.
    pub vms: usize,
    /// What could not be read, and why.
    pub note: Option<String>,
}

/// A datastore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatastoreRow {
    /// Its reference.
    pub moref: MoRef,
    /// Its name.
    pub name: String,
    /// What backs it, as the server writes it: `VMFS`, `vsan`, `NFS`.
    pub kind: Option<String>,
    /// Capacity in bytes.
    pub capacity_bytes: Option<i64>,
    /// Free bytes.
    pub free_bytes: Option<i64>,
    /// Whether it can be reached.
    pub accessible: Option<bool>,
    /// The storage pod that holds it.
    pub pod: Option<String>,
    /// How many hosts mount it.
    pub hosts: usize,
    /// How many of them can write to it.
    pub writable_hosts: usize,
    /// What could not be read, and why.
    pub note: Option<String>,
}

/// Lists the hosts.
///
/// # Errors
///
/// The client's.
pub async fn hosts(client: &Client) -> Result<Rows<HostRow>, OpError> {
    let clusters = if client.is_vcenter() {
        names::<ClusterName>(client, "clusters", |set| set.name).await?
    } else {
        Default::default()
    };
    Rows::list::<HostSet, _>(client, "hosts", move |object| {
        let note = note(&object);
        let host = object.properties;
        vec![HostRow {
            moref: (&object.reference).into(),
            name: host.name.unwrap_or(object.reference.value),
            cluster: host
                .parent
                .and_then(|parent| clusters.get(&parent).cloned()),
            product: host.product.map(|product| product.full_name),
            memory_bytes: host.hardware.as_ref().map(|hardware| hardware.memory_size),
            model: host
                .hardware
                .map(|hardware| format!("{} {}", hardware.vendor, hardware.model)),
            connection_state: host.connection_state,
            power_state: host.power_state,
            in_maintenance_mode: host.in_maintenance_mode,
            datastores: host.datastores.len(),
            vms: host.vms.len(),
            note,
        }]
    })
    .await
}

/// Lists the datastores.
///
/// # Errors
///
/// The client's.
pub async fn datastores(client: &Client) -> Result<Rows<DatastoreRow>, OpError> {
    let pods = if client.is_vcenter() {
        names::<PodName>(client, "storage pods", |set| set.name).await?
    } else {
        Default::default()
    };
    Rows::list::<DatastoreSet, _>(client, "datastores", move |object| {
        let note = note(&object);
        let datastore = object.properties;
        let summary = datastore.summary.as_ref();
        vec![DatastoreRow {
            moref: (&object.reference).into(),
            name: datastore
                .name
                .as_deref()
                .map_or(object.reference.value, decode),
            kind: summary.map(|summary| summary.kind.clone()),
            capacity_bytes: summary.map(|summary| summary.capacity),
            free_bytes: summary.map(|summary| summary.free_space),
            accessible: summary.map(|summary| summary.accessible),
            pod: datastore
                .parent
                .and_then(|parent| pods.get(&parent).cloned()),
            hosts: datastore.mounts.len(),
            writable_hosts: datastore
                .mounts
                .iter()
                .filter(|mount| mount.mount_info.is_writable())
                .count(),
            note,
        }]
    })
    .await
}
