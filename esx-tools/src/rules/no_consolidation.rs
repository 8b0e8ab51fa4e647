//! Rule 3: the disks of the master target need no consolidation.

use super::{Finding, FixKind, Judgement, Rule, Severity};
use crate::site::Facts;

/// No delta files are left behind.
#[derive(Debug)]
pub(super) struct NoConsolidationNeeded;

impl Rule for NoConsolidationNeeded {
    fn id(&self) -> &'static str {
        "no-consolidation-needed"
    }

    fn number(&self) -> u8 {
        3
    }

    fn about(&self) -> crate::rules::About {
        crate::rules::About::Target
    }

    fn title(&self) -> &'static str {
        "the disks of the master target need no consolidation"
    }

    fn severity(&self) -> Severity {
        Severity::Blocker
    }

    fn why(&self) -> &'static str {
        "Delta files that a removed snapshot left behind act like a snapshot that nobody sees ('Reprotect from Azure to on-premises': the master target has no snapshots; that it needs no consolidation follows from it). Reprotect fails as it does with a snapshot."
    }

    fn remedy(&self) -> &'static str {
        "Consolidate the disks. A file lock that a backup proxy holds is the usual cause when this fails."
    }

    super::describe::counts! { [not_stated(master_target(Blocker, &REPROTECT)), not_stated(appliance(Warning, &FAILBACK_MODERNIZED))] }

    fn check(&self, facts: &Facts) -> Judgement {
        let vm = &facts.master_target;
        let needed = match vm.consolidation_needed.get() {
            Ok(needed) => *needed,
            Err(reason) => return Judgement::unknown(self, reason),
        };
        if needed {
            let finding =
                Finding::new(self, facts, "the server says that disks need consolidation")
                    .seen("runtime.consolidationNeeded", true)
                    .fix(FixKind::ConsolidateDisks);
            return Judgement::from_findings(self, vec![finding]);
        }
        let (disks, snapshots) = match (vm.disks.get(), vm.snapshots.get()) {
            (Ok(disks), Ok(snapshots)) => (disks, snapshots),
            (Err(reason), _) | (_, Err(reason)) => return Judgement::unknown(self, reason),
        };
        // Under a snapshot a delta file is as it should be; that is for the rule about snapshots.
        if !snapshots.is_empty() {
            return Judgement::holds(self);
        }
        let findings = disks
            .iter()
            .filter(|disk| disk.delta_depth() > 0)
            .map(|disk| {
                Finding::new(
                    self,
                    facts,
                    format!("{} stands on a delta file without any snapshot", disk.label),
                )
                .seen("backing.fileName", disk.path.as_deref().unwrap_or("unset"))
                .seen("delta files", disk.delta_depth())
                .fix(FixKind::ConsolidateDisks)
            })
            .collect();
        Judgement::from_findings(self, findings)
    }
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
