//! Where things stand: paths and names of what rows refer to.

use std::collections::BTreeMap;

use vsphere_client::{Client, object_set, property_set, vim::ManagedObjectReference};

use crate::{
    names::decode,
    ops::OpError,
    site::{Ancestors, DatacenterNode, FolderNode, inventory_path},
};

property_set! {
    struct ComputeNode: "ComputeResource" {
        name: Option<String> = "name",
        parent: Option<ManagedObjectReference> = "parent",
    }
}

property_set! {
    struct HostNode: "HostSystem" {
        name: Option<String> = "name",
    }
}

object_set! {
    enum Node {
        Folder(FolderNode),
        Datacenter(DatacenterNode),
        Compute(ComputeNode),
        Host(HostNode),
    }
}

/// Folders, datacenters, storage pods and compute resources with the way up, and the names of the hosts.
///
/// Of VMs and datastores it holds none: it is small where the inventory is large.
#[derive(Debug, Default)]
pub(super) struct Tree {
    ancestors: Ancestors,
    hosts: BTreeMap<ManagedObjectReference, String>,
}

impl Tree {
    /// Reads it: three calls, and one more for each further page.
    pub(super) async fn read(client: &Client) -> Result<Self, OpError> {
        let root = &client.content().root_folder;
        let found = client
            .list::<Node>(root)
            .await
            .map_err(OpError::client("read the folders of the inventory"))?;
        let mut tree = Self::default();
        // A view leaves out the container itself.
        tree.ancestors.insert(root.clone(), (String::new(), None));
        for object in found {
            let (name, parent) = match object.properties {
                Node::Folder(set) => (set.name, set.parent),
                Node::Datacenter(set) => (set.name, set.parent),
                Node::Compute(set) => (set.name, set.parent),
                Node::Host(set) => {
                    if let Some(name) = set.name {
                        tree.hosts.insert(object.reference, decode(&name));
                    }
                    continue;
                }
            };
            if let Some(name) = name {
                tree.ancestors.insert(object.reference, (name, parent));
            }
        }
        Ok(tree)
    }

    /// What stands above everything, by reference.
    pub(super) fn ancestors(&self) -> &Ancestors {
        &self.ancestors
    }

    /// The inventory path of something with this name below this parent.
    pub(super) fn path(
        &self,
        name: &str,
        parent: Option<&ManagedObjectReference>,
    ) -> Option<String> {
        inventory_path(name, parent, &self.ancestors)
    }

    /// A host's name, or its reference where the name cannot be read.
    pub(super) fn host(&self, reference: &ManagedObjectReference) -> String {
        let name = self.hosts.get(reference);
        name.cloned().unwrap_or_else(|| reference.value.clone())
    }

    /// The name of what stands at this reference, when it is of that type.
    pub(super) fn named(
        &self,
        reference: Option<&ManagedObjectReference>,
        kind: &str,
    ) -> Option<String> {
        let reference = reference.filter(|reference| reference.is(kind))?;
        self.ancestors.get(reference).map(|(name, _)| decode(name))
    }
}
