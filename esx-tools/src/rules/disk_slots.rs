//! Rule 7: there are slots enough for the disks.

use std::collections::BTreeSet;

use super::{
    Finding, Judgement, Rule, Severity,
    describe::{Review, count, describe},
};
use crate::{
    site::Facts,
    slots::{SLOTS, SlotMap},
};

/// Slots on a further master target: two of the 60 go to its own system disk and retention disk.
const FURTHER: usize = SLOTS as usize - 2;

/// At most 60 disks, and a free slot for each disk to come.
#[derive(Debug)]
pub(super) struct DiskSlots;

impl Rule for DiskSlots {
    describe! {
        7, "disk-slots", Blocker, Group,
        title: "the master target has at most 60 disks, and slots enough for those to come",
        why: "A VM takes 60 disks on four SCSI controllers ('Prepare for reprotection and failback of VMware VMs' and 'About on-premises disaster recovery failover/failback - Modernized': no more than 60 disks are attached to one master target or appliance). When the disks of a group do not fit, reprotect fails after it has begun.",
        remedy: "Attach the VMs to several master targets, or detach disks that are no longer needed.",
    }

    super::describe::counts! { [master_target(Blocker, &PREPARE_FAILBACK), appliance(Blocker, &FAILBACK_MODERNIZED)] }

    fn check(&self, facts: &Facts) -> Judgement {
        let map = match SlotMap::of_vm(&facts.master_target) {
            crate::fact::Fact::Known(map) => map,
            crate::fact::Fact::Unknown { reason } => return Judgement::unknown(self, reason),
        };
        let mut review = Review::default();
        let slots = usize::from(SLOTS);
        if map.disks() > slots {
            let summary = format!("{} disks are attached, {slots} are allowed", map.disks());
            review.found(Finding::new(self, facts, summary).seen("disks", map.disks()));
        }
        let there: BTreeSet<String> = facts
            .master_target
            .disks
            .known()
            .into_iter()
            .flatten()
            .filter_map(crate::vm::DiskFacts::plain_uuid)
            .collect();
        let mut needed = 0;
        let mut disks_of = Vec::new();
        for vm in &facts.protected.vms {
            match vm.disks.get() {
                Ok(disks) => {
                    // A disk that is attached already has its slot.
                    let to_come = disks
                        .iter()
                        .filter(|disk| disk.plain_uuid().is_none_or(|uuid| !there.contains(&uuid)))
                        .count();
                    needed += to_come;
                    disks_of.push((vm.name.as_str(), to_come));
                }
                Err(reason) => review.gap_of(vm, reason),
            }
        }
        let free = map.free();
        if needed > free {
            let more = (needed - free).div_ceil(FURTHER);
            let mut finding = Finding::new(
                self,
                facts,
                format!(
                    "{} need a slot, {free} of {slots} are free: {} too many",
                    count(needed, "disk"),
                    needed - free
                ),
            )
            .seen("disks attached", map.disks())
            .seen("slots lost to other devices or controllers", map.lost())
            .remedy(format!(
                "{} more would take them: split the VMs by replication group, or detach disks that are no longer needed.",
                count(more, "master target")
            ));
            for (name, disks) in disks_of {
                finding = finding.seen(format!("disks of {name}"), disks);
            }
            review.found(finding);
        } else if free == 0 && map.disks() <= slots {
            let finding = Finding::new(self, facts, "every slot for a disk is taken")
                .severity(Severity::Warning)
                .seen("disks attached", map.disks());
            review.found(finding);
        }
        review.conclude(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, site::sample};

    #[test]
    fn met() {
        for facts in [sample::ready(), sample::protecting()] {
            assert_eq!(DiskSlots.check(&facts).verdict, Verdict::Holds);
        }
    }

    #[test]
    fn missing() {
        assert_eq!(DiskSlots.check(&sample::unread()).verdict, Verdict::Unknown);
        let mut facts = sample::protecting();
        facts.protected.vms[0].disks = Fact::unknown("no privilege");
        let judgement = DiskSlots.check(&facts);
        assert_eq!(judgement.verdict, Verdict::Unknown);
        assert_eq!(judgement.reason.as_deref(), Some("app-01: no privilege"));
    }

    #[test]
    fn one_disk_too_many_is_told_with_numbers() {
        let mut facts = sample::protecting();
        facts.protected.vms = vec![sample::protected("big", 40), sample::protected("more", 19)];
        let judgement = DiskSlots.check(&facts);
        assert_eq!(
            judgement.findings[0].summary,
            "59 disks need a slot, 58 of 60 are free: 1 too many"
        );
        assert!(
            judgement.findings[0]
                .remedy
                .starts_with("1 master target more")
        );
        facts.protected.vms.pop();
        assert_eq!(DiskSlots.check(&facts).verdict, Verdict::Holds);
    }

    #[test]
    fn a_disk_that_is_attached_already_needs_no_slot() {
        let mut facts = sample::protecting();
        let mut full = sample::protected("big", 59);
        if let (Fact::Known(theirs), Fact::Known(mine)) =
            (&mut full.disks, &facts.master_target.disks)
        {
            theirs[0].uuid.clone_from(&mine[0].uuid);
        }
        facts.protected.vms = vec![full];
        assert_eq!(DiskSlots.check(&facts).verdict, Verdict::Holds);
    }

    #[test]
    fn a_full_vm_is_a_warning_and_an_overfull_one_is_not() {
        let mut facts = sample::ready();
        let all = |count: usize| {
            let disks = sample::protected("x", count).disks;
            disks.map(|mut disks| {
                for (disk, slot) in disks.iter_mut().zip(crate::slots::Slot::all()) {
                    disk.controller_key = Some(1000 + i32::from(slot.bus()));
                    disk.unit = Some(slot.unit().into());
                }
                disks
            })
        };
        facts.master_target.controllers = Fact::Known(
            (0..4)
                .map(|bus| {
                    sample::controller(1000 + bus, crate::vm::ControllerKind::LsiLogic, bus, vec![])
                })
                .collect(),
        );
        facts.master_target.disks = all(60);
        assert_eq!(DiskSlots.check(&facts).worst(), Some(Severity::Warning));
        facts.master_target.disks = all(61);
        assert!(DiskSlots.check(&facts).blocks());
    }
}
