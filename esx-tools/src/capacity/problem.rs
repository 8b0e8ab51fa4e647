//! What is to be assigned, as plain data.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};
use vsphere_client::vim::ManagedObjectReference;

use serde::{Deserialize, Serialize};

use crate::{fact::Fact, site::DatastoreKind, target_kind::TargetKind, uuid_text::telling_uuid};

/// Groups, master targets, and the datastores between them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The replication groups; their names are unique.
    pub groups: Vec<Group>,
    /// The master targets; their names are unique.
    pub targets: Vec<Target>,
    /// Every datastore that holds a disk of a member.
    pub datastores: BTreeMap<ManagedObjectReference, Datastore>,
    /// Names of hosts, for people.
    pub hosts: BTreeMap<ManagedObjectReference, String>,
}

/// VMs that fail back together, to one master target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its VMs.
    pub members: Vec<Member>,
    /// Names of the only master targets that it may go to; `None` when any will do.
    pub only: Option<BTreeSet<String>>,
    /// The kind of target that it is meant for; `None` when any will do.
    #[serde(default)]
    pub kind: Option<TargetKind>,
}

/// A protected VM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its operating system's family.
    pub family: Fact<Family>,
    /// `config.guestId`, which may tell the version.
    pub guest_id: Option<String>,
    /// Its disks, in any order.
    pub disks: Fact<Vec<OwnDisk>>,
    /// BIOS UUID and instance UUID, as far as they are known.
    pub identities: BTreeSet<Identity>,
}

/// A disk of a protected VM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnDisk {
    /// Label, for example `Hard disk 1`.
    pub label: String,
    /// Its UUID, when its backing has one.
    pub uuid: Option<String>,
    /// Its file, for example `[ds1] vm/vm.vmdk`.
    pub path: Option<String>,
    /// The datastores that hold its chain of files.
    pub datastores: Fact<BTreeSet<ManagedObjectReference>>,
}

/// A master target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// What kind of target it is; `None` when it cannot be told, and then it is held to what counts for a master target.
    #[serde(default)]
    pub kind: Option<TargetKind>,
    /// Its operating system's family.
    pub family: Fact<Family>,
    /// `config.guestId`, which may tell the version.
    pub guest_id: Option<String>,
    /// Slots that are free for further disks.
    pub free_slots: Fact<usize>,
    /// UUID and file of each disk that it has.
    pub disks: Fact<Vec<(String, Option<String>)>>,
    /// BIOS UUID and instance UUID, as far as they are known.
    pub identities: BTreeSet<Identity>,
    /// The host that it is registered on.
    pub host: Fact<ManagedObjectReference>,
}

impl Target {
    /// Whether what counts for a master target alone counts here: families of operating systems, types of datastores.
    pub(super) fn is_held_to_classic(&self) -> bool {
        self.kind != Some(TargetKind::Appliance)
    }
}

/// A datastore that holds disks of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Datastore {
    /// Its name.
    pub name: String,
    /// What backs it.
    pub kind: Fact<DatastoreKind>,
    /// Hosts that mount it read/write and reach it.
    pub writers: Fact<BTreeSet<ManagedObjectReference>>,
}

/// The family of an operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Microsoft Windows.
    Windows,
    /// Linux.
    Linux,
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Windows => "Windows",
            Self::Linux => "Linux",
        })
    }
}

/// What an [`Identity`] belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityKind {
    /// A virtual disk (`backing.uuid`).
    Disk,
    /// A VM, as its guest sees it (`config.uuid`).
    Bios,
    /// A VM, as vCenter knows it (`config.instanceUuid`).
    Instance,
}

impl IdentityKind {
    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Disk => "disk UUID",
            Self::Bios => "BIOS UUID",
            Self::Instance => "instance UUID",
        }
    }
}

/// A UUID together with what it belongs to, so that two can be held against each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// What it belongs to.
    pub kind: IdentityKind,
    /// The UUID in lower case, without dashes and spaces.
    pub uuid: String,
}

impl Identity {
    /// An identity from a UUID as a server writes it; `None` when it says nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use esx_tools::capacity::{Identity, IdentityKind::Disk};
    ///
    /// let a = Identity::new(Disk, "6000C293-5a1e-4c07-8d52-0f7b3c9e6a41");
    /// assert_eq!(a, Identity::new(Disk, "6000c2935a1e4c078d520f7b3c9e6a41"));
    /// assert_eq!(a.map(|a| a.dashed()).as_deref(), Some("6000c293-5a1e-4c07-8d52-0f7b3c9e6a41"));
    /// assert_eq!(Identity::new(Disk, ""), None);
    /// assert_eq!(Identity::new(Disk, "00000000-0000-0000-0000-000000000000"), None);
    /// ```
    pub fn new(kind: IdentityKind, uuid: &str) -> Option<Self> {
        telling_uuid(uuid).map(|uuid| Self { kind, uuid })
    }

    /// The UUID as people know it: in groups of 8, 4, 4, 4 and 12 digits.
    pub fn dashed(&self) -> String {
        let uuid = &self.uuid;
        if uuid.len() != 32 || !uuid.is_ascii() {
            return uuid.clone();
        }
        [
            &uuid[..8],
            &uuid[8..12],
            &uuid[12..16],
            &uuid[16..20],
            &uuid[20..],
        ]
        .join("-")
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.label(), self.dashed())
    }
}
