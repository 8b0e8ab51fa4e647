//! Where the master target stands: host, cluster, datastores, storage pods.

use serde::{Deserialize, Serialize};
use vsphere_client::vim::ManagedObjectReference;

use super::volume::VolumeFacts;
use crate::fact::Fact;

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
