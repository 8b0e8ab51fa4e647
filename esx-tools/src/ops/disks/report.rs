//! What became of an operation on disks.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    apply::{Outcome, StepStatus},
    disks::{DiskName, DiskPlan, RefusedCause},
    slots::Slot,
};

/// What became of one disk, by what is on the server now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiskStatus {
    /// It is attached, and in the ledger.
    Attached,
    /// It is detached, its entry is gone, and its file is where it was, with its UUID.
    Detached,
    /// It was attached already; the entry that the ledger lacked is there now.
    Entered,
    /// It was not attached; the entry that the ledger still had is gone.
    Forgotten,
    /// The server refused this disk.
    Refused,
    /// It was not done, through no fault of this disk.
    NotDone,
    /// It was attached while the disk at fault was looked for, and could not be taken off again.
    LeftAttached,
    /// It is attached, and the ledger has no entry for it; or it is detached, and its entry is there still.
    NotTaken,
    /// It is detached, and its file could not be seen where it was.
    FileNotSeen,
    /// The state could not be read.
    Unknown,
}

impl DiskStatus {
    /// Whether it is now as it was to be.
    pub fn is_good(self) -> bool {
        matches!(
            self,
            Self::Attached | Self::Detached | Self::Entered | Self::Forgotten
        )
    }

    /// Whether something was changed, or may have been.
    pub fn may_have_changed(self) -> bool {
        !matches!(self, Self::Refused | Self::NotDone)
    }
}

impl fmt::Display for DiskStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Attached => "attached",
            Self::Detached => "detached",
            Self::Entered => "entered",
            Self::Forgotten => "entry removed",
            Self::Refused => "refused",
            Self::NotDone => "not done",
            Self::LeftAttached => "left attached",
            Self::NotTaken => "did not take",
            Self::FileNotSeen => "file not seen",
            Self::Unknown => "unknown",
        })
    }
}

/// One disk and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskResult {
    /// The disk.
    pub disk: DiskName,
    /// Its place on the master target: the one it has now, or had.
    pub slot: Option<Slot>,
    /// What became of it.
    pub status: DiskStatus,
    /// Why, or what else is to be said.
    pub detail: Option<String>,
}

/// What became of an operation on disks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskReport {
    /// What was to be done.
    pub plan: DiskPlan,
    /// What became of each disk of the plan's steps.
    pub disks: Vec<DiskResult>,
    /// The last task on the server, when there was one.
    pub task: Option<String>,
    /// Why not all of it was done, when the reason is not one disk's.
    pub failure: Option<String>,
    /// Times that somebody else changed something, and the work went on all the same.
    pub replanned: Vec<String>,
    /// Why the result could not be read.
    pub verify_error: Option<String>,
    /// The end as one word.
    pub outcome: Outcome,
}

impl DiskReport {
    /// The report of a plan that has nothing to do.
    pub(super) fn of_nothing(plan: DiskPlan) -> Self {
        Self {
            outcome: of_plan(&plan),
            plan,
            disks: Vec::new(),
            task: None,
            failure: None,
            replanned: Vec::new(),
            verify_error: None,
        }
    }
}

/// How the acting part ended, before the state was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Ended {
    /// The last task.
    pub(super) task: Option<String>,
    /// Why the work ended early.
    pub(super) failure: Option<(StepStatus, String)>,
    /// Whether it was stopped on request.
    pub(super) interrupted: bool,
}

/// The end as one word.
pub(super) fn outcome(plan: &DiskPlan, disks: &[DiskResult], ended: &Ended, read: bool) -> Outcome {
    let good = disks.iter().all(|disk| disk.status.is_good());
    let changed = disks.iter().any(|disk| disk.status.may_have_changed());
    if good && read && !disks.is_empty() {
        return if plan.refused.is_empty() {
            Outcome::Ready
        } else {
            Outcome::Partial
        };
    }
    if disks.is_empty() {
        return of_plan(plan);
    }
    let status = ended.failure.as_ref().map(|(status, _)| *status);
    match (changed, ended.interrupted, status) {
        (true, ..) => Outcome::Partial,
        (false, true, _) => Outcome::Interrupted,
        (false, false, Some(StepStatus::NotPermitted)) => Outcome::NotPermitted,
        (false, false, _) => Outcome::Failed,
    }
}

/// The end of a plan that has nothing to do.
pub(super) fn of_plan(plan: &DiskPlan) -> Outcome {
    let for_want = |cause: &RefusedCause| *cause == RefusedCause::NotPermitted;
    if plan.refused.is_empty() {
        Outcome::Ready
    } else if plan.refused.iter().any(|one| for_want(&one.cause)) {
        Outcome::NotPermitted
    } else {
        Outcome::BlockersRemain
    }
}
