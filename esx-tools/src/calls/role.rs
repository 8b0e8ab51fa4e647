//! Creating a role, completing it, and giving it to an account.

use vsphere_client::{
    method::{AddAuthorizationRole, SetEntityPermissions, UpdateAuthorizationRole},
    property_set,
    vim::{AuthorizationRole, Permission},
};

use crate::{
    engine::{Attempt, SendOutcome, Sender},
    plan::{RoleAct, RoleChange},
};

property_set! {
    struct RoleList: "AuthorizationManager" {
        roles: Vec<AuthorizationRole> = "roleList",
    }
}

/// Makes the change.
pub(super) async fn carry_out(sender: &mut Sender<'_>, change: &RoleChange) -> Attempt {
    let this = change.manager.clone();
    let sent = match &change.act {
        RoleAct::Create { privileges } => {
            let call = AddAuthorizationRole {
                this,
                name: change.role.clone(),
                priv_ids: privileges.clone(),
            };
            sender.call(&call).await.map(|sent| sent.map(|_| ()))
        }
        RoleAct::Complete {
            role_id,
            privileges,
            ..
        } => {
            let call = UpdateAuthorizationRole {
                this,
                role_id: *role_id,
                new_name: change.role.clone(),
                priv_ids: privileges.clone(),
            };
            sender.call(&call).await
        }
        RoleAct::Assign { user, on, .. } => {
            // The role may have been created by the step before this one: only the server knows its number.
            let read = sender.client().retrieve_one::<RoleList>(&this).await;
            let roles = match read {
                Ok(list) => list.properties.roles,
                Err(error) => return sender.unread(&error),
            };
            let Some(role) = roles.into_iter().find(|role| role.name == change.role) else {
                return sender.decline(format!("there is no role {} on the server", change.role));
            };
            let call = SetEntityPermissions {
                this,
                entity: on.clone(),
                permission: vec![Permission {
                    entity: None,
                    principal: user.clone(),
                    group: false,
                    role_id: role.role_id,
                    propagate: true,
                }],
            };
            sender.call(&call).await
        }
    };
    match sent {
        Ok(SendOutcome::Answered(())) => Attempt::done(),
        Ok(SendOutcome::Lost(lost)) => sender.lost(lost, None),
        Err(end) => end,
    }
}
