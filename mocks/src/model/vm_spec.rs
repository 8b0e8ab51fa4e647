//! The description of a VM to make.

use crate::lab::GuestOs;
use crate::model::{ControllerKind, DiskSpec, HostSpec};
use crate::value::MoRef;

/// A snapshot to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotSpec {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// What the disks' redo logs grew to since, in GiB for each disk.
    pub grown_gb: i64,
}

/// A VM to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VmSpec {
    /// Its name.
    pub name: String,
    /// The system inside.
    pub os: GuestOs,
    /// The folder; the datacenter's VM folder without one.
    pub folder: Option<MoRef>,
    /// The host it runs on, with the pool.
    pub host: Option<(MoRef, MoRef)>,
    /// The datastore of its files.
    pub datastore: Option<MoRef>,
    /// Virtual processors.
    pub cpus: i32,
    /// Memory in MiB.
    pub memory_mb: i32,
    /// Whether it runs.
    pub powered_on: bool,
    /// Whether Tools are installed.
    pub tools_installed: bool,
    /// Whether Tools run when the VM does.
    pub tools_run: bool,
    /// Its storage controllers: kind and bus.
    pub controllers: Vec<(ControllerKind, i32)>,
    /// Its disks.
    pub disks: Vec<DiskSpec>,
    /// The network of its card.
    pub network: Option<MoRef>,
    /// Entries of `extraConfig`.
    pub extra_config: Vec<(String, String)>,
    /// Redo logs left behind by a backup, under the snapshots: so many gigabytes each.
    pub left_behind_gb: Option<i64>,
    /// Snapshots, each taken on top of the one before.
    pub snapshots: Vec<SnapshotSpec>,
    /// Whether it is a template.
    pub template: bool,
    /// The seed of its identifiers, when it is not the name.
    pub seed: Option<String>,
    /// Its BIOS UUID, when it does not follow from the seed: two VMs may share one.
    pub bios_uuid: Option<String>,
    /// What it is for.
    pub annotation: String,
}

impl VmSpec {
    /// A running Linux VM: two processors, 4 GiB, LSI Logic, one disk of 40 GiB.
    pub fn linux(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            os: GuestOs::Ubuntu,
            folder: None,
            host: None,
            datastore: None,
            cpus: 2,
            memory_mb: 4096,
            powered_on: true,
            tools_installed: true,
            tools_run: true,
            controllers: vec![(ControllerKind::LsiLogic, 0)],
            disks: vec![DiskSpec::thin(0, 0, 40).mounted("/", "xfs")],
            network: None,
            extra_config: Vec::new(),
            left_behind_gb: None,
            snapshots: Vec::new(),
            template: false,
            seed: None,
            bios_uuid: None,
            annotation: String::new(),
        }
    }

    /// A running Windows VM: LSI Logic SAS, one disk of 60 GiB.
    pub fn windows(name: &str) -> Self {
        Self {
            os: GuestOs::Windows2019,
            memory_mb: 8192,
            controllers: vec![(ControllerKind::LsiLogicSas, 0)],
            disks: vec![DiskSpec::thin(0, 0, 60).mounted("C:\\", "NTFS")],
            ..Self::linux(name)
        }
    }

    /// The same, on a host and a datastore.
    #[must_use]
    pub fn on(mut self, host: &HostSpec, datastore: &MoRef) -> Self {
        self.host = Some((host.reference.clone(), host.pool.clone()));
        self.datastore = Some(datastore.clone());
        self
    }

    /// The same, in a folder.
    #[must_use]
    pub fn in_folder(mut self, folder: &MoRef) -> Self {
        self.folder = Some(folder.clone());
        self
    }

    /// The same, on a network.
    #[must_use]
    pub fn network(mut self, network: &MoRef) -> Self {
        self.network = Some(network.clone());
        self
    }

    /// The same, powered off.
    #[must_use]
    pub fn off(mut self) -> Self {
        self.powered_on = false;
        self
    }

    /// As a VM that is to come home has to be: powered off, with `disk.EnableUUID` set.
    #[must_use]
    pub fn to_come_home(self) -> Self {
        self.off().option("disk.EnableUUID", "TRUE")
    }

    /// The same, with an entry of `extraConfig`.
    #[must_use]
    pub fn option(mut self, key: &str, value: &str) -> Self {
        self.extra_config.push((key.to_owned(), value.to_owned()));
        self
    }

    /// The same, with other controllers.
    #[must_use]
    pub fn controllers(mut self, controllers: &[(ControllerKind, i32)]) -> Self {
        self.controllers = controllers.to_vec();
        self
    }

    /// The same, with other disks.
    #[must_use]
    pub fn disks(mut self, disks: impl IntoIterator<Item = DiskSpec>) -> Self {
        self.disks = disks.into_iter().collect();
        self
    }

    /// The same, with another system inside.
    #[must_use]
    pub fn os(mut self, os: GuestOs) -> Self {
        self.os = os;
        self
    }

    /// The same, of another size.
    #[must_use]
    pub fn size(mut self, cpus: i32, memory_mb: i32) -> Self {
        self.cpus = cpus;
        self.memory_mb = memory_mb;
        self
    }

    /// The same, with one snapshot more.
    #[must_use]
    pub fn snapshot(
        mut self,
        name: &'static str,
        description: &'static str,
        grown_gb: i64,
    ) -> Self {
        self.snapshots.push(SnapshotSpec {
            name,
            description,
            grown_gb,
        });
        self
    }

    /// The same, with a note.
    #[must_use]
    pub fn note(mut self, text: &str) -> Self {
        text.clone_into(&mut self.annotation);
        self
    }
}
