//! From what was named to references: master targets, VMs, groups.

use std::collections::{BTreeMap, BTreeSet};
use vsphere_client::vim::ManagedObjectReference;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use vsphere_client::Client;

use super::{CheckOptions, OpError, VmSelector};
use crate::find::{Directory, resolve_reference};
use crate::group::{GroupFile, Located, VmPattern};
use crate::target_kind::TargetKind;

/// Look-ups that are under way at once.
const AT_ONCE: usize = 8;

/// Everything that was named, found on the server.
#[derive(Debug)]
pub(super) struct Chosen {
    /// Master targets, in the order they were named.
    pub(super) targets: Vec<ManagedObjectReference>,
    /// VMs named by option.
    pub(super) protect: Vec<ManagedObjectReference>,
    /// Replication groups.
    pub(super) groups: Vec<ChosenGroup>,
}

/// A replication group whose VMs were found.
#[derive(Debug)]
pub(super) struct ChosenGroup {
    pub(super) name: String,
    pub(super) members: Vec<ManagedObjectReference>,
    /// The master target that it must go to.
    pub(super) only: Option<ManagedObjectReference>,
    /// The kind of target that it must go to.
    pub(super) target: Option<TargetKind>,
}

impl Chosen {
    /// Every VM to be protected, each once.
    pub(super) fn vms(&self) -> BTreeSet<&ManagedObjectReference> {
        let members = self.groups.iter().flat_map(|group| &group.members);
        self.protect.iter().chain(members).collect()
    }

    /// Finds them all, in as few calls as what was named allows.
    pub(super) async fn find(
        client: &Client,
        targets: &[VmSelector],
        options: &CheckOptions,
    ) -> Result<Self, OpError> {
        let file = options.group.as_ref();
        let mut finder = Finder {
            client,
            file,
            directory: Directory::default(),
            found: BTreeMap::new(),
        };
        finder.look_up(targets, options).await?;
        finder.join(targets, options)
    }
}

/// A selector, with its position when it stands in the group file.
type Wanted = (VmSelector, Option<Located<()>>);

struct Finder<'a> {
    client: &'a Client,
    file: Option<&'a GroupFile>,
    directory: Directory,
    /// By the selector's own text.
    found: BTreeMap<String, ManagedObjectReference>,
}

fn position<T>(located: &Located<T>) -> Option<Located<()>> {
    Some(Located {
        value: (),
        at: located.at,
        key: located.key.clone(),
    })
}

/// Puts what names one VM apart from what names many.
fn sort<'a>(
    wanted: &'a VmPattern,
    position: Option<Located<()>>,
    singles: &mut Vec<Wanted>,
    patterns: &mut Vec<&'a VmPattern>,
) {
    match wanted {
        VmPattern::One(selector) => singles.push((selector.clone(), position)),
        VmPattern::Many(_) => patterns.push(wanted),
    }
}

