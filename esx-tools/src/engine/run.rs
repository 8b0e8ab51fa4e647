//! The plan, step by step.

use jiff::{SignedDuration, Timestamp};
use vsphere_client::{Client, Error as ClientError, vim::ManagedObjectReference};

use super::{
    act::{Act, act, told},
    compare::{given_up, misfit, verify},
    event::{Event, Observer},
    interrupt::Interrupt,
    power, record,
    report::{StepResult, StepStatus},
};
use crate::{
    facts::{Facts, Knowledge, PowerState, gather},
    plan::{Change, Plan, Step, plan_with},
};

/// How often a step is tried again because somebody else changed the VM first.
const OVERTAKEN_AT_MOST: u32 = 3;

/// Facts that are no older than this are not read again before the first step. Somebody may change
/// the VM between a reading and the act however short the time is; this adds next to nothing.
const FRESH: SignedDuration = SignedDuration::from_millis(250);

/// What came of a plan, before it is judged.
#[derive(Debug)]
pub(crate) struct Applied {
    pub(crate) steps: Vec<StepResult>,
    pub(crate) replanned: Vec<String>,
    pub(crate) interrupted: bool,
    /// The facts after the last step, or why they could not be read.
    pub(crate) after: Result<Facts, ClientError>,
}

/// A plan that does not fit what is there now.
#[derive(Debug)]
pub(crate) enum ApplyError {
    Stale { change: String },
    Client(ClientError),
}

/// Carries out a plan and reads back what came of it.
///
/// # Errors
///
/// Only before anything was changed: the facts could not be read, or the plan does not fit them.
pub(crate) async fn execute(
    client: &Client,
    before: &Facts,
    plan: &Plan,
    observer: &dyn Observer,
    interrupt: &Interrupt,
) -> Result<Applied, ApplyError> {
    let mut run = Run {
        client,
        vm: plan.master_target.clone(),
        before,
        plan,
        observer,
        facts: None,
        vm_changed: false,
        replanned: Vec::new(),
    };
    if plan.is_empty() {
        let after = run.gather().await;
        return Ok(Applied {
            steps: Vec::new(),
            replanned: Vec::new(),
            interrupted: false,
            after,
        });
    }
    run.begin().await?;
    let mut steps = Vec::with_capacity(plan.steps.len());
    let mut stopped: Option<&str> = None;
    let mut interrupted = false;
    for (index, step) in plan.steps.iter().enumerate() {
        if stopped.is_none() && interrupt.is_requested() {
            stopped = Some("stopped on request");
            interrupted = true;
        }
        // Whatever happens in between, a VM that this run switched off is switched on again.
        let owed = step.restores.as_ref().is_some_and(|id| {
            steps
                .iter()
                .any(|done: &StepResult| &done.id == id && done.status.may_have_changed())
        });
        let obstacle = stopped.or_else(|| record::obstacle(plan, &steps, step));
        if let Some(reason) = obstacle
            && !owed
        {
            observer.event(&Event::StepSkipped {
                id: step.id.clone(),
                reason: reason.to_owned(),
            });
            steps.push(result(
                step,
                StepStatus::Skipped,
                Some(reason.to_owned()),
                None,
            ));
            continue;
        }
        observer.event(&Event::StepStarted {
            id: step.id.clone(),
            title: step.title.clone(),
            number: index + 1,
            total: plan.steps.len(),
        });
        let done = if step.restores.is_some() && !owed {
            let detail = "this run did not switch the VM off".to_owned();
            Done {
                result: result(step, StepStatus::Satisfied, Some(detail), None),
                stop: None,
            }
        } else {
            run.step(step).await
        };
        tell(observer, &done.result);
        stopped = stopped.or(done.stop);
        steps.push(done.result);
    }
    observer.event(&Event::Verifying);
    let after = run.gather().await;
    if let Ok(facts) = &after {
        verify(&mut steps, plan, facts, observer);
    }
    Ok(Applied {
        steps,
        replanned: run.replanned,
        interrupted,
        after,
    })
}

