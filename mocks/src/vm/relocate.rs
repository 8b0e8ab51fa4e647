//! `RelocateVM_Task`: moves a VM's files, its host, its pool or its folder.

use crate::fault::Fault;
use crate::files::{FileKind, file_name, split_path};
use crate::shape::{parts, text};
use crate::value::{Data, MoRef, Value};
use crate::vm::reconfigure::mounted_writable;
use crate::vm::snapshot::{base_name, vm_folder};
use crate::vm::{self, backing_path, disk, refresh};
use crate::world::World;

/// Moves a VM as a `VirtualMachineRelocateSpec` says.
///
/// As on the real server, a moved disk is named after the VM that moved it, whatever it was
/// called before: this is how a protected VM's disk gets lost.
///
/// # Errors
///
/// `NoDiskSpace`, or `InvalidDatastore` and `InvalidArgument` for targets that do not fit; `FileLocked`
/// and `FileNotFound` for disks that another running VM holds or whose files are gone.
pub(crate) fn apply(world: &mut World, vm: &MoRef, spec: &Data) -> Result<(), Fault> {
    let config = vm::config(world, vm);
    let host = match spec.reference("host") {
        Some(host) => Some(host.clone()),
        None => world
            .store
            .value(vm, "runtime.host")
            .and_then(Value::as_ref)
            .cloned(),
    };
    let home = spec.reference("datastore").cloned();
    let mut moves: Vec<(Data, MoRef)> = Vec::new();
    for device in vm::disks(&config) {
        let key = device.int("key");
        let located = parts(spec, "disk").find(|locator| locator.int("diskId") == key);
        let target = located
            .and_then(|l| l.reference("datastore"))
            .or(home.as_ref())
            .cloned();
        if let Some(target) = target {
            moves.push((device, target));
        }
    }
    let targets = moves.iter().map(|(_, target)| target).chain(home.as_ref());
    for target in targets {
        check_target(world, target, host.as_ref())?;
    }
    check_room(world, &config, &moves, home.as_ref())?;
    check_files(world, vm, &moves)?;
    for (number, (device, target)) in moves.iter().enumerate() {
        move_disk(world, vm, number, backing_path(device), target);
    }
    if let Some(home) = &home {
        move_home(world, vm, home);
    }
    relink(world, vm, spec);
    refresh::bump_change_version(world, vm);
    refresh::vm(world, vm);
    Ok(())
}

fn check_target(world: &World, target: &MoRef, host: Option<&MoRef>) -> Result<(), Fault> {
    if !world.store.contains(target) {
        return Err(Fault::not_found(target));
    }
    if host.is_some_and(|host| !mounted_writable(world, target, host)) {
        let name = name_of(world, target);
        return Err(Fault::new(
            "InvalidDatastore",
            format!("The datastore '{name}' is not accessible from the host."),
        )
        .with("datastore", target)
        .with("name", name));
    }
    Ok(())
}

/// What moves must be there, and in nobody else's hands.
fn check_files(world: &World, vm: &MoRef, moves: &[(Data, MoRef)]) -> Result<(), Fault> {
    for (device, _) in moves {
        let path = backing_path(device);
        if let Some(missing) = world.files.missing_part(path) {
            return Err(crate::refuse::about_file("FileNotFound", &missing));
        }
        if crate::vm::power::locked_by(world, path, Some(vm)).is_some() {
            return Err(crate::refuse::about_file("FileLocked", path));
        }
    }
    Ok(())
}

fn check_room(
    world: &World,
    config: &Data,
    moves: &[(Data, MoRef)],
    home: Option<&MoRef>,
) -> Result<(), Fault> {
    let mut needs: Vec<(String, i64)> = Vec::new();
    for (device, target) in moves {
        let name = name_of(world, target);
        for link in world.files.chain(backing_path(device)) {
            if split_path(&link).map(|(datastore, _)| datastore) != Some(name.as_str()) {
                let size = world.files.extent(&link).map_or(0, |(_, size)| size);
                needs.push((name.clone(), size));
            }
        }
    }
    if let Some(home) = home {
        let folder = vm_folder(config);
        let bytes = world.files.under(&folder).filter(|(_, e)| e.disk.is_none());
        let plain = bytes
            .filter(|(_, e)| e.kind != FileKind::DiskExtent)
            .map(|(_, e)| e.size)
            .sum();
        needs.push((name_of(world, home), plain));
    }
    for (name, _) in &needs {
        let total = needs
            .iter()
            .filter(|(other, _)| other == name)
            .map(|(_, bytes)| bytes)
            .sum();
        disk::need_room(world, &format!("[{name}] {}", base_name(config)), total)?;
    }
    Ok(())
}

