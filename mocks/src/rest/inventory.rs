//! Lists of what there is, with filters and the limits of the real server.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Reply, Request, version};
use crate::accounts::Account;
use crate::schema::ApiVersion;
use crate::shape::{flag, number, text};
use crate::store::Object;
use crate::value::MoRef;
use crate::world::World;

/// A list: the managed type, its limits since 7.0 and before, the filter's fields.
struct List {
    kind: &'static str,
    what: &'static str,
    limit: usize,
    limit_before_7: usize,
    fields: &'static [&'static str],
}

fn find(name: &str) -> Option<List> {
    let list = |kind, what, limits: (usize, usize), fields| List {
        kind,
        what,
        limit: limits.0,
        limit_before_7: limits.1,
        fields,
    };
    Some(match name {
        "vcenter.vm.list" => list(
            "VirtualMachine",
            "VMs",
            (4000, 1000),
            &[
                "vms",
                "names",
                "folders",
                "datacenters",
                "hosts",
                "clusters",
                "resource_pools",
                "power_states",
            ],
        ),
        "vcenter.host.list" => list(
            "HostSystem",
            "hosts",
            (2500, 1000),
            &[
                "hosts",
                "names",
                "folders",
                "datacenters",
                "clusters",
                "standalone",
                "connection_states",
            ],
        ),
        "vcenter.datastore.list" => list(
            "Datastore",
            "datastores",
            (2500, 1000),
            &["datastores", "names", "types", "folders", "datacenters"],
        ),
        "vcenter.datacenter.list" => list(
            "Datacenter",
            "datacenters",
            (1000, 1000),
            &["datacenters", "names", "folders"],
        ),
        "vcenter.folder.list" => list(
            "Folder",
            "folders",
            (1000, 1000),
            &["folders", "names", "type", "parent_folders", "datacenters"],
        ),
        "vcenter.cluster.list" => list(
            "ClusterComputeResource",
            "clusters",
            (1000, 1000),
            &["clusters", "names", "folders", "datacenters"],
        ),
        _ => return None,
    })
}

/// Lists what matches the filter and may be seen.
pub(super) fn list(
    world: &World,
    request: &Request,
    name: &str,
    account: &Account,
) -> Result<Reply, Reply> {
    let Some(list) = find(name) else {
        return Err(Reply::refuse("OPERATION_NOT_FOUND", name));
    };
    let odd = request
        .query
        .keys()
        .find(|field| !list.fields.contains(&field.as_str()));
    if let Some(odd) = odd {
        let message = format!("The parameter {odd} is not known.");
        return Err(Reply::refuse("UNEXPECTED_INPUT", message));
    }
    let found: Vec<Value> = world
        .store
        .exactly(list.kind)
        .filter(|object| listed(world, object) && matches(world, object, &request.query))
        .filter(|object| world.has_privilege(&account.user, &object.reference, "System.Read"))
        .filter_map(|object| shown(world, object))
        .collect();
    let limit = if version(world) < ApiVersion::parse("7.0") {
        list.limit_before_7
    } else {
        list.limit
    };
    if found.len() > limit {
        let message = format!(
            "Too many {}. Add more filter criteria to reduce the number below {limit}.",
            list.what
        );
        return Err(Reply::refuse("UNABLE_TO_ALLOCATE_RESOURCE", message));
    }
    Ok(Reply::Value(Value::Array(found)))
}

/// Templates and the root folder are in no list.
fn listed(world: &World, object: &Object) -> bool {
    !flag(&object.properties, "config.template")
        && Some(&object.reference) != world.root_folder().as_ref()
}

