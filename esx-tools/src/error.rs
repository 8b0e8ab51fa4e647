//! Why an operation did not give its result.

use serde::Serialize;
use vsphere_client::rest::{RestError, RestErrorKind};
use vsphere_client::{Error as ClientError, vim::FaultKind};

use crate::{group::GroupFileError, vm::ResolvedVm};

/// The kind of an error, as far as a caller acts on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorClass {
    /// What was asked for makes no sense.
    Usage,
    /// No connection, no trust, or no vSphere there.
    Connect,
    /// The server refused the credentials.
    Login,
    /// The account lacks a privilege.
    Privilege,
    /// Nothing has the name, or several things do.
    NotFound,
    /// The server refused or failed the work.
    Operation,
    /// A part of the work is done.
    Partial,
}

/// Why an operation did not give its result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpError {
    /// The server or the way to it failed.
    #[error("cannot {what}")]
    Client {
        /// What was being done, and on which object.
        what: String,
        /// What the client said.
        #[source]
        source: ClientError,
    },
    /// No VM is named so.
    #[error("no VM {wanted:?} was found")]
    NotFound {
        /// What was looked for.
        wanted: String,
        /// Names that are near to it, the nearest first.
        near: Vec<String>,
    },
    /// Several VMs are named so.
    #[error("{} VMs are named {wanted:?}: {}", matches.len(), list(matches))]
    Ambiguous {
        /// What was looked for.
        wanted: String,
        /// All that match.
        matches: Vec<ResolvedVm>,
    },
    /// What has to be known could not be read.
    #[error("{what} cannot be read: {reason}")]
    Unreadable {
        /// What, and of which object.
        what: String,
        /// Why.
        reason: String,
    },
    /// What was named does not go together.
    #[error("{problem}")]
    Contradiction {
        /// What does not go together.
        problem: String,
    },
    /// What is to be changed depends on the kind of target, which cannot be told.
    #[error("what {vm} is decides what has to be done to it, and that is {target}")]
    TargetUnknown {
        /// The VM's name.
        vm: String,
        /// What was seen.
        target: String,
    },
    /// What the group file names is not there, or does not go together.
    #[error(transparent)]
    GroupFile(#[from] GroupFileError),
    /// Nothing that holds VMs is at an inventory path.
    #[error("no folder, datacenter, cluster, host, resource pool or vApp is at {path:?}")]
    NoSuchPath {
        /// The path that was looked for.
        path: String,
        /// Paths that are near to it.
        near: Vec<String>,
    },
    /// No datacenter is named so.
    #[error("no datacenter {wanted:?} is in reach of the account")]
    NoSuchDatacenter {
        /// What was looked for.
        wanted: String,
        /// Names that are near to it.
        near: Vec<String>,
    },
    /// The server knows no account of that name.
    #[error("the server knows no account {user:?}")]
    NoSuchAccount {
        /// The name.
        user: String,
    },
    /// The server accepted a call and does not show what it was to bring about.
    #[error("the server does not show what it was told: to {what}")]
    NotTaken {
        /// What it was told to do.
        what: String,
    },
    /// A step failed after others had taken effect.
    #[error("{done} of {all} steps are done, and the next one failed")]
    PartOfRole {
        /// How many took effect.
        done: usize,
        /// How many there are.
        all: usize,
        /// What the next one failed of.
        #[source]
        source: Box<OpError>,
    },
    /// No object of some kind is named so.
    #[error("no {kind} {wanted:?} was found")]
    NoSuchObject {
        /// What kind of object: `host`, `datastore`.
        kind: &'static str,
        /// What was looked for.
        wanted: String,
        /// Names that are near to it, the nearest first.
        near: Vec<String>,
        /// The command that lists what there is.
        list: &'static str,
    },
    /// The VM changed in a way that another plan is needed.
    #[error("{vm} was changed by somebody else meanwhile: {change}")]
    Stale {
        /// The VM's name.
        vm: String,
        /// What changed.
        change: String,
    },
}

