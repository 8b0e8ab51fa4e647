//! Carrying out an attach: one reconfigure, the search for a disk that is refused, reading back.

use vsphere_client::{Client, vim::MethodFault};

use super::super::OpError;
use super::{
    DiskReport, PreparedAttach,
    attach::{Asked, read_again},
    read_attach::{Read, is_attached, is_entered},
    report::{Ended, outcome},
    work::{OVERTAKEN_AT_MOST, Problem, attempt, is_fresh, pause},
};
use crate::{
    apply::{Act, Event, Interrupt, Observer, StepStatus, told},
    disks::{ATTACH, AttachFacts, Blame, DiskPlan, blame},
    facts::ControllerKind,
    ledger::Entry,
    plan::{Change, PlacedDisk, Step},
};

/// A disk that the server refused, with its words.
pub(super) type Blamed = (PlacedDisk, String);

pub(super) async fn run(
    client: &Client,
    prepared: PreparedAttach,
    observer: &dyn Observer,
    interrupt: &Interrupt,
) -> Result<DiskReport, OpError> {
    let PreparedAttach {
        plan, asked, seen, ..
    } = prepared;
    let (Some(seen), Some(step)) = (seen, plan.step(ATTACH).cloned()) else {
        return Ok(DiskReport::of_nothing(plan));
    };
    observer.event(&Event::StepStarted {
        id: step.id.clone(),
        title: step.title.clone(),
        number: 1,
        total: 1,
    });
    let mut run = Run {
        client,
        asked: &asked,
        observer,
        interrupt,
        fresh: is_fresh(&seen.facts),
        seen: *seen,
        plan: &plan,
        step: &step,
        replanned: Vec::new(),
        ended: Ended::default(),
        blamed: Vec::new(),
    };
    let Change::AttachDisks { disks, record, .. } = step.change.clone() else {
        return Ok(DiskReport::of_nothing(plan));
    };
    let (mut left, mut entries) = (disks.clone(), record.clone());
    if !run.fresh {
        // Nothing was changed yet, so a plan that does not fit any more is an error and no report.
        run.renew(&mut left, &mut entries)
            .await
            .map_err(|problem| problem.at_the_start(&plan))?;
        if left != disks || entries != record {
            run.note("the master target was changed since the plan was made".into());
        }
    }
    if interrupt.is_requested() {
        run.ended.interrupted = true;
        run.ended.failure = Some((StepStatus::Skipped, "stopped on request".into()));
    } else {
        run.all(left, entries).await;
    }
    observer.event(&Event::Verifying);
    let after = read_again(client, &run.seen.facts).await;
    let Run {
        replanned,
        ended,
        blamed,
        ..
    } = run;
    let results = Read {
        after: after.as_ref().ok(),
        failure: ended.failure.as_ref().map(|(_, reason)| reason.as_str()),
        blamed: &blamed,
        partial: asked.partial,
    }
    .results(&disks, &record);
    let outcome = outcome(&plan, &results, &ended, after.is_ok());
    let report = DiskReport {
        plan,
        disks: results,
        task: ended.task,
        failure: ended.failure.map(|(_, reason)| reason),
        replanned,
        verify_error: after.err().map(|error| told(&error)),
        outcome,
    };
    tell(observer, &step, &report);
    Ok(report)
}

/// Tells the observer how the step ended.
pub(super) fn tell(observer: &dyn Observer, step: &Step, report: &DiskReport) {
    let id = step.id.clone();
    let bad = report.disks.iter().find(|disk| !disk.status.is_good());
    observer.event(&match bad {
        None if report.verify_error.is_none() => Event::StepDone { id },
        bad => Event::StepFailed {
            id,
            reason: report
                .failure
                .clone()
                .or_else(|| bad.and_then(|disk| disk.detail.clone()))
                .or_else(|| report.verify_error.clone())
                .unwrap_or_default(),
        },
    });
}

/// How one reconfigure ended.
pub(super) enum Sent {
    Done,
    /// The server refused it.
    Refused(Box<MethodFault>, StepStatus, String),
    /// The work is over.
    Over,
}

pub(super) struct Run<'a> {
    pub(super) client: &'a Client,
    pub(super) asked: &'a Asked,
    pub(super) observer: &'a dyn Observer,
    pub(super) interrupt: &'a Interrupt,
    pub(super) seen: AttachFacts,
    /// Whether what was seen is of a moment ago, and nothing was changed since.
    pub(super) fresh: bool,
    pub(super) plan: &'a DiskPlan,
    pub(super) step: &'a Step,
    pub(super) replanned: Vec<String>,
    pub(super) ended: Ended,
    pub(super) blamed: Vec<Blamed>,
}

