//! `TaskInfo` of a task that was just queued.

use jiff::Timestamp;

use super::Plan;
use crate::value::{Data, MoRef};
use crate::world::World;

impl World {
    pub(super) fn first_info(&self, task: &MoRef, plan: &Plan, now: Timestamp) -> Data {
        let name = plan
            .entity
            .as_ref()
            .and_then(|e| self.store.value(e, "name"));
        Data::new("TaskInfo")
            .with("key", task.value.as_str())
            .with("task", task)
            .with("name", plan.method.as_str())
            .with("descriptionId", description_id(&plan.method))
            .with_opt("entity", plan.entity.clone())
            .with_opt("entityName", name.cloned())
            .with_enum("state", "TaskInfoState", "queued")
            .with("cancelled", false)
            .with("cancelable", plan.cancelable)
            .with(
                "reason",
                Data::new("TaskReasonUser").with("userName", plan.user.as_str()),
            )
            .with("queueTime", now)
            .with(
                "eventChainId",
                i32::try_from(self.tasks.number).unwrap_or(i32::MAX),
            )
    }
}

/// The key under which clients look up a task's description.
fn description_id(method: &str) -> String {
    let name = method.strip_suffix("_Task").unwrap_or(method);
    match name {
        "ReconfigVM" => "VirtualMachine.reconfigure".to_owned(),
        "PowerOnVM" => "VirtualMachine.powerOn".to_owned(),
        "PowerOffVM" => "VirtualMachine.powerOff".to_owned(),
        "SuspendVM" => "VirtualMachine.suspend".to_owned(),
        "ResetVM" => "VirtualMachine.reset".to_owned(),
        "RelocateVM" => "VirtualMachine.relocate".to_owned(),
        "ConsolidateVMDisks" => "VirtualMachine.consolidateDisks".to_owned(),
        "CreateSnapshot" | "CreateSnapshotEx" => "VirtualMachine.createSnapshot".to_owned(),
        "RemoveAllSnapshots" => "VirtualMachine.removeAllSnapshots".to_owned(),
        "RevertToCurrentSnapshot" => "VirtualMachine.revertToCurrentSnapshot".to_owned(),
        "RemoveSnapshot" => "vm.Snapshot.remove".to_owned(),
        "RevertToSnapshot" => "vm.Snapshot.revert".to_owned(),
        "ConfigureStorageDrsForPod" => {
            "StorageResourceManager.configureStorageDrsForPod".to_owned()
        }
        "ReconfigureComputeResource" => "ComputeResource.reconfigureEx".to_owned(),
        "Destroy" | "Rename" => format!("ManagedEntity.{}", name.to_lowercase()),
        other => other.to_owned(),
    }
}
