//! The layers that keep a VM from Storage vMotion, and what they add up to.

use std::fmt;
use vsphere_client::vim::ManagedObjectReference;

use serde::{Deserialize, Serialize};

/// The method that moves the disks of a VM.
pub const RELOCATE_METHOD: &str = "RelocateVM_Task";

/// The source that esxtool names when it disables a method, and by which it enables it again.
pub const SOURCE_ID: &str = "esxtool";

/// One way to keep a VM where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// `RelocateVM_Task` is disabled on the VM: stops everybody.
    MethodDisabled,
    /// Storage DRS leaves the VM alone: stops automatic moves of disks.
    StorageDrsOverride,
    /// DRS leaves the VM alone: stops automatic moves to other hosts.
    DrsOverride,
}

impl Layer {
    /// The layer's name in kebab case, as in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::MethodDisabled => "method-disabled",
            Self::StorageDrsOverride => "storage-drs-override",
            Self::DrsOverride => "drs-override",
        }
    }

    /// What the layer stops, in a few words.
    pub fn stops(self) -> &'static str {
        match self {
            Self::MethodDisabled => "every relocation, by anyone",
            Self::StorageDrsOverride => "automatic moves of disks by Storage DRS",
            Self::DrsOverride => "automatic moves to other hosts by DRS",
        }
    }

    /// What can happen without the layer, in a few words.
    pub fn risk(self) -> &'static str {
        match self {
            Self::MethodDisabled => "anyone may relocate its disks",
            Self::StorageDrsOverride => "Storage DRS may move its disks",
            Self::DrsOverride => "DRS may move it to another host",
        }
    }

    /// Whether the layer only stops automation, so that a person can still move the VM.
    pub fn is_advisory(self) -> bool {
        self != Self::MethodDisabled
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Whether a layer holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LayerState {
    /// The layer is in force.
    Holds,
    /// It holds now, and esxtool has no record that it set it: whoever did may end it at any time.
    ForNow,
    /// The layer is not in force.
    Absent,
    /// There is nothing that the layer could stop.
    NotApplicable,
    /// The server did not tell.
    Unknown,
}

impl fmt::Display for LayerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Holds => "holds",
            Self::ForNow => "holds for now",
            Self::Absent => "does not hold",
            Self::NotApplicable => "not applicable",
            Self::Unknown => "unknown",
        })
    }
}

/// One layer on one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerReport {
    /// The layer.
    pub layer: Layer,
    /// The VM, pod or cluster that carries it; unset when there is none.
    pub object: Option<ManagedObjectReference>,
    /// That object's name.
    pub object_name: String,
    /// Whether it holds.
    pub state: LayerState,
    /// One sentence fragment that says what was seen.
    pub detail: String,
    /// Whether the automation that this layer stops is switched on now; unset for a method.
    pub automation_on: Option<bool>,
}

/// How far the master target is kept from Storage vMotion as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// Nobody can relocate the VM, and every layer that applies is in force.
    Full,
    /// Nobody can relocate the VM, but an advisory layer is missing.
    Enforced,
    /// Nobody can relocate the VM now, yet not by esxtool: whoever keeps it so may end that at any time.
    ForNow,
    /// Automation leaves it alone; a person can still move it.
    Advisory,
    /// Nothing keeps it, or Storage DRS may move it by itself.
    None,
    /// Nothing can move it: there is no vCenter.
    NotApplicable,
    /// The server did not tell enough.
    Unknown,
}

/// The three layers on every object they concern, and the sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExclusionReport {
    /// The layers: the method first, then each pod, then the cluster.
    pub layers: Vec<LayerReport>,
    /// The sum.
    pub protection: Protection,
}
