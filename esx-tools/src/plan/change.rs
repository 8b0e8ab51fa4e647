//! What a step changes, as data.

use serde::{Deserialize, Serialize};
use vsphere_client::vim::ManagedObjectReference;

use super::{
    disk_change::{AttachedDisk, DiskForSlot},
    give_back::GivenBackDisk,
    mount_change::MountChange,
    role_change::RoleChange,
};
use crate::{
    ledger::Entry,
    site::OverrideFacts,
    slots::Slot,
    tag::TagName,
    vm::{ControllerKind, Setting},
};

/// One change on the server, with everything that is needed to carry it out.
///
/// The `changeVersion` of a reconfigure is not part of it: it is read right before, and always sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Change {
    /// `RemoveAllSnapshots_Task` with consolidation.
    RemoveAllSnapshots {
        /// The VM.
        vm: ManagedObjectReference,
        /// The snapshots that were seen. One that was taken since makes this another change, since
        /// nobody has agreed to lose it.
        snapshots: Vec<ManagedObjectReference>,
    },
    /// `ConsolidateVMDisks_Task`.
    ConsolidateDisks {
        /// The VM.
        vm: ManagedObjectReference,
    },
    /// `ReconfigVM_Task`: everything that one reconfigure can do.
    Reconfigure {
        /// The VM.
        vm: ManagedObjectReference,
        /// Advanced settings to write; an empty value removes the key.
        extra_config: Vec<Setting>,
        /// Controllers to remove, empty ones only.
        remove_controllers: Vec<ControllerChange>,
        /// Controllers to add.
        add_controllers: Vec<ControllerChange>,
    },
    /// `ShutdownGuest`, and when that is not possible or not enough and it is allowed, `PowerOffVM_Task`.
    ShutDown {
        /// The VM.
        vm: ManagedObjectReference,
        /// Whether the VM may be switched off without its guest.
        force: bool,
        /// How long the guest may take.
        limit_seconds: u64,
    },
    /// `PowerOnVM_Task`, and waiting for VMware Tools.
    PowerOn {
        /// The VM.
        vm: ManagedObjectReference,
        /// Whether Tools are waited for.
        wait_for_tools: bool,
        /// How long they may take.
        limit_seconds: u64,
    },
    /// `ReconfigVM_Task` on a VM that is off: controllers replaced, each with the devices on it.
    ConvertControllers {
        /// The VM.
        vm: ManagedObjectReference,
        /// The controllers.
        controllers: Vec<Conversion>,
    },
    /// `ReconfigVM_Task` that adds a disk on a new file.
    AddDisk {
        /// The VM.
        vm: ManagedObjectReference,
        /// The disk.
        disk: NewDisk,
        /// Advanced setting that notes it, written in the same reconfigure.
        note: Setting,
    },
    /// `ReconfigVM_Task` that takes such a disk off the VM. Its file stays.
    DetachDisk {
        /// The VM.
        vm: ManagedObjectReference,
        /// The disk.
        disk: NewDisk,
        /// The note as it was before: empty removes it.
        note: Setting,
    },
    /// `ReconfigVM_Task` that attaches disks of protected VMs, each with its entry in the ledger.
    ///
    /// Controllers that the slots need and the VM lacks are added in the same reconfigure. No file
    /// is created, changed or deleted.
    AttachDisks {
        /// The master target.
        vm: ManagedObjectReference,
        /// The kind of controllers that are added.
        controller_kind: ControllerKind,
        /// The disks, with their slots.
        disks: Vec<DiskForSlot>,
        /// Entries to write for disks that are attached already.
        record: Vec<Entry>,
    },
    /// `ReconfigVM_Task` that takes disks off, each with its entry in the ledger. Their files stay.
    DetachDisks {
        /// The master target.
        vm: ManagedObjectReference,
        /// The disks.
        disks: Vec<AttachedDisk>,
        /// Entries to remove whose disks are not attached.
        forget: Vec<Entry>,
    },
    /// `ReconfigVM_Task` on the VM that owns disks: each comes back to its slot on the file where it is
    /// now, and the device that named the former file goes. No file is created, changed or deleted.
    GiveBackDisks {
        /// The owner, which is off.
        vm: ManagedObjectReference,
        /// The disks.
        disks: Vec<GivenBackDisk>,
    },
    /// `DisableMethods`: the server refuses these methods on the VM from now on.
    DisableMethods {
        /// The VM.
        vm: ManagedObjectReference,
        /// Names of the methods.
        methods: Vec<String>,
        /// Who disables them; the same name enables them again.
        source_id: String,
    },
    /// `EnableMethods`: takes back what the same source disabled.
    EnableMethods {
        /// The VM.
        vm: ManagedObjectReference,
        /// Names of the methods.
        methods: Vec<String>,
        /// Who disabled them.
        source_id: String,
    },
    /// `MountVmfsVolume`, `CreateNasDatastore` and what else changes how a host mounts a datastore.
    Mount(MountChange),
    /// `ConfigureStorageDrsForPod_Task` with the VM's own entry.
    StorageDrsOverride {
        /// The storage pod.
        pod: ManagedObjectReference,
        /// The VM.
        vm: ManagedObjectReference,
        /// What becomes of the entry.
        edit: OverrideEdit,
    },
    /// `ReconfigureComputeResource_Task` with the VM's own DRS entry.
    DrsOverride {
        /// The cluster.
        cluster: ManagedObjectReference,
        /// The VM.
        vm: ManagedObjectReference,
        /// What becomes of the entry.
        edit: OverrideEdit,
    },
    /// `attach` of tag associations over REST; makes the tag and its category where they are missing.
    AttachTag {
        /// The VM.
        vm: ManagedObjectReference,
        /// The tag.
        tag: TagName,
        /// Identifier of the category; unset for one that has to be made.
        category_id: Option<String>,
        /// Identifier of the tag; unset for one that has to be made.
        tag_id: Option<String>,
    },
    /// `detach` of tag associations over REST. The tag and its category stay.
    DetachTag {
        /// The VM.
        vm: ManagedObjectReference,
        /// The tag.
        tag: TagName,
        /// Identifier of the tag; unset for one that is not made yet.
        tag_id: Option<String>,
    },
    /// `AddAuthorizationRole`, `UpdateAuthorizationRole` or `SetEntityPermissions`.
    Role(RoleChange),
}

