//! Tasks: work that the server does on its own time.

use jiff::Timestamp;

use super::{AnyValue, ManagedObjectReference, MethodFault};
use crate::{wire_enum, wire_struct};

wire_struct! {
    /// What is known of a task (`Task.info`).
    pub struct TaskInfo = "TaskInfo" {
        /// Its key, equal to the reference's value.
        key: String = "key",
        /// The task.
        task: ManagedObjectReference = "task",
        /// The method, as `ReconfigVM_Task`.
        name: Option<String> = "name",
        /// The kind of work, `VirtualMachine.reconfigure`.
        description_id: Option<String> = "descriptionId",
        /// The object it works on.
        entity: Option<ManagedObjectReference> = "entity",
        /// That object's name.
        entity_name: Option<String> = "entityName",
        /// Queued, running, or how it ended.
        state: TaskInfoState = "state",
        /// Whether it was cancelled; it then ends with `error`.
        cancelled: Option<bool> = "cancelled",
        /// Whether cancelling is possible now.
        cancelable: Option<bool> = "cancelable",
        /// Why it failed.
        error: Option<MethodFault> = "error",
        /// What it made.
        result: Option<AnyValue> = "result",
        /// Percent done, while it runs and reports any.
        progress: Option<i32> = "progress",
        /// When it was asked for.
        queue_time: Option<Timestamp> = "queueTime",
        /// When it began.
        start_time: Option<Timestamp> = "startTime",
        /// When it ended.
        complete_time: Option<Timestamp> = "completeTime",
    }
}

wire_enum! {
    /// How far a task is (`Task.info.state`).
    pub enum TaskInfoState = "TaskInfoState" {
        /// Waiting for its turn.
        Queued = "queued",
        /// At work.
        Running = "running",
        /// Done.
        Success = "success",
        /// Failed or cancelled.
        Error = "error",
    }
}

impl TaskInfoState {
    /// Whether the task has ended. An unknown state has not.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Success | Self::Error)
    }
}
