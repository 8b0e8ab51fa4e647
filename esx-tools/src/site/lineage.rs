//! What stands above a managed object, and the inventory path that comes of it.

use std::collections::BTreeMap;

use vsphere_client::{
    property_set,
    vim::{ManagedObjectReference, ObjectSpec, SelectionSpec, TraversalSpec},
};

use crate::names;

property_set! {
    /// What of a folder tells where things stand.
    pub(crate) struct FolderNode: "Folder" {
        pub(crate) name: Option<String> = "name",
        pub(crate) parent: Option<ManagedObjectReference> = "parent",
    }
}

property_set! {
    /// What of a datacenter tells where things stand.
    pub(crate) struct DatacenterNode: "Datacenter" {
        pub(crate) name: Option<String> = "name",
        pub(crate) parent: Option<ManagedObjectReference> = "parent",
    }
}

/// Goes on from a VM to all that stands above it.
pub(crate) fn with_ancestors(spec: ObjectSpec) -> ObjectSpec {
    spec.select(
        TraversalSpec::path("ManagedEntity", "parent")
            .named("up")
            .then(SelectionSpec::named("up")),
    )
}

/// Name and parent of folders and datacenters, by reference.
pub(crate) type Ancestors =
    BTreeMap<ManagedObjectReference, (String, Option<ManagedObjectReference>)>;

/// `/DC/vm/folder/name`; `None` when the way up has a gap, as for a VM in a vApp.
pub(crate) fn inventory_path(
    name: &str,
    parent: Option<&ManagedObjectReference>,
    ancestors: &Ancestors,
) -> Option<String> {
    let mut parts = vec![names::encode(name)];
    let mut at = parent?.clone();
    // The way up is as long as there are ancestors; anything longer goes in a circle.
    for _ in 0..=ancestors.len() {
        let (name, parent) = ancestors.get(&at)?;
        let Some(parent) = parent else {
            // The root folder has a name, yet it is not part of any path.
            parts.push(String::new());
            parts.reverse();
            return Some(parts.join("/"));
        };
        parts.push(name.clone());
        at = parent.clone();
    }
    None
}

/// The datacenter above a folder; `None` when the way up has a gap.
pub(crate) fn datacenter(
    from: Option<&ManagedObjectReference>,
    ancestors: &Ancestors,
) -> Option<ManagedObjectReference> {
    let mut at = from?;
    // The way up is as long as there are ancestors; anything longer goes in a circle.
    for _ in 0..=ancestors.len() {
        if at.is("Datacenter") {
            return Some(at.clone());
        }
        at = ancestors.get(at)?.1.as_ref()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Ancestors {
        let folder = |value: &str| ManagedObjectReference::new("Folder", value);
        let datacenter = ManagedObjectReference::new("Datacenter", "datacenter-2");
        Ancestors::from([
            (folder("group-d1"), ("Datacenters".into(), None)),
            (datacenter.clone(), ("DC".into(), Some(folder("group-d1")))),
            (folder("group-v3"), ("vm".into(), Some(datacenter))),
            (
                folder("group-v9"),
                ("a%2fb".into(), Some(folder("group-v3"))),
            ),
        ])
    }

    #[test]
    fn a_path_is_walked_up_and_keeps_slashes_within_names_apart() {
        let parent = ManagedObjectReference::new("Folder", "group-v9");
        let path = inventory_path("x/y", Some(&parent), &tree());
        assert_eq!(path.as_deref(), Some("/DC/vm/a%2fb/x%2fy"));
    }

    #[test]
    fn the_datacenter_stands_somewhere_above() {
        let folder = |value: &str| ManagedObjectReference::new("Folder", value);
        let found = datacenter(Some(&folder("group-v9")), &tree());
        assert_eq!(
            found,
            Some(ManagedObjectReference::new("Datacenter", "datacenter-2"))
        );
        assert_eq!(datacenter(Some(&folder("group-d1")), &tree()), None);
        assert_eq!(datacenter(Some(&folder("z")), &tree()), None);
        assert_eq!(datacenter(None, &tree()), None);
    }

    #[test]
    fn a_gap_or_a_circle_gives_no_path() {
        let mut tree = tree();
        let parent = ManagedObjectReference::new("Folder", "group-v9");
        tree.insert(
            ManagedObjectReference::new("Folder", "group-d1"),
            ("Datacenters".into(), Some(parent.clone())),
        );
        assert_eq!(inventory_path("x", Some(&parent), &tree), None);
        assert_eq!(
            inventory_path(
                "x",
                Some(&ManagedObjectReference::new("Folder", "z")),
                &tree
            ),
            None
        );
        assert_eq!(inventory_path("x", None, &tree), None);
    }
}
