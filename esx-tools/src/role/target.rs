//! What the disks of the protected VMs are attached to, by which the documents name the privileges.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What receives the disks of the protected VMs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoleTarget {
    /// A replication appliance: the modernized architecture.
    #[default]
    Appliance,
    /// A separate master target: the classic architecture.
    MasterTarget,
}

impl RoleTarget {
    /// Both, the one of today first.
    pub const ALL: [Self; 2] = [Self::Appliance, Self::MasterTarget];

    /// The target's name in kebab case, as in JSON and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Appliance => "appliance",
            Self::MasterTarget => "master-target",
        }
    }
}

impl fmt::Display for RoleTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Appliance => "a replication appliance (modernized)",
            Self::MasterTarget => "a master target (classic)",
        })
    }
}
