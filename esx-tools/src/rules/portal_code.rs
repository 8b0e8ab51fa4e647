//! Error codes of the portal, as far as documents name them for failback.

use serde::Serialize;

use crate::{
    documents::{
        Document, TROUBLESHOOT_DISCOVERY, TROUBLESHOOT_FAILBACK, TROUBLESHOOT_REPLICATION,
    },
    target_kind::TargetKind,
};

/// An error code of the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PortalCode {
    /// The number that the portal shows.
    pub code: u32,
    /// What it comes from.
    pub cause: &'static str,
    /// The kind of target that the document is about.
    pub target: TargetKind,
    /// The document that names it.
    pub document: &'static Document,
}

const fn classic(code: u32, cause: &'static str, document: &'static Document) -> PortalCode {
    PortalCode {
        code,
        cause,
        target: TargetKind::MasterTarget,
        document,
    }
}

/// Every code that the documents on failback name. None is documented for the modernized architecture.
pub const PORTAL_CODES: &[PortalCode] = &[
    classic(
        806,
        "the process server sends no heartbeat",
        &TROUBLESHOOT_REPLICATION,
    ),
    classic(
        8038,
        "the VM could not be powered on here: its host has too little memory",
        &TROUBLESHOOT_FAILBACK,
    ),
    classic(
        8061,
        "the host cannot reach the datastore, or the datastore is of a kind that is not supported",
        &TROUBLESHOOT_FAILBACK,
    ),
    classic(
        78022,
        "the master target sends no heartbeat: it is off, or its services do not run",
        &TROUBLESHOOT_REPLICATION,
    ),
    classic(
        78052,
        "a VM of the same name is on the master target's host already",
        &TROUBLESHOOT_FAILBACK,
    ),
    classic(
        78093,
        "the VM in Azure does not run, hangs or cannot be reached; vSphere cannot see that",
        &TROUBLESHOOT_FAILBACK,
    ),
    classic(
        95126,
        "discovery fails at a VM whose snapshot.maxSnapshots is no number",
        &TROUBLESHOOT_DISCOVERY,
    ),
    classic(
        95226,
        "the VM in Azure cannot reach the configuration server",
        &TROUBLESHOOT_FAILBACK,
    ),
];

/// The code with this number, when the documents name it.
pub fn portal_code(code: u32) -> Option<&'static PortalCode> {
    PORTAL_CODES.iter().find(|one| one.code == code)
}
