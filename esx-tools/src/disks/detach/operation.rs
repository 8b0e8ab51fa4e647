//! Detaching disks of protected VMs from a master target, in one reconfigure. No file is deleted, whatever happens.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use vsphere_client::{Client, vim::ManagedObjectReference};

use super::{
    super::{
        DiskName, DiskPlan, DiskResult, DiskStatus, DisksAfter,
        files::ask_by_uuid,
        list::read,
        report::{detail_of, is_attached, is_entered, named_by, not_as_wanted},
    },
    plan::{DetachFacts, DetachWanted, OfVm, plan_detach, without_disk},
};
use crate::{
    calls,
    engine::{Attempt, Operation, Outcome, Prepared, Remaining, Sender, StepResult},
    error::OpError,
    fact::Fact,
    find::{resolve, resolve_reference},
    ledger::{DiskUuid, Entry, Ledger},
    plan::{AttachedDisk, Change, Step, StepKind},
    selector::VmSelector,
    site::{Facts, Knowledge, gather},
    vm::NoAnswer,
};

/// Which disks are to be detached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DetachOptions {
    /// Everything in the ledger.
    pub all: bool,
    /// All that the ledger has of these VMs.
    pub vms: Vec<VmSelector>,
    /// These very disks, in the ledger or not.
    pub uuids: Vec<DiskUuid>,
}

impl DetachOptions {
    /// Everything in the ledger.
    pub fn all() -> Self {
        Self {
            all: true,
            ..Self::default()
        }
    }

