//! Disks as devices and as files: backings, redo logs, merges.

use crate::fault::Fault;
use crate::files::{DiskFacts, DiskFormat, FileKind, file_name, folder_of, split_path};
use crate::refuse;
use crate::value::{Data, MoRef, Value};
use crate::vm::{self, backing_path, set_backing_path};
use crate::world::World;

/// Bytes of a redo log that nothing was written to yet.
pub(crate) const EMPTY_DELTA: i64 = 16 * 1024 * 1024;

/// The datastore of a name.
pub(crate) fn datastore_named(world: &World, name: &str) -> Option<MoRef> {
    world
        .store
        .exactly("Datastore")
        .find(|object| object.properties.str("name") == Some(name))
        .map(|object| object.reference.clone())
}

/// The datastore that a path lies on.
///
/// # Errors
///
/// `InvalidDatastorePath` when the path has another form or names no datastore.
pub(crate) fn datastore_of(world: &World, path: &str) -> Result<MoRef, Fault> {
    split_path(path)
        .and_then(|(name, _)| datastore_named(world, name))
        .ok_or_else(|| refuse::invalid_path(path))
}

/// Refuses when a datastore has less room than `bytes`.
pub(crate) fn need_room(world: &World, path: &str, bytes: i64) -> Result<(), Fault> {
    let datastore = datastore_of(world, path)?;
    let capacity = world
        .store
        .value(&datastore, "summary.capacity")
        .and_then(Value::as_int);
    let name = split_path(path).map_or("", |(name, _)| name);
    let free = capacity.unwrap_or_default() - world.files.used_on(name);
    if bytes > free {
        return Err(refuse::no_space(path, name));
    }
    Ok(())
}

/// Rebuilds a disk's backing, with its parents, from what the files say.
pub(crate) fn rebuild_backing(world: &World, disk: &mut Data) {
    let path = backing_path(disk).to_owned();
    let Some(old) = disk.data("backing") else {
        return;
    };
    // Raw device mappings and other kinds keep what they were made with.
    if !matches!(
        old.kind.as_str(),
        "VirtualDiskFlatVer2BackingInfo" | "VirtualDiskSeSparseBackingInfo"
    ) {
        return;
    }
    let mode = old.str("diskMode").unwrap_or("persistent").to_owned();
    let sharing = old.str("sharing").unwrap_or("sharingNone").to_owned();
    if let Some(backing) = backing(world, &path, &mode) {
        disk.set("backing", backing.with("sharing", sharing));
    }
    if let Some(facts) = world.files.disk(&path) {
        disk.set("capacityInKB", facts.capacity_kb);
        disk.set("capacityInBytes", facts.capacity_kb * 1024);
    }
}

fn backing(world: &World, path: &str, mode: &str) -> Option<Data> {
    let facts = world.files.disk(path)?;
    // A chain is of one backing type: the type of its base shows in every link, as on vSphere,
    // and the format of the redo logs stands in `deltaDiskFormat`.
    let parent = facts
        .parent
        .as_deref()
        .and_then(|parent| backing(world, parent, mode));
    let delta = match facts.format {
        DiskFormat::SeSparse => Some("seSparseFormat"),
        DiskFormat::Delta => Some("redoLogFormat"),
        DiskFormat::Flat { .. } | DiskFormat::RawDevice => None,
    };
    let thin = match facts.format {
        DiskFormat::Flat { thin } => thin,
        _ => true,
    };
    Some(
        Data::new("VirtualDiskFlatVer2BackingInfo")
            .with("fileName", path)
            .with_opt("datastore", datastore_of(world, path).ok())
            .with("diskMode", mode)
            .with("split", false)
            .with("writeThrough", false)
            .with("thinProvisioned", thin)
            .with("uuid", facts.uuid.as_str())
            .with("contentId", facts.content_id.as_str())
            .with_opt("parent", parent)
            .with_opt("deltaDiskFormat", delta)
            .with("digestEnabled", false)
            .with("sharing", "sharingNone")
            .with_opt("keyId", facts.key_id.as_deref().map(key)),
    )
}

/// A key of the site's key provider.
pub(crate) fn key(id: &str) -> Data {
    Data::new("CryptoKeyId").with("keyId", id).with(
        "providerId",
        Data::new("KeyProviderId").with("id", "kms-01"),
    )
}

/// Makes a redo log over `parent` beside it and gives back its path.
pub(crate) fn add_delta(world: &mut World, parent: &str) -> Result<String, Fault> {
    let facts = world
        .files
        .disk(parent)
        .cloned()
        .ok_or_else(|| refuse::about_file("FileNotFound", parent))?;
    need_room(world, parent, EMPTY_DELTA)?;
    let path = delta_path(world, parent);
    let child = DiskFacts {
        format: DiskFormat::SeSparse,
        parent: Some(parent.to_owned()),
        content_id: content_id(&path),
        ..facts
    };
    world
        .files
        .put_disk(&path, child, EMPTY_DELTA, world.clock.now());
    Ok(path)
}

