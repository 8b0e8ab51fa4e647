//! Why a group cannot go somewhere.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::rules::{Rule, find, ids};

/// What every assignment has to observe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Constraint {
    /// 60 slots for disks, those taken already included.
    Slots,
    /// The master target's host writes to every datastore of the group.
    DatastoresMounted,
    /// The datastores are VMFS or vSAN.
    DatastoreKind,
    /// No UUID stands twice on one master target.
    UniqueUuids,
    /// The operating system's family is that of the master target, for Windows of the same version or newer.
    OsFamily,
    /// A group is of one family and goes to one master target as a whole.
    WholeGroup,
    /// The group file names the master targets that the group may go to.
    GroupFile,
}

impl Constraint {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Slots,
        Self::DatastoresMounted,
        Self::DatastoreKind,
        Self::UniqueUuids,
        Self::OsFamily,
        Self::WholeGroup,
        Self::GroupFile,
    ];

    /// The failback rule behind it; `None` for the group file's own wish.
    pub fn rule(self) -> Option<&'static (dyn Rule + Sync)> {
        let id = match self {
            Self::Slots => ids::DISK_SLOTS,
            Self::DatastoresMounted => ids::DATASTORES_MOUNTED,
            Self::DatastoreKind => ids::DATASTORES_NOT_NFS,
            Self::UniqueUuids => ids::UNIQUE_UUIDS,
            Self::OsFamily => ids::OS_FAMILY,
            Self::WholeGroup => ids::GROUP_WHOLE,
            Self::GroupFile => return None,
        };
        find(id)
    }

    /// Number of the failback rule behind it; `None` for the group file's own wish.
    pub fn rule_number(self) -> Option<u8> {
        self.rule().map(|rule| rule.number())
    }

    /// What it demands, in a few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Slots => "at most 60 disks on a master target",
            Self::DatastoresMounted => "the master target's host writes to the group's datastores",
            Self::DatastoreKind => "protected disks are on VMFS or vSAN",
            Self::UniqueUuids => "no UUID twice on a master target",
            Self::OsFamily => {
                "one operating system family on a master target, Windows no newer than its own"
            }
            Self::WholeGroup => "a group stays whole, of one family, on one master target",
            Self::GroupFile => "the group file's own choice of master targets",
        }
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// Why a group cannot go somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obstacle {
    /// What it goes against.
    pub constraint: Constraint,
    /// What was seen: names and numbers.
    pub detail: String,
    /// Whether it stands here only because something could not be read.
    pub unknown: bool,
}

impl Obstacle {
    pub(super) fn new(constraint: Constraint, detail: impl Into<String>) -> Self {
        Self {
            constraint,
            detail: detail.into(),
            unknown: false,
        }
    }

    pub(super) fn unknown(constraint: Constraint, detail: impl Into<String>) -> Self {
        Self {
            unknown: true,
            ..Self::new(constraint, detail)
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}
