//! How a step ended, and how a whole run did.
//!
//! A negative is only told with proof. [`NotDone`] can be built nowhere but in the engine, and only from a fault that
//! the server gave to this very call, from a request that was never sent, or from a task that was read as ended.
//! Everything else is [`Unknown`].

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use vsphere_client::vim::{FaultKind, MethodFault};

use crate::{
    plan::{Step, StepId, Undo},
    wording::fault_text,
};

/// How a step ended, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepStatus {
    /// The server carried it out, and reading back shows it.
    Done,
    /// There was nothing to do: the state is as the step would make it.
    Already,
    /// The server refused it, or its task failed.
    Refused,
    /// The server does not offer it.
    NotSupported,
    /// The account may not do it.
    NotPermitted,
    /// It was not sent, for a reason that was seen before.
    NotSent,
    /// The server said that it carried it out, and reading back shows that it did not.
    NotTaken,
    /// It was not tried, because of what came before.
    Skipped,
    /// It may have been carried out, or may yet be: nothing proves either.
    Unknown,
}

impl StepStatus {
    /// Whether the state is now as the step would make it.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Done | Self::Already)
    }
}

impl fmt::Display for StepStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Done => "done",
            Self::Already => "nothing to do",
            Self::Refused => "failed",
            Self::NotSupported => "not supported",
            Self::NotPermitted => "not permitted",
            Self::NotSent => "not sent",
            Self::NotTaken => "did not take",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
        })
    }
}

/// Whether something was changed on the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Changed {
    /// Nothing was changed; that is proven.
    #[default]
    No,
    /// It may have been.
    Unknown,
    /// Something was.
    Yes,
}

/// Proof that a change was not made, or not all of it.
#[derive(Clone, Debug)]
pub struct NotDone {
    status: StepStatus,
    reason: String,
    changed: Changed,
    task: Option<String>,
    fault: Option<Box<MethodFault>>,
    last: bool,
}

impl NotDone {
    /// The server refused the call, or the task that it started failed.
    pub(super) fn refused(fault: &MethodFault, task: Option<String>, changed: Changed) -> Self {
        let status = match &fault.kind {
            FaultKind::NotSupported | FaultKind::NotImplemented | FaultKind::InvalidRequest => {
                StepStatus::NotSupported
            }
            FaultKind::NoPermission { .. } => StepStatus::NotPermitted,
            _ => StepStatus::Refused,
        };
        Self {
            status,
            reason: fault_text(fault),
            changed,
            task,
            fault: Some(Box::new(fault.clone())),
            last: fault.is_not_authenticated(),
        }
    }

    /// Somebody cancelled the task.
    pub(super) fn cancelled(task: Option<String>, changed: Changed) -> Self {
        Self {
            status: StepStatus::Refused,
            reason: "somebody cancelled the task".into(),
            changed,
            task,
            fault: None,
            last: false,
        }
    }

    /// Nothing was sent.
    pub(super) fn not_sent(reason: impl Into<String>, changed: Changed) -> Self {
        Self {
            status: StepStatus::NotSent,
            reason: reason.into(),
            changed,
            task: None,
            fault: None,
            last: false,
        }
    }

    /// Nothing was sent, since the server lacks what it needs.
    pub(super) fn not_offered(reason: impl Into<String>, changed: Changed) -> Self {
        Self {
            status: StepStatus::NotSupported,
            ..Self::not_sent(reason, changed)
        }
    }

    /// Nothing was sent, and nothing that follows can be: the server cannot be reached.
    pub(super) fn cut_off(reason: impl Into<String>, changed: Changed) -> Self {
        Self {
            last: true,
            ..Self::not_sent(reason, changed)
        }
    }

    /// The REST API refused it.
    pub(super) fn refused_by_rest(status: StepStatus, reason: String, changed: Changed) -> Self {
        Self {
            status,
            ..Self::not_sent(reason, changed)
        }
    }

    /// What it had changed was taken back: that is proven as well.
    pub(super) fn taken_back(mut self) -> Self {
        self.changed = Changed::No;
        self
    }

    /// The server said that it was done, and it was not.
    pub(super) fn not_taken(reason: impl Into<String>, changed: Changed) -> Self {
        Self {
            status: StepStatus::NotTaken,
            ..Self::not_sent(reason, changed)
        }
    }

    /// Says more about it.
    pub(super) fn with_reason(mut self, say: impl FnOnce(String) -> String) -> Self {
        self.reason = say(self.reason);
        self
    }

    /// What the server said.
    pub(super) fn fault(&self) -> Option<&MethodFault> {
        self.fault.as_deref()
    }

    pub(super) fn reason(&self) -> &str {
        &self.reason
    }
}

/// A change that may have been made: what is known, and where to look.
#[derive(Clone, Debug)]
pub struct Unknown {
    pub(super) reason: String,
    pub(super) task: Option<String>,
    /// Whether nothing that follows has a chance: the server cannot be read any more.
    pub(super) last: bool,
}

impl Unknown {
    pub(super) fn of(reason: String) -> Self {
        Self {
            reason,
            task: None,
            last: false,
        }
    }
}

