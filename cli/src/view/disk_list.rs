//! The disks of a master target: the 60 slots at a glance, then each disk.

use esx_tools::disks::{DiskKind, DiskList, DiskRow};
use esx_tools::slots::{BUSES, Occupant, SLOTS, Slot};

use super::{Look, hang, heading};
use crate::output::{Column, Table, bytes, clean, count};

/// From here on one line holds all there is to say of a disk.
const WIDE: usize = 170;

/// The map of slots, the disks, and what the ledger says beyond them.
pub(crate) fn disk_list(look: Look, list: &DiskList) -> String {
    let mut text = heading(look, "Slots");
    text.push_str(&map(look, list));
    text.push('\n');
    text.push_str(&lead(look, list));
    text.push_str(&heading(look, &format!("Disks: {}", list.disks.len())));
    if look.width.is_none_or(|width| width >= WIDE) {
        text.push_str(&table(look, &list.disks));
    } else {
        list.disks
            .iter()
            .for_each(|row| text.push_str(&entry(look, row)));
    }
    text.push_str(&beyond(look, list));
    text
}

/// One line for each bus, one letter for each slot.
fn map(look: Look, list: &DiskList) -> String {
    let units: String = (0..16).map(|unit| format!("{unit:>3}")).collect();
    let mut text = format!("  {}\n", look.paint.faint(format!("unit  {units}")));
    for bus in 0..BUSES {
        let cells: String = (0..16)
            .map(|unit| match Slot::new(bus, unit) {
                Some(slot) => format!("  {}", letter(list, slot)),
                None => "  -".to_owned(),
            })
            .collect();
        let kind = match list.slots.controller(bus) {
            Some(kind) => kind.label().to_owned(),
            None => "no controller yet".to_owned(),
        };
        text.push_str(&format!(
            "  bus {bus} {cells}  {}\n",
            look.paint.faint(kind)
        ));
    }
    text
}

fn letter(list: &DiskList, slot: Slot) -> char {
    match list.slots.occupant(slot) {
        Occupant::Free | Occupant::NoController => '.',
        Occupant::Device => 'D',
        Occupant::WrongController => 'x',
        Occupant::Disk(_) => {
            let row = list.disks.iter().find(|row| row.slot == Some(slot));
            match row.map(|row| row.kind) {
                Some(DiskKind::System) => 'S',
                Some(DiskKind::Retention) => 'R',
                Some(DiskKind::Protected) => 'P',
                Some(DiskKind::Other) | None => 'o',
            }
        }
    }
}

/// What the letters mean, only those that are there, and the sum.
fn lead(look: Look, list: &DiskList) -> String {
    const MEANING: [(char, &str); 8] = [
        ('S', "system disk"),
        ('R', "retention disk"),
        ('P', "disk of a protected VM"),
        ('o', "other disk"),
        ('D', "other device"),
        ('x', "no slot for a disk: this kind of controller"),
        ('.', "free"),
        ('-', "the controller itself"),
    ];
    let seen: Vec<char> = Slot::all().map(|slot| letter(list, slot)).collect();
    let known: Vec<String> = MEANING
        .iter()
        .filter(|(mark, _)| *mark == '-' || seen.contains(mark))
        .map(|(mark, meaning)| format!("{mark} {meaning}"))
        .collect();
    let mut text = hang(look, "  ", 2, &known.join(", "));
    let elsewhere = list.slots.disks_elsewhere();
    let mut sum = format!("{} of {SLOTS} slots are free", list.free_slots);
    if elsewhere > 0 {
        let verb = if elsewhere == 1 { "is" } else { "are" };
        sum.push_str(&format!(
            "; {} {verb} in none of them",
            count(elsewhere, "disk")
        ));
    }
    text.push_str(&hang(look, "  ", 2, &format!("{sum}.")));
    text
}

fn size(row: &DiskRow) -> String {
    row.capacity_bytes
        .and_then(|size| u64::try_from(size).ok())
        .map_or_else(|| "-".to_owned(), bytes)
}

