//! Pieces of a VM, as its property paths give them.

use super::ManagedObjectReference;
use crate::{wire_enum, wire_struct};

wire_enum! {
    /// Whether a VM runs (`runtime.powerState`).
    pub enum VirtualMachinePowerState = "VirtualMachinePowerState" {
        /// It does not.
        PoweredOff = "poweredOff",
        /// It does.
        PoweredOn = "poweredOn",
        /// It is frozen with its memory on disk.
        Suspended = "suspended",
    }
}

wire_enum! {
    /// Whether the server can manage the VM (`runtime.connectionState`).
    pub enum VirtualMachineConnectionState = "VirtualMachineConnectionState" {
        /// It can.
        Connected = "connected",
        /// Its host is not connected.
        Disconnected = "disconnected",
        /// It is no longer registered on its host.
        Orphaned = "orphaned",
        /// Its files cannot be read.
        Inaccessible = "inaccessible",
        /// Its configuration is not valid.
        Invalid = "invalid",
    }
}

wire_enum! {
    /// Whether VMware Tools run (`guest.toolsRunningStatus`).
    pub enum VirtualMachineToolsRunningStatus = "VirtualMachineToolsRunningStatus" {
        /// They do not.
        NotRunning = "guestToolsNotRunning",
        /// They do.
        Running = "guestToolsRunning",
        /// They are starting.
        ExecutingScripts = "guestToolsExecutingScripts",
    }
}

wire_enum! {
    /// How old VMware Tools are (`guest.toolsVersionStatus2`).
    pub enum VirtualMachineToolsVersionStatus = "VirtualMachineToolsVersionStatus" {
        /// Not installed.
        NotInstalled = "guestToolsNotInstalled",
        /// Older than the host's.
        NeedUpgrade = "guestToolsNeedUpgrade",
        /// The host's own.
        Current = "guestToolsCurrent",
        /// The guest's own affair, as with open-vm-tools.
        Unmanaged = "guestToolsUnmanaged",
        /// Too old to work.
        TooOld = "guestToolsTooOld",
        /// Supported, but a newer one exists.
        SupportedOld = "guestToolsSupportedOld",
        /// Supported, and newer than the host's.
        SupportedNew = "guestToolsSupportedNew",
        /// Too new to work.
        TooNew = "guestToolsTooNew",
        /// Known to harm; to be replaced at once.
        Blacklisted = "guestToolsBlacklisted",
    }
}

wire_enum! {
    /// The guest's family (`guest.guestFamily`).
    pub enum VirtualMachineGuestOsFamily = "VirtualMachineGuestOsFamily" {
        /// Windows.
        Windows = "windowsGuest",
        /// Linux.
        Linux = "linuxGuest",
        /// NetWare.
        Netware = "netwareGuest",
        /// Solaris.
        Solaris = "solarisGuest",
        /// macOS.
        Darwin = "darwinGuestFamily",
        /// Another.
        Other = "otherGuestFamily",
    }
}

wire_struct! {
    /// A file system inside the guest (`guest.disk[]`), as VMware Tools report it.
    #[derive(Default, Eq)]
    pub struct GuestDiskInfo = "GuestDiskInfo" {
        /// `C:\` or `/`.
        disk_path: Option<String> = "diskPath",
        /// Size in bytes.
        capacity: Option<i64> = "capacity",
        /// Free bytes.
        free_space: Option<i64> = "freeSpace",
        /// `NTFS`, `ext4`; since 7.0.
        filesystem_type: Option<String> = "filesystemType",
        /// The virtual disks it lies on; since 7.0.
        mappings: Vec<GuestInfoVirtualDiskMapping> = "mappings",
    }
}

wire_struct! {
    /// A virtual disk that holds a part of a file system.
    #[derive(Default, Eq)]
    pub struct GuestInfoVirtualDiskMapping = "GuestInfoVirtualDiskMapping" {
        /// The device's key.
        key: i32 = "key",
    }
}

