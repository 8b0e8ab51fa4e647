//! Which replication group fits on which master target.

use esx_tools::ops::Pairing;
use esx_tools::report::{Cell, Sheet};
use maud::{Markup, html};

use super::parts::{Level, head, scroll, state};

pub(super) fn groups(sheet: &Sheet) -> Markup {
    let groups = sheet.groups();
    let unassigned = groups.iter().filter(|group| !sheet.is_assigned(group));
    let lead = match unassigned.count() {
        0 => "Every replication group can go to some master target now.".to_owned(),
        1 => "One replication group can go to no master target now.".to_owned(),
        n => format!("{n} replication groups can go to no master target now."),
    };
    let table = html! {
        table {
            thead { tr {
                th scope="col" { "Replication group" }
                @for target in &sheet.targets { th scope="col" { (target.name) } }
            } }
            tbody { @for group in groups { tr {
                th scope="row" { (group) }
                @for target in &sheet.targets {
                    @let moref = target.matrix.columns.first().map(|column| &column.moref);
                    @let own = |one: &&Pairing| one.group == group && Some(&one.moref) == moref;
                    td {
                        @match sheet.pairings.iter().find(own) {
                            Some(pairing) => (fits(pairing)),
                            None => (state(Cell::NotApplicable, "not asked")),
                        }
                    }
                }
            } } }
        }
    };
    html! {
        section id="groups" {
            (head(Level::Two, "Which group fits where", lead))
            (scroll("Groups", &table))
        }
    }
}

fn fits(pairing: &Pairing) -> Markup {
    let judgements = pairing.judgements.iter();
    let rules: Vec<&str> = judgements.map(|one| one.rule.as_str()).collect();
    html! {
        @match (pairing.ready, pairing.fits) {
            (true, _) => (state(Cell::Holds, "ready")),
            (false, true) => {
                (state(Cell::Warning, "fits"))
                small { "once the master target itself is ready" }
            }
            (false, false) => (state(Cell::Blocker, "does not fit")),
        }
        @if let Some(other) = &pairing.meant_for { small { "meant for " (other) } }
        @if !rules.is_empty() { small { (rules.join(", ")) } }
    }
}
