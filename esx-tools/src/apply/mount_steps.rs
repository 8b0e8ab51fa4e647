//! Steps about datastores of a host that need no master target.

use vsphere_client::Client;

use super::{
    act::Act,
    event::{Event, Observer},
    execute::{result, tell},
    interrupt::Interrupt,
    mount,
    report::{StepResult, StepStatus},
};
use crate::plan::{Change, Step};

/// Carries out steps that change how a host mounts datastores: each reads for itself what is there.
///
/// Gives what became of each, and whether the work was stopped on request.
pub(crate) async fn carry_out_mounts(
    client: &Client,
    steps: &[Step],
    observer: &dyn Observer,
    interrupt: &Interrupt,
) -> (Vec<StepResult>, bool) {
    let mut results = Vec::with_capacity(steps.len());
    let mut interrupted = false;
    for (index, step) in steps.iter().enumerate() {
        interrupted |= interrupt.is_requested();
        let done = if interrupted {
            result(
                step,
                StepStatus::Skipped,
                Some("stopped on request".to_owned()),
                None,
            )
        } else {
            observer.event(&Event::StepStarted {
                id: step.id.clone(),
                title: step.title.clone(),
                number: index + 1,
                total: steps.len(),
            });
            match &step.change {
                Change::Mount(change) => {
                    mounted(step, mount::act(client, &step.id, change, observer).await)
                }
                _ => result(step, StepStatus::Skipped, None, None),
            }
        };
        tell(observer, &done);
        results.push(done);
    }
    observer.event(&Event::Verifying);
    (results, interrupted)
}

/// What an end comes to when no facts have to be read for it.
fn mounted(step: &Step, ended: Act) -> StepResult {
    match ended {
        Act::Done { task, detail } => result(step, StepStatus::Done, detail, task),
        Act::Nothing { detail } => result(step, StepStatus::Satisfied, detail, None),
        Act::Not {
            status,
            reason,
            task,
            ..
        }
        | Act::CutOff {
            status,
            reason,
            task,
        } => result(step, status, Some(reason), task),
        Act::Overtaken { reason } => result(step, StepStatus::Failed, Some(reason), None),
        Act::Unclear { reason } => result(step, StepStatus::Unfinished, Some(reason), None),
    }
}
