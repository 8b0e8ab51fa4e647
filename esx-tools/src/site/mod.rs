//! Where VMs stand: what is above them, their hosts, clusters, datastores and storage pods.

mod lineage;

pub(crate) use lineage::{
    Ancestors, DatacenterNode, FolderNode, datacenter, inventory_path, with_ancestors,
};
