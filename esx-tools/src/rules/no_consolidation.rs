//! Rule 3: the disks of the master target need no consolidation.

use super::{Finding, FixKind, Judgement, Rule, describe::describe};
use crate::{
    site::Facts,
    vm::{ChainUnit, DiskFacts, Vm},
};

/// No delta files are left behind.
#[derive(Debug)]
pub(super) struct NoConsolidationNeeded;

impl Rule for NoConsolidationNeeded {
    describe! {
        3, "no-consolidation-needed", Blocker, Target,
        title: "the disks of the master target need no consolidation",
        why: "Delta files that a removed snapshot left behind act like a snapshot that nobody sees ('Reprotect from Azure to on-premises': the master target has no snapshots; that it needs no consolidation follows from it). Reprotect fails as it does with a snapshot.",
        remedy: "Consolidate the disks. A file lock that a backup proxy holds is the usual cause when this fails.",
    }

    super::describe::counts! { [not_stated(master_target(Blocker, &REPROTECT)), not_stated(appliance(Warning, &FAILBACK_MODERNIZED))] }

    fn check(&self, facts: &Facts) -> Judgement {
        let vm = &facts.master_target;
        let needed = match vm.consolidation_needed.get() {
            Ok(needed) => *needed,
            Err(reason) => return Judgement::unknown(self, reason),
        };
        let mut findings = linked_clones(self, facts);
        if needed {
            let finding =
                Finding::new(self, facts, "the server says that disks need consolidation")
                    .seen("runtime.consolidationNeeded", true);
            findings.insert(
                0,
                match merges_anything(vm) {
                    true => finding.fix(FixKind::ConsolidateDisks),
                    false => finding.remedy(FULL_CLONE),
                },
            );
            return Judgement::from_findings(self, findings);
        }
        let (disks, snapshots) = match (vm.disks.get(), vm.snapshots.get()) {
            (Ok(disks), Ok(snapshots)) => (disks, snapshots),
            (Err(reason), _) | (_, Err(reason)) => return Judgement::unknown(self, reason),
        };
        // Under a snapshot a delta file is as it should be; that is for the rule about snapshots.
        if snapshots.is_empty() {
            let left = disks.iter().filter(|disk| is_leftover(vm, disk));
            findings.extend(left.map(|disk| {
                Finding::new(
                    self,
                    facts,
                    format!("{} stands on a delta file without any snapshot", disk.label),
                )
                .seen("backing.fileName", disk.path.as_deref().unwrap_or("unset"))
                .seen("delta files", disk.delta_depth())
                .fix(FixKind::ConsolidateDisks)
            }));
        }
        Judgement::from_findings(self, findings)
    }
}

/// What to do about a linked clone, which no consolidation makes whole.
const FULL_CLONE: &str =
    "Make a full clone of the VM and use that one: consolidation leaves a linked clone as it is.";

/// One finding for each disk that stands on a file of another VM, with snapshots and without.
fn linked_clones(rule: &NoConsolidationNeeded, facts: &Facts) -> Vec<Finding> {
    let one = |(disk, base): (&DiskFacts, &ChainUnit)| {
        let summary = format!("{} is {}", disk.label, base.under_a_linked_clone());
        Finding::new(rule, facts, summary)
            .seen("backing.fileName", disk.path.as_deref().unwrap_or("unset"))
            .seen("stands on", &base.path)
            .remedy(FULL_CLONE)
    };
    facts.master_target.linked_disks().map(one).collect()
}

/// Whether the disk has a delta file that consolidation merges when no snapshot asks for it.
fn is_leftover(vm: &Vm, disk: &DiskFacts) -> bool {
    disk.delta_depth() > 0 && vm.linked_base(disk).is_none()
}

/// Whether consolidation may have something to merge: not when the only deltas are those of linked clones.
fn merges_anything(vm: &Vm) -> bool {
    let mut disks = vm.disks.known().into_iter().flatten();
    vm.linked_disks().next().is_none() || disks.any(|disk| is_leftover(vm, disk))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, site::sample};

    #[test]
    fn broken_when_the_server_says_so() {
        let judgement = NoConsolidationNeeded.check(&sample::wrong());
        assert_eq!(judgement.verdict, Verdict::Broken);
        assert_eq!(judgement.findings[0].fix, Some(FixKind::ConsolidateDisks));
    }

    #[test]
    fn broken_by_an_orphaned_delta() {
        let mut facts = sample::wrong();
        facts.master_target.consolidation_needed = Fact::Known(false);
        assert_eq!(
            NoConsolidationNeeded.check(&facts).verdict,
            Verdict::Holds,
            "the delta belongs to a snapshot"
        );
        facts.master_target.snapshots = Fact::Known(vec![]);
        let judgement = NoConsolidationNeeded.check(&facts);
        assert_eq!(judgement.verdict, Verdict::Broken);
        assert!(judgement.findings[0].summary.starts_with("Hard disk 1 "));
    }

    fn linked() -> Facts {
        let mut facts = sample::ready();
        if let Fact::Known(disks) = &mut facts.master_target.disks {
            let base = ChainUnit {
                path: "[ds1] golden/golden.vmdk".into(),
                datastore: Some("ds1".into()),
                bytes: Some(1 << 30),
            };
            disks[0].chain.insert(0, base);
        }
        facts
    }

    #[test]
    fn a_linked_clone_is_named_and_never_consolidated() {
        let mut facts = linked();
        for (needed, snapshots) in [(false, 0), (false, 1), (true, 0), (true, 1)] {
            facts.master_target.consolidation_needed = Fact::Known(needed);
            let tree = (0..snapshots).map(|_| sample::snapshot("1", vec![]));
            facts.master_target.snapshots = Fact::Known(tree.collect());
            let judgement = NoConsolidationNeeded.check(&facts);
            assert!(judgement.blocks(), "{needed} {snapshots}");
            let last = judgement.findings.last().unwrap();
            assert_eq!(
                last.summary,
                "Hard disk 1 is a linked clone: it stands on [ds1] golden/golden.vmdk, a file in the folder of another VM"
            );
            assert!(
                judgement.findings.iter().all(|one| one.fix.is_none()),
                "{judgement:?}"
            );
        }
    }

    #[test]
    fn a_leftover_delta_beside_a_linked_clone_is_still_consolidated() {
        let mut facts = linked();
        if let Fact::Known(disks) = &mut facts.master_target.disks {
            let base = disks[1].chain[0].clone();
            disks[1].chain.push(base);
        }
        let fixes: Vec<_> = NoConsolidationNeeded
            .check(&facts)
            .findings
            .into_iter()
            .map(|finding| finding.fix)
            .collect();
        assert_eq!(fixes, [None, Some(FixKind::ConsolidateDisks)]);
    }

    #[test]
    fn unread_disks_are_unknown_even_when_the_server_asks_for_nothing() {
        let mut facts = sample::ready();
        facts.master_target.disks = Fact::unknown("no privilege");
        assert_eq!(
            NoConsolidationNeeded.check(&facts).verdict,
            Verdict::Unknown
        );
    }
}
