//! From facts to a plan.

use super::{
    change::Change,
    convert, exclude, fingerprint,
    fixes::Fixes,
    mount, power, privileges, reconfigure, record, retention, room,
    step::{Plan, Scope, Step, Undo, Unfixable, UnfixableCause},
    step_id::{StepId, StepKind},
    tag,
};
use crate::{
    fact::Evidence,
    rules::{Finding, FixKind, Severity, judge},
    site::Facts,
    vm::SnapshotFacts,
};
use vsphere_client::vim::ManagedObjectReference;

/// Plans what `scope` asks for; pure and deterministic.
///
/// A plan for a VM that meets every rule that can be fixed has no steps.
pub fn plan(facts: &Facts, scope: Scope) -> Plan {
    plan_with(facts, scope, &Fixes::default())
}

/// Plans what `scope` and `fixes` ask for; pure and deterministic.
///
/// The fixes count with [`Scope::Prepare`]; of them the tag with [`Scope::Exclude`] as well.
pub fn plan_with(facts: &Facts, scope: Scope, fixes: &Fixes) -> Plan {
    let fixes = &fixes.within(scope);
    let mut draft = Draft {
        facts,
        fixes,
        already: Vec::new(),
        steps: Vec::new(),
        unfixable: Vec::new(),
    };
    if scope == Scope::Include {
        tag::detach(&mut draft);
        exclude::include(&mut draft);
    } else {
        let findings = findings_for(facts, scope);
        mount::add(&mut draft, &findings);
        merge_deltas(&mut draft, &findings);
        let conversion = convert::step_for(&mut draft, &findings);
        reconfigure::add(&mut draft, &findings, conversion.is_some());
        let disk = retention::step_for(&mut draft, conversion.as_ref());
        power::add(&mut draft, &findings, conversion, disk);
        exclude::exclude(&mut draft, &findings);
        if matches!(scope, Scope::Prepare | Scope::Exclude) {
            tag::attach(&mut draft);
        }
        for finding in findings {
            if finding.fix.is_none() && !power::is_due(&finding) {
                draft.give_up(
                    finding,
                    UnfixableCause::ForAPerson,
                    "a person has to do this",
                );
            }
        }
    }
    let Draft {
        already,
        mut steps,
        unfixable,
        ..
    } = draft;
    record::order(&mut steps);
    let vm = &facts.master_target;
    Plan {
        master_target: vm.moref.clone(),
        master_target_name: vm.name.clone(),
        change_version: vm.change_version.clone(),
        facts_fingerprint: fingerprint::fingerprint(facts),
        scope,
        fixes: fixes.clone(),
        already,
        steps,
        unfixable,
    }
}

/// A plan being made.
pub(super) struct Draft<'a> {
    pub(super) facts: &'a Facts,
    pub(super) fixes: &'a Fixes,
    /// What was asked for and is so already.
    pub(super) already: Vec<String>,
    steps: Vec<Step>,
    unfixable: Vec<Unfixable>,
}

impl Draft<'_> {
    /// Adds a step, or gives up the findings that it would fix when the account surely may not do it.
    pub(super) fn add(&mut self, step: Step, fixed: &[&Finding]) {
        match privileges::lacking(self.facts, &step.privileges) {
            Some(lacking) => {
                for finding in fixed {
                    self.give_up_for_privilege(
                        (*finding).clone(),
                        &lacking.privilege,
                        lacking.on.clone(),
                    );
                }
            }
            None => self.steps.push(step),
        }
    }

    /// The step of this id, as planned so far.
    pub(super) fn planned(&mut self, kind: StepKind) -> Option<&mut Step> {
        self.steps.iter_mut().find(|step| step.id.kind == kind)
    }

    /// Leaves undone what was asked for by name.
    pub(super) fn refuse(
        &mut self,
        finding: Finding,
        cause: UnfixableCause,
        reason: impl Into<String>,
    ) {
        self.give_up(finding, cause, reason);
        if let Some(last) = self.unfixable.last_mut() {
            last.asked = true;
        }
    }

    pub(super) fn give_up(
        &mut self,
        finding: Finding,
        cause: UnfixableCause,
        reason: impl Into<String>,
    ) {
        self.unfixable.push(Unfixable {
            finding,
            cause,
            reason: reason.into(),
            asked: false,
        });
    }

    pub(super) fn give_up_for_privilege(
        &mut self,
        finding: Finding,
        privilege: &str,
        on: ManagedObjectReference,
    ) {
        let reason = format!("the account lacks the privilege {privilege} on {on}");
        self.give_up(
            finding,
            UnfixableCause::NotPermitted {
                privilege: privilege.to_owned(),
                on,
            },
            reason,
        );
    }

    /// Whether the account surely lacks a privilege on the VM.
    pub(super) fn lacks_on_vm(&self, privilege: &str) -> bool {
        self.facts
            .abilities
            .grants(&self.facts.master_target.moref, privilege)
            == Some(false)
    }
}

/// A step without what every step has in its own way.
pub(super) fn step(
    facts: &Facts,
    id: impl Into<StepId>,
    title: impl Into<String>,
    change: Change,
    undo: Undo,
) -> Step {
    Step::new(id, title, &facts.master_target.name, change, undo)
}

/// What was asked for by name and is not so, in the form of a finding.
pub(super) fn asked(
    facts: &Facts,
    rule: &str,
    severity: Severity,
    summary: impl Into<String>,
    remedy: impl Into<String>,
) -> Finding {
    Finding {
        rule: rule.to_owned(),
        severity,
        object: facts.master_target.name.clone(),
        vm: None,
        summary: summary.into(),
        evidence: Vec::new(),
        remedy: remedy.into(),
        fix: None,
    }
}

/// Ids of the rules behind findings, each once, in their order.
pub(super) fn rules_of(findings: &[&Finding]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for finding in findings {
        if !ids.contains(&finding.rule) {
            ids.push(finding.rule.clone());
        }
    }
    ids
}

fn findings_for(facts: &Facts, scope: Scope) -> Vec<Finding> {
    let wanted = |finding: &Finding| match scope {
        Scope::Prepare => true,
        Scope::Consolidate => finding.fix == Some(FixKind::ConsolidateDisks),
        Scope::Exclude => exclude::excludes(finding),
        Scope::Include => false,
    };
    judge(facts)
        .into_iter()
        .flat_map(|judgement| judgement.findings)
        .filter(wanted)
        .collect()
}

/// Removes snapshots and consolidates; refuses both when a datastore lacks the room.
fn merge_deltas(draft: &mut Draft<'_>, findings: &[Finding]) {
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
