//! Creating the role and giving it to the account.

use jiff::Timestamp;
use serde::Serialize;
use vsphere_client::Client;

use super::{
    RolePlan, RoleWish,
    gather::managers,
    permission::same_account,
    plan::{RoleSeen, permissions, plan_role},
};
use crate::{
    calls,
    engine::{Attempt, Operation, Outcome, Prepared, Remaining, Sender, StepResult},
    error::OpError,
    plan::{Change, RoleAct, Step},
};

/// Creating a role, completing it, and giving it to an account.
#[derive(Clone, Debug)]
pub struct CreateRole {
    plan: RolePlan,
}

/// What is there of the role afterwards.
#[derive(Clone, Debug, Serialize)]
pub struct RoleAfter {
    /// The role's number on the server; unset when there is none, or none could be read.
    pub role_id: Option<i32>,
}

/// Reads roles and permissions, and plans. Changes nothing.
///
/// # Errors
///
/// [`OpError::NoSuchDatacenter`], [`OpError::Contradiction`] when the role is one of the server's
/// own or giving it would take privileges away, or the client's.
pub async fn prepare_role(
    client: &Client,
    wish: &RoleWish,
) -> Result<Prepared<CreateRole>, OpError> {
    let (plan, seen) = plan_role(client, wish).await?;
    let operation = CreateRole { plan };
    Ok(Prepared { operation, seen })
}

impl Operation for CreateRole {
    type Seen = RoleSeen;
    type Plan = RolePlan;
    type After = RoleAfter;

    fn plan(&self) -> &RolePlan {
        &self.plan
    }

    fn steps(&self) -> &[Step] {
        &self.plan.steps
    }

    fn without_a_change(&self) -> Outcome {
        Outcome::Ready
    }

    /// A role is set to what the plan says whatever it is now, so an older look does no harm.
    fn seen_at(&self, _: &RoleSeen) -> Timestamp {
        Timestamp::now()
    }

    async fn carry_out(&self, sender: &mut Sender<'_>, step: &Step, _: &RoleSeen) -> Attempt {
        calls::carry_out(sender, &step.change, None).await
    }

    async fn look(&self, client: &Client, before: &RoleSeen) -> Result<RoleSeen, OpError> {
        let what = || OpError::client("read the roles of the server");
        let managers = managers(client).await.map_err(what())?;
        let mut holdings = before.holdings.clone();
        for holding in &mut holdings {
            holding.here = permissions(client, &holding.on).await.map_err(what())?;
        }
        Ok(RoleSeen {
            roles: managers.roles,
            holdings,
        })
    }

    fn remaining(&self, step: &Step, seen: &RoleSeen) -> Remaining {
        let Change::Role(change) = &step.change else {
            return Remaining::Differs("a step that is about no role".into());
        };
        let role = seen.roles.iter().find(|role| role.name == change.role);
        let is_so = match (&change.act, role) {
            (_, None) => false,
            (RoleAct::Create { privileges } | RoleAct::Complete { privileges, .. }, Some(role)) => {
                privileges.iter().all(|one| role.privilege.contains(one))
            }
            (RoleAct::Assign { user, on, .. }, Some(role)) => {
                let here = seen.holdings.iter().find(|holding| &holding.on == on);
                here.is_some_and(|here| {
                    here.here.iter().any(|one| {
                        one.role_id == role.role_id
                            && one.propagate
                            && same_account(&one.principal, user)
                    })
                })
            }
        };
        match is_so {
            true => Remaining::Nothing,
            false => Remaining::Do(Box::new(step.clone())),
        }
    }

    fn after(&self, seen: Option<&RoleSeen>, _: &[StepResult]) -> RoleAfter {
        let roles = seen.map(|seen| seen.roles.as_slice()).unwrap_or_default();
        let role = roles.iter().find(|role| role.name == self.plan.wish.name);
        RoleAfter {
            role_id: role.map(|role| role.role_id),
        }
    }

    fn verdict(&self, _: &RoleSeen, _: &[StepResult]) -> Outcome {
        Outcome::Ready
    }
}
