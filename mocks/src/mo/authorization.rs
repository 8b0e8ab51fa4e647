//! `AuthorizationManager`: who may do what.

use crate::accounts::PermissionDef;
use crate::fault::Fault;
use crate::mo::call::{Call, Entry};
use crate::model::accounts::{ancestors, permission};
use crate::model::{privileges, service};
use crate::shape::texts;
use crate::value::{Data, MoRef, Value};
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
pub(super) fn vcenter_only(world: &World) -> Result<(), Fault> {
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
    let entity = call.object(world, "entity")?;
    let asked = known(world, call, "privId")?;
    let held = asked
        .iter()
        .map(|privilege| world.has_privilege(&user, &entity, privilege));
    Ok(Some(Value::list("boolean", held)))
}

/// The privileges asked for; vCenter refuses names that it does not know.
pub(super) fn known(world: &World, call: &Call<'_>, name: &str) -> Result<Vec<String>, Fault> {
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
    let entity = call.object(world, "entity")?;
    let objects = match call.args.bool("inherited") {
        Some(true) => ancestors(world, &entity),
        _ => vec![entity.clone()],
    };
    let here = |def: &&PermissionDef| {
        def.entity == entity || def.propagate && objects.contains(&def.entity)
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

#[cfg(test)]
mod tests;
