//! Attaching disks of protected VMs to a master target, in one reconfigure.

use std::collections::BTreeSet;

use jiff::Timestamp;
use vsphere_client::{
    Client,
    vim::{DatastorePath, ManagedObjectReference},
};

use super::{
    super::{
        DiskName, DiskPlan, DisksAfter, Refused,
        blame::{Blame, blame},
        files::{ask, datastore_path},
        list::read,
        report::{is_attached, is_entered},
    },
    look::{Asked, AttachFacts, look},
    plan::plan_attach,
    results::{Blamed, results},
};
use crate::{
    calls,
    engine::{
        Attempt, Narrowed, Operation, Outcome, Prepared, Refusal, Remaining, Sender, StepResult,
    },
    error::OpError,
    find::resolve_reference,
    ledger::{DiskUuid, Entry},
    plan::{Change, DiskForSlot, Step, StepId, StepKind, Undo},
    selector::VmSelector,
    site::{Facts, Knowledge, gather},
    slots::SlotMap,
    vm::ControllerKind,
};

/// Which disks are to be attached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttachOptions {
    /// All disks of these VMs.
    pub vms: Vec<VmSelector>,
    /// Disks by their files, each as `[datastore] folder/file.vmdk`.
    pub files: Vec<String>,
    /// Attach the rest when a disk cannot be attached; else none of them.
    pub partial: bool,
}

