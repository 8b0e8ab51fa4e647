//! The arguments of the commands about many VMs at once.

use std::path::PathBuf;

use clap::Args;

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
