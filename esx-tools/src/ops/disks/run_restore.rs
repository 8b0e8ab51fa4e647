//! Carrying out a restore: owner by owner, each change once, verified by reading back.

use vsphere_client::Client;

use super::super::OpError;
use super::restore::{PreparedRestore, RestoreReport, of_plan, see};
use super::work::{OVERTAKEN_AT_MOST, attempt, is_fresh, pause};
use crate::{
    apply::{
        Act, Event, Interrupt, Observer, Outcome, StepResult, StepStatus, step_result, tell_step,
        told,
    },
    disks::{self, DiskPlan, RestoreFacts},
    facts::{Facts, Knowledge, gather},
    plan::{Change, Step},
};

pub(super) async fn run(
    client: &Client,
    prepared: PreparedRestore,
    observer: &dyn Observer,
    interrupt: &Interrupt,
) -> Result<RestoreReport, OpError> {
    let PreparedRestore {
        located,
        plan,
        seen,
    } = prepared;
    let Some(seen) = seen.filter(|_| !plan.is_empty()) else {
        return Ok(RestoreReport {
            outcome: of_plan(&plan),
            plan,
            steps: Vec::new(),
            after: Some(located),
            verify_error: None,
            replanned: Vec::new(),
        });
    };
    let mut run = Run {
        client,
        observer,
        fresh: is_fresh(&seen.facts),
        seen: *seen,
        replanned: Vec::new(),
    };
    let mut steps: Vec<StepResult> = Vec::with_capacity(plan.steps.len());
    let mut stopped: Option<&str> = None;
    let mut interrupted = false;
    for (index, step) in plan.steps.iter().enumerate() {
        if stopped.is_none() && interrupt.is_requested() {
            stopped = Some("stopped on request");
            interrupted = true;
        }
        // The ledger is told only of what is so.
        let before = disks::restore_needs(&step.id).is_some_and(|id| {
            steps
                .iter()
                .any(|done| done.id == id && !done.status.is_good())
        });
        let why = stopped.or(before.then_some("the disks were not given back"));
        let result = match why {
            Some(reason) => step_result(step, StepStatus::Skipped, Some(reason.to_owned()), None),
            None => {
                observer.event(&Event::StepStarted {
                    id: step.id.clone(),
                    title: step.title.clone(),
                    number: index + 1,
                    total: plan.steps.len(),
                });
                let (result, stop) = run.step(step).await;
                stopped = stopped.or(stop);
                result
            }
        };
        tell_step(observer, &result);
        steps.push(result);
    }
    observer.event(&Event::Verifying);
    let (after, verify_error) = match run.look().await {
        Ok(located) => (Some(located), None),
        Err(error) => (None, Some(told(&error))),
    };
    if after.is_some() {
        verify(&mut steps, &disks::plan_restore(&run.seen), observer);
    }
    let outcome = outcome(&plan, &steps, after.is_some(), interrupted);
    Ok(RestoreReport {
        plan,
        steps,
        after,
        verify_error,
        replanned: run.replanned,
        outcome,
    })
}

struct Run<'a> {
    client: &'a Client,
    observer: &'a dyn Observer,
    seen: RestoreFacts,
    /// Whether what was seen is of a moment ago and nothing was done since.
    fresh: bool,
    replanned: Vec<String>,
}

impl Run<'_> {
    /// Looks for everything again.
    async fn look(&mut self) -> Result<super::LocatedDisks, OpError> {
        let vm = self.seen.facts.master_target.moref.clone();
        let facts: Facts = gather(self.client, &vm, Knowledge::Keep(&self.seen.facts))
            .await
            .map_err(OpError::client(format!(
                "read the state of {}",
                self.seen.facts.master_target.name
            )))?;
        let (seen, located) = see(self.client, facts, self.seen.wanted.clone()).await?;
        self.seen = seen;
        self.fresh = true;
        Ok(located)
    }

    /// Carries out one step, unless it is done already; and says why nothing should follow it.
    async fn step(&mut self, step: &Step) -> (StepResult, Option<&'static str>) {
        for round in 0..OVERTAKEN_AT_MOST {
            if !self.fresh
                && let Err(error) = self.look().await
            {
                let reason = format!("the state before the step cannot be read: {}", told(&error));
                return stop(step, StepStatus::Failed, reason, None);
            }
            let now = disks::plan_restore(&self.seen);
            let Some(fresh) = now.step(&step.id) else {
                return (absent(step, &now), None);
            };
            if !same(&fresh.change, &step.change) {
                let reason = format!(
                    "somebody else changed something meanwhile; now it would be: {}",
                    fresh.title
                );
                return (
                    step_result(step, StepStatus::Failed, Some(reason), None),
                    None,
                );
            }
            let fresh = fresh.clone();
            let ended = attempt(self.client, &fresh, &self.seen.facts, self.observer).await;
            self.fresh = false;
            match ended {
                Act::Done { task, detail } => {
                    return (step_result(step, StepStatus::Done, detail, task), None);
                }
                Act::Nothing { detail } => {
                    return (step_result(step, StepStatus::Satisfied, detail, None), None);
                }
                Act::Not {
                    status,
                    reason,
                    task,
                    ..
                } => return (step_result(step, status, Some(advised(reason)), task), None),
                Act::CutOff {
                    status,
                    reason,
                    task,
                } => return stop(step, status, reason, task),
                Act::Unclear { reason } => return self.settle(step, reason).await,
                Act::Overtaken { reason } => {
                    self.observer.event(&Event::Replanned {
                        reason: reason.clone(),
                    });
                    self.replanned.push(format!("{}: {reason}", step.title));
                    pause(round).await;
                }
            }
        }
        let reason = "somebody keeps changing the VM".to_owned();
        (
            step_result(step, StepStatus::Failed, Some(reason), None),
            None,
        )
    }

    /// Reads whether a change whose answer was lost was made. It is not made again.
    async fn settle(&mut self, step: &Step, lost: String) -> (StepResult, Option<&'static str>) {
        match self.look().await {
            Ok(_) if disks::plan_restore(&self.seen).step(&step.id).is_none() => {
                let detail = format!("{lost}; reading back shows that it was carried out");
                (
                    step_result(step, StepStatus::Done, Some(detail), None),
                    None,
                )
            }
            Ok(_) => {
                let reason = format!(
                    "{lost}; reading back shows that it was not carried out, and it was not tried again"
                );
                (
                    step_result(step, StepStatus::Failed, Some(reason), None),
                    None,
                )
            }
            Err(error) => {
                let reason = format!("{lost}, and the state cannot be read: {}", told(&error));
                stop(step, StepStatus::Unfinished, reason, None)
            }
        }
    }
}