fn list(matches: &[ResolvedVm]) -> String {
    matches
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

impl OpError {
    /// Names what was being done when the client failed.
    pub(crate) fn client(what: impl Into<String>) -> impl FnOnce(ClientError) -> Self {
        let what = what.into();
        |source| Self::Client { what, source }
    }

    /// The kind of the error.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Client { source, .. } => client_class(source),
            Self::GroupFile(_) | Self::Contradiction { .. } | Self::TargetUnknown { .. } => {
                ErrorClass::Usage
            }
            Self::Unreadable { .. } => ErrorClass::Privilege,
            Self::NotFound { .. }
            | Self::Ambiguous { .. }
            | Self::NoSuchPath { .. }
            | Self::NoSuchObject { .. }
            | Self::NoSuchDatacenter { .. }
            | Self::NoSuchAccount { .. } => ErrorClass::NotFound,
            Self::PartOfRole { .. } => ErrorClass::Partial,
            Self::Stale { .. } | Self::NotTaken { .. } => ErrorClass::Operation,
        }
    }

    /// What to do next, when there is something to say.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Client { source, .. } => client_hint(source),
            Self::NotFound { near, .. } if near.is_empty() => {
                Some("list what there is with: esxtool inventory vms".into())
            }
            Self::NotFound { near, .. } => Some(format!("did you mean {}?", near.join(" or "))),
            Self::NoSuchObject { near, list, .. } if near.is_empty() => {
                Some(format!("list what there is with: {list}"))
            }
            Self::NoSuchObject { near, .. } => Some(format!("did you mean {}?", near.join(" or "))),
            Self::Ambiguous { .. } => {
                Some("name it by inventory path, instance UUID or reference".into())
            }
            Self::Unreadable { .. } => {
                Some("give the account a role that may read the VM, at least Read-only".into())
            }
            Self::Contradiction { .. } => None,
            Self::TargetUnknown { .. } => Some(
                "say --target appliance for a replication appliance, --target master-target for a master target; nothing was changed".into(),
            ),
            Self::NoSuchDatacenter { near, .. } if !near.is_empty() => {
                Some(format!("did you mean {}?", near.join(" or ")))
            }
            Self::NoSuchDatacenter { .. } => Some(
                "leave --datacenter out to see every datacenter in reach".into(),
            ),
            Self::NoSuchAccount { .. } => Some(
                "write it with its domain, such as asr@vsphere.local or CORP\\jane; the account has to exist already".into(),
            ),
            Self::NotTaken { .. } => Some("look at the roles in the vSphere Client, under Administration".into()),
            Self::PartOfRole { source, .. } => Some(source.hint().unwrap_or_else(|| {
                "what is done stays done; run the same command again for the rest".into()
            })),
            Self::GroupFile(_) => Some("fix the group file; nothing was changed".into()),
            Self::NoSuchPath { near, .. } if !near.is_empty() => {
                Some(format!("did you mean {}?", near.join(" or ")))
            }
            Self::NoSuchPath { .. } => Some(
                "write it as in /DC/vm/folder or /DC/host/cluster, a slash within a name as %2f"
                    .into(),
            ),
            Self::Stale { .. } => Some("look at the new plan and run it again".into()),
        }
    }
}

fn client_class(error: &ClientError) -> ErrorClass {
    match error {
        ClientError::LoginRefused { .. } => ErrorClass::Login,
        ClientError::Address { .. }
        | ClientError::NotVsphere(_)
        | ClientError::Unavailable(_)
        | ClientError::Transport { .. } => ErrorClass::Connect,
        ClientError::Fault { fault, .. } => match fault.kind {
            FaultKind::NoPermission { .. } => ErrorClass::Privilege,
            FaultKind::NotAuthenticated | FaultKind::InvalidLogin | FaultKind::PasswordExpired => {
                ErrorClass::Login
            }
            _ => ErrorClass::Operation,
        },
        ClientError::Gone(_) => ErrorClass::NotFound,
        ClientError::Rest(error) => rest_class(error),
        ClientError::NoSession { source, .. } => client_class(source),
        _ => ErrorClass::Operation,
    }
}

fn rest_class(error: &RestError) -> ErrorClass {
    match error {
        RestError::LoginRefused { .. } | RestError::UserName { .. } => ErrorClass::Login,
        RestError::Transport { .. } | RestError::NotRest(_) | RestError::Unavailable(_) => {
            ErrorClass::Connect
        }
        error if error.is(&RestErrorKind::Unauthorized) => ErrorClass::Privilege,
        error if error.is(&RestErrorKind::Unauthenticated) => ErrorClass::Login,
        _ => ErrorClass::Operation,
    }
}

fn client_hint(error: &ClientError) -> Option<String> {
    match &error.fault()?.kind {
        FaultKind::NoPermission {
            object,
            privilege_id,
        } => {
            let privilege = privilege_id.as_deref().unwrap_or("that is missing");
            let on = object
                .as_ref()
                .map(|object| format!(" on {object}"))
                .unwrap_or_default();
            Some(format!("grant the account the privilege {privilege}{on}"))
        }
        FaultKind::RestrictedVersion => Some(
            "the host's licence does not allow the API to write: give it another licence".into(),
        ),
        FaultKind::InvalidLogin => Some("check user name and password".into()),
        _ => None,
    }
}
