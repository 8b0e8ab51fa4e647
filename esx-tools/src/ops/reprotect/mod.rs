//! Plans which replication group goes to which master target.

mod named;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vsphere_client::{Client, vim::ManagedObjectReference};

pub use named::Uncounted;

use super::{CheckOptions, OpError};
use crate::{
    capacity::{self, Assignment},
    group::GroupFile,
    site::survey,
};

/// An assignment, and what it could not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReprotectPlan {
    /// Which group goes where.
    #[serde(flatten)]
    pub assignment: Assignment,
    /// VMs to be recreated: their disks are not on this server, so they are not counted.
    pub uncounted: Vec<Uncounted>,
}

impl ReprotectPlan {
    /// Whether every group fits, and all of its disks are counted.
    pub fn is_certain(&self) -> bool {
        self.assignment.fits && self.uncounted.is_empty()
    }
}

/// Assigns the replication groups of a group file to its master targets. Nothing is changed.
///
/// The names of all VMs are read once, then the VMs that the file names with their
/// datastores in one retrieval, then the names of the hosts concerned. Only what has to do with
/// room and slots is judged; [`check`](super::check) judges the rest.
///
/// # Errors
///
/// [`OpError::GroupFile`] with line and key when the file names what is not there, or one VM
/// twice; else the client's.
pub async fn plan_reprotect(client: &Client, file: &GroupFile) -> Result<ReprotectPlan, OpError> {
    let options = CheckOptions {
        group: Some(file.clone()),
        ..CheckOptions::default()
    };
    plan_reprotect_as(client, file, &options).await
}

/// As [`plan_reprotect`], where the options say what kind of targets there are; nothing else of them counts.
///
/// # Errors
///
/// As [`plan_reprotect`]; [`OpError::GroupFile`] also where options and file contradict each other.
pub async fn plan_reprotect_as(
    client: &Client,
    file: &GroupFile,
    options: &CheckOptions,
) -> Result<ReprotectPlan, OpError> {
    options.validate()?;
    let named = named::named(client, file).await?;
    let vms: BTreeSet<ManagedObjectReference> = (named.groups.iter())
        .flat_map(|group| &group.members)
        .chain(&named.targets)
        .cloned()
        .collect();
    let survey = survey(client, &vms)
        .await
        .map_err(OpError::client("read the VMs of the group file"))?;
    let kind = |target: &ManagedObjectReference| {
        let mut own = named.groups.iter();
        let own = own.find(|group| group.only.as_ref() == Some(target));
        let stated = options.stated(own.and_then(|group| group.kind));
        stated.map(|stated| stated.kind)
    };
    let problem = capacity::read::problem(&survey, &named.targets, &named.groups, &kind);
    Ok(ReprotectPlan {
        assignment: capacity::assign(&problem),
        uncounted: named.uncounted,
    })
}
