//! Reads a group file before any server is contacted.

use std::path::Path;

use esx_tools::group::GroupFile;

use crate::failure::Failure;

/// The group file at a path, or the usage error that points at what is wrong in it.
pub(crate) fn group_file(path: &Path) -> Result<GroupFile, Failure> {
    GroupFile::load(path)
        .map_err(|error| Failure::usage(error).hint("fix the group file; no server was contacted"))
}
