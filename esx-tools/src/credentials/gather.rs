//! Asking the server what the report needs beside the inventory.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use vsphere_client::{
    Client, Error as ClientError,
    method::{CurrentTime, HasPrivilegeOnEntities, QueryAssignedLicenses, QueryOptions},
    object_set, property_set,
    rest::RestError,
    vim::{
        AuthorizationPrivilege, AuthorizationRole, LicenseManagerLicenseInfo,
        ManagedObjectReference, ObjectSpec, UserSession,
    },
};

use super::TagNeed;
use super::report::{ClockFacts, LicenceUse, SessionApi, SessionFacts, SessionState};
use crate::{fact::Fact, site::licence, tag::TagName};

property_set! {
    struct SessionSet: "SessionManager" {
        current: Option<UserSession> = "currentSession",
    }
}

property_set! {
    struct RolesSet: "AuthorizationManager" {
        roles: Vec<AuthorizationRole> = "roleList",
        privileges: Vec<AuthorizationPrivilege> = "privilegeList",
    }
}

property_set! {
    struct LicenceSet: "LicenseManager" {
        licences: Vec<LicenseManagerLicenseInfo> = "licenses",
        assignments: Option<ManagedObjectReference> = "licenseAssignmentManager",
    }
}

object_set! {
    enum Manager {
        Session(SessionSet),
        Roles(RolesSet),
        Licence(LicenceSet),
    }
}

/// What the managers tell.
#[derive(Debug, Default)]
pub(super) struct Managers {
    pub(super) session: Option<UserSession>,
    pub(super) roles: Vec<AuthorizationRole>,
    /// The privileges that the server knows; empty when it does not tell.
    pub(super) known: BTreeSet<String>,
    licences: Vec<LicenseManagerLicenseInfo>,
    assignments: Option<ManagedObjectReference>,
}

/// Reads session, roles and licences in one call.
pub(super) async fn managers(client: &Client) -> Result<Managers, ClientError> {
    let content = client.content();
    let managers = [
        &content.session_manager,
        &content.authorization_manager,
        &content.license_manager,
    ];
    let specs: Vec<ObjectSpec> = managers
        .into_iter()
        .flatten()
        .cloned()
        .map(ObjectSpec::object)
        .collect();
    let mut managers = Managers::default();
    for object in client.retrieve::<Manager>(specs).await? {
        match object.properties {
            Manager::Session(set) => managers.session = set.current,
            Manager::Roles(set) => {
                managers.roles = set.roles;
                managers.known = set.privileges.into_iter().map(|one| one.priv_id).collect();
            }
            Manager::Licence(set) => {
                managers.licences = set.licences;
                managers.assignments = set.assignments;
            }
        }
    }
    Ok(managers)
}

/// Compares the clocks. Half the time of the exchange lies before the server looked at its clock.
pub(super) async fn clock(client: &Client) -> Result<Fact<ClockFacts>, ClientError> {
    let sent = Timestamp::now();
    let answer = client.call(&CurrentTime::default()).await;
    let taken = Timestamp::now().duration_since(sent);
    match answer {
        Ok(server_time) => {
            let here = sent.checked_add(taken / 2).unwrap_or(sent);
            Ok(Fact::Known(ClockFacts {
                server_time,
                ahead_seconds: whole_seconds(server_time.duration_since(here)),
            }))
        }
        Err(ClientError::Fault { fault, .. }) => {
            Ok(Fact::unknown(format!("CurrentTime was refused: {fault}")))
        }
        Err(error) => Err(error),
    }
}

/// Rounded to the nearest second.
fn whole_seconds(span: SignedDuration) -> i64 {
    let half = SignedDuration::from_millis(if span.is_negative() { -500 } else { 500 });
    span.saturating_add(half).as_secs()
}

