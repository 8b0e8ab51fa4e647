//! What it takes that a role exists and an account holds it. The planner itself is pure.

use std::collections::{BTreeMap, BTreeSet};
use vsphere_client::vim::ManagedObjectReference;

use serde::Serialize;
use vsphere_client::{
    Client, Error as ClientError,
    method::RetrieveEntityPermissions,
    vim::{AuthorizationRole, Permission},
};

use super::permission::same_account;
use super::{Purpose, Requirement, TagNeed, gather, tree};

use crate::{
    error::OpError,
    names,
    plan::{Change, RoleAct, RoleChange, Step, StepId, StepKind, Undo},
    role::{self, RoleTable},
    target_kind::TargetKind,
};

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RoleWish {
    /// The role's name.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// What receives the disks.
    pub target: TargetKind,
    /// Whether it is to allow making tags and attaching them; counts with [`Purpose::Hardening`].
    pub tags: bool,
    /// The account that is to hold it, and the names of the datacenters where.
    pub assign: Option<(String, Vec<String>)>,
}

impl Default for RoleWish {
    fn default() -> Self {
        Self {
            name: role::NAME.to_owned(),
            purpose: Purpose::Failback,
            target: TargetKind::default(),
            tags: false,
            assign: None,
        }
    }
}

impl RoleWish {
    /// The privileges that the role is to hold. It is made before any tag is, so it takes all that a tag may take.
    pub fn requirement(&self) -> Requirement {
        Requirement::new(self.purpose, self.target).with_tag(match self.tags {
            true => TagNeed::MakeCategory,
            false => TagNeed::Nothing,
        })
    }
}

/// The steps to what is wanted, as found at one moment. A dry run prints the very plan that is carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RolePlan {
    /// What is wanted.
    pub wish: RoleWish,
    /// The table of privileges that it follows, with its document.
    pub role: &'static RoleTable,
    /// Every privilege of the role that the server knows.
    pub privileges: Vec<String>,
    /// Privileges that the server does not know, which are left out.
    pub unknown: Vec<String>,
    /// What is to be done, in order.
    pub steps: Vec<Step>,
    /// What is so already, each a sentence.
    pub already: Vec<String>,
}

impl RolePlan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// Reads roles and permissions, and plans. Changes nothing.
///
/// # Errors
///
/// [`OpError::NoSuchDatacenter`], [`OpError::Contradiction`] when the role is one of the server's
/// own or giving it would take privileges away, or the client's.
pub(super) async fn plan_role(
    client: &Client,
    wish: &RoleWish,
) -> Result<(RolePlan, RoleSeen), OpError> {
    let what = "read the roles of the server";
    let managers = gather::managers(client)
        .await
        .map_err(OpError::client(what))?;
    if managers.roles.is_empty() {
        return Err(OpError::client(what)(ClientError::Missing(
            "its list of roles to this account",
        )));
    }
    let mut holdings = Vec::new();
    if let Some((_, datacenters)) = &wish.assign {
        let nodes = tree::read(client)
            .await
            .map_err(OpError::client("read the datacenters"))?;
        for on in super::validate::choose(&nodes, datacenters)? {
            let node = nodes.iter().find(|node| node.moref == on);
            let name = node.and_then(|node| node.name.as_deref());
            let name = name.map_or_else(|| on.to_string(), names::decode);
            let here = permissions(client, &on)
                .await
                .map_err(OpError::client(format!("read the permissions of {name}")))?;
            holdings.push(Holding { on, name, here });
        }
    }
    let manager = client.content().authorization_manager.clone();
    let manager = manager
        .ok_or(ClientError::Missing("an AuthorizationManager"))
        .map_err(OpError::client(what))?;
    let plan = plan(wish, &managers.roles, &managers.known, &holdings, &manager)?;
    let seen = RoleSeen {
        roles: managers.roles,
        holdings,
    };
    Ok((plan, seen))
}

/// What a server tells of its roles and of who has them.
#[derive(Clone, Debug)]
pub struct RoleSeen {
    pub(super) roles: Vec<AuthorizationRole>,
    pub(super) holdings: Vec<Holding>,
}

/// Who holds what on a datacenter itself.
pub(super) async fn permissions(
    client: &Client,
    on: &ManagedObjectReference,
) -> Result<Vec<Permission>, ClientError> {
    let manager = client.content().authorization_manager.clone();
    let call = RetrieveEntityPermissions {
        this: manager.ok_or(ClientError::Missing("an AuthorizationManager"))?,
        entity: on.clone(),
        inherited: false,
    };
    client.call(&call).await
}

/// A datacenter with the permissions that were set on it.
#[derive(Clone, Debug)]
pub(super) struct Holding {
    pub(super) on: ManagedObjectReference,
    pub(super) name: String,
    pub(super) here: Vec<Permission>,
}

