//! The master target as data: one VM with its devices, snapshots and guest.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vsphere_client::vim::ManagedObjectReference;

use super::{
    OsFamily, UsageFacts,
    fact::{Fact, PowerState},
};
use crate::{
    ledger::{DiskUuid, Ledger},
    slots::{Slot, SlotMap},
};

/// The VM that is to receive the disks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MasterTarget {
    /// Its reference.
    pub moref: ManagedObjectReference,
    /// Its name, with `%2f` and the like decoded.
    pub name: String,
    /// Its inventory path, when the way to it was walked.
    pub inventory_path: Option<String>,
    /// Its datacenter, when the way to it was walked: paths of datastores mean something within it.
    #[serde(default)]
    pub datacenter: Option<ManagedObjectReference>,
    /// `config.instanceUuid`.
    pub instance_uuid: Option<String>,
    /// `config.uuid`.
    pub bios_uuid: Option<String>,
    /// `config.changeVersion`: makes a reconfigure conditional.
    pub change_version: Option<String>,
    /// `config.template`: a template cannot be a master target.
    pub template: Option<bool>,
    /// `runtime.powerState`.
    pub power_state: Fact<PowerState>,
    /// `runtime.bootTime`: when the VM was last powered on. A restart of its guest does not move it.
    #[serde(default)]
    pub boot_time: Option<Timestamp>,
    /// `runtime.connectionState` as written; anything but `connected` makes the rest stale.
    pub connection_state: Option<String>,
    /// `config.guestId`, for example `ubuntu64Guest`.
    pub guest_id: Option<String>,
    /// `guest.guestFamily`, for example `linuxGuest`; only with running Tools.
    pub guest_family: Option<String>,
    /// VMware Tools.
    pub tools: Fact<ToolsFacts>,
    /// `config.hardware.memoryMB`.
    pub memory_mb: Fact<i64>,
    /// `config.hardware.numCPU`.
    pub cpus: Fact<i32>,
    /// Advanced settings that matter here, keys as the server spells them.
    pub extra_config: Fact<Vec<Setting>>,
    /// `config.flags.diskUuidEnabled`.
    pub disk_uuid_flag: Option<bool>,
    /// Controllers of disks, of every kind.
    pub controllers: Fact<Vec<ControllerFacts>>,
    /// Disks, ordered by bus and unit.
    pub disks: Fact<Vec<DiskFacts>>,
    /// The snapshot tree; empty when there is none.
    pub snapshots: Fact<Vec<SnapshotFacts>>,
    /// `runtime.consolidationNeeded`.
    pub consolidation_needed: Fact<bool>,
    /// `disabledMethod`: methods that the server refuses on this VM now.
    pub disabled_methods: Fact<Vec<String>>,
    /// Volumes that the guest reports.
    pub guest_disks: Fact<Vec<GuestDisk>>,
    /// How much it takes and may yet take on each datastore.
    pub usage: Fact<Vec<UsageFacts>>,
    /// Datastore of the VM's own files (`config.files.vmPathName`).
    pub home_datastore: Option<String>,
    /// `runtime.host`.
    pub host: Option<ManagedObjectReference>,
}

impl MasterTarget {
    /// Finds an advanced setting without regard to the key's case, as vCenter does.
    pub fn setting(&self, key: &str) -> Option<&Setting> {
        self.extra_config
            .known()?
            .iter()
            .find(|setting| setting.key.eq_ignore_ascii_case(key))
    }

    /// Number of snapshots in the whole tree.
    pub fn snapshot_count(&self) -> Option<usize> {
        self.snapshots
            .known()
            .map(|roots| roots.iter().map(SnapshotFacts::count).sum())
    }

    /// Depth of the snapshot tree: 0 without snapshots.
    pub fn snapshot_depth(&self) -> Option<usize> {
        self.snapshots
            .known()
            .map(|roots| roots.iter().map(SnapshotFacts::depth).max().unwrap_or(0))
    }

    /// Whether the guest is Windows; `None` when nothing tells.
    pub fn is_windows(&self) -> Option<bool> {
        self.family().map(|family| family == OsFamily::Windows)
    }

    /// The family of its operating system; `None` when nothing tells.
    pub fn family(&self) -> Option<OsFamily> {
        OsFamily::of(self.guest_family.as_deref(), self.guest_id.as_deref())
    }

    /// The disks that were attached to it, with where they came from.
    pub fn ledger(&self) -> Fact<Ledger> {
        match &self.extra_config {
            Fact::Known(settings) => Fact::Known(Ledger::read(settings)),
            Fact::Unknown { reason } => Fact::unknown(reason),
        }
    }

