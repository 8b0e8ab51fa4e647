//! What the server tells of a task, from one wait to the next.

use super::TaskOutcome;
use crate::property::{Object, PropertySet};
use crate::soap::{Decode, DecodeError, RawElement, Reader, Start};
use crate::vim::{AnyValue, FaultKind, MethodFault, TaskInfo, TaskInfoState};

/// The news of a task: all of `info`, or the parts of it that changed.
///
/// Only `info` is asked for. Servers have been seen to answer with its parts all the same.
#[derive(Debug, Default)]
pub(crate) struct TaskNews {
    info: Option<TaskInfo>,
    state: Option<TaskInfoState>,
    progress: Option<Option<i32>>,
    cancelled: Option<Option<bool>>,
    error: Option<Option<MethodFault>>,
    result: Option<Option<AnyValue>>,
}

impl PropertySet for TaskNews {
    const TYPE: &'static str = "Task";
    const PATHS: &'static [&'static str] = &["info"];

    fn read<'x>(
        &mut self,
        path: &str,
        reader: &mut Reader<'x>,
        val: &Start<'x>,
    ) -> Result<(), DecodeError> {
        match path {
            "info" => self.info = Some(Decode::decode(reader, val)?),
            "info.state" => self.state = Some(Decode::decode(reader, val)?),
            "info.progress" => self.progress = Some(Decode::decode(reader, val)?),
            "info.cancelled" => self.cancelled = Some(Decode::decode(reader, val)?),
            "info.error" => self.error = Some(Decode::decode(reader, val)?),
            "info.result" => self.result = Some(Decode::decode(reader, val)?),
            _ => {}
        }
        Ok(())
    }

    fn adopt(&mut self, _path: &str, newer: &mut Self) {
        *self = std::mem::take(newer);
    }
}

impl TaskNews {
    /// Takes the news over into what is known. Gives whether anything changed.
    pub(super) fn apply(self, known: &mut Option<TaskInfo>) -> bool {
        let before = known.clone();
        if let Some(info) = self.info {
            *known = Some(info);
        }
        if let Some(info) = known {
            if let Some(state) = self.state {
                info.state = state;
            }
            if let Some(progress) = self.progress {
                info.progress = progress;
            }
            if let Some(cancelled) = self.cancelled {
                info.cancelled = cancelled;
            }
            if let Some(error) = self.error {
                info.error = error;
            }
            if let Some(result) = self.result {
                info.result = result;
            }
        }
        *known != before
    }

    /// Why `object` cannot tell how the task stands, if it cannot.
    pub(super) fn obstacle(object: &Object<Self>) -> Option<MethodFault> {
        object
            .missing
            .iter()
            .find(|missing| missing.path == "info")
            .map(|m| m.fault.clone())
    }
}

/// How the task ended, or `None` while it has not.
pub(super) fn outcome(info: &TaskInfo) -> Option<TaskOutcome> {
    match info.state {
        TaskInfoState::Success => Some(TaskOutcome::Succeeded(Box::new(info.clone()))),
        TaskInfoState::Error => {
            let fault = info.error.clone().unwrap_or_else(nameless);
            let cancelled =
                info.cancelled == Some(true) || matches!(fault.kind, FaultKind::RequestCanceled);
            Some(if cancelled {
                TaskOutcome::Cancelled
            } else {
                TaskOutcome::Failed(Box::new(fault))
            })
        }
        // A state that nobody knows is no end.
        _ => None,
    }
}

/// The fault of a task that failed without saying why.
fn nameless() -> MethodFault {
    MethodFault {
        name: "MethodFault".to_owned(),
        message: None,
        kind: FaultKind::Other,
        cause: None,
        fault_messages: Vec::new(),
        raw: RawElement::default(),
    }
}
