//! A plan being made: what every part of the planner adds its steps and refusals to.

use vsphere_client::vim::ManagedObjectReference;

use super::{
    change::Change,
    fixes::Fixes,
    privileges,
    step::{Step, Undo, Unfixable, UnfixableCause},
    step_id::{StepId, StepKind},
};
use crate::{
    rules::{Finding, Severity},
    site::Facts,
};

/// A plan being made.
pub(super) struct Draft<'a> {
    pub(super) facts: &'a Facts,
    pub(super) fixes: &'a Fixes,
    /// What was asked for and is so already.
    pub(super) already: Vec<String>,
    pub(super) steps: Vec<Step>,
    pub(super) unfixable: Vec<Unfixable>,
}

impl<'a> Draft<'a> {
    /// A plan without steps.
    pub(super) fn new(facts: &'a Facts, fixes: &'a Fixes) -> Self {
        Self {
            facts,
            fixes,
            already: Vec::new(),
            steps: Vec::new(),
            unfixable: Vec::new(),
        }
    }

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
        let (cause, reason) = UnfixableCause::not_permitted(privilege, &on);
        self.give_up(finding, cause, reason);
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
        portal_codes: Vec::new(),
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
