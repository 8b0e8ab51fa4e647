//! Steps that merge delta files: removing snapshots, and consolidating.

use vsphere_client::vim::ManagedObjectReference;

use super::{
    change::Change,
    draft::{Draft, rules_of, step},
    room,
    step::{Undo, UnfixableCause},
    step_id::StepKind,
};
use crate::{
    fact::Evidence,
    rules::{Finding, FixKind},
    vm::SnapshotFacts,
};

/// Removes snapshots and consolidates; refuses both when a datastore lacks the room.
pub(super) fn merge(draft: &mut Draft<'_>, findings: &[Finding]) {
    let facts = draft.facts;
    let of = |fix: &FixKind| -> Vec<&Finding> {
        findings
            .iter()
            .filter(|finding| finding.fix.as_ref() == Some(fix))
            .collect()
    };
    let snapshots = of(&FixKind::RemoveAllSnapshots);
    let consolidation = of(&FixKind::ConsolidateDisks);
    if let Some(short) = room::shortage(facts) {
        let reason = format!(
            "merging the delta files needs up to {} bytes on {}, which has {} bytes free",
            short.needed_bytes, short.datastore, short.free_bytes
        );
        for finding in snapshots.into_iter().chain(consolidation) {
            let cause = UnfixableCause::NoRoom {
                datastore: short.datastore.clone(),
                needed_bytes: short.needed_bytes,
                free_bytes: short.free_bytes,
            };
            draft.give_up(finding.clone(), cause, reason.clone());
        }
        return;
    }
    let vm = &facts.master_target;
    let room: Vec<Evidence> = room::needed(facts)
        .into_iter()
        .map(|(name, bytes)| {
            Evidence::new(
                format!("room needed on {name}"),
                format!("up to {bytes} bytes"),
            )
        })
        .collect();
    if !snapshots.is_empty() {
        let count = vm.snapshot_count().unwrap_or_default();
        let mut step = step(
            facts,
            StepKind::RemoveAllSnapshots,
            if count == 1 {
                "Remove the snapshot".to_owned()
            } else {
                format!("Remove the {count} snapshots")
            },
            Change::RemoveAllSnapshots {
                vm: vm.moref.clone(),
                snapshots: references(vm.snapshots.known().map(Vec::as_slice).unwrap_or_default()),
            },
            Undo::None {
                why: "a removed snapshot cannot be brought back; its changes stay in the disks"
                    .into(),
            },
        );
        step.fixes = rules_of(&snapshots);
        step.expects = vec![Evidence::new("snapshots", count)];
        step.expects.extend(room.clone());
        step.destructive = true;
        draft.add(step, &snapshots);
    }
    if !consolidation.is_empty() {
        let mut step = step(
            facts,
            StepKind::ConsolidateDisks,
            "Consolidate the disks",
            Change::ConsolidateDisks {
                vm: vm.moref.clone(),
            },
            Undo::None {
                why: "merged delta files cannot be taken apart; nothing is lost by it".into(),
            },
        );
        step.fixes = rules_of(&consolidation);
        step.expects = vec![Evidence::new(
            "consolidation needed",
            "when the step's turn comes",
        )];
        if snapshots.is_empty() {
            step.expects.extend(room);
        }
        draft.add(step, &consolidation);
    }
}

/// References of all snapshots, parents before children.
fn references(roots: &[SnapshotFacts]) -> Vec<ManagedObjectReference> {
    let below = |root: &SnapshotFacts| {
        std::iter::once(root.moref.clone())
            .chain(references(&root.children))
            .collect::<Vec<_>>()
    };
    roots.iter().flat_map(below).collect()
}
