//! What lies below a datastore: the volume or the share.

use std::fmt;

use serde::{Deserialize, Serialize};
use vsphere_client::vim::{DatastoreInfo, DatastoreVolume, HostNasVolume};

/// What a datastore lies on (`Datastore.info`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "kebab-case")]
pub enum VolumeFacts {
    /// A VMFS volume.
    Vmfs {
        /// Its UUID, by which a host mounts it.
        uuid: String,
        /// Whether it lies on disks inside one host; unset when the server does not tell.
        local: Option<bool>,
        /// Canonical names of its devices.
        devices: Vec<String>,
    },
    /// A share of an NFS server.
    Nfs(NfsShare),
    /// Something that a host does not mount by itself, such as vSAN.
    Other,
}

impl VolumeFacts {
    /// The facts from the wire.
    pub(super) fn of(info: &DatastoreInfo) -> Self {
        match &info.volume {
            DatastoreVolume::Vmfs(volume) => Self::Vmfs {
                uuid: volume.uuid.clone(),
                local: volume.local,
                devices: volume
                    .extent
                    .iter()
                    .map(|extent| extent.disk_name.clone())
                    .collect(),
            },
            DatastoreVolume::Nas(volume) => Self::Nfs(NfsShare::of(volume)),
            _ => Self::Other,
        }
    }
}

impl fmt::Display for VolumeFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vmfs { devices, .. } => f.write_str(&devices.join(", ")),
            Self::Nfs(share) => share.fmt(f),
            Self::Other => Ok(()),
        }
    }
}

/// A share of an NFS server, with everything that another host needs to mount the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NfsShare {
    /// The server as hosts name it: vCenter takes two spellings for two datastores.
    pub server: String,
    /// What it exports.
    pub export: String,
    /// All servers of an NFS 4.1 share; empty otherwise.
    #[serde(default)]
    pub servers: Vec<String>,
    /// `NFS` or `NFS41`, as the server wrote it.
    pub version: Option<String>,
    /// How an NFS 4.1 server knows the host.
    #[serde(default)]
    pub security: Option<String>,
}

impl NfsShare {
    fn of(volume: &HostNasVolume) -> Self {
        let is_41 = volume.kind.as_deref() == Some("NFS41");
        Self {
            server: volume.remote_host.clone(),
            export: volume.remote_path.clone(),
            // NFS 3 has one server, which stands in `server` already.
            servers: if is_41 {
                volume.remote_host_names.clone()
            } else {
                Vec::new()
            },
            version: volume.kind.clone().filter(|kind| !kind.is_empty()),
            security: volume.security_type.clone().filter(|_| is_41),
        }
    }
}

impl fmt::Display for NfsShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.server, self.export)
    }
}
