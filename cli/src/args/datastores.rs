//! The arguments of `datastores`.

use clap::{Args, Subcommand};
use esx_tools::ops::VmSelector;
use esx_tools::ops::datastores::HostSelector;

use super::Confirm;

/// `datastores`
#[derive(Args, Debug)]
pub(crate) struct DatastoresArgs {
    #[command(subcommand)]
    pub(crate) verb: DatastoresVerb,
}

/// What `datastores` does.
#[derive(Debug, Subcommand)]
pub(crate) enum DatastoresVerb {
    /// List the datastores of a host's datacenter, and how the host mounts each
    List(HostArgs),
    /// Have a host mount a datastore read/write, and read back that it does
    Mount(MountArgs),
    /// Have a host unmount a datastore again: what `mount` did is taken back
    Unmount(MountArgs),
}

impl DatastoresVerb {
    /// The name of the command in JSON: the words as typed.
    pub(crate) const fn command(&self) -> &'static str {
        match self {
            Self::List(_) => "datastores list",
            Self::Mount(_) => "datastores mount",
            Self::Unmount(_) => "datastores unmount",
        }
    }

    /// The flags by which a change is confirmed; `None` for a verb that only reads.
    pub(crate) const fn confirm(&self) -> Option<&Confirm> {
        match self {
            Self::List(_) => None,
            Self::Mount(args) | Self::Unmount(args) => Some(&args.confirm),
        }
    }
}

/// Which host; none is needed where there is only one, as on standalone ESXi.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  esxtool datastores list --host esx-01.example.com --simulator datastores
  esxtool datastores list --like mt-linux-01 --url vc.example.com")]
pub(crate) struct HostArgs {
    /// The host, by name or reference (host-42)
    #[arg(long, conflicts_with = "like")]
    pub(crate) host: Option<String>,
    /// The host that this VM is on, such as the master target
    #[arg(long, value_name = "VM")]
    pub(crate) like: Option<String>,
}

impl HostArgs {
    /// The host that is meant.
    pub(crate) fn selector(&self) -> HostSelector {
        match (&self.host, &self.like) {
            (Some(host), _) => HostSelector::Named(host.clone()),
            (None, Some(vm)) => HostSelector::Of(VmSelector::parse(vm)),
            (None, None) => HostSelector::Only,
        }
    }
}

/// A datastore on a host.
#[derive(Args, Debug)]
#[command(after_help = "\
A VMFS volume that the host knows is mounted; for one that it does not know it scans its storage first. An NFS share is \
mounted as another host mounts it. A read-only mount is given up and made again, only while no VM of the host lies on it.

Examples:
  esxtool datastores mount presented-01 --host esx-01.example.com --simulator datastores
  esxtool datastores mount gold-01 --like mt-linux-01 --url vc.example.com --dry-run")]
pub(crate) struct MountArgs {
    /// The datastore, by name or reference (datastore-42)
    pub(crate) datastore: String,
    #[command(flatten)]
    pub(crate) on: HostArgs,
    #[command(flatten)]
    pub(crate) confirm: Confirm,
}