    /// Its places for disks, when controllers and disks are known.
    pub fn slots(&self) -> Fact<SlotMap> {
        match (self.controllers.get(), self.disks.get()) {
            (Ok(controllers), Ok(disks)) => Fact::Known(SlotMap::of(controllers, disks)),
            (Err(reason), _) | (_, Err(reason)) => Fact::unknown(reason),
        }
    }

    /// Names of the datastores that hold the VM's disks (whole chains) or its own files.
    pub fn datastores_in_use(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.home_datastore.as_deref().into_iter().collect();
        for disk in self.disks.known().into_iter().flatten() {
            names.extend(disk.datastore.as_deref());
            names.extend(
                disk.chain
                    .iter()
                    .filter_map(|unit| unit.datastore.as_deref()),
            );
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether any of the VM's disks stands on a delta file.
    pub fn has_delta_disks(&self) -> Option<bool> {
        self.disks
            .known()
            .map(|disks| disks.iter().any(|disk| disk.delta_depth() > 0))
    }
}

/// One advanced setting (`config.extraConfig`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Key as the server spells it.
    pub key: String,
    /// Value as text; empty removes the key when written.
    pub value: String,
}

/// VMware Tools in the guest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolsFacts {
    /// `guest.toolsRunningStatus`, for example `guestToolsRunning`.
    pub running_status: Option<String>,
    /// `guest.toolsVersionStatus2`, for example `guestToolsCurrent`.
    pub version_status: Option<String>,
}

/// The kind of a disk controller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ControllerKind {
    /// VMware Paravirtual SCSI.
    ParaVirtual,
    /// LSI Logic Parallel.
    LsiLogic,
    /// LSI Logic SAS.
    LsiLogicSas,
    /// BusLogic Parallel.
    BusLogic,
    /// NVMe.
    Nvme,
    /// SATA (AHCI).
    Sata,
    /// IDE.
    Ide,
    /// Anything else, by its wire type.
    Other(String),
}

impl ControllerKind {
    /// Whether it is a SCSI controller, of which a VM has at most four.
    pub fn is_scsi(&self) -> bool {
        matches!(
            self,
            Self::ParaVirtual | Self::LsiLogic | Self::LsiLogicSas | Self::BusLogic
        )
    }

    /// Whether it is one of the two LSI Logic kinds.
    pub fn is_lsi(&self) -> bool {
        matches!(self, Self::LsiLogic | Self::LsiLogicSas)
    }

    /// The word for it in JSON: `lsi-logic-sas`; the wire type of one that is not known here.
    pub fn word(&self) -> &str {
        match self {
            Self::ParaVirtual => "para-virtual",
            Self::LsiLogic => "lsi-logic",
            Self::LsiLogicSas => "lsi-logic-sas",
            Self::BusLogic => "bus-logic",
            Self::Nvme => "nvme",
            Self::Sata => "sata",
            Self::Ide => "ide",
            Self::Other(name) => name,
        }
    }

    /// The name that vSphere's own client shows.
    pub fn label(&self) -> &str {
        match self {
            Self::ParaVirtual => "VMware Paravirtual",
            Self::LsiLogic => "LSI Logic Parallel",
            Self::LsiLogicSas => "LSI Logic SAS",
            Self::BusLogic => "BusLogic Parallel",
            Self::Nvme => "NVMe",
            Self::Sata => "SATA",
            Self::Ide => "IDE",
            Self::Other(name) => name,
        }
    }
}

/// One controller of disks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControllerFacts {
    /// Device key.
    pub key: i32,
    /// Label, for example `SCSI controller 1`.
    pub label: String,
    /// Kind.
    pub kind: ControllerKind,
    /// Bus number: 0 to 3 for SCSI.
    pub bus: i32,
    /// Keys of every device on it, disks or not.
    pub devices: Vec<i32>,
    /// Units that devices on it take, disks or not.
    pub units: Vec<i32>,
    /// Keys that its own list of devices names, while no device of that key says that it hangs on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disputed: Vec<i32>,
}

