//! For which architecture a rule counts, how much it costs there, and by which document.

use serde::Serialize;

use super::severity::Severity;
use crate::{documents::Document, target_kind::TargetKind};

/// That a rule counts for one kind of target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// The kind of target.
    pub target: TargetKind,
    /// What a broken rule costs there.
    pub severity: Severity,
    /// The document that demands it; where none does, the one that comes closest.
    pub document: &'static Document,
    /// Whether the document demands it; else it follows from vSphere, and from what the service does.
    pub stated: bool,
}

impl Basis {
    /// `blocker`, `info (not stated)`.
    pub fn label(&self) -> String {
        let note = if self.stated { "" } else { " (not stated)" };
        format!("{}{note}", self.severity)
    }
}

/// What a document demands of a replication appliance.
pub(super) const fn appliance(severity: Severity, document: &'static Document) -> Basis {
    Basis {
        target: TargetKind::Appliance,
        severity,
        document,
        stated: true,
    }
}

/// What a document demands of a master target.
pub(super) const fn master_target(severity: Severity, document: &'static Document) -> Basis {
    Basis {
        target: TargetKind::MasterTarget,
        severity,
        document,
        stated: true,
    }
}

/// What no document demands.
pub(super) const fn not_stated(basis: Basis) -> Basis {
    Basis {
        stated: false,
        ..basis
    }
}
