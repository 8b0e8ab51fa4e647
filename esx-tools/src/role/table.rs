//! The tables of privileges, one for each architecture, with the document that each is from.

use serde::Serialize;

use crate::{
    documents::{Document, PREPARE_ON_PREMISES, SET_UP_MODERNIZED},
    target_kind::TargetKind,
};

/// The name that the documents give the role.
pub const NAME: &str = "Azure_Site_Recovery";

/// What every role holds that may look: the role Read-only consists of these.
pub const READ: &[&str] = &["System.Read", "System.View"];

/// The privileges of the role by one document, which asks for them on the datacenter, propagated.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct RoleTable {
    /// The kind of target that the document is about.
    pub target: TargetKind,
    /// The document.
    pub document: &'static Document,
    #[serde(skip)]
    snapshots: &'static [&'static str],
}

/// The tables, the newest first.
static TABLES: [RoleTable; 2] = [
    RoleTable {
        target: TargetKind::Appliance,
        document: &SET_UP_MODERNIZED,
        snapshots: &[
            "VirtualMachine.State.CreateSnapshot",
            "VirtualMachine.State.RemoveSnapshot",
            "VirtualMachine.State.RevertToSnapshot",
        ],
    },
    RoleTable {
        target: TargetKind::MasterTarget,
        document: &PREPARE_ON_PREMISES,
        snapshots: &["VirtualMachine.State.RemoveSnapshot"],
    },
];

/// What each table asks for on each VM concerned, beside snapshots. All of `VirtualMachine.Config` is among them.
const ON_VM: &[&str] = &[
    "VirtualMachine.Config.AddExistingDisk",
    "VirtualMachine.Config.AddNewDisk",
    "VirtualMachine.Config.AddRemoveDevice",
    "VirtualMachine.Config.AdvancedConfig",
    "VirtualMachine.Config.Annotation",
    "VirtualMachine.Config.CPUCount",
    "VirtualMachine.Config.ChangeTracking",
    "VirtualMachine.Config.DiskExtend",
    "VirtualMachine.Config.DiskLease",
    "VirtualMachine.Config.EditDevice",
    "VirtualMachine.Config.HostUSBDevice",
    "VirtualMachine.Config.ManagedBy",
    "VirtualMachine.Config.Memory",
    "VirtualMachine.Config.MksControl",
    "VirtualMachine.Config.QueryFTCompatibility",
    "VirtualMachine.Config.QueryUnownedFiles",
    "VirtualMachine.Config.RawDevice",
    "VirtualMachine.Config.ReloadFromPath",
    "VirtualMachine.Config.RemoveDisk",
    "VirtualMachine.Config.Rename",
    "VirtualMachine.Config.ResetGuestInfo",
    "VirtualMachine.Config.Resource",
    "VirtualMachine.Config.Settings",
    "VirtualMachine.Config.SwapPlacement",
    "VirtualMachine.Config.ToggleForkParent",
    "VirtualMachine.Config.UpgradeVirtualHardware",
    "VirtualMachine.Interact.AnswerQuestion",
    "VirtualMachine.Interact.DeviceConnection",
    "VirtualMachine.Interact.PowerOff",
    "VirtualMachine.Interact.PowerOn",
    "VirtualMachine.Interact.SetCDMedia",
    "VirtualMachine.Interact.SetFloppyMedia",
    "VirtualMachine.Interact.ToolsInstall",
    "VirtualMachine.Provisioning.GetVmFiles",
    "VirtualMachine.Provisioning.PutVmFiles",
];

/// What each table asks for on each datastore concerned.
const ON_DATASTORE: &[&str] = &[
    "Datastore.AllocateSpace",
    "Datastore.Browse",
    "Datastore.DeleteFile",
    "Datastore.FileManagement",
    "Datastore.UpdateVirtualMachineFiles",
];

/// What each table asks for on the datacenter, from where it reaches folders, pools and networks.
const ON_DATACENTER: &[&str] = &[
    "Network.Assign",
    "Resource.AssignVMToPool",
    "Resource.ColdMigrate",
    "Resource.HotMigrate",
    "Task.Create",
    "Task.Update",
    "VirtualMachine.Inventory.Create",
    "VirtualMachine.Inventory.Register",
    "VirtualMachine.Inventory.Unregister",
];

impl RoleTable {
    /// The table for this kind of target.
    pub fn of(target: TargetKind) -> &'static Self {
        let [appliance, master_target] = &TABLES;
        match target {
            TargetKind::Appliance => appliance,
            TargetKind::MasterTarget => master_target,
        }
    }

    /// The table that holds every privilege of every other one.
    pub fn widest() -> &'static Self {
        Self::of(TargetKind::Appliance)
    }

    /// Every privilege of the role.
    ///
    /// ```
    /// use esx_tools::{role::RoleTable, target_kind::TargetKind};
    ///
    /// assert_eq!(RoleTable::of(TargetKind::Appliance).privileges().count(), 52);
    /// assert_eq!(RoleTable::of(TargetKind::MasterTarget).privileges().count(), 50);
    /// ```
    pub fn privileges(&self) -> impl Iterator<Item = &'static str> + use<> {
        [ON_DATACENTER, ON_DATASTORE, ON_VM, self.snapshots]
            .into_iter()
            .flatten()
            .copied()
    }

    /// The privileges of the role that count on an object of this managed type.
    pub fn on(&self, kind: &str) -> impl Iterator<Item = &'static str> + use<> {
        let lists: [&[&str]; 2] = match kind {
            "VirtualMachine" => [ON_VM, self.snapshots],
            "Datastore" => [ON_DATASTORE, &[]],
            "Datacenter" => [ON_DATACENTER, &[]],
            _ => [&[], &[]],
        };
        lists.into_iter().flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_privilege_stands_once_and_counts_on_one_kind_of_object() {
        for target in TargetKind::ALL {
            let table = RoleTable::of(target);
            assert_eq!(table.target, target);
            let all: BTreeSet<_> = table.privileges().collect();
            assert_eq!(all.len(), table.privileges().count());
            let kinds = ["VirtualMachine", "Datastore", "Datacenter"];
            let by_kind: Vec<_> = kinds.into_iter().flat_map(|kind| table.on(kind)).collect();
            assert_eq!(by_kind.len(), all.len());
            assert!(by_kind.iter().all(|one| all.contains(one)));
            assert_eq!(table.on("HostSystem").count(), 0);
        }
    }

    #[test]
    fn the_newest_table_holds_every_other_and_may_take_and_revert_snapshots() {
        let widest: BTreeSet<_> = RoleTable::widest().privileges().collect();
        let classic: BTreeSet<_> = RoleTable::of(TargetKind::MasterTarget)
            .privileges()
            .collect();
        assert!(classic.is_subset(&widest));
        let more: Vec<_> = widest.difference(&classic).copied().collect();
        assert_eq!(
            more,
            [
                "VirtualMachine.State.CreateSnapshot",
                "VirtualMachine.State.RevertToSnapshot"
            ]
        );
    }
}
