//! Reading everything about a master target in one retrieval.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use vsphere_client::{
    Client, Error as ClientError,
    property::Object,
    vim::{FaultKind, ManagedObjectReference, ObjectSpec, SelectionSpec, TraversalSpec},
};

use super::tags::read_tags;
use super::{
    ClusterFacts, DatastoreFacts, Fact, Facts, HostFacts, PodFacts, ProtectedFacts, ServerFacts,
    TargetFacts,
    ask::{Answer, Question, ask},
    parts::{
        ASSIGNMENTS, CLUSTER, DATASTORE, FOLDERS, HOST, HOST_MANAGER, HostProperties, POD, SESSION,
        VOLUME,
    },
    read::{Site, read},
};
use crate::{
    fact::{is_lost, why},
    folders::with_ancestors,
    tag::TagName,
    vm::{self, Vm, parts},
};

/// Everything that the rules look at in a master target.
const MASTER_TARGET: u32 = parts::NAME
    | parts::PARENT
    | parts::INSTANCE_UUID
    | parts::BIOS_UUID
    | parts::CHANGE_VERSION
    | parts::TEMPLATE
    | parts::GUEST_ID
    | parts::GUEST_FAMILY
    | parts::HOME
    | parts::SIZE
    | parts::DEVICES
    | parts::SETTINGS
    | parts::DISK_UUID_FLAG
    | parts::POWER
    | parts::UPTIME
    | parts::CONSOLIDATION
    | parts::HOST
    | parts::TOOLS
    | parts::TOOLS_VERSION
    | parts::VOLUMES
    | parts::SNAPSHOTS
    | parts::LAYOUT
    | parts::METHODS
    | parts::USAGE
    | parts::ROLE;

/// And in what it stands in and on.
const AROUND: u32 =
    FOLDERS | HOST | HOST_MANAGER | CLUSTER | DATASTORE | VOLUME | POD | SESSION | ASSIGNMENTS;

/// From the VM to its host, cluster, datastores, their pods, and all that stands above it.
fn selection(vm: ManagedObjectReference) -> ObjectSpec {
    let pod = || TraversalSpec::path("Datastore", "parent").named("pod");
    with_ancestors(ObjectSpec::object(vm))
        .select(
            TraversalSpec::path("VirtualMachine", "runtime.host")
                .named("host")
                .then(TraversalSpec::path("HostSystem", "parent").named("cluster"))
                .then(
                    TraversalSpec::path("HostSystem", "datastore")
                        .named("hostDatastore")
                        .then(pod()),
                ),
        )
        .select(
            TraversalSpec::path("VirtualMachine", "datastore")
                .named("datastore")
                .then(SelectionSpec::named("pod")),
        )
}

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
    let mut further: Vec<&ManagedObjectReference> = content.session_manager.iter().collect();
    match knowledge {
        Knowledge::Ask(_) if client.is_vcenter() => further.extend(&content.license_manager),
        Knowledge::Ask(_) => {}
        // How the host mounts these may be what the plan changes.
        Knowledge::Keep(before) => {
            further.extend(before.protected.datastores.iter().map(|one| &one.moref));
        }
    }
    let further = further.into_iter().cloned().map(ObjectSpec::object);
    let specs = std::iter::once(selection(vm.clone())).chain(further);
    let found = read::<MASTER_TARGET, AROUND>(client, specs).await?;
    let gathered_at = Timestamp::now();
    let object = found.vms.get(vm).filter(|object| !is_gone(object));
    let object = object.ok_or_else(|| ClientError::Gone(vm.clone()))?;
    let master_target = vm::read(object, MASTER_TARGET, &found.folders);
    let around = Around::of(&found, &master_target);
    let target = match knowledge {
        // What was decided stays, whatever of it a plan changes.
        Knowledge::Keep(before) => before.target.clone(),
        Knowledge::Ask(_) => TargetFacts::seen(&master_target),
    };
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
            (answer, remounted(&found, &around, &before.protected))
        }
        Knowledge::Ask(also) => {
            let mut entities = entities(&found, &master_target, &around);
            entities.extend(also.iter().cloned());
            let question = Question {
                vm,
                host: master_target.host.as_ref(),
                entities,
                session_key: found.session.as_ref().map(|session| session.key.as_str()),
                assignments: found.assignments.as_ref(),
                effective_role: &object.properties.effective_role,
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
            user: (found.session.as_ref())
                .map(|session| session.user_name.clone())
                .filter(|name| !name.is_empty()),
        },
        master_target,
        target,
        host: around.host,
        cluster: around.cluster,
        datastores: around.datastores,
        pods: around.pods,
        abilities: answer.abilities,
        role: answer.role,
        licences: answer.licences,
        protected,
        tags,
    })
}

