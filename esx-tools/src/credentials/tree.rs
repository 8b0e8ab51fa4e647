//! The inventory as far as the account sees it: every object with the roles that the account has there.

use std::collections::{BTreeMap, BTreeSet};

use vsphere_client::{
    Client, Error as ClientError, object_set,
    property::Object,
    property_set,
    vim::{FaultKind, ManagedObjectReference, ObjectSpec, SelectionSpec, TraversalSpec},
};

/// An object of the inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) moref: ManagedObjectReference,
    pub(super) name: Option<String>,
    pub(super) parent: Option<ManagedObjectReference>,
    pub(super) roles: Roles,
}

/// The roles that the account has on an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Roles {
    /// Their numbers, in ascending order.
    Known(Vec<i32>),
    /// The server does not let the account read the object.
    Barred,
    /// The server does not tell.
    Unreadable,
}

macro_rules! entity_set {
    ($name:ident: $kind:literal { $($field:ident : $type:ty = $path:literal),* $(,)? }) => {
        property_set! {
            struct $name: $kind {
                name: Option<String> = "name",
                parent: Option<ManagedObjectReference> = "parent",
                effective_role: Vec<i32> = "effectiveRole",
                $( $field: $type = $path, )*
            }
        }
    };
}

entity_set!(FolderSet: "Folder" { children: Vec<ManagedObjectReference> = "childEntity" });
entity_set!(DatacenterSet: "Datacenter" {
    vm: Option<ManagedObjectReference> = "vmFolder",
    host: Option<ManagedObjectReference> = "hostFolder",
    datastore: Option<ManagedObjectReference> = "datastoreFolder",
    network: Option<ManagedObjectReference> = "networkFolder",
});
entity_set!(ComputeSet: "ComputeResource" {
    hosts: Vec<ManagedObjectReference> = "host",
    pool: Option<ManagedObjectReference> = "resourcePool",
});
entity_set!(AppSet: "VirtualApp" { vms: Vec<ManagedObjectReference> = "vm" });
entity_set!(PoolSet: "ResourcePool" { pools: Vec<ManagedObjectReference> = "resourcePool" });
entity_set!(HostSet: "HostSystem" {});
entity_set!(VmSet: "VirtualMachine" {});
entity_set!(DatastoreSet: "Datastore" {});
entity_set!(NetworkSet: "Network" {});
entity_set!(SwitchSet: "DistributedVirtualSwitch" {});

object_set! {
    enum Seen {
        Folder(FolderSet),
        Datacenter(DatacenterSet),
        Compute(ComputeSet),
        App(AppSet),
        Pool(PoolSet),
        Host(HostSet),
        Vm(VmSet),
        Datastore(DatastoreSet),
        Network(NetworkSet),
        Switch(SwitchSet),
    }
}

/// Reads the inventory from the root folder down: one call, and one more for each further page.
///
/// The way leads over references and not over a view: a view leaves out what the account may not
/// see, and that is what is looked for.
pub(super) async fn read(client: &Client) -> Result<Vec<Node>, ClientError> {
    let from = selection(client.content().root_folder.clone());
    let mut nodes: BTreeMap<ManagedObjectReference, Node> = BTreeMap::new();
    let mut parents: BTreeMap<ManagedObjectReference, ManagedObjectReference> = BTreeMap::new();
    for object in client.retrieve::<Seen>([from]).await? {
        let holder = object.reference.clone();
        let (node, children) = node(object);
        for child in &children {
            parents.insert(child.clone(), holder.clone());
        }
        nodes.entry(holder).or_insert(node);
    }
    let mut all: Vec<Node> = nodes.into_values().collect();
    for node in &mut all {
        // An object that may not be read does not tell where it is; what holds it does.
        if node.parent.is_none() {
            node.parent = parents.get(&node.moref).cloned();
        }
    }
    Ok(all)
}

fn node(object: Object<Seen>) -> (Node, Vec<ManagedObjectReference>) {
    let barred = object
        .missing("effectiveRole")
        .is_some_and(|missing| matches!(missing.fault.kind, FaultKind::NoPermission { .. }));
    let moref = object.reference.clone();
    macro_rules! of {
        ($set:expr, $children:expr) => {{
            let set = $set;
            let children: Vec<ManagedObjectReference> = $children(&set);
            (set.name, set.parent, set.effective_role, children)
        }};
    }
    let (name, parent, roles, children) = match object.properties {
        Seen::Folder(set) => of!(set, |set: &FolderSet| set.children.clone()),
        Seen::Datacenter(set) => of!(set, |set: &DatacenterSet| {
            let folders = [&set.vm, &set.host, &set.datastore, &set.network];
            folders.into_iter().flatten().cloned().collect()
        }),
        Seen::Compute(set) => of!(set, |set: &ComputeSet| {
            set.hosts.iter().chain(&set.pool).cloned().collect()
        }),
        Seen::App(set) => of!(set, |set: &AppSet| set.vms.clone()),
        Seen::Pool(set) => of!(set, |set: &PoolSet| set.pools.clone()),
        Seen::Host(set) => of!(set, |_: &HostSet| Vec::new()),
        Seen::Vm(set) => of!(set, |_: &VmSet| Vec::new()),
        Seen::Datastore(set) => of!(set, |_: &DatastoreSet| Vec::new()),
        Seen::Network(set) => of!(set, |_: &NetworkSet| Vec::new()),
        Seen::Switch(set) => of!(set, |_: &SwitchSet| Vec::new()),
    };
    let roles: Vec<i32> = roles
        .into_iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let roles = match roles.is_empty() {
        _ if barred => Roles::Barred,
        true => Roles::Unreadable,
        false => Roles::Known(roles),
    };
    let node = Node {
        moref,
        name,
        parent: parent.as_ref().cloned(),
        roles,
    };
    (node, children)
}

fn selection(root: ManagedObjectReference) -> ObjectSpec {
    let again = || SelectionSpec::named("children");
    let folder_of = |path: &'static str| {
        TraversalSpec::path("Datacenter", path)
            .named(path)
            .then(again())
    };
    let pools = TraversalSpec::path("ResourcePool", "resourcePool")
        .named("pools")
        .then(SelectionSpec::named("pools"));
    let children = TraversalSpec::path("Folder", "childEntity")
        .named("children")
        .then(again())
        .then(folder_of("vmFolder"))
        .then(folder_of("hostFolder"))
        .then(folder_of("datastoreFolder"))
        .then(folder_of("networkFolder"))
        .then(TraversalSpec::path("ComputeResource", "host").named("hosts"))
        .then(
            TraversalSpec::path("ComputeResource", "resourcePool")
                .named("rootPool")
                .then(pools),
        )
        .then(TraversalSpec::path("VirtualApp", "vm").named("appVms"));
    ObjectSpec::object(root).select(children)
}
