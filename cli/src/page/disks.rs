//! The 4 x 15 places for disks, and the disks themselves.

use esx_tools::facts::DiskFacts;
use esx_tools::report::TargetSheet;
use esx_tools::slots::{BUSES, Occupant, PLACES, Slot, SlotMap};

use super::head;
use super::markup::{Level, Markup};
use crate::output::{bytes, count};

pub(super) fn places(out: &mut Markup, target: &TargetSheet, level: Level) {
    let map = match &target.slots {
        Ok(map) => map,
        Err(reason) => {
            head(out, level, "Places for disks", "Not known.");
            out.wrap("<p class=\"sheet calm\">", reason, "</p>\n");
            return;
        }
    };
    head(out, level, "Places for disks", lead(map));
    out.raw("<div class=\"sheet scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Places for disks\"><table class=\"places\"><thead><tr><th scope=\"col\">Controller</th>");
    for unit in 0..=15u8 {
        if Slot::new(0, unit).is_some() {
            out.wrap("<th scope=\"col\">", unit, "</th>");
        } else {
            out.wrap("<th scope=\"col\" class=\"own\">", unit, "</th>");
        }
    }
    out.raw("</tr></thead><tbody>\n");
    for bus in 0..BUSES {
        row(out, map, target, bus);
    }
    out.raw("</tbody></table></div>\n");
    legend(out, map);
    if let Ok(disks) = &target.disks
        && !disks.is_empty()
    {
        table(out, disks);
    }
}

fn lead(map: &SlotMap) -> String {
    let mut text = format!(
        "{} of {PLACES} slots are free; {} there now.",
        map.free(),
        match map.disks() {
            1 => "1 disk is".to_owned(),
            n => format!("{n} disks are"),
        }
    );
    if map.disks_elsewhere() > 0 {
        text.push_str(&format!(
            " {} on none of these places.",
            match map.disks_elsewhere() {
                1 => "1 of them stands".to_owned(),
                n => format!("{n} of them stand"),
            }
        ));
    }
    text
}

fn row(out: &mut Markup, map: &SlotMap, target: &TargetSheet, bus: u8) {
    out.wrap("<tr><th scope=\"row\">SCSI ", bus, "<small>");
    match map.controller(bus) {
        Some(kind) => out.text(kind.label()),
        None => out.raw("none yet"),
    };
    out.raw("</small></th>");
    for unit in 0..=15u8 {
        match Slot::new(bus, unit) {
            Some(slot) => place(out, slot, map.occupant(slot), target),
            None => {
                out.raw(
                    "<td class=\"own\"><span class=\"hidden\">the controller itself</span></td>",
                );
            }
        }
    }
    out.raw("</tr>\n");
}

fn place(out: &mut Markup, slot: Slot, occupant: &Occupant, target: &TargetSheet) {
    let (class, word) = looks(occupant);
    out.raw("<td><span class=\"place ")
        .raw(class)
        .raw("\" title=\"");
    out.text(format_args!("{slot}: "));
    match occupant {
        Occupant::Disk(label) => {
            out.text(label);
            if let Some(size) = size_at(target, slot) {
                out.text(format_args!(", {size}"));
            }
            out.raw("\">");
            out.wrap("<span aria-hidden=\"true\">", short(label), "</span>");
            out.wrap("<span class=\"hidden\">", label, "</span>");
        }
        _ => {
            out.text(word).raw("\">");
            out.wrap("<span class=\"hidden\">", word, "</span>");
        }
    }
    out.raw("</span></td>");
}

fn size_at(target: &TargetSheet, slot: Slot) -> Option<String> {
    let disks = target.disks.as_ref().ok()?;
    let disk = disks.iter().find(|disk| at(disk) == Some(slot))?;
    size(disk)
}

fn at(disk: &DiskFacts) -> Option<Slot> {
    Slot::from_wire(disk.bus?, disk.unit?)
}

fn size(disk: &DiskFacts) -> Option<String> {
    disk.capacity_bytes
        .and_then(|size| u64::try_from(size).ok())
        .map(bytes)
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

fn legend(out: &mut Markup, map: &SlotMap) {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    out.raw("<ul class=\"legend\" aria-hidden=\"true\">");
    for (_, occupant) in map.places() {
        let (class, word) = looks(occupant);
        if !seen.contains(&(class, word)) {
            seen.push((class, word));
            out.raw("<li><span class=\"place ").raw(class);
            out.wrap("\"></span><span>", word, "</span></li>");
        }
    }
    out.raw("</ul>\n");
}

fn table(out: &mut Markup, disks: &[DiskFacts]) {
    out.wrap(
        "<details><summary>",
        count(disks.len(), "disk"),
        " in detail</summary>",
    );
    out.raw("<div class=\"sheet scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Disks\"><table><thead><tr><th scope=\"col\">Place</th><th scope=\"col\">Disk</th><th scope=\"col\" class=\"num\">Size</th><th scope=\"col\">File</th><th scope=\"col\">UUID</th></tr></thead><tbody>\n");
    for disk in disks {
        out.raw("<tr><td class=\"nowrap\">");
        match (disk.bus, disk.unit) {
            (Some(bus), Some(unit)) => out.text(format_args!("{bus}:{unit}")),
            _ => out.text("unknown"),
        };
        out.wrap(
            "</td><th scope=\"row\" class=\"nowrap\">",
            &disk.label,
            "</th>",
        );
        out.wrap(
            "<td class=\"num\">",
            size(disk).as_deref().unwrap_or("unknown"),
            "</td>",
        );
        out.wrap(
            "<td class=\"mono\">",
            disk.path.as_deref().unwrap_or("unknown"),
            "",
        );
        match disk.delta_depth() {
            0 => {}
            1 => {
                out.raw("<small>a delta file stands on the base</small>");
            }
            n => {
                out.wrap("<small>", n, " delta files stand on the base</small>");
            }
        }
        out.wrap(
            "</td><td class=\"mono\">",
            disk.uuid.as_deref().unwrap_or("unknown"),
            "</td></tr>\n",
        );
    }
    out.raw("</tbody></table></div></details>\n");
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_place_shows_the_number_of_its_disk() {
        assert_eq!(short("Hard disk 1"), "1");
        assert_eq!(short("Hard disk 60"), "60");
        assert_eq!(short("Festplatte"), "\u{2022}");
        assert_eq!(short("disk 1 of 2"), "\u{2022}");
        assert_eq!(short("Hard disk 1000"), "\u{2022}");
    }
}