impl Finder<'_> {
    async fn look_up(
        &mut self,
        targets: &[VmSelector],
        options: &CheckOptions,
    ) -> Result<(), OpError> {
        let mut singles: Vec<Wanted> = targets.iter().map(|one| (one.clone(), None)).collect();
        let mut patterns: Vec<&VmPattern> = Vec::new();
        for wanted in &options.protect {
            sort(wanted, None, &mut singles, &mut patterns);
        }
        if let Some(file) = options.group.as_ref() {
            for target in &file.master_targets {
                singles.push((target.value.clone(), position(target)));
            }
            for group in &file.groups {
                for vm in &group.vms {
                    sort(&vm.value, position(vm), &mut singles, &mut patterns);
                }
                if let Some(target) = &group.master_target {
                    singles.push((target.value.clone(), position(target)));
                }
            }
        }
        let names = singles
            .iter()
            .filter(|(selector, _)| matches!(selector, VmSelector::Name(_)))
            .count();
        // There is no search by name, so a name costs all names; the second one is then free.
        if names > 1
            || patterns.iter().any(|pattern| pattern.folder().is_none())
            || (names == 1 && !patterns.is_empty())
        {
            self.directory = Directory::read(self.client).await?;
        } else {
            let folders: BTreeSet<&str> = patterns.iter().filter_map(|one| one.folder()).collect();
            for folder in folders {
                self.directory.add_folder(self.client, folder).await?;
            }
        }
        let (client, file, directory) = (self.client, self.file, &self.directory);
        let found: Vec<(String, ManagedObjectReference)> = stream::iter(singles)
            .map(|wanted| look_up_one(client, file, directory, wanted))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        self.found = found.into_iter().collect();
        Ok(())
    }

    fn single(&self, selector: &VmSelector) -> Result<ManagedObjectReference, OpError> {
        self.found
            .get(&selector.to_string())
            .cloned()
            .ok_or_else(|| OpError::NotFound {
                wanted: selector.to_string(),
                near: Vec::new(),
            })
    }

    /// The VMs that a pattern names. A pattern passes over master targets, a name does not.
    fn many(
        &self,
        pattern: &VmPattern,
        targets: &[ManagedObjectReference],
    ) -> Result<Vec<ManagedObjectReference>, OpError> {
        let found = match pattern {
            VmPattern::One(selector) => {
                let one = self.single(selector)?;
                if targets.contains(&one) {
                    return Err(OpError::Contradiction {
                        problem: format!(
                            "{pattern} is a master target and cannot be protected by itself"
                        ),
                    });
                }
                vec![one]
            }
            many => {
                let mut found = self.directory.matching(many);
                found.retain(|moref| !targets.contains(moref));
                found
            }
        };
        if found.is_empty() {
            return Err(OpError::NotFound {
                wanted: pattern.to_string(),
                near: Vec::new(),
            });
        }
        Ok(found)
    }

    fn join(&self, targets: &[VmSelector], options: &CheckOptions) -> Result<Chosen, OpError> {
        let mut chosen: Vec<ManagedObjectReference> = Vec::new();
        for selector in targets {
            let target = self.single(selector)?;
            if !chosen.contains(&target) {
                chosen.push(target);
            }
        }
        let file = options.group.as_ref();
        // What is named on the command line stands for itself; the file fills in when nothing is.
        if targets.is_empty() {
            let named = file.into_iter().flat_map(|file| &file.master_targets);
            let only = file.into_iter().flat_map(|file| &file.groups);
            for selector in named.chain(only.filter_map(|group| group.master_target.as_ref())) {
                let target = self.single(&selector.value)?;
                if !chosen.contains(&target) {
                    chosen.push(target);
                }
            }
        }
        let mut protect = Vec::new();
        let mut stands: BTreeMap<ManagedObjectReference, String> = BTreeMap::new();
        for pattern in &options.protect {
            for moref in self.many(pattern, &chosen)? {
                if stands.insert(moref.clone(), "the options".into()).is_none() {
                    protect.push(moref);
                }
            }
        }
        let mut groups = Vec::new();
        for group in file.into_iter().flat_map(|file| &file.groups) {
            let name = &group.name.value;
            let mut members = Vec::new();
            for pattern in &group.vms {
                let wrong = |error| at_position(self.file, position(pattern).as_ref(), error);
                for moref in self.many(&pattern.value, &chosen).map_err(wrong)? {
                    match stands.insert(moref.clone(), format!("group {name}")) {
                        Some(other) if other == format!("group {name}") => {}
                        Some(other) => {
                            let label = self.directory.label(&moref);
                            let problem = format!("{label} stands in {other} already");
                            return Err(wrong(OpError::Contradiction { problem }));
                        }
                        None => members.push(moref),
                    }
                }
            }
            groups.push(ChosenGroup {
                name: name.clone(),
                members,
                target: group.target.as_ref().map(|located| located.value),
                only: match &group.master_target {
                    Some(selector) => Some(self.single(&selector.value)?),
                    None => None,
                },
            });
        }
        Ok(Chosen {
            targets: chosen,
            protect,
            groups,
        })
    }
}

async fn look_up_one(
    client: &Client,
    file: Option<&GroupFile>,
    directory: &Directory,
    (selector, position): Wanted,
) -> Result<(String, ManagedObjectReference), OpError> {
    let found = match directory.one(&selector) {
        Some(found) => Ok(found),
        None => resolve_reference(client, &selector).await,
    };
    match found {
        Ok(moref) => Ok((selector.to_string(), moref)),
        Err(error) => Err(at_position(file, position.as_ref(), error)),
    }
}

/// What the group file names wrongly is an error of the file, at its line.
fn at_position(
    file: Option<&GroupFile>,
    position: Option<&Located<()>>,
    error: OpError,
) -> OpError {
    let (Some(file), Some(position)) = (file, position) else {
        return error;
    };
    let problem = match &error {
        OpError::NotFound { near, .. } if !near.is_empty() => {
            format!("{error}; did you mean {}?", near.join(" or "))
        }
        OpError::NotFound { .. } | OpError::Ambiguous { .. } | OpError::Contradiction { .. } => {
            error.to_string()
        }
        _ => return error,
    };
    file.error(position, problem).into()
}
