//! The arguments of each subcommand.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ProtectArgs;
use super::fixes::{FixArgs, TagArgs};

const VM_HELP: &str = "The VM: inventory path, name, instance UUID, BIOS UUID or reference (vm-42)";

/// How a change is confirmed.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct Confirm {
    /// Print the plan, change nothing
    #[arg(long, conflicts_with = "yes")]
    pub(crate) dry_run: bool,
    /// Go ahead without asking
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,
}

/// The result as a page, beside what is printed.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct PageArgs {
    /// Also write the result to this file as a web page that needs nothing else
    ///
    /// A report of an earlier run is replaced; any other file that exists is refused before anything is contacted.
    #[arg(long, value_name = "FILE.html", help_heading = "Output")]
    pub(crate) report: Option<PathBuf>,
}

/// `prepare-master-target`
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  esxtool prepare-master-target mt-linux-01 --simulator failback-lab
  esxtool prepare-master-target mt-linux-01 --url vc.example.com --dry-run
  esxtool prepare-master-target /DC/vm/asr/mt-linux-01 --yes --output json
  esxtool prepare-master-target mt-linux-01 --power-cycle --forbid-snapshots
  esxtool prepare-master-target mt-linux-01 --tag asr-master-target
  esxtool prepare-master-target mt-windows-01 --convert-controllers --power-cycle
  esxtool prepare-master-target mt-linux-02 --add-retention-disk 1TB,silver-01")]
pub(crate) struct PrepareArgs {
    #[arg(help = VM_HELP)]
    pub(crate) vm: String,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
    #[command(flatten)]
    pub(crate) protect: ProtectArgs,
    #[command(flatten)]
    pub(crate) page: PageArgs,
    #[command(flatten)]
    pub(crate) fixes: FixArgs,
}

/// `check`
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  esxtool check mt-linux-01 --simulator failback-lab
  esxtool check mt-linux-01 --protect '/London/vm/Protected/app-*'
  esxtool check mt-linux-01 mt-linux-02 --group site.toml")]
pub(crate) struct CheckArgs {
    /// The master targets: inventory path, name, instance UUID, BIOS UUID or reference (vm-42) of each
    ///
    /// Those of the group file when none is named.
    #[arg(value_name = "VM", required_unless_present = "group")]
    pub(crate) vms: Vec<String>,
    #[command(flatten)]
    pub(crate) protect: ProtectArgs,
    #[command(flatten)]
    pub(crate) page: PageArgs,
}

/// `rules`
#[derive(Args, Debug)]
pub(crate) struct RulesArgs {
    /// The rule to explain, by its name or number, or an error code of the portal; all are listed without it
    pub(crate) id: Option<String>,
}

/// `snapshots`
#[derive(Args, Debug)]
pub(crate) struct SnapshotsArgs {
    #[command(subcommand)]
    pub(crate) verb: SnapshotsVerb,
}

/// What `snapshots` does.
#[derive(Debug, Subcommand)]
pub(crate) enum SnapshotsVerb {
    /// List the snapshots of a VM and the space they hold
    List(VmArgs),
    /// Consolidate the disks of a VM; its snapshots stay
    Consolidate(ChangeArgs),
}

/// `storage-vmotion`
#[derive(Args, Debug)]
pub(crate) struct StorageVmotionArgs {
    #[command(subcommand)]
    pub(crate) verb: StorageVmotionVerb,
}

/// What `storage-vmotion` does.
#[derive(Debug, Subcommand)]
pub(crate) enum StorageVmotionVerb {
    /// Show which of the three layers keep the VM where it is
    Status(VmArgs),
    /// Keep the VM from Storage vMotion by every layer the server and account allow
    Exclude(ExcludeArgs),
    /// Lift what `exclude` has set
    Include(ChangeArgs),
}

/// A command about one VM that only reads.
#[derive(Args, Debug)]
pub(crate) struct VmArgs {
    #[arg(help = VM_HELP)]
    pub(crate) vm: String,
}

/// A command about one VM that changes it.
#[derive(Args, Debug)]
pub(crate) struct ChangeArgs {
    #[arg(help = VM_HELP)]
    pub(crate) vm: String,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

/// `storage-vmotion exclude`
#[derive(Args, Debug)]
pub(crate) struct ExcludeArgs {
    #[command(flatten)]
    pub(crate) change: ChangeArgs,
    #[command(flatten)]
    pub(crate) tag: TagArgs,
}

/// `simulate`
#[derive(Args, Debug)]
pub(crate) struct SimulateArgs {
    /// The scenario to serve
    #[arg(long, value_name = "NAME", default_value = "failback-lab")]
    pub(crate) scenario: String,
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// Serve HTTPS with a certificate made at start
    #[arg(long)]
    pub(crate) tls: bool,
    /// Describe the scenarios and end
    #[arg(long)]
    pub(crate) list: bool,
}

/// `completions`
#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}
