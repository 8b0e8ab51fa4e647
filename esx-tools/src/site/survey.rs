//! Many VMs at once, as far as their disks go: one retrieval for all, and one for host names.

use std::collections::{BTreeMap, BTreeSet};

use vsphere_client::{
    Client, Error as ClientError,
    vim::{ManagedObjectReference, ObjectSpec},
};

use super::{
    DatastoreKind,
    datastore::{DatastoreFacts, writers},
    gather_protected::with_datastores,
    parts::{DATASTORE, FOLDERS, HOST_NAME},
    read::read,
};
use crate::{
    fact::Fact,
    vm::{Vm, parts},
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
    let specs = vms.iter().cloned().map(ObjectSpec::object);
    let found =
        read::<SURVEYED, { FOLDERS | DATASTORE }>(client, specs.map(with_datastores)).await?;
    let datastores = found.datastores.iter().map(|(moref, object)| {
        let facts = DatastoreFacts::of(object, None, &[]);
        let datastore = SurveyedDatastore {
            name: match object.properties.name {
                Some(_) => facts.name,
                None => moref.value.clone(),
            },
            kind: facts.kind,
            writers: writers(object),
        };
        (moref.clone(), datastore)
    });
    let mut survey = Survey {
        vms: found.all_vms().map(|vm| (vm.moref.clone(), vm)).collect(),
        datastores: datastores.collect(),
        hosts: BTreeMap::new(),
    };
    let hosts: BTreeSet<ManagedObjectReference> = (survey.datastores.values())
        .filter_map(|datastore| datastore.writers.known())
        .flatten()
        .chain(survey.vms.values().filter_map(|vm| vm.host.as_ref()))
        .cloned()
        .collect();
    if !hosts.is_empty() {
        let specs = hosts.into_iter().map(ObjectSpec::object);
        let named = read::<0, HOST_NAME>(client, specs).await?;
        survey.hosts = (named.hosts.into_iter())
            .filter_map(|(reference, host)| Some((reference, host.properties.name?)))
            .collect();
    }
    Ok(survey)
}
