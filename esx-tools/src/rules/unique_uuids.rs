//! Rule 12: no disk UUID stands twice.

use std::collections::BTreeMap;
use vsphere_client::vim::ManagedObjectReference;

use super::{
    Finding, Judgement, Rule,
    describe::{Review, describe, protected},
};
use crate::{
    judge::RefusedCause,
    site::Facts,
    uuid_text::telling_uuid,
    vm::{DiskFacts, Vm},
};

/// Disks of the master target and of the protected VMs are told apart by their UUIDs.
#[derive(Debug)]
pub(super) struct UniqueUuids;

/// A VM that has a UUID, or one of its disks.
struct UuidHolder<'a> {
    vm: &'a Vm,
    /// The disk whose UUID it is; unset for the UUID of the VM itself.
    disk: Option<&'a DiskFacts>,
}

impl UuidHolder<'_> {
    fn label(&self) -> String {
        match self.disk {
            Some(disk) => format!("{} of {}", disk.label, self.vm.name),
            None => self.vm.name.clone(),
        }
    }

    fn path(&self) -> Option<&str> {
        self.disk?.path.as_deref()
    }
}

impl Rule for UniqueUuids {
    describe! {
        12, "unique-uuids", Blocker, Pairing,
        title: "no UUID of a disk or VM is shared by the master target and the protected VMs",
        why: "The master target finds each disk by its UUID ('Reprotect from Azure to on-premises': the master target and a protected VM made from one template can share disk UUIDs). With two of the same, data is written to the wrong disk, or attaching fails.",
        remedy: "Deploy the master target again from another template, or send VMs that share a UUID to different master targets.",
    }

    super::describe::counts! { [master_target(Blocker, &REPROTECT), appliance(Blocker, &SUPPORT_MATRIX)] }

    fn check(&self, facts: &Facts) -> Judgement {
        let vms = match protected(self, facts) {
            Ok(vms) => vms,
            Err(judgement) => return *judgement,
        };
        let mut review = Review::default();
        let mut disks: BTreeMap<String, Vec<UuidHolder<'_>>> = BTreeMap::new();
        let mut bios: BTreeMap<String, Vec<UuidHolder<'_>>> = BTreeMap::new();
        for vm in std::iter::once(&facts.master_target).chain(vms) {
            match vm.disks.get() {
                Ok(found) => {
                    for disk in found {
                        note(&mut disks, &mut review, vm, disk);
                    }
                }
                Err(reason) => review.gap_of(vm, reason),
            }
            match vm.bios_uuid.as_deref().map(telling_uuid) {
                Some(Some(uuid)) => {
                    let holder = UuidHolder { vm, disk: None };
                    bios.entry(uuid).or_default().push(holder);
                }
                Some(None) => {
                    review.gap_of(vm, "config.uuid is empty or zero, which tells nothing");
                }
                None => review.gap_of(vm, "the server leaves config.uuid unset"),
            }
        }
        for (what, holders) in [("disk UUID", &disks), ("BIOS UUID", &bios)] {
            for (uuid, holders) in holders {
                self.clash(facts, what, uuid, holders, &mut review);
            }
        }
        review.conclude(self)
    }
}

fn note<'a>(
    disks: &mut BTreeMap<String, Vec<UuidHolder<'a>>>,
    review: &mut Review,
    vm: &'a Vm,
    disk: &'a DiskFacts,
) {
    match disk.plain_uuid() {
        Some(uuid) => {
            let disk = Some(disk);
            disks.entry(uuid).or_default().push(UuidHolder { vm, disk });
        }
        None => {
            let reason = format!("the server does not tell the UUID of {}", disk.label);
            review.gap_of(vm, reason);
        }
    }
}

