//! `AuthorizationManager`: who may do what, and the internal methods that disable others.

use crate::accounts::{PermissionDef, RoleDef};
use crate::dispatch::{Call, Entry};
use crate::fault::Fault;
use crate::mo::guard;
use crate::model::accounts::{ancestors, permission, show_roles};
use crate::model::{privileges, service};
use crate::shape::{parts, texts};
use crate::value::{Data, MoRef, Value};
use crate::vm::refresh;
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
    (
        "AuthorizationManager",
        "HasPrivilegeOnEntities",
        has_on_entities,
    ),
    (
        "AuthorizationManager",
        "HasPrivilegeOnEntity",
        has_on_entity,
    ),
    (
        "AuthorizationManager",
        "HasUserPrivilegeOnEntities",
        user_has_on_entities,
    ),
    (
        "AuthorizationManager",
        "FetchUserPrivilegeOnEntities",
        fetch,
    ),
    ("AuthorizationManager", "RetrieveRolePermissions", of_role),
    (
        "AuthorizationManager",
        "RetrieveAllPermissions",
        all_permissions,
    ),
    (
        "AuthorizationManager",
        "RetrieveEntityPermissions",
        of_entity,
    ),
    ("AuthorizationManager", "AddAuthorizationRole", add_role),
    (
        "AuthorizationManager",
        "RemoveAuthorizationRole",
        remove_role,
    ),
    (
        "AuthorizationManager",
        "UpdateAuthorizationRole",
        update_role,
    ),
    (
        "AuthorizationManager",
        "SetEntityPermissions",
        set_permissions,
    ),
    ("AuthorizationManager", "DisableMethods", disable),
    ("AuthorizationManager", "EnableMethods", enable),
];

/// The user of a session, which must exist.
fn user_of_session(world: &World, call: &Call<'_>) -> Result<String, Fault> {
    let key = call.args.str("sessionId").unwrap_or_default();
    match world.sessions.get(key) {
        Some(session) => Ok(session.account.user.clone()),
        None => Err(Fault::invalid_argument("sessionId")),
    }
}

/// A standalone host has no such question.
fn vcenter_only(world: &World) -> Result<(), Fault> {
    if service::is_vcenter(world) {
        Ok(())
    } else {
        Err(Fault::not_supported())
    }
}

fn has_on_entities(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    vcenter_only(world)?;
    let user = user_of_session(world, call)?;
    answers(
        world,
        &user,
        &call.args.references("entity"),
        &known(world, call, "privId")?,
    )
}

fn user_has_on_entities(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let user = call.args.str("userName").unwrap_or_default().to_owned();
    answers(
        world,
        &user,
        &call.args.references("entities"),
        &known(world, call, "privId")?,
    )
}

fn has_on_entity(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    vcenter_only(world)?;
    let user = user_of_session(world, call)?;
    let entity = guard::object(world, call, "entity")?;
    let asked = known(world, call, "privId")?;
    let held = asked
        .iter()
        .map(|privilege| world.has_privilege(&user, &entity, privilege));
    Ok(Some(Value::list("boolean", held)))
}

/// The privileges asked for; vCenter refuses names that it does not know.
fn known(world: &World, call: &Call<'_>, name: &str) -> Result<Vec<String>, Fault> {
    let asked = texts(&call.args, name);
    let all = privileges::all(service::is_vcenter(world));
    match asked.iter().all(|privilege| all.contains(privilege)) {
        true => Ok(asked),
        false => Err(Fault::invalid_argument(name)),
    }
}

fn answers(
    world: &World,
    user: &str,
    entities: &[MoRef],
    asked: &[String],
) -> Result<Option<Value>, Fault> {
    let mut all = Vec::new();
    for entity in entities {
        if !world.store.contains(entity) {
            return Err(Fault::not_found(entity));
        }
        let each = asked.iter().map(|privilege| {
            Data::new("PrivilegeAvailability")
                .with("privId", privilege.as_str())
                .with("isGranted", world.has_privilege(user, entity, privilege))
        });
        all.push(Data::new("EntityPrivilege").with("entity", entity).with(
            "privAvailability",
            Value::list("PrivilegeAvailability", each),
        ));
    }
    Ok(Some(Value::list("EntityPrivilege", all)))
}

fn fetch(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let user = call.args.str("userName").unwrap_or_default();
    let results = call.args.references("entities").into_iter().map(|entity| {
        let held = Value::list(
            "string",
            world
                .privileges_on(user, &entity)
                .iter()
                .map(String::as_str),
        );
        Data::new("UserPrivilegeResult")
            .with("entity", entity)
            .with("privileges", held)
    });
    Ok(Some(Value::list(
        "UserPrivilegeResult",
        results.collect::<Vec<_>>(),
    )))
}

