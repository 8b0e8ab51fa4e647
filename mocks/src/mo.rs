//! The handlers, one file per family of managed types.

mod authorization;
pub(crate) mod call;
mod datastore_browser;
mod disabling;
mod host_storage;
mod licences;
mod power;
mod property_collector;
mod roles;
mod search_index;
mod service;
mod session_manager;
mod snapshots;
mod storage_drs;
mod tasks;
#[cfg(test)]
pub(crate) mod testing;
mod view_manager;
mod virtual_disks;
mod virtual_machine;

use crate::schema::Schema;
use call::{Entry, Handler};

/// The families' tables; a new family adds its line here.
const FAMILIES: &[&[Entry]] = &[
    service::METHODS,
    session_manager::METHODS,
    property_collector::METHODS,
    view_manager::METHODS,
    virtual_machine::METHODS,
    power::METHODS,
    snapshots::METHODS,
    authorization::METHODS,
    roles::METHODS,
    disabling::METHODS,
    storage_drs::METHODS,
    search_index::METHODS,
    host_storage::METHODS,
    licences::METHODS,
    datastore_browser::METHODS,
    virtual_disks::METHODS,
    tasks::METHODS,
];

/// The handler of a method on a managed type, its own or inherited.
pub(crate) fn handler(kind: &str, method: &str) -> Option<Handler> {
    let all = FAMILIES.iter().copied().flatten();
    let fitting = all.filter(|(of, name, _)| *name == method && Schema::get().is_subtype(kind, of));
    // The most derived type's entry wins.
    fitting
        .max_by_key(|(of, _, _)| depth(of))
        .map(|(_, _, handler)| *handler)
}

/// How deep a managed type stands below `ManagedObject`.
fn depth(kind: &str) -> usize {
    let mut depth = 0;
    let mut kind = kind;
    while let Some(def) = Schema::get().managed(kind) {
        depth += 1;
        kind = &def.base;
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_names_a_method_of_the_schema_once() {
        let mut seen = std::collections::HashSet::new();
        for (kind, method, _) in FAMILIES.iter().copied().flatten() {
            // Methods that are not public are not in the schema.
            let internal = ["DisableMethods", "EnableMethods", "Fetch"].contains(method);
            assert!(
                internal || Schema::get().method(kind, method).is_some(),
                "{kind}.{method} is no method"
            );
            assert!(seen.insert((kind, method)), "{kind}.{method} stands twice");
        }
    }
}
