//! What became of a plan.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::plan::Undo;

/// What became of one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepStatus {
    /// The server carried it out, and reading back shows it.
    Done,
    /// There was nothing to do.
    Satisfied,
    /// The server refused it or could not finish it.
    Failed,
    /// The server said that it carried it out, and reading back shows that it did not.
    NotTaken,
    /// The server does not offer it.
    NotSupported,
    /// The account may not do it.
    NotPermitted,
    /// It was not tried.
    Skipped,
    /// It was started, and how it ended is not known: the server may still work on it.
    Unfinished,
}

impl StepStatus {
    /// Whether the state is now as the step would make it.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Done | Self::Satisfied)
    }

    /// Whether the step changed something, or may have.
    pub fn may_have_changed(self) -> bool {
        matches!(self, Self::Done | Self::NotTaken | Self::Unfinished)
    }
}

impl fmt::Display for StepStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Done => "done",
            Self::Satisfied => "nothing to do",
            Self::Failed => "failed",
            Self::NotTaken => "did not take",
            Self::NotSupported => "not supported",
            Self::NotPermitted => "not permitted",
            Self::Skipped => "skipped",
            Self::Unfinished => "unfinished",
        })
    }
}

/// One step and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepResult {
    /// The step's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Ids of the rules that it fixes.
    pub fixes: Vec<String>,
    /// Name of the object that it changes.
    pub object: String,
    /// What became of it.
    pub status: StepStatus,
    /// What the server said, or what was read back.
    pub detail: Option<String>,
    /// The task on the server, when there was one.
    pub task: Option<String>,
    /// Whether the rest was worth doing without it.
    pub optional: bool,
    /// Whether it takes effect only when the VM is next switched off and on.
    pub needs_power_cycle: bool,
    /// How it is taken back.
    pub undo: Undo,
}

/// How carrying out a plan ended, as one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing failed, and no blocker remains.
    Ready,
    /// Nothing that had to succeed failed, and blockers remain that nothing here can fix.
    BlockersRemain,
    /// A step that had to succeed failed after others had succeeded.
    Partial,
    /// A step that had to succeed failed, and nothing was changed.
    Failed,
    /// The account lacks privileges for what had to be done, and nothing was changed.
    NotPermitted,
    /// Stopped on request before the end; see the steps.
    Interrupted,
}
