//! Clusters and storage pods, and whether they may move a VM or its disks by themselves.

use serde::{Deserialize, Serialize};
use vsphere_client::{property::Object, vim::ManagedObjectReference};

use super::parts::{ClusterProperties, PodProperties};
use crate::{
    fact::{Fact, is_lost, required, why},
    names::decode,
};

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

impl ClusterFacts {
    /// Takes over what was read of a cluster, with the entry of `vm`.
    pub(crate) fn of(object: &Object<ClusterProperties>, vm: &ManagedObjectReference) -> Self {
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
        Self {
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
}

/// A storage pod (datastore cluster) that holds files of the master target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PodFacts {
    /// Its reference.
    pub moref: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// Whether Storage DRS is on for the pod.
    pub storage_drs_enabled: Fact<bool>,
    /// The master target's own entry; `Known(None)` when there is none.
    pub storage_drs_override: Fact<Option<OverrideFacts>>,
}

impl PodFacts {
    /// Takes over what was read of a storage pod, with the entry of `vm`.
    pub(crate) fn of(object: &Object<PodProperties>, vm: &ManagedObjectReference) -> Self {
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
        Self {
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
