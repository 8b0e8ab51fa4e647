//! The plan and its steps.

use serde::{Deserialize, Serialize};
use vsphere_client::vim::ManagedObjectReference;

use super::{
    change::Change,
    fixes::{Fixes, Scope},
    privileges::{self, RequiredPrivilege},
    step_id::StepId,
};
use crate::{fact::Evidence, rules::Finding};

/// What is to be changed, in order, and what cannot be.
///
/// This very object is what a dry run prints and what apply carries out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The VM.
    pub master_target: ManagedObjectReference,
    /// Its name.
    pub master_target_name: String,
    /// `config.changeVersion` that the plan was made for.
    pub change_version: Option<String>,
    /// Mark of the facts that the plan rests on; another mark means other facts.
    pub facts_fingerprint: String,
    /// What is done by which part of a plan.
    pub scope: Scope,
    /// What was asked for beyond the fixes that are safe on any VM.
    #[serde(default)]
    pub fixes: Fixes,
    /// What was asked for and is so already, one line each.
    #[serde(default)]
    pub already: Vec<String>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Findings that no step fixes, with the reason.
    pub unfixable: Vec<Unfixable>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The step with this id.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| &step.id == id)
    }

    /// Whether a step takes effect only when the VM is next switched off and on.
    pub fn needs_power_cycle(&self) -> bool {
        self.steps.iter().any(|step| step.needs_power_cycle)
    }
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Names the step.
    pub id: StepId,
    /// What is done, in one line.
    pub title: String,
    /// Ids of the rules that it fixes.
    pub fixes: Vec<String>,
    /// Name of the object that is changed.
    pub object: String,
    /// The state that the step expects to find.
    pub expects: Vec<Evidence>,
    /// The change.
    pub change: Change,
    /// How it is taken back.
    pub undo: Undo,
    /// Whether something is lost for good.
    pub destructive: bool,
    /// Whether it takes effect only when the VM is next switched off and on.
    pub needs_power_cycle: bool,
    /// Id of the step whose effect this one takes back: it is made even when the work stops in between.
    #[serde(default)]
    pub restores: Option<StepId>,
    /// Ids of steps that have to succeed before this one is tried.
    #[serde(default)]
    pub after: Vec<StepId>,
    /// Whether the rest is worth doing when this one is refused: a layer of Storage vMotion exclusion.
    pub optional: bool,
    /// Privileges that the account needs.
    pub privileges: Vec<RequiredPrivilege>,
}

/// How a step is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undo {
    /// By this change.
    By(Box<Change>),
    /// Not at all.
    None {
        /// Why it cannot be taken back.
        why: String,
    },
}

/// A finding that no step fixes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfixable {
    /// The finding.
    pub finding: Finding,
    /// What keeps esxtool from fixing it.
    pub cause: UnfixableCause,
    /// The same in words, with numbers where there are some.
    pub reason: String,
    /// Whether it was asked for by name, so that leaving it undone is no success.
    #[serde(default)]
    pub asked: bool,
}

/// What keeps esxtool from fixing a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum UnfixableCause {
    /// A person has to do it.
    ForAPerson,
    /// A datastore lacks the room.
    NoRoom {
        /// The datastore's name.
        datastore: String,
        /// Bytes needed.
        needed_bytes: i64,
        /// Bytes free.
        free_bytes: i64,
    },
    /// The account lacks a privilege.
    NotPermitted {
        /// The privilege's identifier.
        privilege: String,
        /// The object it is needed on.
        on: ManagedObjectReference,
    },
    /// It is done only when asked for.
    NeedsOption {
        /// The option of the command line.
        option: String,
    },
    /// No slot is free on an LSI Logic controller.
    NoFreeSlot,
    /// All four SCSI controllers are taken.
    NoFreeBus,
    /// What has to be known for a safe change could not be read.
    NotReadable,
}

impl UnfixableCause {
    /// The cause, and its words, where the account lacks a privilege.
    pub(super) fn not_permitted(privilege: &str, on: &ManagedObjectReference) -> (Self, String) {
        let cause = Self::NotPermitted {
            privilege: privilege.to_owned(),
            on: on.clone(),
        };
        let reason = format!("the account lacks the privilege {privilege} on {on}");
        (cause, reason)
    }
}

impl Step {
    /// A step without what every step has in its own way.
    pub(crate) fn new(
        id: impl Into<StepId>,
        title: impl Into<String>,
        object: impl Into<String>,
        change: Change,
        undo: Undo,
    ) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            fixes: Vec::new(),
            object: object.into(),
            expects: Vec::new(),
            privileges: privileges::needed(&change),
            change,
            undo,
            destructive: false,
            needs_power_cycle: false,
            restores: None,
            after: Vec::new(),
            optional: false,
        }
    }
}