/// A step that is not planned any more: done by somebody, or not possible any more.
fn absent(step: &Step, now: &DiskPlan) -> StepResult {
    let refused = now.refused.iter().find(|refused| {
        let uuid = refused.disk.uuid.as_ref();
        uuid.is_some_and(|uuid| concerns(&step.change, uuid.as_str()))
    });
    match refused {
        Some(refused) => {
            let reason = format!(
                "somebody else changed something meanwhile: {}: {}",
                refused.disk, refused.reason
            );
            step_result(step, StepStatus::Failed, Some(reason), None)
        }
        None => step_result(step, StepStatus::Satisfied, None, None),
    }
}

/// Whether a change is about a disk.
fn concerns(change: &Change, uuid: &str) -> bool {
    match change {
        Change::GiveBackDisks { disks, .. } => disks.iter().any(|disk| disk.uuid.as_str() == uuid),
        Change::Reconfigure { extra_config, .. } => extra_config
            .iter()
            .any(|setting| setting.key.to_ascii_lowercase().ends_with(uuid)),
        _ => false,
    }
}

/// Whether a change that is planned now is the one that was agreed to: the same disks from the same files, even
/// when a device got another key.
fn same(now: &Change, then: &Change) -> bool {
    match (now, then) {
        (
            Change::GiveBackDisks { vm, disks },
            Change::GiveBackDisks {
                vm: vm_then,
                disks: disks_then,
            },
        ) => {
            let told = |disks: &[crate::plan::GivenBackDisk]| -> Vec<(String, String, String)> {
                disks
                    .iter()
                    .map(|disk| {
                        let uuid = disk.uuid.to_string();
                        (uuid, disk.path.clone(), disk.place.clone())
                    })
                    .collect()
            };
            let then = told(disks_then);
            vm == vm_then && told(disks).iter().all(|one| then.contains(one))
        }
        (now, then) => now == then,
    }
}

/// A lock has one usual reason here, and a way out. Detaching is none: a moved disk is given back first, so
/// that its own VM finds it.
fn advised(reason: String) -> String {
    if reason.contains("FileLocked") {
        format!(
            "{reason}; a VM that runs with the disk holds it, most likely the master target: shut that down, and run this again"
        )
    } else {
        reason
    }
}

fn stop(
    step: &Step,
    status: StepStatus,
    reason: String,
    task: Option<String>,
) -> (StepResult, Option<&'static str>) {
    (
        step_result(step, status, Some(reason), task),
        Some("a step before it ended the work"),
    )
}

/// A step that is still planned after it was done did not take.
fn verify(steps: &mut [StepResult], now: &DiskPlan, observer: &dyn Observer) {
    for step in steps {
        if step.status == StepStatus::Done && now.step(&step.id).is_some() {
            let reason = "the server said that it was done, and reading back shows that it was not";
            step.status = StepStatus::NotTaken;
            step.detail = Some(reason.into());
            observer.event(&Event::StepUnverified {
                id: step.id.clone(),
                reason: reason.into(),
            });
        }
    }
}

/// The end as one word.
fn outcome(plan: &DiskPlan, steps: &[StepResult], read: bool, interrupted: bool) -> Outcome {
    let changed = steps.iter().any(|step| step.status.may_have_changed());
    let failed: Vec<&StepResult> = steps.iter().filter(|step| !step.status.is_good()).collect();
    if failed.is_empty() && read {
        return match (plan.refused.is_empty(), changed) {
            (true, _) => Outcome::Ready,
            (false, true) => Outcome::Partial,
            (false, false) => of_plan(plan),
        };
    }
    let for_want_of_privilege = !failed.is_empty()
        && failed
            .iter()
            .all(|step| matches!(step.status, StepStatus::NotPermitted | StepStatus::Skipped));
    match (changed, interrupted, for_want_of_privilege) {
        (true, ..) => Outcome::Partial,
        (false, true, _) => Outcome::Interrupted,
        (false, false, true) => Outcome::NotPermitted,
        (false, false, false) => Outcome::Failed,
    }
}