    /// All that the ledger has of these VMs.
    pub fn of_vms(vms: impl IntoIterator<Item = VmSelector>) -> Self {
        Self {
            vms: vms.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Names disks by UUID as well.
    #[must_use]
    pub fn with_uuids(mut self, uuids: impl IntoIterator<Item = DiskUuid>) -> Self {
        self.uuids.extend(uuids);
        self
    }
}

/// Detaching disks.
#[derive(Clone, Debug)]
pub struct Detach {
    plan: DiskPlan,
}

/// Finds the disks that were named in the ledger and on the master target, and plans to detach them.
/// Changes nothing.
///
/// What is planned goes in one reconfigure; afterwards every file is asked whether it is still there and has its UUID.
///
/// # Errors
///
/// [`OpError::Contradiction`] when nothing is named; [`OpError::NotFound`] and [`OpError::Ambiguous`];
/// else the client's. That a disk may not be detached is no error but an entry of [`DiskPlan::refused`].
pub async fn prepare(
    client: &Client,
    master_target: &VmSelector,
    options: &DetachOptions,
) -> Result<Prepared<Detach>, OpError> {
    if !options.all && options.vms.is_empty() && options.uuids.is_empty() {
        return Err(OpError::Contradiction {
            problem: "no disk is named: name VMs, UUIDs, or all".into(),
        });
    }
    let target = resolve_reference(client, master_target).await?;
    let facts = read(client, &target).await?;
    let mut wanted = DetachWanted {
        all: options.all,
        vms: Vec::new(),
        uuids: options.uuids.clone(),
    };
    let ledger = match facts.master_target.ledger() {
        Fact::Known(ledger) => ledger,
        Fact::Unknown { .. } => Ledger::default(),
    };
    for selector in &options.vms {
        let vm = of_vm(client, selector, &ledger, &target).await?;
        wanted.vms.push(vm);
    }
    let lost = without_disk(&facts, &wanted);
    let lost = lost.into_iter().map(|entry| (entry.uuid, entry.path));
    let seen = look(client, facts, wanted, lost.collect()).await?;
    let operation = Detach {
        plan: plan_detach(&seen),
    };
    Ok(Prepared { operation, seen })
}

/// Asks the files of what is not attached.
async fn look(
    client: &Client,
    facts: Facts,
    wanted: DetachWanted,
    lost: BTreeMap<DiskUuid, String>,
) -> Result<DetachFacts, OpError> {
    let files = ask_by_uuid(client, &facts, lost.into_iter().collect())
        .await
        .map_err(OpError::client("ask the files for their UUIDs"))?;
    Ok(DetachFacts {
        facts,
        wanted,
        files,
    })
}

impl Operation for Detach {
    type Seen = DetachFacts;
    type Plan = DiskPlan;
    type After = DisksAfter;

    fn plan(&self) -> &DiskPlan {
        &self.plan
    }

    fn steps(&self) -> &[Step] {
        &self.plan.steps
    }

    fn without_a_change(&self) -> Outcome {
        self.plan.without_a_change()
    }

    fn seen_at(&self, seen: &DetachFacts) -> Timestamp {
        seen.facts.gathered_at
    }

    async fn carry_out(&self, sender: &mut Sender<'_>, step: &Step, seen: &DetachFacts) -> Attempt {
        calls::carry_out(sender, &step.change, Some(&seen.facts)).await
    }

    async fn look(&self, client: &Client, before: &DetachFacts) -> Result<DetachFacts, OpError> {
        let own = &before.facts.master_target;
        let facts = gather(client, &own.moref, Knowledge::Keep(&before.facts))
            .await
            .map_err(OpError::client(format!("read the state of {}", own.name)))?;
        // While a disk is attached, its file is held.
        let (disks, forget) = self.of_plan();
        let off = |uuid: &DiskUuid, path: &str| !is_attached(uuid, path, &facts);
        let gone = disks.iter().map(|disk| (&disk.uuid, &disk.path));
        let lost = gone
            .chain(forget.iter().map(|entry| (&entry.uuid, &entry.path)))
            .filter(|(uuid, path)| off(uuid, path))
            .map(|(uuid, path)| (uuid.clone(), path.clone()))
            .collect();
        look(client, facts, before.wanted.clone(), lost).await
    }

    fn remaining(&self, step: &Step, seen: &DetachFacts) -> Remaining {
        let Change::DetachDisks { vm, disks, forget } = &step.change else {
            return Remaining::Differs("a step that is no detach".into());
        };
        let facts = &seen.facts;
        let is_off = |disk: &AttachedDisk| {
            !is_attached(&disk.uuid, &disk.path, facts) && !is_entered(&disk.uuid, facts)
        };
        let is_forgotten = |entry: &Entry| !is_entered(&entry.uuid, facts);
        if disks.iter().all(is_off) && forget.iter().all(is_forgotten) {
            return Remaining::Nothing;
        }
        // The very disks of the plan, and none that somebody else attached since.
        let uuids: BTreeSet<&DiskUuid> = disks
            .iter()
            .map(|disk| &disk.uuid)
            .chain(forget.iter().map(|entry| &entry.uuid))
            .collect();
        let now = plan_detach(&DetachFacts {
            wanted: DetachWanted {
                uuids: uuids.into_iter().cloned().collect(),
                ..DetachWanted::default()
            },
            ..seen.clone()
        });
        if let Some(news) = now.refused.first() {
            return Remaining::Differs(match news.disk == DiskName::default() {
                true => news.reason.clone(),
                false => format!("{}: {}", news.disk, news.reason),
            });
        }
        match now.step(StepKind::DetachDisks).map(|now| &now.change) {
            Some(Change::DetachDisks { disks, forget, .. }) => Remaining::Do(Box::new(Step {
                change: Change::DetachDisks {
                    vm: vm.clone(),
                    disks: disks.clone(),
                    forget: forget.clone(),
                },
                ..step.clone()
            })),
            _ => Remaining::Nothing,
        }
    }

    fn after(&self, seen: Option<&DetachFacts>, steps: &[StepResult]) -> DisksAfter {
        if steps.is_empty() {
            return DisksAfter::default();
        }
        let (disks, forget) = self.of_plan();
        let ended = steps.first();
        let of_disks = disks.iter().map(|disk| {
            let (status, detail) = of_disk(disk, seen, ended);
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
            let (status, detail) = match seen {
                None => (DiskStatus::Unknown, detail_of(ended)),
                Some(seen) if is_entered(&entry.uuid, &seen.facts) => not_as_wanted(ended),
                Some(_) => (DiskStatus::Forgotten, None),
            };
            DiskResult {
                disk: named_by(entry),
                slot: None,
                status,
                detail,
            }
        });
        DisksAfter {
            disks: of_disks.chain(of_entries).collect(),
        }
    }

    fn verdict(&self, seen: &DetachFacts, steps: &[StepResult]) -> Outcome {
        let after = self.after(Some(seen), steps);
        let good = after.disks.iter().all(|disk| disk.status.is_good());
        if good && self.plan.refused.is_empty() {
            Outcome::Ready
        } else {
            Outcome::Partial
        }
    }
}

impl Detach {
    /// The disks to detach and the entries to remove.
    fn of_plan(&self) -> (&[AttachedDisk], &[Entry]) {
        match self
            .plan
            .step(StepKind::DetachDisks)
            .map(|step| &step.change)
        {
            Some(Change::DetachDisks { disks, forget, .. }) => (disks, forget),
            _ => (&[], &[]),
        }
    }
}

fn of_disk(
    disk: &AttachedDisk,
    seen: Option<&DetachFacts>,
    ended: Option<&StepResult>,
) -> (DiskStatus, Option<String>) {
    let Some(seen) = seen else {
        return (DiskStatus::Unknown, detail_of(ended));
    };
    let path = &disk.path;
    if is_attached(&disk.uuid, path, &seen.facts) {
        return not_as_wanted(ended);
    }
    if is_entered(&disk.uuid, &seen.facts) {
        let detail = "it is detached, and the ledger still has its entry; detach it again to have it removed";
        return (DiskStatus::NotTaken, Some(detail.into()));
    }
    let not_seen = |said: String| (DiskStatus::FileNotSeen, Some(said));
    match seen.files.get(&disk.uuid) {
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

/// The VM that was named; one that is gone is known by the ledger.
async fn of_vm(
    client: &Client,
    selector: &VmSelector,
    ledger: &Ledger,
    target: &ManagedObjectReference,
) -> Result<OfVm, OpError> {
    let found = match resolve(client, selector).await {
        Ok(found) => found,
        Err(error @ OpError::NotFound { .. }) => {
            return by_ledger(selector, ledger).ok_or(error);
        }
        Err(error) => return Err(error),
    };
    if found.moref == target.clone() {
        return Err(OpError::Contradiction {
            problem: format!(
                "{selector} is the master target itself; its own disks are never detached"
            ),
        });
    }
    let instance_uuid = found.instance_uuid.ok_or_else(|| OpError::Unreadable {
        what: format!("the instance UUID of {}", found.name),
        reason: "the server leaves it out".into(),
    })?;
    Ok(OfVm {
        name: found.name,
        instance_uuid,
    })
}

fn by_ledger(selector: &VmSelector, ledger: &Ledger) -> Option<OfVm> {
    let text = selector.to_string();
    let is_it = |entry: &&Entry| {
        entry.vm_name == text || entry.vm_instance_uuid.eq_ignore_ascii_case(&text)
    };
    let mut found = ledger.entries.iter().filter(is_it);
    let first = found.next()?;
    // Two VMs of one name that are both gone: nothing tells which is meant.
    if found.any(|entry| entry.vm_instance_uuid != first.vm_instance_uuid) {
        return None;
    }
    Some(OfVm {
        name: first.vm_name.clone(),
        instance_uuid: first.vm_instance_uuid.clone(),
    })
}
