//! Reading everything in one retrieval, and asking for privileges in one call.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use vsphere_client::{
    Client, Error as ClientError, method::HasPrivilegeOnEntities, property::Object,
    vim::ManagedObjectReference,
};

use super::{
    Abilities, ClusterFacts, DatastoreFacts, Fact, Facts, HostFacts, MasterTarget, MoRef, PodFacts,
    PrivilegeFact, ServerFacts, read_place, read_vm,
    sets::{Found, HostSet, VmSet, selection},
};
use crate::{
    ops::{Ancestors, inventory_path},
    plan::{EDIT_CLUSTER, ON_VM, POD_CONFIG},
};

/// What is asked about privileges.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Privileges<'a> {
    /// Ask the server: one more call, on vCenter only.
    Ask,
    /// Take what was known before.
    Keep(&'a Abilities),
}

/// Gathers all facts about a machine: one call, one more per further page, and one for privileges.
///
/// # Errors
///
/// [`ClientError::Gone`] when there is no such machine; else the client's.
pub(crate) async fn gather(
    client: &Client,
    vm: &ManagedObjectReference,
    privileges: Privileges<'_>,
) -> Result<Facts, ClientError> {
    match gather_once(client, vm, privileges).await {
        // The session's key that privileges are asked with is that of the session before.
        Err(ClientError::SessionLost { .. }) => gather_once(client, vm, privileges).await,
        outcome => outcome,
    }
}

async fn gather_once(
    client: &Client,
    vm: &ManagedObjectReference,
    privileges: Privileges<'_>,
) -> Result<Facts, ClientError> {
    let session_manager = client.content().session_manager.clone();
    let found = client
        .retrieve::<Found>(selection(vm.clone(), session_manager))
        .await?;
    let gathered_at = Timestamp::now();
    let mut parts = Parts::sort(found);
    let machine = parts
        .vm
        .take()
        .ok_or_else(|| ClientError::Gone(vm.clone()))?;
    if machine
        .missing
        .iter()
        .any(|missing| is_gone(&missing.fault.kind))
        && machine.properties.name.is_none()
    {
        return Err(ClientError::Gone(vm.clone()));
    }
    let path = machine.properties.name.as_deref().and_then(|name| {
        let name = crate::ops::decode_name(name);
        inventory_path(&name, machine.properties.parent.as_ref(), &parts.ancestors)
    });
    let session = parts.session.take();
    let master_target = read_vm::master_target(&machine, path);
    let place = parts.place(vm, &master_target);
    let abilities = match privileges {
        Privileges::Keep(abilities) => abilities.clone(),
        Privileges::Ask => {
            ask(client, vm, &place, session.as_ref().map(|s| s.key.as_str())).await?
        }
    };
    let about = client.about();
    Ok(Facts {
        gathered_at,
        server: ServerFacts {
            product: about.full_name.clone(),
            version: about.version.clone(),
            build: about.build.clone(),
            api_version: about.api_version.clone(),
            is_vcenter: client.is_vcenter(),
            instance_uuid: about.instance_uuid.clone(),
            user: session
                .map(|session| session.user_name)
                .filter(|name| !name.is_empty()),
        },
        master_target,
        host: place.host,
        cluster: place.cluster,
        datastores: place.datastores,
        pods: place.pods,
        abilities,
    })
}

fn is_gone(kind: &vsphere_client::vim::FaultKind) -> bool {
    matches!(
        kind,
        vsphere_client::vim::FaultKind::ManagedObjectNotFound { .. }
    )
}

/// Where the machine stands.
struct Place {
    host: Fact<HostFacts>,
    cluster: Fact<Option<ClusterFacts>>,
    datastores: Fact<Vec<DatastoreFacts>>,
    pods: Fact<Vec<PodFacts>>,
}

/// The objects of the retrieval, by type. The same object may have come by several ways.
#[derive(Default)]
struct Parts {
    vm: Option<Object<VmSet>>,
    host: Option<Object<HostSet>>,
    clusters: BTreeMap<ManagedObjectReference, Object<super::sets::ClusterSet>>,
    datastores: BTreeMap<ManagedObjectReference, Object<super::sets::DatastoreSet>>,
    pods: BTreeMap<ManagedObjectReference, Object<super::sets::PodSet>>,
    ancestors: Ancestors,
    session: Option<vsphere_client::vim::UserSession>,
}

impl Parts {
    fn sort(found: Vec<Object<Found>>) -> Self {
        let mut parts = Self::default();
        for object in found {
            let Object {
                reference,
                properties,
                missing,
                unreadable,
            } = object;
            let key = reference.clone();
            macro_rules! with {
                ($properties:expr) => {
                    Object {
                        reference,
                        properties: $properties,
                        missing,
                        unreadable,
                    }
                };
            }
            match properties {
                Found::Vm(set) => parts.vm = Some(with!(set)),
                Found::Host(set) => parts.host = Some(with!(set)),
                Found::Cluster(set) => {
                    parts.clusters.insert(key, with!(set));
                }
                Found::Datastore(set) => {
                    parts.datastores.insert(key, with!(set));
                }
                Found::Pod(set) => {
                    parts.pods.insert(key, with!(set));
                }
                Found::Folder(set) => {
                    parts
                        .ancestors
                        .insert(key, (set.name.unwrap_or_default(), set.parent));
                }
                Found::Datacenter(set) => {
                    parts
                        .ancestors
                        .insert(key, (set.name.unwrap_or_default(), set.parent));
                }
                Found::Session(set) => parts.session = set.current,
            }
        }
        parts
    }

