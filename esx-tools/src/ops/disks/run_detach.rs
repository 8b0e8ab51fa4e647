//! Carrying out a detach: one reconfigure, reading back, asking the files.

use std::collections::{BTreeMap, BTreeSet};

use vsphere_client::Client;

use super::super::OpError;
use super::{
    DiskReport, DiskResult, DiskStatus, PreparedDetach,
    attach::read_again,
    detach::look,
    files::ask_by_uuid,
    read_attach::is_entered,
    report::{Ended, outcome},
    run_attach::tell,
    work::{OVERTAKEN_AT_MOST, Problem, attempt, is_fresh, pause},
};
use crate::{
    apply::{Act, Event, Interrupt, Observer, StepStatus, told},
    disks::{self, DETACH, DetachFacts, DetachWanted, DiskName, DiskPlan, NoAnswer},
    facts::Facts,
    ledger::{DiskUuid, Entry},
    plan::{AttachedDisk, Change, Step},
};

/// What the files say after they were detached.
type Files = BTreeMap<DiskUuid, Result<DiskUuid, NoAnswer>>;

pub(super) async fn run(
    client: &Client,
    prepared: PreparedDetach,
    observer: &dyn Observer,
    interrupt: &Interrupt,
) -> Result<DiskReport, OpError> {
    let PreparedDetach { plan, seen, .. } = prepared;
    let change = plan.step(DETACH).map(|step| step.change.clone());
    let (Some(seen), Some(step), Some(Change::DetachDisks { disks, forget, .. })) =
        (seen, plan.step(DETACH).cloned(), change)
    else {
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
        observer,
        fresh: is_fresh(&seen.facts),
        seen: *seen,
        plan: &plan,
        step: &step,
        replanned: Vec::new(),
        ended: Ended::default(),
    };
    let (mut left, mut entries) = (disks.clone(), forget.clone());
    if !run.fresh {
        run.renew(&mut left, &mut entries)
            .await
            .map_err(|problem| problem.at_the_start(&plan))?;
    }
    if interrupt.is_requested() {
        run.ended.interrupted = true;
        run.ended.failure = Some((StepStatus::Skipped, "stopped on request".into()));
    } else {
        run.send(left, entries).await;
    }
    observer.event(&Event::Verifying);
    let after = read_again(client, &run.seen.facts).await;
    let Run {
        replanned, ended, ..
    } = run;
    let files = match &after {
        Ok(facts) => ask_files(client, facts, &disks).await,
        Err(error) => Err(told(error)),
    };
    let read = Read {
        after: after.as_ref().ok(),
        files: files.as_ref().ok(),
        failure: ended.failure.as_ref().map(|(_, reason)| reason.as_str()),
    };
    let results = read.results(&disks, &forget);
    let outcome = outcome(&plan, &results, &ended, files.is_ok());
    let report = DiskReport {
        plan,
        disks: results,
        task: ended.task,
        failure: ended.failure.map(|(_, reason)| reason),
        replanned,
        verify_error: files.err(),
        outcome,
    };
    tell(observer, &step, &report);
    Ok(report)
}

/// Asks the files of the disks that are detached now; while a disk is attached, its file is held.
async fn ask_files(
    client: &Client,
    facts: &Facts,
    disks: &[AttachedDisk],
) -> Result<Files, String> {
    let gone = disks
        .iter()
        .filter(|disk| !is_attached(&disk.uuid, &disk.path, facts));
    let expected = gone
        .map(|disk| (disk.uuid.clone(), disk.path.clone()))
        .collect();
    ask_by_uuid(client, facts, expected)
        .await
        .map_err(|error| told(&error))
}

struct Run<'a> {
    client: &'a Client,
    observer: &'a dyn Observer,
    seen: DetachFacts,
    fresh: bool,
    plan: &'a DiskPlan,
    step: &'a Step,
    replanned: Vec<String>,
    ended: Ended,
}

