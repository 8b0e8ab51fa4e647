//! The one step of a detach, which is one reconfigure.

use super::DETACH;
use crate::{
    facts::{Evidence, Facts},
    ledger::Entry,
    plan::{AttachedDisk, Change, Step, Undo, needed},
};

pub(super) fn step(facts: &Facts, disks: Vec<AttachedDisk>, forget: Vec<Entry>) -> Step {
    let vm = &facts.master_target;
    let placed: Option<Vec<_>> = disks.iter().map(AttachedDisk::placed).collect();
    let kind = vm.slots().known().and_then(|slots| {
        let found = slots.allocate(0).ok()?;
        Some(found.controller_kind)
    });
    let undo = match (placed, kind) {
        (Some(disks), Some(controller_kind)) => Undo::By(Box::new(Change::AttachDisks {
            vm: vm.moref.clone(),
            controller_kind,
            disks,
            record: forget.clone(),
        })),
        _ => Undo::None {
            why: "nothing tells where a disk that is not in the ledger came from".into(),
        },
    };
    let title = title(&disks, &forget, &vm.name);
    let change = Change::DetachDisks {
        vm: vm.moref.clone(),
        disks,
        forget,
    };
    let version = vm.change_version.as_deref();
    Step {
        id: DETACH.into(),
        title,
        fixes: Vec::new(),
        object: vm.name.clone(),
        expects: version
            .map(|version| Evidence::new("config.changeVersion", version))
            .into_iter()
            .collect(),
        privileges: needed(&change),
        change,
        undo,
        destructive: false,
        needs_power_cycle: false,
        restores: None,
        optional: false,
    }
}

fn title(disks: &[AttachedDisk], forget: &[Entry], target: &str) -> String {
    let disk = match disks.len() {
        0 => None,
        1 => Some(format!("detach 1 disk from {target}; its file stays")),
        n => Some(format!("detach {n} disks from {target}; their files stay")),
    };
    let entry = match forget.len() {
        0 => None,
        1 => Some(format!(
            "remove 1 entry without a disk from the ledger of {target}"
        )),
        n => Some(format!(
            "remove {n} entries without a disk from the ledger of {target}"
        )),
    };
    let parts: Vec<String> = disk.into_iter().chain(entry).collect();
    let text = parts.join(", and ");
    text[..1].to_uppercase() + &text[1..]
}
