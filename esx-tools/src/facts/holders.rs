//! Which VMs have disks on given datastores.

use std::collections::BTreeMap;

use vsphere_client::{
    Client, Error as ClientError, property_set,
    vim::{ManagedObjectReference, ObjectSpec, TraversalSpec, VirtualDevice},
};

use super::{
    DiskFacts, Fact,
    read_vm::{disks, why},
};
use crate::names::decode;

property_set! {
    struct HolderSet: "VirtualMachine" {
        name: Option<String> = "name",
        instance_uuid: Option<String> = "config.instanceUuid",
        devices: Vec<VirtualDevice> = "config.hardware.device",
    }
}

/// A VM with files on one of the datastores that were asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) moref: ManagedObjectReference,
    pub(crate) name: String,
    /// `config.instanceUuid`.
    pub(crate) instance_uuid: Option<String>,
    pub(crate) disks: Fact<Vec<DiskFacts>>,
}

impl Holder {
    /// The VM's disk that stands on the file at this path.
    pub(crate) fn disk_at(&self, path: &str) -> Option<&DiskFacts> {
        let mut disks = self.disks.known()?.iter();
        disks.find(|disk| disk.stands_on(path))
    }
}

/// Reads every VM with files on these datastores: one call, and one more for each further page.
///
/// # Errors
///
/// The client's.
pub(crate) async fn holders(
    client: &Client,
    datastores: impl IntoIterator<Item = &ManagedObjectReference>,
) -> Result<Vec<Holder>, ClientError> {
    let specs: Vec<ObjectSpec> = datastores
        .into_iter()
        .map(|datastore| {
            ObjectSpec::object(datastore.clone())
                .skipped()
                .select(TraversalSpec::path("Datastore", "vm").named("onDatastore"))
        })
        .collect();
    if specs.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = BTreeMap::new();
    for object in client.retrieve::<HolderSet>(specs).await? {
        let moref = object.reference.clone();
        let vm = &object.properties;
        let holder = Holder {
            name: vm
                .name
                .as_deref()
                .map_or_else(|| moref.value.clone(), decode),
            instance_uuid: vm.instance_uuid.clone(),
            // A VM always has devices; none means that its configuration could not be read.
            disks: if vm.devices.is_empty() {
                Fact::unknown(why(&object, "config.hardware.device"))
            } else {
                Fact::Known(disks(&vm.devices, None))
            },
            moref: moref.clone(),
        };
        // A VM with files on two of the datastores comes twice.
        found.insert(moref, holder);
    }
    Ok(found.into_values().collect())
}
