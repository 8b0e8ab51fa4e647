//! The privileges that steps need.
//!
//! Every name here is in the list of privileges of each server from 6.7 on, so that asking for one
//! is never refused as unknown.

use super::{change::Change, step::RequiredPrivilege};
use crate::site::Facts;

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

/// What a change needs.
pub(crate) fn needed(change: &Change) -> Vec<RequiredPrivilege> {
    let names: Vec<&str> = match change {
        Change::RemoveAllSnapshots { .. } | Change::ConsolidateDisks { .. } => {
            vec![REMOVE_SNAPSHOT]
        }
        Change::Reconfigure {
            extra_config,
            remove_controllers,
            add_controllers,
            ..
        } => {
            let mut names = Vec::new();
            if !extra_config.is_empty() {
                names.push(ADVANCED_CONFIG);
            }
            if !remove_controllers.is_empty() || !add_controllers.is_empty() {
                names.push(ADD_REMOVE_DEVICE);
            }
            names
        }
        Change::ShutDown { .. } => vec![POWER_OFF, POWER_ON],
        Change::PowerOn { .. } => vec![POWER_ON],
        Change::ConvertControllers { .. } => vec![ADD_REMOVE_DEVICE, EDIT_DEVICE],
        Change::AddDisk { .. } => vec![ADD_NEW_DISK, ADVANCED_CONFIG],
        Change::DetachDisk { .. } => vec![REMOVE_DISK, ADVANCED_CONFIG],
        Change::AttachDisks { disks, .. } => {
            let mut names = vec![ADVANCED_CONFIG];
            if !disks.is_empty() {
                // A controller may have to be added, now or when places are taken meanwhile.
                names.extend([ADD_EXISTING_DISK, ADD_REMOVE_DEVICE]);
            }
            names
        }
        Change::GiveBackDisks { .. } => vec![ADD_EXISTING_DISK, REMOVE_DISK],
        Change::DetachDisks { disks, .. } => {
            let mut names = vec![ADVANCED_CONFIG];
            if !disks.is_empty() {
                names.push(REMOVE_DISK);
            }
            names
        }
        Change::DisableMethods { .. } => vec![DISABLE_METHODS],
        Change::EnableMethods { .. } => vec![ENABLE_METHODS],
        Change::Mount(_) => vec![HOST_STORAGE],
        Change::StorageDrsOverride { .. } => vec![POD_CONFIG],
        Change::DrsOverride { .. } => vec![EDIT_CLUSTER],
        Change::AttachTag {
            category_id,
            tag_id,
            ..
        } => {
            let mut names = vec![ATTACH_TAG];
            names.extend(tag_id.is_none().then_some(CREATE_TAG));
            names.extend(category_id.is_none().then_some(CREATE_CATEGORY));
            names
        }
        Change::DetachTag { .. } => vec![ATTACH_TAG],
        // Who may change roles is judged by the server: no role for failback holds that.
        Change::Role(_) => Vec::new(),
    };
    let on = change.target();
    names
        .into_iter()
        .map(|name| RequiredPrivilege {
            privilege: name.to_owned(),
            on: on.clone(),
        })
        .collect()
}

/// The first of these privileges that the account surely lacks.
pub(crate) fn lacking(facts: &Facts, needed: &[RequiredPrivilege]) -> Option<RequiredPrivilege> {
    needed
        .iter()
        .find(|entry| facts.abilities.grants(&entry.on, &entry.privilege) == Some(false))
        .cloned()
}
