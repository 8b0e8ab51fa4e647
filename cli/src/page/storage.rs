//! Datastores with their mounts, and what keeps the disks where they are.

use esx_tools::exclusion::{Layer, LayerState, Protection};
use esx_tools::report::{Cell, MountRow, MountState, TargetSheet};

use super::head;
use super::markup::{Level, Markup};
use crate::output::bytes;

/// How each host mounts each datastore.
pub(super) fn mounts(out: &mut Markup, target: &TargetSheet, level: Level) {
    const TITLE: &str = "Datastores and their mounts";
    let rows = match &target.datastores {
        Ok(rows) if rows.is_empty() => {
            head(out, level, TITLE, "The server names no datastore.");
            return;
        }
        Ok(rows) => rows,
        Err(reason) => {
            head(out, level, TITLE, "Not known.");
            out.wrap("<p class=\"sheet calm\">", reason, "</p>\n");
            return;
        }
    };
    head(
        out,
        level,
        TITLE,
        "The host of the master target writes to the datastores of the protected VMs, so it has to mount each of them read/write.",
    );
    out.raw("<div class=\"sheet scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Datastores\"><table><thead><tr><th scope=\"col\">Datastore</th>");
    for host in &target.hosts {
        out.wrap("<th scope=\"col\">On ", host, "</th>");
    }
    out.raw("<th scope=\"col\">Type</th><th scope=\"col\">Free space</th></tr></thead><tbody>\n");
    for row in rows {
        mount(out, row);
    }
    out.raw("</tbody></table></div>\n");
}

fn mount(out: &mut Markup, row: &MountRow) {
    out.wrap("<tr><th scope=\"row\">", &row.name, "");
    match row.used_by.as_slice() {
        [] => {}
        few if few.len() <= 4 => {
            out.wrap("<small>used by ", few.join(", "), "</small>");
        }
        many => {
            let (first, rest) = (&many[..3], many.len() - 3);
            let names = first.join(", ");
            out.wrap(
                "<small>used by ",
                format_args!("{names} and {rest} more"),
                "</small>",
            );
        }
    }
    out.raw("</th>");
    for state in &row.hosts {
        out.raw("<td>");
        let (cell, word, why) = match state {
            MountState::Writable => (Cell::Holds, "read/write", None),
            MountState::ReadOnly => (Cell::Warning, "read-only", None),
            MountState::Unmounted => (Cell::Warning, "not mounted", None),
            MountState::Unreachable(why) => (Cell::Blocker, "unreachable", why.as_deref()),
            MountState::Absent => (Cell::NotApplicable, "not on this host", None),
            MountState::Unknown(why) => (Cell::Unknown, "unknown", Some(why.as_str())),
        };
        out.state(cell, word);
        if let Some(why) = why {
            out.wrap("<small>", why, "</small>");
        }
        out.raw("</td>");
    }
    out.wrap(
        "<td class=\"nowrap\">",
        row.kind.as_deref().unwrap_or("unknown"),
        "</td><td>",
    );
    match (row.free_bytes, row.capacity_bytes) {
        (Some(free), Some(all)) if all > 0 => {
            out.wrap(
                "<span class=\"nowrap\">",
                format_args!("{} of {}", bytes(free), bytes(all)),
                "</span>",
            );
            let used = all.saturating_sub(free).saturating_mul(100) / all;
            out.wrap(
                "<span class=\"meter\" aria-hidden=\"true\"><i style=\"width:",
                used,
                "%\"></i></span>",
            );
        }
        (Some(free), _) => {
            out.text(bytes(free));
        }
        (None, _) => {
            out.raw("unknown");
        }
    }
    out.raw("</td>");
    out.raw("</tr>\n");
}

/// What keeps the disks from being moved, layer by layer.
pub(super) fn layers(out: &mut Markup, target: &TargetSheet, level: Level) {
    let report = &target.exclusion;
    let lead = match report.protection {
        Protection::Full => {
            "Nobody can move the disks of the master target: every layer that applies holds."
        }
        Protection::Enforced => {
            "Nobody can move the disks of the master target, but a layer beneath is missing."
        }
        Protection::Advisory => {
            "Automation leaves the master target alone. A person can still move its disks."
        }
        Protection::None => "Nothing keeps the disks of the master target where they are.",
        Protection::NotApplicable => {
            "There is no vCenter that could move the disks of the master target."
        }
        Protection::Unknown => "The server did not tell enough.",
    };
    head(out, level, "Kept from Storage vMotion", lead);
    out.raw(
        "<div class=\"sheet scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Layers\"><table>",
    );
    out.columns(&["Layer", "State", "On", "Seen"]);
    out.raw("<tbody>\n");
    for layer in &report.layers {
        out.wrap("<tr><th scope=\"row\">", name(layer.layer), "");
        out.wrap(
            "<small>stops ",
            layer.layer.stops(),
            "</small></th><td class=\"nowrap\">",
        );
        let (cell, word) = match layer.state {
            LayerState::Holds => (Cell::Holds, "holds"),
            LayerState::Absent if layer.layer.is_advisory() => (Cell::Warning, "does not hold"),
            LayerState::Absent => (Cell::Blocker, "does not hold"),
            LayerState::NotApplicable => (Cell::NotApplicable, "not applicable"),
            LayerState::Unknown => (Cell::Unknown, "unknown"),
        };
        out.state(cell, word);
        out.wrap("</td><td>", &layer.object_name, "</td>");
        out.wrap("<td>", &layer.detail, "</td></tr>\n");
    }
    out.raw("</tbody></table></div>\n");
}

fn name(layer: Layer) -> &'static str {
    match layer {
        Layer::MethodDisabled => "Method disabled",
        Layer::StorageDrsOverride => "Storage DRS override",
        Layer::DrsOverride => "DRS override",
    }
}
