//! Rule 14: a replication group is of one kind and goes to one master target.

use super::{
    Finding, Judgement, Rule,
    describe::{Review, describe},
};
use crate::{
    site::{Facts, GroupFacts},
    vm::OsFamily,
};

/// All Windows or all Linux, and together.
#[derive(Debug)]
pub(super) struct GroupWhole;

impl Rule for GroupWhole {
    describe! {
        14, "replication-group-whole", Blocker, Group,
        title: "a replication group is all Windows or all Linux, and goes to one master target",
        why: "VMs of one replication group share their recovery points, so they are reprotected together through one master target, which is Windows or Linux ('Reprotect from Azure to on-premises'). A mixed group, or one that is split, cannot be reprotected.",
        remedy: "Reprotect Windows and Linux VMs in groups of their own, each group through one master target.",
    }

    super::describe::counts! { [master_target(Blocker, &REPROTECT)] }

    fn check(&self, facts: &Facts) -> Judgement {
        if facts.protected.groups.is_empty() {
            return Judgement::not_applicable(self, "no replication group was named");
        }
        let mut review = Review::default();
        for group in &facts.protected.groups {
            self.one(facts, group, &mut review);
        }
        review.conclude(self)
    }
}

impl GroupWhole {
    fn one(&self, facts: &Facts, group: &GroupFacts, review: &mut Review) {
        let mut of_family: Vec<(OsFamily, Vec<&str>)> = Vec::new();
        for moref in &group.members {
            let Some(vm) = facts.protected.vm(moref) else {
                review.gap(format!("group {}: {moref} was not read", group.name));
                continue;
            };
            let Some(family) = vm.family() else {
                review.gap(format!(
                    "group {}: nothing tells the operating system of {}",
                    group.name, vm.name
                ));
                continue;
            };
            match of_family.iter_mut().find(|(known, _)| *known == family) {
                Some((_, names)) => names.push(&vm.name),
                None => of_family.push((family, vec![&vm.name])),
            }
        }
        let object = format!("group {}", group.name);
        if of_family.len() > 1 {
            of_family.sort_by_key(|(family, _)| *family);
            let kinds: Vec<&str> = of_family.iter().map(|(family, _)| family.label()).collect();
            let mut finding =
                Finding::new(self, facts, format!("it mixes {}", kinds.join(" and "))).on(&object);
            for (family, names) in of_family {
                finding = finding.seen(family.label(), names.join(", "));
            }
            review.found(finding);
        }
        if !group.attached_elsewhere.is_empty() {
            let elsewhere = group.attached_elsewhere.join(", ");
            review.found(
                Finding::new(
                    self,
                    facts,
                    format!("disks of it are attached to {elsewhere}"),
                )
                .on(object)
                .seen("attached to", elsewhere)
                .remedy(
                    "Use that master target for the whole group, or detach the disks there first.",
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{rules::Verdict, site::sample};

    fn mixed(guest_id: Option<&str>) -> Facts {
        let mut facts = sample::protecting();
        let mut other = sample::protected("sql-01", 1);
        other.guest_id = guest_id.map(Into::into);
        facts.protected.groups[0].members.push(other.moref.clone());
        facts.protected.vms.push(other);
        facts
    }

    #[test]
    fn met_and_not_applicable() {
        assert_eq!(
            GroupWhole.check(&mixed(Some("rhel8_64Guest"))).verdict,
            Verdict::Holds
        );
        assert_eq!(
            GroupWhole.check(&sample::ready()).verdict,
            Verdict::NotApplicable
        );
    }

    #[test]
    fn missing() {
        let judgement = GroupWhole.check(&mixed(None));
        assert_eq!(judgement.verdict, Verdict::Unknown);
        assert_eq!(
            judgement.reason.as_deref(),
            Some("group web: nothing tells the operating system of sql-01")
        );
        let mut facts = sample::protecting();
        facts.protected.vms.clear();
        assert_eq!(GroupWhole.check(&facts).verdict, Verdict::Unknown);
    }

    #[test]
    fn a_mixed_group_blocks() {
        let judgement = GroupWhole.check(&mixed(Some("windows9Server64Guest")));
        assert!(judgement.blocks());
        assert_eq!(judgement.findings[0].object, "group web");
        assert_eq!(judgement.findings[0].summary, "it mixes Windows and Linux");
    }

    #[test]
    fn a_split_group_blocks() {
        let mut facts = sample::protecting();
        facts.protected.groups[0].attached_elsewhere = vec!["mt-2".into()];
        let judgement = GroupWhole.check(&facts);
        assert!(judgement.blocks());
        assert_eq!(
            judgement.findings[0].summary,
            "disks of it are attached to mt-2"
        );
    }
}
