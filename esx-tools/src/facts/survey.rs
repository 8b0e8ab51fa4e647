//! Many VMs at once, as far as their disks go: one retrieval for all, and one for host names.

use std::collections::{BTreeMap, BTreeSet};

use vsphere_client::{
    Client, Error as ClientError, object_set,
    property::Object,
    property_set,
    vim::{
        DatastoreHostMount, DatastoreSummary, ManagedObjectReference, ObjectSpec, TraversalSpec,
        VirtualDevice,
    },
};

use super::{ControllerFacts, DatastoreKind, DiskFacts, Fact};
use crate::{
    fact::{is_lost, list, required, why},
    names::decode,
    site::{Ancestors, DatacenterNode, FolderNode, inventory_path, with_ancestors},
    vm::{controllers, disks},
};

property_set! {
    struct VmSet: "VirtualMachine" {
        name: Option<String> = "name",
        parent: Option<ManagedObjectReference> = "parent",
        instance_uuid: Option<String> = "config.instanceUuid",
        bios_uuid: Option<String> = "config.uuid",
        template: Option<bool> = "config.template",
        guest_id: Option<String> = "config.guestId",
        guest_family: Option<String> = "guest.guestFamily",
        devices: Vec<VirtualDevice> = "config.hardware.device",
        datastores: Vec<ManagedObjectReference> = "datastore",
        host: Option<ManagedObjectReference> = "runtime.host",
    }
}

property_set! {
    struct DatastoreSet: "Datastore" {
        name: Option<String> = "name",
        summary: Option<DatastoreSummary> = "summary",
        mounts: Vec<DatastoreHostMount> = "host",
    }
}

property_set! {
    struct HostName: "HostSystem" {
        name: Option<String> = "name",
    }
}

object_set! {
    enum Found {
        Vm(VmSet),
        Datastore(DatastoreSet),
        Folder(FolderNode),
        Datacenter(DatacenterNode),
    }
}

/// A VM among many.
#[derive(Clone, Debug)]
pub(crate) struct Surveyed {
    pub(crate) name: String,
    pub(crate) inventory_path: Option<String>,
    pub(crate) instance_uuid: Option<String>,
    pub(crate) bios_uuid: Option<String>,
    pub(crate) template: Option<bool>,
    pub(crate) guest_id: Option<String>,
    pub(crate) guest_family: Option<String>,
    pub(crate) controllers: Fact<Vec<ControllerFacts>>,
    pub(crate) disks: Fact<Vec<DiskFacts>>,
    /// Datastores that hold files of it.
    pub(crate) datastores: Fact<Vec<ManagedObjectReference>>,
    pub(crate) host: Fact<ManagedObjectReference>,
}

/// A datastore of one of the VMs.
#[derive(Clone, Debug)]
pub(crate) struct SurveyedDatastore {
    pub(crate) name: String,
    pub(crate) kind: Fact<DatastoreKind>,
    /// Hosts that mount it read/write and reach it.
    pub(crate) writers: Fact<BTreeSet<ManagedObjectReference>>,
}

/// VMs, their datastores, and the hosts of those.
#[derive(Clone, Debug, Default)]
pub(crate) struct Survey {
    pub(crate) vms: BTreeMap<ManagedObjectReference, Surveyed>,
    pub(crate) datastores: BTreeMap<ManagedObjectReference, SurveyedDatastore>,
    /// Names of hosts.
    pub(crate) hosts: BTreeMap<ManagedObjectReference, String>,
}

