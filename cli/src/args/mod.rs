//! The command line as clap reads it. Nothing here touches the network.

mod connection;
mod credentials;
mod datastores;
mod disks;
mod fixes;
mod groups;
mod inventory;
mod output;
mod protect;
mod role_choice;
mod work;

use clap::{Parser, Subcommand};
use esx_tools::target_kind::TargetKind;

pub(crate) use connection::{ConnectionArgs, FromProfile, PasswordCommand};
pub(crate) use credentials::{CredentialsArgs, CredentialsVerb, RoleArgs, ValidateArgs};
pub(crate) use datastores::{DatastoresArgs, DatastoresVerb, HostArgs};
pub(crate) use disks::{AttachArgs, DetachArgs, DisksArgs, DisksVerb, RestoreArgs};
pub(crate) use groups::{DuplicatesArgs, PlanReprotectArgs};
pub(crate) use inventory::{InventoryArgs, InventoryKind};
pub(crate) use output::{Colour, Format, OutputArgs};
pub(crate) use protect::ProtectArgs;
pub(crate) use work::{
    CheckArgs, CompletionsArgs, Confirm, PageArgs, PrepareArgs, RulesArgs, SimulateArgs,
    SnapshotsArgs, SnapshotsVerb, StorageVmotionArgs, StorageVmotionVerb, VmArgs,
};

use crate::exit::Exit;
use crate::failure::Failure;

const ABOUT: &str =
    "Finds, explains and fixes what would make a failback from Azure Site Recovery to vSphere fail";

const LONG_ABOUT: &str = "\
Finds, explains and fixes what would make a failback from Azure Site Recovery to vSphere fail.

After a disaster the VMs run in Azure. To bring them home, Azure Site Recovery writes their data to disks \
of one VM on the on-premises host, the master target. esxtool tells in seconds whether that VM is fit for it, and fixes \
what can be fixed safely.

Start without any vCenter:
  esxtool prepare-master-target mt-linux-01 --simulator failback-lab";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "esxtool",
    version,
    about = ABOUT,
    long_about = LONG_ABOUT,
    after_long_help = Exit::help(),
    propagate_version = true,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Where to connect, and as whom.
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    /// How to print.
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check a master target, show what would be fixed, ask, fix it and check again
    PrepareMasterTarget(PrepareArgs),
    /// The same for a replication appliance: as with --target appliance
    #[command(after_help = "\
Examples:
  esxtool prepare-appliance asr-appliance-01 --simulator failback-lab
  esxtool prepare-appliance asr-appliance-01 --url vc.example.com --dry-run")]
    PrepareAppliance(PrepareArgs),
    /// Judge a master target by the failback rules; changes nothing
    Check(CheckArgs),
    /// List the failback rules, or explain one
    Rules(RulesArgs),
    /// Assign replication groups to master targets, and say what is missing; changes nothing
    PlanReprotect(PlanReprotectArgs),
    /// Find disk, BIOS and instance UUIDs that several VMs have, and what that rules out
    Duplicates(DuplicatesArgs),
    /// List the disks of a master target, attach those of protected VMs, or take them off again
    Disks(DisksArgs),
    /// List the datastores of a host, mount one, or unmount it again
    Datastores(DatastoresArgs),
    /// List what the server has
    Inventory(InventoryArgs),
    /// List the snapshots of a VM, or consolidate its disks
    Snapshots(SnapshotsArgs),
    /// Show, set or lift what keeps a VM from Storage vMotion
    StorageVmotion(StorageVmotionArgs),
    /// Validate an account, or make the role that it needs
    Credentials(CredentialsArgs),
    /// Serve a simulated vCenter until interrupted
    Simulate(SimulateArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man,
}

