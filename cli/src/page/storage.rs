//! Datastores with their mounts, and what keeps the disks where they are.

use esx_tools::exclusion::{Layer, LayerState, Protection};
use esx_tools::report::{Cell, MountRow, MountState, TargetSheet};
use maud::{Markup, html};

use super::parts::{Level, columns, head, scroll, state};
use crate::output::bytes;

/// How each host mounts each datastore.
pub(super) fn mounts(target: &TargetSheet, level: Level) -> Markup {
    let head = |lead: &str| head(level, "Datastores and their mounts", lead);
    let rows = match &target.datastores {
        Ok(rows) if rows.is_empty() => return head("The server names no datastore."),
        Ok(rows) => rows,
        Err(reason) => return html! { (head("Not known.")) p.sheet.calm { (reason) } },
    };
    let table = html! {
        table {
            thead { tr {
                th scope="col" { "Datastore" }
                @for host in &target.hosts { th scope="col" { "On " (host) } }
                th scope="col" { "Type" }
                th scope="col" { "Free space" }
            } }
            tbody { @for row in rows { (mount(row)) } }
        }
    };
    html! {
        (head("The host of the master target writes to the datastores of the protected VMs, so it has to mount each of them read/write."))
        (scroll("Datastores", &table))
    }
}

fn mount(row: &MountRow) -> Markup {
    let users = match row.used_by.as_slice() {
        [] => None,
        few if few.len() <= 4 => Some(few.join(", ")),
        many => Some(format!(
            "{} and {} more",
            many[..3].join(", "),
            many.len() - 3
        )),
    };
    html! {
        tr {
            th scope="row" {
                (row.name)
                @if let Some(users) = users { small { "used by " (users) } }
            }
            @for state in &row.hosts { td { (mount_state(state)) } }
            td.nowrap { (row.kind.as_deref().unwrap_or("unknown")) }
            td {
                @match (row.free_bytes, row.capacity_bytes) {
                    (Some(free), Some(all)) if all > 0 => {
                        @let used = all.saturating_sub(free).saturating_mul(100) / all;
                        span.nowrap { (bytes(free)) " of " (bytes(all)) }
                        span.meter aria-hidden="true" { i style={ "width:" (used) "%" } {} }
                    }
                    (Some(free), _) => (bytes(free)),
                    (None, _) => "unknown",
                }
            }
        }
    }
}

fn mount_state(mount: &MountState) -> Markup {
    let (cell, word, why) = match mount {
        MountState::Writable => (Cell::Holds, "read/write", None),
        MountState::ReadOnly => (Cell::Warning, "read-only", None),
        MountState::Unmounted => (Cell::Warning, "not mounted", None),
        MountState::Unreachable(why) => (Cell::Blocker, "unreachable", why.as_deref()),
        MountState::Absent => (Cell::NotApplicable, "not on this host", None),
        MountState::Unknown(why) => (Cell::Unknown, "unknown", Some(why.as_str())),
    };
    html! { (state(cell, word)) @if let Some(why) = why { small { (why) } } }
}

/// What keeps the disks from being moved, layer by layer.
pub(super) fn layers(target: &TargetSheet, level: Level) -> Markup {
    let report = &target.exclusion;
    let lead = match report.protection {
        Protection::Full => {
            "Nobody can move the disks of the master target: every layer that applies holds."
        }
        Protection::Enforced => {
            "Nobody can move the disks of the master target, but a layer beneath is missing."
        }
        Protection::ForNow => {
            "Nobody can move the disks of the master target now, yet not because of esxtool: that can end at any time."
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
    let table = html! {
        table {
            (columns(&["Layer", "State", "On", "Seen"]))
            tbody { @for layer in &report.layers {
                @let (cell, word) = match layer.state {
                    LayerState::Holds => (Cell::Holds, "holds"),
                    LayerState::ForNow => (Cell::Warning, "holds for now"),
                    LayerState::Absent if layer.layer.is_advisory() => (Cell::Warning, "does not hold"),
                    LayerState::Absent => (Cell::Blocker, "does not hold"),
                    LayerState::NotApplicable => (Cell::NotApplicable, "not applicable"),
                    LayerState::Unknown => (Cell::Unknown, "unknown"),
                };
                tr {
                    th scope="row" { (name(layer.layer)) small { "stops " (layer.layer.stops()) } }
                    td.nowrap { (state(cell, word)) }
                    td { (layer.object_name) }
                    td { (layer.detail) }
                }
            } }
        }
    };
    html! { (head(level, "Kept from Storage vMotion", lead)) (scroll("Layers", &table)) }
}

fn name(layer: Layer) -> &'static str {
    match layer {
        Layer::MethodDisabled => "Method disabled",
        Layer::StorageDrsOverride => "Storage DRS override",
        Layer::DrsOverride => "DRS override",
    }
}
