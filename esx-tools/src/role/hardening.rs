//! What esxtool needs beyond the role of the documents.

use crate::privilege::{ATTACH_TAG, CREATE_CATEGORY, CREATE_TAG};

/// What keeping a VM from Storage vMotion, mounting datastores and reading licences needs beyond the role.
pub const HARDENING: &[&str] = &[
    "Global.DisableMethods",
    "Global.EnableMethods",
    "Global.Licenses",
    "Host.Config.Storage",
    "Host.Inventory.EditCluster",
    "StoragePod.Config",
];

/// What attaching a tag needs: the first on the VM, the others on the server as a whole, where a tag or its category
/// is still to be made.
pub const TAGGING: &[&str] = &[ATTACH_TAG, CREATE_TAG, CREATE_CATEGORY];
