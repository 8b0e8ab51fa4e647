//! Redo logs that no snapshot asks for: finding them, and merging them away.

use crate::fault::Fault;
use crate::value::MoRef;
use crate::vm::{self, backing_path, disk, refresh};
use crate::world::World;

/// The redo logs of a VM that could be merged: each rests on a file that no snapshot froze.
///
/// Deepest first, so that merging them in order leaves nothing behind.
pub(crate) fn mergeable(world: &World, vm: &MoRef) -> Vec<String> {
    let frozen = vm::frozen_files(world, vm);
    let mut found = Vec::new();
    for device in vm::disks(&vm::config(world, vm)) {
        let chain = world.files.chain(backing_path(&device));
        for pair in chain.windows(2).rev() {
            let [child, parent] = pair else { continue };
            let alone = world.files.children(parent).len() == 1;
            if alone && !frozen.contains(parent) && owned(world, vm, parent) {
                found.push(child.clone());
            }
        }
    }
    found
}

/// Merges every redo log that no snapshot asks for.
///
/// # Errors
///
/// `NoDiskSpace` when a parent would grow beyond its datastore.
pub(crate) fn run(world: &mut World, vm: &MoRef) -> Result<(), Fault> {
    while let Some(child) = mergeable(world, vm).into_iter().next() {
        disk::merge_into_parent(world, vm, &child)?;
    }
    refresh::vm(world, vm);
    Ok(())
}

/// A linked clone rests on another VM's disk, which is not this one's to write.
fn owned(world: &World, vm: &MoRef, path: &str) -> bool {
    world
        .store
        .exactly("VirtualMachine")
        .filter(|object| object.reference != *vm)
        .filter_map(|object| object.properties.data("config"))
        .all(|config| vm::disks(config).iter().all(|d| backing_path(d) != path))
}
