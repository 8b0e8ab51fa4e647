//! The datastores of a host's datacenter, as the host has them.

use serde::{Deserialize, Serialize};
use vsphere_client::Client;
use vsphere_client::vim::ManagedObjectReference;

use super::{
    super::OpError,
    choose::{HostSelector, choose},
};
use crate::{
    fact::Fact,
    plan::mount_state,
    site::{HostDatastore, HostFacts, VolumeCopy, copies, host_storage},
};

/// A host and the datastores of its datacenter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostDatastores {
    /// The host.
    pub host: HostFacts,
    /// The datastores, by name: those that the host mounts, and those that only others do.
    pub datastores: Vec<DatastoreOnHost>,
    /// Volumes that the host takes for copies of others, and does not mount.
    pub copies: Vec<VolumeCopy>,
}

/// A datastore as a host has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatastoreOnHost {
    /// Its reference.
    pub moref: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// What backs it: `VMFS`, `NFS`, `NFS 4.1`, `vSAN`, `vVol`, or as the server writes it.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Capacity in bytes.
    pub capacity_bytes: Option<i64>,
    /// Free bytes.
    pub free_bytes: Option<i64>,
    /// `read/write`, `read-only`, `unmounted` (the host knows it), `cut off`, `not mounted` or `unknown`.
    pub mount: String,
    /// Why it is cut off or unknown.
    pub reason: Option<String>,
    /// The devices of a VMFS volume, or the share of an NFS server.
    pub source: Option<String>,
    /// How many hosts mount it.
    pub hosts: usize,
    /// How many of them can write to it.
    pub writable_hosts: usize,
    /// VMs of this host that have files there.
    pub vms: Vec<String>,
}

/// Lists the datastores of a host's datacenter, and how the host mounts each. Changes nothing.
///
/// # Errors
///
/// See [`OpError`].
pub async fn list(client: &Client, host: &HostSelector) -> Result<HostDatastores, OpError> {
    let reference = choose(client, host).await?;
    let storage = host_storage(client, &reference)
        .await
        .map_err(OpError::client(format!("read the storage of {reference}")))?;
    Ok(HostDatastores {
        copies: copies(client, &reference)
            .await
            .map_err(OpError::client(format!(
                "read the copies of volumes on {reference}"
            )))?,
        host: storage.host,
        datastores: storage.datastores.iter().map(row).collect(),
    })
}

fn row(one: &HostDatastore) -> DatastoreOnHost {
    let facts = &one.facts;
    let reason = match &facts.mount {
        Fact::Unknown { reason } => Some(reason.clone()),
        Fact::Known(mount) => mount
            .as_ref()
            .and_then(|mount| mount.inaccessible_reason.clone()),
    };
    DatastoreOnHost {
        moref: facts.moref.clone(),
        name: facts.name.clone(),
        kind: facts.kind.known().map(|kind| kind.label().to_owned()),
        capacity_bytes: facts.capacity_bytes,
        free_bytes: facts.free_bytes,
        mount: mount_state(facts),
        reason,
        source: (facts.volume.as_ref())
            .map(ToString::to_string)
            .filter(|source| !source.is_empty()),
        hosts: one.hosts,
        writable_hosts: one.writers,
        vms: one.users.iter().map(|user| user.name.clone()).collect(),
    }
}
