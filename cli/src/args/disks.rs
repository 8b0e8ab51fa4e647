//! The arguments of `disks`.

use clap::{Args, Subcommand};

use super::{Confirm, VmArgs};

/// `disks`
#[derive(Args, Debug)]
pub(crate) struct DisksArgs {
    #[command(subcommand)]
    pub(crate) verb: DisksVerb,
}

/// What `disks` does.
#[derive(Debug, Subcommand)]
pub(crate) enum DisksVerb {
    /// List the disks of a master target: place, UUID, size, file, whose it is, whether the ledger knows it
    List(VmArgs),
    /// Find the disks in the ledger of a master target again, after it was moved: by its devices, then on the datastores
    Locate(VmArgs),
}

impl DisksVerb {
    /// The name of the command in JSON: the words as typed.
    pub(crate) const fn command(&self) -> &'static str {
        match self {
            Self::List(_) => "disks list",
            Self::Locate(_) => "disks locate",
        }
    }

    /// The flags by which a change is confirmed; `None` for a verb that only reads.
    pub(crate) const fn confirm(&self) -> Option<&Confirm> {
        match self {
            Self::List(_) | Self::Locate(_) => None,
        }
    }
}
