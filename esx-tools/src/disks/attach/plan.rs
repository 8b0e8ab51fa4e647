//! Planning an attach: which disks are meant, which of them may be attached, and where.

use std::collections::BTreeSet;

use super::{
    super::{DiskPlan, DiskVerb, Satisfied},
    look::AttachFacts,
    named::candidates,
};
use crate::{
    fact::Evidence,
    judge::{AttachVerdict, Candidate, DiskName, Ground, Refused, RefusedCause, twins},
    ledger::{DiskUuid, Entry},
    plan::{Change, DiskForSlot, Step, StepKind, Undo},
    site::Facts,
    slots::{NoFreeSlot, SlotMap},
    vm::ControllerKind,
};

/// Plans to attach all that was named; with `partial`, all of it that may be attached.
pub(crate) fn plan_attach(seen: &AttachFacts, partial: bool) -> DiskPlan {
    let vm = &seen.facts.master_target;
    let mut plan = DiskPlan {
        verb: DiskVerb::Attach,
        master_target: vm.moref.clone(),
        master_target_name: vm.name.clone(),
        change_version: vm.change_version.clone(),
        partial,
        steps: Vec::new(),
        satisfied: Vec::new(),
        refused: Vec::new(),
    };
    let ground = match Ground::of(&seen.facts, &seen.holders) {
        Ok(ground) => ground,
        Err(reason) => {
            plan.refused.push(unreadable(&vm.name, &reason));
            return plan;
        }
    };
    let (candidates, refused) = candidates(seen);
    plan.refused.extend(refused);
    let mut wanted = Vec::new();
    let mut record = Vec::new();
    let twins = twins(&candidates);
    for candidate in &candidates {
        match ground.judge(candidate, &twins) {
            AttachVerdict::Attach(uuid) => wanted.push((candidate, uuid)),
            AttachVerdict::Attached { entry: None } => plan.satisfied.push(Satisfied {
                disk: candidate.name(),
                why: format!("attached to {} already", vm.name),
            }),
            AttachVerdict::Attached { entry: Some(entry) } => record.push(*entry),
            AttachVerdict::No(refused) => {
                // What is wrong with a VM is said once, not for each of its disks.
                if !plan.refused.contains(&refused) {
                    plan.refused.push(*refused);
                }
            }
        }
    }
    let (disks, kind) = slot(&mut plan, &ground.slots, wanted);
    if !plan.refused.is_empty() && !partial || disks.is_empty() && record.is_empty() {
        return plan;
    }
    let step = step(&seen.facts, disks, record, kind, ground.slots.free());
    plan.add_or_refuse(&seen.facts, step);
    plan
}

/// Finds slots for all of them; with `partial`, for as many as there are slots, in the order named.
fn slot(
    plan: &mut DiskPlan,
    slots: &SlotMap,
    wanted: Vec<(&Candidate<'_>, DiskUuid)>,
) -> (Vec<DiskForSlot>, ControllerKind) {
    let fitting = match slots.allocate(wanted.len()) {
        Ok(_) => wanted.len(),
        Err(error) => {
            let fitting = if plan.partial { error.free } else { 0 };
            for (candidate, _) in wanted.iter().skip(fitting) {
                plan.refused.push(no_slot(candidate, &error));
            }
            fitting
        }
    };
    let Ok(allocation) = slots.allocate(fitting) else {
        return (Vec::new(), ControllerKind::LsiLogic);
    };
    let disks = wanted
        .into_iter()
        .zip(allocation.slots)
        .map(|((candidate, uuid), slot)| DiskForSlot {
            entry: candidate.entry(uuid),
            label: candidate.disk.label.clone(),
            slot,
            capacity_bytes: candidate.disk.capacity_bytes,
        })
        .collect();
    (disks, allocation.controller_kind)
}

fn no_slot(candidate: &Candidate<'_>, error: &NoFreeSlot) -> Refused {
    Refused {
        disk: candidate.name(),
        cause: RefusedCause::NoFreeSlot,
        reason: error.to_string(),
        remedy: "detach disks that are not needed any more, or use a further master target: 'esxtool plan-reprotect' tells how many are needed".into(),
    }
}

fn unreadable(vm: &str, reason: &str) -> Refused {
    Refused {
        disk: DiskName::default(),
        cause: RefusedCause::NotReadable,
        reason: format!("{vm} cannot be read: {reason}"),
        remedy: "give the account a role that may read the VM, at least Read-only".into(),
    }
}

/// The one step, which is one reconfigure.
fn step(
    facts: &Facts,
    disks: Vec<DiskForSlot>,
    record: Vec<Entry>,
    controller_kind: ControllerKind,
    free: usize,
) -> Step {
    let vm = &facts.master_target;
    let undo = Change::DetachDisks {
        vm: vm.moref.clone(),
        disks: disks.iter().map(DiskForSlot::attached).collect(),
        forget: record.clone(),
    };
    let title = title(&disks, &record, &vm.name);
    let mut expects = vec![Evidence::new("free slots", free)];
    if let Some(version) = &vm.change_version {
        expects.push(Evidence::new("config.changeVersion", version));
    }
    let change = Change::AttachDisks {
        vm: vm.moref.clone(),
        controller_kind,
        disks,
        record,
    };
    let undo = Undo::By(Box::new(undo));
    let mut step = Step::new(StepKind::AttachDisks, title, &vm.name, change, undo);
    step.expects = expects;
    step
}

fn title(disks: &[DiskForSlot], record: &[Entry], target: &str) -> String {
    let owners: BTreeSet<&str> = disks
        .iter()
        .map(|disk| disk.entry.vm_name.as_str())
        .collect();
    let named = match owners.len() {
        0 => String::new(),
        1..=3 => format!(" of {}", owners.into_iter().collect::<Vec<_>>().join(", ")),
        n => format!(" of {n} VMs"),
    };
    let disk = match disks.len() {
        0 => None,
        1 => Some(format!("attach 1 disk{named} to {target}")),
        n => Some(format!("attach {n} disks{named} to {target}")),
    };
    let entry = match record.len() {
        0 => None,
        1 => Some(format!("write 1 missing entry to the ledger of {target}")),
        n => Some(format!(
            "write {n} missing entries to the ledger of {target}"
        )),
    };
    let parts: Vec<String> = disk.into_iter().chain(entry).collect();
    let text = parts.join(", ");
    text[..1].to_uppercase() + &text[1..]
}