impl Run<'_> {
    /// Attaches them all, or what is left of them when the server refuses some.
    async fn all(&mut self, mut disks: Vec<PlacedDisk>, mut record: Vec<Entry>) {
        while !(disks.is_empty() && record.is_empty()) {
            let (fault, status, reason) = match self.send(&mut disks, &mut record).await {
                Sent::Done | Sent::Over => return,
                Sent::Refused(fault, status, reason) => (fault, status, reason),
            };
            let guilty = match blame(&fault, &disks, &self.seen.facts) {
                Blame::Named(found) => found,
                Blame::Unnamed if disks.len() == 1 => vec![0],
                Blame::Unnamed if disks.len() > 1 => {
                    self.search(disks, record, &reason).await;
                    return;
                }
                Blame::Unnamed | Blame::NotADisk => {
                    self.ended.failure = Some((status, reason));
                    return;
                }
            };
            self.take_out(&mut disks, &guilty, &reason);
            if !self.asked.partial {
                return;
            }
        }
    }

    pub(super) fn take_out(&mut self, disks: &mut Vec<PlacedDisk>, guilty: &[usize], reason: &str) {
        let mut index = 0;
        disks.retain(|disk| {
            let out = guilty.contains(&index);
            index += 1;
            if out {
                self.blamed.push((disk.clone(), reason.to_owned()));
            }
            !out
        });
    }

    /// One reconfigure for these disks and entries. When somebody else was faster, everything is read and
    /// planned again, and it goes on as long as the same is to be done.
    pub(super) async fn send(
        &mut self,
        disks: &mut Vec<PlacedDisk>,
        record: &mut Vec<Entry>,
    ) -> Sent {
        for round in 0..OVERTAKEN_AT_MOST {
            if !self.fresh
                && let Err(problem) = self.renew(disks, record).await
            {
                self.over(problem);
                return Sent::Over;
            }
            if disks.is_empty() && record.is_empty() {
                return Sent::Done;
            }
            let step = Step {
                change: Change::AttachDisks {
                    vm: self.step.change.target().clone(),
                    controller_kind: self.controller_kind(),
                    disks: disks.clone(),
                    record: record.clone(),
                },
                ..self.step.clone()
            };
            let ended = attempt(self.client, &step, &self.seen.facts, self.observer).await;
            self.fresh = false;
            match ended {
                Act::Done { task, .. } => {
                    self.ended.task = task.or(self.ended.task.take());
                    return Sent::Done;
                }
                Act::Nothing { .. } => return Sent::Done,
                Act::Overtaken { reason } => {
                    if round + 1 == OVERTAKEN_AT_MOST {
                        let reason = format!("somebody keeps changing the master target: {reason}");
                        self.ended.failure = Some((StepStatus::Failed, reason));
                        return Sent::Over;
                    }
                    self.note(reason);
                    pause(round).await;
                }
                Act::Not {
                    status,
                    reason,
                    task,
                    fault,
                } => {
                    self.ended.task = task.or(self.ended.task.take());
                    match fault {
                        Some(fault) => return Sent::Refused(fault, status, reason),
                        None => {
                            self.ended.failure = Some((status, reason));
                            return Sent::Over;
                        }
                    }
                }
                Act::Unclear { reason } => return self.was_it_done(disks, record, reason).await,
                Act::CutOff {
                    status,
                    reason,
                    task,
                } => {
                    self.ended.task = task.or(self.ended.task.take());
                    self.ended.failure = Some((status, reason));
                    return Sent::Over;
                }
            }
        }
        Sent::Over
    }

    /// An answer was lost: the state tells. It is not sent again.
    async fn was_it_done(&mut self, disks: &[PlacedDisk], record: &[Entry], lost: String) -> Sent {
        match read_again(self.client, &self.seen.facts).await {
            Ok(facts) => {
                let done = disks.iter().all(|disk| is_attached(disk, &facts))
                    && record.iter().all(|entry| is_entered(&entry.uuid, &facts));
                self.seen.facts = facts;
                if done {
                    return Sent::Done;
                }
                let reason = format!(
                    "{lost}; reading back shows that it was not carried out, and it was not tried again"
                );
                self.ended.failure = Some((StepStatus::Failed, reason));
            }
            Err(error) => {
                let reason = format!("{lost}, and the state cannot be read: {}", told(&error));
                self.ended.failure = Some((StepStatus::Unfinished, reason));
            }
        }
        Sent::Over
    }

    fn controller_kind(&self) -> ControllerKind {
        let slots = self.seen.facts.master_target.slots();
        let found = slots.known().and_then(|slots| slots.allocate(0).ok());
        found.map_or(ControllerKind::LsiLogic, |found| found.controller_kind)
    }

    pub(super) fn note(&mut self, reason: String) {
        self.observer.event(&Event::Replanned {
            reason: reason.clone(),
        });
        self.replanned.push(reason);
    }

    fn over(&mut self, problem: Problem) {
        self.ended.failure = Some(problem.on_the_way());
    }
}
