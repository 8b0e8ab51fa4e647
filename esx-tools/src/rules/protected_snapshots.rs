//! Rule 15: the protected VMs have no snapshots.

use super::{
    Finding, Judgement, Rule,
    describe::{count, describe, review_each},
};
use crate::{
    judge::{RefusedCause, wrong_snapshots},
    site::Facts,
};

/// No snapshot, and no delta disk without one.
#[derive(Debug)]
pub(super) struct ProtectedNoSnapshots;

const FULL_CLONE: &str = "Make a full clone of the VM and protect that one: a linked clone cannot be made whole by consolidation.";

impl Rule for ProtectedNoSnapshots {
    describe! {
        15, "protected-no-snapshots", Warning, Pairing,
        title: "the protected VMs have no snapshots",
        why: "Azure Site Recovery merges the snapshots of a VM before it writes to its disks ('Reprotect from Azure to on-premises'). That takes time and room and cannot be taken back, and a delta disk cannot be attached to a master target by hand.",
        remedy: "Remove the snapshots of the VM and consolidate its disks before reprotect, while there is time to look at the result.",
    }

    super::describe::counts! { [master_target(Warning, &REPROTECT), not_stated(appliance(Warning, &FAILBACK_MODERNIZED))] }

    fn check(&self, facts: &Facts) -> Judgement {
        review_each(self, facts, |vm, review| {
            match wrong_snapshots(vm) {
                None => {}
                Some((RefusedCause::NotReadable, reason, _)) => {
                    review.gap_of(vm, reason);
                }
                // The code and the words are those of an attach that refuses the VM's disks.
                Some((cause, summary, _)) => {
                    let finding = Finding::of_vm(self, facts, vm, summary);
                    let number = vm.count_snapshots().unwrap_or_default();
                    let finding = finding.seen("snapshots", number);
                    review.found(finding.seen("cause", cause.id()));
                    return;
                }
            }
            match vm.disks.get() {
                Ok(disks) => {
                    for (disk, base) in vm.linked_disks() {
                        let summary = format!("{} is {}", disk.label, base.under_a_linked_clone());
                        let finding = Finding::of_vm(self, facts, vm, summary)
                            .seen("file", disk.path.as_deref().unwrap_or("unset"))
                            .seen("stands on", &base.path);
                        review.found(finding.remedy(FULL_CLONE));
                    }
                    let deltas: Vec<&str> = disks
                        .iter()
                        .filter(|disk| disk.delta_depth() > 0 && vm.linked_base(disk).is_none())
                        .filter_map(|disk| disk.path.as_deref())
                        .collect();
                    if !deltas.is_empty() {
                        let summary =
                            format!("{} without a snapshot", count(deltas.len(), "delta disk"));
                        review.found(
                            Finding::of_vm(self, facts, vm, summary)
                                .seen("files", deltas.join(", ")),
                        );
                    }
                }
                Err(reason) => review.gap_of(vm, reason),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fact::Fact,
        rules::{Severity, Verdict},
        site::sample,
    };

    #[test]
    fn met_and_not_applicable() {
        assert_eq!(
            ProtectedNoSnapshots.check(&sample::protecting()).verdict,
            Verdict::Holds
        );
        assert_eq!(
            ProtectedNoSnapshots.check(&sample::ready()).verdict,
            Verdict::NotApplicable
        );
    }

    #[test]
    fn missing() {
        let mut facts = sample::protecting();
        facts.protected.vms[0].snapshots = Fact::unknown("no privilege");
        let judgement = ProtectedNoSnapshots.check(&facts);
        assert_eq!(judgement.verdict, Verdict::Unknown);
        assert_eq!(
            judgement.reason.as_deref(),
            Some("app-01: whether the VM has snapshots cannot be read: no privilege")
        );
    }

    #[test]
    fn a_linked_clone_is_no_leftover_delta() {
        let mut facts = sample::protecting();
        if let Fact::Known(disks) = &mut facts.protected.vms[0].disks {
            let mut base = disks[0].chain[0].clone();
            base.path = "[ds1] golden/golden.vmdk".into();
            disks[0].chain.insert(0, base);
        }
        let judgement = ProtectedNoSnapshots.check(&facts);
        let said: Vec<_> = judgement.findings.iter().map(|f| &f.summary).collect();
        assert_eq!(
            said,
            [
                "Hard disk 1 is a linked clone: it stands on [ds1] golden/golden.vmdk, a file in the folder of another VM"
            ]
        );
    }

    #[test]
    fn a_snapshot_and_a_lone_delta_disk_are_warnings() {
        let mut facts = sample::protecting();
        facts.protected.vms[0].snapshots = Fact::Known(vec![sample::snapshot(
            "1",
            vec![sample::snapshot("2", vec![])],
        )]);
        let judgement = ProtectedNoSnapshots.check(&facts);
        assert_eq!(judgement.findings[0].summary, "the VM has 2 snapshots");
        assert_eq!(judgement.worst(), Some(Severity::Warning));

        facts.protected.vms[0].snapshots = Fact::Known(vec![]);
        if let Fact::Known(disks) = &mut facts.protected.vms[0].disks {
            let base = disks[0].chain[0].clone();
            disks[0].chain.push(base);
        }
        assert_eq!(
            ProtectedNoSnapshots.check(&facts).findings[0].summary,
            "1 delta disk without a snapshot"
        );
    }
}