impl Change {
    /// The vSphere method, or REST operation, that carries out the change.
    pub fn method(&self) -> &'static str {
        match self {
            Self::RemoveAllSnapshots { .. } => "RemoveAllSnapshots_Task",
            Self::ConsolidateDisks { .. } => "ConsolidateVMDisks_Task",
            Self::Reconfigure { .. }
            | Self::ConvertControllers { .. }
            | Self::AddDisk { .. }
            | Self::DetachDisk { .. }
            | Self::AttachDisks { .. }
            | Self::DetachDisks { .. }
            | Self::GiveBackDisks { .. } => "ReconfigVM_Task",
            Self::ShutDown { .. } => "ShutdownGuest",
            Self::PowerOn { .. } => "PowerOnVM_Task",
            Self::DisableMethods { .. } => "DisableMethods",
            Self::EnableMethods { .. } => "EnableMethods",
            Self::Mount(change) => change.method(),
            Self::StorageDrsOverride { .. } => "ConfigureStorageDrsForPod_Task",
            Self::DrsOverride { .. } => "ReconfigureComputeResource_Task",
            Self::AttachTag { .. } => "tagging.tag_association.attach",
            Self::DetachTag { .. } => "tagging.tag_association.detach",
            Self::Role(change) => change.method(),
        }
    }

    /// Whether the server makes all of the change or none of it. Snapshots are removed one by one, and a half of them can
    /// be gone when that fails.
    pub fn is_all_or_nothing(&self) -> bool {
        !matches!(
            self,
            Self::RemoveAllSnapshots { .. } | Self::ConsolidateDisks { .. }
        )
    }

    /// Whether it switches the VM on or off, which only the power state itself can tell of.
    pub fn is_of_power(&self) -> bool {
        matches!(self, Self::ShutDown { .. } | Self::PowerOn { .. })
    }

    /// Whether the change alters the VM itself, so that its `changeVersion` moves on.
    pub fn touches_vm(&self) -> bool {
        !matches!(
            self,
            Self::DisableMethods { .. }
                | Self::EnableMethods { .. }
                | Self::Mount(_)
                | Self::StorageDrsOverride { .. }
                | Self::DrsOverride { .. }
                | Self::AttachTag { .. }
                | Self::DetachTag { .. }
                | Self::Role(_)
        )
    }

    /// Whether the VM has to be off for it.
    pub fn needs_power_off(&self) -> bool {
        matches!(self, Self::ConvertControllers { .. })
    }

    /// The object that the change is made on, and whose recent tasks would show it.
    pub fn target(&self) -> &ManagedObjectReference {
        match self {
            Self::RemoveAllSnapshots { vm, .. }
            | Self::ConsolidateDisks { vm }
            | Self::Reconfigure { vm, .. }
            | Self::ShutDown { vm, .. }
            | Self::PowerOn { vm, .. }
            | Self::ConvertControllers { vm, .. }
            | Self::AddDisk { vm, .. }
            | Self::DetachDisk { vm, .. }
            | Self::AttachDisks { vm, .. }
            | Self::DetachDisks { vm, .. }
            | Self::GiveBackDisks { vm, .. }
            | Self::DisableMethods { vm, .. }
            | Self::EnableMethods { vm, .. }
            | Self::AttachTag { vm, .. }
            | Self::DetachTag { vm, .. } => vm,
            Self::Mount(change) => &change.host,
            Self::Role(change) => &change.manager,
            Self::StorageDrsOverride { pod, .. } => pod,
            Self::DrsOverride { cluster, .. } => cluster,
        }
    }
}

