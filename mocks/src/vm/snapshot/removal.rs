//! Removing snapshots: out of the tree, and their redo logs into their parents.

use super::{base_name, info, vm_folder};
use crate::fault::Fault;
use crate::value::{MoRef, Value};
use crate::vm::{self, backing_path, disk, refresh, tree};
use crate::world::World;

/// Removes a snapshot, with all below it when `children`, merging its redo logs when `merge`.
///
/// # Errors
///
/// `NoDiskSpace` when merging lacks room; nothing is removed then.
pub(crate) fn remove(
    world: &mut World,
    snapshot: &MoRef,
    children: bool,
    merge: bool,
) -> Result<(), Fault> {
    let Some(vm) = world
        .store
        .get(snapshot)
        .and_then(|data| data.reference("vm").cloned())
    else {
        return Err(Fault::not_found(snapshot));
    };
    let mut doomed = if children {
        tree::below(&info(world, &vm), snapshot)
    } else {
        Vec::new()
    };
    doomed.insert(0, snapshot.clone());
    // Leaves first, so that each merge has one child at most.
    for target in doomed.iter().rev() {
        remove_one(world, &vm, target, merge)?;
    }
    refresh::vm(world, &vm);
    Ok(())
}

/// Removes every snapshot of a VM.
///
/// # Errors
///
/// As [`remove`].
pub(crate) fn remove_all(world: &mut World, vm: &MoRef, merge: bool) -> Result<(), Fault> {
    for snapshot in vm::snapshots_of(world, vm).iter().rev() {
        remove_one(world, vm, snapshot, merge)?;
    }
    refresh::vm(world, vm);
    Ok(())
}

fn remove_one(world: &mut World, vm: &MoRef, target: &MoRef, merge: bool) -> Result<(), Fault> {
    let Some(config) = world
        .store
        .value(target, "config")
        .and_then(Value::as_data)
        .cloned()
    else {
        return Err(Fault::not_found(target));
    };
    let mut info = info(world, vm);
    let parent = tree::path_to(&info, target).iter().rev().nth(1).cloned();
    let id = tree::node(&info, target)
        .and_then(|node| node.int("id"))
        .unwrap_or_default();
    let children: Vec<MoRef> = world
        .store
        .get(target)
        .map(|d| d.references("childSnapshot"))
        .unwrap_or_default();

    if merge {
        let others: Vec<String> = frozen_by_others(world, vm, target);
        for frozen in vm::disks(&config) {
            let path = backing_path(&frozen);
            // A file frozen by another snapshot as well, or with two futures, must stay as it is.
            if others.iter().any(|other| other == path) {
                continue;
            }
            match world.files.children(path).as_slice() {
                [] => drop_leaf(world, vm, path),
                [only] => disk::merge_into_parent(world, vm, only)?,
                _ => {}
            }
        }
    }
    tree::remove(&mut info, target);
    let current_gone = info.reference("currentSnapshot") == Some(target);
    if current_gone {
        match &parent {
            Some(parent) => info.set("currentSnapshot", parent),
            None => {
                info.remove("currentSnapshot");
            }
        }
    }
    let empty = tree::all(&info).is_empty();
    world.store.update(vm, |data| {
        if empty {
            data.remove("snapshot");
        } else {
            data.set("snapshot", info);
        }
    });
    if let Some(parent) = parent {
        world.store.unlink(&parent, "childSnapshot", target);
        for child in &children {
            world.store.link(&parent, "childSnapshot", child);
        }
    }
    world.store.remove(target);
    let folder = vm_folder(&vm::config(world, vm));
    let stem = base_name(&vm::config(world, vm));
    for suffix in ["vmsn", "vmem"] {
        world
            .files
            .remove(&format!("{folder}{stem}-Snapshot{id}.{suffix}"));
    }
    Ok(())
}

/// Deletes a redo log that nothing else rests on.
pub(super) fn drop_leaf(world: &mut World, vm: &MoRef, path: &str) {
    let rests_on = !world.files.children(path).is_empty();
    let is_delta = world
        .files
        .disk(path)
        .is_some_and(|facts| facts.parent.is_some());
    let frozen = vm::frozen_files(world, vm)
        .iter()
        .filter(|file| *file == path)
        .count();
    let in_use = vm::disks(&vm::config(world, vm))
        .iter()
        .any(|d| backing_path(d) == path);
    if is_delta && !rests_on && frozen + usize::from(in_use) <= 1 {
        world.files.remove(path);
    }
}

fn frozen_by_others(world: &World, vm: &MoRef, target: &MoRef) -> Vec<String> {
    let mut files = Vec::new();
    for snapshot in vm::snapshots_of(world, vm) {
        if snapshot != *target
            && let Some(config) = world
                .store
                .value(&snapshot, "config")
                .and_then(Value::as_data)
        {
            files.extend(
                vm::disks(config)
                    .iter()
                    .map(|disk| backing_path(disk).to_owned()),
            );
        }
    }
    files
}