struct Run<'a> {
    client: &'a Client,
    vm: ManagedObjectReference,
    before: &'a Facts,
    plan: &'a Plan,
    observer: &'a dyn Observer,
    /// What is known; unset when it has to be read again before anything else.
    facts: Option<Facts>,
    /// Whether a step changed the VM since. The layers of exclusion do not care.
    vm_changed: bool,
    replanned: Vec<String>,
}

/// A step's result, and why nothing should follow it.
struct Done {
    result: StepResult,
    stop: Option<&'static str>,
}

impl Run<'_> {
    async fn gather(&self) -> Result<Facts, ClientError> {
        gather(self.client, &self.vm, Knowledge::Keep(self.before)).await
    }

    /// Holds the plan against the facts of now, before anything is changed.
    async fn begin(&mut self) -> Result<(), ApplyError> {
        if is_fresh(self.before.gathered_at, Timestamp::now()) {
            self.facts = Some(self.before.clone());
            return Ok(());
        }
        let facts = self.gather().await.map_err(ApplyError::Client)?;
        let now = self.plan_for(&facts);
        if now.facts_fingerprint != self.plan.facts_fingerprint {
            if let Some(change) = misfit(self.plan, &now, 0) {
                return Err(ApplyError::Stale { change });
            }
            self.replan("the VM was changed since the plan was made");
        }
        self.facts = Some(facts);
        Ok(())
    }

    /// What would be planned for these facts by what was asked for.
    fn plan_for(&self, facts: &Facts) -> Plan {
        plan_with(facts, self.plan.scope, &self.plan.fixes)
    }

    fn replan(&mut self, reason: &str) {
        self.observer.event(&Event::Replanned {
            reason: reason.to_owned(),
        });
        self.replanned.push(reason.to_owned());
    }

    /// Carries out one step, unless there is nothing to do.
    async fn step(&mut self, step: &Step) -> Done {
        if matches!(
            step.change,
            Change::ShutDown { .. } | Change::PowerOn { .. }
        ) {
            let ended = power::act(self.client, step, self.observer).await;
            self.vm_changed = true;
            return self.ended(step, ended).await;
        }
        let mut overtaken = 0;
        loop {
            let facts = match self.facts_for(step).await {
                Ok(facts) => facts,
                Err(error) => {
                    let reason =
                        format!("the state before the step cannot be read: {}", told(&error));
                    return stop(step, StepStatus::Failed, reason, None);
                }
            };
            let now = self.plan_for(&facts);
            let Some(fresh) = now.step(&step.id) else {
                // Not planned any more is not the same as done.
                if let Some(reason) = given_up(self.plan, &now, step, &facts) {
                    return Done {
                        result: result(step, StepStatus::Failed, Some(reason), None),
                        stop: None,
                    };
                }
                return Done {
                    result: result(step, StepStatus::Satisfied, None, None),
                    stop: None,
                };
            };
            if fresh.change != step.change {
                let reason = format!(
                    "the VM was changed by somebody else; now it would be: {}",
                    fresh.title
                );
                return stop(step, StepStatus::Failed, reason, None);
            }
            if step.change.needs_power_off()
                && facts.master_target.power_state.known() != Some(&PowerState::PoweredOff)
            {
                let reason = "the VM is not off".to_owned();
                return Done {
                    result: result(step, StepStatus::Failed, Some(reason), None),
                    stop: None,
                };
            }
            let ended = act(self.client, step, &facts, self.observer).await;
            self.vm_changed |= step.change.touches_vm();
            match ended {
                Act::Overtaken { reason } => {
                    overtaken += 1;
                    self.facts = None;
                    if overtaken >= OVERTAKEN_AT_MOST {
                        let reason = format!("somebody keeps changing the VM: {reason}");
                        return Done {
                            result: result(step, StepStatus::Failed, Some(reason), None),
                            stop: None,
                        };
                    }
                    self.replan(&format!("{}: {reason}", step.title));
                }
                ended => return self.ended(step, ended).await,
            }
        }
    }

    /// What an end that is final comes to.
    async fn ended(&mut self, step: &Step, ended: Act) -> Done {
        match ended {
            Act::Done { task, detail } => Done {
                result: result(step, StepStatus::Done, detail, task),
                stop: None,
            },
            Act::Nothing { detail } => Done {
                result: result(step, StepStatus::Satisfied, detail, None),
                stop: None,
            },
            Act::Not {
                status,
                reason,
                task,
                fault: _,
            } => Done {
                result: result(step, status, Some(reason), task),
                stop: None,
            },
            Act::CutOff {
                status,
                reason,
                task,
            } => stop(step, status, reason, task),
            Act::Unclear { reason } => self.look(step, reason).await,
            Act::Overtaken { reason } => Done {
                result: result(step, StepStatus::Failed, Some(reason), None),
                stop: None,
            },
        }
    }

    /// The facts that a step has to go by, read again when they may have changed for it.
    async fn facts_for(&mut self, step: &Step) -> Result<Facts, ClientError> {
        if let Some(facts) = &self.facts
            && !(self.vm_changed && step.change.touches_vm())
        {
            return Ok(facts.clone());
        }
        self.read_again().await
    }

    async fn read_again(&mut self) -> Result<Facts, ClientError> {
        let facts = self.gather().await?;
        self.facts = Some(facts.clone());
        self.vm_changed = false;
        Ok(facts)
    }

    /// Reads whether a change whose answer was lost was made. It is not made again.
    async fn look(&mut self, step: &Step, lost: String) -> Done {
        match self.read_again().await {
            Ok(facts) if self.plan_for(&facts).step(&step.id).is_none() => {
                let detail = format!("{lost}; reading back shows that it was carried out");
                Done {
                    result: result(step, StepStatus::Done, Some(detail), None),
                    stop: None,
                }
            }
            Ok(_) => {
                let reason = format!(
                    "{lost}; reading back shows that it was not carried out, and it was not tried again"
                );
                Done {
                    result: result(step, StepStatus::Failed, Some(reason), None),
                    stop: None,
                }
            }
            Err(error) => {
                let reason = format!("{lost}, and the state cannot be read: {}", told(&error));
                stop(step, StepStatus::Unfinished, reason, None)
            }
        }
    }
}

