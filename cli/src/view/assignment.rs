//! Which group goes to which master target, for people.

use esx_tools::capacity::{AssignedTarget, Assignment, Binding, FurtherTarget, UnassignedGroup};
use esx_tools::ops::ReprotectPlan;

use esx_tools::target_kind::TargetKind;

use super::{Look, hang, heading};
use crate::output::{Column, Table, count, wrap_from};

/// The verdict last, so that it stands above the prompt.
pub(crate) fn assignment(look: Look, plan: &ReprotectPlan) -> String {
    let assignment = &plan.assignment;
    let mut text = String::new();
    if assignment.targets.is_empty() {
        text.push_str("The group file names no master target: here is how many the groups need.\n");
    } else {
        text.push_str(&targets(look, assignment));
    }
    if !assignment.assigned.is_empty() {
        text.push_str(&assigned(look, assignment));
    }
    if !assignment.unassigned.is_empty() {
        text.push_str(&heading(look, "Groups that fit nowhere"));
        text.extend(
            assignment
                .unassigned
                .iter()
                .map(|group| unassigned(look, group)),
        );
    }
    if !assignment.further.is_empty() {
        let title = if assignment.targets.is_empty() {
            "Master targets needed"
        } else {
            "Further master targets needed"
        };
        text.push_str(&heading(look, title));
        text.extend(assignment.further.iter().map(|one| further(look, one)));
    }
    if !assignment.bindings.is_empty() {
        text.push_str(&heading(look, "What binds"));
        text.extend(assignment.bindings.iter().map(|one| binding(look, one)));
    } else if !assignment.further.is_empty() {
        text.push_str(&heading(look, "What binds"));
        text.push_str(
            "  several rules together: without any one of them as many would be needed\n",
        );
    }
    if !plan.uncounted.is_empty() {
        text.push_str(&heading(look, "Not counted"));
        for one in &plan.uncounted {
            let line = format!(
                "{} of {} is to be recreated: its disks are not known here and need slots, too",
                one.vm, one.group
            );
            text.push_str(&hang(look, &look.paint.careful("  unknown: "), 11, &line));
        }
    }
    text.push('\n');
    text.push_str(&verdict(look, plan));
    text
}

fn targets(look: Look, assignment: &Assignment) -> String {
    let mut text = format!("{}\n", look.paint.heading("Master targets"));
    let columns = [
        Column::text("MASTER TARGET"),
        Column::whole("SYSTEM"),
        Column::number("FREE"),
        Column::number("LEFT"),
        Column::text("GROUPS"),
    ];
    let mut table = Table::new(&columns, look.width, look.colour);
    for target in &assignment.targets {
        let number =
            |slots: Option<&usize>| slots.map_or_else(|| "unknown".to_owned(), ToString::to_string);
        let family = match target.kind {
            Some(TargetKind::Appliance) => Some("any (appliance)".to_owned()),
            _ => target.family.known().map(ToString::to_string),
        };
        table.row([
            target.name.clone(),
            family.unwrap_or_else(|| "unknown".to_owned()),
            number(target.free_before.known()),
            number(target.free_after.known()),
            if target.groups.is_empty() {
                "-".to_owned()
            } else {
                target.groups.join(", ")
            },
        ]);
    }
    text.push_str(&table.render());
    for target in &assignment.targets {
        let reasons = [target.family.reason(), target.free_before.reason()];
        for reason in reasons.into_iter().flatten() {
            let line = format!("{}: {reason}", target.name);
            text.push_str(&hang(look, &look.paint.careful("unknown: "), 9, &line));
        }
    }
    text
}

fn assigned(look: Look, assignment: &Assignment) -> String {
    let mut text = heading(look, "Groups");
    let columns = [
        Column::text("GROUP"),
        Column::number("VMS"),
        Column::number("DISKS"),
        Column::text("GOES TO"),
        Column::text("WHY"),
    ];
    let mut table = Table::new(&columns, look.width, look.colour);
    for group in &assignment.assigned {
        let attached = match group.attached {
            0 => String::new(),
            some => format!(" ({some} attached already)"),
        };
        table.row([
            group.group.clone(),
            group.vms.len().to_string(),
            group.disks.to_string(),
            match &group.target {
                AssignedTarget::Present(name) => format!("{name}{attached}"),
                AssignedTarget::Further(number) => format!("further #{number}"),
            },
            group.why.clone(),
        ]);
    }
    text.push_str(&table.render());
    text
}