/// Moves a disk with its chain into the VM's folder on another datastore.
fn move_disk(world: &mut World, vm: &MoRef, number: usize, top: &str, target: &MoRef) {
    let datastore = name_of(world, target);
    if split_path(top).map(|(name, _)| name) == Some(datastore.as_str()) {
        return;
    }
    let config = vm::config(world, vm);
    let name = config.str("name").unwrap_or("vm").to_owned();
    let folder = format!("[{datastore}] {name}/");
    let base = if number == 0 {
        name
    } else {
        format!("{name}_{number}")
    };
    let stem = free_stem(world, &folder, &base);
    // The base first: its name is the stem, its redo logs are numbered after it.
    let mut chain = world.files.chain(top);
    chain.reverse();
    for (depth, link) in chain.iter().enumerate() {
        let new = match depth {
            0 => format!("{folder}{stem}.vmdk"),
            depth => format!("{folder}{stem}-{depth:06}.vmdk"),
        };
        world.files.rename(link, &new);
        disk::rename_in_vm(world, vm, link, &new);
    }
}

fn free_stem(world: &World, folder: &str, base: &str) -> String {
    let taken = |stem: &str| world.files.contains(&format!("{folder}{stem}.vmdk"));
    if !taken(base) {
        return base.to_owned();
    }
    let numbered = |n: u32| format!("{base}_{n}");
    (1..10_000)
        .map(numbered)
        .find(|stem| !taken(stem))
        .unwrap_or_else(|| numbered(10_000))
}

/// Moves everything of the VM that is no disk, and says where its `.vmx` is now.
fn move_home(world: &mut World, vm: &MoRef, target: &MoRef) {
    let config = vm::config(world, vm);
    let old = vm_folder(&config);
    let datastore = name_of(world, target);
    let Some((present, rest)) = split_path(&old) else {
        return;
    };
    if present == datastore {
        return;
    }
    let new = format!("[{datastore}] {rest}");
    let is_disk = |kind: FileKind| matches!(kind, FileKind::DiskDescriptor | FileKind::DiskExtent);
    let files: Vec<String> = world
        .files
        .under(&old)
        .filter(|(_, entry)| !is_disk(entry.kind))
        .map(|(path, _)| path.clone())
        .collect();
    for file in files {
        world
            .files
            .rename(&file, &format!("{new}{}", file_name(&file)));
    }
    let vmx = format!("{new}{}", file_name(text(&config, "files.vmPathName")));
    let mut holders = vm::snapshots_of(world, vm);
    holders.push(vm.clone());
    for holder in holders {
        world.store.update(&holder, |data| {
            data.set_path("config.files.vmPathName", vmx.as_str());
            for field in ["snapshotDirectory", "suspendDirectory", "logDirectory"] {
                data.set_path(&format!("config.files.{field}"), new.as_str());
            }
        });
    }
}

fn relink(world: &mut World, vm: &MoRef, spec: &Data) {
    let mut swap = |path: &str, back: &str, to: Option<&MoRef>| {
        let Some(to) = to else { return };
        let from = world.store.value(vm, path).and_then(Value::as_ref).cloned();
        if from.as_ref() == Some(to) {
            return;
        }
        if let Some(from) = from {
            world.store.unlink(&from, back, vm);
        }
        world.store.link(to, back, vm);
        world.store.update(vm, |data| data.set_path(path, to));
    };
    swap("runtime.host", "vm", spec.reference("host"));
    swap("resourcePool", "vm", spec.reference("pool"));
    swap("parent", "childEntity", spec.reference("folder"));
}

fn name_of(world: &World, datastore: &MoRef) -> String {
    let name = world.store.value(datastore, "name").and_then(Value::as_str);
    name.unwrap_or_default().to_owned()
}

/// Refuses what cannot be moved at all.
///
/// # Errors
///
/// `InvalidArgument` when the spec asks for nothing.
pub(crate) fn check_spec(spec: &Data) -> Result<(), Fault> {
    let asks = ["datastore", "host", "pool", "folder"]
        .iter()
        .any(|p| spec.reference(p).is_some());
    if !asks && spec.list("disk").is_empty() {
        return Err(Fault::invalid_argument("spec"));
    }
    if spec.get("service").is_some() {
        return Err(Fault::not_implemented("RelocateVM_Task to another vCenter"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