fn matches(world: &World, object: &Object, query: &BTreeMap<String, Vec<String>>) -> bool {
    query.iter().all(|(field, wanted)| {
        let has = |value: &str| wanted.iter().any(|one| one == value);
        match field.as_str() {
            "names" => has(text(&object.properties, "name")),
            "datacenters" => above(world, object, "Datacenter", &has),
            "clusters" if object.reference.kind != "ClusterComputeResource" => {
                let host = object
                    .properties
                    .get_path("runtime.host")
                    .and_then(|v| v.as_ref());
                let host = host
                    .and_then(|host| world.store.object(host))
                    .unwrap_or(object);
                above(world, host, "ClusterComputeResource", &has)
            }
            "hosts" if object.reference.kind == "VirtualMachine" => {
                let host = object
                    .properties
                    .get_path("runtime.host")
                    .and_then(|v| v.as_ref());
                host.is_some_and(|host| has(&host.value))
            }
            "folders" if object.reference.kind != "Folder" => parent_is(world, object, &has),
            "parent_folders" => parent_is(world, object, &has),
            "resource_pools" => {
                let pool = object.properties.reference("resourcePool");
                pool.is_some_and(|pool| has(&pool.value))
            }
            "power_states" => has(power_state(text(&object.properties, "runtime.powerState"))),
            "connection_states" => has(&connection_state(text(
                &object.properties,
                "runtime.connectionState",
            ))),
            "types" => has(&datastore_type(text(&object.properties, "summary.type"))),
            "type" => has(folder_type(world, object)),
            "standalone" => {
                has(&(!above(world, object, "ClusterComputeResource", &|_| true)).to_string())
            }
            _ => has(&object.reference.value),
        }
    })
}

/// Whether something of a kind that `has` accepts stands above the object.
fn above(world: &World, object: &Object, kind: &str, has: &dyn Fn(&str) -> bool) -> bool {
    let mut at = world.parent(&object.reference);
    while let Some(ancestor) = at {
        if ancestor.kind == kind && has(&ancestor.value) {
            return true;
        }
        at = world.parent(&ancestor);
    }
    false
}

fn parent_is(world: &World, object: &Object, has: &dyn Fn(&str) -> bool) -> bool {
    let parent: Option<MoRef> = world.parent(&object.reference);
    parent.is_some_and(|parent| has(&parent.value))
}

fn shown(world: &World, object: &Object) -> Option<Value> {
    let data = &object.properties;
    let (id, name) = (&object.reference.value, text(data, "name"));
    Some(match object.reference.kind.as_str() {
        "VirtualMachine" => json!({
            "memory_size_MiB": number(data, "config.hardware.memoryMB"),
            "vm": id,
            "name": name,
            "power_state": power_state(text(data, "runtime.powerState")),
            "cpu_count": number(data, "config.hardware.numCPU"),
        }),
        "HostSystem" => {
            let state = connection_state(text(data, "runtime.connectionState"));
            let mut host = json!({"host": id, "name": name, "connection_state": state});
            // vCenter knows whether a host runs only while it reaches it.
            if state == "CONNECTED" {
                host["power_state"] = json!(power_state(text(data, "runtime.powerState")));
            }
            host
        }
        "Datastore" => json!({
            "datastore": id,
            "name": name,
            "type": datastore_type(text(data, "summary.type")),
            "free_space": number(data, "summary.freeSpace"),
            "capacity": number(data, "summary.capacity"),
        }),
        "Datacenter" => json!({"datacenter": id, "name": name}),
        "Folder" => json!({"folder": id, "name": name, "type": folder_type(world, object)}),
        "ClusterComputeResource" => json!({
            "cluster": id,
            "name": name,
            "drs_enabled": flag(data, "configuration.drsConfig.enabled"),
            "ha_enabled": flag(data, "configuration.dasConfig.enabled"),
        }),
        _ => return None,
    })
}

fn power_state(state: &str) -> &'static str {
    match state {
        "poweredOn" => "POWERED_ON",
        "suspended" => "SUSPENDED",
        _ => "POWERED_OFF",
    }
}

fn connection_state(state: &str) -> String {
    match state {
        "notResponding" => "NOT_RESPONDING".to_owned(),
        other => other.to_uppercase(),
    }
}

fn datastore_type(kind: &str) -> String {
    kind.to_uppercase()
}

/// What a folder holds, by the first type of its children that says so.
fn folder_type(world: &World, object: &Object) -> &'static str {
    let kinds = crate::shape::texts(&object.properties, "childType");
    let has = |kind: &str| kinds.iter().any(|one| one == kind);
    match () {
        () if has("VirtualMachine") => "VIRTUAL_MACHINE",
        () if has("ComputeResource") => "HOST",
        () if has("Datastore") => "DATASTORE",
        () if has("Network") => "NETWORK",
        () if has("Datacenter") => "DATACENTER",
        // A folder without a word on it holds what the one above it does.
        () => world
            .parent(&object.reference)
            .and_then(|parent| world.store.object(&parent))
            .filter(|parent| parent.reference.kind == "Folder")
            .map_or("DATACENTER", |parent| folder_type(world, parent)),
    }
}
