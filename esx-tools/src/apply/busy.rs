//! Standing in line behind another task.
//!
//! A run that was killed, or that lost the server, leaves its task behind. The next run meets that task, and so does
//! whoever works beside a backup. Both wait for its end and look again, instead of failing.

use std::time::Duration;

use vsphere_client::{
    Client,
    task::{TaskOutcome, WaitOptions},
    vim::{FaultKind, MethodFault},
};

use super::{
    act::{Act, refused},
    event::{Event, Observer},
};
use crate::plan::Step;

/// How long another task is waited for. Merging the snapshots of a large VM takes hours, and nobody sits that long
/// before a step that has not even begun.
const LONGEST: Duration = Duration::from_secs(1800);

/// What a refusal comes to: after another task, when that was the reason, the state has to be read again.
pub(super) async fn refused_or_overtaken(
    client: &Client,
    step: &Step,
    fault: &MethodFault,
    task: Option<String>,
    observer: &dyn Observer,
) -> Act {
    let FaultKind::TaskInProgress { task: Some(other) } = &fault.kind else {
        return refused(fault, task);
    };
    observer.event(&Event::StepWaiting {
        id: step.id.clone(),
        what: format!("another task on {} ({other})", step.object),
        limit_seconds: LONGEST.as_secs(),
    });
    let ended = client
        .wait_task(other, WaitOptions::timeout(LONGEST), |_| {})
        .await;
    match ended {
        Ok(TaskOutcome::TimedOut(_)) => refused(fault, task),
        Err(error) if !error.is_gone() => refused(fault, task),
        // However it ended, it is out of the way, and what it did decides what is still to do.
        _ => Act::Overtaken {
            reason: format!("another task was at work on {}", step.object),
        },
    }
}
