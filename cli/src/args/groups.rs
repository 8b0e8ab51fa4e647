//! The arguments of the commands about many VMs at once.

use std::path::PathBuf;

use clap::Args;

use esx_tools::group::GroupFile;
use esx_tools::ops::CheckOptions;
use esx_tools::site::{DecidedBy, StatedTarget};
use esx_tools::target_kind::TargetKind;

use super::role_choice::TargetArg;
use crate::exit::Exit;
use crate::failure::Failure;

/// `plan-reprotect`
#[derive(Args, Debug)]
#[command(after_help = "\
The group file (TOML or YAML) names the master targets and the replication groups. Ends with 0 when every group fits, \
with 1 when further master targets are needed or a group fits nowhere.

Examples:
  esxtool plan-reprotect --group site.toml
  esxtool plan-reprotect --group site.yaml --output json")]
pub(crate) struct PlanReprotectArgs {
    /// The group file: master targets, replication groups and their VMs
    #[arg(long, value_name = "FILE")]
    pub(crate) group: PathBuf,
    /// What kind of target all of them are: replication appliances (modernized) or master targets (classic)
    ///
    /// Without it, what the group file or the profile says counts, and else what is seen of each.
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) target: Option<TargetArg>,
}

impl PlanReprotectArgs {
    /// What is said about the kind of targets; a contradiction with the file needs no server to be found.
    ///
    /// # Errors
    /// A usage failure that points at file, line and key.
    pub(crate) fn options(
        &self,
        file: &GroupFile,
        usual_target: Option<TargetKind>,
    ) -> Result<CheckOptions, Failure> {
        let options = CheckOptions {
            group: Some(file.clone()),
            target: self.target.map(|kind| StatedTarget {
                kind: kind.into(),
                by: DecidedBy::Option,
            }),
            usual_target,
            ..CheckOptions::default()
        };
        match options.validate() {
            Ok(()) => Ok(options),
            Err(error) => Err(Failure::from_error(Exit::Usage, &error)),
        }
    }
}

/// `duplicates`
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  esxtool duplicates --simulator groups
  esxtool duplicates --scope /London/vm/Protected
  esxtool duplicates --scope /London/host/Cluster-A --output json")]
pub(crate) struct DuplicatesArgs {
    /// Look only below this folder, datacenter, cluster, host, resource pool or vApp
    #[arg(long, value_name = "INVENTORY-PATH")]
    pub(crate) scope: Option<String>,
}