fn unassigned(look: Look, group: &UnassignedGroup) -> String {
    let mut text = format!("  {}\n", look.paint.bad(crate::output::clean(&group.group)));
    for obstacle in &group.obstacles {
        let lead = match (obstacle.unknown, obstacle.constraint.rule_number()) {
            (true, _) => "    unknown: ".to_owned(),
            (false, Some(rule)) => format!("    rule {rule}: "),
            (false, None) => "    group file: ".to_owned(),
        };
        text.push_str(&hang(look, &lead, lead.len(), &obstacle.detail));
    }
    text
}

fn further(look: Look, one: &FurtherTarget) -> String {
    let family = one
        .family
        .map(|family| format!("{family}, "))
        .unwrap_or_default();
    let mut line = format!(
        "{family}for {} ({}, {} left)",
        one.groups.join(", "),
        count(one.disks, "disk"),
        count(one.free_after, "slot"),
    );
    if !one.datastores.is_empty() {
        line.push_str(&format!(
            ", on a host that mounts {} read/write: {}",
            one.datastores.join(", "),
            one.hosts.join(", ")
        ));
    }
    let lead = format!("  #{} ", one.number);
    hang(look, &lead, lead.len(), &line)
}

fn binding(look: Look, one: &Binding) -> String {
    let rule = match one.rule {
        Some(rule) => format!("rule {rule}, "),
        None => String::new(),
    };
    let unassigned = match one.unassigned_without {
        0 => String::new(),
        some => format!(" and {} would fit nowhere", count(some, "group")),
    };
    let line = format!(
        "{rule}{}: without it {}{unassigned}",
        one.constraint,
        match one.further_without {
            0 => "no further master target would be needed".to_owned(),
            1 => "1 further master target would do".to_owned(),
            some => format!("{some} further master targets would do"),
        }
    );
    hang(look, "  ", 2, &line)
}

