//! What stands above a managed object, and the inventory path that comes of it.

use std::collections::BTreeMap;

use vsphere_client::vim::{ManagedObjectReference, ObjectSpec, SelectionSpec, TraversalSpec};

use crate::names;

/// Goes on from an object to all that stands above it.
pub(crate) fn with_ancestors(spec: ObjectSpec) -> ObjectSpec {
    spec.select(
        TraversalSpec::path("ManagedEntity", "parent")
            .named("up")
            .then(SelectionSpec::named("up")),
    )
}

/// Goes down from a folder or datacenter to all folders, datacenters and VMs below it, through vApps too.
pub(crate) fn with_vms_below(spec: ObjectSpec) -> ObjectSpec {
    spec.select(
        TraversalSpec::path("Folder", "childEntity")
            .named("folder")
            .then(SelectionSpec::named("folder"))
            .then(
                TraversalSpec::path("Datacenter", "vmFolder")
                    .named("datacenter")
                    .then(SelectionSpec::named("folder")),
            )
            .then(TraversalSpec::path("VirtualApp", "vm").named("app"))
            .then(
                TraversalSpec::path("VirtualApp", "resourcePool")
                    .named("apps")
                    .then(SelectionSpec::named("app"))
                    .then(SelectionSpec::named("apps")),
            ),
    )
    .select(SelectionSpec::named("datacenter"))
}

/// Folders, datacenters and what else holds others, by reference, each with its name and what it stands in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Folders(BTreeMap<ManagedObjectReference, Node>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Node {
    /// As the server writes it, with slashes encoded; unset when it could not be read.
    name: Option<String>,
    parent: Option<ManagedObjectReference>,
}

impl Folders {
    /// Adds one.
    pub(crate) fn add(
        &mut self,
        reference: ManagedObjectReference,
        name: Option<String>,
        parent: Option<ManagedObjectReference>,
    ) {
        self.0.insert(reference, Node { name, parent });
    }

    /// `/DC/vm/folder/name`; `None` when the way up has a gap, as for a VM in a vApp.
    pub(crate) fn path(
        &self,
        name: &str,
        parent: Option<&ManagedObjectReference>,
    ) -> Option<String> {
        let mut parts = vec![names::encode(name)];
        let mut at = parent?;
        // The way up is as long as there are folders; anything longer goes in a circle.
        for _ in 0..=self.0.len() {
            let node = self.0.get(at)?;
            let name = node.name.as_ref()?;
            let Some(parent) = &node.parent else {
                // The root folder has a name, yet it is not part of any path.
                parts.push(String::new());
                parts.reverse();
                return Some(parts.join("/"));
            };
            parts.push(name.clone());
            at = parent;
        }
        None
    }

    /// The datacenter above a folder; `None` when the way up has a gap.
    pub(crate) fn datacenter(
        &self,
        from: Option<&ManagedObjectReference>,
    ) -> Option<ManagedObjectReference> {
        let mut at = from?;
        // The way up is as long as there are folders; anything longer goes in a circle.
        for _ in 0..=self.0.len() {
            if at.is("Datacenter") {
                return Some(at.clone());
            }
            at = self.0.get(at)?.parent.as_ref()?;
        }
        None
    }

    /// The name of one.
    pub(crate) fn name(&self, reference: &ManagedObjectReference) -> Option<String> {
        self.0.get(reference)?.name.as_deref().map(names::decode)
    }

    /// The datacenters, each with its name.
    pub(crate) fn datacenters(&self) -> impl Iterator<Item = (ManagedObjectReference, String)> {
        let datacenters = self.0.keys().filter(|reference| reference.is("Datacenter"));
        datacenters.map(|reference| (reference.clone(), self.name(reference).unwrap_or_default()))
    }

    /// The name and the inventory path of each whose way up has no gap.
    pub(crate) fn paths(&self) -> impl Iterator<Item = (&str, String)> {
        self.0.values().filter_map(|node| {
            let name = node.name.as_deref()?;
            let path = self.path(&names::decode(name), node.parent.as_ref())?;
            Some((name, path))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Folders {
        let folder = |value: &str| ManagedObjectReference::new("Folder", value);
        let datacenter = ManagedObjectReference::new("Datacenter", "datacenter-2");
        let mut folders = Folders::default();
        for (reference, name, parent) in [
            (folder("group-d1"), "Datacenters", None),
            (datacenter.clone(), "DC", Some(folder("group-d1"))),
            (folder("group-v3"), "vm", Some(datacenter)),
            (folder("group-v9"), "a%2fb", Some(folder("group-v3"))),
        ] {
            folders.add(reference, Some(name.into()), parent);
        }
        folders
    }

    #[test]
    fn a_path_is_walked_up_and_keeps_slashes_within_names_apart() {
        let parent = ManagedObjectReference::new("Folder", "group-v9");
        let path = tree().path("x/y", Some(&parent));
        assert_eq!(path.as_deref(), Some("/DC/vm/a%2fb/x%2fy"));
    }

    #[test]
    fn the_datacenter_stands_somewhere_above() {
        let folder = |value: &str| ManagedObjectReference::new("Folder", value);
        let found = tree().datacenter(Some(&folder("group-v9")));
        assert_eq!(
            found,
            Some(ManagedObjectReference::new("Datacenter", "datacenter-2"))
        );
        assert_eq!(tree().datacenter(Some(&folder("group-d1"))), None);
        assert_eq!(tree().datacenter(Some(&folder("z"))), None);
        assert_eq!(tree().datacenter(None), None);
    }

    #[test]
    fn a_gap_or_a_circle_gives_no_path() {
        let folder = |value: &str| ManagedObjectReference::new("Folder", value);
        let parent = folder("group-v9");
        let mut circle = tree();
        circle.add(
            folder("group-d1"),
            Some("Datacenters".into()),
            Some(parent.clone()),
        );
        assert_eq!(circle.path("x", Some(&parent)), None);
        assert_eq!(tree().path("x", Some(&folder("z"))), None);
        assert_eq!(tree().path("x", None), None);
    }

    #[test]
    fn a_folder_without_a_readable_name_gives_no_path_and_still_leads_to_the_datacenter() {
        let folder = |value: &str| ManagedObjectReference::new("Folder", value);
        let mut tree = tree();
        tree.add(
            folder("group-v3"),
            None,
            Some(ManagedObjectReference::new("Datacenter", "datacenter-2")),
        );
        let parent = folder("group-v9");
        assert_eq!(tree.path("x", Some(&parent)), None);
        assert!(tree.datacenter(Some(&parent)).is_some());
    }
}
