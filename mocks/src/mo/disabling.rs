//! The internal methods that disable and enable others on single VMs.

use crate::fault::Fault;
use crate::mo::authorization::vcenter_only;
use crate::mo::call::{Call, Entry};
use crate::shape::{parts, texts};
use crate::value::{MoRef, Value};
use crate::vm::refresh;
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
    ("AuthorizationManager", "DisableMethods", disable),
    ("AuthorizationManager", "EnableMethods", enable),
];

fn disable(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let entities = hardened(world, call, "Global.DisableMethods")?;
    let source = call.args.str("sourceId").unwrap_or_default();
    for entity in &entities {
        for request in parts(&call.args, "method") {
            let method = request.str("method").unwrap_or_default();
            world.lab.disable(
                entity,
                method,
                source,
                request.str("reasonId").unwrap_or_default(),
            );
        }
        refresh::disabled_methods(world, entity);
    }
    Ok(None)
}

fn enable(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let entities = hardened(world, call, "Global.EnableMethods")?;
    let source = call.args.str("sourceId").unwrap_or_default();
    for entity in &entities {
        for method in texts(&call.args, "method") {
            world.lab.enable(entity, &method, source);
        }
        refresh::disabled_methods(world, entity);
    }
    Ok(None)
}

/// The entities of a call, each of which the caller must be allowed to harden.
fn hardened(world: &World, call: &Call<'_>, privilege: &str) -> Result<Vec<MoRef>, Fault> {
    vcenter_only(world)?;
    let entities = call.args.references("entity");
    for entity in &entities {
        if entity.kind != "VirtualMachine" {
            return Err(Fault::not_implemented(
                "disabling methods on anything but a VM",
            ));
        }
        if !world.store.contains(entity) {
            return Err(Fault::not_found(entity));
        }
        call.need(world, entity, privilege)?;
    }
    Ok(entities)
}
