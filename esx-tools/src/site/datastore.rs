//! Datastores: what backs them, and how hosts mount them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vsphere_client::{
    property::Object,
    vim::{HostMountInfo, ManagedObjectReference},
};

use super::{parts::DatastoreProperties, volume::VolumeFacts};
use crate::{
    fact::{Fact, list, required},
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

impl DatastoreFacts {
    /// Takes over what was read of a datastore, with how `host` mounts it; `in_use` has the names of those in use.
    pub(crate) fn of(
        object: &Object<DatastoreProperties>,
        host: Option<&ManagedObjectReference>,
        in_use: &[&str],
    ) -> Self {
        let datastore = &object.properties;
        let summary = datastore.summary.as_ref();
        let name = datastore.name.as_deref().map(decode).unwrap_or_default();
        let mount = match (
            host,
            list(object, "host", datastore.mounts.iter().collect()),
        ) {
            (None, _) => Fact::unknown("the VM's host could not be read"),
            (_, Fact::Unknown { reason }) => Fact::Unknown { reason },
            (Some(host), Fact::Known(mounts)) => Fact::Known(
                mounts
                    .into_iter()
                    .find(|mount| &mount.key == host)
                    .map(|mount| MountFacts::of(&mount.mount_info)),
            ),
        };
        Self {
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

    /// Puts datastores in the order of their names.
    pub(crate) fn by_name(mut all: Vec<Self>) -> Vec<Self> {
        all.sort_by(|a, b| (&a.name, &a.moref).cmp(&(&b.name, &b.moref)));
        all
    }
}

/// The hosts that mount a datastore such that they can write to it.
pub(crate) fn writers(
    object: &Object<DatastoreProperties>,
) -> Fact<BTreeSet<ManagedObjectReference>> {
    let mounts = list(object, "host", object.properties.mounts.iter().collect());
    mounts.map(|mounts| {
        let writable = mounts
            .into_iter()
            .filter(|one| one.mount_info.is_writable());
        writable.map(|one| one.key.clone()).collect()
    })
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
    fn of(info: &HostMountInfo) -> Self {
        let (adapter, connections) = (info.vmknic_name.clone(), info.num_tcp_connections);
        Self {
            access_mode: Some(info.access_mode.to_string()),
            mounted: info.mounted,
            accessible: info.accessible,
            inaccessible_reason: info.inaccessible_reason.clone(),
            network: (adapter.is_some() || connections.is_some()).then_some(MountNetwork {
                adapter,
                connections,
            }),
        }
    }

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
