//! Reading everything about a master target in one retrieval.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use vsphere_client::{
    Client, Error as ClientError,
    property::Object,
    vim::{ManagedObjectReference, ObjectSpec},
};

use super::tags::read_tags;
use super::{
    ClusterFacts, DatastoreFacts, Fact, Facts, HostFacts, PodFacts, ProtectedFacts, ServerFacts,
    ask::{Answer, Question, ask},
    sets::{Found, MASTER_TARGET, selection},
};
use crate::{
    fact::{is_lost, why},
    names::decode,
    site::{self, Ancestors, HostSet},
    tag::TagName,
    vm::{Parts, Vm},
};

/// Where that comes from which does not change while a plan is carried out: privileges, role, licence.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Knowledge<'a> {
    /// Ask the server, also about these objects: two or three calls more on vCenter, one on a host.
    Ask(&'a [(ManagedObjectReference, String)]),
    /// Take what was known before, and what is to be protected as well.
    Keep(&'a Facts),
}

/// Gathers all facts about a VM: one call, one more per further page, and those of [`Knowledge`].
///
/// # Errors
///
/// [`ClientError::Gone`] when there is no such VM; else the client's.
pub(crate) async fn gather(
    client: &Client,
    vm: &ManagedObjectReference,
    knowledge: Knowledge<'_>,
) -> Result<Facts, ClientError> {
    match gather_once(client, vm, knowledge).await {
        // The session's key that privileges are asked with is that of the session before.
        Err(ClientError::SessionLost { .. }) => gather_once(client, vm, knowledge).await,
        outcome => outcome,
    }
}

async fn gather_once(
    client: &Client,
    vm: &ManagedObjectReference,
    knowledge: Knowledge<'_>,
) -> Result<Facts, ClientError> {
    let content = client.content();
    let mut managers: Vec<ManagedObjectReference> =
        content.session_manager.iter().cloned().collect();
    if matches!(knowledge, Knowledge::Ask(_)) && client.is_vcenter() {
        managers.extend(content.license_manager.clone());
    }
    // How the host mounts these may be what the plan changes.
    let elsewhere: Vec<ObjectSpec> = match knowledge {
        Knowledge::Ask(_) => Vec::new(),
        Knowledge::Keep(before) => (before.protected.datastores.iter())
            .map(|datastore| ObjectSpec::object(datastore.moref.clone()))
            .collect(),
    };
    let found = client
        .retrieve::<Found>(selection(vm.clone(), managers).into_iter().chain(elsewhere))
        .await?;
    let gathered_at = Timestamp::now();
    let mut found = Sorted::sort(found);
    let machine = found
        .vm
        .take()
        .ok_or_else(|| ClientError::Gone(vm.clone()))?;
    if machine
        .missing
        .iter()
        .any(|missing| is_gone(&missing.fault.kind))
        && machine.properties.0.name.is_none()
    {
        return Err(ClientError::Gone(vm.clone()));
    }
    let session = found.session.take();
    let effective_role = machine.properties.0.effective_role.clone();
    let master_target = Vm::of(machine, &found.ancestors);
    let place = found.place(vm, &master_target);
    let tags = match knowledge {
        Knowledge::Keep(before) => {
            let wanted: Vec<TagName> = before.tags.iter().map(|one| one.tag.clone()).collect();
            read_tags(client, vm, &wanted).await
        }
        Knowledge::Ask(_) => Vec::new(),
    };
    let (answer, protected) = match knowledge {
        Knowledge::Keep(before) => {
            let answer = Answer {
                abilities: before.abilities.clone(),
                role: before.role.clone(),
                licences: before.licences.clone(),
            };
            (answer, found.remounted(&before.protected))
        }
        Knowledge::Ask(also) => {
            let mut entities = found.entities(&master_target, &place);
            entities.extend(also.iter().cloned());
            let question = Question {
                vm,
                host: master_target.host.as_ref(),
                entities,
                session_key: session.as_ref().map(|session| session.key.as_str()),
                assignments: found.assignments.as_ref(),
                effective_role: &effective_role,
            };
            (ask(client, &question).await?, ProtectedFacts::default())
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
            address: client.url().host_str().map(ToOwned::to_owned),
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
        abilities: answer.abilities,
        role: answer.role,
        licences: answer.licences,
        protected,
        tags,
    })
}

fn is_gone(kind: &vsphere_client::vim::FaultKind) -> bool {
    matches!(
        kind,
        vsphere_client::vim::FaultKind::ManagedObjectNotFound { .. }
    )
}

/// Where the VM stands.
struct Place {
    host: Fact<HostFacts>,
    cluster: Fact<Option<ClusterFacts>>,
    datastores: Fact<Vec<DatastoreFacts>>,
    pods: Fact<Vec<PodFacts>>,
}

/// The objects of the retrieval, by type. The same object may have come by several ways.
#[derive(Default)]
struct Sorted {
    vm: Option<Object<Parts<MASTER_TARGET>>>,
    host: Option<Object<HostSet>>,
    clusters: BTreeMap<ManagedObjectReference, Object<site::ClusterSet>>,
    datastores: BTreeMap<ManagedObjectReference, Object<site::DatastoreSet>>,
    pods: BTreeMap<ManagedObjectReference, Object<site::PodSet>>,
    ancestors: Ancestors,
    session: Option<vsphere_client::vim::UserSession>,
    /// Where vCenter tells the licence of a host.
    assignments: Option<ManagedObjectReference>,
}

impl Sorted {
    fn sort(found: Vec<Object<Found>>) -> Self {
        let mut sorted = Self::default();
        for (properties, object) in found.into_iter().map(Object::split) {
            let key = object.reference.clone();
            match properties {
                Found::Vm(set) => sorted.vm = Some(object.map(|()| set)),
                Found::Host(set) => sorted.host = Some(object.map(|()| set)),
                Found::Cluster(set) => {
                    sorted.clusters.insert(key, object.map(|()| set));
                }
                Found::Datastore(set) => {
                    sorted.datastores.insert(key, object.map(|()| set));
                }
                Found::Pod(set) => {
                    sorted.pods.insert(key, object.map(|()| set));
                }
                Found::Folder(set) => {
                    sorted
                        .ancestors
                        .insert(key, (set.name.unwrap_or_default(), set.parent));
                }
                Found::Datacenter(set) => {
                    sorted
                        .ancestors
                        .insert(key, (set.name.unwrap_or_default(), set.parent));
                }
                Found::Session(set) => sorted.session = set.current,
                Found::Licence(set) => sorted.assignments = set.assignments,
            }
        }
        sorted
    }

    fn place(&self, vm: &ManagedObjectReference, master_target: &Vm) -> Place {
        let host_ref = self.host.as_ref().map(|host| &host.reference);
        let in_use = master_target.datastores_in_use();
        let mut datastores: Vec<DatastoreFacts> = self
            .datastores
            .values()
            .map(|datastore| site::datastore(datastore, host_ref, &in_use))
            .filter(|datastore| datastore.in_use || self.is_of_host(&datastore.moref))
            .collect();
        datastores.sort_by(|a, b| (&a.name, &a.moref).cmp(&(&b.name, &b.moref)));
        let unread = datastores.iter().any(|datastore| datastore.name.is_empty());
        let unseen = self
            .host
            .as_ref()
            .is_none_or(|host| is_lost(host, "datastore"));
        let pods = self.pods(vm, &datastores, master_target);
        Place {
            host: self.host.as_ref().map_or_else(
                || Fact::unknown("the VM's host could not be read"),
                |host| Fact::Known(site::host(host)),
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

    /// Whether the host lists a datastore; those of protected VMs may be elsewhere.
    fn is_of_host(&self, datastore: &ManagedObjectReference) -> bool {
        let listed = |host: &Object<HostSet>| {
            let mut all = host.properties.datastores.iter();
            all.any(|one| one.clone() == *datastore)
        };
        self.host.as_ref().is_none_or(listed)
    }

    /// What is to be protected, with the mounts of its datastores as they are now.
    fn remounted(&self, before: &ProtectedFacts) -> ProtectedFacts {
        let host = self.host.as_ref().map(|host| &host.reference);
        let mut now = before.clone();
        for datastore in &mut now.datastores {
            let reference = datastore.moref.clone();
            if let Some(object) = self.datastores.get(&reference) {
                let read = site::datastore(object, host, &[]);
                datastore.accessible = read.accessible;
                datastore.mount = read.mount;
                datastore.volume = read.volume;
            }
        }
        now
    }

    /// Every object on which privileges count, with its name.
    fn entities(
        &self,
        master_target: &Vm,
        place: &Place,
    ) -> BTreeMap<ManagedObjectReference, String> {
        let mut entities =
            BTreeMap::from([(master_target.moref.clone(), master_target.name.clone())]);
        let datacenters = self
            .ancestors
            .iter()
            .filter(|(key, _)| key.is("Datacenter"));
        entities.extend(datacenters.map(|(key, (name, _))| (key.clone(), decode(name))));
        let pods = place.pods.known().into_iter().flatten();
        entities.extend(pods.map(|pod| (pod.moref.clone(), pod.name.clone())));
        let host = place.host.known();
        entities.extend(host.map(|host| (host.moref.clone(), host.name.clone())));
        let cluster = place.cluster.known().and_then(Option::as_ref);
        entities.extend(cluster.map(|cluster| (cluster.moref.clone(), cluster.name.clone())));
        // Datastores that the host sees and nobody concerned uses need no privilege.
        let datastores = place.datastores.known().into_iter().flatten();
        entities.extend(
            datastores
                .filter(|datastore| datastore.in_use)
                .map(|datastore| (datastore.moref.clone(), datastore.name.clone())),
        );
        entities
    }

    fn cluster(&self, vm: &ManagedObjectReference) -> Fact<Option<ClusterFacts>> {
        let Some(host) = &self.host else {
            return Fact::unknown("the VM's host could not be read");
        };
        match &host.properties.parent {
            None => Fact::unknown(why(host, "parent")),
            Some(parent) if !parent.is("ClusterComputeResource") => Fact::Known(None),
            Some(parent) => match self.clusters.get(parent) {
                Some(cluster) => Fact::Known(Some(site::cluster(cluster, vm))),
                None => Fact::unknown(format!("{parent} could not be read")),
            },
        }
    }

    /// The pods whose datastores hold files of the VM.
    fn pods(
        &self,
        vm: &ManagedObjectReference,
        datastores: &[DatastoreFacts],
        master_target: &Vm,
    ) -> Fact<Vec<PodFacts>> {
        if let Some(reason) = master_target.disks.reason() {
            return Fact::unknown(reason);
        }
        let in_use = datastores.iter().filter(|datastore| datastore.in_use);
        let wanted: BTreeSet<&ManagedObjectReference> = in_use
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
            match self.pods.get(&moref.clone()) {
                Some(pod) => pods.push(site::pod(pod, vm)),
                None => return Fact::unknown(format!("{moref} could not be read")),
            }
        }
        pods.sort_by(|a, b| (&a.name, &a.moref).cmp(&(&b.name, &b.moref)));
        Fact::Known(pods)
    }
}
