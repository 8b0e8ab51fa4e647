//! The arguments of `credentials`.

use clap::{Args, Subcommand};

use super::Confirm;
use super::role_choice::RoleChoice;
use crate::failure::Failure;

/// `credentials`
#[derive(Args, Debug)]
pub(crate) struct CredentialsArgs {
    #[command(subcommand)]
    pub(crate) verb: CredentialsVerb,
}

/// What `credentials` does.
#[derive(Debug, Subcommand)]
pub(crate) enum CredentialsVerb {
    /// Log in, and say what the account may do and what it lacks; changes nothing
    Validate(ValidateArgs),
    /// Print the role that Azure Site Recovery's account needs, or make it and give it to an account
    Role(RoleArgs),
}

impl CredentialsArgs {
    /// Refuses options that do not go together.
    pub(crate) fn judge(&self) -> Result<(), Failure> {
        match &self.verb {
            CredentialsVerb::Validate(args) => args.choice.judge(),
            CredentialsVerb::Role(args) => args.choice.judge(),
        }
    }
}

/// `credentials validate`
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  esxtool credentials validate --simulator --username asr-gaps@vsphere.local
  esxtool credentials validate --url vc.example.com --username asr@vsphere.local --password-file pw
  esxtool credentials validate --for discovery --datacenter London --quiet
  esxtool credentials validate --for hardening --tag asr-master-target
  esxtool credentials validate --target master-target
Ends with 0 when the account may do everything that it is meant for, with 3 when there is no connection,
with 4 when the login is refused, with 5 when a privilege is missing. With --quiet it prints one line.")]
pub(crate) struct ValidateArgs {
    #[command(flatten)]
    pub(crate) choice: RoleChoice,
    /// Look at this datacenter only; may be given several times
    #[arg(long = "datacenter", value_name = "NAME")]
    pub(crate) datacenters: Vec<String>,
}

/// `credentials role`
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  esxtool credentials role --print
  esxtool credentials role --print --for hardening --output json
  esxtool credentials role --create --url vc.example.com --dry-run
  esxtool credentials role --create --assign asr@vsphere.local --datacenter London --yes")]
pub(crate) struct RoleArgs {
    #[command(flatten)]
    pub(crate) mode: RoleMode,
    #[command(flatten)]
    pub(crate) choice: RoleChoice,
    /// The role's name
    #[arg(long, value_name = "NAME", default_value = esx_tools::role::NAME)]
    pub(crate) name: String,
    /// Give the role to this account, on the datacenters named and all below them
    #[arg(
        long,
        value_name = "USER",
        requires = "create",
        requires = "datacenters"
    )]
    pub(crate) assign: Option<String>,
    /// A datacenter on which the account is to hold the role; may be given several times
    #[arg(long = "datacenter", value_name = "NAME", requires = "assign")]
    pub(crate) datacenters: Vec<String>,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}

/// Print or make.
#[derive(Args, Clone, Copy, Debug)]
#[group(required = true, multiple = false)]
pub(crate) struct RoleMode {
    /// Print the privileges; needs no server
    #[arg(long)]
    pub(crate) print: bool,
    /// Make the role on the server, or add what it lacks
    #[arg(long)]
    pub(crate) create: bool,
}
