//! Rule 2: the master target has no snapshots.

use super::{Finding, FixKind, Judgement, Rule, describe::describe};
use crate::{site::Facts, vm::SnapshotFacts};

/// Names of all snapshots, parents before children.
fn names(roots: &[SnapshotFacts]) -> Vec<&str> {
    roots
        .iter()
        .flat_map(|root| std::iter::once(root.name.as_str()).chain(names(&root.children)))
        .collect()
}

/// The snapshot tree is empty.
#[derive(Debug)]
pub(super) struct NoSnapshots;

impl Rule for NoSnapshots {
    describe! {
        2, "no-snapshots", Blocker, Target,
        title: "the master target has no snapshots",
        why: "Disks cannot be attached to and detached from a VM with snapshots as reprotect needs it ('Reprotect from Azure to on-premises': the master target must have no snapshots). Reprotect fails, and the failed attempt may leave delta disks behind.",
        remedy: "Remove all snapshots and consolidate. Look for the backup job that took them, or it takes the next.",
    }

    super::describe::counts! { [master_target(Blocker, &REPROTECT), not_stated(appliance(Warning, &FAILBACK_MODERNIZED))] }

    fn check(&self, facts: &Facts) -> Judgement {
        let vm = &facts.master_target;
        let (roots, count) = match (vm.snapshots.get(), vm.snapshot_count()) {
            (Ok(roots), Some(count)) => (roots, count),
            (Err(reason), _) => return Judgement::unknown(self, reason),
            (Ok(_), None) => {
                return Judgement::unknown(self, "the snapshot tree could not be counted");
            }
        };
        if count == 0 {
            return Judgement::holds(self);
        }
        let depth = vm.snapshot_depth().unwrap_or_default();
        let plural = if count == 1 { "snapshot" } else { "snapshots" };
        let finding = Finding::new(self, facts, format!("{count} {plural}, {depth} deep"))
            .seen("snapshots", names(roots).join(", "))
            .fix(FixKind::RemoveAllSnapshots);
        Judgement::from_findings(self, vec![finding])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, site::sample};

    #[test]
    fn broken_by_a_tree() {
        let judgement = NoSnapshots.check(&sample::wrong());
        assert_eq!(judgement.verdict, Verdict::Broken);
        assert_eq!(judgement.findings[0].summary, "2 snapshots, 2 deep");
        assert_eq!(
            judgement.findings[0].evidence[0].value,
            "before patch 1, before patch 2"
        );
        assert_eq!(judgement.findings[0].fix, Some(FixKind::RemoveAllSnapshots));
    }

    #[test]
    fn broken_by_a_single_one() {
        let mut facts = sample::ready();
        facts.master_target.snapshots = Fact::Known(vec![sample::snapshot("1", vec![])]);
        assert_eq!(
            NoSnapshots.check(&facts).findings[0].summary,
            "1 snapshot, 1 deep"
        );
    }
}