fn permissions(found: impl Iterator<Item = Data>) -> Result<Option<Value>, Fault> {
    Ok(Some(Value::list("Permission", found)))
}

fn of_role(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let id = call.args.int("roleId").unwrap_or_default();
    permissions(
        world
            .accounts
            .permissions
            .iter()
            .filter(|p| i64::from(p.role) == id)
            .map(permission),
    )
}

fn all_permissions(world: &mut World, _: &Call<'_>) -> Result<Option<Value>, Fault> {
    permissions(world.accounts.permissions.iter().map(permission))
}

fn of_entity(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let entity = guard::object(world, call, "entity")?;
    let places = match call.args.bool("inherited") {
        Some(true) => ancestors(world, &entity),
        _ => vec![entity.clone()],
    };
    let here = |def: &&PermissionDef| {
        def.entity == entity || def.propagate && places.contains(&def.entity)
    };
    permissions(
        world
            .accounts
            .permissions
            .iter()
            .filter(here)
            .map(permission),
    )
}

fn add_role(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    guard::writable(world, call)?;
    let name = call.args.str("name").unwrap_or_default().to_owned();
    if let Some(present) = world.accounts.roles.values().find(|role| role.name == name) {
        let message = format!("The name '{}' already exists.", present.name);
        return Err(Fault::new("AlreadyExists", message).with("name", name));
    }
    let mut held = known(world, call, "privIds")?;
    // A role always lets its holder look.
    for basic in ["System.Anonymous", "System.View", "System.Read"] {
        if !held.iter().any(|p| p == basic) {
            held.push(basic.to_owned());
        }
    }
    let id = world
        .accounts
        .roles
        .keys()
        .max()
        .copied()
        .unwrap_or(1000)
        .max(1000)
        + 1;
    world.accounts.roles.insert(
        id,
        RoleDef {
            id,
            name,
            system: false,
            privileges: held,
        },
    );
    show_roles(world);
    Ok(Some(id.into()))
}

fn custom_role<'a>(world: &'a mut World, call: &Call<'_>) -> Result<&'a mut RoleDef, Fault> {
    let id = call.args.int("roleId").unwrap_or_default();
    let role = world
        .accounts
        .roles
        .values_mut()
        .find(|role| i64::from(role.id) == id);
    match role {
        None => Err(Fault::new("NotFound", "The role does not exist.")),
        Some(role) if role.system => Err(Fault::invalid_argument("roleId")),
        Some(role) => Ok(role),
    }
}

fn remove_role(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    guard::writable(world, call)?;
    let id = custom_role(world, call)?.id;
    let used = world.accounts.permissions.iter().any(|p| p.role == id);
    if used && call.args.bool("failIfUsed") == Some(true) {
        return Err(Fault::new("ResourceInUse", "The role is in use."));
    }
    world.accounts.permissions.retain(|p| p.role != id);
    world.accounts.roles.remove(&id);
    show_roles(world);
    Ok(None)
}

fn update_role(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    guard::writable(world, call)?;
    let held = known(world, call, "privIds")?;
    let name = call.args.str("newName").unwrap_or_default().to_owned();
    let role = custom_role(world, call)?;
    role.name = name;
    role.privileges = held;
    show_roles(world);
    Ok(None)
}

fn set_permissions(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    guard::writable(world, call)?;
    let entity = guard::object(world, call, "entity")?;
    guard::need(world, call, &entity, "Authorization.ModifyPermissions")?;
    for wanted in parts(&call.args, "permission") {
        let user = wanted.str("principal").unwrap_or_default().to_owned();
        let role = crate::vm::device::narrow(wanted.int("roleId").unwrap_or_default());
        if !world.accounts.roles.contains_key(&role) {
            return Err(Fault::new("NotFound", "The role does not exist."));
        }
        let same =
            |def: &PermissionDef| def.entity == entity && def.user.eq_ignore_ascii_case(&user);
        world.accounts.permissions.retain(|def| !same(def));
        let propagate = wanted.bool("propagate") == Some(true);
        world.accounts.permissions.push(PermissionDef {
            entity: entity.clone(),
            user,
            role,
            propagate,
        });
    }
    Ok(None)
}

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
                "disabling methods on anything but a virtual machine",
            ));
        }
        if !world.store.contains(entity) {
            return Err(Fault::not_found(entity));
        }
        guard::need(world, call, entity, privilege)?;
    }
    Ok(entities)
}

#[cfg(test)]
mod tests;
