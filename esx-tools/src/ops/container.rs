//! Places of the inventory that hold others, found by path.

use std::collections::BTreeSet;

use vsphere_client::{Client, object_set, vim::ManagedObjectReference};

use super::OpError;
use crate::{
    facts::{Ancestors, DatacenterNode, FolderNode, inventory_path},
    names::{decode, near},
};

object_set! {
    enum Place {
        Folder(FolderNode),
        Datacenter(DatacenterNode),
    }
}

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
pub(super) fn is_container(reference: &ManagedObjectReference) -> bool {
    CONTAINERS.iter().any(|kind| reference.is(kind))
}

/// The place at this inventory path, from which a view can read; the root folder for an empty one.
///
/// # Errors
///
/// [`OpError::NoSuchPlace`], with paths that are near.
pub(super) async fn container(
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
        Some(place) if is_container(&place) => Ok(place),
        _ => Err(OpError::NoSuchPlace {
            near: near_places(client, wanted).await?,
            path: format!("/{wanted}"),
        }),
    }
}

/// Paths of folders and datacenters whose last part is near to that of `wanted`.
async fn near_places(client: &Client, wanted: &str) -> Result<Vec<String>, OpError> {
    let ancestors = places(client).await?;
    let last = wanted.rsplit('/').next().unwrap_or(wanted);
    let named: Vec<(&str, String)> = (ancestors.values())
        .filter_map(|(name, parent)| {
            let path = inventory_path(&decode(name), parent.as_ref(), &ancestors)?;
            Some((name.as_str(), path))
        })
        .collect();
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

/// All folders and datacenters, the root among them, which no view holds.
pub(super) async fn places(client: &Client) -> Result<Ancestors, OpError> {
    let root = &client.content().root_folder;
    let found = client
        .list::<Place>(root)
        .await
        .map_err(OpError::client("read the folders of the inventory"))?;
    let mut places: Ancestors = found
        .into_iter()
        .map(|object| {
            let (name, parent) = match object.properties {
                Place::Folder(set) => (set.name, set.parent),
                Place::Datacenter(set) => (set.name, set.parent),
            };
            (object.reference, (name.unwrap_or_default(), parent))
        })
        .collect();
    places.insert(root.clone(), (String::new(), None));
    Ok(places)
}