/// Whether facts of that time need no second reading before the first act.
pub(crate) fn is_fresh(gathered_at: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(gathered_at);
    // A clock that was set back tells nothing about the age.
    !age.is_negative() && age <= FRESH
}

fn stop(step: &Step, status: StepStatus, reason: String, task: Option<String>) -> Done {
    Done {
        result: result(step, status, Some(reason), task),
        stop: Some("a step before it ended the work"),
    }
}

pub(crate) fn result(
    step: &Step,
    status: StepStatus,
    detail: Option<String>,
    task: Option<String>,
) -> StepResult {
    StepResult {
        id: step.id.clone(),
        title: step.title.clone(),
        fixes: step.fixes.clone(),
        object: step.object.clone(),
        status,
        detail,
        task,
        optional: step.optional,
        needs_power_cycle: step.needs_power_cycle,
        undo: step.undo.clone(),
    }
}

pub(crate) fn tell(observer: &dyn Observer, result: &StepResult) {
    let id = result.id.clone();
    let reason = || result.detail.clone().unwrap_or_default();
    observer.event(&match result.status {
        StepStatus::Done => Event::StepDone { id },
        StepStatus::Satisfied => Event::StepSatisfied { id },
        StepStatus::Skipped => Event::StepSkipped {
            id,
            reason: reason(),
        },
        StepStatus::NotTaken => Event::StepUnverified {
            id,
            reason: reason(),
        },
        StepStatus::Failed
        | StepStatus::NotSupported
        | StepStatus::NotPermitted
        | StepStatus::Unfinished => Event::StepFailed {
            id,
            reason: reason(),
        },
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_of_a_moment_ago_are_fresh_and_those_of_the_future_are_not() {
        let now = Timestamp::UNIX_EPOCH;
        let ago = |millis| now - SignedDuration::from_millis(millis);
        assert!(is_fresh(ago(0), now) && is_fresh(ago(250), now));
        assert!(!is_fresh(ago(251), now) && !is_fresh(ago(-1), now));
    }
}
