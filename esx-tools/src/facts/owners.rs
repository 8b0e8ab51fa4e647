//! The VMs that own disks of a ledger, and the datastores that they and the master target reach.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::{Deref, DerefMut},
};

use futures_util::{StreamExt, TryStreamExt, stream};
use vsphere_client::{
    Client, Error as ClientError,
    object::UuidKind,
    object_set,
    property::Object,
    property_set,
    vim::{DatastoreHostMount, ManagedObjectReference, ObjectSpec, SelectionSpec, TraversalSpec},
};

use crate::{
    ledger::Entry,
    names::decode,
    site::{Ancestors, DatacenterNode, FolderNode, datacenter},
    vm::{Parts, Vm, parts},
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

property_set! {
    struct ReachSet: "Datastore" {
        name: Option<String> = "name",
        parent: Option<ManagedObjectReference> = "parent",
        browser: Option<ManagedObjectReference> = "browser",
        accessible: Option<bool> = "summary.accessible",
        mounts: Vec<DatastoreHostMount> = "host",
    }
}

object_set! {
    enum FoundOwner {
        Vm(Parts<OWNER>),
        Datastore(ReachSet),
        Folder(FolderNode),
        Datacenter(DatacenterNode),
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
    let target = vm.clone();
    wanted.insert(target.clone());
    let specs = wanted.iter().cloned().map(|machine| {
        ObjectSpec::object(machine).select(
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
    let found = client
        .retrieve::<FoundOwner>(specs.collect::<Vec<_>>())
        .await?;
    Ok(sort(found, &target))
}

fn sort(found: Vec<Object<FoundOwner>>, target: &ManagedObjectReference) -> Owners {
    let mut machines = BTreeMap::new();
    let mut datastores = BTreeMap::new();
    let mut ancestors = Ancestors::new();
    for (properties, object) in found.into_iter().map(Object::split) {
        let reference = object.reference.clone();
        match properties {
            FoundOwner::Vm(set) => {
                let vm = Vm::of(object.map(|()| set), &Ancestors::new());
                machines.insert(reference, vm);
            }
            FoundOwner::Datastore(set) => {
                datastores.insert(reference, set);
            }
            FoundOwner::Folder(set) => {
                ancestors.insert(reference, (set.name.unwrap_or_default(), set.parent));
            }
            FoundOwner::Datacenter(set) => {
                ancestors.insert(reference, (set.name.unwrap_or_default(), set.parent));
            }
        }
    }
    machines.remove(target);
    let vms = machines
        .into_values()
        .map(|vm| owner(vm, &datastores))
        .collect();
    let mut reach: Vec<Reach> = datastores
        .iter()
        .map(|(reference, set)| Reach {
            moref: reference.clone(),
            name: set
                .name
                .as_deref()
                .map_or_else(|| reference.value.clone(), decode),
            browser: set.browser.clone(),
            accessible: set.accessible,
            datacenter: datacenter(set.parent.as_ref(), &ancestors),
        })
        .collect();
    reach.sort_by(|a, b| (&a.name, &a.moref).cmp(&(&b.name, &b.moref)));
    Owners {
        vms,
        datastores: reach,
    }
}

fn owner(vm: Vm, datastores: &BTreeMap<ManagedObjectReference, ReachSet>) -> OwnerVm {
    let writable = datastores.values().filter_map(|set| {
        let mount = set
            .mounts
            .iter()
            .find(|mount| Some(&mount.key) == vm.host.as_ref())?;
        let name = set.name.as_deref().map(decode)?;
        mount.mount_info.is_writable().then_some(name)
    });
    OwnerVm {
        writable: writable.collect(),
        vm,
    }
}
