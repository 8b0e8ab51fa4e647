//! The VM's files as its properties show them: `layout`, `layoutEx`, `storage`.

use std::collections::BTreeMap;

use crate::files::{FileKind, split_path};
use crate::shape::{narrow, text};
use crate::value::{Data, MoRef, Value};
use crate::vm::snapshot::{base_name, vm_folder};
use crate::vm::{self, backing_path, disk};
use crate::world::World;

/// The files of a VM with the keys under which `layoutEx` lists them.
struct Listing {
    keys: BTreeMap<String, i32>,
    files: Vec<Data>,
    by_datastore: BTreeMap<String, (i64, i64)>,
}

impl Listing {
    fn add(&mut self, world: &World, path: &str) -> Option<i32> {
        if let Some(key) = self.keys.get(path) {
            return Some(*key);
        }
        let entry = world.files.get(path)?;
        let key = narrow(i64::try_from(self.files.len()).unwrap_or(i64::MAX));
        self.keys.insert(path.to_owned(), key);
        self.files.push(
            Data::new("VirtualMachineFileLayoutExFileInfo")
                .with("key", key)
                .with("name", path)
                .with("type", entry.kind.wire_name())
                .with("size", entry.size)
                .with("uniqueSize", entry.size)
                .with("accessible", true),
        );
        if let Some((datastore, _)) = split_path(path) {
            self.by_datastore.entry(datastore.to_owned()).or_default().0 += entry.size;
        }
        Some(key)
    }

    fn add_chain(&mut self, world: &World, top: &str) -> Vec<Data> {
        let mut chain = world.files.chain(top);
        // The layout lists the base first.
        chain.reverse();
        chain
            .iter()
            .filter_map(|link| self.add_unit(world, link))
            .collect()
    }

    fn add_unit(&mut self, world: &World, path: &str) -> Option<Data> {
        let descriptor = self.add(world, path)?;
        let (extent, _) = world.files.extent(path)?;
        let extent = self.add(world, &extent)?;
        let keys = Value::list("int", [descriptor, extent]);
        Some(Data::new("VirtualMachineFileLayoutExDiskUnit").with("fileKey", keys))
    }
}

/// What the VM's files come to.
pub(crate) struct Layout {
    /// `layoutEx`.
    pub(crate) extended: Data,
    /// `layout`.
    pub(crate) plain: Data,
    /// `storage`.
    pub(crate) storage: Data,
    /// `summary.storage`.
    pub(crate) summary: Data,
    /// The datastores with files of the VM.
    pub(crate) datastores: Vec<MoRef>,
}

/// Computes the layout of a VM from its configuration, snapshots and the file table.
pub(crate) fn of(world: &World, vm: &MoRef, config: &Data) -> Layout {
    let now = world.clock.now();
    let mut listing = Listing {
        keys: BTreeMap::new(),
        files: Vec::new(),
        by_datastore: BTreeMap::new(),
    };
    let (folder, stem) = (vm_folder(config), base_name(config));
    let own = format!("{folder}{stem}.");
    let beside: Vec<String> = world
        .files
        .under(&folder)
        .map(|(path, _)| path.clone())
        .collect();
    for path in &beside {
        let entry = world.files.get(path);
        let is_disk = entry
            .is_some_and(|e| matches!(e.kind, FileKind::DiskDescriptor | FileKind::DiskExtent));
        let log = path.ends_with(".log");
        let snapshot = path.starts_with(&format!("{folder}{stem}-Snapshot"));
        if !is_disk && (path.starts_with(&own) || log || snapshot) {
            listing.add(world, path);
        }
    }
    let mut disks = Vec::new();
    let mut plain = Vec::new();
    let mut uncommitted: BTreeMap<String, i64> = BTreeMap::new();
    for device in vm::disks(config) {
        let path = backing_path(&device);
        let key = narrow(device.int("key").unwrap_or_default());
        let chain = listing.add_chain(world, path);
        plain.push(
            Data::new("VirtualMachineFileLayoutDiskLayout")
                .with("key", key)
                .with("diskFile", Value::list("string", world.files.chain(path))),
        );
        disks.push(disk_layout(key, chain));
        let size = world.files.extent(path).map_or(0, |(_, size)| size);
        let capacity = device.int("capacityInBytes").unwrap_or_default();
        if let Some((datastore, _)) = split_path(path) {
            *uncommitted.entry(datastore.to_owned()).or_default() += (capacity - size).max(0);
        }
    }
    let mut snapshots = Vec::new();
    for snapshot in vm::snapshots_of(world, vm) {
        snapshots.extend(snapshot_layout(world, vm, &snapshot, &mut listing, &own));
    }
    for (datastore, bytes) in uncommitted {
        listing.by_datastore.entry(datastore).or_default().1 += bytes;
    }
    finish(world, now, listing, (disks, plain, snapshots), config)
}

