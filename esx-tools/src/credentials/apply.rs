//! Makes the role and gives it to the account, and reads back what came of it.

use serde::Serialize;
use vsphere_client::{
    Client, Error as ClientError,
    method::{AddAuthorizationRole, SetEntityPermissions, UpdateAuthorizationRole},
    vim::{AuthorizationRole, FaultKind, Permission},
};

use super::permission::same_account;
use super::plan::permissions;
use super::{RolePlan, RoleStep, gather};
use crate::ops::OpError;

/// What came of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RoleReport {
    /// The role's number on the server.
    pub role_id: Option<i32>,
    /// How many steps were carried out and read back.
    pub done: usize,
}

/// Carries out a plan, step by step, and reads each one back.
///
/// A step whose answer was lost is not repeated: what the server shows decides.
///
/// # Errors
///
/// [`OpError::NoSuchAccount`] when the server knows no such account, [`OpError::PartOfRole`] when
/// a step failed after others had been done, or the client's.
pub async fn apply_role(client: &Client, plan: &RolePlan) -> Result<RoleReport, OpError> {
    let mut done = 0;
    for step in &plan.steps {
        if let Err(error) = carry_out(client, plan, step).await {
            return Err(match done {
                0 => error,
                _ => OpError::PartOfRole {
                    done,
                    all: plan.steps.len(),
                    source: Box::new(error),
                },
            });
        }
        done += 1;
    }
    let found = role(client, plan).await?;
    Ok(RoleReport {
        role_id: found.map(|role| role.role_id),
        done,
    })
}

async fn carry_out(client: &Client, plan: &RolePlan, step: &RoleStep) -> Result<(), OpError> {
    let manager = client.content().authorization_manager.clone();
    let name = &plan.wish.name;
    let what = describe(name, step);
    let this = manager
        .ok_or(ClientError::Missing("an AuthorizationManager"))
        .map_err(OpError::client(&what))?;
    let sent = match step {
        RoleStep::Create { privileges } => {
            let call = AddAuthorizationRole {
                this,
                name: name.clone(),
                priv_ids: privileges.clone(),
            };
            client.call(&call).await.map(|_| ())
        }
        RoleStep::Complete {
            role_id,
            privileges,
            ..
        } => {
            let call = UpdateAuthorizationRole {
                this,
                role_id: *role_id,
                new_name: name.clone(),
                priv_ids: privileges.clone(),
            };
            client.call(&call).await
        }
        RoleStep::Assign { user, on, .. } => {
            let found = role(client, plan).await?.ok_or_else(|| unseen(&what))?;
            let call = SetEntityPermissions {
                this,
                entity: on.clone(),
                permission: vec![Permission {
                    entity: None,
                    principal: user.clone(),
                    group: false,
                    role_id: found.role_id,
                    propagate: true,
                }],
            };
            client.call(&call).await
        }
    };
    match sent {
        Ok(()) => {}
        Err(ClientError::Fault { fault, .. })
            if matches!(fault.kind, FaultKind::UserNotFound { .. }) =>
        {
            let user = plan.wish.assign.as_ref().map(|(user, _)| user.clone());
            return Err(OpError::NoSuchAccount {
                user: user.unwrap_or_default(),
            });
        }
        // The server may have acted: what it shows now decides.
        Err(error) if error.may_have_acted() => {
            return match shows(client, plan, step).await? {
                true => Ok(()),
                false => Err(OpError::client(&what)(error)),
            };
        }
        Err(error) => return Err(OpError::client(&what)(error)),
    }
    match shows(client, plan, step).await? {
        true => Ok(()),
        false => Err(unseen(&what)),
    }
}

fn unseen(what: &str) -> OpError {
    OpError::NotTaken {
        what: what.to_owned(),
    }
}

fn describe(role: &str, step: &RoleStep) -> String {
    match step {
        RoleStep::Create { .. } => format!("make the role {role}"),
        RoleStep::Complete { .. } => format!("add privileges to the role {role}"),
        RoleStep::Assign { user, name, .. } => format!("give the role {role} to {user} on {name}"),
    }
}

/// The role as the server shows it.
async fn role(client: &Client, plan: &RolePlan) -> Result<Option<AuthorizationRole>, OpError> {
    let managers = gather::managers(client)
        .await
        .map_err(OpError::client("read the roles of the server"))?;
    let mut roles = managers.roles.into_iter();
    Ok(roles.find(|role| role.name == plan.wish.name))
}

/// Whether the server shows what a step was to bring about.
async fn shows(client: &Client, plan: &RolePlan, step: &RoleStep) -> Result<bool, OpError> {
    let Some(role) = role(client, plan).await? else {
        return Ok(false);
    };
    match step {
        RoleStep::Create { privileges } | RoleStep::Complete { privileges, .. } => {
            Ok(privileges.iter().all(|one| role.privilege.contains(one)))
        }
        RoleStep::Assign { user, on, name, .. } => {
            let here = permissions(client, on)
                .await
                .map_err(OpError::client(format!("read the permissions of {name}")))?;
            Ok(here.iter().any(|one| {
                one.role_id == role.role_id && one.propagate && same_account(&one.principal, user)
            }))
        }
    }
}
