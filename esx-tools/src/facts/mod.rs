//! One immutable snapshot of everything that the rules need.
//!
//! [`Facts`] are plain data: they can be written as JSON, compared, and built by hand in a test.
//! A value that could not be read is a [`Fact::Unknown`] with its reason.

mod account;
mod ask;
mod gather;
mod gather_protected;
mod holders;
mod host_storage;
mod os_version;
mod owners;
mod probe;
mod protected;
#[cfg(test)]
pub(crate) mod sample;
mod server;
mod sets;
mod survey;
mod tags;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use account::{LackingFacts, LicenceFacts, RoleFacts};
pub(crate) use ask::licence;
pub(crate) use gather::{Knowledge, gather};
pub(crate) use gather_protected::{ProtectedVms, neighbours};
pub(crate) use holders::holders;
pub use host_storage::{DatastoreUser, HostDatastore, HostStorage, VolumeCopy};
pub(crate) use host_storage::{copies, host_storage, may_configure};
pub use os_version::OsVersion;
pub(crate) use owners::{OwnerVm, Owners, Reach, owners};
pub(crate) use probe::probe;
pub use protected::{GroupFacts, NeighbourFacts, ProbeFacts, ProtectedFacts};
pub use server::{Abilities, PrivilegeFact, ServerFacts};
pub(crate) use survey::{Survey, survey};
pub(crate) use tags::read_tags;
pub use tags::{TagFacts, TagState};

pub(crate) use crate::site::{Ancestors, DatacenterNode, FolderNode, inventory_path};
pub use crate::{
    fact::{Evidence, Fact, PowerState},
    site::{
        ClusterFacts, DatastoreFacts, DatastoreKind, HostFacts, MountFacts, MountNetwork, NfsShare,
        OverrideFacts, PodFacts, VolumeFacts,
    },
    vm::{
        ChainUnit, ControllerFacts, ControllerKind, DiskFacts, GuestDisk, NamedFile, NoAnswer,
        OsFamily, Setting, SnapshotFacts, ToolsFacts, UsageFacts, Vm,
    },
};

/// The VM that is to receive the disks.
pub type MasterTarget = Vm;

/// A VM whose disks will be attached to a master target.
pub type ProtectedVm = Vm;

/// A VM with files on one of the datastores that were asked about.
pub(crate) type Holder = Vm;

/// What was seen on the server about one master target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// When, by this machine's clock.
    pub gathered_at: Timestamp,
    /// The server.
    pub server: ServerFacts,
    /// The VM.
    pub master_target: MasterTarget,
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
