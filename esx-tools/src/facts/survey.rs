//! Many VMs at once, as far as their disks go: one retrieval for all, and one for host names.

use std::collections::{BTreeMap, BTreeSet};

use vsphere_client::{
    Client, Error as ClientError, object_set,
    property::Object,
    property_set,
    vim::{
        DatastoreHostMount, DatastoreSummary, ManagedObjectReference, ObjectSpec, TraversalSpec,
    },
};

use super::DatastoreKind;
use crate::{
    fact::{Fact, is_lost, required, why},
    names::decode,
    site::{Ancestors, DatacenterNode, FolderNode, with_ancestors},
    vm::{Parts, Vm, parts},
};

/// What is read of each VM.
const SURVEYED: u32 = parts::NAME
    | parts::PARENT
    | parts::INSTANCE_UUID
    | parts::BIOS_UUID
    | parts::TEMPLATE
    | parts::GUEST_ID
    | parts::GUEST_FAMILY
    | parts::DEVICES
    | parts::DATASTORES
    | parts::HOST;

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
        Vm(Parts<SURVEYED>),
        Datastore(DatastoreSet),
        Folder(FolderNode),
        Datacenter(DatacenterNode),
    }
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
    pub(crate) vms: BTreeMap<ManagedObjectReference, Vm>,
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
        .chain(survey.vms.values().filter_map(|vm| vm.host.as_ref()))
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
    let mut vms: BTreeMap<ManagedObjectReference, Object<Parts<SURVEYED>>> = BTreeMap::new();
    for (properties, object) in found.into_iter().map(Object::split) {
        let key = object.reference.clone();
        match properties {
            Found::Vm(set) => {
                vms.insert(key, object.map(|()| set));
            }
            Found::Datastore(set) => {
                let one = datastore(&object.map(|()| set));
                survey.datastores.insert(key, one);
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
        .map(|(moref, object)| (moref, Vm::of(object, &ancestors)))
        .collect();
    survey
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
