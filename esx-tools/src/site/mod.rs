//! What was seen on a server about a master target and what it stands in and on.
//!
//! [`Facts`] are plain data: they can be written as JSON, compared, and built by hand in a test.
//! A value that could not be read is a [`Fact::Unknown`] with its reason. Everything comes through one reading,
//! `read`, which is told the parts of VMs, hosts, datastores and folders that are needed.

mod account;
mod ask;
mod cluster;
mod datastore;
mod gather;
mod gather_protected;
mod granted;
mod host;
mod owners;
pub(crate) mod parts;
mod probe;
mod protected;
mod read;
#[cfg(test)]
pub(crate) mod sample;
mod server;
mod survey;
mod tags;
mod target;
mod volume;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{fact::Fact, vm::Vm};

pub use account::{LackingFacts, LicenceFacts, RoleFacts};
pub(crate) use ask::licence;
pub use cluster::{ClusterFacts, OverrideFacts, PodFacts};
pub use datastore::{DatastoreFacts, DatastoreKind, MountFacts, MountNetwork};
pub(crate) use gather::{Knowledge, gather};
pub(crate) use gather_protected::{ProtectedVms, neighbours};
pub use host::{DatastoreUser, HostDatastore, HostFacts, HostStorage, VolumeCopy};
pub(crate) use host::{copies, host_storage, may_configure};
pub(crate) use owners::{OwnerVm, Owners, Reach, holders, owners};
pub(crate) use probe::probe;
pub use protected::{GroupFacts, NeighbourFacts, ProbeFacts, ProtectedFacts};
pub(crate) use read::{Site, read, read_all};
pub use server::{Abilities, PrivilegeFact, ServerFacts};
pub(crate) use survey::{Survey, survey};
pub use tags::{TagFacts, TagState};
pub(crate) use tags::{read_tags, tag_privileges};
pub use target::{DecidedBy, Sign, StatedTarget, TargetFacts};
pub use volume::{NfsShare, VolumeFacts};

/// What was seen on the server about one master target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// When, by this machine's clock.
    pub gathered_at: Timestamp,
    /// The server.
    pub server: ServerFacts,
    /// The VM.
    pub master_target: Vm,
    /// What kind of target it is, and what made the decision.
    #[serde(default)]
    pub target: TargetFacts,
    /// Its host.
    pub host: Fact<HostFacts>,
    /// Its cluster; `Known(None)` when the host is in none.
    pub cluster: Fact<Option<ClusterFacts>>,
    /// Datastores that its host sees or its files stand on, by name.
    pub datastores: Fact<Vec<DatastoreFacts>>,
    /// Storage pods that hold files of it, by name.
    pub pods: Fact<Vec<PodFacts>>,
    /// What the account may do.
    pub abilities: Abilities,
    /// What the account holds of the role that Azure Site Recovery needs.
    pub role: Fact<RoleFacts>,
    /// Licences in force on the VM's host.
    pub licences: Fact<Vec<LicenceFacts>>,
    /// What is to be protected, as far as it was named.
    pub protected: ProtectedFacts,
    /// Tags that are asked for; none otherwise.
    #[serde(default)]
    pub tags: Vec<TagFacts>,
}

impl Facts {
    /// A datastore by name.
    pub fn datastore(&self, name: &str) -> Option<&DatastoreFacts> {
        self.datastores
            .known()?
            .iter()
            .find(|datastore| datastore.name == name)
    }
}
