//! Where the disks of the ledger are now. Pure: what was seen in, one answer for each entry out.

use std::collections::BTreeMap;
use vsphere_client::vim::ManagedObjectReference;

use serde::{Deserialize, Serialize};

use crate::{
    fact::Fact,
    ledger::{DiskUuid, Entry},
    site::OwnerVm,
    slots::Slot,
    vm::{DiskFacts, Vm},
};

/// Where a disk of the ledger is, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiskState {
    /// Its file is where the ledger says.
    AsRecorded,
    /// Its file is somewhere else.
    Moved,
    /// No file with its UUID was found.
    Missing,
    /// Several files have its UUID, and nothing tells which one is the disk.
    OnTwoFiles,
}

impl std::fmt::Display for DiskState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::AsRecorded => "as recorded",
            Self::Moved => "moved",
            Self::Missing => "missing",
            Self::OnTwoFiles => "on two files",
        })
    }
}

/// A disk of the ledger on the master target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// Device key.
    pub key: i32,
    /// Label, for example `Hard disk 3`.
    pub label: String,
    /// Its slot on one of the four SCSI buses.
    pub slot: Option<Slot>,
    /// How many delta files stand on its base file: a snapshot of the master target makes them.
    pub deltas: usize,
}

/// A file that has the UUID of a disk of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FoundFile {
    /// Its path, for example `[ds1] mt/mt_3.vmdk`.
    pub path: String,
    /// Name of a VM that has it as its own disk and is neither the owner nor the master target:
    /// a clone, whose disk may have the same UUID.
    pub of: Option<String>,
}

/// Where a disk of the ledger is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Located {
    /// What the ledger says.
    pub entry: Entry,
    /// Where it is, in one word.
    pub state: DiskState,
    /// Its device on the master target; unset when it is not attached.
    pub attached: Option<Attached>,
    /// The files that may be it: the one that it is, or several.
    pub paths: Vec<String>,
    /// Files with its UUID that are disks of further VMs, and so are not it.
    pub clones: Vec<FoundFile>,
    /// The VM that owns it, when it is known to the server.
    pub owner: Option<ManagedObjectReference>,
}

impl Located {
    /// The file that it is, when that is known.
    pub fn path(&self) -> Option<&str> {
        match (self.state, self.paths.as_slice()) {
            (DiskState::AsRecorded | DiskState::Moved, [path]) => Some(path),
            _ => None,
        }
    }
}

/// The UUIDs that files have, as far as they were asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileUuids {
    files: BTreeMap<String, DiskUuid>,
}

impl FileUuids {
    /// Notes what a file has.
    pub(crate) fn note(&mut self, path: &str, uuid: DiskUuid) {
        self.files.insert(path.to_owned(), uuid);
    }

    /// The files that have a UUID. The deltas of a chain have that of their base, and count as one with it.
    fn with(&self, uuid: &DiskUuid) -> Vec<&str> {
        let paths: Vec<&str> = self
            .files
            .iter()
            .filter(|(_, has)| *has == uuid)
            .map(|(path, _)| path.as_str())
            .collect();
        let is_delta_of_another = |path: &str| {
            base_of_delta(path).is_some_and(|base| paths.iter().any(|other| *other == base))
        };
        paths
            .iter()
            .copied()
            .filter(|path| !is_delta_of_another(path))
            .collect()
    }
}

/// `[ds] a/a.vmdk` of `[ds] a/a-000001.vmdk`: how snapshots name their files.
fn base_of_delta(path: &str) -> Option<String> {
    let (stem, digits) = path.strip_suffix(".vmdk")?.rsplit_once('-')?;
    (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| format!("{stem}.vmdk"))
}

/// The device of an entry's disk on the master target.
pub(crate) fn device<'d>(vm: &'d Vm, entry: &Entry) -> Option<&'d DiskFacts> {
    let disks = vm.disks.known()?;
    disks.iter().find(|disk| disk.is_of(entry))
}

/// The base file of a disk: what was attached, whatever delta stands on it by now.
pub(crate) fn base_path(disk: &DiskFacts) -> Option<&str> {
    let base = disk.chain.first().map(|unit| unit.path.as_str());
    base.or(disk.path.as_deref())
}

