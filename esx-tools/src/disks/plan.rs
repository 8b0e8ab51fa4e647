//! What an operation on disks is about to do.

use vsphere_client::vim::ManagedObjectReference;

use serde::{Deserialize, Serialize};

use crate::{
    engine::Outcome,
    judge::{DiskName, Refused, RefusedCause},
    plan::{Step, StepKind, lacking},
    site::Facts,
};

/// Which operation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiskVerb {
    /// Attach disks of protected VMs to a master target.
    Attach,
    /// Take them off again.
    Detach,
    /// Give disks that were moved back to the VMs that own them.
    Restore,
}

/// A disk for which there is nothing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Satisfied {
    /// The disk.
    pub disk: DiskName,
    /// Why: it is as it was asked for.
    pub why: String,
}

/// What is to be done with disks, in order, and what is left alone.
///
/// This very object is what a dry run prints and what apply carries out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiskPlan {
    /// Which operation it is.
    pub verb: DiskVerb,
    /// The master target.
    pub master_target: ManagedObjectReference,
    /// Its name.
    pub master_target_name: String,
    /// `config.changeVersion` of the master target that the plan was made for.
    pub change_version: Option<String>,
    /// Whether the rest is to be done when a disk is refused.
    pub partial: bool,
    /// The steps, in order; none when something is refused and not the rest is to be done.
    pub steps: Vec<Step>,
    /// Disks for which there is nothing to do.
    pub satisfied: Vec<Satisfied>,
    /// Disks that are left alone.
    pub refused: Vec<Refused>,
}

impl DiskPlan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The step of this kind; for a kind that a plan has once.
    pub fn step(&self, kind: StepKind) -> Option<&Step> {
        self.steps.iter().find(|step| step.id.kind == kind)
    }

    /// Adds a step on the master target, unless the account surely may not carry it out.
    pub(super) fn add_or_refuse(&mut self, facts: &Facts, step: Step) {
        match lacking(facts, &step.privileges) {
            None => self.steps.push(step),
            Some(missing) => self.refused.push(Refused {
                disk: DiskName::default(),
                cause: RefusedCause::NotPermitted,
                reason: format!(
                    "the account lacks the privilege {} on {}",
                    missing.privilege, self.master_target_name
                ),
                remedy: "grant the account the role Azure_Site_Recovery, or use another account"
                    .into(),
            }),
        }
    }

    /// How it ends when nothing is carried out.
    pub fn without_a_change(&self) -> Outcome {
        let for_want = |cause: &RefusedCause| *cause == RefusedCause::NotPermitted;
        if self.refused.is_empty() {
            Outcome::Ready
        } else if self.refused.iter().any(|one| for_want(&one.cause)) {
            Outcome::NotPermitted
        } else {
            Outcome::BlockersRemain
        }
    }
}
