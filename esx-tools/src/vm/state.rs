//! One VM as data: devices, snapshots, settings and guest, as far as they were read.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vsphere_client::vim::ManagedObjectReference;

use super::{
    ControllerFacts, DiskFacts, GuestDisk, NamedFile, OsFamily, SnapshotFacts, ToolsFacts,
};
use crate::{
    fact::{Fact, PowerState},
    ledger::Ledger,
    setting::Setting,
};

/// A VM, as far as it was read: a master target, a VM to protect, an owner, one among many.
///
/// What was not selected is unknown or unset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vm {
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
    /// `config.firmware`: `bios` or `efi`.
    #[serde(default)]
    pub firmware: Option<String>,
    /// `config.bootOptions.efiSecureBootEnabled`; unset where it was never set.
    #[serde(default)]
    pub secure_boot: Option<bool>,
    /// Keys of the controllers whose bus other VMs share; known with the controllers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared_buses: Vec<i32>,
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
    /// Datastores that hold files of it.
    #[serde(default = "not_read")]
    pub datastores: Fact<Vec<ManagedObjectReference>>,
    /// The files of its disks that were asked for their UUIDs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<NamedFile>,
    /// Datastore of the VM's own files (`config.files.vmPathName`).
    pub home_datastore: Option<String>,
    /// Folder of the VM's own files, for example `[ds1] mt/` (`config.files.vmPathName`).
    #[serde(default)]
    pub home_folder: Option<String>,
    /// `runtime.host`.
    pub host: Option<ManagedObjectReference>,
}

impl Vm {
    /// A VM of which no more is known than that it exists; its name is that of the reference.
    pub fn unread(moref: ManagedObjectReference) -> Self {
        Self {
            name: moref.value.clone(),
            moref,
            inventory_path: None,
            datacenter: None,
            instance_uuid: None,
            bios_uuid: None,
            change_version: None,
            template: None,
            power_state: not_read(),
            boot_time: None,
            connection_state: None,
            guest_id: None,
            guest_family: None,
            tools: not_read(),
            memory_mb: not_read(),
            cpus: not_read(),
            extra_config: not_read(),
            disk_uuid_flag: None,
            firmware: None,
            secure_boot: None,
            shared_buses: Vec::new(),
            controllers: not_read(),
            disks: not_read(),
            snapshots: not_read(),
            consolidation_needed: not_read(),
            disabled_methods: not_read(),
            guest_disks: not_read(),
            files: Vec::new(),
            usage: not_read(),
            datastores: not_read(),
            home_datastore: None,
            home_folder: None,
            host: None,
        }
    }

    /// What it is called where several VMs have its name: its inventory path, else its name.
    pub fn label(&self) -> &str {
        self.inventory_path.as_deref().unwrap_or(&self.name)
    }

    /// Finds an advanced setting without regard to the key's case, as vCenter does.
    pub fn setting(&self, key: &str) -> Option<&Setting> {
        self.extra_config
            .known()?
            .iter()
            .find(|setting| setting.key.eq_ignore_ascii_case(key))
    }

    /// An advanced setting that has a value.
    pub(crate) fn filled_setting(&self, key: &str) -> Option<&Setting> {
        self.setting(key)
            .filter(|setting| !setting.value.is_empty())
    }

    /// An advanced setting to write, under the key as it is spelled there: some servers would keep both spellings.
    pub(crate) fn setting_to_write(&self, key: &str, value: impl Into<String>) -> Setting {
        let now = self.setting(key);
        Setting {
            key: now.map_or_else(|| key.to_owned(), |setting| setting.key.clone()),
            value: value.into(),
        }
    }

    /// What removes an advanced setting; `None` when it has no value.
    pub(crate) fn setting_to_remove(&self, key: &str) -> Option<Setting> {
        self.filled_setting(key)?;
        Some(self.setting_to_write(key, ""))
    }

    /// Number of snapshots in the whole tree.
    pub fn snapshot_count(&self) -> Option<usize> {
        self.snapshots
            .known()
            .map(|roots| roots.iter().map(SnapshotFacts::count).sum())
    }

    /// As [`snapshot_count`](Vm::snapshot_count), or the reason why it is not known.
    ///
    /// # Errors
    ///
    /// The reason why the snapshots are unknown.
    pub fn count_snapshots(&self) -> Result<usize, &str> {
        let roots = self.snapshots.get()?;
        Ok(roots.iter().map(SnapshotFacts::count).sum())
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

    /// Its disk that stands on the file at this path.
    pub fn disk_at(&self, path: &str) -> Option<&DiskFacts> {
        let mut disks = self.disks.known()?.iter();
        disks.find(|disk| disk.stands_on(path))
    }
}

/// A part that was not selected.
fn not_read<T>() -> Fact<T> {
    Fact::unknown("not asked for")
}

/// What a VM takes on one datastore (`storage.perDatastoreUsage`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageFacts {
    /// The datastore.
    pub datastore: ManagedObjectReference,
    /// Bytes taken now.
    pub committed: i64,
    /// Bytes that thin disks may yet take.
    pub uncommitted: i64,
}