/// How one attempt at a change ended.
#[derive(Debug)]
pub enum Attempt {
    /// The server says that it is done.
    Done {
        /// Its task on the server, when there was one.
        task: Option<String>,
        /// What else is to be said about it.
        detail: Option<String>,
    },
    /// There was nothing to do.
    Already {
        /// What else is to be said about it.
        detail: Option<String>,
    },
    /// It is not done, and that is proven.
    NotDone(NotDone),
    /// Somebody else changed the object first; the server refused for that reason.
    Overtaken(NotDone),
    /// Nothing proves whether it was done.
    Unknown(Unknown),
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepEnd {
    status: StepStatus,
    changed: Changed,
    detail: Option<String>,
    task: Option<String>,
    #[serde(serialize_with = "name_of")]
    fault: Option<Box<MethodFault>>,
    #[serde(skip)]
    last: bool,
}

fn name_of<S: Serializer>(
    fault: &Option<Box<MethodFault>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    fault
        .as_ref()
        .map(|fault| &fault.name)
        .serialize(serializer)
}

impl StepEnd {
    pub(super) fn good(
        status: StepStatus,
        changed: Changed,
        detail: Option<String>,
        task: Option<String>,
    ) -> Self {
        Self {
            status,
            changed,
            detail,
            task,
            fault: None,
            last: false,
        }
    }

    pub(super) fn not_done(proof: NotDone) -> Self {
        Self {
            status: proof.status,
            changed: proof.changed,
            detail: Some(proof.reason),
            task: proof.task,
            fault: proof.fault,
            last: proof.last,
        }
    }

    pub(super) fn unknown(unknown: Unknown) -> Self {
        Self {
            status: StepStatus::Unknown,
            changed: Changed::Unknown,
            detail: Some(unknown.reason),
            task: unknown.task,
            fault: None,
            last: unknown.last,
        }
    }

    pub(super) fn skipped(reason: &str) -> Self {
        let status = StepStatus::Skipped;
        Self::good(status, Changed::No, Some(reason.to_owned()), None)
    }

    /// Says more about it.
    pub(super) fn and(mut self, more: &str) -> Self {
        self.detail = Some(match self.detail {
            Some(detail) => format!("{detail}; {more}"),
            None => more.to_owned(),
        });
        self
    }

    /// The same end with another status, because of what was read back.
    pub(super) fn read_back_as(mut self, status: StepStatus) -> Self {
        self.status = status;
        self
    }

    /// The same end with another reason, because of what was read back.
    pub(super) fn saying(mut self, reason: String) -> Self {
        self.detail = Some(reason);
        self
    }

    /// The same end, with what was changed by all that was tried for the step.
    pub(super) fn with_changed(mut self, changed: Changed) -> Self {
        self.changed = changed;
        self
    }

    /// Whether nothing should follow it.
    pub(super) fn ends_the_work(&self) -> bool {
        self.last
    }
}

/// One step and what became of it. Only the engine makes one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StepResult {
    /// The step's id.
    pub id: StepId,
    /// Its title.
    pub title: String,
    /// Ids of the rules that it fixes.
    pub fixes: Vec<String>,
    /// Name of the object that it changes.
    pub object: String,
    /// How it ended.
    #[serde(flatten)]
    end: StepEnd,
    /// Whether the rest was worth doing without it.
    pub optional: bool,
    /// Whether it takes effect after the next power cycle.
    pub needs_power_cycle: bool,
    /// How it is undone.
    pub undo: Undo,
}

impl StepResult {
    pub(super) fn new(step: &Step, end: StepEnd) -> Self {
        Self {
            id: step.id.clone(),
            title: step.title.clone(),
            fixes: step.fixes.clone(),
            object: step.object.clone(),
            end,
            optional: step.optional,
            needs_power_cycle: step.needs_power_cycle,
            undo: step.undo.clone(),
        }
    }

    pub(super) fn end(&self) -> &StepEnd {
        &self.end
    }

    pub(super) fn set_end(&mut self, end: StepEnd) {
        self.end = end;
    }

    /// What became of it, in one word.
    pub fn status(&self) -> StepStatus {
        self.end.status
    }

    /// Whether it changed something. [`Changed::No`] is proven.
    pub fn changed(&self) -> Changed {
        self.end.changed
    }

    /// What the server said, or what was read back.
    pub fn detail(&self) -> Option<&str> {
        self.end.detail.as_deref()
    }

    /// The task on the server, when there was one, as `Task:task-42`.
    pub fn task(&self) -> Option<&str> {
        self.end.task.as_deref()
    }

    /// The fault by which the server refused it.
    pub fn fault(&self) -> Option<&MethodFault> {
        self.end.fault.as_deref()
    }
}

/// How a run ended, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing failed, and what was asked for is so.
    Ready,
    /// Nothing that had to succeed failed, and blockers remain that nothing here can fix.
    BlockersRemain,
    /// A part of it was done.
    Partial,
    /// A step that had to succeed failed, and nothing was changed.
    Failed,
    /// The account lacks privileges for what had to be done, and nothing was changed.
    NotPermitted,
    /// Whether a step was carried out is not known: look before anything else.
    Unknown,
    /// Stopped on request before the end; see the steps.
    Interrupted,
}
