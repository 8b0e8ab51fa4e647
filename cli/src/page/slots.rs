//! The 4 x 15 slots for disks, and the disks themselves.

use esx_tools::report::TargetSheet;
use esx_tools::slots::{BUSES, Occupant, SLOTS, Slot, SlotMap};
use esx_tools::vm::DiskFacts;
use maud::{Markup, html};

use super::parts::{Level, head, scroll};
use crate::output::{bytes, count};

const TITLE: &str = "Slots for disks";
const NOT_KNOWN: &str = "unknown";

pub(super) fn slots(target: &TargetSheet, level: Level) -> Markup {
    let map = match &target.slots {
        Ok(map) => map,
        Err(reason) => {
            return html! { (head(level, TITLE, "Not known.")) p.sheet.calm { (reason) } };
        }
    };
    let disks = target.disks.as_deref().unwrap_or_default();
    let table = html! {
        table.slots {
            thead { tr {
                th scope="col" { "Controller" }
                @for unit in 0..=15u8 {
                    th scope="col" class=[Slot::new(0, unit).is_none().then_some("own")] { (unit) }
                }
            } }
            tbody { @for bus in 0..BUSES { (row(map, disks, bus)) } }
        }
    };
    html! {
        (head(level, TITLE, lead(map)))
        (scroll(TITLE, &table))
        (legend(map))
        @if !disks.is_empty() {
            details { summary { (count(disks.len(), "disk")) " in detail" } (details(disks)) }
        }
    }
}

fn lead(map: &SlotMap) -> String {
    let there = match map.disks() {
        1 => "1 disk is".to_owned(),
        n => format!("{n} disks are"),
    };
    let outside = match map.disks_elsewhere() {
        0 => String::new(),
        1 => " 1 of them is in none of these slots.".to_owned(),
        n => format!(" {n} of them are in none of these slots."),
    };
    let free = map.free();
    format!("{free} of {SLOTS} slots are free; {there} there now.{outside}")
}

fn row(map: &SlotMap, disks: &[DiskFacts], bus: u8) -> Markup {
    html! {
        tr {
            th scope="row" {
                "SCSI " (bus) small { (map.controller(bus).map_or("none yet", |kind| kind.label())) }
            }
            @for unit in 0..=15u8 {
                @match Slot::new(bus, unit) {
                    Some(slot) => td { (one(slot, map.occupant(slot), disks)) },
                    None => td.own { span.hidden { "the controller itself" } },
                }
            }
        }
    }
}

fn one(slot: Slot, occupant: &Occupant, disks: &[DiskFacts]) -> Markup {
    let (class, word) = looks(occupant);
    let Occupant::Disk(label) = occupant else {
        return html! { span.slot.(class) title={ (slot.to_string()) ": " (word) } { span.hidden { (word) } } };
    };
    let disk = disks.iter().find(|disk| slot_of(disk) == Some(slot));
    html! {
        span.slot.(class) title={
            (slot.to_string()) ": " (label) @if let Some(size) = disk.and_then(size) { ", " (size) }
        } {
            span aria-hidden="true" { (short(label)) }
            span.hidden { (label) }
        }
    }
}

fn slot_of(disk: &DiskFacts) -> Option<Slot> {
    Slot::from_wire(disk.bus?, disk.unit?)
}

fn size(disk: &DiskFacts) -> Option<String> {
    u64::try_from(disk.capacity_bytes?).ok().map(bytes)
}

/// The number at the end of a label such as `Hard disk 12`.
fn short(label: &str) -> &str {
    let number = label.trim_start_matches(|c: char| !c.is_ascii_digit());
    let fits = (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    if fits { number } else { "\u{2022}" }
}

fn looks(occupant: &Occupant) -> (&'static str, &'static str) {
    match occupant {
        Occupant::Disk(_) => ("disk", "disk"),
        Occupant::Free => ("free", "free"),
        Occupant::NoController => ("bare", "free, once a controller is added"),
        Occupant::Device => ("device", "another device"),
        Occupant::WrongController => (
            "wrong",
            "lost: controller of a kind that reprotect cannot use",
        ),
    }
}

fn legend(map: &SlotMap) -> Markup {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for (_, occupant) in map.slots() {
        if !seen.contains(&looks(occupant)) {
            seen.push(looks(occupant));
        }
    }
    html! {
        ul.legend aria-hidden="true" {
            @for (class, word) in seen { li { span.slot.(class) {} span { (word) } } }
        }
    }
}

fn details(disks: &[DiskFacts]) -> Markup {
    let table = html! {
        table {
            thead { tr {
                th scope="col" { "Slot" }
                th scope="col" { "Disk" }
                th.num scope="col" { "Size" }
                th scope="col" { "File" }
                th scope="col" { "UUID" }
            } }
            tbody { @for disk in disks { tr {
                td.nowrap {
                    @match (disk.bus, disk.unit) {
                        (Some(bus), Some(unit)) => { (bus) ":" (unit) }
                        _ => (NOT_KNOWN),
                    }
                }
                th.nowrap scope="row" { (disk.label) }
                td.num { (size(disk).as_deref().unwrap_or(NOT_KNOWN)) }
                td.mono {
                    (disk.path.as_deref().unwrap_or(NOT_KNOWN))
                    @match disk.delta_depth() {
                        0 => {}
                        1 => small { "a delta file stands on the base" },
                        n => small { (n) " delta files stand on the base" },
                    }
                }
                td.mono { (disk.uuid.as_deref().unwrap_or(NOT_KNOWN)) }
            } } }
        }
    };
    scroll("Disks", &table)
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_slot_shows_the_number_of_its_disk() {
        assert_eq!(short("Hard disk 1"), "1");
        assert_eq!(short("Hard disk 60"), "60");
        assert_eq!(short("Festplatte"), "\u{2022}");
        assert_eq!(short("disk 1 of 2"), "\u{2022}");
        assert_eq!(short("Hard disk 1000"), "\u{2022}");
    }
}
