//! What attaching and detaching share: facts that are read again, and one call that may be overtaken.

use std::{collections::hash_map::RandomState, hash::BuildHasher, time::Duration};

use jiff::Timestamp;
use vsphere_client::{Client, vim::FaultKind};

use super::super::OpError;
use crate::{
    apply::{self, Act, Observer, StepStatus, act, told},
    disks::DiskPlan,
    facts::Facts,
    plan::Step,
};

/// How often the work begins again because somebody else changed the master target first.
///
/// Several operators at work on one master target overtake each other all the time; one of them gets on
/// in each round.
pub(super) const OVERTAKEN_AT_MOST: u32 = 30;

/// The shortest pause before the work begins again.
const PAUSE: Duration = Duration::from_millis(50);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Why the work cannot go on with what is there now.
pub(super) enum Problem {
    Changed(String),
    Unread(Box<OpError>),
}

impl Problem {
    /// Before anything was changed: an error and no report.
    pub(super) fn at_the_start(self, plan: &DiskPlan) -> OpError {
        match self {
            Self::Changed(change) => OpError::Stale {
                vm: plan.master_target_name.clone(),
                change,
            },
            Self::Unread(error) => *error,
        }
    }

    /// Later: how the work ended.
    pub(super) fn on_the_way(self) -> (StepStatus, String) {
        let reason = match self {
            Self::Changed(change) => {
                format!("somebody else changed something meanwhile: {change}")
            }
            Self::Unread(error) => {
                format!("the state cannot be read: {}", told(error.as_ref()))
            }
        };
        (StepStatus::Failed, reason)
    }
}

/// Whether facts are of a moment ago.
pub(super) fn is_fresh(facts: &Facts) -> bool {
    apply::is_fresh(facts.gathered_at, Timestamp::now())
}

/// Makes the change of a step; another task on the VM counts as being overtaken.
pub(super) async fn attempt(
    client: &Client,
    step: &Step,
    facts: &Facts,
    observer: &dyn Observer,
) -> Act {
    match act(client, step, facts, observer).await {
        Act::Not {
            fault: Some(fault),
            reason,
            ..
        } if matches!(fault.kind, FaultKind::TaskInProgress { .. }) => Act::Overtaken { reason },
        ended => ended,
    }
}

/// Waits before the work begins again, a little longer each time, and not as long as others do.
pub(super) async fn pause(round: u32) {
    let longest = PAUSE
        .saturating_mul(1 << round.min(6))
        .min(LONGEST_PAUSE)
        .as_millis();
    // The standard hasher is seeded again for each state, and that is chance enough.
    let chance = u128::from(RandomState::new().hash_one(round));
    let millis = longest / 2 + chance % (longest / 2 + 1);
    tokio::time::sleep(Duration::from_millis(
        u64::try_from(millis).unwrap_or_default(),
    ))
    .await;
}
