//! One host's storage: how it mounts every datastore of its datacenter, and which of its VMs lie on them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vsphere_client::{
    Client, Error as ClientError,
    method::{HasPrivilegeOnEntities, QueryUnresolvedVmfsVolumes},
    object_set,
    property::Object,
    property_set,
    vim::{ManagedObjectReference, ObjectSpec, SelectionSpec, TraversalSpec},
};

use super::{DatastoreFacts, HostFacts, sets::SessionSet};
use crate::{
    fact::{Fact, PowerState},
    plan::HOST_STORAGE,
    site::{self, Ancestors, DatastoreSet, HostSet},
    vm::{Parts, Vm, parts},
};

/// How a host mounts the datastores of its datacenter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostStorage {
    /// The host.
    pub host: HostFacts,
    /// The datastores, by name. The `mount` of each is that of this host.
    pub datastores: Vec<HostDatastore>,
}

/// A datastore as one host has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostDatastore {
    /// The datastore.
    pub facts: DatastoreFacts,
    /// How many hosts mount it.
    pub hosts: usize,
    /// How many of them can write to it.
    pub writers: usize,
    /// VMs of this host that have files there.
    pub users: Vec<DatastoreUser>,
}

/// A VM that is registered on the host and has files on the datastore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatastoreUser {
    /// Its name.
    pub name: String,
    /// Whether it is off.
    pub powered_off: bool,
}

impl HostStorage {
    /// The datastore with this reference, else one of this name that the host mounts.
    ///
    /// A share whose last mount is given up comes back as another object of the same name.
    pub fn find(&self, moref: &ManagedObjectReference, name: &str) -> Option<&HostDatastore> {
        let by_name = || {
            self.datastores.iter().find(|datastore| {
                datastore.facts.name == name
                    && matches!(datastore.facts.mount.known(), Some(Some(_)))
            })
        };
        let by_reference = self.datastores.iter().find(|one| &one.facts.moref == moref);
        by_reference
            .filter(|one| matches!(one.facts.mount.known(), Some(Some(_))))
            .or_else(by_name)
            .or(by_reference)
    }
}

/// What is read of a VM of the host.
const USER: u32 = parts::NAME | parts::POWER | parts::DATASTORES;

object_set! {
    enum Found {
        Host(HostSet),
        Datastore(DatastoreSet),
        Vm(Parts<USER>),
    }
}

/// From the host to its VMs, its datastores, and all datastores of its datacenter.
fn selection(host: &ManagedObjectReference) -> ObjectSpec {
    ObjectSpec::object(host.clone())
        .select(TraversalSpec::path("HostSystem", "datastore").named("mounted"))
        .select(TraversalSpec::path("HostSystem", "vm").named("VMs"))
        .select(
            TraversalSpec::path("ManagedEntity", "parent")
                .named("up")
                .then(SelectionSpec::named("up"))
                .then(TraversalSpec::path("Datacenter", "datastore").named("all")),
        )
}

/// Reads the storage of a host: one call, and one for each further page.
///
/// # Errors
///
/// [`ClientError::Gone`] when there is no such host; else the client's.
pub(crate) async fn host_storage(
    client: &Client,
    host: &ManagedObjectReference,
) -> Result<HostStorage, ClientError> {
    let found = client.retrieve::<Found>([selection(host)]).await?;
    let mut itself = None;
    let mut vms = BTreeMap::new();
    let mut datastores = BTreeMap::new();
    for (properties, object) in found.into_iter().map(Object::split) {
        let reference = object.reference.clone();
        match properties {
            Found::Host(set) => itself = Some(site::host(&object.map(|()| set))),
            Found::Datastore(set) => {
                datastores.insert(reference, object.map(|()| set));
            }
            Found::Vm(set) => {
                vms.insert(reference, Vm::of(object.map(|()| set), &Ancestors::new()));
            }
        }
    }
    let itself = itself.ok_or_else(|| ClientError::Gone(host.clone()))?;
    let mut datastores: Vec<HostDatastore> = datastores
        .values()
        .map(|object| of_host(object, host, &vms))
        .collect();
    datastores
        .sort_by(|a, b| (&a.facts.name, &a.facts.moref).cmp(&(&b.facts.name, &b.facts.moref)));
    Ok(HostStorage {
        host: itself,
        datastores,
    })
}

