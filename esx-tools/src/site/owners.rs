//! The VMs that have disks: those that own the disks of a ledger, with the datastores that they and the master
//! target reach, and all with files on given datastores.

use std::{
    collections::BTreeSet,
    ops::{Deref, DerefMut},
};

use futures_util::{StreamExt, TryStreamExt, stream};
use vsphere_client::{
    Client, Error as ClientError,
    object::UuidKind,
    vim::{ManagedObjectReference, ObjectSpec, SelectionSpec, TraversalSpec},
};

use super::{
    datastore::writers,
    parts::{BROWSER, DATASTORE, FOLDERS},
    read::{Site, read},
};
use crate::{
    ledger::Entry,
    names::decode,
    vm::{Vm, parts},
};

/// How many VMs are looked up at once.
const AT_ONCE: usize = 8;

/// A VM that owns disks of a ledger, with what its host can write to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnerVm {
    pub(crate) vm: Vm,
    /// Names of the datastores that its host mounts such that it can write there.
    pub(crate) writable: BTreeSet<String>,
}

impl Deref for OwnerVm {
    type Target = Vm;

    fn deref(&self) -> &Vm {
        &self.vm
    }
}

impl DerefMut for OwnerVm {
    fn deref_mut(&mut self) -> &mut Vm {
        &mut self.vm
    }
}

/// What is read of an owner.
const OWNER: u32 = parts::NAME
    | parts::INSTANCE_UUID
    | parts::CHANGE_VERSION
    | parts::DEVICES
    | parts::POWER
    | parts::HOST;

/// A datastore that the host of the master target or of an owner sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) moref: ManagedObjectReference,
    pub(crate) name: String,
    /// What searches it; unset when it could not be read.
    pub(crate) browser: Option<ManagedObjectReference>,
    pub(crate) accessible: Option<bool>,
    pub(crate) datacenter: Option<ManagedObjectReference>,
}

/// Owners of disks, and all that can be searched for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Owners {
    pub(crate) vms: Vec<OwnerVm>,
    /// By name.
    pub(crate) datastores: Vec<Reach>,
}

impl Owners {
    /// The datacenter of the datastore that a path lies on.
    pub(crate) fn datacenter_of(&self, path: &str) -> Option<&ManagedObjectReference> {
        let path = vsphere_client::vim::DatastorePath::parse(path)?;
        let found = self
            .datastores
            .iter()
            .find(|one| one.name == path.datastore)?;
        found.datacenter.as_ref()
    }
}

/// Finds the owners of these disks and reads them, with the datastores that they and `vm` reach: one call
/// for each owner and one for all.
///
/// # Errors
///
/// The client's.
pub(crate) async fn owners(
    client: &Client,
    vm: &ManagedObjectReference,
    entries: &[Entry],
) -> Result<Owners, ClientError> {
    let uuids: BTreeSet<String> = entries
        .iter()
        .map(|entry| entry.vm_instance_uuid.clone())
        .filter(|uuid| !uuid.is_empty())
        .collect();
    let found: Vec<Vec<ManagedObjectReference>> = stream::iter(uuids)
        .map(|uuid| async move { client.find_vms_by_uuid(&uuid, UuidKind::Instance).await })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let mut wanted: BTreeSet<ManagedObjectReference> = found.into_iter().flatten().collect();
    wanted.insert(vm.clone());
    let specs = wanted.into_iter().map(|vm| {
        ObjectSpec::object(vm).select(
            TraversalSpec::path("VirtualMachine", "runtime.host")
                .named("host")
                .then(
                    TraversalSpec::path("HostSystem", "datastore")
                        .named("datastore")
                        .then(
                            TraversalSpec::path("ManagedEntity", "parent")
                                .named("up")
                                .then(SelectionSpec::named("up")),
                        ),
                ),
        )
    });
    let found = read::<OWNER, { FOLDERS | DATASTORE | BROWSER }>(client, specs).await?;
    Ok(Owners {
        vms: (found.all_vms())
            .filter(|owner| &owner.moref != vm)
            .map(|vm| owner(vm, &found))
            .collect(),
        datastores: reach(&found),
    })
}

fn owner(vm: Vm, found: &Site<OWNER>) -> OwnerVm {
    let is_writable =
        |writers: &BTreeSet<_>| vm.host.as_ref().is_some_and(|host| writers.contains(host));
    let writable = (found.datastores.values())
        .filter(|object| writers(object).known().is_some_and(is_writable))
        .filter_map(|object| object.properties.name.as_deref().map(decode))
        .collect();
    OwnerVm { vm, writable }
}

fn reach(found: &Site<OWNER>) -> Vec<Reach> {
    let mut reach: Vec<Reach> = (found.datastores.iter())
        .map(|(reference, object)| {
            let set = &object.properties;
            let name = set.name.as_deref();
            Reach {
                moref: reference.clone(),
                name: name.map_or_else(|| reference.value.clone(), decode),
                browser: set.browser.clone(),
                accessible: set.summary.as_ref().map(|summary| summary.accessible),
                datacenter: found.folders.datacenter(set.parent.as_ref()),
            }
        })
        .collect();
    reach.sort_by(|a, b| (&a.name, &a.moref).cmp(&(&b.name, &b.moref)));
    reach
}

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
    let found = read::<HOLDER, 0>(client, specs).await?;
    Ok(found.all_vms().collect())
}
