//! What is wrong with a group file, and where.

use std::fmt;

use serde::Serialize;

use super::Position;

/// What is wrong with a group file, with the line and the key that it concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupFileError {
    /// The file's name as it was given.
    pub file: String,
    /// Line and column, when the file could be read so far.
    pub at: Option<Position>,
    /// The key, for example `groups[1].vms[0]`; empty at the top.
    pub key: String,
    /// What is wrong, in one fragment.
    pub problem: String,
}

impl fmt::Display for GroupFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(at) = self.at {
            write!(f, ", line {}", at.line)?;
        }
        if !self.key.is_empty() {
            write!(f, ", {}", self.key)?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for GroupFileError {}
