//! What is to be protected: the VMs named, their groups, and what goes with them.

use serde::{Deserialize, Serialize};
use vsphere_client::vim::ManagedObjectReference;

use super::{DatastoreFacts, DiskFacts, Fact, NamedFile, PowerState};
use crate::endpoint::Endpoint;

/// What the caller named beside the master target; all of it may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtectedFacts {
    /// The VMs, in the order of their names.
    pub vms: Vec<ProtectedVm>,
    /// Datastores that hold files of them, by name, with how the master target's host mounts them.
    pub datastores: Vec<DatastoreFacts>,
    /// Names of VMs that are gone and will be recreated.
    pub recreate: Vec<String>,
    /// The replication groups, when there are any.
    pub groups: Vec<GroupFacts>,
    /// Address or instance UUID of the vCenter to fail back to, when it was named.
    pub failback_vcenter: Option<String>,
    /// Servers that were tried.
    pub probes: Vec<ProbeFacts>,
    /// VMs on the master target's host and in its folder; read only when VMs are to be recreated.
    pub neighbours: Fact<Vec<NeighbourFacts>>,
}

impl Default for ProtectedFacts {
    fn default() -> Self {
        Self {
            vms: Vec::new(),
            datastores: Vec::new(),
            recreate: Vec::new(),
            groups: Vec::new(),
            failback_vcenter: None,
            probes: Vec::new(),
            neighbours: Fact::unknown("not asked for"),
        }
    }
}

impl ProtectedFacts {
    /// A datastore by reference.
    pub fn datastore(&self, moref: &ManagedObjectReference) -> Option<&DatastoreFacts> {
        self.datastores
            .iter()
            .find(|datastore| &datastore.moref == moref)
    }

    /// The VM with this reference.
    pub fn vm(&self, moref: &ManagedObjectReference) -> Option<&ProtectedVm> {
        self.vms.iter().find(|vm| &vm.moref == moref)
    }
}

/// A VM whose disks will be attached to a master target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtectedVm {
    /// Its reference.
    pub moref: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// Its inventory path, when the way to it was walked.
    pub inventory_path: Option<String>,
    /// Its datacenter, when the way to it was walked: paths of datastores mean something within it.
    #[serde(default)]
    pub datacenter: Option<ManagedObjectReference>,
    /// `config.instanceUuid`.
    pub instance_uuid: Option<String>,
    /// `config.uuid`.
    pub bios_uuid: Option<String>,
    /// `config.template`.
    pub template: Option<bool>,
    /// `runtime.powerState`.
    pub power_state: Fact<PowerState>,
    /// `config.guestId`.
    pub guest_id: Option<String>,
    /// `guest.guestFamily`; only with running Tools.
    pub guest_family: Option<String>,
    /// Its disks, ordered by bus and unit.
    pub disks: Fact<Vec<DiskFacts>>,
    /// How many snapshots it has.
    pub snapshots: Fact<usize>,
    /// Datastores that hold files of it.
    pub datastores: Fact<Vec<ManagedObjectReference>>,
    /// How much it takes and may yet take on each of them.
    pub usage: Fact<Vec<UsageFacts>>,
    /// The files of its disks that were asked for their UUIDs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<NamedFile>,
}

impl ProtectedVm {
    /// The family of its operating system.
    pub fn family(&self) -> Option<OsFamily> {
        OsFamily::of(self.guest_family.as_deref(), self.guest_id.as_deref())
    }

    /// What it is called where several VMs have its name: its path, else its name.
    pub fn label(&self) -> &str {
        self.inventory_path.as_deref().unwrap_or(&self.name)
    }
}

/// The family of an operating system, as far as failback cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OsFamily {
    /// Windows.
    Windows,
    /// Linux.
    Linux,
    /// Something else: Azure Site Recovery does not protect it.
    Other,
}

