//! What the server tells of a task, from one wait to the next.

use crate::error::Error;
use crate::property::{Object, PropertySet};
use crate::soap::{Decode, DecodeError, Reader, Start};
use crate::vim::{AnyValue, ManagedObjectReference, MethodFault, TaskInfo, TaskInfoState};

crate::property_set! {
    /// All of a task, as it stands.
    pub(super) struct WholeTask: "Task" {
        pub(super) info: Option<TaskInfo> = "info",
    }
}

/// The `info` that was read of a task, or why it is not there.
///
/// One that is withheld must not be taken for a task that is not there.
pub(super) fn info_of(task: Object<WholeTask>) -> Result<TaskInfo, Error> {
    let read = "RetrievePropertiesEx";
    let info = task.map(|task| task.info).whole(read)?;
    info.ok_or(Error::Decode {
        method: read,
        source: DecodeError::MissingField {
            owner: "Task",
            field: "info",
        },
    })
}

/// The parts of a task's `info` that tell how it ends.
///
/// Progress is not among them: a busy task reports it more often than anybody reads, and each
/// report would end the wait.
#[derive(Debug, Default)]
pub(crate) struct TaskNews {
    state: Option<TaskInfoState>,
    cancelled: Option<bool>,
    error: Option<MethodFault>,
    result: Option<AnyValue>,
    entity: Option<ManagedObjectReference>,
    entity_name: Option<String>,
    /// Some servers answer with all of it.
    whole: Option<TaskInfo>,
}

impl PropertySet for TaskNews {
    const TYPE: &'static str = "Task";
    const PATHS: &'static [&'static str] = &[
        "info.state",
        "info.cancelled",
        "info.error",
        "info.result",
        "info.entity",
        "info.entityName",
    ];

    fn read<'x>(
        &mut self,
        path: &str,
        reader: &mut Reader<'x>,
        val: &Start<'x>,
    ) -> Result<(), DecodeError> {
        match path {
            "info" => self.whole = Some(Decode::decode(reader, val)?),
            "info.state" => self.state = Some(Decode::decode(reader, val)?),
            "info.cancelled" => self.cancelled = Decode::decode(reader, val)?,
            "info.error" => self.error = Decode::decode(reader, val)?,
            "info.result" => self.result = Decode::decode(reader, val)?,
            "info.entity" => self.entity = Decode::decode(reader, val)?,
            "info.entityName" => self.entity_name = Decode::decode(reader, val)?,
            _ => {}
        }
        Ok(())
    }

    fn adopt(&mut self, _path: &str, newer: &mut Self) {
        *self = std::mem::take(newer);
    }
}

impl TaskNews {
    /// Takes the news of `task` over into what is known.
    pub(super) fn apply(self, task: &ManagedObjectReference, known: &mut Option<TaskInfo>) {
        if let Some(whole) = self.whole {
            *known = Some(whole);
        }
        let info = match (known.as_mut(), self.state) {
            (Some(info), Some(state)) => {
                info.state = state;
                info
            }
            (Some(info), None) => info,
            (None, Some(state)) => known.insert(begin(task, state)),
            // Nothing is known before the state is.
            (None, None) => return,
        };
        info.cancelled = self.cancelled.or(info.cancelled);
        info.error = self.error.or_else(|| info.error.take());
        info.result = self.result.or_else(|| info.result.take());
        info.entity = self.entity.or_else(|| info.entity.take());
        info.entity_name = self.entity_name.or_else(|| info.entity_name.take());
    }

    /// Why the server would not tell how the task stands.
    pub(super) fn obstacle(object: &Object<Self>) -> Option<MethodFault> {
        object
            .missing
            .iter()
            .find(|missing| missing.path == "info.state")
            .map(|m| m.fault.clone())
    }
}

/// A task of which only the state is known.
pub(super) fn begin(task: &ManagedObjectReference, state: TaskInfoState) -> TaskInfo {
    TaskInfo {
        key: task.value.clone(),
        task: task.clone(),
        name: None,
        description_id: None,
        entity: None,
        entity_name: None,
        state,
        cancelled: None,
        cancelable: None,
        error: None,
        result: None,
        progress: None,
        reason: None,
        queue_time: None,
        start_time: None,
        complete_time: None,
    }
}
