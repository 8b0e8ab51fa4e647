//! Where the disks of the ledger are now, and what to do about those that are not as recorded.

use esx_tools::disks::LocatedDisks;
use esx_tools::disks::{DiskState, Located};

use super::{Look, hang, heading};
use crate::output::clean;

/// Indent of what is said of a disk.
const INDENT: &str = "      ";

/// Each disk of the ledger with where it is, what could not be looked into, and the next step.
pub(crate) fn disk_files(look: Look, found: &LocatedDisks) -> String {
    let mut text = String::new();
    if found.disks.is_empty() && found.unreadable.is_empty() {
        text.push_str("\nThe ledger is empty: esxtool attached no disk to this VM.\n");
        return text;
    }
    text.push_str(&heading(
        look,
        &format!("Disks in the ledger: {}", found.disks.len()),
    ));
    // What needs a hand stands last, where the eye is.
    let order = [
        DiskState::AsRecorded,
        DiskState::Moved,
        DiskState::OnTwoFiles,
        DiskState::Missing,
    ];
    for state in order {
        for disk in found.disks.iter().filter(|disk| disk.state == state) {
            text.push_str(&one(look, disk));
        }
    }
    if !found.unreadable.is_empty() {
        let title = format!("In the ledger and not readable: {}", found.unreadable.len());
        text.push_str(&heading(look, &title));
        for entry in &found.unreadable {
            text.push_str(&hang(
                look,
                "  - ",
                4,
                &format!("{}: {}", entry.key, entry.reason),
            ));
        }
    }
    if !found.searched.is_empty() {
        let searched = format!("Searched the datastores {}.", found.searched.join(", "));
        text.push('\n');
        text.push_str(&hang(look, "", 0, &searched));
    }
    if !found.unsearched.is_empty() {
        let title = format!("Could not be looked into: {}", found.unsearched.len());
        text.push_str(&heading(look, &title));
        for one in &found.unsearched {
            text.push_str(&hang(
                look,
                "  - ",
                4,
                &format!("{}: {}", one.what, one.reason),
            ));
        }
    }
    text.push_str(&last(look, found));
    text
}

fn one(look: Look, disk: &Located) -> String {
    let mark = match disk.state {
        DiskState::AsRecorded => look.paint.good(format!("{:<13}", disk.state)),
        DiskState::Moved => look.paint.careful(format!("{:<13}", disk.state)),
        DiskState::Missing | DiskState::OnTwoFiles => look.paint.bad(format!("{:<13}", disk.state)),
    };
    let entry = &disk.entry;
    let mut text = format!("{mark}  {}  of {}\n", entry.uuid, clean(&entry.vm_name));
    let mut say = |what: &str| text.push_str(&hang(look, INDENT, INDENT.len(), what));
    match (disk.state, disk.path()) {
        (DiskState::AsRecorded, _) => say(&entry.path),
        (_, Some(now)) => {
            say(&format!("was {}", entry.path));
            say(&format!("now {now}"));
        }
        (DiskState::OnTwoFiles, None) => {
            say(&format!("was {}", entry.path));
            disk.paths
                .iter()
                .for_each(|path| say(&format!("may be {path}")));
        }
        (_, None) => say(&format!("was {}, and is not found", entry.path)),
    }
    match &disk.attached {
        Some(device) => {
            let slot = device
                .slot
                .map(|slot| format!(" at {slot}"))
                .unwrap_or_default();
            if disk.state != DiskState::AsRecorded {
                say(&format!("attached as {}{slot}", device.label));
            }
            if device.deltas > 0 {
                say("a snapshot of the master target stands on it");
            }
        }
        None => say("not attached to the master target any more"),
    }
    if disk.owner.is_none() {
        say(&format!("{} is not on this server any more", entry.vm_name));
    }
    for clone in &disk.clones {
        let whose = clone.of.as_deref().unwrap_or("another VM");
        say(&format!(
            "{} has the same UUID and is a disk of {whose}",
            clone.path
        ));
    }
    text
}

/// The sum, and what to do next.
fn last(look: Look, found: &LocatedDisks) -> String {
    let parts: Vec<String> = [
        (DiskState::AsRecorded, "as recorded"),
        (DiskState::Moved, "moved"),
        (DiskState::OnTwoFiles, "on two files"),
        (DiskState::Missing, "missing"),
    ]
    .iter()
    .map(|(state, words)| (found.count(*state), words))
    .filter(|(number, _)| *number > 0)
    .map(|(number, words)| format!("{number} {words}"))
    .collect();
    let mut text = format!("\n{}\n", parts.join(", "));
    let target = &found.facts.master_target.name;
    let mut next = |what: &str| text.push_str(&hang(look, "next: ", 6, what));
    let moved = || {
        let all = found.disks.iter();
        all.filter(|disk| disk.state == DiskState::Moved)
    };
    if moved().any(|disk| disk.owner.is_some()) {
        next(&format!(
            "give the moved disks back to the VMs that own them: esxtool disks restore {target}"
        ));
    }
    if moved().any(|disk| disk.owner.is_none()) {
        next("a disk whose VM is gone has to be attached by hand to the VM that replaces it");
    }
    if found.count(DiskState::OnTwoFiles) > 0 {
        next(
            "find out which file is the disk and which a copy, and move the copy out of the way; until then detach nothing",
        );
    }
    if found.count(DiskState::Missing) > 0 {
        let more = if found.unsearched.is_empty() {
            "look on datastores that no host concerned mounts"
        } else {
            "let the account search what could not be looked into, and try again"
        };
        next(&format!("{more}; do not delete anything"));
    }
    text
}
