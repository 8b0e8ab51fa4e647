//! The name of a step: what kind of step it is, and on which object where there can be several.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! step_kinds {
    ($($(#[$about:meta])* $kind:ident = $text:literal,)+) => {
        /// The kind of a step.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum StepKind {
            $($(#[$about])* $kind,)+
        }

        impl StepKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// The kind as it stands in ids and in JSON, for example `reconfigure`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $text,)+
                }
            }
        }
    };
}

step_kinds! {
    /// Remove all snapshots.
    RemoveAllSnapshots = "remove-all-snapshots",
    /// Consolidate the disks.
    ConsolidateDisks = "consolidate-disks",
    /// Everything that one reconfigure can do.
    Reconfigure = "reconfigure",
    /// Shut the guest down, or switch the VM off.
    ShutDown = "shut-down",
    /// Power the VM on again.
    PowerOn = "power-on",
    /// Replace controllers, with the devices on them.
    ConvertControllers = "convert-controllers",
    /// Add a retention disk.
    AddRetentionDisk = "add-retention-disk",
    /// Edit the VM's entry in Storage DRS of a pod.
    StorageDrsOverride = "storage-drs-override",
    /// Edit the VM's entry in DRS of a cluster.
    DrsOverride = "drs-override",
    /// Disable `RelocateVM_Task`.
    DisableMethods = "disable-methods",
    /// Note that esxtool disabled it, beside others.
    RecordExclusion = "record-exclusion",
    /// Enable it again.
    EnableMethods = "enable-methods",
    /// Attach a tag.
    Tag = "tag",
    /// Detach a tag.
    Untag = "untag",
    /// Mount a datastore.
    Mount = "mount",
    /// Unmount a datastore.
    Unmount = "unmount",
    /// Attach disks.
    AttachDisks = "attach-disks",
    /// Detach disks.
    DetachDisks = "detach-disks",
    /// Give disks back to the VM that owns them.
    GiveBack = "give-back",
    /// Write into the ledger where disks are now.
    NoteInLedger = "note-in-ledger",
    /// Create a role.
    CreateRole = "create-role",
    /// Add privileges to a role.
    CompleteRole = "complete-role",
    /// Give a role to an account.
    AssignRole = "assign-role",
}

impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Names a step: unique in its plan, and the same in every plan for the same change.
///
/// Written `reconfigure`, or `storage-drs-override:group-p12` where a plan can have several of a kind.
///
/// ```
/// use esx_tools::plan::{StepId, StepKind};
///
/// let id = StepId::on(StepKind::StorageDrsOverride, "group-p12");
/// assert_eq!(id.to_string(), "storage-drs-override:group-p12");
/// assert_eq!("storage-drs-override:group-p12".parse(), Ok(id));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct StepId {
    /// What kind of step it is.
    pub kind: StepKind,
    /// On which object; unset where a plan has one step of the kind at most.
    pub object: Option<String>,
}

impl StepId {
    /// The id of the only step of its kind.
    pub fn of(kind: StepKind) -> Self {
        Self { kind, object: None }
    }

    /// The id of the step of a kind that is made on an object.
    pub fn on(kind: StepKind, object: impl Into<String>) -> Self {
        Self {
            kind,
            object: Some(object.into()),
        }
    }
}

impl From<StepKind> for StepId {
    fn from(kind: StepKind) -> Self {
        Self::of(kind)
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.object {
            Some(object) => write!(f, "{}:{object}", self.kind),
            None => self.kind.fmt(f),
        }
    }
}

impl From<StepId> for String {
    fn from(id: StepId) -> Self {
        id.to_string()
    }
}

/// The text names no step.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no step")]
pub struct NotAStepId(String);

impl FromStr for StepId {
    type Err = NotAStepId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, object) = match text.split_once(':') {
            Some((kind, object)) => (kind, Some(object.to_owned())),
            None => (text, None),
        };
        let mut kinds = StepKind::ALL.iter();
        let kind = kinds.find(|one| one.as_str() == kind);
        let kind = *kind.ok_or_else(|| NotAStepId(text.to_owned()))?;
        Ok(Self { kind, object })
    }
}

impl TryFrom<String> for StepId {
    type Error = NotAStepId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_written_once_and_read_back() {
        for (index, kind) in StepKind::ALL.iter().enumerate() {
            let id = StepId::of(*kind);
            assert_eq!(id.to_string().parse(), Ok(id));
            let earlier = &StepKind::ALL[..index];
            assert!(earlier.iter().all(|one| one.as_str() != kind.as_str()));
        }
        let id = StepId::on(StepKind::Tag, "a/b:c");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!("dance".parse::<StepId>().is_err());
    }
}