impl Run<'_> {
    /// One reconfigure. When somebody else was faster, everything is read and planned again.
    async fn send(&mut self, mut disks: Vec<AttachedDisk>, mut forget: Vec<Entry>) {
        for round in 0..OVERTAKEN_AT_MOST {
            if !self.fresh
                && let Err(problem) = self.renew(&mut disks, &mut forget).await
            {
                self.ended.failure = Some(problem.on_the_way());
                return;
            }
            if disks.is_empty() && forget.is_empty() {
                return;
            }
            let step = Step {
                change: Change::DetachDisks {
                    vm: self.step.change.target().clone(),
                    disks: disks.clone(),
                    forget: forget.clone(),
                },
                ..self.step.clone()
            };
            let ended = attempt(self.client, &step, &self.seen.facts, self.observer).await;
            self.fresh = false;
            let (status, reason) = match ended {
                Act::Done { task, .. } => {
                    self.ended.task = task;
                    return;
                }
                Act::Nothing { .. } => return,
                Act::Overtaken { reason } if round + 1 < OVERTAKEN_AT_MOST => {
                    self.observer.event(&Event::Replanned {
                        reason: reason.clone(),
                    });
                    self.replanned.push(reason);
                    pause(round).await;
                    continue;
                }
                Act::Overtaken { reason } => (
                    StepStatus::Failed,
                    format!("somebody keeps changing the master target: {reason}"),
                ),
                // The state is read in any case, and tells what became of it. It is not sent again.
                Act::Unclear { reason } => (
                    StepStatus::Failed,
                    format!(
                        "{reason}; reading back shows what was carried out, and nothing was tried again"
                    ),
                ),
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
                } => {
                    self.ended.task = task;
                    (status, reason)
                }
            };
            self.ended.failure = Some((status, reason));
            return;
        }
    }

    /// Reads everything again: what of these disks and entries is still to be taken off?
    async fn renew(
        &mut self,
        disks: &mut Vec<AttachedDisk>,
        forget: &mut Vec<Entry>,
    ) -> Result<(), Problem> {
        let unread = |error| Problem::Unread(Box::new(error));
        let facts = read_again(self.client, &self.seen.facts)
            .await
            .map_err(OpError::client(format!(
                "read the state of {}",
                self.plan.master_target_name
            )))
            .map_err(unread)?;
        // The very disks of the plan, and none that somebody else attached since.
        let wanted: BTreeSet<DiskUuid> = disks
            .iter()
            .map(|disk| &disk.uuid)
            .chain(forget.iter().map(|entry| &entry.uuid))
            .cloned()
            .collect();
        let wanted = DetachWanted {
            uuids: wanted.into_iter().collect(),
            ..DetachWanted::default()
        };
        let seen = look(self.client, facts, wanted).await.map_err(unread)?;
        let now = disks::plan_detach(&seen);
        // What was asked for stays what it was.
        self.seen.facts = seen.facts;
        self.seen.files = seen.files;
        self.fresh = true;
        if let Some(news) = now.refused.first() {
            let change = match news.disk == DiskName::default() {
                true => news.reason.clone(),
                false => format!("{}: {}", news.disk, news.reason),
            };
            return Err(Problem::Changed(change));
        }
        (*disks, *forget) = match now.step(DETACH).map(|step| &step.change) {
            Some(Change::DetachDisks { disks, forget, .. }) => (disks.clone(), forget.clone()),
            _ => (Vec::new(), Vec::new()),
        };
        Ok(())
    }
}

fn is_attached(uuid: &DiskUuid, path: &str, facts: &Facts) -> bool {
    let mut disks = facts.master_target.disks.known().into_iter().flatten();
    disks.any(|now| match now.disk_uuid() {
        Some(other) => &other == uuid,
        None => now.stands_on(path),
    })
}

/// What is there now, and what was heard on the way.
struct Read<'a> {
    after: Option<&'a Facts>,
    files: Option<&'a Files>,
    failure: Option<&'a str>,
}

impl Read<'_> {
    fn results(&self, disks: &[AttachedDisk], forget: &[Entry]) -> Vec<DiskResult> {
        let of_disks = disks.iter().map(|disk| {
            let (status, detail) = self.of_disk(disk);
            DiskResult {
                disk: DiskName {
                    vm: disk.entry.as_ref().map(|entry| entry.vm_name.clone()),
                    label: Some(disk.label.clone()),
                    path: Some(disk.path.clone()),
                    uuid: Some(disk.uuid.clone()),
                },
                slot: disk.slot,
                status,
                detail,
            }
        });
        let of_entries = forget.iter().map(|entry| {
            let (status, detail) = match self.after {
                None => (DiskStatus::Unknown, self.said()),
                Some(facts) if is_entered(&entry.uuid, facts) => (DiskStatus::NotDone, self.said()),
                Some(_) => (DiskStatus::Forgotten, None),
            };
            DiskResult {
                disk: DiskName {
                    vm: Some(entry.vm_name.clone()),
                    label: None,
                    path: Some(entry.path.clone()),
                    uuid: Some(entry.uuid.clone()),
                },
                slot: None,
                status,
                detail,
            }
        });
        of_disks.chain(of_entries).collect()
    }

    fn said(&self) -> Option<String> {
        self.failure.map(str::to_owned)
    }

    fn of_disk(&self, disk: &AttachedDisk) -> (DiskStatus, Option<String>) {
        let Some(facts) = self.after else {
            return (DiskStatus::Unknown, self.said());
        };
        if is_attached(&disk.uuid, &disk.path, facts) {
            return (DiskStatus::NotDone, self.said());
        }
        if is_entered(&disk.uuid, facts) {
            let detail = "it is detached, and the ledger still has its entry; detach it again to have it removed";
            return (DiskStatus::NotTaken, Some(detail.into()));
        }
        let path = &disk.path;
        let not_seen = |said: String| (DiskStatus::FileNotSeen, Some(said));
        match self.files.and_then(|files| files.get(&disk.uuid)) {
            Some(Ok(uuid)) if uuid == &disk.uuid => (DiskStatus::Detached, None),
            Some(Ok(uuid)) => not_seen(format!(
                "the file {path} has the UUID {uuid}, not that of the disk"
            )),
            Some(Err(NoAnswer::Absent(said) | NoAnswer::Refused(said))) => {
                not_seen(format!("the file {path} cannot be seen: {said}"))
            }
            Some(Err(NoAnswer::Unknown)) | None => not_seen(format!(
                "the file {path} cannot be asked: its datastore is not known any more"
            )),
        }
    }
}