    fn place(&self, vm: &ManagedObjectReference, master_target: &MasterTarget) -> Place {
        let host_ref = self.host.as_ref().map(|host| &host.reference);
        let in_use = master_target.datastores_in_use();
        let mut datastores: Vec<DatastoreFacts> = self
            .datastores
            .values()
            .map(|datastore| read_place::datastore(datastore, host_ref, &in_use))
            .collect();
        datastores.sort_by(|a, b| (&a.name, &a.moref).cmp(&(&b.name, &b.moref)));
        let unread = datastores.iter().any(|datastore| datastore.name.is_empty());
        let unseen = self
            .host
            .as_ref()
            .is_none_or(|host| read_vm::is_lost(host, "datastore"));
        let pods = self.pods(vm, &datastores, master_target);
        Place {
            host: self.host.as_ref().map_or_else(
                || Fact::unknown("the machine's host could not be read"),
                |host| Fact::Known(read_place::host(host)),
            ),
            cluster: self.cluster(vm),
            datastores: if unread || unseen {
                Fact::unknown("not every datastore of the host could be read")
            } else {
                Fact::Known(datastores)
            },
            pods,
        }
    }

    fn cluster(&self, vm: &ManagedObjectReference) -> Fact<Option<ClusterFacts>> {
        let Some(host) = &self.host else {
            return Fact::unknown("the machine's host could not be read");
        };
        match &host.properties.parent {
            None => Fact::unknown(read_vm::why(host, "parent")),
            Some(parent) if !parent.is("ClusterComputeResource") => Fact::Known(None),
            Some(parent) => match self.clusters.get(parent) {
                Some(cluster) => Fact::Known(Some(read_place::cluster(cluster, vm))),
                None => Fact::unknown(format!("{parent} could not be read")),
            },
        }
    }

    /// The pods whose datastores hold files of the machine.
    fn pods(
        &self,
        vm: &ManagedObjectReference,
        datastores: &[DatastoreFacts],
        master_target: &MasterTarget,
    ) -> Fact<Vec<PodFacts>> {
        if let Some(reason) = master_target.disks.reason() {
            return Fact::unknown(reason);
        }
        let in_use = datastores.iter().filter(|datastore| datastore.in_use);
        let wanted: BTreeSet<&MoRef> = in_use
            .filter_map(|datastore| datastore.pod.as_ref())
            .collect();
        let known = datastores
            .iter()
            .map(|datastore| datastore.name.as_str())
            .collect::<BTreeSet<_>>();
        if let Some(unread) = master_target
            .datastores_in_use()
            .iter()
            .find(|name| !known.contains(*name))
        {
            return Fact::unknown(format!("datastore {unread} could not be read"));
        }
        let mut pods = Vec::new();
        for moref in wanted {
            match self.pods.get(&ManagedObjectReference::from(moref)) {
                Some(pod) => pods.push(read_place::pod(pod, vm)),
                None => return Fact::unknown(format!("{moref} could not be read")),
            }
        }
        pods.sort_by(|a, b| (&a.name, &a.moref).cmp(&(&b.name, &b.moref)));
        Fact::Known(pods)
    }
}

/// Asks for every privilege that a mend may need, on the objects that mends touch.
async fn ask(
    client: &Client,
    vm: &ManagedObjectReference,
    place: &Place,
    session_key: Option<&str>,
) -> Result<Abilities, ClientError> {
    let unknown = |reason: &str| {
        Ok(Abilities {
            privileges: Fact::unknown(reason),
        })
    };
    if !client.is_vcenter() {
        return unknown("a host without vCenter does not tell what the account may do");
    }
    let (Some(manager), Some(key)) = (client.content().authorization_manager.clone(), session_key)
    else {
        return unknown("the server does not tell the session's key");
    };
    let mut entity = vec![vm.clone()];
    entity.extend(
        place
            .pods
            .known()
            .into_iter()
            .flatten()
            .map(|pod| (&pod.moref).into()),
    );
    entity.extend(
        place
            .cluster
            .known()
            .and_then(Option::as_ref)
            .map(|cluster| (&cluster.moref).into()),
    );
    let mut priv_id: Vec<String> = ON_VM.iter().map(|name| (*name).to_owned()).collect();
    priv_id.extend([POD_CONFIG.to_owned(), EDIT_CLUSTER.to_owned()]);
    let call = HasPrivilegeOnEntities {
        this: manager,
        entity,
        session_id: key.to_owned(),
        priv_id,
    };
    match client.call(&call).await {
        Ok(answers) => {
            let privileges = answers.into_iter().flat_map(|answer| {
                let on = MoRef::from(&answer.entity);
                answer
                    .priv_availability
                    .into_iter()
                    .map(move |entry| PrivilegeFact {
                        on: on.clone(),
                        privilege: entry.priv_id,
                        granted: entry.is_granted,
                    })
            });
            Ok(Abilities {
                privileges: Fact::Known(privileges.filter(is_meant).collect()),
            })
        }
        // An account that may not even ask can still be told by trying.
        Err(ClientError::Fault { fault, .. }) => {
            unknown(&format!("HasPrivilegeOnEntities was refused: {fault}"))
        }
        Err(error) => Err(error),
    }
}

/// One call asks every privilege on every object; only those that belong together mean something.
fn is_meant(fact: &PrivilegeFact) -> bool {
    match fact.on.kind.as_str() {
        "VirtualMachine" => ON_VM.contains(&fact.privilege.as_str()),
        "StoragePod" => fact.privilege == POD_CONFIG,
        _ => fact.privilege == EDIT_CLUSTER,
    }
}
