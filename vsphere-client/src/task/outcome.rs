//! How a task ends, and how a wait for it does.

use crate::soap::RawElement;
use crate::vim::{FaultKind, MethodFault, TaskInfo, TaskInfoState};

/// How a wait for a task ended.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a task may have failed"]
pub enum TaskOutcome {
    /// The task did its work.
    Succeeded(Box<TaskInfo>),
    /// The task failed, for this reason.
    Failed(Box<MethodFault>),
    /// Somebody cancelled the task. What it had done so far may stand.
    Cancelled,
    /// The time was up. The task goes on; this is how it stood, if that was told at all.
    TimedOut(Option<Box<TaskInfo>>),
}

/// Why a task did not do its work, as far as that is known.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TaskError {
    /// The task failed, for this reason.
    #[error("the task failed: {0}")]
    Failed(Box<MethodFault>),
    /// Somebody cancelled the task. What it had done so far may stand.
    #[error("somebody cancelled the task")]
    Cancelled,
    /// The time was up. The task goes on; this is how it stood, if that was told at all.
    #[error("the task has not ended in time, and goes on")]
    TimedOut(Option<Box<TaskInfo>>),
}

impl TaskOutcome {
    /// How the task ended, or `None` while it has not.
    pub(super) fn of(info: &TaskInfo) -> Option<Self> {
        match info.state {
            TaskInfoState::Success => Some(Self::Succeeded(Box::new(info.clone()))),
            TaskInfoState::Error => {
                let fault = info.error.clone().unwrap_or_else(nameless);
                let cancelled = info.cancelled == Some(true)
                    || matches!(fault.kind, FaultKind::RequestCanceled);
                Some(if cancelled {
                    Self::Cancelled
                } else {
                    Self::Failed(Box::new(fault))
                })
            }
            // A state that nobody knows is no end.
            _ => None,
        }
    }

    /// Whether the task did its work.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Succeeded(_))
    }

    /// The task that did its work, or why it did not.
    ///
    /// ```no_run
    /// use vsphere_client::task::{TaskError, WaitOptions};
    /// use vsphere_client::{Client, Error, vim::ManagedObjectReference};
    ///
    /// # async fn run(client: Client, task: ManagedObjectReference) -> Result<(), Error> {
    /// let outcome = client.wait_task(&task, WaitOptions::default(), |_| {}).await?;
    /// match outcome.into_result() {
    ///     Ok(info) => println!("done at {:?}: {:?}", info.complete_time, info.result),
    ///     Err(TaskError::Failed(fault)) => println!("failed: {fault}"),
    ///     Err(other) => println!("{other}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TaskError`], for every outcome but [`Succeeded`](Self::Succeeded).
    pub fn into_result(self) -> Result<TaskInfo, TaskError> {
        match self {
            Self::Succeeded(info) => Ok(*info),
            Self::Failed(fault) => Err(TaskError::Failed(fault)),
            Self::Cancelled => Err(TaskError::Cancelled),
            Self::TimedOut(info) => Err(TaskError::TimedOut(info)),
        }
    }
}

impl TaskError {
    /// Whether the task has ended. One that has not may still do its work.
    pub fn has_ended(&self) -> bool {
        !matches!(self, Self::TimedOut(_))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vim::ManagedObjectReference;

    fn info(state: TaskInfoState) -> TaskInfo {
        let task = ManagedObjectReference::new("Task", "task-1");
        super::super::news::begin(&task, state)
    }

    #[test]
    fn only_a_task_that_did_its_work_is_a_result() {
        let done = info(TaskInfoState::Success);
        let outcome = TaskOutcome::of(&done).unwrap();
        assert_eq!(outcome.into_result(), Ok(done));

        let failed = TaskOutcome::of(&info(TaskInfoState::Error)).unwrap();
        let error = failed.into_result().unwrap_err();
        assert!(matches!(&error, TaskError::Failed(fault) if fault.name == "MethodFault"));
        assert_eq!(error.to_string(), "the task failed: MethodFault");
        assert!(error.has_ended());

        let mut cancelled = info(TaskInfoState::Error);
        cancelled.cancelled = Some(true);
        let cancelled = TaskOutcome::of(&cancelled).unwrap().into_result();
        assert_eq!(cancelled, Err(TaskError::Cancelled));
        assert!(TaskError::Cancelled.has_ended());

        let running = Box::new(info(TaskInfoState::Running));
        for stood in [None, Some(running)] {
            let error = TaskOutcome::TimedOut(stood.clone()).into_result();
            let error = error.unwrap_err();
            assert!(!error.has_ended());
            assert_eq!(error, TaskError::TimedOut(stood));
        }
    }

    #[test]
    fn a_task_that_has_not_ended_has_no_outcome() {
        for state in ["queued", "running", "pondering", ""] {
            assert_eq!(TaskOutcome::of(&info(state.into())), None, "{state}");
        }
    }
}
