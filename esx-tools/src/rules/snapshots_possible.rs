//! Rule 34: a snapshot of each protected VM can be taken.

use super::{
    Finding, Judgement, Rule, Severity,
    describe::{Review, counts, describe, disk_datastores, review_each},
};
use crate::{site::Facts, target_kind::TargetKind, vm::Vm};

const MAX_SNAPSHOTS: &str = "snapshot.maxSnapshots";
/// The part of the VM's disks that a datastore should have free for what is written after the snapshot: no document
/// says how much, so this is ours.
const ROOM: i64 = 10;

/// Nothing forbids a snapshot of a protected VM, and there is room for it.
#[derive(Debug)]
pub(super) struct SnapshotsPossible;

impl Rule for SnapshotsPossible {
    describe! {
        34, "protected-snapshots-possible", Blocker, Pairing,
        title: "a snapshot of each protected VM can be taken",
        why: "A planned failover through an appliance takes a snapshot of the VM before it is powered on here, and a cancel, or a planned failover that fails, reverts to it ('Fail over VMware VMs - Modernized'). What forbids snapshots makes it fail at the last step; what a snapshot leaves out is not reverted. With a master target, a snapshot.maxSnapshots that is no number makes discovery fail ('Troubleshoot vCenter Server discovery failures').",
        remedy: "Take snapshot.maxSnapshots out of the VM's advanced settings, make its disks dependent, and make room on its datastores.",
    }

    counts! {
        [
            master_target(Warning, &TROUBLESHOOT_DISCOVERY),
            not_stated(appliance(Blocker, &FAIL_OVER_MODERNIZED)),
        ]; codes: [95126]
    }

    fn check(&self, facts: &Facts) -> Judgement {
        review_each(self, facts, |vm, review| {
            self.limit(facts, vm, review);
            if facts.target.kind != Some(TargetKind::MasterTarget) {
                self.disks(facts, vm, review);
            }
        })
    }
}

impl SnapshotsPossible {
    fn limit(&self, facts: &Facts, vm: &Vm, review: &mut Review) {
        if let Some(reason) = vm.extra_config.reason() {
            review.gap_of(vm, reason);
        }
        let Some(setting) = vm.setting(MAX_SNAPSHOTS) else {
            return;
        };
        let value = setting.value.trim();
        let is_classic = facts.target.kind == Some(TargetKind::MasterTarget);
        let finding = match value.parse::<i64>() {
            Ok(0) if !is_classic => {
                Finding::of_vm(self, facts, vm, "its settings forbid snapshots")
            }
            Ok(_) => return,
            Err(_) if value.is_empty() => return,
            Err(_) => Finding::of_vm(self, facts, vm, "its limit of snapshots is no number")
                .severity(Severity::Warning),
        };
        review.found(finding.seen(MAX_SNAPSHOTS, value));
    }

    fn disks(&self, facts: &Facts, vm: &Vm, review: &mut Review) {
        let disks = match vm.disks.get() {
            Ok(disks) => disks,
            Err(reason) => return review.gap_of(vm, reason),
        };
        for disk in disks {
            let mode = disk.mode.as_deref().unwrap_or_default();
            if mode.starts_with("independent") {
                let summary = format!(
                    "a snapshot leaves out {}, so nothing reverts it",
                    disk.label
                );
                let finding = Finding::of_vm(self, facts, vm, summary);
                review.found(finding.severity(Severity::Warning).seen("mode", mode));
            }
        }
        // Rule 10 tells which datastores could not be read.
        let Ok(datastores) = disk_datastores(facts, vm) else {
            return;
        };
        let all: i64 = disks.iter().filter_map(|disk| disk.capacity_bytes).sum();
        for datastore in datastores {
            if let Some(free) = datastore.free_bytes.filter(|free| *free < all / ROOM) {
                let summary = format!("{} has little room for its snapshot", datastore.name);
                let finding = Finding::of_vm(self, facts, vm, summary)
                    .severity(Severity::Warning)
                    .seen("free bytes", free)
                    .seen("bytes of its disks", all);
                review.found(finding);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, setting::Setting, site::sample};

    fn with(kind: TargetKind, change: impl FnOnce(&mut Vm)) -> Judgement {
        let mut facts = sample::protecting();
        facts.target.kind = Some(kind);
        change(&mut facts.protected.vms[0]);
        SnapshotsPossible.check(&facts)
    }

    fn limited(value: &str) -> impl FnOnce(&mut Vm) {
        let setting = Setting {
            key: "Snapshot.MaxSnapshots".into(),
            value: value.into(),
        };
        |vm| vm.extra_config = Fact::Known(vec![setting])
    }

    #[test]
    fn met() {
        for kind in TargetKind::ALL {
            assert_eq!(with(kind, |_| {}).verdict, Verdict::Holds);
            assert_eq!(with(kind, limited("3")).verdict, Verdict::Holds);
        }
        let facts = sample::ready();
        assert_eq!(
            SnapshotsPossible.check(&facts).verdict,
            Verdict::NotApplicable
        );
    }

    #[test]
    fn missing() {
        let judgement = with(TargetKind::Appliance, |vm| {
            vm.extra_config = Fact::unknown("no privilege");
        });
        assert_eq!(judgement.verdict, Verdict::Unknown);
    }

    #[test]
    fn what_forbids_snapshots_blocks_an_appliance_only() {
        let judgement = with(TargetKind::Appliance, limited("0"));
        assert!(judgement.blocks());
        assert_eq!(
            judgement.findings[0].summary,
            "its settings forbid snapshots"
        );
        assert_eq!(
            with(TargetKind::MasterTarget, limited("0")).verdict,
            Verdict::Holds
        );
        for kind in TargetKind::ALL {
            let judgement = with(kind, limited("many"));
            assert_eq!(judgement.worst(), Some(Severity::Warning));
        }
    }

    #[test]
    fn an_independent_disk_and_a_full_datastore_warn_on_an_appliance() {
        let judgement = with(TargetKind::Appliance, |vm| {
            if let Fact::Known(disks) = &mut vm.disks {
                disks[0].mode = Some("independent_persistent".into());
                disks[1].capacity_bytes = Some(1 << 50);
            }
        });
        assert_eq!(judgement.findings.len(), 2, "{judgement:?}");
        assert_eq!(judgement.worst(), Some(Severity::Warning));
    }
}
