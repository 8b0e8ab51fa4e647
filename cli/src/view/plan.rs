//! The plan: what is done in which order, how it is undone, and what no step fixes.

use esx_tools::ledger::KEY_PREFIX;
use esx_tools::plan::{Change, ControllerChange, OverrideEdit, Plan, Step, Undo, Unfixable};
use esx_tools::vm::Setting;

use super::{Look, hang, pairs};
use crate::output::count;

/// The numbered steps.
pub(crate) fn plan(look: Look, plan: &Plan) -> String {
    numbered(look, &plan.steps)
}

/// Steps with their numbers, each with what it fixes and how it is undone.
pub(crate) fn numbered(look: Look, steps: &[Step]) -> String {
    let mut text = String::new();
    for (index, step) in steps.iter().enumerate() {
        let number = format!("{:>3}. ", index + 1);
        text.push_str(&hang(look, &number, 5, &step.title));
        text.push_str(&pairs(look, 5, &details(step)));
    }
    text
}

fn details(step: &Step) -> Vec<(&'static str, String)> {
    let undo = match &step.undo {
        Undo::By(change) => words(change),
        Undo::None { why } => format!("none: {why}"),
    };
    let note = match (step.needs_power_cycle, step.optional) {
        (true, _) => "takes effect when the VM is next switched off and on",
        (false, true) => "the rest goes on when the server refuses this one",
        (false, false) => "",
    };
    vec![
        ("fixes", step.fixes.join(", ")),
        ("undo", undo),
        ("note", note.to_owned()),
    ]
}

/// What was asked for and is so already.
pub(crate) fn already(look: Look, all: &[String]) -> String {
    all.iter().map(|one| hang(look, "  - ", 4, one)).collect()
}

/// What no step fixes, with the reason.
pub(crate) fn unfixable(look: Look, all: &[Unfixable]) -> String {
    all.iter()
        .map(|one| {
            hang(
                look,
                "  - ",
                4,
                &format!(
                    "{}: {}; {}",
                    one.finding.rule, one.finding.summary, one.reason
                ),
            )
        })
        .collect()
}

/// The heading above the steps.
pub(crate) fn title(plan: &Plan) -> String {
    format!("Plan: {}", count(plan.steps.len(), "step"))
}

/// A change in words, for the line that says how a step is undone.
pub(super) fn words(change: &Change) -> String {
    match change {
        Change::RemoveAllSnapshots { .. } => "remove all snapshots".to_owned(),
        Change::ConsolidateDisks { .. } => "consolidate the disks".to_owned(),
        Change::Reconfigure {
            extra_config,
            remove_controllers,
            add_controllers,
            ..
        } => {
            // An entry of the ledger is a long line that says little to a person.
            let of_ledger = |setting: &&Setting| setting.key.starts_with(KEY_PREFIX);
            let mut parts: Vec<String> = extra_config
                .iter()
                .filter(|setting| !of_ledger(setting))
                .map(|setting| match setting.value.as_str() {
                    "" => format!("remove {}", setting.key),
                    value => format!("set {} = {value}", setting.key),
                })
                .collect();
            match extra_config.iter().filter(of_ledger).count() {
                0 => {}
                1 => parts.push("set the entry of the ledger back to what it was".to_owned()),
                n => parts.push(format!(
                    "set {n} entries of the ledger back to what they were"
                )),
            }
            parts.extend(
                remove_controllers
                    .iter()
                    .map(|one| format!("remove {}", controller(one))),
            );
            parts.extend(
                add_controllers
                    .iter()
                    .map(|one| format!("add {}", controller(one))),
            );
            parts.join(", ")
        }
        Change::ShutDown { .. } => "shut the guest down".to_owned(),
        Change::PowerOn { .. } => "power the VM on".to_owned(),
        Change::ConvertControllers { controllers, .. } => controllers
            .iter()
            .map(|one| {
                format!(
                    "replace {} on bus {} by {}, while the VM is off",
                    one.from.label(),
                    one.bus,
                    one.to.label()
                )
            })
            .collect::<Vec<_>>()
            .join(", "),
        Change::AddDisk { disk, .. } => {
            format!("add a disk at {} on {}", disk.slot, disk.datastore_name)
        }
        Change::DetachDisk { disk, .. } => format!(
            "detach the disk at {}; its file stays on {}",
            disk.slot, disk.datastore_name
        ),
        Change::AttachDisks { disks, record, .. } => {
            disk_words("attach", disks.len(), "write", record.len())
        }
        Change::GiveBackDisks { disks, .. } => disk_words("give back", disks.len(), "", 0),
        Change::DetachDisks { disks, forget, .. } => {
            disk_words("detach", disks.len(), "remove", forget.len())
        }
        Change::DisableMethods { methods, .. } => format!("disable {}", methods.join(", ")),
        Change::EnableMethods { methods, .. } => format!("enable {}", methods.join(", ")),
        Change::Mount(change) => {
            let title = change.title();
            let mut letters = title.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_lowercase().chain(letters).collect()
            })
        }
        Change::Role(change) => change.title(),
        Change::StorageDrsOverride { edit, .. } => entry("Storage DRS", edit),
        Change::DrsOverride { edit, .. } => entry("DRS", edit),
        Change::AttachTag { tag, .. } => format!("attach the tag {tag}"),
        Change::DetachTag { tag, .. } => format!("take the tag {tag} off; the tag itself stays"),
    }
}

/// What happens to disks and to entries that go without a disk.
fn disk_words(act: &str, disks: usize, edit: &str, entries: usize) -> String {
    let disk = (disks > 0).then(|| match disks {
        1 => format!("{act} the disk with its entry in the ledger"),
        n => format!("{act} the {n} disks with their entries in the ledger"),
    });
    let entry = (entries > 0).then(|| match entries {
        1 => format!("{edit} 1 entry of the ledger"),
        n => format!("{edit} {n} entries of the ledger"),
    });
    let parts: Vec<String> = disk.into_iter().chain(entry).collect();
    parts.join(", ")
}

fn controller(change: &ControllerChange) -> String {
    format!("{} controller on bus {}", change.kind.label(), change.bus)
}

fn entry(of: &str, edit: &OverrideEdit) -> String {
    match edit {
        OverrideEdit::Add { .. } => format!("add the {of} entry of the VM"),
        OverrideEdit::Edit { .. } => format!("set the {of} entry of the VM back"),
        OverrideEdit::Remove => format!("remove the {of} entry of the VM"),
    }
}
