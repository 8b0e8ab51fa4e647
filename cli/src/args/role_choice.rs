//! The options by which `credentials` chooses the privileges: what for, for which kind of target, with a tag or not.

use clap::{Args, ValueEnum};
use esx_tools::{credentials::Purpose, tag::TagName, target_kind::TargetKind};

use crate::failure::Failure;

/// What the account is meant for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum For {
    /// Protection and failover to Azure: looking is enough
    Discovery,
    /// Reprotect and failback: the role of the Azure documents
    #[default]
    Failback,
    /// That, and keeping a master target where it is
    Hardening,
}

impl From<For> for Purpose {
    fn from(purpose: For) -> Self {
        match purpose {
            For::Discovery => Self::Discovery,
            For::Failback => Self::Failback,
            For::Hardening => Self::Hardening,
        }
    }
}

/// What receives the disks of the protected VMs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TargetArg {
    /// A replication appliance: the modernized architecture
    #[default]
    Appliance,
    /// A separate master target: the classic architecture
    MasterTarget,
}

impl From<TargetArg> for TargetKind {
    fn from(target: TargetArg) -> Self {
        match target {
            TargetArg::Appliance => Self::Appliance,
            TargetArg::MasterTarget => Self::MasterTarget,
        }
    }
}

/// Which privileges count.
#[derive(Args, Debug)]
pub(crate) struct RoleChoice {
    /// What the account, or its role, is for
    #[arg(long = "for", value_enum, default_value_t, value_name = "PURPOSE")]
    pub(crate) purpose: For,
    /// What receives the disks; each architecture has its table of privileges [default: what the profile says, else appliance]
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) target: Option<TargetArg>,
    /// Count what `--tag` of prepare-master-target and storage-vmotion exclude takes; with --for hardening
    #[arg(long, value_name = "[CATEGORY/]NAME")]
    pub(crate) tag: Option<TagName>,
}

impl RoleChoice {
    /// The kind of target: what the option says, else the profile, else the one of today.
    pub(crate) fn target(&self, usual: Option<TargetKind>) -> TargetKind {
        let option = self.target.map(TargetKind::from);
        option.or(usual).unwrap_or_default()
    }

    /// Refuses a tag that would count for nothing.
    pub(crate) fn judge(&self) -> Result<(), Failure> {
        match (&self.tag, self.purpose) {
            (Some(_), For::Discovery | For::Failback) => Err(Failure::usage(
                "--tag goes with --for hardening: Azure Site Recovery itself attaches no tag",
            )),
            _ => Ok(()),
        }
    }
}
