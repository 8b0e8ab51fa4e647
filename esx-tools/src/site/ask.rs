//! Asking once what does not change while a plan is carried out: privileges, role, licence.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{try_join, try_join3};
use jiff::Timestamp;
use vsphere_client::{
    Client, Error as ClientError,
    method::{HasPrivilegeOnEntities, QueryAssignedLicenses},
    object_set, property_set,
    vim::{
        AnyValue, AuthorizationRole, EntityPrivilege, LicenseManagerLicenseInfo,
        ManagedObjectReference, ObjectSpec,
    },
};

use super::{Abilities, LackingFacts, LicenceFacts, PrivilegeFact, RoleFacts, granted::granted};
use crate::{
    fact::Fact,
    privilege::{EDIT_CLUSTER, HOST_STORAGE, ON_VM, POD_CONFIG},
    role::RoleTable,
};

property_set! {
    struct HostLicences: "LicenseManager" {
        licences: Vec<LicenseManagerLicenseInfo> = "licenses",
    }
}

property_set! {
    struct HostRoles: "AuthorizationManager" {
        roles: Vec<AuthorizationRole> = "roleList",
    }
}

object_set! {
    /// What a host without vCenter tells about licence and roles.
    enum OfHost {
        Licences(HostLicences),
        Roles(HostRoles),
    }
}

/// What is asked about.
pub(super) struct Question<'a> {
    /// The master target.
    pub(super) vm: &'a ManagedObjectReference,
    /// Its host.
    pub(super) host: Option<&'a ManagedObjectReference>,
    /// Every object on which privileges count, with its name.
    pub(super) entities: BTreeMap<ManagedObjectReference, String>,
    /// The key of the session.
    pub(super) session_key: Option<&'a str>,
    /// Where vCenter tells the licence of a host.
    pub(super) assignments: Option<&'a ManagedObjectReference>,
    /// Numbers of the account's roles on the VM.
    pub(super) effective_role: &'a [i32],
}

/// What was answered.
pub(super) struct Answer {
    pub(super) abilities: Abilities,
    pub(super) role: Fact<RoleFacts>,
    pub(super) licences: Fact<Vec<LicenceFacts>>,
}

/// Asks the server: two or three calls on vCenter, all at once, and one on a host.
pub(super) async fn ask(client: &Client, question: &Question<'_>) -> Result<Answer, ClientError> {
    if !client.is_vcenter() {
        return of_host(client, question).await;
    }
    // Whatever kind of target it is, its table is among the privileges of the widest one.
    let table = RoleTable::widest();
    let vm_privileges = ON_VM.iter().copied().chain(table.on("VirtualMachine"));
    let scope_privileges = table.on("Datacenter").chain(table.on("Datastore")).chain([
        POD_CONFIG,
        EDIT_CLUSTER,
        HOST_STORAGE,
    ]);
    let is_vm = |kind: &str| kind == "VirtualMachine";
    let vms = question.entities.keys().filter(|one| is_vm(&one.kind));
    // Every privilege is asked on every object of a call: for one VM that is little, and saves a
    // call; for fifty it is not.
    let (vms, scopes, licences) = if vms.count() == 1 {
        let all = vm_privileges.chain(scope_privileges).collect();
        let (held, licences) = try_join(
            held(client, question, |_| true, all),
            licences(client, question),
        )
        .await?;
        (held, Fact::Known(Vec::new()), licences)
    } else {
        try_join3(
            held(client, question, is_vm, vm_privileges.collect()),
            held(
                client,
                question,
                |kind| !is_vm(kind),
                scope_privileges.collect(),
            ),
            licences(client, question),
        )
        .await?
    };
    let answers = match (vms, scopes) {
        (Fact::Known(mut vms), Fact::Known(scopes)) => {
            vms.extend(scopes);
            vms
        }
        (Fact::Unknown { reason }, _) | (_, Fact::Unknown { reason }) => {
            return Ok(Answer {
                abilities: Abilities {
                    privileges: Fact::unknown(&reason),
                },
                role: Fact::unknown(reason),
                licences,
            });
        }
    };
    Ok(Answer {
        abilities: Abilities {
            privileges: Fact::Known(fixes(&answers)),
        },
        role: Fact::Known(lacking(&answers, &question.entities)),
        licences,
    })
}

async fn held(
    client: &Client,
    question: &Question<'_>,
    wanted: impl Fn(&str) -> bool,
    privileges: BTreeSet<&str>,
) -> Result<Fact<Vec<EntityPrivilege>>, ClientError> {
    let (Some(manager), Some(key)) = (
        client.content().authorization_manager.clone(),
        question.session_key,
    ) else {
        return Ok(Fact::unknown("the server does not tell the session's key"));
    };
    let entity: Vec<ManagedObjectReference> = question
        .entities
        .keys()
        .filter(|entity| wanted(&entity.kind))
        .map(Clone::clone)
        .collect();
    if entity.is_empty() {
        return Ok(Fact::Known(Vec::new()));
    }
    let call = HasPrivilegeOnEntities {
        this: manager,
        entity,
        session_id: key.to_owned(),
        priv_id: privileges.into_iter().map(ToOwned::to_owned).collect(),
    };
    match client.call(&call).await {
        Ok(answers) => Ok(Fact::Known(answers)),
        // An account that may not even ask can still be told by trying.
        Err(ClientError::Fault { fault, .. }) => Ok(Fact::unknown(format!(
            "HasPrivilegeOnEntities was refused: {fault}"
        ))),
        Err(error) => Err(error),
    }
}

