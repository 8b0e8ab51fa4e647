//! Reads what an account may do on one server, and judges it.

use std::collections::BTreeSet;
use vsphere_client::vim::ManagedObjectReference;

use futures_util::future::{try_join, try_join4};
use jiff::Timestamp;
use vsphere_client::{
    Client, Error as ClientError,
    transport::{ServerCertificate, proxy_of},
    vim::UserSession,
};

use super::gather::{self, Managers};
use super::judge::{self, AccountFacts};
use super::report::{
    CertificateFacts, SessionApi, SessionFacts, SessionState, TagWanted, Validation,
};
use super::tree::{self, Node};
use super::verdict;
use super::{Purpose, Requirement, TagNeed};
use crate::site::ServerFacts;
use crate::{names, ops::OpError, tag::TagName, target_kind::TargetKind};

/// What is asked about an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// What the account is meant for.
    pub purpose: Purpose,
    /// What receives the disks, by which the table of privileges is chosen.
    pub target: TargetKind,
    /// The tag that is to be attached to the master target; counts with [`Purpose::Hardening`].
    pub tag: Option<TagName>,
    /// Names or inventory paths of the datacenters to look at; all in reach when there is none.
    pub datacenters: Vec<String>,
}

/// Reports server, certificate, sessions, clock, licence, and what the account may do.
///
/// It takes six SOAP calls and a REST login on vCenter, and one call for each further page of the
/// inventory; for a tag, REST calls that look for its category and for the tag itself.
///
/// # Errors
///
/// [`OpError::NoSuchDatacenter`] for a name that is no datacenter's, or the client's. What the
/// server refuses to tell is no error: it stands in the report as unknown.
pub async fn validate(client: &Client, question: &Question) -> Result<Validation, OpError> {
    let what = "read what the account may do";
    let once = || validate_once(client, question);
    match once().await {
        // The session's key that privileges are asked with is that of the session before.
        Err(Trouble::Client(ClientError::SessionLost { .. })) => once().await,
        outcome => outcome,
    }
    .map_err(|trouble| match trouble {
        Trouble::Client(error) => OpError::client(what)(error),
        Trouble::Op(error) => error,
    })
}

/// Why there is no report.
enum Trouble {
    Client(ClientError),
    Op(OpError),
}

impl From<ClientError> for Trouble {
    fn from(error: ClientError) -> Self {
        Self::Client(error)
    }
}

async fn validate_once(client: &Client, question: &Question) -> Result<Validation, Trouble> {
    let ((clock, managers, nodes, name), (rest, tag)) = try_join(
        try_join4(
            gather::clock(client),
            gather::managers(client),
            tree::read(client),
            gather::instance_name(client),
        ),
        async {
            let rest = gather::rest(client).await;
            let tag = match &question.tag {
                Some(tag) if question.purpose == Purpose::Hardening => Some(TagWanted {
                    tag: tag.clone(),
                    need: gather::tag_need(client, tag).await,
                }),
                _ => None,
            };
            Ok((rest, tag))
        },
    )
    .await?;
    let root = client.content().root_folder.clone();
    let chosen = choose(&nodes, &question.datacenters).map_err(Trouble::Op)?;
    let mut asked = chosen.clone();
    let need = tag.as_ref().map_or(TagNeed::Nothing, TagWanted::need);
    let required = Requirement::new(question.purpose, question.target).with_tag(need);
    let mut privileges = required.on("Datacenter");
    if !required.on_server().is_empty() {
        asked.push(root.clone());
        privileges.extend(required.on_server());
    }
    privileges.retain(|one| managers.known.is_empty() || managers.known.contains(*one));
    let (granted, licences) = try_join(
        gather::granted(client, managers.session.as_ref(), &asked, privileges),
        gather::licences(client, &managers),
    )
    .await?;
    let name = name.or_else(|| host_name(client, &nodes));
    let Managers {
        session,
        roles,
        known,
        ..
    } = managers;
    let account = AccountFacts {
        root,
        nodes,
        roles: roles
            .into_iter()
            .map(|role| {
                (
                    role.role_id,
                    (role.name, role.privilege.into_iter().collect()),
                )
            })
            .collect(),
        known,
        granted,
    };
    let checked_at = Timestamp::now();
    let mut report = Validation {
        checked_at,
        about: about(client, session.as_ref()),
        name,
        proxy: proxy_of(client.url()),
        certificate: client
            .server_certificate()
            .map(|seen| certificate(&seen, checked_at)),
        sessions: vec![soap(client, session.as_ref()), rest],
        clock,
        licences,
        purpose: question.purpose,
        role: required.table(),
        tag,
        scopes: judge::scopes(&account, required, &chosen),
        verdict: verdict::none(),
    };
    report.verdict = verdict::of(&report);
    Ok(report)
}

