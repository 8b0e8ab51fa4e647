//! The privileges that esxtool asks for, by their identifiers.
//!
//! Every name here is in the list of privileges of each server from 6.7 on, so that asking for one
//! is never refused as unknown.

/// Write advanced settings.
pub const ADVANCED_CONFIG: &str = "VirtualMachine.Config.AdvancedConfig";
/// Add and remove devices.
pub const ADD_REMOVE_DEVICE: &str = "VirtualMachine.Config.AddRemoveDevice";
/// Remove snapshots and consolidate.
pub const REMOVE_SNAPSHOT: &str = "VirtualMachine.State.RemoveSnapshot";
/// Change devices that are there.
pub const EDIT_DEVICE: &str = "VirtualMachine.Config.EditDevice";
/// Add a disk on a new file.
pub const ADD_NEW_DISK: &str = "VirtualMachine.Config.AddNewDisk";
/// Add a disk on a file that exists.
pub const ADD_EXISTING_DISK: &str = "VirtualMachine.Config.AddExistingDisk";
/// Take a disk off.
pub const REMOVE_DISK: &str = "VirtualMachine.Config.RemoveDisk";
/// Shut the guest down, and switch off.
pub const POWER_OFF: &str = "VirtualMachine.Interact.PowerOff";
/// Switch on.
pub const POWER_ON: &str = "VirtualMachine.Interact.PowerOn";
/// Disable methods.
pub const DISABLE_METHODS: &str = "Global.DisableMethods";
/// Enable methods.
pub const ENABLE_METHODS: &str = "Global.EnableMethods";
/// Configure a storage pod.
pub const POD_CONFIG: &str = "StoragePod.Config";
/// Configure a cluster.
pub const EDIT_CLUSTER: &str = "Host.Inventory.EditCluster";

/// Configure the storage of a host.
pub const HOST_STORAGE: &str = "Host.Config.Storage";
/// Attach tags and take them off.
pub const ATTACH_TAG: &str = "InventoryService.Tagging.AttachTag";
/// Make tags.
pub const CREATE_TAG: &str = "InventoryService.Tagging.CreateTag";
/// Make categories of tags.
pub const CREATE_CATEGORY: &str = "InventoryService.Tagging.CreateCategory";

/// Every privilege that is asked for on the VM itself.
pub const ON_VM: &[&str] = &[
    ADVANCED_CONFIG,
    ADD_REMOVE_DEVICE,
    EDIT_DEVICE,
    ADD_EXISTING_DISK,
    ADD_NEW_DISK,
    REMOVE_DISK,
    POWER_OFF,
    POWER_ON,
    REMOVE_SNAPSHOT,
    DISABLE_METHODS,
    ENABLE_METHODS,
];
