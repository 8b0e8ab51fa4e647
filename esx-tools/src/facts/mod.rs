//! The former name of [`site`](crate::site), [`vm`](crate::vm) and the values that they share.

#[cfg(test)]
pub(crate) use crate::site::sample;
pub(crate) use crate::site::{
    Knowledge, OwnerVm, Owners, ProtectedVms, Reach, Survey, copies, gather, holders, host_storage,
    licence, may_configure, neighbours, owners, probe, read_tags, survey,
};
pub use crate::{
    fact::{Evidence, Fact, PowerState},
    site::{
        Abilities, ClusterFacts, DatastoreFacts, DatastoreKind, DatastoreUser, Facts, GroupFacts,
        HostDatastore, HostFacts, HostStorage, LackingFacts, LicenceFacts, MountFacts,
        MountNetwork, NeighbourFacts, NfsShare, OverrideFacts, PodFacts, PrivilegeFact, ProbeFacts,
        ProtectedFacts, RoleFacts, ServerFacts, TagFacts, TagState, VolumeCopy, VolumeFacts,
    },
    vm::{
        ChainUnit, ControllerFacts, ControllerKind, DiskFacts, GuestDisk, NamedFile, NoAnswer,
        OsFamily, OsVersion, Setting, SnapshotFacts, ToolsFacts, UsageFacts, Vm,
    },
};

/// The VM that is to receive the disks.
pub type MasterTarget = Vm;

/// A VM whose disks will be attached to a master target.
pub type ProtectedVm = Vm;

/// A VM with files on one of the datastores that were asked about.
pub(crate) type Holder = Vm;