/// Whether the server says that there is no such VM.
fn is_gone(object: &Object<vm::Properties>) -> bool {
    let is_gone = |kind: &FaultKind| matches!(kind, FaultKind::ManagedObjectNotFound { .. });
    object.properties.name.is_none()
        && object
            .missing
            .iter()
            .any(|missing| is_gone(&missing.fault.kind))
}

/// What the VM stands in and on.
struct Around {
    host: Fact<HostFacts>,
    cluster: Fact<Option<ClusterFacts>>,
    datastores: Fact<Vec<DatastoreFacts>>,
    pods: Fact<Vec<PodFacts>>,
}

impl Around {
    fn of(found: &Site<MASTER_TARGET>, master_target: &Vm) -> Self {
        let host = master_target.host.as_ref();
        let host = host.and_then(|host| found.hosts.get(host));
        let in_use = master_target.datastores_in_use();
        // Those of protected VMs may be on other hosts.
        let is_concerned = |datastore: &DatastoreFacts| {
            let mounted = host.map(|host| &host.properties.datastores);
            datastore.in_use || mounted.is_none_or(|mounted| mounted.contains(&datastore.moref))
        };
        let datastores = (found.datastores.values())
            .map(|one| DatastoreFacts::of(one, host.map(|host| &host.reference), &in_use));
        let datastores = DatastoreFacts::by_name(datastores.filter(is_concerned).collect());
        let is_whole = host.is_some_and(|host| !is_lost(host, "datastore"))
            && datastores
                .iter()
                .all(|datastore| !datastore.name.is_empty());
        Self {
            host: host.map_or_else(
                || Fact::unknown(HOST_UNREAD),
                |host| Fact::Known(HostFacts::of(host)),
            ),
            cluster: cluster(found, host, &master_target.moref),
            pods: pods(found, &datastores, master_target),
            datastores: if is_whole {
                Fact::Known(datastores)
            } else {
                Fact::unknown("not every datastore of the host could be read")
            },
        }
    }
}

const HOST_UNREAD: &str = "the VM's host could not be read";

fn cluster(
    found: &Site<MASTER_TARGET>,
    host: Option<&Object<HostProperties>>,
    vm: &ManagedObjectReference,
) -> Fact<Option<ClusterFacts>> {
    let Some(host) = host else {
        return Fact::unknown(HOST_UNREAD);
    };
    match &host.properties.parent {
        None => Fact::unknown(why(host, "parent")),
        Some(parent) if !parent.is("ClusterComputeResource") => Fact::Known(None),
        Some(parent) => match found.clusters.get(parent) {
            Some(cluster) => Fact::Known(Some(ClusterFacts::of(cluster, vm))),
            None => Fact::unknown(format!("{parent} could not be read")),
        },
    }
}

/// The pods whose datastores hold files of the VM.
fn pods(
    found: &Site<MASTER_TARGET>,
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
        match found.pods.get(moref) {
            Some(pod) => pods.push(PodFacts::of(pod, &master_target.moref)),
            None => return Fact::unknown(format!("{moref} could not be read")),
        }
    }
    pods.sort_by(|a, b| (&a.name, &a.moref).cmp(&(&b.name, &b.moref)));
    Fact::Known(pods)
}

/// What is to be protected, with the mounts of its datastores as they are now.
fn remounted(
    found: &Site<MASTER_TARGET>,
    around: &Around,
    before: &ProtectedFacts,
) -> ProtectedFacts {
    let host = around.host.known().map(|host| &host.moref);
    let mut now = before.clone();
    for datastore in &mut now.datastores {
        if let Some(object) = found.datastores.get(&datastore.moref) {
            let read = DatastoreFacts::of(object, host, &[]);
            datastore.accessible = read.accessible;
            datastore.mount = read.mount;
            datastore.volume = read.volume;
        }
    }
    now
}

/// Every object on which privileges count, with its name.
fn entities(
    found: &Site<MASTER_TARGET>,
    master_target: &Vm,
    around: &Around,
) -> BTreeMap<ManagedObjectReference, String> {
    let mut entities = BTreeMap::from([(master_target.moref.clone(), master_target.name.clone())]);
    entities.extend(found.folders.datacenters());
    let pods = around.pods.known().into_iter().flatten();
    entities.extend(pods.map(|pod| (pod.moref.clone(), pod.name.clone())));
    let host = around.host.known();
    entities.extend(host.map(|host| (host.moref.clone(), host.name.clone())));
    let cluster = around.cluster.known().and_then(Option::as_ref);
    entities.extend(cluster.map(|cluster| (cluster.moref.clone(), cluster.name.clone())));
    // Datastores that the host sees and nobody concerned uses need no privilege.
    let datastores = around.datastores.known().into_iter().flatten();
    entities.extend(
        datastores
            .filter(|datastore| datastore.in_use)
            .map(|datastore| (datastore.moref.clone(), datastore.name.clone())),
    );
    entities
}
