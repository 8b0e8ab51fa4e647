//! The privileges that changes need, and which of them the account lacks.

use serde::{Deserialize, Serialize};
use vsphere_client::vim::ManagedObjectReference;

use super::change::Change;
use crate::{
    privilege::{
        ADD_EXISTING_DISK, ADD_NEW_DISK, ADD_REMOVE_DEVICE, ADVANCED_CONFIG, ATTACH_TAG,
        CREATE_CATEGORY, CREATE_TAG, DISABLE_METHODS, EDIT_CLUSTER, EDIT_DEVICE, ENABLE_METHODS,
        HOST_STORAGE, POD_CONFIG, POWER_OFF, POWER_ON, REMOVE_DISK, REMOVE_SNAPSHOT,
    },
    site::Facts,
};

/// A privilege that a step needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RequiredPrivilege {
    /// The privilege's identifier.
    pub privilege: String,
    /// The object it is needed on.
    pub on: ManagedObjectReference,
}

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
                // A controller may have to be added, now or when slots are taken meanwhile.
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
