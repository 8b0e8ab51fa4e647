//! What was found.

use serde::{Deserialize, Serialize};
use vsphere_client::vim::ManagedObjectReference;

use crate::capacity::Identity;

/// UUIDs that several VMs have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicates {
    /// VMs that were looked at, templates included.
    pub vms: usize,
    /// Templates among them.
    pub templates: usize,
    /// Disks that were looked at.
    pub disks: usize,
    /// The UUIDs: those of disks first, then BIOS, then instance UUIDs.
    pub duplicates: Vec<Duplicate>,
    /// VMs of which something could not be read: they may have one of these UUIDs, too.
    pub unread: Vec<Unread>,
}

/// A UUID with all who have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicate {
    /// The UUID, and what it belongs to.
    #[serde(flatten)]
    pub identity: Identity,
    /// The VMs, by inventory path.
    pub holders: Vec<UuidHolder>,
    /// Which master targets this rules out for which VMs.
    pub ruled_out: Vec<RuledOut>,
    /// VMs of which no two can fail back to one master target; empty when it makes no odds.
    pub apart: Vec<String>,
}

/// A VM that has the UUID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UuidHolder {
    /// Its reference.
    pub moref: ManagedObjectReference,
    /// Its inventory path, or its name when the way to it could not be read.
    pub name: String,
    /// How it came by the UUID.
    pub standing: Standing,
    /// Whether `disk.EnableUUID` is set, as a master target needs it, and a protected VM as well.
    pub may_be_master_target: bool,
    /// Its disks with this UUID; empty for the UUID of a VM.
    pub disks: Vec<HolderDisk>,
}

/// A disk with the UUID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderDisk {
    /// Its label.
    pub label: String,
    /// The file in use.
    pub file: Option<String>,
    /// The base that its chain of files ends in, when that is another file.
    pub base: Option<String>,
}

/// How a VM came by a UUID that others have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is a template.
    Template,
    /// It uses the very file that another holder uses: one disk in several VMs.
    SameFile,
    /// Its disk stands on the same base file as that of another holder: a linked clone, or what it
    /// was cloned from.
    LinkedClone,
    /// It has a copy of its own.
    Copy,
}

impl Standing {
    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::SameFile => "same file",
            Self::LinkedClone => "linked clone",
            Self::Copy => "copy",
        }
    }
}

/// Master targets that cannot take some VMs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuledOut {
    /// Each of these, when used as a master target,
    pub master_targets: Vec<String>,
    /// cannot take any of these, itself apart.
    pub vms: Vec<String>,
}

/// A VM of which something could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Its reference.
    pub moref: ManagedObjectReference,
    /// Its inventory path or name.
    pub name: String,
    /// Why.
    pub reason: String,
}