/// The datacenters that these texts name: all of them when nothing is named.
pub(super) fn choose(
    nodes: &[Node],
    wanted: &[String],
) -> Result<Vec<ManagedObjectReference>, OpError> {
    let all: Vec<(&Node, String)> = nodes
        .iter()
        .filter(|node| node.moref.kind == "Datacenter")
        .map(|node| {
            let name = node.name.as_deref().map(names::decode).unwrap_or_default();
            (node, name)
        })
        .collect();
    if wanted.is_empty() {
        return Ok(all
            .into_iter()
            .map(|(node, _)| node.moref.clone())
            .collect());
    }
    let mut chosen = BTreeSet::new();
    for text in wanted {
        let last = text.trim_end_matches('/').rsplit('/').next();
        let last = names::decode(last.unwrap_or_default());
        let found = |(node, name): &&(&Node, String)| *name == last || node.moref.value == *text;
        let before = chosen.len();
        chosen.extend(all.iter().filter(found).map(|(node, _)| node.moref.clone()));
        let repeated = all.iter().any(|one| found(&one));
        if chosen.len() == before && !repeated {
            let near = names::near(&last, all.iter().map(|(_, name)| name.as_str()));
            return Err(OpError::NoSuchDatacenter {
                wanted: text.clone(),
                near,
            });
        }
    }
    Ok(chosen.into_iter().collect())
}

/// A host by itself is the only one of its inventory.
fn host_name(client: &Client, nodes: &[Node]) -> Option<String> {
    let host = |node: &&Node| node.moref.kind == "HostSystem";
    let found = nodes.iter().find(host).filter(|_| !client.is_vcenter())?;
    found.name.as_deref().map(names::decode)
}

fn about(client: &Client, session: Option<&UserSession>) -> ServerFacts {
    let about = client.about();
    ServerFacts {
        product: about.full_name.clone(),
        version: about.version.clone(),
        build: about.build.clone(),
        api_version: about.api_version.clone(),
        is_vcenter: client.is_vcenter(),
        address: client.url().host_str().map(ToOwned::to_owned),
        instance_uuid: about.instance_uuid.clone(),
        user: session
            .map(|session| session.user_name.clone())
            .filter(|name| !name.is_empty()),
    }
}

fn certificate(seen: &ServerCertificate, now: Timestamp) -> CertificateFacts {
    CertificateFacts {
        subject: seen.subject.clone(),
        issuer: seen.issuer.clone(),
        names: seen.names.clone(),
        thumbprint: seen.thumbprint.to_string(),
        not_before: seen.not_before,
        not_after: seen.not_after,
        days_left: seen
            .not_after
            .map(|end| end.duration_since(now).as_secs().div_euclid(86_400)),
    }
}

fn soap(client: &Client, session: Option<&UserSession>) -> SessionFacts {
    SessionFacts {
        api: SessionApi::Soap,
        path: Some(client.url().path().to_owned()),
        state: match session {
            Some(_) => SessionState::Valid,
            None => SessionState::Unknown {
                reason: "the server does not show the session".to_owned(),
            },
        },
        user: session.map(|session| session.user_name.clone()),
        login_time: session.and_then(|session| session.login_time),
    }
}
