//! The arguments of `disks`.

use clap::{ArgGroup, Args, Subcommand};
use esx_tools::disks::attach::AttachOptions;
use esx_tools::disks::detach::DetachOptions;
use esx_tools::ledger::DiskUuid;
use esx_tools::ops::VmSelector;

use super::{Confirm, VmArgs};

const TARGET_HELP: &str =
    "The master target: inventory path, name, instance UUID, BIOS UUID or reference (vm-42)";

/// `disks`
#[derive(Args, Debug)]
pub(crate) struct DisksArgs {
    #[command(subcommand)]
    pub(crate) verb: DisksVerb,
}

/// What `disks` does.
#[derive(Debug, Subcommand)]
pub(crate) enum DisksVerb {
    /// List the disks of a master target: slot, UUID, size, file, whose it is, whether the ledger knows it
    List(VmArgs),
    /// Find the disks in the ledger of a master target again, after it was moved: by its devices, then on the datastores
    Locate(VmArgs),
    /// Attach disks of powered-off VMs to a master target, all in one step, each with its entry in the ledger
    Attach(AttachArgs),
    /// Take disks off a master target by UUID; their files stay
    Detach(DetachArgs),
    /// Give disks that were moved along with a master target back to the VMs that own them
    Restore(RestoreArgs),
}

/// `disks attach`
#[derive(Args, Debug)]
#[command(
    group = ArgGroup::new("attached").required(true).multiple(true).args(["vm", "disk"]),
    after_help = "\
Examples:
  esxtool disks attach mt-linux-01 --vm app-01 --simulator disks
  esxtool disks attach mt-linux-01 --vm app-01 --vm app-02 --dry-run
  esxtool disks attach mt-linux-01 --disk '[silver-01] app-02/app-02_1.vmdk' --yes"
)]
pub(crate) struct AttachArgs {
    #[arg(help = TARGET_HELP, value_name = "MASTER TARGET")]
    pub(crate) target: String,
    /// A VM whose disks are attached, all of them; may be given several times
    #[arg(long, value_name = "VM", num_args = 1..)]
    pub(crate) vm: Vec<String>,
    /// A disk by its file, '[datastore] folder/file.vmdk' in quotes; may be given several times
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub(crate) disk: Vec<String>,
    /// Attach the rest when a disk cannot be attached; without it, none is
    #[arg(long)]
    pub(crate) partial: bool,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

impl AttachArgs {
    pub(crate) fn options(&self) -> AttachOptions {
        AttachOptions::of_vms(self.vm.iter().map(|text| VmSelector::parse(text)))
            .with_files(self.disk.iter().cloned())
            .partial(self.partial)
    }
}

/// `disks detach`
#[derive(Args, Debug)]
#[command(
    group = ArgGroup::new("detached").required(true).multiple(true).args(["vm", "uuid", "all"]),
    after_help = "\
Examples:
  esxtool disks detach mt-linux-01 --vm app-01
  esxtool disks detach mt-linux-01 --uuid 6000c293b5e13bf25a6c2d1b4e8f9a70 --dry-run
  esxtool disks detach mt-linux-01 --all --yes"
)]
pub(crate) struct DetachArgs {
    #[arg(help = TARGET_HELP, value_name = "MASTER TARGET")]
    pub(crate) target: String,
    /// A VM whose disks are taken off, all that the ledger has of it; may be given several times
    #[arg(long, value_name = "VM", num_args = 1..)]
    pub(crate) vm: Vec<String>,
    /// A disk by its UUID, in the ledger or not; may be given several times
    #[arg(long, value_name = "UUID", num_args = 1..)]
    pub(crate) uuid: Vec<DiskUuid>,
    /// Everything in the ledger
    #[arg(long, conflicts_with_all = ["vm", "uuid"])]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

impl DetachArgs {
    pub(crate) fn options(&self) -> DetachOptions {
        if self.all {
            return DetachOptions::all();
        }
        DetachOptions::of_vms(self.vm.iter().map(|text| VmSelector::parse(text)))
            .with_uuids(self.uuid.iter().cloned())
    }
}

/// `disks restore`
#[derive(Args, Debug)]
#[command(after_help = "\
Each VM gets its disks back on the controllers and units where it had them, by their files' new paths; it has to be \
powered off. What the master target has attached stays attached.

Examples:
  esxtool disks restore mt-linux-01 --dry-run
  esxtool disks restore mt-linux-01 --vm app-01 --yes")]
pub(crate) struct RestoreArgs {
    #[arg(help = TARGET_HELP, value_name = "MASTER TARGET")]
    pub(crate) target: String,
    /// A VM that gets its disks back; may be given several times; without it, every VM in the ledger
    #[arg(long, value_name = "VM", num_args = 1..)]
    pub(crate) vm: Vec<String>,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

impl RestoreArgs {
    pub(crate) fn vms(&self) -> Vec<VmSelector> {
        self.vm.iter().map(|text| VmSelector::parse(text)).collect()
    }
}

impl DisksVerb {
    /// The name of the command in JSON: the words as typed.
    pub(crate) const fn command(&self) -> &'static str {
        match self {
            Self::List(_) => "disks list",
            Self::Locate(_) => "disks locate",
            Self::Attach(_) => "disks attach",
            Self::Detach(_) => "disks detach",
            Self::Restore(_) => "disks restore",
        }
    }

    /// The flags by which a change is confirmed; `None` for a verb that only reads.
    pub(crate) const fn confirm(&self) -> Option<&Confirm> {
        match self {
            Self::List(_) | Self::Locate(_) => None,
            Self::Attach(args) => Some(&args.confirm),
            Self::Detach(args) => Some(&args.confirm),
            Self::Restore(args) => Some(&args.confirm),
        }
    }
}