impl Command {
    /// The name of the command in JSON: the words as typed.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::PrepareMasterTarget(_) => "prepare-master-target",
            Self::PrepareAppliance(_) => "prepare-appliance",
            Self::Check(_) => "check",
            Self::Rules(_) => "rules",
            Self::PlanReprotect(_) => "plan-reprotect",
            Self::Duplicates(_) => "duplicates",
            Self::Disks(args) => args.verb.command(),
            Self::Datastores(args) => args.verb.command(),
            Self::Inventory(args) => args.kind.command(),
            Self::Snapshots(args) => match args.verb {
                SnapshotsVerb::List(_) => "snapshots list",
                SnapshotsVerb::Consolidate(_) => "snapshots consolidate",
            },
            Self::StorageVmotion(args) => match args.verb {
                StorageVmotionVerb::Status(_) => "storage-vmotion status",
                StorageVmotionVerb::Exclude(_) => "storage-vmotion exclude",
                StorageVmotionVerb::Include(_) => "storage-vmotion include",
            },
            Self::Credentials(args) => match args.verb {
                CredentialsVerb::Validate(_) => "credentials validate",
                CredentialsVerb::Role(_) => "credentials role",
            },
            Self::Simulate(_) => "simulate",
            Self::Completions(_) => "completions",
            Self::Man => "man",
        }
    }

    /// How the judgements are written beside what is printed; `None` for a command that judges nothing.
    pub(crate) fn page(&self) -> Option<&PageArgs> {
        match self {
            Self::PrepareMasterTarget(args) | Self::PrepareAppliance(args) => Some(&args.page),
            Self::Check(args) => Some(&args.page),
            _ => None,
        }
    }

    /// What will be protected; `None` for a command that does not ask.
    pub(crate) fn protect(&self) -> Option<&ProtectArgs> {
        match self {
            Self::PrepareMasterTarget(args) | Self::PrepareAppliance(args) => Some(&args.protect),
            Self::Check(args) => Some(&args.protect),
            _ => None,
        }
    }

    /// Refuses options that clap cannot tell not to go together.
    pub(crate) fn judge(&self) -> Result<(), Failure> {
        match self {
            Self::Credentials(args) => args.judge(),
            _ => Ok(()),
        }
    }

    /// The kind of target that the command's own name says.
    pub(crate) fn target(&self) -> Option<TargetKind> {
        match self {
            Self::PrepareAppliance(_) => Some(TargetKind::Appliance),
            _ => None,
        }
    }

    /// The flags by which a command that changes something is confirmed; `None` for one that only reads.
    pub(crate) fn confirm(&self) -> Option<&Confirm> {
        match self {
            Self::PrepareMasterTarget(args) | Self::PrepareAppliance(args) => Some(&args.confirm),
            Self::Snapshots(args) => match &args.verb {
                SnapshotsVerb::List(_) => None,
                SnapshotsVerb::Consolidate(args) => Some(&args.confirm),
            },
            Self::Disks(args) => args.verb.confirm(),
            Self::Datastores(args) => args.verb.confirm(),
            Self::StorageVmotion(args) => match &args.verb {
                StorageVmotionVerb::Status(_) => None,
                StorageVmotionVerb::Exclude(args) => Some(&args.change.confirm),
                StorageVmotionVerb::Include(args) => Some(&args.confirm),
            },
            Self::Credentials(args) => match &args.verb {
                CredentialsVerb::Role(args) if args.mode.create => Some(&args.confirm),
                _ => None,
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    /// Every argument and every command says what it is for.
    #[test]
    fn everything_is_documented() {
        fn visit(command: &clap::Command, path: &str) {
            assert!(command.get_about().is_some(), "{path} has no help");
            for argument in command.get_arguments() {
                assert!(
                    argument.get_help().is_some(),
                    "{path} {} has no help",
                    argument.get_id()
                );
            }
            for child in command.get_subcommands() {
                visit(child, &format!("{path} {}", child.get_name()));
            }
        }
        visit(&Cli::command(), "esxtool");
    }

    #[test]
    fn no_option_takes_a_password() {
        let command = Cli::command();
        let long: Vec<&str> = command
            .get_arguments()
            .filter_map(clap::Arg::get_long)
            .collect();
        assert!(long.contains(&"password-file") && long.contains(&"password-stdin"));
        assert!(!long.contains(&"password"));
    }

    #[test]
    fn the_simulator_takes_a_scenario_or_none() {
        let parse = |line: &str| {
            Cli::try_parse_from(line.split(' '))
                .unwrap()
                .connection
                .simulator
        };
        assert_eq!(
            parse("esxtool check vm --simulator"),
            Some("failback-lab".to_owned())
        );
        assert_eq!(
            parse("esxtool check vm --simulator ready"),
            Some("ready".to_owned())
        );
        assert_eq!(parse("esxtool check vm"), None);
    }

    #[test]
    fn options_stand_before_or_after_the_command() {
        let before = Cli::try_parse_from(["esxtool", "--url", "vc", "-o", "json", "check", "vm"]);
        let after = Cli::try_parse_from(["esxtool", "check", "vm", "--url", "vc", "-o", "json"]);
        for cli in [before.unwrap(), after.unwrap()] {
            assert_eq!(cli.connection.url.as_deref(), Some("vc"));
            assert_eq!(cli.output.output, Format::Json);
            assert_eq!(cli.command.name(), "check");
        }
    }

    #[test]
    fn dry_run_and_yes_contradict_each_other() {
        let error = Cli::try_parse_from([
            "esxtool",
            "prepare-master-target",
            "vm",
            "--yes",
            "--dry-run",
        ]);
        assert_eq!(error.unwrap_err().exit_code(), 2);
    }
}
