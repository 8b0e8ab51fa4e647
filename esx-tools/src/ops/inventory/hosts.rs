//! Hosts.

use vsphere_client::{Client, vim::ManagedObjectReference};

use super::{Query, Rows, around, at_once, column::inventory_row, note};
use crate::{
    ops::OpError,
    site::{
        HostFacts,
        parts::{HOST, HOST_HARDWARE, HostParts},
    },
};

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
/// The client's, and [`OpError::NoSuchPath`].
pub async fn hosts(client: &Client, query: Query<HostRow>) -> Result<Rows<HostRow>, OpError> {
    let around = around(client).await?;
    Rows::list::<HostParts<{ HOST | HOST_HARDWARE }>, _>(client, query, "hosts", move |page| {
        at_once(page, |object| {
            let note = note(&object);
            let object = object.map(|set| set.0);
            let (set, host) = (&object.properties, HostFacts::of(&object));
            let parent = set.parent.as_ref();
            let cluster = parent.filter(|parent| parent.is("ClusterComputeResource"));
            let hardware = set.hardware.as_ref();
            vec![HostRow {
                path: around.folders.path(&host.name, parent),
                moref: host.moref,
                name: host.name,
                cluster: cluster.and_then(|cluster| around.folders.name(cluster)),
                product: host.product,
                model: hardware.map(|one| format!("{} {}", one.vendor, one.model)),
                memory_bytes: hardware.map(|one| one.memory_size),
                connection_state: host.connection_state,
                power_state: set.power_state.clone(),
                in_maintenance_mode: host.in_maintenance_mode,
                datastores: set.datastores.len(),
                vms: set.vms.len(),
                note,
            }]
        })
    })
    .await
}