/// What a vCenter calls itself; a host has its name in its inventory.
pub(super) async fn instance_name(client: &Client) -> Result<Option<String>, ClientError> {
    let Some(this) = client
        .content()
        .setting
        .clone()
        .filter(|_| client.is_vcenter())
    else {
        return Ok(None);
    };
    let call = QueryOptions {
        this,
        name: Some("VirtualCenter.InstanceName".to_owned()),
    };
    match client.call(&call).await {
        Ok(found) => {
            let name = found.first().map(|option| option.text().to_owned());
            Ok(name.filter(|name| !name.is_empty()))
        }
        // Not every server knows the setting, and not every account may read it.
        Err(ClientError::Fault { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Opens a session with the REST API, which ends with the client's other one.
///
/// What goes wrong there is a finding about the server or the account, and no reason to stop.
pub(super) async fn rest(client: &Client) -> SessionFacts {
    let opened = async {
        let rest = client.rest().await?;
        rest.log_in().await
    };
    let (path, state) = match opened.await {
        Ok(way) => (Some(way.session_path().to_owned()), SessionState::Valid),
        Err(RestError::NotOffered) if !client.is_vcenter() => {
            (None, not_offered("only vCenter has one"))
        }
        Err(RestError::NotOffered) => (None, not_offered("the server knows no way to a session")),
        Err(RestError::LoginRefused { refusal, .. }) => {
            let reason = refusal.to_string();
            (None, SessionState::Refused { reason })
        }
        Err(error) => {
            let reason = with_causes(&error);
            (None, SessionState::Unknown { reason })
        }
    };
    SessionFacts {
        api: SessionApi::Rest,
        path,
        state,
        user: None,
        login_time: None,
    }
}

/// What it takes that a VM gets this tag, by what there is of it. The category is looked for, then the tag within it.
pub(super) async fn tag_need(client: &Client, wanted: &TagName) -> Fact<TagNeed> {
    let looked = async {
        let rest = client.rest().await?;
        let tagging = rest.tagging();
        let Some(category) = tagging.find_category(&wanted.category).await? else {
            return Ok(TagNeed::MakeCategory);
        };
        match tagging.find_tag(&category.id, &wanted.name).await? {
            Some(_) => Ok(TagNeed::Attach),
            None => Ok(TagNeed::MakeTag),
        }
    };
    match looked.await {
        Ok(need) => Fact::Known(need),
        Err(RestError::NotOffered) => Fact::unknown("the server has no REST API, which tags need"),
        Err(error) => Fact::unknown(with_causes(&error)),
    }
}

fn not_offered(reason: &str) -> SessionState {
    SessionState::NotOffered {
        reason: reason.to_owned(),
    }
}

/// An error and what lies beneath it, in one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(&format!(": {cause}"));
        next = cause.source();
    }
    text
}

/// The licences that are assigned to anything, or those of a host by itself.
pub(super) async fn licences(
    client: &Client,
    managers: &Managers,
) -> Result<Fact<Vec<LicenceUse>>, ClientError> {
    let now = Timestamp::now();
    let Some(this) = managers.assignments.clone().filter(|_| client.is_vcenter()) else {
        return Ok(match managers.licences.as_slice() {
            [] => Fact::unknown("the server does not tell its licences"),
            own => Fact::Known(counted(own, now)),
        });
    };
    let call = QueryAssignedLicenses {
        this,
        entity_id: None,
    };
    match client.call(&call).await {
        Ok(assigned) => {
            let licences: Vec<_> = assigned
                .into_iter()
                .map(|one| one.assigned_license)
                .collect();
            Ok(Fact::Known(counted(&licences, now)))
        }
        Err(ClientError::Fault { fault, .. }) => Ok(Fact::unknown(format!(
            "QueryAssignedLicenses was refused: {fault}"
        ))),
        Err(error) => Err(error),
    }
}

fn counted(licences: &[LicenseManagerLicenseInfo], now: Timestamp) -> Vec<LicenceUse> {
    let mut uses: Vec<LicenceUse> = Vec::new();
    for info in licences {
        let licence = licence(info, now);
        match uses.iter_mut().find(|one| one.licence == licence) {
            Some(one) => one.objects += 1,
            None => uses.push(LicenceUse {
                free: licence.is_free(),
                licence,
                objects: 1,
            }),
        }
    }
    uses
}

/// What is granted, by object.
pub(super) type Granted = BTreeMap<ManagedObjectReference, BTreeSet<String>>;

/// Asks which of these privileges the session holds on these objects. Only vCenter can be asked.
pub(super) async fn granted(
    client: &Client,
    session: Option<&UserSession>,
    objects: &[ManagedObjectReference],
    privileges: BTreeSet<&str>,
) -> Result<Fact<Granted>, ClientError> {
    let manager = client.content().authorization_manager.clone();
    let (Some(this), Some(session), true) = (manager, session, client.is_vcenter()) else {
        return Ok(Fact::unknown("only vCenter can be asked"));
    };
    if objects.is_empty() {
        return Ok(Fact::Known(Granted::new()));
    }
    let call = HasPrivilegeOnEntities {
        this,
        entity: objects.iter().map(Clone::clone).collect(),
        session_id: session.key.clone(),
        priv_id: privileges.into_iter().map(ToOwned::to_owned).collect(),
    };
    match client.call(&call).await {
        Ok(answers) => Ok(Fact::Known(
            answers
                .into_iter()
                .map(|answer| {
                    let held = answer.priv_availability.into_iter();
                    let held = held.filter(|one| one.is_granted).map(|one| one.priv_id);
                    (answer.entity.clone(), held.collect())
                })
                .collect(),
        )),
        Err(ClientError::Fault { fault, .. }) => Ok(Fact::unknown(format!(
            "HasPrivilegeOnEntities was refused: {fault}"
        ))),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_rounded_to_the_second() {
        for (millis, seconds) in [
            (0, 0),
            (499, 0),
            (500, 1),
            (-499, 0),
            (-600, -1),
            (86_400_000, 86_400),
        ] {
            assert_eq!(
                whole_seconds(SignedDuration::from_millis(millis)),
                seconds,
                "{millis}"
            );
        }
    }
}