impl OsFamily {
    /// The family by what the guest says, else by what the VM was made for.
    pub fn of(guest_family: Option<&str>, guest_id: Option<&str>) -> Option<Self> {
        match guest_family {
            Some("windowsGuest") => return Some(Self::Windows),
            Some("linuxGuest") => return Some(Self::Linux),
            Some("") | None => {}
            Some(_) => return Some(Self::Other),
        }
        let id = guest_id?.to_ascii_lowercase();
        if id.is_empty() || matches!(id.as_str(), "otherguest" | "otherguest64") {
            return None;
        }
        const LINUX: &[&str] = &[
            "linux",
            "rhel",
            "centos",
            "oracle",
            "sles",
            "suse",
            "opensuse",
            "ubuntu",
            "debian",
            "rocky",
            "alma",
            "amazon",
            "asianux",
            "coreos",
            "fedora",
            "redhat",
            "photon",
            "other",
            "mandr",
            "turbo",
            "vmwarephoton",
            "crxpod",
            "nld",
            "oes",
            "sjds",
            "kylin",
            "generic",
            "miracle",
            "pardus",
            "fusionos",
            "prolinux",
            "flatcar",
            "crxsys",
        ];
        if id.starts_with("win") {
            Some(Self::Windows)
        } else if LINUX.iter().any(|start| id.starts_with(start)) {
            Some(Self::Linux)
        } else {
            Some(Self::Other)
        }
    }

    /// The name people know.
    pub fn label(self) -> &'static str {
        match self {
            Self::Windows => "Windows",
            Self::Linux => "Linux",
            Self::Other => "neither Windows nor Linux",
        }
    }
}

/// What a VM takes on one datastore (`storage.perDatastoreUsage`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageFacts {
    /// The datastore.
    pub datastore: ManagedObjectReference,
    /// Bytes taken now.
    pub committed: i64,
    /// Bytes that thin disks may yet take.
    pub uncommitted: i64,
}

/// A replication group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupFacts {
    /// Its name.
    pub name: String,
    /// Its VMs.
    pub members: Vec<ManagedObjectReference>,
    /// The master target that it is meant for, as the group file names it; unset when any will do.
    pub master_target: Option<String>,
    /// Names of other master targets whose ledger holds disks of its VMs.
    pub attached_elsewhere: Vec<String>,
}

/// One attempt to open a TCP connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeFacts {
    /// What answers there, for example `configuration server`.
    pub role: String,
    /// Where, with the port that was tried.
    pub endpoint: Endpoint,
    /// Unset when it answered, else what happened.
    pub error: Option<String>,
}

/// Another VM near the master target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeighbourFacts {
    /// Its reference.
    pub moref: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// Whether it is registered on the master target's host.
    pub on_host: bool,
    /// Whether it stands in the master target's folder.
    pub in_folder: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_family_follows_the_guest_and_else_the_identifier() {
        for (family, id, expected) in [
            (
                Some("linuxGuest"),
                Some("windows9Server64Guest"),
                Some(OsFamily::Linux),
            ),
            (
                None,
                Some("windows2019srv_64Guest"),
                Some(OsFamily::Windows),
            ),
            (None, Some("winNetEnterpriseGuest"), Some(OsFamily::Windows)),
            (None, Some("ubuntu64Guest"), Some(OsFamily::Linux)),
            (None, Some("other5xLinux64Guest"), Some(OsFamily::Linux)),
            (Some(""), Some("rhel9_64Guest"), Some(OsFamily::Linux)),
            (None, Some("genericLinuxGuest"), Some(OsFamily::Linux)),
            (None, Some("flatcar_64Guest"), Some(OsFamily::Linux)),
            (None, Some("eComStation2Guest"), Some(OsFamily::Other)),
            (None, Some("freebsd13_64Guest"), Some(OsFamily::Other)),
            (Some("solarisGuest"), None, Some(OsFamily::Other)),
            (None, Some("otherGuest64"), None),
            (None, None, None),
        ] {
            assert_eq!(OsFamily::of(family, id), expected, "{family:?} {id:?}");
        }
    }
}
