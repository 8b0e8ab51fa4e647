//! Snapshots: a tree of frozen configurations over chains of redo logs.

mod removal;

pub(crate) use removal::{remove, remove_all};

use crate::fault::Fault;
use crate::files::{FileKind, folder_of};
use crate::refuse;
use crate::shape::{narrow, text};
use crate::value::{Data, MoRef, Value};
use crate::vm::{self, backing_path, disk, refresh, set_backing_path, tree};
use crate::world::World;

/// What a new snapshot is to be.
#[derive(Clone, Debug)]
pub(crate) struct NewSnapshot {
    /// Its name; names need not be unique.
    pub(crate) name: String,
    /// What it is for.
    pub(crate) description: String,
    /// Whether memory is kept; only of a running VM.
    pub(crate) memory: bool,
    /// Whether the guest is asked to flush; only with Tools.
    pub(crate) quiesce: bool,
}

/// Takes a snapshot: freezes each disk's file and continues on a redo log.
///
/// # Errors
///
/// `TooManySnapshotLevels`, `NoDiskSpace`, `ToolsUnavailable` for a quiesced one without Tools.
pub(crate) fn create(world: &mut World, vm: &MoRef, new: &NewSnapshot) -> Result<MoRef, Fault> {
    let mut info = info(world, vm);
    let current = info.reference("currentSnapshot").cloned();
    let level = current
        .as_ref()
        .map_or(0, |c| tree::path_to(&info, c).len());
    if level >= tree::MOST_LEVELS {
        return Err(Fault::new(
            "TooManySnapshotLevels",
            format!(
                "Snapshot hierarchy is too deep: at most {} levels.",
                tree::MOST_LEVELS
            ),
        ));
    }
    let mut config = vm::config(world, vm);
    if most_allowed(&config).is_some_and(|most| tree::all(&info).len() >= most) {
        return Err(refuse::too_many_snapshots());
    }
    let running = vm::power_state(world, vm) == "poweredOn";
    if new.quiesce && running && !refresh::tools_running(world, vm) {
        return Err(refuse::tools_unavailable());
    }
    let frozen = config.clone();
    check_room(world, &config)?;

    let number = world.store.next_number();
    let snapshot = MoRef::new("VirtualMachineSnapshot", format!("snapshot-{number}"));
    let mut devices = vm::devices(&config);
    for device in devices.iter_mut().filter(|d| takes_part(d)) {
        let delta = disk::add_delta(world, backing_path(device))?;
        set_backing_path(device, &delta);
    }
    vm::set_devices(&mut config, devices);
    let id = next_id(&info);
    write_files(world, vm, &config, id, new.memory && running);

    let node = Data::new("VirtualMachineSnapshotTree")
        .with("snapshot", &snapshot)
        .with("vm", vm)
        .with("name", new.name.as_str())
        .with("description", new.description.as_str())
        .with("id", id)
        .with("createTime", world.clock.now())
        .with_enum(
            "state",
            "VirtualMachinePowerState",
            state_kept(new, running),
        )
        .with("quiesced", new.quiesce && running)
        .with("replaySupported", false);
    tree::insert(&mut info, current.as_ref(), node);
    info.set("currentSnapshot", &snapshot);
    if let Some(parent) = &current {
        world.store.link(parent, "childSnapshot", &snapshot);
    }
    let object = Data::new("VirtualMachineSnapshot")
        .with("config", frozen)
        .with("vm", vm);
    world
        .store
        .insert_owned(snapshot.clone(), object, vm.clone());
    world.store.update(vm, |data| {
        data.set("config", config);
        data.set("snapshot", info);
    });
    refresh::vm(world, vm);
    Ok(snapshot)
}

/// What `snapshot.maxSnapshots` allows; 0 forbids every snapshot.
fn most_allowed(config: &Data) -> Option<usize> {
    crate::shape::parts(config, "extraConfig")
        .find(|option| text(option, "key").eq_ignore_ascii_case("snapshot.maxSnapshots"))
        .and_then(|option| text(option, "value").trim().parse().ok())
}

