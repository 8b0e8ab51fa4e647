//! The host of a VM and its cluster: what is known of them, and how it is read.

use serde::{Deserialize, Serialize};
use vsphere_client::{
    property::Object,
    property_set,
    vim::{AboutInfo, ClusterConfigInfoEx, ManagedObjectReference},
};

use crate::{
    fact::{Fact, required},
    names::decode,
};

/// The host that the master target is registered on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostFacts {
    /// Its reference.
    pub moref: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// Product with version and build (`config.product.fullName` of its summary).
    pub product: Option<String>,
    /// `runtime.connectionState` as written.
    pub connection_state: Option<String>,
    /// `runtime.inMaintenanceMode`.
    pub in_maintenance_mode: Option<bool>,
    /// Address of the vCenter that manages it (`summary.managementServerIp`).
    pub managed_by: Option<String>,
}

/// The cluster of the host, when it is in one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterFacts {
    /// Its reference.
    pub moref: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// `drsConfig.enabled`.
    pub drs_enabled: Option<bool>,
    /// The master target's own entry in `drsVmConfig`; `Known(None)` when there is none.
    pub drs_override: Fact<Option<OverrideFacts>>,
}

/// A per-VM entry of DRS or Storage DRS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverrideFacts {
    /// Whether automation is on for the VM; unset means the default of the cluster or pod.
    pub enabled: Option<bool>,
    /// Automation level of the VM, when it has its own.
    pub behavior: Option<String>,
}

impl OverrideFacts {
    /// Whether this entry keeps the VM out.
    pub fn excludes(&self) -> bool {
        self.enabled == Some(false)
    }
}

property_set! {
    pub(crate) struct HostSet: "HostSystem" {
        pub(crate) name: Option<String> = "name",
        pub(crate) parent: Option<ManagedObjectReference> = "parent",
        pub(crate) product: Option<AboutInfo> = "summary.config.product",
        pub(crate) managed_by: Option<String> = "summary.managementServerIp",
        pub(crate) connection_state: Option<String> = "runtime.connectionState",
        pub(crate) in_maintenance_mode: Option<bool> = "runtime.inMaintenanceMode",
        pub(crate) datastores: Vec<ManagedObjectReference> = "datastore",
    }
}

property_set! {
    pub(crate) struct ClusterSet: "ClusterComputeResource" {
        pub(crate) name: Option<String> = "name",
        // As a whole: a path into it would not fit its declared type, which is the base type.
        pub(crate) configuration: Option<ClusterConfigInfoEx> = "configurationEx",
    }
}

pub(crate) fn host(object: &Object<HostSet>) -> HostFacts {
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

pub(crate) fn cluster(object: &Object<ClusterSet>, vm: &ManagedObjectReference) -> ClusterFacts {
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
