//! The report about one account on one server. Plain data.

use std::fmt;
use vsphere_client::vim::ManagedObjectReference;

use jiff::Timestamp;
use serde::Serialize;

use super::{Purpose, Requirement, TagNeed};
use crate::{
    fact::Fact,
    role::RoleTable,
    site::{LicenceFacts, ServerFacts},
    tag::TagName,
};

/// The report about one account on one server.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Validation {
    /// When, by this machine's clock.
    pub checked_at: Timestamp,
    /// The server, and the account as the server spells it.
    pub about: ServerFacts,
    /// What the server calls itself: a vCenter's instance name, a host's name.
    pub name: Option<String>,
    /// The proxy in between, without its account.
    pub proxy: Option<String>,
    /// The server's certificate; `None` over plain HTTP.
    pub certificate: Option<CertificateFacts>,
    /// The sessions that were opened, one for each of the server's APIs.
    pub sessions: Vec<SessionFacts>,
    /// How the clocks of server and client compare.
    pub clock: Fact<ClockFacts>,
    /// The licences in use.
    pub licences: Fact<Vec<LicenceUse>>,
    /// What the account is meant for.
    pub purpose: Purpose,
    /// The table of privileges that it is held against, with its document.
    pub role: &'static RoleTable,
    /// The tag that is to be attached, when one was named.
    pub tag: Option<TagWanted>,
    /// The datacenters in reach, and the server as a whole where a privilege counts only there.
    pub scopes: Vec<AccessScope>,
    /// What it comes to.
    pub verdict: AccountVerdict,
}

impl Validation {
    /// What the account is held against.
    pub fn requirement(&self) -> Requirement {
        let tag = self.tag.as_ref();
        Requirement {
            purpose: self.purpose,
            target: self.role.target,
            tag: tag.map_or(TagNeed::Nothing, TagWanted::need),
        }
    }
}

/// A tag that is to be attached, and what that takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TagWanted {
    /// The tag.
    pub tag: TagName,
    /// What it takes, by what there is of it on the server.
    pub need: Fact<TagNeed>,
}

impl TagWanted {
    /// What it takes; all that a tag may take when nothing is known of it.
    pub(super) fn need(&self) -> TagNeed {
        self.need.known().copied().unwrap_or(TagNeed::MakeCategory)
    }
}

/// The server's certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CertificateFacts {
    /// Whom it names.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The host names and addresses that it is made out to.
    pub names: Vec<String>,
    /// Its SHA-256 thumbprint.
    pub thumbprint: String,
    /// From when it counts.
    pub not_before: Option<Timestamp>,
    /// Until when it counts.
    pub not_after: Option<Timestamp>,
    /// Whole days until it ends by this machine's clock; negative when it has ended.
    pub days_left: Option<i64>,
}

/// An API of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionApi {
    /// The SOAP API, `/sdk`.
    Soap,
    /// The REST API, `/api` or `/rest`.
    Rest,
}

impl fmt::Display for SessionApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Soap => "SOAP",
            Self::Rest => "REST",
        })
    }
}

/// A session with one API. Its key is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionFacts {
    /// The API.
    pub api: SessionApi,
    /// Where the session was opened, such as `/api/session`.
    pub path: Option<String>,
    /// Whether there is one.
    pub state: SessionState,
    /// The account as the server spells it.
    pub user: Option<String>,
    /// When it was opened, by the server's clock.
    pub login_time: Option<Timestamp>,
}

/// Whether there is a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionState {
    /// The server opened it and knows it.
    Valid,
    /// The server refused the account.
    Refused {
        /// What it said.
        reason: String,
    },
    /// The server has no such API.
    NotOffered {
        /// How that shows.
        reason: String,
    },
    /// It cannot be told.
    Unknown {
        /// Why.
        reason: String,
    },
}

/// How the clocks of server and client compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClockFacts {
    /// The server's time when it answered.
    pub server_time: Timestamp,
    /// How many seconds the server is ahead of this VM; negative when it is behind. As exact
    /// as half the time that the answer took.
    pub ahead_seconds: i64,
}

/// A licence, and how many objects use it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LicenceUse {
    /// The licence.
    #[serde(flatten)]
    pub licence: LicenceFacts,
    /// How many objects have it.
    pub objects: usize,
    /// Whether it is the free edition, whose API only reads.
    pub free: bool,
}

/// A datacenter, or the server as a whole, with what the account may do there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccessScope {
    /// The object.
    pub moref: ManagedObjectReference,
    /// Its inventory path; `/` is the server as a whole.
    pub path: String,
    /// The privileges that count here, as the vSphere Client groups them; unknown when the server
    /// does not tell.
    pub groups: Fact<Vec<PrivilegeGroup>>,
    /// Objects below on which the account may do less, the topmost ones.
    pub gaps: Vec<Gap>,
    /// How many objects below were looked at.
    pub objects: usize,
    /// How many of them do not tell which role the account has there.
    pub unreadable: usize,
}

impl AccessScope {
    /// How many privileges are held, and how many count.
    pub fn held(&self) -> Option<(usize, usize)> {
        let groups = self.groups.known()?;
        let held = groups.iter().map(|group| group.held.len()).sum();
        let missing: usize = groups.iter().map(|group| group.missing.len()).sum();
        Some((held, held + missing))
    }

    /// The privileges that are missing, by identifier.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        let groups = self.groups.known().map(Vec::as_slice).unwrap_or_default();
        groups
            .iter()
            .flat_map(|group| group.missing.iter().map(String::as_str))
    }
}

/// Privileges of one group, by identifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PrivilegeGroup {
    /// The group as the vSphere Client names it.
    pub name: String,
    /// What the account holds.
    pub held: Vec<String>,
    /// What it lacks.
    pub missing: Vec<String>,
}

/// An object on which the account may do less than on the datacenter above it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The object.
    pub moref: ManagedObjectReference,
    /// Its inventory path, or what can be told of it.
    pub path: String,
    /// What the account may do there.
    pub access: Access,
    /// How many objects below it share its fate, as far as they can be seen.
    pub below: usize,
}

/// What an account may do where it may do less.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Nothing: the role No access.
    None,
    /// Less than above.
    Less {
        /// The roles that the account has there, by name.
        roles: Vec<String>,
        /// What it lacks there of what it holds above, by identifier.
        missing: Vec<String>,
    },
}

/// What it comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountVerdict {
    /// Whether the account may do everything that its purpose takes, everywhere.
    pub sufficient: bool,
    /// Whether an API refused the login that another one took.
    pub login_refused: bool,
    /// What follows from what is missing, each a sentence.
    pub consequences: Vec<String>,
    /// What to look after although it is no matter of privileges, each a sentence.
    pub warnings: Vec<String>,
}