/// What helps a VM that shares its UUID with others: another master target only where this one is concerned.
fn remedy(
    target: &ManagedObjectReference,
    others: &[&UuidHolder<'_>],
    later: &UuidHolder<'_>,
) -> String {
    let mut advice = Vec::new();
    if others.iter().any(|other| &other.vm.moref == target) {
        advice.push(format!(
            "Deploy the master target again from another template, or send {} to another master target.",
            later.vm.name
        ));
    }
    let mut names: Vec<&str> = Vec::new();
    for other in others.iter().filter(|other| &other.vm.moref != target) {
        if !names.contains(&other.vm.name.as_str()) {
            names.push(&other.vm.name);
        }
    }
    if !names.is_empty() {
        let (first, rest) = (&later.vm.name, names.join(" and "));
        advice.push(format!(
            "Send {rest} and {first} to different master targets."
        ));
    }
    advice.join(" ")
}

impl UniqueUuids {
    fn clash(
        &self,
        facts: &Facts,
        what: &str,
        uuid: &str,
        holders: &[UuidHolder<'_>],
        review: &mut Review,
    ) {
        let mine = &facts.master_target.moref;
        // Attached already: the master target's disk is the very file of the protected VM.
        let is_same_file = |a: &UuidHolder<'_>, b: &UuidHolder<'_>| {
            (&a.vm.moref == mine) != (&b.vm.moref == mine)
                && a.path().is_some()
                && a.path() == b.path()
        };
        for (index, later) in holders.iter().enumerate() {
            let others: Vec<&UuidHolder<'_>> = holders[..index]
                .iter()
                .filter(|first| first.vm.moref != later.vm.moref && !is_same_file(first, later))
                .collect();
            let Some(first) = others.first() else {
                continue;
            };
            let summary = format!("its {what} is also that of {}", first.label());
            let mut finding = Finding::new(self, facts, summary)
                .on(&later.vm.name)
                .seen("uuid", uuid)
                .seen("held by", first.label())
                .seen("and by", later.label())
                .remedy(remedy(mine, &others, later));
            if later.disk.is_some() {
                // The code of an attach that refuses the disk.
                finding = finding.seen("cause", RefusedCause::UuidTaken.id());
            }
            finding.vm = Some(later.vm.moref.clone());
            review.found(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, site::sample};

    fn two() -> Facts {
        let mut facts = sample::protecting();
        facts.protected.vms = vec![
            sample::protected("app-01", 1),
            sample::protected("app-02", 1),
        ];
        facts
    }

    fn disk(facts: &mut Facts, vm: usize) -> &mut DiskFacts {
        match &mut facts.protected.vms[vm].disks {
            Fact::Known(disks) => &mut disks[0],
            Fact::Unknown { reason } => panic!("{reason}"),
        }
    }

    #[test]
    fn met_and_not_applicable() {
        assert_eq!(UniqueUuids.check(&two()).verdict, Verdict::Holds);
        assert_eq!(
            UniqueUuids.check(&sample::ready()).verdict,
            Verdict::NotApplicable
        );
    }

    #[test]
    fn missing() {
        let mut facts = two();
        disk(&mut facts, 0).uuid = None;
        assert_eq!(UniqueUuids.check(&facts).verdict, Verdict::Unknown);
        let mut facts = two();
        facts.master_target.disks = Fact::unknown("no privilege");
        assert_eq!(
            UniqueUuids.check(&facts).reason.as_deref(),
            Some("mt: no privilege")
        );
        let mut facts = two();
        facts.protected.vms[1].bios_uuid = None;
        assert_eq!(UniqueUuids.check(&facts).verdict, Verdict::Unknown);
    }

    #[test]
    fn a_clone_of_the_master_targets_template_clashes_in_any_spelling() {
        let mut facts = two();
        if let Fact::Known(disks) = &mut facts.master_target.disks {
            disks[0].uuid = Some("6000C293-5a1e-4c07-8d52-0f7b3c9e6a41".into());
        }
        disk(&mut facts, 0).uuid = Some("6000c2935a1e4c078d520f7b3c9e6a41".into());
        let judgement = UniqueUuids.check(&facts);
        assert!(judgement.blocks());
        assert_eq!(judgement.findings.len(), 1, "{judgement:?}");
        assert_eq!(
            judgement.findings[0].summary,
            "its disk UUID is also that of Hard disk 1 of mt"
        );
        assert_eq!(judgement.findings[0].object, "app-01");
    }

    #[test]
    fn two_protected_vms_clash_as_well() {
        let mut facts = two();
        let uuid = disk(&mut facts, 0).uuid.clone();
        disk(&mut facts, 1).uuid = uuid;
        assert!(UniqueUuids.check(&facts).blocks());
        let mut facts = two();
        facts.protected.vms[1].bios_uuid = facts.master_target.bios_uuid.clone();
        let judgement = UniqueUuids.check(&facts);
        assert_eq!(
            judgement.findings[0].summary,
            "its BIOS UUID is also that of mt"
        );
    }

    #[test]
    fn two_protected_vms_that_clash_need_no_other_template_for_the_master_target() {
        let mut facts = two();
        let uuid = disk(&mut facts, 0).uuid.clone();
        disk(&mut facts, 1).uuid.clone_from(&uuid);
        let remedies = |facts: &Facts| -> Vec<String> {
            let judgement = UniqueUuids.check(facts);
            let findings = judgement.findings.into_iter();
            findings.map(|finding| finding.remedy).collect()
        };
        assert_eq!(
            remedies(&facts),
            ["Send app-01 and app-02 to different master targets."]
        );
        // Now the master target is concerned as well: each VM is told what helps it.
        if let Fact::Known(disks) = &mut facts.master_target.disks {
            disks[0].uuid = uuid;
        }
        assert_eq!(
            remedies(&facts),
            [
                "Deploy the master target again from another template, or send app-01 to another master target.",
                "Deploy the master target again from another template, or send app-02 to another master target. \
                 Send app-01 and app-02 to different master targets.",
            ]
        );
    }

    #[test]
    fn uuids_that_tell_nothing_do_not_clash_and_are_unknown() {
        for nothing in ["", "00000000-0000-0000-0000-000000000000"] {
            let mut facts = two();
            for vm in 0..2 {
                disk(&mut facts, vm).uuid = Some(nothing.into());
                facts.protected.vms[vm].bios_uuid = Some(nothing.into());
            }
            let judgement = UniqueUuids.check(&facts);
            assert_eq!(judgement.verdict, Verdict::Unknown, "{judgement:?}");
            assert!(judgement.findings.is_empty());
        }
    }

    #[test]
    fn a_disk_that_is_attached_already_does_not_clash_with_itself() {
        let mut facts = two();
        let attached = disk(&mut facts, 0).clone();
        if let Fact::Known(disks) = &mut facts.master_target.disks {
            disks.push(attached);
        }
        assert_eq!(UniqueUuids.check(&facts).verdict, Verdict::Holds);
    }
}
