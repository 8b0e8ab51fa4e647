//! A VM as far as its UUIDs go.

use serde::{Deserialize, Serialize};
use vsphere_client::vim::ManagedObjectReference;

use crate::facts::Fact;

/// A VM with the UUIDs that it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Its reference.
    pub moref: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// Its inventory path, when the way to it could be read.
    pub inventory_path: Option<String>,
    /// Whether it is a template.
    pub template: bool,
    /// Whether `disk.EnableUUID` is set, which every master target needs.
    pub disk_uuid_enabled: bool,
    /// `config.uuid`.
    pub bios_uuid: Option<String>,
    /// `config.instanceUuid`.
    pub instance_uuid: Option<String>,
    /// Its disks.
    pub disks: Fact<Vec<VmDisk>>,
}

/// A disk of a VM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VmDisk {
    /// Label, for example `Hard disk 1`.
    pub label: String,
    /// `backing.uuid`.
    pub uuid: Option<String>,
    /// Its files, the one in use first, the base of the chain last.
    pub files: Vec<DiskFile>,
}

/// A file of a disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DiskFile {
    /// The datacenter of its VM: the name of a datastore is unique only within one. Unset for a
    /// VM in a vApp, whose way up is not told.
    pub datacenter: Option<ManagedObjectReference>,
    /// The path, for example `[ds1] vm/vm.vmdk`.
    pub path: String,
}
