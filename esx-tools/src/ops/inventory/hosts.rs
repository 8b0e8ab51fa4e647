//! Hosts.

use vsphere_client::{
    Client, property_set,
    vim::{AboutInfo, HostHardwareSummary, ManagedObjectReference},
};

use super::{Query, Rows, at_once, column::inventory_row, name, note, tree::Tree};
use crate::ops::OpError;

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

inventory_row! {
    /// A host.
    pub struct HostRow = "hosts" of "HostSystem" (moref, name, path) {
        /// Its reference.
        moref: ManagedObjectReference => Text,
        /// Its name.
        name: String => Text,
        /// Its inventory path.
        path: Option<String> => Text,
        /// Its cluster's name; unset for a host by itself.
        cluster: Option<String> => Text,
        /// Product with version and build.
        product: Option<String> => Text,
        /// Maker and model.
        model: Option<String> => Text,
        /// Memory in bytes.
        memory_bytes: Option<i64> => Bytes,
        /// `connected`, `disconnected` or `notResponding`.
        connection_state: Option<String> => Text,
        /// `poweredOn`, `poweredOff` or `standBy`.
        power_state: Option<String> => Text,
        /// Whether it is in maintenance mode.
        in_maintenance_mode: Option<bool> => Truth,
        /// How many datastores it mounts.
        datastores: usize => Number,
        /// How many VMs are registered on it.
        vms: usize => Number,
        /// What could not be read, and why.
        note: Option<String> => Text,
    }
}

/// Lists the hosts.
///
/// # Errors
///
/// The client's, and [`OpError::NoSuchPlace`].
pub async fn hosts(client: &Client, query: Query<HostRow>) -> Result<Rows<HostRow>, OpError> {
    let tree = Tree::read(client).await?;
    Rows::list::<HostSet, _>(client, query, "hosts", move |page| {
        at_once(page, |object| {
            let note = note(&object);
            let name = name(&object, |set| set.name.as_deref());
            let host = object.properties;
            let parent = host.parent.as_ref();
            vec![HostRow {
                moref: object.reference.clone(),
                path: tree.path(&name, parent),
                name,
                cluster: tree.named(parent, "ClusterComputeResource"),
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
    })
    .await
}
