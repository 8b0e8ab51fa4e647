//! Datastores and the storage pods that hold them: what is known of them, and how it is read.

use serde::{Deserialize, Serialize};
use vsphere_client::{
    property::Object,
    property_set,
    vim::{
        DatastoreHostMount, DatastoreInfo, DatastoreSummary, HostMountInfo, ManagedObjectReference,
        StorageDrsConfigInfo,
    },
};

use super::{OverrideFacts, VolumeFacts};
use crate::{
    fact::{Fact, is_lost, list, required, why},
    names::decode,
};

/// What backs a datastore (`Datastore.summary.type`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatastoreKind {
    /// VMFS.
    Vmfs,
    /// vSAN.
    Vsan,
    /// NFS 3.
    Nfs,
    /// NFS 4.1.
    Nfs41,
    /// Virtual volumes.
    Vvol,
    /// Anything else, as the server writes it.
    Other(String),
}

impl DatastoreKind {
    /// The kind from the text of `summary.type`.
    pub fn from_wire(text: &str) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "VMFS" => Self::Vmfs,
            "VSAN" => Self::Vsan,
            "NFS" => Self::Nfs,
            "NFS41" => Self::Nfs41,
            "VVOL" => Self::Vvol,
            _ => Self::Other(text.to_owned()),
        }
    }

    /// The name people know it by.
    pub fn label(&self) -> &str {
        match self {
            Self::Vmfs => "VMFS",
            Self::Vsan => "vSAN",
            Self::Nfs => "NFS",
            Self::Nfs41 => "NFS 4.1",
            Self::Vvol => "vVol",
            Self::Other(text) => text,
        }
    }
}

/// A datastore that the master target's host sees or its disks stand on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatastoreFacts {
    /// Its reference.
    pub moref: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// What backs it.
    pub kind: Fact<DatastoreKind>,
    /// Capacity in bytes.
    pub capacity_bytes: Option<i64>,
    /// Free bytes.
    pub free_bytes: Option<i64>,
    /// `summary.accessible`.
    pub accessible: Option<bool>,
    /// How the master target's host mounts it; `Known(None)` when it does not.
    pub mount: Fact<Option<MountFacts>>,
    /// The storage pod that holds it.
    pub pod: Option<ManagedObjectReference>,
    /// Whether the master target has files here.
    pub in_use: bool,
    /// What it lies on; unset when the server does not tell.
    #[serde(default)]
    pub volume: Option<VolumeFacts>,
}

/// One host's mount of a datastore (`Datastore.host[].mountInfo`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountFacts {
    /// `readWrite` or `readOnly`, as written.
    pub access_mode: Option<String>,
    /// Whether the volume is mounted.
    pub mounted: Option<bool>,
    /// Whether the volume can be reached.
    pub accessible: Option<bool>,
    /// Why it cannot be reached.
    pub inaccessible_reason: Option<String>,
    /// How an NFS mount uses the network of its host, as far as it is bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<MountNetwork>,
}

impl MountFacts {
    /// Whether the host can write there. An unset part of the answer counts as fine, as the API documents it.
    pub fn is_writable(&self) -> bool {
        self.access_mode.as_deref() == Some("readWrite")
            && self.mounted != Some(false)
            && self.accessible != Some(false)
    }
}

/// How an NFS mount uses the network of its host, since 8.0.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountNetwork {
    /// The VMkernel adapter that it is bound to.
    pub adapter: Option<String>,
    /// How many connections it has.
    pub connections: Option<i32>,
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

property_set! {
    pub(crate) struct DatastoreSet: "Datastore" {
        pub(crate) name: Option<String> = "name",
        pub(crate) parent: Option<ManagedObjectReference> = "parent",
        pub(crate) summary: Option<DatastoreSummary> = "summary",
        pub(crate) mounts: Vec<DatastoreHostMount> = "host",
        pub(crate) info: Option<DatastoreInfo> = "info",
    }
}

property_set! {
    pub(crate) struct PodSet: "StoragePod" {
        pub(crate) name: Option<String> = "name",
        pub(crate) parent: Option<ManagedObjectReference> = "parent",
        pub(crate) storage_drs: Option<StorageDrsConfigInfo> = "podStorageDrsEntry.storageDrsConfig",
    }
}

pub(crate) fn datastore(
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
fn mount(info: HostMountInfo) -> MountFacts {
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

pub(crate) fn pod(object: &Object<PodSet>, vm: &ManagedObjectReference) -> PodFacts {
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