fn uuid(row: &DiskRow) -> &str {
    row.uuid
        .as_ref()
        .map_or("no UUID is known", esx_tools::ledger::DiskUuid::as_str)
}

/// Whose disk it is, and what the ledger says.
fn whose(row: &DiskRow) -> Option<String> {
    let owner = row.owner.as_ref().map(|owner| format!("of {}", owner.name));
    let ledger = match (row.kind, row.in_ledger) {
        (_, true) => Some("in the ledger"),
        (DiskKind::System | DiskKind::Retention, false) => None,
        (_, false) => Some("not in the ledger"),
    };
    match (owner, ledger) {
        (Some(owner), Some(ledger)) => Some(format!("{owner}, {ledger}")),
        (owner, ledger) => owner.or(ledger.map(str::to_owned)),
    }
}

/// Two or three lines for a disk, for a terminal of 80 columns.
fn entry(look: Look, row: &DiskRow) -> String {
    let mut text = format!(
        "{:<5} {:<9} {:>9}  {:<14}  {}\n",
        clean(&row.address),
        row.kind,
        size(row),
        clean(&row.label),
        uuid(row)
    );
    let path = row.path.as_deref().unwrap_or("no file is known");
    let below = match whose(row) {
        Some(whose) => format!("{path}, {whose}"),
        None => path.to_owned(),
    };
    text.push_str(&hang(look, "      ", 6, &clean(&below)));
    if let Some(before) = moved(row) {
        text.push_str(&hang(look, "      ", 6, &before));
    }
    text
}

fn moved(row: &DiskRow) -> Option<String> {
    let before = row.attached_as.as_deref()?;
    Some(format!(
        "MOVED: it was attached as {}; see esxtool disks locate",
        clean(before)
    ))
}

fn table(look: Look, rows: &[DiskRow]) -> String {
    let columns = [
        Column::whole("SLOT"),
        Column::whole("KIND"),
        Column::number("SIZE"),
        Column::text("LABEL"),
        Column::whole("UUID"),
        Column::whole("LEDGER"),
        Column::text("VM"),
        Column::text("FILE"),
        Column::text("ATTACHED AS"),
    ];
    let mut table = Table::new(&columns, look.width, look.colour);
    for row in rows {
        table.row([
            row.address.as_str(),
            &row.kind.to_string(),
            &size(row),
            &row.label,
            uuid(row),
            if row.in_ledger { "yes" } else { "no" },
            row.owner.as_ref().map_or("", |owner| &owner.name),
            row.path.as_deref().unwrap_or("-"),
            row.attached_as.as_deref().unwrap_or(""),
        ]);
    }
    table.render()
}

/// Entries without a disk, entries that cannot be read, a ledger that cannot be read.
fn beyond(look: Look, list: &DiskList) -> String {
    let mut text = String::new();
    if !list.without_disk.is_empty() {
        let title = format!(
            "In the ledger and not attached: {}",
            list.without_disk.len()
        );
        text.push_str(&heading(look, &title));
        for lost in &list.without_disk {
            let line = format!(
                "{} of {}: attached as {}",
                lost.entry.uuid, lost.entry.vm_name, lost.entry.path
            );
            text.push_str(&hang(look, "  - ", 4, &clean(&line)));
        }
    }
    if !list.unreadable.is_empty() {
        let number = count(list.unreadable.len(), "entry").replace("entrys", "entries");
        text.push_str(&heading(
            look,
            &format!("In the ledger and not readable: {number}"),
        ));
        for one in &list.unreadable {
            let line = format!("{}: {}", one.key, one.reason);
            text.push_str(&hang(look, "  - ", 4, &clean(&line)));
        }
    }
    if let Some(reason) = list.ledger.reason() {
        text.push('\n');
        let lead = format!("{}: ", look.paint.careful("warning"));
        let line = format!("the ledger cannot be read: {}", clean(reason));
        text.push_str(&hang(look, &lead, 9, &line));
    }
    text
}
