//! From the properties of hosts, clusters, datastores and pods to facts.

use vsphere_client::{
    property::Object,
    vim::{HostMountInfo, ManagedObjectReference},
};

use super::{
    ClusterFacts, DatastoreFacts, DatastoreKind, Fact, HostFacts, MountFacts, MountNetwork,
    OverrideFacts, PodFacts, VolumeFacts,
    sets::{ClusterSet, DatastoreSet, HostSet, PodSet},
};
use crate::{
    fact::{is_lost, list, required, why},
    names::decode,
};

pub(super) fn host(object: &Object<HostSet>) -> HostFacts {
    let host = &object.properties;
    HostFacts {
        moref: object.reference.clone(),
        name: host
            .name
            .clone()
            .unwrap_or_else(|| object.reference.value.clone()),
        product: host
            .product
            .as_ref()
            .map(|product| product.full_name.clone()),
        connection_state: host.connection_state.clone(),
        in_maintenance_mode: host.in_maintenance_mode,
        managed_by: host
            .managed_by
            .clone()
            .filter(|address| !address.is_empty()),
    }
}

pub(super) fn cluster(object: &Object<ClusterSet>, vm: &ManagedObjectReference) -> ClusterFacts {
    let configuration = object.properties.configuration.as_ref();
    let entry = configuration.map(|configuration| {
        let mine = configuration
            .drs_vm_config
            .iter()
            .find(|entry| &entry.key == vm);
        mine.map(|entry| OverrideFacts {
            enabled: entry.enabled,
            behavior: entry.behavior.as_ref().map(ToString::to_string),
        })
    });
    ClusterFacts {
        moref: object.reference.clone(),
        name: object
            .properties
            .name
            .as_deref()
            .map(decode)
            .unwrap_or_default(),
        drs_enabled: configuration
            .and_then(|configuration| configuration.drs_config.as_ref())
            .and_then(|drs| drs.enabled),
        drs_override: required(object, "configurationEx", entry),
    }
}

pub(super) fn datastore(
    object: &Object<DatastoreSet>,
    host: Option<&ManagedObjectReference>,
    in_use: &[&str],
) -> DatastoreFacts {
    let datastore = &object.properties;
    let summary = datastore.summary.as_ref();
    let name = datastore.name.as_deref().map(decode).unwrap_or_default();
    let mount = match (host, list(object, "host", datastore.mounts.clone())) {
        (None, _) => Fact::unknown("the VM's host could not be read"),
        (_, Fact::Unknown { reason }) => Fact::Unknown { reason },
        (Some(host), Fact::Known(mounts)) => Fact::Known(
            mounts
                .into_iter()
                .find(|mount| &mount.key == host)
                .map(|mount| self::mount(mount.mount_info)),
        ),
    };
    DatastoreFacts {
        moref: object.reference.clone(),
        in_use: in_use.contains(&name.as_str()),
        name,
        kind: required(
            object,
            "summary",
            summary.map(|summary| DatastoreKind::from_wire(&summary.kind)),
        ),
        capacity_bytes: summary.map(|summary| summary.capacity),
        free_bytes: summary.map(|summary| summary.free_space),
        accessible: summary.map(|summary| summary.accessible),
        mount,
        volume: datastore.info.as_ref().map(VolumeFacts::of),
        pod: datastore
            .parent
            .as_ref()
            .filter(|parent| parent.is("StoragePod"))
            .cloned(),
    }
}

/// One host's mount.
pub(super) fn mount(info: HostMountInfo) -> MountFacts {
    let (adapter, connections) = (info.vmknic_name, info.num_tcp_connections);
    MountFacts {
        access_mode: Some(info.access_mode.to_string()),
        mounted: info.mounted,
        accessible: info.accessible,
        inaccessible_reason: info.inaccessible_reason,
        network: (adapter.is_some() || connections.is_some()).then_some(MountNetwork {
            adapter,
            connections,
        }),
    }
}

pub(super) fn pod(object: &Object<PodSet>, vm: &ManagedObjectReference) -> PodFacts {
    const PATH: &str = "podStorageDrsEntry.storageDrsConfig";
    let configuration = object.properties.storage_drs.as_ref();
    let entry = match configuration {
        Some(configuration) => {
            let mine = configuration
                .vm_config
                .iter()
                .find(|entry| entry.vm.as_ref() == Some(vm));
            Fact::Known(mine.map(|entry| OverrideFacts {
                enabled: entry.enabled,
                behavior: entry.behavior.clone(),
            }))
        }
        // A pod that was never configured has no entries; trying to add one shows what it makes of it.
        None if !is_lost(object, PATH) => Fact::Known(None),
        None => Fact::unknown(why(object, PATH)),
    };
    PodFacts {
        moref: object.reference.clone(),
        name: object
            .properties
            .name
            .as_deref()
            .map(decode)
            .unwrap_or_default(),
        storage_drs_enabled: required(
            object,
            PATH,
            configuration.map(|configuration| configuration.pod_config.enabled),
        ),
        storage_drs_override: entry,
    }
}