/// Plans from what was read.
fn plan(
    wish: &RoleWish,
    roles: &[AuthorizationRole],
    known: &BTreeSet<String>,
    holdings: &[Holding],
    manager: &ManagedObjectReference,
) -> Result<RolePlan, OpError> {
    let step = |kind: StepKind, act| {
        let change = RoleChange {
            manager: manager.clone(),
            role: wish.name.clone(),
            act,
        };
        change_step(kind.into(), change)
    };
    let all = wish.requirement().privileges();
    let (privileges, unknown): (Vec<&str>, Vec<&str>) = all
        .into_iter()
        .partition(|one| known.is_empty() || known.contains(*one));
    let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    let mut plan = RolePlan {
        wish: wish.clone(),
        role: wish.requirement().table(),
        privileges: owned(&privileges),
        unknown: owned(&unknown),
        steps: Vec::new(),
        already: Vec::new(),
    };
    let present = roles.iter().find(|role| role.name == wish.name);
    let mut after: BTreeSet<&str> = privileges.iter().copied().collect();
    match present {
        None => plan.steps.push(step(
            StepKind::CreateRole,
            RoleAct::Create {
                privileges: owned(&privileges),
            },
        )),
        Some(role) if role.system => {
            return Err(OpError::Contradiction {
                problem: format!(
                    "the role {} is one of the server's own and cannot be changed: choose another name",
                    wish.name
                ),
            });
        }
        Some(role) => {
            let held: BTreeSet<&str> = role.privilege.iter().map(String::as_str).collect();
            let add: Vec<&str> = privileges
                .iter()
                .copied()
                .filter(|one| !held.contains(one))
                .collect();
            // What somebody else has put into the role stays: others may hold it for that.
            after.extend(&held);
            if add.is_empty() {
                plan.already.push(format!(
                    "the role {} holds every privilege that it needs",
                    wish.name
                ));
            } else {
                plan.steps.push(step(
                    StepKind::CompleteRole,
                    RoleAct::Complete {
                        role_id: role.role_id,
                        add: owned(&add),
                        privileges: after.iter().map(|one| (*one).to_owned()).collect(),
                    },
                ));
            }
        }
    }
    let names: BTreeMap<i32, &AuthorizationRole> =
        roles.iter().map(|role| (role.role_id, role)).collect();
    for holding in holdings {
        assign(
            &mut plan,
            manager,
            holding,
            present.map(|role| role.role_id),
            &names,
            &after,
        )?;
    }
    Ok(plan)
}

fn assign(
    plan: &mut RolePlan,
    manager: &ManagedObjectReference,
    holding: &Holding,
    role_id: Option<i32>,
    roles: &BTreeMap<i32, &AuthorizationRole>,
    after: &BTreeSet<&str>,
) -> Result<(), OpError> {
    let Some((user, _)) = &plan.wish.assign else {
        return Ok(());
    };
    let mine = |one: &&Permission| !one.group && same_account(&one.principal, user);
    let replaces = match holding.here.iter().find(mine) {
        None => None,
        Some(one) if Some(one.role_id) == role_id && one.propagate => {
            plan.already.push(format!(
                "{user} holds the role {} on {}, propagated",
                plan.wish.name, holding.name
            ));
            return Ok(());
        }
        Some(one) if Some(one.role_id) == role_id => Some((plan.wish.name.clone(), false)),
        Some(one) => {
            let before = roles.get(&one.role_id);
            let name = before.map_or_else(|| one.role_id.to_string(), |role| role.name.clone());
            let loses = before.map_or(0, |role| {
                let held = role.privilege.iter();
                held.filter(|held| !held.starts_with("System.") && !after.contains(held.as_str()))
                    .count()
            });
            if loses > 0 {
                return Err(OpError::Contradiction {
                    problem: format!(
                        "{user} holds the role {name} on {}, and would lose {} there: an account has one role on an object",
                        holding.name,
                        match loses {
                            1 => "1 privilege".to_owned(),
                            many => format!("{many} privileges"),
                        }
                    ),
                });
            }
            Some((name, one.propagate))
        }
    };
    let change = RoleChange {
        manager: manager.clone(),
        role: plan.wish.name.clone(),
        act: RoleAct::Assign {
            user: user.clone(),
            on: holding.on.clone(),
            name: holding.name.clone(),
            replaces,
        },
    };
    let id = StepId::on(StepKind::AssignRole, &holding.on.value);
    let mut step = change_step(id, change);
    step.object.clone_from(&holding.name);
    // Only a role that is there, whole, is given.
    step.after = plan
        .steps
        .iter()
        .filter(|one| one.id.kind != StepKind::AssignRole)
        .map(|one| one.id.clone())
        .collect();
    plan.steps.push(step);
    Ok(())
}

fn change_step(id: StepId, change: RoleChange) -> Step {
    let undo = Undo::None { why: change.undo() };
    let (title, object) = (change.title(), format!("role {}", change.role));
    Step::new(id, title, object, Change::Role(change), undo)
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