/// Goes back to a snapshot; what was written since is lost.
///
/// # Errors
///
/// `NotFound` when the VM has no such snapshot, `NoDiskSpace`.
pub(crate) fn revert(world: &mut World, vm: &MoRef, snapshot: &MoRef) -> Result<(), Fault> {
    let Some(frozen) = world
        .store
        .value(snapshot, "config")
        .and_then(Value::as_data)
        .cloned()
    else {
        return Err(Fault::not_found(snapshot));
    };
    check_room(world, &frozen)?;
    let before = vm::config(world, vm);
    for old in vm::disks(&before) {
        removal::drop_leaf(world, vm, backing_path(&old));
    }
    let mut config = frozen;
    let mut devices = vm::devices(&config);
    for device in devices.iter_mut().filter(|d| takes_part(d)) {
        let delta = disk::add_delta(world, backing_path(device))?;
        set_backing_path(device, &delta);
    }
    vm::set_devices(&mut config, devices);
    // The VM's identity and count of changes do not go back.
    config.set(
        "changeVersion",
        before.str("changeVersion").unwrap_or_default(),
    );
    let mut info = info(world, vm);
    let state = tree::node(&info, snapshot).map_or("poweredOff", |node| text(node, "state"));
    let state = state.to_owned();
    info.set("currentSnapshot", snapshot);
    world.store.update(vm, |data| {
        data.set("config", config);
        data.set("snapshot", info);
        data.set_path(
            "runtime.powerState",
            Value::of_enum("VirtualMachinePowerState", &state),
        );
    });
    refresh::bump_change_version(world, vm);
    vm::power::follow_power_state(world, vm);
    refresh::vm(world, vm);
    Ok(())
}

/// Whether a device is a disk that snapshots freeze.
fn takes_part(device: &Data) -> bool {
    device.kind == "VirtualDisk"
        && !text(device, "backing.diskMode").starts_with("independent")
        && !backing_path(device).is_empty()
}

fn check_room(world: &World, config: &Data) -> Result<(), Fault> {
    let disks = vm::disks(config);
    for device in disks.iter().filter(|d| takes_part(d)) {
        // All new redo logs of one datastore must fit together; a disk more or less decides little,
        // so the whole VM's need is asked of each datastore it lies on.
        let need = disk::EMPTY_DELTA * i64::try_from(disks.len()).unwrap_or(1);
        disk::need_room(world, backing_path(device), need)?;
    }
    Ok(())
}

fn info(world: &World, vm: &MoRef) -> Data {
    match world.store.value(vm, "snapshot").and_then(Value::as_data) {
        Some(info) => info.clone(),
        None => Data::new("VirtualMachineSnapshotInfo"),
    }
}

fn next_id(info: &Data) -> i32 {
    let ids = tree::all(info);
    let highest = ids
        .iter()
        .filter_map(|s| tree::node(info, s)?.int("id"))
        .max();
    narrow(highest.unwrap_or(0) + 1)
}

fn state_kept(new: &NewSnapshot, running: bool) -> &'static str {
    if new.memory && running {
        "poweredOn"
    } else {
        "poweredOff"
    }
}

fn write_files(world: &mut World, vm: &MoRef, config: &Data, id: i32, memory: bool) {
    let (folder, stem) = (vm_folder(config), base_name(config));
    disk::put_file(
        world,
        &format!("{folder}{stem}-Snapshot{id}.vmsn"),
        FileKind::SnapshotData,
        29_317,
    );
    disk::put_file(
        world,
        &format!("{folder}{stem}.vmsd"),
        FileKind::SnapshotList,
        512,
    );
    if memory {
        let size = config
            .data("hardware")
            .and_then(|h| h.int("memoryMB"))
            .unwrap_or_default();
        let path = format!("{folder}{stem}-Snapshot{id}.vmem");
        disk::put_file(world, &path, FileKind::SnapshotMemory, size * 1024 * 1024);
    }
    debug_assert!(
        world.store.contains(vm),
        "only VMs of the inventory have snapshots"
    );
}

/// The folder of the VM's `.vmx`, with the slash.
pub(crate) fn vm_folder(config: &Data) -> String {
    folder_of(text(config, "files.vmPathName")).to_owned()
}

/// The name of the VM's `.vmx` without its ending.
pub(crate) fn base_name(config: &Data) -> String {
    let path = text(config, "files.vmPathName");
    let name = crate::files::file_name(path);
    name.strip_suffix(".vmx").unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests;
