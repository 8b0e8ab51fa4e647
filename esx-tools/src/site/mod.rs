//! Where VMs stand: what is above them, their hosts, clusters, datastores and storage pods.

mod datastore;
mod host;
mod lineage;
mod volume;

pub use datastore::{DatastoreFacts, DatastoreKind, MountFacts, MountNetwork, PodFacts};
pub(crate) use datastore::{DatastoreSet, PodSet, datastore, pod};
pub use host::{ClusterFacts, HostFacts, OverrideFacts};
pub(crate) use host::{ClusterSet, HostSet, cluster, host};
pub(crate) use lineage::{
    Ancestors, DatacenterNode, FolderNode, datacenter, inventory_path, with_ancestors,
};
pub use volume::{NfsShare, VolumeFacts};
