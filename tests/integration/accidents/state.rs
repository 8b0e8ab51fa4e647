//! What the mock holds, as plain lines that can be compared.
//!
//! It is read from the mock's own tables and knows nothing of the crates that are tested.

use std::collections::{BTreeMap, BTreeSet};

use mocks::{Data, MoRef, Server, Value, World};

/// Advanced settings of the ledger begin with this.
const LEDGER: &str = "esxtool.disk.";

/// A disk of a VM.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Disk {
    slot: String,
    path: String,
    uuid: String,
}

/// Everything that a command may change, and everything that must stay.
///
/// Keys are paths such as `vm/app-01/disk/0:1`, `pod/Pod-Gold/overrides` and `file/[gold-01] a/a.vmdk`. What every
/// change alters (times, change versions, device keys) and the notes field are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) facts: BTreeMap<String, String>,
    disks: BTreeMap<String, Vec<Disk>>,
    ledger: Vec<String>,
    /// Path and UUID of every disk that is no redo log.
    bases: BTreeSet<(String, String)>,
}

impl State {
    /// Reads it, with the ledger of a master target.
    pub(crate) fn read(server: &Server, master_target: &str) -> Self {
        server.with_world(|world| Self::of(world, master_target))
    }

    /// Reads it once every task has ended: what a run said must be true then, too.
    pub(crate) fn read_in_the_end(server: &Server, master_target: &str) -> Self {
        server.with_world(|world| {
            while world.tasks.active() > 0 && world.leap() {}
            Self::of(world, master_target)
        })
    }

    fn of(world: &World, master_target: &str) -> Self {
        let mut state = Self {
            facts: BTreeMap::new(),
            disks: BTreeMap::new(),
            ledger: Vec::new(),
            bases: BTreeSet::new(),
        };
        for (path, file) in world.files.under("") {
            let uuid = file.disk.as_ref().map(|disk| disk.uuid.clone());
            let what = uuid.as_deref().unwrap_or(file.kind.wire_name());
            state.note(format!("file/{path}"), what);
            if let Some(disk) = file.disk.as_ref().filter(|disk| disk.parent.is_none()) {
                state.bases.insert((path.clone(), disk.uuid.clone()));
            }
        }
        for vm in world.store.exactly("VirtualMachine") {
            state.vm(&vm.properties, &vm.reference, world, master_target);
        }
        for pod in world.store.exactly("StoragePod") {
            let path = "podStorageDrsEntry.storageDrsConfig.vmConfig";
            state.overrides("pod", &pod.properties, path);
        }
        for cluster in world.store.exactly("ClusterComputeResource") {
            state.overrides(
                "cluster",
                &cluster.properties,
                "configurationEx.drsVmConfig",
            );
        }
        for role in world.accounts.roles.values().filter(|role| !role.system) {
            let mut privileges = role.privileges.clone();
            privileges.sort();
            state.note(format!("role/{}", role.name), privileges.join(" "));
        }
        for one in &world.accounts.permissions {
            let role = world.accounts.roles.get(&one.role);
            let role = role.map_or("?", |role| role.name.as_str());
            let key = format!("permission/{}/{}", one.entity, one.user);
            state.note(key, format!("{role} {}", one.propagate));
        }
        for datastore in world.store.exactly("Datastore") {
            state.mounts(&datastore.properties);
        }
        state
    }

    fn mounts(&mut self, datastore: &Data) {
        let name = datastore.str("name").unwrap_or_default();
        for mount in parts(datastore, "host") {
            let host = mount.reference("key").map(ToString::to_string);
            let info = mount.data("mountInfo");
            let mounted = info.and_then(|info| info.get("mounted")?.as_bool());
            let access = info.and_then(|info| info.str("accessMode"));
            let key = format!("mount/{name}/{}", host.unwrap_or_default());
            self.note(key, format!("{mounted:?} {access:?}"));
        }
    }

    fn note(&mut self, key: String, value: impl Into<String>) {
        self.facts.insert(key, value.into());
    }

    fn overrides(&mut self, kind: &str, object: &Data, path: &str) {
        let list = object
            .get_path(path)
            .map(Value::as_list)
            .unwrap_or_default();
        let mut lines: Vec<String> = list.iter().map(|one| format!("{one:?}")).collect();
        lines.sort();
        let name = object.str("name").unwrap_or_default();
        self.note(format!("{kind}/{name}/overrides"), lines.join("\n"));
    }

    fn vm(&mut self, vm: &Data, reference: &MoRef, world: &World, master_target: &str) {
        let name = vm.str("name").unwrap_or_default();
        let of = format!("vm/{name}");
        let text = |path: &str| vm.get_path(path).and_then(Value::as_str);
        self.note(
            format!("{of}/power"),
            text("runtime.powerState").unwrap_or_default(),
        );
        let snapshots = names(vm.get_path("snapshot.rootSnapshotList"));
        self.note(format!("{of}/snapshots"), snapshots);
        let needed = vm
            .get_path("runtime.consolidationNeeded")
            .and_then(Value::as_bool);
        self.note(format!("{of}/consolidation-needed"), format!("{needed:?}"));
        let disabled = world.lab.disabled_on(reference).join(" ");
        self.note(format!("{of}/disabled-methods"), disabled);
        for option in parts(vm, "config.extraConfig") {
            let key = option.str("key").unwrap_or_default().to_lowercase();
            let value = option.str("value").unwrap_or_default().to_owned();
            if name == master_target
                && let Some(uuid) = key.strip_prefix(LEDGER)
            {
                self.ledger.push(uuid.to_owned());
            }
            self.note(format!("{of}/option/{key}"), timeless(&value));
        }
        self.devices(&of, name, vm);
    }

