//! What the vSphere Client calls each privilege.
//!
//! From the chapter 'Defined Privileges' of the vSphere Security guide for 8.0. The server's own
//! labels come in the session's language and differ between releases; a script that compares two
//! servers needs the same words from both.

use serde::Serialize;

/// A privilege as the vSphere Client shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PrivilegeLabel {
    /// The group, with the group above it, such as `Virtual machine > Interaction`.
    pub group: &'static str,
    /// The name within the group.
    pub name: &'static str,
}

/// What the vSphere Client calls a privilege of any [`Requirement`](super::Requirement); `None` for any other.
///
/// ```
/// let label = esx_tools::credentials::label("Datastore.FileManagement").unwrap();
/// assert_eq!((label.group, label.name), ("Datastore", "Low level file operations"));
/// ```
pub fn label(privilege: &str) -> Option<PrivilegeLabel> {
    let (prefix, last) = privilege.rsplit_once('.')?;
    let (_, group, names) = GROUPS.iter().find(|(key, _, _)| *key == prefix)?;
    let (_, name) = names.iter().find(|(key, _)| *key == last)?;
    Some(PrivilegeLabel { group, name })
}

type Group = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const GROUPS: &[Group] = &[
    ("System", "System", &[("Read", "Read"), ("View", "View")]),
    (
        "Datastore",
        "Datastore",
        &[
            ("AllocateSpace", "Allocate space"),
            ("Browse", "Browse datastore"),
            ("DeleteFile", "Remove file"),
            ("FileManagement", "Low level file operations"),
            ("UpdateVirtualMachineFiles", "Update virtual machine files"),
        ],
    ),
    (
        "StoragePod",
        "Datastore cluster",
        &[("Config", "Configure a datastore cluster")],
    ),
    (
        "Global",
        "Global",
        &[
            ("DisableMethods", "Disable methods"),
            ("EnableMethods", "Enable methods"),
            ("Licenses", "Licenses"),
        ],
    ),
    (
        "InventoryService.Tagging",
        "vSphere Tagging",
        &[
            ("AttachTag", "Assign or Unassign vSphere Tag"),
            ("CreateCategory", "Create vSphere Tag Category"),
            ("CreateTag", "Create vSphere Tag"),
        ],
    ),
    (
        "Host.Config",
        "Host > Configuration",
        &[("Storage", "Storage partition configuration")],
    ),
    (
        "Host.Inventory",
        "Host > Inventory",
        &[("EditCluster", "Modify cluster")],
    ),
    ("Network", "Network", &[("Assign", "Assign network")]),
    (
        "Resource",
        "Resource",
        &[
            ("AssignVMToPool", "Assign virtual machine to resource pool"),
            ("ColdMigrate", "Migrate powered off virtual machine"),
            ("HotMigrate", "Migrate powered on virtual machine"),
        ],
    ),
    (
        "Task",
        "Tasks",
        &[("Create", "Create task"), ("Update", "Update task")],
    ),
    (
        "VirtualMachine.Config",
        "Virtual machine > Change Configuration",
        &[
            ("AddExistingDisk", "Add existing disk"),
            ("AddNewDisk", "Add new disk"),
            ("AddRemoveDevice", "Add or remove device"),
            ("AdvancedConfig", "Advanced configuration"),
            ("Annotation", "Set annotation"),
            ("CPUCount", "Change CPU count"),
            ("ChangeTracking", "Toggle disk change tracking"),
            ("DiskExtend", "Extend virtual disk"),
            ("DiskLease", "Acquire disk lease"),
            ("EditDevice", "Modify device settings"),
            ("HostUSBDevice", "Configure Host USB device"),
            ("ManagedBy", "Configure managedBy"),
            ("Memory", "Change Memory"),
            ("MksControl", "Display connection settings"),
            (
                "QueryFTCompatibility",
                "Query Fault Tolerance compatibility",
            ),
            ("QueryUnownedFiles", "Query unowned files"),
            ("RawDevice", "Configure Raw device"),
            ("ReloadFromPath", "Reload from path"),
            ("RemoveDisk", "Remove disk"),
            ("Rename", "Rename"),
            ("ResetGuestInfo", "Reset guest information"),
            ("Resource", "Change resource"),
            ("Settings", "Change Settings"),
            ("SwapPlacement", "Change Swapfile placement"),
            ("ToggleForkParent", "Toggle fork parent"),
            (
                "UpgradeVirtualHardware",
                "Upgrade virtual machine compatibility",
            ),
        ],
    ),
    (
        "VirtualMachine.Inventory",
        "Virtual machine > Edit Inventory",
        &[
            ("Create", "Create new"),
            ("Register", "Register"),
            ("Unregister", "Unregister"),
        ],
    ),
    (
        "VirtualMachine.Interact",
        "Virtual machine > Interaction",
        &[
            ("AnswerQuestion", "Answer question"),
            ("DeviceConnection", "Connect devices"),
            ("PowerOff", "Power off"),
            ("PowerOn", "Power on"),
            ("SetCDMedia", "Configure CD media"),
            ("SetFloppyMedia", "Configure floppy media"),
            ("ToolsInstall", "Install VMware Tools"),
        ],
    ),
    (
        "VirtualMachine.Provisioning",
        "Virtual machine > Provisioning",
        &[
            ("GetVmFiles", "Allow virtual machine download"),
            ("PutVmFiles", "Allow virtual machine files upload"),
        ],
    ),
    (
        "VirtualMachine.State",
        "Virtual machine > Snapshot management",
        &[
            ("CreateSnapshot", "Create snapshot"),
            ("RemoveSnapshot", "Remove snapshot"),
            ("RevertToSnapshot", "Revert to snapshot"),
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::super::{Purpose, Requirement, TagNeed};
    use super::*;
    use crate::target_kind::TargetKind;

    #[test]
    fn every_privilege_of_every_purpose_has_its_label_and_none_is_left_over() {
        let widest = Requirement::new(Purpose::Hardening, TargetKind::Appliance);
        let all = widest.with_tag(TagNeed::MakeCategory).privileges();
        for privilege in &all {
            assert!(label(privilege).is_some(), "{privilege}");
        }
        let labels: usize = GROUPS.iter().map(|(_, _, names)| names.len()).sum();
        assert_eq!(labels, all.len());
    }
}
