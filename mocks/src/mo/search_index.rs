//! `SearchIndex`: finding entities by path, UUID, name and address.

use crate::fault::Fault;
use crate::mo::call::{Call, Entry};
use crate::model::accounts::ancestors;
use crate::shape::text;
use crate::store::Object;
use crate::value::{MoRef, Value};
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
    ("SearchIndex", "FindByInventoryPath", by_inventory_path),
    ("SearchIndex", "FindByUuid", by_uuid),
    ("SearchIndex", "FindAllByUuid", all_by_uuid),
    ("SearchIndex", "FindByDnsName", by_dns_name),
    ("SearchIndex", "FindAllByDnsName", all_by_dns_name),
    ("SearchIndex", "FindByIp", by_ip),
    ("SearchIndex", "FindAllByIp", all_by_ip),
    ("SearchIndex", "FindByDatastorePath", by_datastore_path),
    ("SearchIndex", "FindChild", child),
];

type Answer = Result<Option<Value>, Fault>;

fn by_inventory_path(world: &mut World, call: &Call<'_>) -> Answer {
    let path = call.args.str("inventoryPath").unwrap_or_default();
    let mut at = world.root_folder();
    for name in path.split('/').filter(|part| !part.is_empty()) {
        // A slash within a name is written as %2f.
        let name = name.replace("%2f", "/").replace("%2F", "/");
        at = at.and_then(|entity| child_named(world, &entity, &name));
    }
    Ok(at
        .filter(|found| visible(world, call, found))
        .map(Value::from))
}

fn child(world: &mut World, call: &Call<'_>) -> Answer {
    let Some(entity) = call.args.reference("entity") else {
        return Err(Fault::invalid_argument("entity"));
    };
    let name = call.args.str("name").unwrap_or_default();
    Ok(child_named(world, entity, name)
        .filter(|found| visible(world, call, found))
        .map(Value::from))
}

fn child_named(world: &World, entity: &MoRef, name: &str) -> Option<MoRef> {
    let data = world.store.get(entity)?;
    let properties: &[&str] = match entity.kind.as_str() {
        "Datacenter" => &["vmFolder", "hostFolder", "datastoreFolder", "networkFolder"],
        "ComputeResource" | "ClusterComputeResource" => &["host", "resourcePool"],
        "ResourcePool" => &["resourcePool", "vm"],
        _ => &["childEntity"],
    };
    let children = properties
        .iter()
        .flat_map(|property| data.references(property));
    children
        .into_iter()
        .find(|child| world.store.value(child, "name").and_then(Value::as_str) == Some(name))
}

/// The VMs, or hosts, that a search looks through and the caller may see.
fn candidates<'a>(world: &'a World, call: &'a Call<'_>) -> impl Iterator<Item = &'a Object> {
    let vms = call.args.bool("vmSearch") == Some(true);
    let kind = if vms { "VirtualMachine" } else { "HostSystem" };
    let within = call.args.reference("datacenter");
    world
        .store
        .exactly(kind)
        .filter(move |o| within.is_none_or(|dc| ancestors(world, &o.reference).contains(dc)))
        .filter(move |o| visible(world, call, &o.reference))
}

fn visible(world: &World, call: &Call<'_>, entity: &MoRef) -> bool {
    world.has_privilege(&call.user.user, entity, "System.View")
}

fn found(matching: Vec<MoRef>, all: bool) -> Answer {
    Ok(if all {
        Some(Value::list("ManagedEntity", matching))
    } else {
        matching.into_iter().next().map(Value::from)
    })
}

fn with_uuid(world: &World, call: &Call<'_>) -> Vec<MoRef> {
    let uuid = call.args.str("uuid").unwrap_or_default();
    let property = match (call.args.bool("vmSearch"), call.args.bool("instanceUuid")) {
        (Some(true), Some(true)) => "config.instanceUuid",
        (Some(true), _) => "config.uuid",
        _ => "summary.hardware.uuid",
    };
    candidates(world, call)
        .filter(|o| text(&o.properties, property).eq_ignore_ascii_case(uuid))
        .map(|o| o.reference.clone())
        .collect()
}

fn by_uuid(world: &mut World, call: &Call<'_>) -> Answer {
    found(with_uuid(world, call), false)
}

fn all_by_uuid(world: &mut World, call: &Call<'_>) -> Answer {
    found(with_uuid(world, call), true)
}

/// A guest is known by its own host name, a host by the name it is connected under.
fn with_value(world: &World, call: &Call<'_>, argument: &str, properties: &[&str]) -> Vec<MoRef> {
    let wanted = call.args.str(argument).unwrap_or_default();
    candidates(world, call)
        .filter(|o| {
            properties
                .iter()
                .any(|property| text(&o.properties, property).eq_ignore_ascii_case(wanted))
        })
        .map(|o| o.reference.clone())
        .collect()
}

const NAMES: &[&str] = &["guest.hostName", "summary.config.name"];
const ADDRESSES: &[&str] = &["guest.ipAddress"];

fn by_dns_name(world: &mut World, call: &Call<'_>) -> Answer {
    found(with_value(world, call, "dnsName", NAMES), false)
}

fn all_by_dns_name(world: &mut World, call: &Call<'_>) -> Answer {
    found(with_value(world, call, "dnsName", NAMES), true)
}

fn by_ip(world: &mut World, call: &Call<'_>) -> Answer {
    found(with_value(world, call, "ip", ADDRESSES), false)
}

fn all_by_ip(world: &mut World, call: &Call<'_>) -> Answer {
    found(with_value(world, call, "ip", ADDRESSES), true)
}

fn by_datastore_path(world: &mut World, call: &Call<'_>) -> Answer {
    let path = call.args.str("path").unwrap_or_default();
    let mut vms = world.store.exactly("VirtualMachine");
    let owner = vms.find(|o| text(&o.properties, "config.files.vmPathName") == path);
    Ok(owner
        .map(|o| o.reference.clone())
        .filter(|vm| visible(world, call, vm))
        .map(Value::from))
}
