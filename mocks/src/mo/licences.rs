//! `LicenseAssignmentManager`: which licence each object has.

use crate::fault::Fault;
use crate::mo::call::{Call, Entry};
use crate::shape::parts;
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[(
    "LicenseAssignmentManager",
    "QueryAssignedLicenses",
    query_assigned,
)];

fn query_assigned(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let wanted = call.args.str("entityId");
    let hosts: Vec<MoRef> = world
        .store
        .of_kind("HostSystem")
        .map(|object| object.reference.clone())
        .filter(|host| wanted.is_none_or(|wanted| wanted == host.value))
        .collect();
    let assigned = hosts
        .iter()
        .filter_map(|host| {
            Some(
                Data::new("LicenseAssignmentManagerLicenseAssignment")
                    .with("entityId", host.value.as_str())
                    .with_opt(
                        "entityDisplayName",
                        world.store.value(host, "name").cloned(),
                    )
                    .with("assignedLicense", of_host(world, host)?),
            )
        })
        .collect::<Vec<_>>();
    Ok(Some(Value::list(
        "LicenseAssignmentManagerLicenseAssignment",
        assigned,
    )))
}

/// The host's own licence, else the last of the server's, which is the one for hosts.
fn of_host(world: &World, host: &MoRef) -> Option<Data> {
    if let Some(own) = world.lab.licences.get(host) {
        return Some(own.clone());
    }
    let manager = world.store.of_kind("LicenseManager").next()?;
    parts(&manager.properties, "licenses").last().cloned()
}
