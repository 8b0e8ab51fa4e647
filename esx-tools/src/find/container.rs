//! Objects of the inventory that hold others, found by path.

use std::collections::BTreeSet;

use vsphere_client::{Client, vim::ManagedObjectReference};

use crate::{
    error::OpError,
    folders::Folders,
    names::near,
    site::{parts, read_all},
};

/// Types that a view can hang on.
const CONTAINERS: &[&str] = &[
    "Folder",
    "StoragePod",
    "Datacenter",
    "ComputeResource",
    "ClusterComputeResource",
    "HostSystem",
    "ResourcePool",
    "VirtualApp",
];

/// Whether a view can read what stands below it.
pub(crate) fn is_container(reference: &ManagedObjectReference) -> bool {
    CONTAINERS.iter().any(|kind| reference.is(kind))
}

/// The object at this inventory path, from which a view can read; the root folder for an empty one.
///
/// # Errors
///
/// [`OpError::NoSuchPath`], with paths that are near.
pub(crate) async fn container(
    client: &Client,
    path: &str,
) -> Result<ManagedObjectReference, OpError> {
    let wanted = path.trim().trim_matches('/');
    if wanted.is_empty() {
        return Ok(client.content().root_folder.clone());
    }
    let found = client
        .find_by_path(wanted)
        .await
        .map_err(OpError::client(format!("look up the path /{wanted}")))?;
    match found {
        Some(object) if is_container(&object) => Ok(object),
        _ => Err(OpError::NoSuchPath {
            near: near_paths(client, wanted).await?,
            path: format!("/{wanted}"),
        }),
    }
}

/// Paths of folders and datacenters whose last part is near to that of `wanted`.
async fn near_paths(client: &Client, wanted: &str) -> Result<Vec<String>, OpError> {
    let folders = folders(client).await?;
    let last = wanted.rsplit('/').next().unwrap_or(wanted);
    let named: Vec<(&str, String)> = folders.paths().collect();
    let names: BTreeSet<&str> = named.iter().map(|(name, _)| *name).collect();
    let mut paths = Vec::new();
    for name in near(last, names.into_iter()) {
        paths.extend(
            named
                .iter()
                .filter(|(other, _)| *other == name)
                .map(|(_, path)| path.clone()),
        );
    }
    paths.truncate(3);
    Ok(paths)
}

/// All folders and datacenters, the root among them.
pub(crate) async fn folders(client: &Client) -> Result<Folders, OpError> {
    let found = read_all::<0, { parts::FOLDERS }>(client)
        .await
        .map_err(OpError::client("read the folders of the inventory"))?;
    Ok(found.folders)
}
