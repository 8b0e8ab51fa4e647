//! What operations hand back.

use serde::{Deserialize, Serialize};

use super::CheckOptions;
use crate::{
    exclusion::{ExclusionReport, exclusion},
    plan::{self, Fixes, Scope},
    rules::{Judgement, judge},
    site::Facts,
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

    /// Whether something that is set has no effect before the next power cycle.
    pub fn awaits_power_cycle(&self) -> bool {
        let mut findings = self.judgements.iter().flat_map(|one| &one.findings);
        findings.any(plan::awaits_power_cycle)
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