/// One virtual disk of the VM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskFacts {
    /// Device key.
    pub key: i32,
    /// Label, for example `Hard disk 1`.
    pub label: String,
    /// `backing.uuid`.
    pub uuid: Option<String>,
    /// Capacity in bytes.
    pub capacity_bytes: Option<i64>,
    /// Key of the controller it hangs on.
    pub controller_key: Option<i32>,
    /// Bus of that controller.
    pub bus: Option<i32>,
    /// Whether that controller is a SCSI controller: others count their buses from 0 as well.
    #[serde(default)]
    pub on_scsi: bool,
    /// Unit on the bus.
    pub unit: Option<i32>,
    /// Wire type of the backing, for example `VirtualDiskFlatVer2BackingInfo`.
    pub backing: String,
    /// Path of the file in use, for example `[ds1] vm/vm.vmdk`.
    pub path: Option<String>,
    /// Name of the datastore of that file.
    pub datastore: Option<String>,
    /// The files that make up the disk, the base first, the one in use last.
    pub chain: Vec<ChainUnit>,
    /// `backing.diskMode`, for example `persistent`; unset where the server does not tell.
    #[serde(default)]
    pub mode: Option<String>,
    /// Whether several VMs may write to it at once (`backing.sharing`).
    #[serde(default)]
    pub multi_writer: bool,
    /// Whether it is encrypted (`backing.keyId`).
    #[serde(default)]
    pub encrypted: bool,
}

impl DiskFacts {
    /// Its place on one of the four SCSI buses; `None` for a disk elsewhere.
    pub fn slot(&self) -> Option<Slot> {
        if !self.on_scsi {
            return None;
        }
        Slot::from_wire(self.bus?, self.unit?)
    }

    /// Whether one of its files is at this path: the one in use, or one that it stands on.
    pub fn stands_on(&self, path: &str) -> bool {
        self.path.as_deref() == Some(path) || self.chain.iter().any(|unit| unit.path == path)
    }

    /// The UUID as the ledger writes it; `None` when it is unset or none.
    pub fn disk_uuid(&self) -> Option<DiskUuid> {
        self.uuid.as_deref()?.parse().ok()
    }

    /// The UUID in one spelling: lower case, without dashes and spaces.
    pub fn plain_uuid(&self) -> Option<String> {
        let plain: String = self
            .uuid
            .as_deref()?
            .chars()
            .filter(|c| !matches!(c, '-' | ' '))
            .map(|c| c.to_ascii_lowercase())
            .collect();
        (!plain.is_empty()).then_some(plain)
    }

    /// How many delta files stand on the base: 0 for a disk without parent.
    pub fn delta_depth(&self) -> usize {
        self.chain.len().saturating_sub(1)
    }
}

/// One link of a disk's chain of files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainUnit {
    /// Path of its descriptor.
    pub path: String,
    /// Name of its datastore.
    pub datastore: Option<String>,
    /// Bytes its files take, from `layoutEx`.
    pub bytes: Option<i64>,
}

/// A snapshot with those taken after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotFacts {
    /// Its reference.
    pub moref: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// When it was taken.
    pub created: Option<Timestamp>,
    /// Whether the VM stands on it now.
    pub is_current: bool,
    /// Snapshots taken after it.
    pub children: Vec<SnapshotFacts>,
}

impl SnapshotFacts {
    /// This snapshot and all below it.
    pub fn count(&self) -> usize {
        1 + self.children.iter().map(Self::count).sum::<usize>()
    }

    /// Levels from here down, this one included.
    pub fn depth(&self) -> usize {
        1 + self.children.iter().map(Self::depth).max().unwrap_or(0)
    }
}

/// A volume as the guest reports it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestDisk {
    /// Path in the guest, for example `/mnt/retention` or `R:\`.
    pub path: String,
    /// Capacity in bytes.
    pub capacity_bytes: Option<i64>,
    /// Free bytes.
    pub free_bytes: Option<i64>,
    /// File system, from API 7.0 on.
    pub filesystem: Option<String>,
    /// Keys of the virtual disks that it lies on, from API 7.0 on.
    #[serde(default)]
    pub disk_keys: Vec<i32>,
}

impl GuestDisk {
    /// Whether it stands where the retention volume belongs: `R:` on Windows, `/mnt/retention` on Linux.
    pub fn is_retention_volume(&self, windows: bool) -> bool {
        if windows {
            self.path
                .trim_end_matches(['\\', '/'])
                .eq_ignore_ascii_case("R:")
        } else {
            self.path.trim_end_matches('/') == "/mnt/retention"
        }
    }

    /// Whether the guest's system lives on it: `C:` on Windows, `/` on Linux.
    pub fn is_system_volume(&self, windows: bool) -> bool {
        if windows {
            self.path
                .trim_end_matches(['\\', '/'])
                .eq_ignore_ascii_case("C:")
        } else {
            self.path == "/"
        }
    }
}

/// Whether an advanced setting matters here. A VM has about a hundred, most of them noise.
pub(crate) fn is_kept_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key == "disk.enableuuid" || key == "snapshot.maxsnapshots" || key.starts_with("esxtool.")
}
