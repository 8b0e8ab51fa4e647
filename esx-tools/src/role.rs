//! The role that Azure Site Recovery's account needs on vSphere.
//!
//! The document 'Prepare for reprotection and failback' asks for a role with these privileges on the
//! datacenter, propagated. Every name here is known to each server from 6.7 on.

/// The name that the documents give the role.
pub const NAME: &str = "Azure_Site_Recovery";

/// Privileges that count on each VM concerned. All of `VirtualMachine.Config` is among them.
pub const ON_VM: &[&str] = &[
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
    "VirtualMachine.State.RemoveSnapshot",
];

/// Privileges that count on each datastore concerned.
pub const ON_DATASTORE: &[&str] = &[
    "Datastore.AllocateSpace",
    "Datastore.Browse",
    "Datastore.DeleteFile",
    "Datastore.FileManagement",
    "Datastore.UpdateVirtualMachineFiles",
];

/// Privileges that count on the datacenter, from where they reach folders, pools and networks.
pub const ON_DATACENTER: &[&str] = &[
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

/// What keeping a VM from Storage vMotion, mounting datastores and reading licences needs beyond the role.
pub const HARDENING: &[&str] = &[
    "Global.DisableMethods",
    "Global.EnableMethods",
    "Global.Licenses",
    "Host.Config.Storage",
    "Host.Inventory.EditCluster",
    "StoragePod.Config",
];

/// What every role holds that may look: the role Read-only consists of these.
pub const READ: &[&str] = &["System.Read", "System.View"];

/// Every privilege of the role.
pub fn privileges() -> impl Iterator<Item = &'static str> {
    [ON_DATACENTER, ON_DATASTORE, ON_VM]
        .into_iter()
        .flatten()
        .copied()
}

/// The privileges of the role that count on an object of this managed type.
pub fn on(kind: &str) -> &'static [&'static str] {
    match kind {
        "VirtualMachine" => ON_VM,
        "Datastore" => ON_DATASTORE,
        "Datacenter" => ON_DATACENTER,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_privilege_stands_once() {
        let all: BTreeSet<_> = privileges().collect();
        assert_eq!(all.len(), privileges().count());
        assert_eq!(all.len(), 50);
    }
}