/// The first free `name-NNNNNN.vmdk` of the disk that a path belongs to.
fn delta_path(world: &World, parent: &str) -> String {
    let folder = folder_of(parent);
    let stem = stem(file_name(parent));
    (1..1_000_000_u32)
        .map(|n| format!("{folder}{stem}-{n:06}.vmdk"))
        .find(|path| !world.files.contains(path))
        .unwrap_or_else(|| format!("{folder}{stem}-999999.vmdk"))
}

/// A disk's name without `.vmdk` and without the number of a redo log.
pub(crate) fn stem(name: &str) -> &str {
    let name = name.strip_suffix(".vmdk").unwrap_or(name);
    match name.rsplit_once('-') {
        Some((stem, digits)) if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit()) => {
            stem
        }
        _ => name,
    }
}

/// Writes a redo log into its parent and deletes it; whatever named the log names the parent.
///
/// # Errors
///
/// `NoDiskSpace` when the parent would grow beyond its datastore.
pub(crate) fn merge_into_parent(world: &mut World, vm: &MoRef, child: &str) -> Result<(), Fault> {
    let Some(facts) = world.files.disk(child).cloned() else {
        return Ok(());
    };
    let Some(parent) = facts.parent.clone() else {
        return Ok(());
    };
    let written = world.files.extent(child).map_or(0, |(_, size)| size);
    let before = world.files.extent(&parent).map_or(0, |(_, size)| size);
    // What is written twice is not known here; a disk never takes more than its capacity.
    let after = (before + written).min(facts.capacity_kb * 1024).max(before);
    need_room(world, &parent, after - before)?;
    world.files.resize_disk(&parent, after);
    for grandchild in world.files.children(child) {
        world
            .files
            .edit_disk(&grandchild, |disk| disk.parent = Some(parent.clone()));
    }
    let fresh = content_id(child);
    world
        .files
        .edit_disk(&parent, |disk| disk.content_id = fresh);
    world.files.remove(child);
    rename_in_vm(world, vm, child, &parent);
    Ok(())
}

/// Replaces a disk path in the VM's devices and in those of its snapshots.
pub(crate) fn rename_in_vm(world: &mut World, vm: &MoRef, from: &str, to: &str) {
    let mut holders = vm::snapshots_of(world, vm);
    holders.push(vm.clone());
    for holder in holders {
        let Some(config) = world
            .store
            .value(&holder, "config")
            .and_then(Value::as_data)
        else {
            continue;
        };
        let mut devices = vm::devices(config);
        let mut changed = false;
        for device in &mut devices {
            if device.kind == "VirtualDisk" && backing_path(device) == from {
                set_backing_path(device, to);
                changed = true;
            }
        }
        if changed {
            world.store.update(&holder, |data| {
                if let Some(config) = data.get_mut("config").and_then(Value::as_data_mut) {
                    vm::set_devices(config, devices);
                }
            });
        }
    }
}

/// Puts a new disk file of a size; thin disks take what was written, thick ones their capacity.
pub(crate) fn create_file(
    world: &mut World,
    path: &str,
    uuid: &str,
    capacity_kb: i64,
    written: Option<i64>,
) {
    let thin = written.is_some();
    let facts = DiskFacts {
        uuid: uuid.to_owned(),
        content_id: content_id(path),
        capacity_kb,
        format: DiskFormat::Flat { thin },
        parent: None,
        key_id: None,
    };
    let size = written.unwrap_or(capacity_kb * 1024);
    world.files.put_disk(path, facts, size, world.clock.now());
}

/// Makes a disk file a delta upon another, which may be another VM's, and gives it that one's
/// UUID, as a linked clone has it.
pub(crate) fn stand_on(world: &mut World, path: &str, base: &str) {
    let Some(uuid) = world.files.disk(base).map(|facts| facts.uuid.clone()) else {
        return;
    };
    world.files.edit_disk(path, |disk| {
        disk.format = DiskFormat::SeSparse;
        disk.parent = Some(base.to_owned());
        disk.uuid = uuid;
    });
}

/// Puts a plain file beside a VM's others.
pub(crate) fn put_file(world: &mut World, path: &str, kind: FileKind, size: i64) {
    let now = world.clock.now();
    world.files.put(path, kind, size, now);
}

/// A content identifier that differs from file to file.
pub(crate) fn content_id(path: &str) -> String {
    format!("{:08x}", crate::ids::hash(path) & 0xffff_ffff)
}
