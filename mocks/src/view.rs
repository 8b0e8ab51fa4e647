//! Views: lists of managed objects that belong to a session.

use std::collections::BTreeSet;

use crate::schema::Schema;
use crate::session::View;
use crate::value::{Data, MoRef, Value};
use crate::world::World;

impl View {
    /// The view's properties, as the account may see them.
    pub(crate) fn properties(&self, world: &World, user: &str, kind: &str) -> Data {
        let data = Data::new(kind).with("view", Value::refs(self.objects(world, user)));
        match self {
            Self::Container {
                container,
                kinds,
                recursive,
            } => data
                .with("container", container)
                .with(
                    "type",
                    Value::list("TypeName", kinds.iter().map(String::as_str)),
                )
                .with("recursive", *recursive),
            Self::List(_) => data,
        }
    }

    /// The objects in the view that the account may see.
    pub(crate) fn objects(&self, world: &World, user: &str) -> Vec<MoRef> {
        match self {
            Self::List(objects) => objects
                .iter()
                .filter(|o| world.store.contains(o))
                .cloned()
                .collect(),
            Self::Container {
                container,
                kinds,
                recursive,
            } => {
                let schema = Schema::get();
                let mut seen = BTreeSet::new();
                let mut found = Vec::new();
                let mut queue = children(world, container);
                queue.reverse();
                while let Some(object) = queue.pop() {
                    if !seen.insert(object.clone()) {
                        continue;
                    }
                    if *recursive {
                        queue.extend(children(world, &object).into_iter().rev());
                    }
                    let wanted = kinds.is_empty()
                        || kinds
                            .iter()
                            .any(|kind| schema.is_subtype(&object.kind, kind));
                    if wanted && world.has_privilege(user, &object, "System.View") {
                        found.push(object);
                    }
                }
                found
            }
        }
    }
}

/// What stands directly below an object in the inventory.
fn children(world: &World, object: &MoRef) -> Vec<MoRef> {
    let schema = Schema::get();
    let paths: &[&str] = if schema.is_subtype(&object.kind, "Folder") {
        &["childEntity"]
    } else if object.kind == "Datacenter" {
        &["vmFolder", "hostFolder", "datastoreFolder", "networkFolder"]
    } else if schema.is_subtype(&object.kind, "ComputeResource") {
        &["host", "resourcePool"]
    } else if schema.is_subtype(&object.kind, "ResourcePool") {
        &["resourcePool", "vm"]
    } else if object.kind == "HostSystem" {
        &["vm", "datastore", "network"]
    } else {
        &[]
    };
    let Some(data) = world.store.get(object) else {
        return Vec::new();
    };
    paths
        .iter()
        .flat_map(|path| data.references(path))
        .collect()
}