/// One call asks every privilege on every object; only those that belong together mean something.
fn fixes(answers: &[EntityPrivilege]) -> Vec<PrivilegeFact> {
    let is_meant = |kind: &str, privilege: &str| match kind {
        "VirtualMachine" => ON_VM.contains(&privilege),
        "StoragePod" => privilege == POD_CONFIG,
        "ClusterComputeResource" => privilege == EDIT_CLUSTER,
        "HostSystem" => privilege == HOST_STORAGE,
        _ => false,
    };
    granted(answers)
        .filter(|entry| is_meant(&entry.on.kind, &entry.privilege))
        .collect()
}

fn lacking(
    answers: &[EntityPrivilege],
    names: &BTreeMap<ManagedObjectReference, String>,
) -> RoleFacts {
    let mut facts = RoleFacts {
        asked: Vec::new(),
        lacking: Vec::new(),
    };
    for answer in answers {
        let on = answer.entity.clone();
        let needed = RoleTable::widest().on(&on.kind);
        if needed.count() == 0 {
            continue;
        }
        let granted: BTreeSet<&str> = answer
            .priv_availability
            .iter()
            .filter(|entry| entry.is_granted)
            .map(|entry| entry.priv_id.as_str())
            .collect();
        note(&mut facts, &on, names, |privilege| {
            granted.contains(privilege)
        });
    }
    facts
}

fn note(
    facts: &mut RoleFacts,
    on: &ManagedObjectReference,
    names: &BTreeMap<ManagedObjectReference, String>,
    holds: impl Fn(&str) -> bool,
) {
    let missing: Vec<String> = RoleTable::widest()
        .on(&on.kind)
        .filter(|privilege| !holds(privilege))
        .map(ToOwned::to_owned)
        .collect();
    facts.asked.push(on.clone());
    if !missing.is_empty() {
        facts.lacking.push(LackingFacts {
            on: on.clone(),
            name: names.get(on).cloned().unwrap_or_else(|| on.to_string()),
            privileges: missing,
        });
    }
}

/// The licence of the VM's host, as vCenter assigned it.
async fn licences(
    client: &Client,
    question: &Question<'_>,
) -> Result<Fact<Vec<LicenceFacts>>, ClientError> {
    let (Some(manager), Some(host)) = (question.assignments, question.host) else {
        return Ok(Fact::unknown(
            "the server does not tell who assigns licences, or which host the VM is on",
        ));
    };
    let call = QueryAssignedLicenses {
        this: manager.clone(),
        entity_id: Some(host.value.clone()),
    };
    match client.call(&call).await {
        Ok(assigned) if assigned.is_empty() => {
            Ok(Fact::unknown("no licence is assigned to the host"))
        }
        Ok(assigned) => Ok(Fact::Known(
            assigned
                .iter()
                .map(|one| licence(&one.assigned_license, Timestamp::now()))
                .collect(),
        )),
        Err(ClientError::Fault { fault, .. }) => Ok(Fact::unknown(format!(
            "QueryAssignedLicenses was refused: {fault}"
        ))),
        Err(error) => Err(error),
    }
}

/// What a host without vCenter tells by itself. It has no `HasPrivilegeOnEntities`.
async fn of_host(client: &Client, question: &Question<'_>) -> Result<Answer, ClientError> {
    let content = client.content();
    let managers = [&content.license_manager, &content.authorization_manager];
    let specs: Vec<ObjectSpec> = managers
        .into_iter()
        .flatten()
        .cloned()
        .map(ObjectSpec::object)
        .collect();
    let mut role = Fact::unknown("the host does not tell the privileges of its roles");
    let mut licences = Fact::unknown("the host does not tell its licences");
    for object in client.retrieve::<OfHost>(specs).await? {
        match object.properties {
            OfHost::Licences(set) if !set.licences.is_empty() => {
                let now = Timestamp::now();
                licences = Fact::Known(set.licences.iter().map(|one| licence(one, now)).collect());
            }
            OfHost::Roles(set) if !set.roles.is_empty() && !question.effective_role.is_empty() => {
                let granted: BTreeSet<&str> = set
                    .roles
                    .iter()
                    .filter(|role| question.effective_role.contains(&role.role_id))
                    .flat_map(|role| role.privilege.iter().map(String::as_str))
                    .collect();
                let mut facts = RoleFacts {
                    asked: Vec::new(),
                    lacking: Vec::new(),
                };
                let on = question.vm.clone();
                note(&mut facts, &on, &question.entities, |privilege| {
                    granted.contains(privilege)
                });
                role = Fact::Known(facts);
            }
            OfHost::Licences(_) | OfHost::Roles(_) => {}
        }
    }
    Ok(Answer {
        abilities: Abilities {
            privileges: Fact::unknown(
                "a host without vCenter does not tell what the account may do",
            ),
        },
        role,
        licences,
    })
}

pub(crate) fn licence(info: &LicenseManagerLicenseInfo, now: Timestamp) -> LicenceFacts {
    let property = |key: &str| {
        info.properties
            .iter()
            .find(|property| property.key.eq_ignore_ascii_case(key))
            .map(|property| &property.value)
    };
    let number = |key: &str| match property(key) {
        Some(AnyValue::Long(value)) => Some(*value),
        Some(AnyValue::Int(value)) => Some(i64::from(*value)),
        Some(AnyValue::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    let left = number("expirationMinutes").or_else(|| number("expirationHours"));
    let expired = match (property("expirationDate"), left) {
        (Some(AnyValue::Timestamp(end)), _) => Some(*end <= now),
        (_, Some(left)) => Some(left <= 0),
        _ => None,
    };
    LicenceFacts {
        edition: info.edition_key.clone(),
        name: info.name.clone(),
        expired,
    }
}
