//! Several master targets and groups: which fits where.

use serde::{Deserialize, Serialize};
use vsphere_client::vim::ManagedObjectReference;

use super::{CheckReport, choose::ChosenGroup};
use crate::{
    ledger::Ledger,
    rules::{Judgement, Verdict, judge},
    site::{DecidedBy, Facts, GroupFacts, StatedTarget},
    target_kind::TargetKind,
    vm::Vm,
};

/// One replication group held against one master target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairing {
    /// The group.
    pub group: String,
    /// The master target's name.
    pub master_target: String,
    /// The master target's reference.
    pub moref: ManagedObjectReference,
    /// Whether nothing between the two keeps the group from being reprotected there.
    pub fits: bool,
    /// Whether it fits and the master target itself has no blocker either.
    pub ready: bool,
    /// The master target that the group file reserves the group for, when it is another.
    pub meant_for: Option<String>,
    /// The kind of target that the group file asks for, when this is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meant_for_kind: Option<TargetKind>,
    /// The rules between the two that are broken or could not be judged.
    pub judgements: Vec<Judgement>,
}

/// What a check of one or several master targets gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Each master target with everything that was named for it.
    pub targets: Vec<CheckReport>,
    /// Each group with each master target; empty without a group file.
    pub pairings: Vec<Pairing>,
}

impl Checked {
    /// Whether every group is ready to go to some master target; without groups, whether every master target is ready.
    pub fn ready(&self) -> bool {
        if self.pairings.is_empty() {
            return self.targets.iter().all(|target| target.ready);
        }
        self.groups().iter().all(|group| {
            let mut of_group = self.pairings.iter().filter(|one| one.group == *group);
            of_group.any(|pairing| pairing.ready)
        })
    }

    /// Names of the groups, in the order of the file.
    pub fn groups(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for pairing in &self.pairings {
            if !names.contains(&pairing.group.as_str()) {
                names.push(&pairing.group);
            }
        }
        names
    }
}

/// Tells in the facts of each master target which groups have disks at another one.
pub(super) fn mark_split_groups(all: &mut [Facts]) {
    let attached: Vec<(ManagedObjectReference, String, Ledger)> = all
        .iter()
        .filter_map(|facts| {
            let target = &facts.master_target;
            let ledger = target.ledger().known()?.clone();
            Some((target.moref.clone(), target.name.clone(), ledger))
        })
        .collect();
    for facts in all {
        let own = facts.master_target.moref.clone();
        let protected = &mut facts.protected;
        for group in &mut protected.groups {
            let members: Vec<&Vm> = protected
                .vms
                .iter()
                .filter(|vm| group.members.contains(&vm.moref))
                .collect();
            group.attached_elsewhere = attached
                .iter()
                .filter(|(moref, _, ledger)| *moref != own && holds_disk_of(ledger, &members))
                .map(|(_, name, _)| name.clone())
                .collect();
        }
    }
}

fn holds_disk_of(ledger: &Ledger, members: &[&Vm]) -> bool {
    ledger.entries.iter().any(|entry| {
        members.iter().any(|vm| {
            vm.instance_uuid
                .as_deref()
                .is_some_and(|uuid| uuid.eq_ignore_ascii_case(&entry.vm_instance_uuid))
        })
    })
}

/// Holds one group against the master target of `facts`.
pub(super) fn pair(facts: &Facts, group: &ChosenGroup, meant_for: Option<String>) -> Pairing {
    let mut alone = facts.clone();
    let protected = &mut alone.protected;
    protected.vms.retain(|vm| group.members.contains(&vm.moref));
    protected.groups.retain(|one| one.name == group.name);
    let other = |kind: &TargetKind| facts.target.kind.is_some_and(|own| own != *kind);
    let meant_for_kind = group.target.filter(other);
    if let (None, Some(kind)) = (facts.target.kind, group.target) {
        let by = DecidedBy::GroupFile;
        alone.target = alone.target.stated(StatedTarget { kind, by });
    }
    let judgements = judge(&alone);
    let blocked = judgements.iter().any(Judgement::blocks);
    let between: Vec<Judgement> = judgements
        .into_iter()
        .filter(|judgement| judgement.about.is_of_assignment())
        .filter(|judgement| matches!(judgement.verdict, Verdict::Broken | Verdict::Unknown))
        .collect();
    let is_meant = meant_for.is_none() && meant_for_kind.is_none();
    let fits = is_meant && !between.iter().any(Judgement::blocks);
    Pairing {
        group: group.name.clone(),
        master_target: facts.master_target.name.clone(),
        moref: facts.master_target.moref.clone(),
        fits,
        ready: fits && !blocked,
        meant_for,
        meant_for_kind,
        judgements: between,
    }
}

