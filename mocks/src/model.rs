//! Lays out inventories: service, folders, hosts, storage, VMs.
//!
//! Scenarios describe a site with [`Builder`]; what it makes is whole: every property that the API
//! calls required is there, references lead both ways, and files exist on the datastores.

pub(crate) mod accounts;
pub(crate) mod compute;
mod datastore_spec;
mod disk_spec;
mod form;
mod host;
mod inventory;
pub(crate) mod managers;
pub(crate) mod mounts;
pub(crate) mod overrides;
pub(crate) mod privileges;
pub(crate) mod service;
pub(crate) mod storage;
mod vm;
mod vm_config;
mod vm_spec;

pub use accounts::{password_of, user_of};
pub use compute::Cluster;
pub use datastore_spec::{DatastoreKind, DatastoreSpec};
pub use disk_spec::{DiskForm, DiskSpec};
pub use host::HostSpec;
pub use inventory::Datacenter;
pub use service::{Licence, Personality};
pub use vm_spec::{SnapshotSpec, VmSpec};

pub use crate::accounts::Role;
pub use crate::lab::{GuestOs, GuestProfile, GuestVolume};
pub use crate::vm::device::ControllerKind;

use crate::value::MoRef;
use crate::world::World;

/// Builds a site into a world, piece by piece.
///
/// ```
/// use mocks::model::{Builder, DatastoreSpec, Personality, VmSpec};
/// use mocks::{ClockMode, World};
///
/// let mut world = World::new(ClockMode::Jump);
/// let mut site = Builder::new(&mut world, Personality::vcenter("8.0.3"));
/// let dc = site.datacenter("Leeds");
/// let cluster = site.cluster(&dc, "Production", true);
/// let host = site.cluster_host(&cluster, "esx-01.example.com");
/// let datastore = site.datastore(&dc, &DatastoreSpec::vmfs("vmfs-01", 2048), &[&host]);
/// let vm = site.vm(&dc, &VmSpec::linux("web-01").on(&host, &datastore));
/// assert_eq!(world.store.value(&vm, "name"), Some(&"web-01".into()));
/// ```
#[derive(Debug)]
pub struct Builder<'w> {
    pub(crate) world: &'w mut World,
    pub(crate) personality: Personality,
}

impl<'w> Builder<'w> {
    /// Starts a site with its service objects, root folder, roles and accounts.
    pub fn new(world: &'w mut World, personality: Personality) -> Self {
        let mut builder = Self { world, personality };
        builder.service();
        builder
    }

    /// A new reference: `vm-1001` on vCenter.
    pub(crate) fn reference(&mut self, kind: &str, prefix: &str) -> MoRef {
        MoRef::new(kind, format!("{prefix}{}", self.world.store.next_number()))
    }
}
