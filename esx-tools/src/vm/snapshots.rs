//! The snapshot tree of a VM.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vsphere_client::vim::{
    ManagedObjectReference, VirtualMachineSnapshotInfo, VirtualMachineSnapshotTree,
};

use crate::names::decode;

/// A snapshot with those taken after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotFacts {
    /// Its reference.
    pub moref: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// When it was taken.
    pub created: Option<Timestamp>,
    /// Whether the VM stands on it now.
    pub is_current: bool,
    /// Snapshots taken after it.
    pub children: Vec<SnapshotFacts>,
}

impl SnapshotFacts {
    /// This snapshot and all below it.
    pub fn count(&self) -> usize {
        1 + self.children.iter().map(Self::count).sum::<usize>()
    }

    /// All snapshots of a tree, parents before children, each with its level from 1.
    pub fn walk(roots: &[Self]) -> Vec<(usize, &Self)> {
        fn below<'s>(
            snapshots: &'s [SnapshotFacts],
            depth: usize,
            found: &mut Vec<(usize, &'s SnapshotFacts)>,
        ) {
            for snapshot in snapshots {
                found.push((depth, snapshot));
                below(&snapshot.children, depth + 1, found);
            }
        }
        let mut found = Vec::new();
        below(roots, 1, &mut found);
        found
    }

    /// Levels from here down, this one included.
    pub fn depth(&self) -> usize {
        1 + self.children.iter().map(Self::depth).max().unwrap_or(0)
    }
}

/// The roots of the tree.
pub(super) fn roots(info: &VirtualMachineSnapshotInfo) -> Vec<SnapshotFacts> {
    let current = info.current_snapshot.as_ref();
    info.root_snapshot_list
        .iter()
        .map(|root| snapshot(root, current))
        .collect()
}

fn snapshot(
    tree: &VirtualMachineSnapshotTree,
    current: Option<&ManagedObjectReference>,
) -> SnapshotFacts {
    let moref = tree.snapshot.clone();
    SnapshotFacts {
        is_current: Some(&moref) == current,
        moref,
        name: decode(&tree.name),
        description: tree.description.clone(),
        created: Some(tree.create_time),
        children: tree
            .child_snapshot_list
            .iter()
            .map(|child| snapshot(child, current))
            .collect(),
    }
}