/// A group as facts about one master target.
pub(super) fn group_facts(group: &ChosenGroup, meant_for: Option<String>) -> GroupFacts {
    GroupFacts {
        name: group.name.clone(),
        members: group.members.clone(),
        master_target: meant_for,
        attached_elsewhere: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, ledger::Entry, site::sample, vm::Setting};

    fn group(members: &[&str]) -> ChosenGroup {
        ChosenGroup {
            name: "web".into(),
            members: members
                .iter()
                .map(|name| ManagedObjectReference::new("VirtualMachine", format!("vm-{name}")))
                .collect(),
            only: None,
            target: None,
        }
    }

    #[test]
    fn only_the_groups_own_vms_count() {
        let mut facts = sample::protecting();
        let mut foreign = sample::protected("sql-01", 1);
        foreign.guest_id = Some("windows9Server64Guest".into());
        facts.protected.vms.push(foreign);
        let web = pair(&facts, &group(&["app-01"]), None);
        assert!(web.fits && web.ready, "{web:?}");
        let sql = pair(&facts, &group(&["sql-01"]), None);
        assert!(!sql.fits);
        assert_eq!(sql.judgements[0].rule, "same-os-family");
        let elsewhere = pair(&facts, &group(&["app-01"]), Some("mt-2".into()));
        assert!(!elsewhere.fits);
    }

    #[test]
    fn a_group_that_is_meant_for_another_kind_of_target_does_not_fit() {
        let facts = sample::protecting();
        let mut web = group(&["app-01"]);
        web.target = Some(TargetKind::Appliance);
        let pairing = pair(&facts, &web, None);
        assert!(!pairing.fits && !pairing.ready);
        assert_eq!(pairing.meant_for_kind, Some(TargetKind::Appliance));
        web.target = Some(TargetKind::MasterTarget);
        assert!(pair(&facts, &web, None).fits);
    }

    #[test]
    fn what_is_wrong_with_the_target_alone_does_not_keep_a_group_from_fitting() {
        let mut facts = sample::protecting();
        facts.master_target.consolidation_needed = Fact::Known(true);
        let web = pair(&facts, &group(&["app-01"]), None);
        assert!(web.fits && !web.ready);
    }

    #[test]
    fn a_group_that_was_begun_elsewhere_is_known_by_the_other_ledger() {
        let facts = sample::protecting();
        let mut other = facts.clone();
        other.master_target.moref = ManagedObjectReference::new("VirtualMachine", "vm-43");
        other.master_target.name = "mt-2".into();
        let entry = Entry {
            uuid: "6000c2935a1e4c078d520f7b3c9e6a41".parse().unwrap(),
            vm_instance_uuid: "5002-APP-01".into(),
            vm_name: "app-01".into(),
            device_key: 2000,
            slot: None,
            path: "[ds1] app-01/app-01.vmdk".into(),
        };
        let (key, value) = entry.encode();
        if let Fact::Known(settings) = &mut other.master_target.extra_config {
            settings.push(Setting { key, value });
        }
        let mut all = [facts, other];
        mark_split_groups(&mut all);
        assert_eq!(all[0].protected.groups[0].attached_elsewhere, ["mt-2"]);
        assert!(all[1].protected.groups[0].attached_elsewhere.is_empty());
    }
}
