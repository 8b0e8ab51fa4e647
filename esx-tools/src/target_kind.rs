//! What the disks of the protected VMs are attached to: the two architectures of Azure Site Recovery.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What receives the disks of the protected VMs.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    /// A replication appliance: the modernized architecture.
    #[default]
    Appliance,
    /// A separate master target: the classic architecture.
    MasterTarget,
}

/// A text that names no kind of target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no kind of target: there are appliance and master-target")]
pub struct NoTargetKind(String);

impl TargetKind {
    /// Both, the one of today first.
    pub const ALL: [Self; 2] = [Self::Appliance, Self::MasterTarget];

    /// The kind's name in kebab case, as in JSON and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Appliance => "appliance",
            Self::MasterTarget => "master-target",
        }
    }
}

impl fmt::Display for TargetKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Appliance => "a replication appliance (modernized)",
            Self::MasterTarget => "a master target (classic)",
        })
    }
}

impl FromStr for TargetKind {
    type Err = NoTargetKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.id() == text)
            .ok_or_else(|| NoTargetKind(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_read_from_its_own_name_and_no_other() {
        for kind in TargetKind::ALL {
            assert_eq!(kind.id().parse(), Ok(kind));
        }
        assert!("Appliance".parse::<TargetKind>().is_err());
        assert!("".parse::<TargetKind>().is_err());
    }
}