wire_struct! {
    /// Switches of a VM (`config.flags`), as far as they are set here. Absent ones stay as they are.
    #[derive(Default, Eq)]
    pub struct VirtualMachineFlagInfo = "VirtualMachineFlagInfo" {
        /// Whether snapshots are forbidden.
        snapshot_disabled: Option<bool> = "snapshotDisabled",
        /// Whether the tree of snapshots is locked.
        snapshot_locked: Option<bool> = "snapshotLocked",
        /// Whether the guest sees the disks' UUIDs; the same switch as `disk.EnableUUID`.
        disk_uuid_enabled: Option<bool> = "diskUuidEnabled",
    }
}

wire_struct! {
    /// Paths of a VM's own files (`config.files`).
    #[derive(Default, Eq)]
    pub struct VirtualMachineFileInfo = "VirtualMachineFileInfo" {
        /// The configuration file, `[datastore1] vm/vm.vmx`.
        vm_path_name: Option<String> = "vmPathName",
        /// Where snapshots go.
        snapshot_directory: Option<String> = "snapshotDirectory",
        /// Where a suspended VM's memory goes.
        suspend_directory: Option<String> = "suspendDirectory",
        /// Where logs go.
        log_directory: Option<String> = "logDirectory",
    }
}

wire_struct! {
    /// The snapshots of a VM (`snapshot`); the property is absent when there are none.
    pub struct VirtualMachineSnapshotInfo = "VirtualMachineSnapshotInfo" {
        /// The one that the VM runs upon.
        current_snapshot: Option<ManagedObjectReference> = "currentSnapshot",
        /// The roots, in practice one.
        root_snapshot_list: Vec<VirtualMachineSnapshotTree> = "rootSnapshotList",
    }
}

wire_struct! {
    /// What a VM takes on one datastore (`VirtualMachine.storage.perDatastoreUsage[]`).
    #[derive(Eq)]
    pub struct VirtualMachineUsageOnDatastore = "VirtualMachineUsageOnDatastore" {
        /// The datastore.
        datastore: ManagedObjectReference = "datastore",
        /// Bytes that its files take.
        committed: i64 = "committed",
        /// Bytes that its thin disks may take beyond that.
        uncommitted: i64 = "uncommitted",
        /// Bytes that it shares with no other VM.
        unshared: i64 = "unshared",
    }
}

wire_struct! {
    /// A snapshot and those taken after it.
    pub struct VirtualMachineSnapshotTree = "VirtualMachineSnapshotTree" {
        /// The snapshot.
        snapshot: ManagedObjectReference = "snapshot",
        /// The VM.
        vm: ManagedObjectReference = "vm",
        /// Its name, not unique.
        name: String = "name",
        /// What its maker wrote.
        description: String = "description",
        /// Number within the VM.
        id: i32 = "id",
        /// When it was taken.
        create_time: jiff::Timestamp = "createTime",
        /// The VM's power state then.
        state: VirtualMachinePowerState = "state",
        /// Whether the guest's file systems were at rest.
        quiesced: bool = "quiesced",
        /// Path of a backup manifest.
        backup_manifest: Option<String> = "backupManifest",
        /// The snapshots taken after this one.
        child_snapshot_list: Vec<VirtualMachineSnapshotTree> = "childSnapshotList",
    }
}

impl VirtualMachineSnapshotInfo {
    /// All snapshots, each before its children, with their depth from 1.
    pub fn walk(&self) -> impl Iterator<Item = (usize, &VirtualMachineSnapshotTree)> {
        let mut open: Vec<_> = self
            .root_snapshot_list
            .iter()
            .rev()
            .map(|root| (1, root))
            .collect();
        std::iter::from_fn(move || {
            let (depth, snapshot) = open.pop()?;
            open.extend(
                snapshot
                    .child_snapshot_list
                    .iter()
                    .rev()
                    .map(|child| (depth + 1, child)),
            );
            Some((depth, snapshot))
        })
    }
}
