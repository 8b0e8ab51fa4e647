//! What operations hand back.

use serde::{Deserialize, Serialize};

use super::CheckOptions;
use crate::{
    apply::{Outcome, StepResult},
    exclusion::{ExclusionReport, exclusion},
    facts::Facts,
    plan::{Fixes, Plan, Scope},
    rules::{Judgement, judge},
};

/// The facts of a master target and what the rules say about them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// What was seen.
    pub facts: Facts,
    /// What every rule says, by number.
    pub judgements: Vec<Judgement>,
    /// How far it is kept from Storage vMotion, layer by layer.
    pub exclusion: ExclusionReport,
    /// Whether no blocker is broken or unknown.
    pub ready: bool,
}

impl CheckReport {
    /// Judges facts.
    pub fn of(facts: Facts) -> Self {
        let judgements = judge(&facts);
        let ready = !judgements.iter().any(Judgement::blocks);
        let exclusion = exclusion(&facts);
        Self {
            facts,
            judgements,
            exclusion,
            ready,
        }
    }
}

/// Which fixes to plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrepareOptions {
    /// Which part of the work; everything by default.
    pub scope: Scope,
    /// What to look at beside the master target.
    pub check: CheckOptions,
    /// What is asked for beyond the fixes that are safe on any VM; counts with [`Scope::Prepare`], the tag
    /// with [`Scope::Exclude`] too.
    pub fixes: Fixes,
}

impl PrepareOptions {
    /// Options for one part of the work.
    pub fn only(scope: Scope) -> Self {
        Self {
            scope,
            check: CheckOptions::default(),
            fixes: Fixes::default(),
        }
    }

    /// Asks for further fixes.
    #[must_use]
    pub fn with(mut self, fixes: Fixes) -> Self {
        self.fixes = fixes;
        self
    }
}

/// A plan with the facts that it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// What is the case.
    pub before: CheckReport,
    /// What is to be done.
    pub plan: Plan,
}

/// What became of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrepareReport {
    /// What was the case.
    pub before: CheckReport,
    /// What was to be done.
    pub plan: Plan,
    /// What became of each step, in order.
    pub steps: Vec<StepResult>,
    /// What is the case now; unset when it could not be read.
    pub after: Option<CheckReport>,
    /// Why the result could not be read.
    pub verify_error: Option<String>,
    /// Times that somebody else changed something, and the rest of the plan still fitted.
    pub replanned: Vec<String>,
    /// Whether something that was done counts only after the VM is next switched off and on.
    pub needs_power_cycle: bool,
    /// The end as one word.
    pub outcome: Outcome,
}

impl PrepareReport {
    /// How far the VM is kept from Storage vMotion now, when it could be read.
    pub fn exclusion(&self) -> Option<&ExclusionReport> {
        self.after.as_ref().map(|after| &after.exclusion)
    }
}