/// Says of each entry where its disk is. `files` are the files that were asked, `holders` the VMs that
/// have files on the datastores that were searched.
pub(crate) fn locate(
    vm: &Vm,
    entries: &[Entry],
    owners: &[OwnerVm],
    files: &FileUuids,
    holders: &[Vm],
) -> Vec<Located> {
    let one = |entry: &Entry| {
        let owner = owner_of(owners, entry).map(|owner| owner.moref.clone());
        let found = device(vm, entry);
        let live = found.and_then(base_path).map(str::to_owned);
        let mut paths: Vec<String> = live.iter().cloned().collect();
        let mut clones = Vec::new();
        for path in files.with(&entry.uuid) {
            if paths.iter().any(|known| known == path) {
                continue;
            }
            match foreign_holder(path, vm, owner.as_ref(), holders) {
                Some(name) => clones.push(FoundFile {
                    path: path.to_owned(),
                    of: Some(name.to_owned()),
                }),
                None => paths.push(path.to_owned()),
            }
        }
        paths.sort();
        let state = match paths.as_slice() {
            [] => DiskState::Missing,
            [path] if *path == entry.path => DiskState::AsRecorded,
            [_] => DiskState::Moved,
            _ => DiskState::OnTwoFiles,
        };
        Located {
            entry: entry.clone(),
            state,
            attached: found.map(|disk| Attached {
                key: disk.key,
                label: disk.label.clone(),
                slot: disk.slot(),
                deltas: disk.delta_depth(),
            }),
            paths,
            clones,
            owner,
        }
    };
    entries.iter().map(one).collect()
}

/// The VM that owns an entry's disk, by its instance UUID.
pub(crate) fn owner_of<'o>(owners: &'o [OwnerVm], entry: &Entry) -> Option<&'o OwnerVm> {
    let mut holders = owners.iter().filter(|owner| {
        owner
            .instance_uuid
            .as_deref()
            .is_some_and(|uuid| uuid.eq_ignore_ascii_case(&entry.vm_instance_uuid))
    });
    match (holders.next(), holders.next()) {
        (Some(owner), None) => Some(owner),
        _ => None,
    }
}

/// The VM that has a file as its disk, when that is neither the master target nor the owner.
fn foreign_holder<'h>(
    path: &str,
    vm: &Vm,
    owner: Option<&ManagedObjectReference>,
    holders: &'h [Vm],
) -> Option<&'h str> {
    let mut of_file = holders
        .iter()
        .filter(|holder| holder.disk_at(path).is_some());
    let ours = |holder: &Vm| holder.moref == vm.moref || Some(&holder.moref) == owner;
    if of_file.clone().any(ours) {
        return None;
    }
    of_file.next().map(|holder| holder.name.as_str())
}

/// Files that are to be asked for their UUID because the devices alone do not tell enough: the former file paths
/// of a disk, where a copy may have stayed or the disk itself, and what its owner has.
pub(crate) fn to_ask(vm: &Vm, entries: &[Entry], owners: &[OwnerVm]) -> Vec<String> {
    let mut paths = Vec::new();
    for entry in entries {
        let now = device(vm, entry).and_then(base_path);
        if now == Some(entry.path.as_str()) {
            continue;
        }
        paths.push(entry.path.clone());
        let owner = owner_of(owners, entry).and_then(|owner| owner.disks.known());
        let theirs = owner
            .into_iter()
            .flatten()
            .filter(|disk| disk.disk_uuid().as_ref() == Some(&entry.uuid))
            .filter_map(base_path);
        paths.extend(theirs.map(str::to_owned));
        // What the master target has is held by it, and known.
        paths.retain(|path| Some(path.as_str()) != now);
    }
    paths.sort();
    paths.dedup();
    paths
}

/// Entries that nothing but a search of the datastores can find.
pub(crate) fn to_search<'e>(vm: &Vm, entries: &'e [Entry], files: &FileUuids) -> Vec<&'e Entry> {
    entries
        .iter()
        .filter(|entry| device(vm, entry).is_none() && files.with(&entry.uuid).is_empty())
        .collect()
}

/// Whether the devices of a VM are known, so that a disk that is not among them is not there.
pub(crate) fn devices_known(vm: &Vm) -> Result<(), String> {
    match (&vm.disks, &vm.extra_config) {
        (Fact::Unknown { reason }, _) | (_, Fact::Unknown { reason }) => Err(reason.clone()),
        _ => Ok(()),
    }
}
