//! `AuthorizationManager`: making and changing roles and permissions.

use crate::accounts::RoleDef;
use crate::fault::Fault;
use crate::mo::authorization::known;
use crate::mo::call::{Call, Entry};
use crate::model::accounts::show_roles;
use crate::shape::{narrow, parts};
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
    call.writable(world)?;
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
    call.writable(world)?;
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
    call.writable(world)?;
    let held = known(world, call, "privIds")?;
    let name = call.args.str("newName").unwrap_or_default().to_owned();
    let role = custom_role(world, call)?;
    role.name = name;
    role.privileges = held;
    show_roles(world);
    Ok(None)
}

fn set_permissions(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    call.writable(world)?;
    let entity = call.object(world, "entity")?;
    call.need(world, &entity, "Authorization.ModifyPermissions")?;
    let mut given = Vec::new();
    for wanted in parts(&call.args, "permission") {
        let principal = wanted.str("principal").unwrap_or_default().to_owned();
        let role = narrow(wanted.int("roleId").unwrap_or_default());
        if !world.accounts.roles.contains_key(&role) {
            return Err(Fault::new("NotFound", "The role does not exist."));
        }
        // Groups are not kept here; any name will do for them.
        let known = world.accounts.principal(&principal);
        let user = match known.map(|account| account.user.clone()) {
            Some(user) => user,
            None if wanted.bool("group") == Some(true) => principal,
            None => return Err(user_not_found(&principal)),
        };
        given.push((user, role, wanted.bool("propagate") == Some(true)));
    }
    // All of them or none.
    for (user, role, propagate) in given {
        world.accounts.grant(&entity, &user, role, propagate);
    }
    Ok(None)
}

fn user_not_found(principal: &str) -> Fault {
    Fault::new(
        "UserNotFound",
        format!("The user or group named '{principal}' does not exist."),
    )
    .with("principal", principal)
    .with("unresolved", false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mo::testing::*;
    use crate::model::Role;
    use crate::value::{Data, MoRef};

    fn manager() -> MoRef {
        MoRef::new("AuthorizationManager", "AuthorizationManager")
    }

    fn give(entity: &MoRef, principal: &str, role: i32) -> Data {
        let permission = Data::new("Permission")
            .with("principal", principal)
            .with("group", false)
            .with("roleId", role)
            .with("propagate", true);
        Data::new("SetEntityPermissions")
            .with("entity", entity)
            .with("permission", Value::list("Permission", [permission]))
    }

    #[test]
    fn a_role_is_given_by_either_spelling_of_the_name_and_replaces_the_one_before() {
        let mut world = world("ready");
        let dc = named(&world, "Datacenter", "London");
        for (principal, role) in [("VSPHERE.LOCAL\\ASR", -2), ("asr@vsphere.local", 1001)] {
            let args = give(&dc, principal, role);
            call(&mut world, &manager(), "SetEntityPermissions", args).unwrap();
        }
        let here: Vec<i32> = world
            .accounts
            .permissions
            .iter()
            .filter(|p| p.entity == dc)
            .map(|p| p.role)
            .collect();
        assert_eq!(here, [1001]);
    }

    #[test]
    fn an_unknown_account_and_a_caller_who_may_not_are_refused() {
        let mut world = world("ready");
        let dc = named(&world, "Datacenter", "London");
        let args = give(&dc, "nobody@vsphere.local", 1001);
        let fault = call(&mut world, &manager(), "SetEntityPermissions", args).unwrap_err();
        assert_eq!(fault.kind(), "UserNotFound");
        let role = Data::new("AddAuthorizationRole").with("name", "Mine");
        let asr = Role::AzureSiteRecovery;
        for (method, args) in [
            ("SetEntityPermissions", give(&dc, "asr@vsphere.local", -1)),
            ("AddAuthorizationRole", role),
        ] {
            let fault = call_as(&mut world, asr, &manager(), method, args).unwrap_err();
            assert_eq!(fault.kind(), "NoPermission", "{method}");
        }
    }
}
