//! One host: what it is, and its storage, which is how it mounts every datastore of its datacenter, and which of its
//! VMs lie on them.

use serde::{Deserialize, Serialize};
use vsphere_client::{
    Client, Error as ClientError,
    method::QueryUnresolvedVmfsVolumes,
    property::Object,
    vim::{ManagedObjectReference, ObjectSpec, SelectionSpec, TraversalSpec},
};

use super::{
    DatastoreFacts,
    granted::ask_granted,
    parts::{
        DATASTORE, DatastoreProperties, HOST, HOST_DATASTORE_SYSTEM, HOST_MANAGER, HostParts,
        HostProperties, VOLUME,
    },
    read::read,
};
use crate::{
    fact::{Fact, PowerState},
    names::decode,
    privilege::HOST_STORAGE,
    vm::{Vm, parts},
};

/// The host that the master target is registered on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostFacts {
    /// Its reference.
    pub moref: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// Product with version and build (`config.product.fullName` of its summary).
    pub product: Option<String>,
    /// Version of that product, for example `8.0.3`.
    #[serde(default)]
    pub version: Option<String>,
    /// `runtime.connectionState` as written.
    pub connection_state: Option<String>,
    /// `runtime.inMaintenanceMode`.
    pub in_maintenance_mode: Option<bool>,
    /// Address of the vCenter that manages it (`summary.managementServerIp`).
    pub managed_by: Option<String>,
}

impl HostFacts {
    /// Takes over what was read of a host.
    pub(crate) fn of(object: &Object<HostProperties>) -> Self {
        let host = &object.properties;
        Self {
            moref: object.reference.clone(),
            name: (host.name.as_deref()).map_or_else(|| object.reference.value.clone(), decode),
            product: host
                .product
                .as_ref()
                .map(|product| product.full_name.clone()),
            version: (host.product.as_ref()).map(|product| product.version.clone()),
            connection_state: host.connection_state.clone(),
            in_maintenance_mode: host.in_maintenance_mode,
            managed_by: host
                .managed_by
                .clone()
                .filter(|address| !address.is_empty()),
        }
    }
}

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
    const AROUND: u32 = HOST | HOST_MANAGER | DATASTORE | VOLUME;
    let found = read::<USER, AROUND>(client, [selection(host)]).await?;
    let itself = found.hosts.get(host);
    let itself = itself.ok_or_else(|| ClientError::Gone(host.clone()))?;
    let vms: Vec<Vm> = found.all_vms().collect();
    let datastores = found.datastores.values();
    let mut datastores: Vec<HostDatastore> = datastores
        .map(|object| of_host(object, host, &vms))
        .collect();
    datastores
        .sort_by(|a, b| (&a.facts.name, &a.facts.moref).cmp(&(&b.facts.name, &b.facts.moref)));
    Ok(HostStorage {
        host: HostFacts::of(itself),
        datastores,
    })
}

fn of_host(
    object: &Object<DatastoreProperties>,
    host: &ManagedObjectReference,
    vms: &[Vm],
) -> HostDatastore {
    let mounts = &object.properties.mounts;
    let users = vms
        .iter()
        .filter(|vm| (vm.datastores.known()).is_some_and(|all| all.contains(&object.reference)))
        .map(|vm| DatastoreUser {
            name: vm.name.clone(),
            powered_off: vm.power_state == Fact::Known(PowerState::PoweredOff),
        })
        .collect();
    HostDatastore {
        facts: DatastoreFacts::of(object, Some(host), &[]),
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
    match ask_granted(client, vec![host.clone()], &[HOST_STORAGE]).await {
        Ok(answers) => Ok(answers.first().map(|entry| entry.granted)),
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

/// The copies of volumes that a host sees: two calls. None where the server does not tell.
pub(crate) async fn copies(
    client: &Client,
    host: &ManagedObjectReference,
) -> Result<Vec<VolumeCopy>, ClientError> {
    let system = client
        .retrieve_one::<HostParts<HOST_DATASTORE_SYSTEM>>(host)
        .await?;
    let Some(this) = system.properties.0.datastore_system else {
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