fn of_host(
    object: &Object<DatastoreSet>,
    host: &ManagedObjectReference,
    vms: &BTreeMap<ManagedObjectReference, Vm>,
) -> HostDatastore {
    let mounts = &object.properties.mounts;
    let users = vms
        .values()
        .filter(|vm| (vm.datastores.known()).is_some_and(|all| all.contains(&object.reference)))
        .map(|vm| DatastoreUser {
            name: vm.name.clone(),
            powered_off: vm.power_state == Fact::Known(PowerState::PoweredOff),
        })
        .collect();
    HostDatastore {
        facts: site::datastore(object, Some(host), &[]),
        hosts: mounts.len(),
        writers: mounts
            .iter()
            .filter(|mount| mount.mount_info.is_writable())
            .count(),
        users,
    }
}

/// Whether the account holds `Host.Config.Storage` on the host: two calls. Unset on a host without vCenter,
/// which says so by refusing.
pub(crate) async fn may_configure(
    client: &Client,
    host: &ManagedObjectReference,
) -> Result<Option<bool>, ClientError> {
    let content = client.content();
    let managers = (&content.authorization_manager, &content.session_manager);
    let ((Some(this), Some(sessions)), true) = (managers, client.is_vcenter()) else {
        return Ok(None);
    };
    let session = client.retrieve_one::<SessionSet>(sessions).await?;
    let Some(session) = session.properties.current else {
        return Ok(None);
    };
    let call = HasPrivilegeOnEntities {
        this: this.clone(),
        entity: vec![host.clone()],
        session_id: session.key,
        priv_id: vec![HOST_STORAGE.to_owned()],
    };
    match client.call(&call).await {
        Ok(answers) => Ok(answers
            .first()
            .and_then(|answer| answer.priv_availability.first())
            .map(|entry| entry.is_granted)),
        // An account that may not even ask can still be told by trying.
        Err(ClientError::Fault { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A VMFS volume that a host sees, takes for a copy and therefore does not mount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeCopy {
    /// The volume's name.
    pub name: String,
    /// Its UUID, which is that of the original too.
    pub uuid: String,
    /// The devices of the copy.
    pub devices: Vec<String>,
}

impl VolumeCopy {
    /// Why a volume that is seen as these copies only is not mounted.
    pub(crate) fn refusal(host: &str, copies: &[Self]) -> Option<String> {
        let devices: Vec<&str> = copies
            .iter()
            .flat_map(|copy| &copy.devices)
            .map(String::as_str)
            .collect();
        (!devices.is_empty()).then(|| {
            format!(
                "{host} sees the volume only as a copy on {}, as a snapshot or a replica on the array makes it",
                devices.join(", ")
            )
        })
    }

    /// What a person can do about it.
    pub(crate) const REMEDY: &str = "Which of them is the right one is for a person to say: present the original to the host, or mount the copy or give it a new signature in the vSphere Client.";
}

property_set! {
    struct DatastoreSystem: "HostSystem" {
        datastores: Option<ManagedObjectReference> = "configManager.datastoreSystem",
    }
}

/// The copies of volumes that a host sees: two calls. None where the server does not tell.
pub(crate) async fn copies(
    client: &Client,
    host: &ManagedObjectReference,
) -> Result<Vec<VolumeCopy>, ClientError> {
    let system = client.retrieve_one::<DatastoreSystem>(host).await?;
    let Some(this) = system.properties.datastores else {
        return Ok(Vec::new());
    };
    let copies = match client.call(&QueryUnresolvedVmfsVolumes { this }).await {
        Ok(copies) => copies,
        Err(ClientError::Fault { .. }) => Vec::new(),
        Err(error) => return Err(error),
    };
    Ok(copies
        .into_iter()
        .map(|copy| VolumeCopy {
            name: copy.vmfs_label,
            uuid: copy.vmfs_uuid,
            devices: copy
                .extent
                .into_iter()
                .map(|extent| extent.device.disk_name)
                .collect(),
        })
        .collect())
}
