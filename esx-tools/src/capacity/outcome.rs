//! What an assignment says.

use serde::{Deserialize, Serialize};

use super::{Constraint, Family, Obstacle};
use crate::{fact::Fact, target_kind::TargetKind};

/// Which group goes where, and what is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Whether every group goes to a master target that is there.
    pub fits: bool,
    /// Groups with a master target, in the order of the input.
    pub assigned: Vec<AssignedGroup>,
    /// Groups that no number of further master targets helps.
    pub unassigned: Vec<UnassignedGroup>,
    /// The master targets that are there, in the order of the input.
    pub targets: Vec<TargetUse>,
    /// Master targets that are needed beyond those.
    pub further: Vec<FurtherTarget>,
    /// What makes them necessary: each constraint without which fewer would do.
    pub bindings: Vec<Binding>,
    /// How good this is, and how that is known.
    pub proof: Proof,
    /// Every group with every master target, each pair by itself.
    pub pairings: Vec<Pairing>,
}

/// Where a group goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignedGroup {
    /// The group's name.
    pub group: String,
    /// Its VMs.
    pub vms: Vec<String>,
    /// Its disks.
    pub disks: usize,
    /// Those of them that are attached there already.
    pub attached: usize,
    /// Where it goes.
    pub target: AssignedTarget,
    /// Why there.
    pub why: String,
}

/// A master target, there already or yet to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AssignedTarget {
    /// One that is there, by name.
    Present(String),
    /// A further one, by number from 1.
    Further(usize),
}

/// A group without a master target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnassignedGroup {
    /// The group's name.
    pub group: String,
    /// Its disks, as far as they are known.
    pub disks: usize,
    /// What keeps it from every master target.
    pub obstacles: Vec<Obstacle>,
}

/// A master target that is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetUse {
    /// Its name.
    pub name: String,
    /// What kind of target it is; unset when it cannot be told.
    #[serde(default)]
    pub kind: Option<TargetKind>,
    /// Its family.
    pub family: Fact<Family>,
    /// Groups that go to it.
    pub groups: Vec<String>,
    /// Slots that are free before.
    pub free_before: Fact<usize>,
    /// Slots that are free afterwards.
    pub free_after: Fact<usize>,
}

/// A master target that is needed yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FurtherTarget {
    /// Its number, from 1.
    pub number: usize,
    /// Its family.
    pub family: Option<Family>,
    /// Groups that go to it.
    pub groups: Vec<String>,
    /// Slots that they take.
    pub disks: usize,
    /// Slots that are left.
    pub free_after: usize,
    /// Datastores that its host has to mount read/write.
    pub datastores: Vec<String>,
    /// Hosts that do, by name.
    pub hosts: Vec<String>,
}

/// A constraint without which fewer further master targets would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The constraint.
    pub constraint: Constraint,
    /// The failback rule behind it.
    pub rule: Option<u8>,
    /// How many further master targets would do without it.
    pub further_without: usize,
    /// How many of the groups that fit somewhere by themselves would have no master target without it.
    pub unassigned_without: usize,
}

/// How good an assignment is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Whether it is proven that nothing is better.
    pub optimal: bool,
    /// Master targets that it uses, and the fewest that an assignment can use which serves as many
    /// groups with as few further ones.
    pub total: Bound,
    /// Further ones among them.
    pub further: Bound,
    /// How that is known, in a sentence.
    pub how: String,
    /// Nodes that the search looked at.
    pub nodes: u64,
}

/// A number that was reached, and the one that cannot be gone below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// What this assignment needs.
    pub used: usize,
    /// What every assignment needs at least.
    pub at_least: usize,
}

/// A group and a master target, each by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairing {
    /// The group's name.
    pub group: String,
    /// The master target's name.
    pub target: String,
    /// Whether the group could go there if it were alone.
    pub fits: bool,
    /// Why it could not.
    pub obstacles: Vec<Obstacle>,
}
