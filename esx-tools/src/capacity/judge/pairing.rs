//! Judges pairings: a group with a master target, with a new one, with another group.

use std::collections::BTreeSet;
use vsphere_client::vim::ManagedObjectReference;

use super::{Judged, join, slots};
use crate::{
    capacity::{Constraint, FURTHER_SLOTS, Identity, Obstacle, Target},
    fact::Fact,
    vm::OsVersion,
};

impl<'a> Judged<'a> {
    /// What keeps the group from a master target, apart from what keeps it from every master target.
    pub(in crate::capacity) fn with_target(&self, index: usize) -> Vec<Obstacle> {
        let target = &self.problem.targets[index];
        let mut found = Vec::new();
        if self
            .group
            .only
            .as_ref()
            .is_some_and(|only| !only.contains(&target.name))
        {
            found.push(Obstacle::new(
                Constraint::GroupFile,
                format!("the group file does not name {} for it", target.name),
            ));
        }
        if target.is_held_to_classic() {
            found.extend(self.on_classic.iter().cloned());
            found.extend(self.family_on(target));
        }
        if let (Some(wanted), Some(kind)) = (self.group.kind, target.kind)
            && wanted != kind
        {
            found.push(Obstacle::new(
                Constraint::GroupFile,
                format!(
                    "the group file sends it to {wanted}, {} is {kind}",
                    target.name
                ),
            ));
        }
        self.datastores_on(target, &mut found);
        self.clashes_with(target, &mut found);
        if let Some(other) = self.attached.keys().find(|other| **other != index) {
            found.push(Obstacle::new(
                Constraint::WholeGroup,
                format!(
                    "disks of it are attached to {} already",
                    self.problem.targets[*other].name
                ),
            ));
        }
        match &target.free_slots {
            Fact::Known(free) if self.demand > *free => found.push(Obstacle::new(
                Constraint::Slots,
                format!(
                    "{} needed, {} free on {}",
                    slots(self.demand),
                    free,
                    target.name
                ),
            )),
            Fact::Known(_) => {}
            Fact::Unknown { reason } => found.push(Obstacle::unknown(
                Constraint::Slots,
                format!("the free slots of {} are not known: {reason}", target.name),
            )),
        }
        found
    }

    fn family_on(&self, target: &Target) -> Option<Obstacle> {
        match &target.family {
            Fact::Unknown { reason } => Some(Obstacle::unknown(
                Constraint::OsFamily,
                format!(
                    "the operating system of {} is not known: {reason}",
                    target.name
                ),
            )),
            Fact::Known(family) => {
                let Some(other) = self.families.iter().find(|other| *other != family) else {
                    return self.version_on(target);
                };
                Some(Obstacle::new(
                    Constraint::OsFamily,
                    format!("it holds {other} VMs, {} is {family}", target.name),
                ))
            }
        }
    }

    /// Where the version has to be met, as with Windows.
    fn version_on(&self, target: &Target) -> Option<Obstacle> {
        let version = OsVersion::of(target.guest_id.as_deref())?;
        let newer = self.group.members.iter().find(|member| {
            OsVersion::of(member.guest_id.as_deref())
                .is_some_and(|theirs| theirs.has_to_be_met() && theirs.is_newer_than(&version))
        })?;
        Some(Obstacle::new(
            Constraint::OsFamily,
            format!(
                "{} runs a newer version of its system than {}",
                newer.name, target.name
            ),
        ))
    }

    fn datastores_on(&self, target: &Target, found: &mut Vec<Obstacle>) {
        if self.datastores.is_empty() {
            return;
        }
        let host = match &target.host {
            Fact::Known(host) => host,
            Fact::Unknown { reason } => {
                found.push(Obstacle::unknown(
                    Constraint::DatastoresMounted,
                    format!("the host of {} is not known: {reason}", target.name),
                ));
                return;
            }
        };
        let unreached = self.datastores.iter().filter_map(|moref| {
            let datastore = self.problem.datastores.get(moref)?;
            let writers = datastore.writers.known()?;
            (!writers.contains(host)).then_some(datastore.name.as_str())
        });
        let unreached: Vec<&str> = unreached.collect();
        if !unreached.is_empty() {
            found.push(Obstacle::new(
                Constraint::DatastoresMounted,
                format!(
                    "{}, the host of {}, does not mount {} read/write",
                    self.host_name(host),
                    target.name,
                    join(unreached.into_iter())
                ),
            ));
        }
    }

