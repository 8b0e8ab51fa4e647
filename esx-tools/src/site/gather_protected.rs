//! Reading all protected VMs in one retrieval, and the names of their neighbours in another.

use std::collections::BTreeMap;

use vsphere_client::{
    Client, Error as ClientError,
    property::Object,
    vim::{ManagedObjectReference, ObjectSpec, TraversalSpec},
};

use super::{
    DatastoreFacts, NeighbourFacts,
    parts::{DATASTORE, DatastoreProperties, FOLDERS, VOLUME},
    read::read,
};
use crate::{
    fact::Fact,
    folders::{Folders, with_ancestors},
    names::decode,
    vm::{Vm, parts},
};

/// What the rules look at in a VM whose disks will be attached to a master target.
const PROTECTED: u32 = parts::NAME
    | parts::PARENT
    | parts::INSTANCE_UUID
    | parts::BIOS_UUID
    | parts::TEMPLATE
    | parts::GUEST_ID
    | parts::GUEST_FAMILY
    | parts::DEVICES
    | parts::DISK_UUID_FLAG
    | parts::FIRMWARE
    | parts::POWER
    | parts::SETTINGS
    | parts::SNAPSHOTS
    | parts::HOME
    | parts::CONSOLIDATION
    | parts::DATASTORES
    | parts::USAGE;

/// Protected VMs with the datastores that hold their files, before any master target is known.
#[derive(Debug, Default)]
pub(crate) struct ProtectedVms {
    pub(crate) vms: Vec<Vm>,
    datastores: BTreeMap<ManagedObjectReference, Object<DatastoreProperties>>,
    folders: Folders,
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
        let from = |vm: &ManagedObjectReference| with_datastores(ObjectSpec::object(vm.clone()));
        let found =
            read::<PROTECTED, { FOLDERS | DATASTORE | VOLUME }>(client, vms.iter().map(from));
        let found = found.await?;
        if let Some(gone) = vms.iter().find(|vm| !found.vms.contains_key(*vm)) {
            return Err(ClientError::Gone(gone.clone()));
        }
        let mut vms: Vec<Vm> = found.all_vms().collect();
        vms.sort_by(|a, b| (&a.name, &a.moref).cmp(&(&b.name, &b.moref)));
        Ok(Self {
            vms,
            datastores: found.datastores,
            folders: found.folders,
        })
    }

    /// Their datastores by name, with how `host` mounts them.
    pub(crate) fn datastores_on(
        &self,
        host: Option<&ManagedObjectReference>,
    ) -> Vec<DatastoreFacts> {
        let datastores = self.datastores.values();
        DatastoreFacts::by_name(
            datastores
                .map(|object| DatastoreFacts::of(object, host, &[]))
                .collect(),
        )
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
        vms.chain(datastores)
            .chain(self.folders.datacenters())
            .collect()
    }
}

/// From a VM to its datastores and all that stands above it.
pub(super) fn with_datastores(vm: ObjectSpec) -> ObjectSpec {
    with_ancestors(vm).select(TraversalSpec::path("VirtualMachine", "datastore").named("datastore"))
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
    const NEIGHBOUR: u32 = parts::NAME | parts::PARENT | parts::HOST;
    let found = read::<NEIGHBOUR, 0>(client, [from_vm]).await?;
    let Some(own) = found.vms.get(vm) else {
        return Ok(Fact::unknown(
            "the VM's own host and folder could not be read",
        ));
    };
    let (host, folder) = (&own.properties.host, &own.properties.parent);
    if host.is_none() || folder.is_none() {
        return Ok(Fact::unknown("the VM's host or folder could not be read"));
    }
    let mut neighbours = Vec::new();
    for (moref, object) in &found.vms {
        let set = &object.properties;
        let Some(name) = &set.name else {
            let reason = format!("the name of {moref} could not be read");
            return Ok(Fact::unknown(reason));
        };
        neighbours.push(NeighbourFacts {
            moref: moref.clone(),
            name: decode(name),
            on_host: &set.host == host,
            in_folder: &set.parent == folder,
        });
    }
    Ok(Fact::Known(neighbours))
}
