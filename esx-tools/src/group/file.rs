//! What a group file says.

use serde::Serialize;

use super::{GroupFileError, Position, VmPattern};
use crate::{endpoint::Endpoint, selector::VmSelector, target_kind::TargetKind};

/// A value with its position in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Line and column.
    pub at: Position,
    /// The key that leads to it, for example `groups[1].vms[0]`.
    pub key: String,
}

/// One replication group: VMs that fail over and back together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Its name.
    pub name: Located<String>,
    /// Its VMs, by name or pattern.
    pub vms: Vec<Located<VmPattern>>,
    /// Names of VMs that are no longer here and will be recreated.
    pub recreate: Vec<Located<String>>,
    /// The master target that it is meant for, when the file says so.
    pub master_target: Option<Located<VmSelector>>,
    /// The kind of target that it is meant for, when the file says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Located<TargetKind>>,
}

/// A group file that was read and makes sense in itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupFile {
    /// The file's name as it was given; errors name it.
    pub file: String,
    /// The master targets to use.
    pub master_targets: Vec<Located<VmSelector>>,
    /// The replication groups, at least one.
    pub groups: Vec<Group>,
    /// Where the configuration server answers.
    pub configuration_server: Option<Located<Endpoint>>,
    /// Where the process servers answer.
    pub process_servers: Vec<Located<Endpoint>>,
    /// What kind of target the disks of all groups go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Located<TargetKind>>,
    /// Address or instance UUID of the vCenter that the VMs fail back to.
    pub failback_vcenter: Option<Located<String>>,
}

impl GroupFile {
    /// An error at a position in this file, found out later.
    pub fn error<T>(&self, position: &Located<T>, problem: impl Into<String>) -> GroupFileError {
        GroupFileError {
            file: self.file.clone(),
            at: Some(position.at),
            key: position.key.clone(),
            problem: problem.into(),
        }
    }
}
