//! Which replication group fits on which master target.

use esx_tools::ops::{Checked, Pairing};
use esx_tools::rules::{Judgement, Verdict};

use super::Look;
use crate::output::{Column, Table};

/// One row for each group and master target.
pub(crate) fn pairings(look: Look, checked: &Checked) -> String {
    let columns = [
        Column::text("GROUP"),
        Column::text("MASTER TARGET"),
        Column::whole("FITS"),
        Column::text("BECAUSE"),
    ];
    let mut table = Table::new(&columns, look.width, look.colour);
    for pairing in &checked.pairings {
        table.row([
            pairing.group.as_str(),
            &pairing.master_target,
            if pairing.fits { "yes" } else { "no" },
            &because(pairing),
        ]);
    }
    table.render()
}

fn because(pairing: &Pairing) -> String {
    if let Some(other) = &pairing.meant_for {
        return format!("the group file sends it to {other}");
    }
    let listed = |blocking: bool| {
        let each = pairing
            .judgements
            .iter()
            .filter(|judgement| judgement.blocks() == blocking)
            .map(told);
        each.collect::<Vec<_>>().join(", ")
    };
    if !pairing.fits {
        return listed(true);
    }
    let mut parts = Vec::new();
    if !pairing.ready {
        parts.push("the master target itself is not ready".to_owned());
    }
    let trifles = listed(false);
    if !trifles.is_empty() {
        parts.push(format!("beware of {trifles}"));
    }
    parts.join("; ")
}

fn told(judgement: &Judgement) -> String {
    match judgement.verdict {
        Verdict::Unknown => format!("{} (unknown)", judgement.rule),
        _ => judgement.rule.clone(),
    }
}
