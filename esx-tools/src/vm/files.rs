//! What servers say about the files of disks.

use serde::{Deserialize, Serialize};

use crate::ledger::DiskUuid;

/// The file of a disk, and what the server says when it is asked for the file's UUID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedFile {
    /// Its path as datastore paths are written.
    pub path: String,
    /// Its UUID, or why it could not be asked for one.
    pub uuid: Result<DiskUuid, NoAnswer>,
}

impl NamedFile {
    /// What the server says when the file, or a part of it, is missing. A file that could not be asked is not missing.
    pub fn absent(&self) -> Option<&str> {
        match &self.uuid {
            Err(NoAnswer::Absent(said)) => Some(said),
            _ => None,
        }
    }
}

/// Why a file could not be asked for its UUID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoAnswer {
    /// There is no such file.
    Absent(String),
    /// The datastore is unknown to the master target's host.
    Unknown,
    /// Something else, in the server's words: it is locked, or the account may not ask.
    Refused(String),
}