/// Reads VMs, the datastores that hold their files, and the names of the hosts concerned.
pub(crate) async fn survey(
    client: &Client,
    vms: &BTreeSet<ManagedObjectReference>,
) -> Result<Survey, ClientError> {
    if vms.is_empty() {
        return Ok(Survey::default());
    }
    let specs = vms.iter().map(|moref| {
        with_ancestors(ObjectSpec::object(moref.clone()))
            .select(TraversalSpec::path("VirtualMachine", "datastore").named("datastore"))
    });
    let found = client.retrieve::<Found>(specs).await?;
    let mut survey = sorted(found);
    let hosts: BTreeSet<ManagedObjectReference> = (survey.datastores.values())
        .filter_map(|datastore| datastore.writers.known())
        .flatten()
        .chain(survey.vms.values().filter_map(|vm| vm.host.known()))
        .cloned()
        .collect();
    if !hosts.is_empty() {
        let specs = hosts.iter().map(|moref| ObjectSpec::object(moref.clone()));
        let named = client.retrieve::<HostName>(specs).await?;
        survey.hosts = named
            .into_iter()
            .filter_map(|host| Some((host.reference.clone(), host.properties.name?)))
            .collect();
    }
    Ok(survey)
}

/// The same object may have come by several ways.
fn sorted(found: Vec<Object<Found>>) -> Survey {
    let mut survey = Survey::default();
    let mut ancestors = Ancestors::new();
    let mut vms: BTreeMap<ManagedObjectReference, Object<VmSet>> = BTreeMap::new();
    for object in found {
        let key = object.reference.clone();
        let moref = key.clone();
        let (missing, unreadable) = (object.missing, object.unreadable);
        match object.properties {
            Found::Vm(properties) => {
                vms.insert(
                    moref,
                    Object {
                        reference: key,
                        properties,
                        missing,
                        unreadable,
                    },
                );
            }
            Found::Datastore(properties) => {
                let object = Object {
                    reference: key,
                    properties,
                    missing,
                    unreadable,
                };
                survey.datastores.insert(moref, datastore(&object));
            }
            Found::Folder(set) => {
                ancestors.insert(key, (set.name.unwrap_or_default(), set.parent));
            }
            Found::Datacenter(set) => {
                ancestors.insert(key, (set.name.unwrap_or_default(), set.parent));
            }
        }
    }
    survey.vms = vms
        .into_iter()
        .map(|(moref, object)| (moref, vm(&object, &ancestors)))
        .collect();
    survey
}

fn vm(object: &Object<VmSet>, ancestors: &Ancestors) -> Surveyed {
    let vm = &object.properties;
    let name = vm
        .name
        .as_deref()
        .map_or_else(|| object.reference.value.clone(), decode);
    // A VM always has devices; none means that its configuration could not be read.
    let hardware = if vm.devices.is_empty() {
        Fact::unknown(why(object, "config.hardware.device"))
    } else {
        Fact::Known(vm.devices.as_slice())
    };
    Surveyed {
        inventory_path: inventory_path(&name, vm.parent.as_ref(), ancestors),
        name,
        instance_uuid: vm.instance_uuid.clone(),
        bios_uuid: vm.bios_uuid.clone(),
        template: vm.template,
        guest_id: vm.guest_id.clone().filter(|id| !id.is_empty()),
        guest_family: vm.guest_family.clone().filter(|family| !family.is_empty()),
        controllers: hardware.clone().map(controllers),
        disks: hardware.map(|devices| disks(devices, None)),
        datastores: list(object, "datastore", vm.datastores.to_vec()),
        host: required(object, "runtime.host", vm.host.as_ref().cloned()),
    }
}

fn datastore(object: &Object<DatastoreSet>) -> SurveyedDatastore {
    let datastore = &object.properties;
    let writers = datastore
        .mounts
        .iter()
        .filter(|mount| mount.mount_info.is_writable())
        .map(|mount| mount.key.clone())
        .collect();
    SurveyedDatastore {
        name: datastore
            .name
            .as_deref()
            .map_or_else(|| object.reference.value.clone(), decode),
        kind: required(
            object,
            "summary",
            (datastore.summary.as_ref()).map(|summary| DatastoreKind::from_wire(&summary.kind)),
        ),
        writers: if is_lost(object, "host") {
            Fact::unknown(why(object, "host"))
        } else {
            Fact::Known(writers)
        },
    }
}