/// What becomes of a VM's entry in DRS or Storage DRS (`ArrayUpdateSpec`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "kebab-case")]
pub enum OverrideEdit {
    /// Adds an entry where there is none.
    Add {
        /// The entry.
        entry: OverrideFacts,
    },
    /// Changes the entry that is there.
    Edit {
        /// The entry as it is to be.
        entry: OverrideFacts,
    },
    /// Removes the entry.
    Remove,
}

impl OverrideEdit {
    /// The edit that keeps a VM out, given the entry that is there now.
    pub fn excluding(now: Option<&OverrideFacts>) -> Self {
        match now {
            None => Self::Add {
                entry: OverrideFacts {
                    enabled: Some(false),
                    behavior: None,
                },
            },
            Some(entry) => Self::Edit {
                entry: OverrideFacts {
                    enabled: Some(false),
                    ..entry.clone()
                },
            },
        }
    }

    /// The edit that brings back what was there before.
    pub fn restoring(before: Option<&OverrideFacts>) -> Self {
        match before {
            None => Self::Remove,
            Some(entry) => Self::Edit {
                // An entry without `enabled` follows the default; an edit has to say so in full,
                // since what an edit leaves out stays as it is.
                entry: OverrideFacts {
                    enabled: Some(entry.enabled.unwrap_or(true)),
                    behavior: entry.behavior.clone(),
                },
            },
        }
    }
}

/// A controller to add or to remove.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControllerChange {
    /// Device key of one that exists; unset for a new one, whose key the server gives.
    pub key: Option<i32>,
    /// Kind.
    pub kind: ControllerKind,
    /// Bus number.
    pub bus: i32,
}

/// A controller that is replaced by one of another kind on the same bus.
///
/// Every device on it keeps its unit, so that the order of disks stays as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversion {
    /// Bus number of both.
    pub bus: i32,
    /// Kind that is there.
    pub from: ControllerKind,
    /// Kind that takes its slot.
    pub to: ControllerKind,
    /// Keys of the devices that move, in rising order.
    pub devices: Vec<i32>,
}

/// A disk on a file of its own, which the server names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDisk {
    /// Its slot, on an LSI Logic controller.
    pub slot: Slot,
    /// Capacity in bytes.
    pub bytes: i64,
    /// The datastore of the file.
    pub datastore: ManagedObjectReference,
    /// Its name.
    pub datastore_name: String,
}
