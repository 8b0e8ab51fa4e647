//! A change to how one host mounts one datastore.

use serde::{Deserialize, Serialize};
use vsphere_client::vim::ManagedObjectReference;

use crate::mounting::MountAct;

/// A change to how one host mounts one datastore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountChange {
    /// The host.
    pub host: ManagedObjectReference,
    /// Its name.
    pub host_name: String,
    /// The datastore.
    pub datastore: ManagedObjectReference,
    /// Its name.
    pub datastore_name: String,
    /// What is done.
    #[serde(flatten)]
    pub act: MountAct,
}

impl MountChange {
    /// The vSphere method that makes the change; of a remount, the last one.
    pub fn method(&self) -> &'static str {
        match self.act {
            MountAct::MountVmfs { .. } | MountAct::RemountVmfs { .. } => "MountVmfsVolume",
            MountAct::UnmountVmfs { .. } => "UnmountVmfsVolume",
            MountAct::MountNfs { .. } | MountAct::RemountNfs { .. } => "CreateNasDatastore",
            MountAct::UnmountNfs { .. } => "RemoveDatastore",
        }
    }

    /// The change in words, in the imperative.
    pub fn title(&self) -> String {
        let (name, host) = (&self.datastore_name, &self.host_name);
        match &self.act {
            MountAct::MountVmfs { rescan: false, .. } => format!("Mount {name} on {host}"),
            MountAct::MountVmfs { .. } => {
                format!("Have {host} scan its storage for {name}, and mount it")
            }
            MountAct::UnmountVmfs { .. } => format!("Unmount {name} on {host}"),
            MountAct::RemountVmfs { .. } => format!("Unmount {name} on {host} and mount it again"),
            MountAct::MountNfs { share } => {
                format!("Mount {share} as {name} on {host}, read/write")
            }
            MountAct::UnmountNfs { share } => format!("Unmount {share} ({name}) on {host}"),
            MountAct::RemountNfs { share, access, .. } => format!(
                "Unmount {share} ({name}) on {host} and mount it {}",
                if access == "readWrite" {
                    "read/write"
                } else {
                    "read-only"
                }
            ),
        }
    }
}
