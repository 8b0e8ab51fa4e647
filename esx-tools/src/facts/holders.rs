//! Which VMs have disks on given datastores.

use std::collections::BTreeMap;

use vsphere_client::{
    Client, Error as ClientError,
    vim::{ManagedObjectReference, ObjectSpec, TraversalSpec},
};

use crate::{
    site::Ancestors,
    vm::{Parts, Vm, parts},
};

/// What is read of a VM with files on one of the datastores.
const HOLDER: u32 = parts::NAME | parts::INSTANCE_UUID | parts::DEVICES;

/// Reads every VM with files on these datastores: one call, and one more for each further page.
///
/// # Errors
///
/// The client's.
pub(crate) async fn holders(
    client: &Client,
    datastores: impl IntoIterator<Item = &ManagedObjectReference>,
) -> Result<Vec<Vm>, ClientError> {
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
    for object in client.retrieve::<Parts<HOLDER>>(specs).await? {
        let vm = Vm::of(object, &Ancestors::new());
        // A VM with files on two of the datastores comes twice.
        found.insert(vm.moref.clone(), vm);
    }
    Ok(found.into_values().collect())
}
