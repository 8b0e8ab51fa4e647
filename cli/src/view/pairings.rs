//! Which replication group fits on which master target.

use esx_tools::ops::{Checked, Pairing};
use esx_tools::rules::{Judgement, Severity, Verdict};

use super::Look;
use super::lines::hang;
use crate::output::{Column, Table, clean, display_width};

/// One row for each group and master target, then where each group can go.
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
            fits(pairing),
            &because(pairing),
        ]);
    }
    let mut text = table.render();
    text.push('\n');
    for group in checked.groups() {
        let (sentence, placed) = conclusion(checked, group);
        let group = clean(group);
        let painted = if placed {
            look.paint.good(&group)
        } else {
            look.paint.bad(&group)
        };
        text.push_str(&hang(
            look,
            &format!("{painted} "),
            display_width(&group) + 1,
            &sentence,
        ));
    }
    text
}

fn fits(pairing: &Pairing) -> &'static str {
    match (pairing.ready, pairing.fits) {
        (true, _) => "yes",
        (false, true) => "not yet",
        (false, false) => "no",
    }
}

/// Where a group can go, and whether it can go anywhere now.
fn conclusion(checked: &Checked, group: &str) -> (String, bool) {
    let named = |wanted: &dyn Fn(&Pairing) -> bool| {
        let of_group = checked.pairings.iter().filter(|one| one.group == group);
        let names = of_group.filter(|one| wanted(one));
        names
            .map(|one| one.master_target.as_str())
            .collect::<Vec<_>>()
            .join(" or ")
    };
    let (now, later) = (
        named(&|one| one.ready),
        named(&|one| one.fits && !one.ready),
    );
    match (now.is_empty(), later.is_empty()) {
        (false, _) => (format!("can go to {now}"), true),
        (true, false) => (format!("can go to {later} once that is ready"), false),
        (true, true) => ("fits on none of these master targets".to_owned(), false),
    }
}

fn because(pairing: &Pairing) -> String {
    if let Some(other) = &pairing.meant_for {
        return format!("the group file sends it to {other}");
    }
    if let Some(kind) = pairing.meant_for_kind {
        return format!("the group file sends it to {kind}");
    }
    let listed = |blocking: bool| {
        let each = pairing
            .judgements
            .iter()
            .filter(|judgement| judgement.blocks() == blocking)
            .map(worst);
        each.collect::<Vec<_>>().join("; ")
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
        parts.push(format!("beware: {trifles}"));
    }
    parts.join("; ")
}

/// The worst that a rule has to say, with its name to look it up.
fn worst(judgement: &Judgement) -> String {
    let rule = &judgement.rule;
    if judgement.verdict == Verdict::Unknown {
        let reason = judgement.reason.as_deref().unwrap_or("no reason is known");
        return format!("unknown: {reason} ({rule})");
    }
    let blocking = |severity| severity == Severity::Blocker;
    let findings = judgement.findings.iter();
    let worst = findings
        .clone()
        .find(|one| blocking(one.severity))
        .or(judgement.findings.first());
    let Some(worst) = worst else {
        return rule.clone();
    };
    let others = findings
        .filter(|one| blocking(one.severity) == blocking(worst.severity))
        .count()
        .saturating_sub(1);
    let more = match others {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!("{}: {}{more} ({rule})", worst.object, worst.summary)
}