fn verdict(look: Look, plan: &ReprotectPlan) -> String {
    let assignment = &plan.assignment;
    let proof = &assignment.proof;
    let (further, unassigned) = (assignment.further.len(), assignment.unassigned.len());
    let (lead, painted) = match (further + unassigned, plan.uncounted.is_empty()) {
        (0, true) => {
            let lead = "every group fits";
            (lead, look.paint.good(lead))
        }
        (0, false) => {
            let lead = "every group fits, as far as it is known";
            (lead, look.paint.careful(lead))
        }
        _ => {
            let lead = "does not fit";
            (lead, look.paint.bad(lead))
        }
    };
    let named = assignment.targets.len();
    let mut parts = Vec::new();
    if further > 0 {
        let needed = if further == 1 { "is" } else { "are" };
        parts.push(format!(
            "{} {needed} needed",
            match named {
                0 => count(further, "master target"),
                _ => count(further, "further master target"),
            }
        ));
    }
    if unassigned > 0 {
        let fit = if unassigned == 1 { "fits" } else { "fit" };
        parts.push(format!("{} {fit} nowhere", count(unassigned, "group")));
    }
    let in_use = assignment.targets.iter();
    let in_use = in_use.filter(|target| !target.groups.is_empty()).count();
    // A master target that has yet to be set up is in nobody's use.
    let used = match further {
        0 => format!("{in_use} of {} in use", count(named, "master target")),
        _ => format!("{} in all", count(proof.total.used, "master target")),
    };
    let known = if proof.optimal {
        format!("{used}, and fewer will not do ({})", proof.how)
    } else {
        format!(
            "{used}, at least {} needed ({})",
            proof.total.at_least, proof.how
        )
    };
    let known = (proof.total.used > 0).then_some(known);
    let said = [
        Some(parts.join(", ")).filter(|parts| !parts.is_empty()),
        known,
    ];
    let said: Vec<String> = said.into_iter().flatten().collect();
    let rest = format!(": {}", said.join("; "));
    format!("{painted}{}\n", wrap_from(&rest, lead.len(), look.prose, 0))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use esx_tools::capacity::{Family, Group, Member, OwnDisk, Problem, Target, assign};
    use esx_tools::fact::Fact;
    use esx_tools::ops::Uncounted;

    use vsphere_client::vim::ManagedObjectReference;

    use super::*;
    use crate::view::lines::tests::plain;

    fn plan(sizes: &[(&str, usize)], uncounted: Vec<Uncounted>) -> ReprotectPlan {
        ReprotectPlan {
            assignment: assign(&problem(sizes)),
            uncounted,
        }
    }

    fn problem(sizes: &[(&str, usize)]) -> Problem {
        let disk = |n: usize| OwnDisk {
            label: format!("Hard disk {n}"),
            uuid: None,
            path: None,
            datastores: Fact::Known(BTreeSet::new()),
        };
        let groups = sizes.iter().map(|(name, size)| Group {
            name: (*name).into(),
            members: vec![Member {
                name: format!("{name}-01"),
                family: Fact::Known(Family::Linux),
                guest_id: None,
                disks: Fact::Known((0..*size).map(disk).collect()),
                identities: BTreeSet::new(),
            }],
            only: None,
            kind: None,
        });
        let target = Target {
            name: "mt-1".into(),
            kind: None,
            family: Fact::Known(Family::Linux),
            guest_id: None,
            free_slots: Fact::Known(58),
            disks: Fact::Known(Vec::new()),
            identities: BTreeSet::new(),
            host: Fact::Known(ManagedObjectReference::new("HostSystem", "host-1")),
        };
        Problem {
            groups: groups.collect(),
            targets: vec![target],
            datastores: BTreeMap::new(),
            hosts: BTreeMap::new(),
        }
    }

    #[test]
    fn what_fits_is_short() {
        let text = assignment(plain(80), &plan(&[("erp", 40), ("mail", 18)], Vec::new()));
        assert_eq!(
            text,
            "\
Master targets
MASTER TARGET  SYSTEM  FREE  LEFT  GROUPS
mt-1           Linux     58     0  erp, mail

Groups
GROUP  VMS  DISKS  GOES TO  WHY
erp      1     40  mt-1     the only master target that suits it; it shares with
                            mail
mail     1     18  mt-1     the only master target that suits it; it shares with
                            erp

every group fits: 1 of 1 master target in use, and fewer will not do (it meets a
bound that holds for every assignment)
"
        );
    }

    #[test]
    fn what_does_not_fit_says_what_binds_and_what_is_needed() {
        let text = assignment(
            plain(80),
            &plan(&[("erp", 40), ("mail", 19), ("huge", 60)], Vec::new()),
        );
        for line in [
            "#1 Linux, for mail (19 disks, 39 slots left)",
            "rule 7, at most 60 disks on a master target: without it no further master",
            "  huge\n    rule 7: 60 slots needed, a new master target has 58",
            "does not fit: 1 further master target is needed, 1 group fits nowhere; 2 master",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }

    /// One that has yet to be set up counted as in use, below a table without a line.
    #[test]
    fn without_a_master_target_the_number_needed_is_told_and_none_is_in_use() {
        let mut planned = plan(&[("erp", 40), ("mail", 19)], Vec::new());
        planned.assignment = assign(&Problem {
            targets: Vec::new(),
            ..problem(&[("erp", 40), ("mail", 19)])
        });
        let text = assignment(plain(80), &planned);
        assert!(
            text.starts_with("The group file names no master target"),
            "{text}"
        );
        assert!(text.contains("Master targets needed\n"), "{text}");
        assert!(
            text.contains("2 master targets are needed; 2 master targets in all"),
            "{text}"
        );
        assert!(
            !text.contains("in use") && !text.contains("MASTER TARGET "),
            "{text}"
        );
    }

    #[test]
    fn what_is_not_counted_spoils_the_certainty() {
        let uncounted = vec![Uncounted {
            group: "erp".into(),
            vm: "erp-09".into(),
        }];
        let plan = plan(&[("erp", 4)], uncounted);
        assert!(!plan.is_certain());
        let text = assignment(plain(80), &plan);
        assert!(text.contains("erp-09 of erp is to be recreated"), "{text}");
        assert!(text.contains("as far as it is known"), "{text}");
    }
}