impl AttachOptions {
    /// All disks of these VMs, all or none.
    pub fn of_vms(vms: impl IntoIterator<Item = VmSelector>) -> Self {
        Self {
            vms: vms.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Names disks by their files as well.
    #[must_use]
    pub fn with_files(mut self, files: impl IntoIterator<Item = String>) -> Self {
        self.files.extend(files);
        self
    }

    /// Whether the rest is attached when a disk cannot be.
    #[must_use]
    pub fn partial(mut self, partial: bool) -> Self {
        self.partial = partial;
        self
    }
}

/// Attaching disks.
#[derive(Clone, Debug)]
pub struct Attach {
    plan: DiskPlan,
    asked: Asked,
    /// Disks that the server refused, with its words.
    blamed: Vec<Blamed>,
}

/// Finds the disks that were named, judges whether they may be attached, and plans it. Changes nothing.
///
/// What is planned goes in one reconfigure. When the server refuses because of one disk, that disk is found: by what
/// the server says, else by trying halves. Then none is attached, or with [`AttachOptions::partial`] the rest.
///
/// # Errors
///
/// [`OpError::Contradiction`] when nothing is named, when a path is none, or when the master target itself
/// is named; [`OpError::NotFound`] and [`OpError::Ambiguous`]; else the client's. That a disk may not be
/// attached is no error but an entry of [`DiskPlan::refused`].
pub async fn prepare(
    client: &Client,
    master_target: &VmSelector,
    options: &AttachOptions,
) -> Result<Prepared<Attach>, OpError> {
    if options.vms.is_empty() && options.files.is_empty() {
        return Err(OpError::Contradiction {
            problem: "no disk is named: name VMs or files".into(),
        });
    }
    let paths = options
        .files
        .iter()
        .map(|text| datastore_path(text))
        .collect::<Result<BTreeSet<DatastorePath>, OpError>>()?;
    let target = resolve_reference(client, master_target).await?;
    let mut vms: Vec<ManagedObjectReference> = Vec::new();
    for selector in &options.vms {
        let vm = resolve_reference(client, selector).await?;
        if vm == target {
            return Err(OpError::Contradiction {
                problem: format!(
                    "{selector} is the master target itself; its own disks are not attached to it"
                ),
            });
        }
        if !vms.contains(&vm) {
            vms.push(vm);
        }
    }
    let facts = read(client, &target).await?;
    let files = ask(client, &facts, paths.into_iter().collect())
        .await
        .map_err(OpError::client("ask the files for their UUIDs"))?;
    let asked = Asked {
        vms,
        files,
        partial: options.partial,
    };
    let seen = look(client, facts, &asked, None).await?;
    let plan = plan_attach(&seen, asked.partial);
    let operation = Attach {
        plan,
        asked,
        blamed: Vec::new(),
    };
    Ok(Prepared { operation, seen })
}

impl Operation for Attach {
    type Seen = AttachFacts;
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

    fn seen_at(&self, seen: &AttachFacts) -> Timestamp {
        seen.facts.gathered_at
    }

    async fn carry_out(&self, sender: &mut Sender<'_>, step: &Step, seen: &AttachFacts) -> Attempt {
        calls::carry_out(sender, &step.change, Some(&seen.facts)).await
    }

    async fn look(&self, client: &Client, before: &AttachFacts) -> Result<AttachFacts, OpError> {
        let own = &before.facts.master_target;
        let facts = gather(client, &own.moref, Knowledge::Keep(&before.facts))
            .await
            .map_err(OpError::client(format!("read the state of {}", own.name)))?;
        look(client, facts, &self.asked, Some(before)).await
    }

    fn remaining(&self, step: &Step, seen: &AttachFacts) -> Remaining {
        match &step.change {
            Change::AttachDisks { disks, record, .. } => self.to_attach(step, disks, record, seen),
            Change::DetachDisks { vm, disks, .. } => {
                let still = |uuid: &DiskUuid, path: &str| is_attached(uuid, path, &seen.facts);
                let mut disks = disks.clone();
                disks.retain(|disk| still(&disk.uuid, &disk.path));
                if disks.is_empty() {
                    return Remaining::Nothing;
                }
                let change = Change::DetachDisks {
                    vm: vm.clone(),
                    disks,
                    forget: Vec::new(),
                };
                Remaining::Do(Box::new(Step {
                    change,
                    ..step.clone()
                }))
            }
            _ => Remaining::Differs("a step that is no attach".into()),
        }
    }

    fn narrow(&mut self, step: &Step, refusal: Refusal<'_>, seen: &AttachFacts) -> Narrowed {
        let Change::AttachDisks { disks, record, .. } = &step.change else {
            return Narrowed::default();
        };
        let part = |disks: &[DiskForSlot]| with_disks(step, disks.to_vec(), record.clone());
        let guilty = match blame(refusal.fault, disks, &seen.facts) {
            Blame::Named(found) => found,
            Blame::Unnamed if disks.len() == 1 => vec![0],
            Blame::Unnamed if disks.len() > 1 => {
                let (first, second) = disks.split_at(disks.len() / 2);
                return Narrowed {
                    parts: vec![part(second), part(first)],
                    leaves_out: false,
                };
            }
            Blame::Unnamed | Blame::NotADisk => return Narrowed::default(),
        };
        let (mut out, mut rest) = (Vec::new(), Vec::new());
        for (index, disk) in disks.iter().enumerate() {
            let side = if guilty.contains(&index) {
                &mut out
            } else {
                &mut rest
            };
            side.push(disk.clone());
        }
        let reason = refusal.reason;
        self.blamed
            .extend(out.into_iter().map(|disk| (disk, reason.to_owned())));
        let goes_on = self.asked.partial && !(rest.is_empty() && record.is_empty());
        Narrowed {
            parts: goes_on.then(|| part(&rest)).into_iter().collect(),
            leaves_out: true,
        }
    }

    fn take_back(&self, done: &[Step]) -> Option<Step> {
        if self.asked.partial {
            return None;
        }
        let disks: Vec<_> = done
            .iter()
            .filter_map(|step| match &step.change {
                Change::AttachDisks { disks, .. } => Some(disks),
                _ => None,
            })
            .flatten()
            .map(DiskForSlot::attached)
            .collect();
        let first = done.first()?;
        let title = match disks.len() {
            0 => return None,
            1 => "Detach again the disk that was attached on the way".to_owned(),
            n => format!("Detach again the {n} disks that were attached on the way"),
        };
        let change = Change::DetachDisks {
            vm: first.change.target().clone(),
            disks,
            forget: Vec::new(),
        };
        let undo = Undo::None {
            why: "it takes back what was done on the way".into(),
        };
        let id = StepId::of(StepKind::DetachDisks);
        Some(Step::new(id, title, &first.object, change, undo))
    }

    fn after(&self, seen: Option<&AttachFacts>, steps: &[StepResult]) -> DisksAfter {
        let facts = seen.map(|seen| &seen.facts);
        DisksAfter {
            disks: match self.plan.step(StepKind::AttachDisks) {
                Some(step) if !steps.is_empty() => {
                    results(step, facts, steps.first(), &self.blamed, self.asked.partial)
                }
                _ => Vec::new(),
            },
        }
    }

    fn verdict(&self, seen: &AttachFacts, steps: &[StepResult]) -> Outcome {
        let after = self.after(Some(seen), steps);
        let good = after.disks.iter().all(|disk| disk.status.is_good());
        if good && self.plan.refused.is_empty() {
            Outcome::Ready
        } else {
            Outcome::Partial
        }
    }
}

impl Attach {
    /// What of these disks and entries is still to be done, in the slots of a plan for what is there now.
    fn to_attach(
        &self,
        step: &Step,
        disks: &[DiskForSlot],
        record: &[Entry],
        seen: &AttachFacts,
    ) -> Remaining {
        let facts = &seen.facts;
        let is_done = |entry: &Entry| {
            is_attached(&entry.uuid, &entry.path, facts) && is_entered(&entry.uuid, facts)
        };
        let entries = disks.iter().map(|disk| &disk.entry).chain(record);
        if entries.clone().all(is_done) {
            return Remaining::Nothing;
        }
        let now = plan_attach(seen, true);
        let wanted: BTreeSet<&DiskUuid> = entries.map(|entry| &entry.uuid).collect();
        let is_news = |refused: &&Refused| {
            let meant = match &refused.disk.uuid {
                Some(uuid) => wanted.contains(uuid),
                // What is wrong with a VM, or with the master target, is about all.
                None => true,
            };
            meant && !self.plan.refused.contains(refused)
        };
        let news = now.refused.iter().find(is_news);
        if let Some(news) = news {
            let of_target = news.disk == DiskName::default();
            if of_target {
                return Remaining::Differs(news.reason.clone());
            }
            if !self.asked.partial {
                return Remaining::Differs(format!("{}: {}", news.disk, news.reason));
            }
        }
        let (mut left, mut unrecorded) = match now.step(StepKind::AttachDisks).map(|s| &s.change) {
            Some(Change::AttachDisks { disks, record, .. }) => (disks.clone(), record.clone()),
            _ => (Vec::new(), Vec::new()),
        };
        left.retain(|disk| wanted.contains(&disk.entry.uuid));
        unrecorded.retain(|entry| wanted.contains(&entry.uuid));
        if left.is_empty() && unrecorded.is_empty() {
            let reason = news.map_or_else(
                || "the disks can no longer be attached".to_owned(),
                |news| format!("{}: {}", news.disk, news.reason),
            );
            return Remaining::Differs(reason);
        }
        let mut step = with_disks(step, left, unrecorded);
        if let Change::AttachDisks {
            controller_kind, ..
        } = &mut step.change
        {
            *controller_kind = kind_now(facts);
        }
        Remaining::Do(Box::new(step))
    }
}

/// The kind of controllers that the master target has, for those that are added.
fn kind_now(facts: &Facts) -> ControllerKind {
    let slots = SlotMap::of_vm(&facts.master_target);
    let found = slots.known().and_then(|slots| slots.allocate(0).ok());
    found.map_or(ControllerKind::LsiLogic, |found| found.controller_kind)
}

/// The same step for these disks and entries.
fn with_disks(step: &Step, disks: Vec<DiskForSlot>, record: Vec<Entry>) -> Step {
    let mut step = step.clone();
    if let Change::AttachDisks {
        disks: of_step,
        record: entries,
        ..
    } = &mut step.change
    {
        (*of_step, *entries) = (disks, record);
    }
    step
}
