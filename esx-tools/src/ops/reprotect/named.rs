//! From what a group file says to references.

use std::collections::BTreeMap;
use vsphere_client::vim::ManagedObjectReference;

use serde::{Deserialize, Serialize};
use vsphere_client::Client;

use crate::{
    capacity::read::NamedGroup,
    find::{Directory, resolve_reference},
    group::{GroupFile, GroupFileError, Located, VmPattern},
    ops::{OpError, VmSelector},
};

/// A VM whose disks are not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uncounted {
    /// Its group.
    pub group: String,
    /// Its name.
    pub vm: String,
}

/// What a group file names, found on the server.
pub(super) struct Named {
    pub(super) targets: Vec<ManagedObjectReference>,
    pub(super) groups: Vec<NamedGroup>,
    pub(super) uncounted: Vec<Uncounted>,
}

/// Finds everything that the file names.
pub(super) async fn named(client: &Client, file: &GroupFile) -> Result<Named, OpError> {
    let finder = Finder {
        client,
        file,
        directory: Directory::listed(client).await?,
    };
    let mut targets: Vec<ManagedObjectReference> = Vec::new();
    for selector in &file.master_targets {
        let found = finder.one(selector, &selector.value).await?;
        if targets.contains(&found) {
            return Err(file
                .error(selector, "this master target stands here twice")
                .into());
        }
        targets.push(found);
    }
    let mut groups = Vec::new();
    let mut uncounted = Vec::new();
    for group in &file.groups {
        let only = match &group.master_target {
            Some(selector) => Some(finder.one(selector, &selector.value).await?),
            None => None,
        };
        if let Some(only) = &only
            && !targets.contains(only)
        {
            targets.push(only.clone());
        }
        let mut members: Vec<ManagedObjectReference> = Vec::new();
        for pattern in &group.vms {
            for found in finder.many(pattern).await? {
                if !members.contains(&found) {
                    members.push(found);
                }
            }
        }
        uncounted.extend(group.recreate.iter().map(|vm| Uncounted {
            group: group.name.value.clone(),
            vm: vm.value.clone(),
        }));
        groups.push(NamedGroup {
            name: group.name.value.clone(),
            members,
            only,
            kind: group.target.as_ref().map(|located| located.value),
        });
    }
    finder.refuse_contradictions(&targets, &groups)?;
    Ok(Named {
        targets,
        groups,
        uncounted,
    })
}

struct Finder<'a> {
    client: &'a Client,
    file: &'a GroupFile,
    directory: Directory,
}

impl Finder<'_> {
    async fn many(
        &self,
        pattern: &Located<VmPattern>,
    ) -> Result<Vec<ManagedObjectReference>, OpError> {
        match &pattern.value {
            VmPattern::One(selector) => Ok(vec![self.one(pattern, selector).await?]),
            many => {
                let found = self.directory.matching(many);
                if found.is_empty() {
                    return Err(self
                        .file
                        .error(pattern, format!("no VM fits {many}"))
                        .into());
                }
                Ok(found)
            }
        }
    }

    async fn one<T>(
        &self,
        position: &Located<T>,
        selector: &VmSelector,
    ) -> Result<ManagedObjectReference, OpError> {
        let found = match self.directory.named(selector) {
            Some(found) => found,
            None => match resolve_reference(self.client, selector).await {
                Ok(reference) => vec![reference.clone()],
                Err(OpError::NotFound { .. }) => Vec::new(),
                Err(OpError::Ambiguous { matches, .. }) => {
                    matches.into_iter().map(|one| one.moref).collect()
                }
                Err(error) => return Err(error),
            },
        };
        match found.as_slice() {
            [one] => Ok(one.clone()),
            [] => {
                let near = self.directory.near(selector);
                let hint = if near.is_empty() {
                    String::new()
                } else {
                    format!("; did you mean {}?", near.join(" or "))
                };
                let problem = format!("there is no VM {selector}{hint}");
                Err(self.file.error(position, problem).into())
            }
            several => {
                let labels = several
                    .iter()
                    .map(|moref| format!("{} ({moref})", self.directory.label(moref)));
                let problem = format!(
                    "{} VMs are named {selector}: {}",
                    several.len(),
                    labels.collect::<Vec<_>>().join("; ")
                );
                Err(self.file.error(position, problem).into())
            }
        }
    }

    /// A VM stands in one group only, and a master target in none.
    fn refuse_contradictions(
        &self,
        targets: &[ManagedObjectReference],
        groups: &[NamedGroup],
    ) -> Result<(), GroupFileError> {
        let mut seen: BTreeMap<&ManagedObjectReference, &str> = BTreeMap::new();
        for (at, group) in groups.iter().enumerate() {
            let Some(written) = self.file.groups.get(at) else {
                continue;
            };
            for moref in &group.members {
                let problem = if targets.contains(moref) {
                    format!(
                        "{} is a master target, so it cannot be protected",
                        self.directory.label(moref)
                    )
                } else if let Some(other) = seen.insert(moref, &group.name) {
                    format!(
                        "{} stands in group {other} already",
                        self.directory.label(moref)
                    )
                } else {
                    continue;
                };
                return Err(match self.position_of(moref, at) {
                    Some(position) => self.file.error(position, problem),
                    None => self.file.error(&written.name, problem),
                });
            }
        }
        Ok(())
    }

    /// Where a group names a VM; a UUID is not looked up again.
    fn position_of(
        &self,
        moref: &ManagedObjectReference,
        group: usize,
    ) -> Option<&Located<VmPattern>> {
        self.file
            .groups
            .get(group)?
            .vms
            .iter()
            .find(|pattern| match &pattern.value {
                VmPattern::One(selector) => self
                    .directory
                    .named(selector)
                    .is_some_and(|found| found.contains(moref)),
                many => self.directory.matching(many).contains(moref),
            })
    }
}
