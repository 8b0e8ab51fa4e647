//! `AuthorizationManager`: making and changing roles and permissions.

use crate::accounts::{PermissionDef, RoleDef};
use crate::dispatch::{Call, Entry};
use crate::fault::Fault;
use crate::mo::authorization::known;
use crate::mo::guard;
use crate::model::accounts::show_roles;
use crate::shape::parts;
use crate::value::Value;
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
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
];

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
