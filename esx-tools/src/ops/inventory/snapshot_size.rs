//! How much room each snapshot of a VM takes.

use std::collections::{BTreeMap, BTreeSet};

use vsphere_client::vim::{
    ManagedObjectReference, VirtualMachineFileLayoutEx, VirtualMachineFileLayoutExDiskLayout,
    VirtualMachineFileLayoutExSnapshotLayout,
};

/// Bytes by snapshot: of its state and memory, and of the delta files that were begun when it was taken.
///
/// A snapshot freezes each disk's chain of files, and writing goes on in a new file on top. That file belongs
/// to the snapshot: it stands in the chains of the snapshots after it, or in the disk's chain of today, right
/// behind the last file that the snapshot froze. Each file counts for one snapshot, so the sizes add up.
pub(super) fn sizes(layout: &VirtualMachineFileLayoutEx) -> BTreeMap<ManagedObjectReference, i64> {
    let files: BTreeMap<i32, i64> = layout
        .file
        .iter()
        .map(|file| (file.key, file.size))
        .collect();
    layout
        .snapshot
        .iter()
        .map(|snapshot| {
            let mut keys = BTreeSet::from([snapshot.data_key]);
            keys.extend(snapshot.memory_key);
            for disk in &snapshot.disk {
                keys.extend(begun(layout, disk));
            }
            // Keys below zero stand for no file.
            let bytes = keys.iter().filter_map(|key| files.get(key)).sum();
            (snapshot.key.clone(), bytes)
        })
        .collect()
}

/// The files right behind the chain that a snapshot froze.
fn begun<'a>(
    layout: &'a VirtualMachineFileLayoutEx,
    frozen: &'a VirtualMachineFileLayoutExDiskLayout,
) -> impl Iterator<Item = i32> + 'a {
    let later = layout
        .snapshot
        .iter()
        .flat_map(|snapshot: &VirtualMachineFileLayoutExSnapshotLayout| &snapshot.disk);
    later
        .chain(&layout.disk)
        .filter(|disk| disk.key == frozen.key && disk.chain.starts_with(&frozen.chain))
        .filter_map(|disk| disk.chain.get(frozen.chain.len()))
        .flat_map(|unit| unit.file_key.iter().copied())
}

#[cfg(test)]
mod tests {
    use vsphere_client::vim::{
        VirtualMachineFileLayoutExDiskUnit, VirtualMachineFileLayoutExFileInfo,
    };

    use super::*;

    fn disk(chain: &[i32]) -> VirtualMachineFileLayoutExDiskLayout {
        VirtualMachineFileLayoutExDiskLayout {
            key: 2000,
            chain: chain
                .iter()
                .map(|key| VirtualMachineFileLayoutExDiskUnit {
                    file_key: vec![*key],
                })
                .collect(),
        }
    }

    fn snapshot(
        name: &str,
        data: i32,
        memory: Option<i32>,
        chain: &[i32],
    ) -> VirtualMachineFileLayoutExSnapshotLayout {
        VirtualMachineFileLayoutExSnapshotLayout {
            key: ManagedObjectReference::new("VirtualMachineSnapshot", name),
            data_key: data,
            memory_key: memory,
            disk: vec![disk(chain)],
        }
    }

    fn file(key: i32, size: i64) -> VirtualMachineFileLayoutExFileInfo {
        VirtualMachineFileLayoutExFileInfo {
            key,
            name: format!("[ds] vm/{key}"),
            kind: "diskExtent".to_owned(),
            size,
            unique_size: None,
            backing_object_id: None,
            accessible: None,
        }
    }

    /// Two snapshots in a row, and a third that branches off the first.
    #[test]
    fn every_delta_counts_for_the_snapshot_that_began_it() {
        let layout = VirtualMachineFileLayoutEx {
            file: vec![
                file(0, 1000),
                file(1, 100),
                file(2, 10),
                file(3, 20),
                file(7, 1),
                file(8, 2),
                file(9, 4096),
            ],
            disk: vec![disk(&[0, 1, 2])],
            snapshot: vec![
                snapshot("snapshot-1", 7, Some(9), &[0]),
                snapshot("snapshot-2", 8, Some(-1), &[0, 1]),
                snapshot("snapshot-3", -1, None, &[0, 3]),
            ],
            timestamp: None,
        };
        let sizes = sizes(&layout);
        let of = |name| sizes[&ManagedObjectReference::new("VirtualMachineSnapshot", name)];
        assert_eq!(of("snapshot-1"), 1 + 4096 + 100 + 20);
        assert_eq!(of("snapshot-2"), 2 + 10);
        assert_eq!(of("snapshot-3"), 0);
    }

    #[test]
    fn without_layout_there_are_no_sizes() {
        let layout = VirtualMachineFileLayoutEx {
            file: Vec::new(),
            disk: Vec::new(),
            snapshot: Vec::new(),
            timestamp: None,
        };
        assert!(sizes(&layout).is_empty());
    }
}
