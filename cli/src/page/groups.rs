//! Which replication group fits on which master target.

use esx_tools::ops::Pairing;
use esx_tools::report::{Cell, Sheet};

use super::head;
use super::markup::{Level, Markup};

pub(super) fn groups(out: &mut Markup, sheet: &Sheet) {
    let groups = sheet.groups();
    let homeless = groups
        .iter()
        .filter(|group| !sheet.has_place(group))
        .count();
    let lead = match homeless {
        0 => "Every replication group can go to some master target now.".to_owned(),
        1 => "One replication group can go to no master target now.".to_owned(),
        n => format!("{n} replication groups can go to no master target now."),
    };
    out.raw("<section id=\"groups\">\n");
    head(out, Level::Two, "Which group fits where", lead);
    out.raw("<div class=\"sheet scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Groups\"><table><thead><tr><th scope=\"col\">Replication group</th>");
    for target in &sheet.targets {
        out.wrap("<th scope=\"col\">", &target.name, "</th>");
    }
    out.raw("</tr></thead><tbody>\n");
    for group in groups {
        out.wrap("<tr><th scope=\"row\">", group, "</th>");
        for target in &sheet.targets {
            let moref = target.matrix.columns.first().map(|column| &column.moref);
            let own = |one: &&Pairing| one.group == group && Some(&one.moref) == moref;
            out.raw("<td>");
            match sheet.pairings.iter().find(own) {
                Some(pairing) => fits(out, pairing),
                None => {
                    out.state(Cell::NotApplicable, "not asked");
                }
            }
            out.raw("</td>");
        }
        out.raw("</tr>\n");
    }
    out.raw("</tbody></table></div>\n</section>\n");
}

fn fits(out: &mut Markup, pairing: &Pairing) {
    let rules: Vec<&str> = pairing
        .judgements
        .iter()
        .map(|one| one.rule.as_str())
        .collect();
    match (pairing.ready, pairing.fits) {
        (true, _) => out.state(Cell::Holds, "ready"),
        (false, true) => out
            .state(Cell::Warning, "fits")
            .raw("<small>once the master target itself is ready</small>"),
        (false, false) => out.state(Cell::Blocker, "does not fit"),
    };
    if let Some(other) = &pairing.meant_for {
        out.wrap("<small>meant for ", other, "</small>");
    }
    if !rules.is_empty() {
        out.wrap("<small>", rules.join(", "), "</small>");
    }
}