    fn devices(&mut self, of: &str, name: &str, vm: &Data) {
        let devices: Vec<&Data> = parts(vm, "config.hardware.device").collect();
        let bus_of = |key: Option<i64>| {
            let holder = devices.iter().find(|one| one.int("key") == key)?;
            Some((holder.kind.as_str(), holder.int("busNumber")?))
        };
        let mut disks = Vec::new();
        for device in &devices {
            if let Some(bus) = device.int("busNumber") {
                self.note(format!("{of}/controller/{} {bus}", device.kind), "");
            }
            if device.kind == "VirtualDisk" {
                let (kind, bus) = bus_of(device.int("controllerKey")).unwrap_or(("none", -1));
                let unit = device.int("unitNumber").unwrap_or(-1);
                let backing = device.data("backing");
                let part = |field: &str| {
                    let text = backing.and_then(|backing| backing.str(field));
                    text.unwrap_or_default().to_owned()
                };
                let slot = if kind.contains("SCSI") || kind.contains("Lsi") || kind.contains("Bus")
                {
                    format!("{bus}:{unit}")
                } else {
                    format!("{kind} {bus}:{unit}")
                };
                let disk = Disk {
                    slot,
                    path: part("fileName"),
                    uuid: part("uuid"),
                };
                let line = format!("{} {}", disk.path, disk.uuid);
                self.note(
                    format!("{of}/has/{}", plain(&disk.uuid)),
                    disk.path.as_str(),
                );
                self.note(format!("{of}/disk/{}", disk.slot), line);
                disks.push(disk);
            }
        }
        self.disks.insert(name.to_owned(), disks);
    }

    /// What of it can never be right, whatever happened; `first` is how everything began.
    pub(crate) fn harm(&self, first: &Self, master_target: &str) -> Vec<String> {
        let mut harm = Vec::new();
        for (path, uuid) in first.bases.difference(&self.bases) {
            harm.push(format!("the disk {path} ({uuid}) is no longer there"));
        }
        for (vm, disks) in &self.disks {
            for (index, disk) in disks.iter().enumerate() {
                let twice = |other: &Disk| other.path == disk.path || other.uuid == disk.uuid;
                // The lab has clones that share a UUID from the start.
                let from_the_start = first.disks.get(vm).is_some_and(|was| was.contains(disk));
                if !from_the_start && disks[..index].iter().any(twice) {
                    harm.push(format!("{vm} has {} twice", disk.path));
                }
            }
        }
        harm.extend(self.ledger_harm(first, master_target));
        harm
    }

    /// Every disk that came to the master target has one entry, and every entry its disk.
    fn ledger_harm(&self, first: &Self, master_target: &str) -> Vec<String> {
        let none = Vec::new();
        let present = self.disks.get(master_target).unwrap_or(&none);
        let own = |disk: &&Disk| disk.path.contains(&format!(" {master_target}/"));
        let mut harm = Vec::new();
        for disk in present.iter().filter(|disk| !own(disk)) {
            let entries = self
                .ledger
                .iter()
                .filter(|uuid| **uuid == plain(&disk.uuid));
            let entries = entries.count();
            if entries != 1 {
                harm.push(format!(
                    "{} on {master_target} has {entries} ledger entries",
                    disk.path
                ));
            }
        }
        for uuid in &self.ledger {
            let attached = present.iter().any(|disk| plain(&disk.uuid) == *uuid);
            if !attached && !first.ledger.contains(uuid) {
                harm.push(format!(
                    "the ledger entry {uuid} has no disk on {master_target}"
                ));
            }
        }
        harm
    }

    /// How it differs from `other` in what `concerns`; empty when it does not.
    pub(crate) fn difference(&self, other: &Self, concerns: impl Fn(&str) -> bool) -> Vec<String> {
        let keys: BTreeSet<&String> = self.facts.keys().chain(other.facts.keys()).collect();
        let of = |state: &Self, key: &str| state.facts.get(key).cloned();
        keys.into_iter()
            .filter(|key| concerns(key))
            .filter_map(|key| {
                let (here, there) = (of(self, key), of(other, key));
                (here != there).then(|| format!("{key}: {here:?} instead of {there:?}"))
            })
            .collect()
    }
}

fn parts<'a>(object: &'a Data, path: &str) -> impl Iterator<Item = &'a Data> {
    let list = object
        .get_path(path)
        .map(Value::as_list)
        .unwrap_or_default();
    list.iter().filter_map(Value::as_data)
}

/// The names of a tree of snapshots.
fn names(list: Option<&Value>) -> String {
    let trees = list.map(Value::as_list).unwrap_or_default().iter();
    let lines = trees.filter_map(Value::as_data).map(|tree| {
        let name = tree.str("name").unwrap_or_default();
        format!("{name}({})", names(tree.get("childSnapshotList")))
    });
    lines.collect::<Vec<_>>().join(" ")
}

/// A value without the moment at its end: each server of the lab started at another one.
fn timeless(value: &str) -> &str {
    match value.rsplit_once('=') {
        Some((rest, moment)) if moment.parse::<jiff::Timestamp>().is_ok() => rest,
        _ => value,
    }
}

/// A UUID as the ledger's keys have it.
fn plain(uuid: &str) -> String {
    uuid.chars()
        .filter(char::is_ascii_hexdigit)
        .map(|digit| digit.to_ascii_lowercase())
        .collect()
}
