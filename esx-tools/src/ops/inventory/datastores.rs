//! Datastores, and how hosts mount them.

use std::fmt;

use serde::{Deserialize, Serialize};
use vsphere_client::{
    Client,
    vim::{HostMountInfo, HostMountMode, ManagedObjectReference},
};

use super::{Query, Rows, around, at_once, column::inventory_row, name, note};
use crate::{
    ops::OpError,
    site::parts::{DATASTORE, DatastoreParts},
};

inventory_row! {
    /// A datastore.
    pub struct DatastoreRow = "datastores" of "Datastore" (moref, name, path) {
        /// Its reference.
        moref: ManagedObjectReference => Text,
        /// Its name.
        name: String => Text,
        /// Its inventory path.
        path: Option<String> => Text,
        /// What backs it, as the server writes it: `VMFS`, `vsan`, `NFS`.
        kind: Option<String> => Text,
        /// Capacity in bytes.
        capacity_bytes: Option<i64> => Bytes,
        /// Free bytes.
        free_bytes: Option<i64> => Bytes,
        /// Whether it can be reached.
        accessible: Option<bool> => Truth,
        /// The storage pod that holds it.
        pod: Option<String> => Text,
        /// How many hosts mount it.
        hosts: usize => Number,
        /// How many of them can write to it.
        writable_hosts: usize => Number,
        /// Which hosts mount it and how; compared as `esx-01 read-write`.
        mounts: Vec<MountRow> => List,
        /// What could not be read, and why.
        note: Option<String> => Text,
    }
}

/// How one host mounts a datastore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountRow {
    /// The host's name.
    pub host: String,
    /// `read-write` or `read-only`.
    pub access: String,
    /// Whether it is mounted there.
    pub mounted: bool,
    /// Whether the host reaches it.
    pub accessible: bool,
    /// Why it does not, in the server's word.
    pub reason: Option<String>,
}

impl MountRow {
    fn new(host: String, info: &HostMountInfo) -> Self {
        let reason = info
            .inaccessible_reason
            .clone()
            .or_else(|| info.mount_failed_reason.clone());
        Self {
            host,
            access: match &info.access_mode {
                HostMountMode::ReadWrite => "read-write".to_owned(),
                HostMountMode::ReadOnly => "read-only".to_owned(),
                other => other.to_string(),
            },
            // The server leaves out what is as it should be.
            mounted: info.mounted.unwrap_or(true),
            accessible: info.accessible.unwrap_or(true),
            reason: reason.filter(|reason| !reason.is_empty()),
        }
    }

    /// How it is mounted, in a word or two: `read-write`, `not mounted`, `inaccessible (AllPathsDown_Start)`.
    #[must_use]
    pub fn how(&self) -> String {
        let state = match (self.mounted, self.accessible) {
            (true, true) => return self.access.clone(),
            (false, _) => "not mounted",
            (true, false) => "inaccessible",
        };
        match &self.reason {
            Some(reason) => format!("{state} ({reason})"),
            None => state.to_owned(),
        }
    }
}

impl fmt::Display for MountRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.host, self.how())
    }
}

/// Lists the datastores.
///
/// # Errors
///
/// The client's, and [`OpError::NoSuchPath`].
pub async fn datastores(
    client: &Client,
    query: Query<DatastoreRow>,
) -> Result<Rows<DatastoreRow>, OpError> {
    let around = around(client).await?;
    Rows::list::<DatastoreParts<DATASTORE>, _>(client, query, "datastores", move |page| {
        at_once(page, |object| {
            let note = note(&object);
            let name = name(&object, |set| set.0.name.as_deref());
            let datastore = object.properties.0;
            let summary = datastore.summary.as_ref();
            let parent = datastore.parent.as_ref();
            let mut mounts: Vec<MountRow> = (datastore.mounts.iter())
                .map(|mount| MountRow::new(around.host_name(&mount.key), &mount.mount_info))
                .collect();
            mounts.sort_by(|a, b| a.host.cmp(&b.host));
            vec![DatastoreRow {
                moref: object.reference.clone(),
                path: around.folders.path(&name, parent),
                name,
                kind: summary.map(|summary| summary.kind.clone()),
                capacity_bytes: summary.map(|summary| summary.capacity),
                free_bytes: summary.map(|summary| summary.free_space),
                accessible: summary.map(|summary| summary.accessible),
                pod: parent
                    .filter(|parent| parent.is("StoragePod"))
                    .and_then(|pod| around.folders.name(pod)),
                hosts: datastore.mounts.len(),
                writable_hosts: datastore
                    .mounts
                    .iter()
                    .filter(|mount| mount.mount_info.is_writable())
                    .count(),
                mounts,
                note,
            }]
        })
    })
    .await
}
