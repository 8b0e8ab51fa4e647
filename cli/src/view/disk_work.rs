//! Plans on disks, and what became of them.

use esx_tools::disks::{DiskPlan, DiskResult, Refused};
use esx_tools::ledger::Entry;
use esx_tools::plan::{AttachedDisk, Change, DiskForSlot, GivenBackDisk, Step, Undo};

use super::{Look, hang, heading, pairs, plan::words};
use crate::output::{bytes, clean};

/// The steps with their disks, what is so already, and what is refused.
pub(crate) fn disk_plan(look: Look, plan: &DiskPlan) -> String {
    let mut text = String::new();
    if !plan.steps.is_empty() {
        text.push_str(&heading(look, "Plan"));
    }
    for (index, step) in plan.steps.iter().enumerate() {
        let number = format!("{:>3}. ", index + 1);
        text.push_str(&hang(look, &number, 5, &clean(&step.title)));
        text.push_str(&disks_of(look, step));
        let undo = match &step.undo {
            Undo::By(change) => words(change),
            Undo::None { why } => format!("none: {why}"),
        };
        text.push_str(&pairs(look, 5, &[("undo", undo)]));
    }
    if !plan.satisfied.is_empty() {
        text.push_str(&heading(look, "Already so"));
        for one in &plan.satisfied {
            let line = format!("{}: {}", one.disk, one.why);
            text.push_str(&hang(look, "  - ", 4, &clean(&line)));
        }
    }
    if !plan.refused.is_empty() {
        text.push_str(&heading(look, "Refused"));
        plan.refused
            .iter()
            .for_each(|one| text.push_str(&refused(look, one)));
    }
    text
}

fn refused(look: Look, one: &Refused) -> String {
    let reason = if one.disk == esx_tools::disks::DiskName::default() {
        one.reason.clone()
    } else {
        format!("{}: {}", one.disk, one.reason)
    };
    hang(look, "  - ", 4, &clean(&reason)) + &hang(look, "    ", 4, &format!("{}.", one.remedy))
}

fn disks_of(look: Look, step: &Step) -> String {
    match &step.change {
        Change::AttachDisks { disks, record, .. } => {
            let placed = disks.iter().map(|disk| placed(look, disk));
            let entries = record.iter().map(|one| entry(look, "entry for", one));
            placed.chain(entries).collect()
        }
        Change::DetachDisks { disks, forget, .. } => {
            let taken = disks.iter().map(|disk| taken(look, disk));
            let entries = forget.iter().map(|one| entry(look, "entry of", one));
            taken.chain(entries).collect()
        }
        Change::GiveBackDisks { disks, .. } => disks.iter().map(|disk| given(look, disk)).collect(),
        _ => String::new(),
    }
}

fn given(look: Look, disk: &GivenBackDisk) -> String {
    let lead = format!("     {:<5} ", disk.address);
    let before = match &disk.stale {
        Some(stale) => format!("{}, instead of {}, which is gone", disk.path, stale.path),
        None => disk.path.clone(),
    };
    hang(look, &lead, 11, &clean(&before))
}

fn size(capacity: Option<i64>) -> String {
    capacity
        .and_then(|size| u64::try_from(size).ok())
        .map_or_else(|| "size not known".to_owned(), bytes)
}

fn placed(look: Look, disk: &DiskForSlot) -> String {
    let slot = disk.slot.to_string();
    let lead = format!("     {slot:<5} ");
    let text = format!(
        "{} of {}, {}, {}",
        disk.label,
        disk.entry.vm_name,
        size(disk.capacity_bytes),
        disk.entry.path
    );
    hang(look, &lead, 11, &clean(&text))
}

fn taken(look: Look, disk: &AttachedDisk) -> String {
    let slot = disk.slot.map(|slot| slot.to_string()).unwrap_or_default();
    let lead = format!("     {slot:<5} ");
    let whose = match &disk.entry {
        Some(entry) => format!("of {}", entry.vm_name),
        None => "not in the ledger".to_owned(),
    };
    let text = format!(
        "{}, {whose}, {}, {}",
        disk.label,
        size(disk.capacity_bytes),
        disk.path
    );
    hang(look, &lead, 11, &clean(&text))
}

fn entry(look: Look, what: &str, entry: &Entry) -> String {
    let text = format!("{what} {} of {}", entry.path, entry.vm_name);
    hang(look, "     -     ", 11, &clean(&text))
}

/// One line for each disk, and the sum.
pub(crate) fn disk_results(look: Look, disks: &[DiskResult], left_out: &[Refused]) -> String {
    let mut text = String::new();
    for one in disks {
        let status = one.status.to_string();
        let painted = match one.status.is_good() {
            true => look.paint.good(format!("{status:<13}")),
            false => look.paint.bad(format!("{status:<13}")),
        };
        let slot = one.slot.map(|slot| slot.to_string()).unwrap_or_default();
        let lead = format!("{painted} {slot:<5} ");
        text.push_str(&hang(look, &lead, 20, &clean(&one.disk.to_string())));
        if let Some(detail) = &one.detail {
            text.push_str(&hang(look, &" ".repeat(20), 20, &clean(detail)));
        }
    }
    if !left_out.is_empty() {
        text.push_str(&heading(look, "Left out"));
        left_out
            .iter()
            .for_each(|one| text.push_str(&refused(look, one)));
    }
    text
}
