//! Finding out what became of a call whose answer was lost.

use vsphere_client::{
    Client, Error as ClientError, property_set,
    vim::{ManagedObjectReference, TaskInfo},
};

use crate::plan::Change;

property_set! {
    struct Recent: "ManagedEntity" {
        recent: Vec<ManagedObjectReference> = "recentTask",
    }
}

property_set! {
    struct TaskState: "Task" {
        info: Option<TaskInfo> = "info",
    }
}

/// The task on the server that makes this change right now, if there is one.
///
/// A task that has ended is not looked for: what it did shows in the facts.
///
/// # Errors
///
/// The client's, when the server cannot be asked.
pub(super) async fn running_task(
    client: &Client,
    change: &Change,
) -> Result<Option<ManagedObjectReference>, ClientError> {
    let target = change.target().clone();
    let recent = client
        .retrieve_one::<Recent>(&target)
        .await?
        .properties
        .recent;
    // The newest stands last.
    for task in recent.iter().rev() {
        let state = match client.retrieve_one::<TaskState>(task).await {
            Ok(state) => state.properties.info,
            Err(error) if error.is_gone() => None,
            Err(error) => return Err(error),
        };
        if let Some(info) = state
            && !info.state.is_final()
            && is_of(change, &info)
        {
            return Ok(Some(task.clone()));
        }
    }
    Ok(None)
}

/// Whether a task carries out this kind of change, by its method's name or its description's key.
fn is_of(change: &Change, info: &TaskInfo) -> bool {
    let method = change.method();
    let key = match change {
        Change::RemoveAllSnapshots { .. } => "VirtualMachine.removeAllSnapshots",
        Change::ConsolidateDisks { .. } => "VirtualMachine.consolidateDisks",
        Change::Reconfigure { .. }
        | Change::ConvertControllers { .. }
        | Change::AddDisk { .. }
        | Change::DetachDisk { .. }
        | Change::AttachDisks { .. }
        | Change::DetachDisks { .. }
        | Change::GiveBackDisks { .. } => "VirtualMachine.reconfigure",
        Change::ShutDown { .. } => "VirtualMachine.powerOff",
        Change::PowerOn { .. } => "VirtualMachine.powerOn",
        Change::StorageDrsOverride { .. } => "StorageResourceManager.configureStorageDrsForPod",
        Change::DrsOverride { .. } => "ComputeResource.reconfigureEx",
        Change::DisableMethods { .. }
        | Change::EnableMethods { .. }
        | Change::AttachTag { .. }
        | Change::DetachTag { .. }
        | Change::Mount(_) => return false,
    };
    let same = |text: &str, wanted: &str| text.eq_ignore_ascii_case(wanted);
    info.name
        .as_deref()
        .is_some_and(|name| same(name, method) || same(name, method.trim_end_matches("_Task")))
        || info
            .description_id
            .as_deref()
            .is_some_and(|id| same(id, key))
}
