//! What is to be protected: the VMs named, their groups, and what goes with them.

use serde::{Deserialize, Serialize};
use vsphere_client::vim::ManagedObjectReference;

use super::DatastoreFacts;
use crate::{endpoint::Endpoint, fact::Fact, vm::Vm};

/// What the caller named beside the master target; all of it may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtectedFacts {
    /// The VMs, in the order of their names.
    pub vms: Vec<Vm>,
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
    pub fn vm(&self, moref: &ManagedObjectReference) -> Option<&Vm> {
        self.vms.iter().find(|vm| &vm.moref == moref)
    }
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