    fn host_name(&self, host: &ManagedObjectReference) -> String {
        let name = self.problem.hosts.get(host).cloned();
        name.unwrap_or_else(|| host.to_string())
    }

    fn clashes_with(&self, target: &Target, found: &mut Vec<Obstacle>) {
        let disks = match &target.disks {
            Fact::Known(disks) => disks,
            Fact::Unknown { reason } => {
                found.push(Obstacle::unknown(
                    Constraint::UniqueUuids,
                    format!("the disks of {} are not known: {reason}", target.name),
                ));
                return;
            }
        };
        let own = disks.iter().filter(|(_, file)| !self.owns(file.as_deref()));
        let held: BTreeSet<Identity> = own
            .filter_map(|(uuid, _)| Self::disk_identity(uuid))
            .chain(target.identities.iter().cloned())
            .collect();
        for identity in held {
            if let Some(holders) = self.identities.get(&identity) {
                found.push(Obstacle::new(
                    Constraint::UniqueUuids,
                    format!(
                        "{} and {} share {identity}",
                        target.name,
                        join(holders.iter().copied())
                    ),
                ));
            }
        }
    }

    fn owns(&self, file: Option<&str>) -> bool {
        let members = self.group.members.iter();
        let mut disks = members.flat_map(|m| m.disks.known().into_iter().flatten());
        file.is_some() && disks.any(|disk| disk.path.as_deref() == file)
    }

    /// What keeps the group from a new master target, apart from what keeps it from every master target.
    pub(in crate::capacity) fn with_further(&self) -> Vec<Obstacle> {
        let mut found = Vec::new();
        if let Some(only) = &self.group.only {
            found.push(Obstacle::new(
                Constraint::GroupFile,
                format!(
                    "the group file allows it only {}",
                    join(only.iter().map(String::as_str))
                ),
            ));
        }
        if let Some(target) = self.attached.keys().next() {
            found.push(Obstacle::new(
                Constraint::WholeGroup,
                format!(
                    "disks of it are attached to {} already",
                    self.problem.targets[*target].name
                ),
            ));
        }
        if self.demand > FURTHER_SLOTS {
            found.push(Obstacle::new(
                Constraint::Slots,
                format!(
                    "{} needed, a new master target has {FURTHER_SLOTS}",
                    slots(self.demand)
                ),
            ));
        }
        if self.hosts().is_some_and(|hosts| hosts.is_empty()) {
            let names = self
                .datastores
                .iter()
                .filter_map(|m| self.problem.datastores.get(m));
            found.push(Obstacle::new(
                Constraint::DatastoresMounted,
                format!(
                    "no host mounts all of {} read/write",
                    join(names.map(|datastore| datastore.name.as_str()))
                ),
            ));
        }
        found
    }

    /// The hosts that write to all datastores of the group; `None` when any host will do.
    pub(in crate::capacity) fn hosts(&self) -> Option<BTreeSet<&'a ManagedObjectReference>> {
        let problem = self.problem;
        let mut of_each = self.datastores.iter().map(|moref| {
            let datastore = problem.datastores.get(*moref);
            let writers = datastore.and_then(|datastore| datastore.writers.known());
            writers.into_iter().flatten().collect::<BTreeSet<_>>()
        });
        let first = of_each.next()?;
        Some(of_each.fold(first, |all, some| {
            all.intersection(&some).copied().collect()
        }))
    }

    /// What keeps two groups from sharing a master target.
    pub(in crate::capacity) fn together(&self, other: &Self) -> Vec<Obstacle> {
        let mut found = Vec::new();
        // Where there is an appliance, a master target says by itself which families go to it.
        let differ = self
            .families
            .iter()
            .any(|family| !other.families.contains(family))
            || other
                .families
                .iter()
                .any(|family| !self.families.contains(family));
        if differ && !self.has_appliance() {
            found.push(Obstacle::new(
                Constraint::OsFamily,
                format!(
                    "{} and {} differ in family",
                    self.group.name, other.group.name
                ),
            ));
        }
        for (identity, holders) in &self.identities {
            if let Some(others) = other.identities.get(identity) {
                found.push(Obstacle::new(
                    Constraint::UniqueUuids,
                    format!(
                        "{} of {} and {} of {} share {identity}",
                        join(holders.iter().copied()),
                        self.group.name,
                        join(others.iter().copied()),
                        other.group.name
                    ),
                ));
            }
        }
        found
    }
}