fn disk_layout(key: i32, chain: Vec<Data>) -> Data {
    Data::new("VirtualMachineFileLayoutExDiskLayout")
        .with("key", key)
        .with(
            "chain",
            Value::list("VirtualMachineFileLayoutExDiskUnit", chain),
        )
}

fn snapshot_layout(
    world: &World,
    vm: &MoRef,
    snapshot: &MoRef,
    listing: &mut Listing,
    own: &str,
) -> Option<Data> {
    let frozen = world.store.value(snapshot, "config")?.as_data()?;
    let info = world.store.value(vm, "snapshot")?.as_data()?;
    let id = vm::tree::node(info, snapshot)?.int("id")?;
    let stem = own.strip_suffix('.')?;
    let data = listing
        .add(world, &format!("{stem}-Snapshot{id}.vmsn"))
        .unwrap_or(-1);
    let memory = listing
        .add(world, &format!("{stem}-Snapshot{id}.vmem"))
        .unwrap_or(-1);
    let disks: Vec<Data> = vm::disks(frozen)
        .iter()
        .map(|device| {
            let key = narrow(device.int("key").unwrap_or_default());
            disk_layout(key, listing.add_chain(world, backing_path(device)))
        })
        .collect();
    Some(
        Data::new("VirtualMachineFileLayoutExSnapshotLayout")
            .with("key", snapshot)
            .with("dataKey", data)
            .with("memoryKey", memory)
            .with(
                "disk",
                Value::list("VirtualMachineFileLayoutExDiskLayout", disks),
            ),
    )
}

fn finish(
    world: &World,
    now: jiff::Timestamp,
    listing: Listing,
    (disks, plain, snapshots): (Vec<Data>, Vec<Data>, Vec<Data>),
    config: &Data,
) -> Layout {
    let home = split_path(text(config, "files.vmPathName")).map(|(name, _)| name.to_owned());
    let mut usage = Vec::new();
    let mut datastores = Vec::new();
    let (mut committed, mut uncommitted) = (0, 0);
    for (name, (used, still)) in &listing.by_datastore {
        let Some(datastore) = disk::datastore_named(world, name) else {
            continue;
        };
        committed += used;
        uncommitted += still;
        usage.push(
            Data::new("VirtualMachineUsageOnDatastore")
                .with("datastore", &datastore)
                .with("committed", *used)
                .with("uncommitted", *still)
                .with("unshared", *used),
        );
        datastores.push(datastore);
    }
    if let Some(home) = home.and_then(|name| disk::datastore_named(world, &name))
        && !datastores.contains(&home)
    {
        datastores.push(home);
    }
    let name_of = |ending: &str| {
        let found = listing.keys.keys().filter(|path| path.ends_with(ending));
        Value::list(
            "string",
            found.map(|path| crate::files::file_name(path).to_owned()),
        )
    };
    let extended = Data::new("VirtualMachineFileLayoutEx")
        .with(
            "disk",
            Value::list("VirtualMachineFileLayoutExDiskLayout", disks),
        )
        .with(
            "snapshot",
            Value::list("VirtualMachineFileLayoutExSnapshotLayout", snapshots),
        )
        .with("timestamp", now);
    let plain = Data::new("VirtualMachineFileLayout")
        .with("configFile", name_of(".vmx"))
        .with("logFile", name_of(".log"))
        .with(
            "disk",
            Value::list("VirtualMachineFileLayoutDiskLayout", plain),
        );
    Layout {
        extended: extended.with(
            "file",
            Value::list("VirtualMachineFileLayoutExFileInfo", listing.files),
        ),
        plain,
        storage: Data::new("VirtualMachineStorageInfo")
            .with(
                "perDatastoreUsage",
                Value::list("VirtualMachineUsageOnDatastore", usage),
            )
            .with("timestamp", now),
        summary: Data::new("VirtualMachineStorageSummary")
            .with("committed", committed)
            .with("uncommitted", uncommitted)
            .with("unshared", committed)
            .with("timestamp", now),
        datastores,
    }
}
