//! Reading all protected VMs in one retrieval, and the names of their neighbours in another.

use std::collections::BTreeMap;

use vsphere_client::{
    Client, Error as ClientError,
    property::Object,
    vim::{ManagedObjectReference, ObjectSpec, TraversalSpec},
};

use super::{
    DatastoreFacts, Fact, NeighbourFacts,
    sets::{FoundProtected, protected_selection},
};
use crate::{
    names::decode,
    site::{self, Ancestors, DatastoreSet},
    vm::{Parts, Vm, parts},
};

/// Protected VMs with the datastores that hold their files, before any master target is known.
#[derive(Debug, Default)]
pub(crate) struct ProtectedVms {
    pub(crate) vms: Vec<Vm>,
    datastores: BTreeMap<ManagedObjectReference, Object<DatastoreSet>>,
    datacenters: BTreeMap<ManagedObjectReference, String>,
}

impl ProtectedVms {
    /// Reads them all: one call, and one more for each further page; none for no VM.
    ///
    /// # Errors
    ///
    /// [`ClientError::Gone`] when one of them is not there any more; else the client's.
    pub(crate) async fn gather(
        client: &Client,
        vms: &[ManagedObjectReference],
    ) -> Result<Self, ClientError> {
        if vms.is_empty() {
            return Ok(Self::default());
        }
        let found = client
            .retrieve::<FoundProtected>(protected_selection(vms))
            .await?;
        let mut machines = BTreeMap::new();
        let mut ancestors = Ancestors::new();
        let mut read = Self::default();
        for (properties, object) in found.into_iter().map(Object::split) {
            let reference = object.reference.clone();
            match properties {
                FoundProtected::Vm(set) => {
                    machines.insert(reference, object.map(|()| set));
                }
                FoundProtected::Datastore(set) => {
                    read.datastores.insert(reference, object.map(|()| set));
                }
                FoundProtected::Folder(set) => {
                    ancestors.insert(reference, (set.name.unwrap_or_default(), set.parent));
                }
                FoundProtected::Datacenter(set) => {
                    let name = set.name.unwrap_or_default();
                    read.datacenters.insert(reference.clone(), decode(&name));
                    ancestors.insert(reference, (name, set.parent));
                }
            }
        }
        if let Some(gone) = vms.iter().find(|vm| !machines.contains_key(*vm)) {
            return Err(ClientError::Gone(gone.clone()));
        }
        read.vms = machines
            .into_values()
            .map(|machine| Vm::of(machine, &ancestors))
            .collect();
        read.vms
            .sort_by(|a, b| (&a.name, &a.moref).cmp(&(&b.name, &b.moref)));
        Ok(read)
    }

    /// Their datastores by name, with how `host` mounts them.
    pub(crate) fn datastores_on(
        &self,
        host: Option<&ManagedObjectReference>,
    ) -> Vec<DatastoreFacts> {
        let mut facts: Vec<DatastoreFacts> = self
            .datastores
            .values()
            .map(|object| site::datastore(object, host, &[]))
            .collect();
        facts.sort_by(|a, b| (&a.name, &a.moref).cmp(&(&b.name, &b.moref)));
        facts
    }

    /// Every object on which the account needs privileges for them, with its name.
    pub(crate) fn entities(&self) -> Vec<(ManagedObjectReference, String)> {
        let vms = self
            .vms
            .iter()
            .map(|vm| (vm.moref.clone(), vm.name.clone()));
        let datastores = self.datastores.values().map(|object| {
            let name = object.properties.name.as_deref();
            (
                object.reference.clone(),
                name.map(decode).unwrap_or_default(),
            )
        });
        let datacenters = self
            .datacenters
            .iter()
            .map(|(reference, name)| (reference.clone(), name.clone()));
        vms.chain(datastores).chain(datacenters).collect()
    }
}

/// Reads the names of all VMs on the host and in the folder of `vm`: one call, and one more for each further page.
///
/// # Errors
///
/// The client's.
pub(crate) async fn neighbours(
    client: &Client,
    vm: &ManagedObjectReference,
) -> Result<Fact<Vec<NeighbourFacts>>, ClientError> {
    let from_vm = ObjectSpec::object(vm.clone())
        .select(
            TraversalSpec::path("VirtualMachine", "runtime.host")
                .named("host")
                .then(TraversalSpec::path("HostSystem", "vm").named("onHost")),
        )
        .select(
            TraversalSpec::path("VirtualMachine", "parent")
                .named("folder")
                .then(TraversalSpec::path("Folder", "childEntity").named("inFolder")),
        );
    let found = client
        .retrieve::<Parts<{ parts::NAME | parts::PARENT | parts::HOST }>>([from_vm])
        .await?;
    let Some(own) = found.iter().find(|object| &object.reference == vm) else {
        return Ok(Fact::unknown("the VM's own place could not be read"));
    };
    let (host, folder) = (&own.properties.0.host, &own.properties.0.parent);
    if host.is_none() || folder.is_none() {
        return Ok(Fact::unknown("the VM's host or folder could not be read"));
    }
    let mut seen = BTreeMap::new();
    for object in &found {
        let set = &object.properties.0;
        let Some(name) = &set.name else {
            return Ok(Fact::unknown(format!(
                "the name of {} could not be read",
                object.reference
            )));
        };
        seen.insert(
            object.reference.clone(),
            NeighbourFacts {
                moref: object.reference.clone(),
                name: decode(name),
                on_host: &set.host == host,
                in_folder: &set.parent == folder,
            },
        );
    }
    Ok(Fact::Known(seen.into_values().collect()))
}
