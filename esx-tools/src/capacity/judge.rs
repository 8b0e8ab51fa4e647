//! Judges a group by itself: what its members add up to, and what keeps it from every master target.

use vsphere_client::vim::ManagedObjectReference;
mod pairing;

use std::collections::{BTreeMap, BTreeSet};

use super::{Constraint, Family, Group, Identity, IdentityKind, Obstacle, Problem};
use crate::{fact::Fact, site::DatastoreKind};

/// A group with what follows from its members.
pub(super) struct Judged<'a> {
    pub(super) group: &'a Group,
    problem: &'a Problem,
    /// Families of the members.
    pub(super) families: BTreeSet<Family>,
    /// All disks of the members.
    pub(super) disks: usize,
    /// Disks that need a slot: those on a master target already have one.
    pub(super) demand: usize,
    /// How many of the disks are on which master target already.
    pub(super) attached: BTreeMap<usize, usize>,
    /// Who has which UUID.
    identities: BTreeMap<Identity, Vec<&'a str>>,
    /// The datastores of the members.
    pub(super) datastores: BTreeSet<&'a ManagedObjectReference>,
    /// Obstacles that are the same everywhere.
    pub(super) everywhere: Vec<Obstacle>,
    /// Obstacles that count for each master target and for no appliance, where there are both.
    pub(super) on_classic: Vec<Obstacle>,
}

impl<'a> Judged<'a> {
    pub(super) fn new(problem: &'a Problem, group: &'a Group) -> Self {
        let mut judged = Self {
            group,
            problem,
            families: BTreeSet::new(),
            disks: 0,
            demand: 0,
            attached: BTreeMap::new(),
            identities: BTreeMap::new(),
            datastores: BTreeSet::new(),
            everywhere: Vec::new(),
            on_classic: Vec::new(),
        };
        judged.read_members();
        judged.judge_alone();
        if !judged.has_appliance() {
            judged.everywhere.append(&mut judged.on_classic);
        }
        judged
    }

    /// Whether one of the targets is an appliance; a further one is an appliance then.
    fn has_appliance(&self) -> bool {
        let mut targets = self.problem.targets.iter();
        targets.any(|target| !target.is_held_to_classic())
    }

    fn read_members(&mut self) {
        let group = self.group;
        for member in &group.members {
            match &member.family {
                Fact::Known(family) => {
                    self.families.insert(*family);
                }
                Fact::Unknown { reason } => self.on_classic.push(Obstacle::unknown(
                    Constraint::OsFamily,
                    format!(
                        "the operating system of {} is not known: {reason}",
                        member.name
                    ),
                )),
            }
            for identity in &member.identities {
                self.claims(identity.clone(), &member.name);
            }
            let disks = match &member.disks {
                Fact::Known(disks) => disks,
                Fact::Unknown { reason } => {
                    self.everywhere.push(Obstacle::unknown(
                        Constraint::Slots,
                        format!("the disks of {} are not known: {reason}", member.name),
                    ));
                    continue;
                }
            };
            self.disks += disks.len();
            for disk in disks {
                if let Some(uuid) = disk.uuid.as_deref().and_then(Self::disk_identity) {
                    self.claims(uuid, &member.name);
                }
                match self.target_that_has(disk.uuid.as_deref(), disk.path.as_deref()) {
                    Some(target) => *self.attached.entry(target).or_default() += 1,
                    None => self.demand += 1,
                }
                match &disk.datastores {
                    Fact::Known(datastores) => self.datastores.extend(datastores),
                    Fact::Unknown { reason } => self.everywhere.push(Obstacle::unknown(
                        Constraint::DatastoresMounted,
                        format!(
                            "the datastore of {} of {} is not known: {reason}",
                            disk.label, member.name
                        ),
                    )),
                }
            }
        }
    }

    fn disk_identity(uuid: &str) -> Option<Identity> {
        Identity::new(IdentityKind::Disk, uuid)
    }

    fn claims(&mut self, identity: Identity, member: &'a str) {
        self.identities.entry(identity).or_default().push(member);
    }

    /// The master target that has this very disk: same UUID, same file.
    fn target_that_has(&self, uuid: Option<&str>, path: Option<&str>) -> Option<usize> {
        let (uuid, path) = (Self::disk_identity(uuid?)?, path?);
        self.problem.targets.iter().position(|target| {
            let disks = target.disks.known().into_iter().flatten();
            disks
                .filter(|(_, file)| file.as_deref() == Some(path))
                .any(|(other, _)| Self::disk_identity(other).as_ref() == Some(&uuid))
        })
    }

    fn judge_alone(&mut self) {
        if self.families.len() > 1 {
            let of = |family| {
                let members = self.group.members.iter();
                let names = members.filter(|m| m.family.known() == Some(&family));
                join(names.map(|member| member.name.as_str()))
            };
            self.on_classic.push(Obstacle::new(
                Constraint::WholeGroup,
                format!(
                    "it holds Linux VMs ({}) and Windows VMs ({})",
                    of(Family::Linux),
                    of(Family::Windows)
                ),
            ));
        }
        for (identity, holders) in &self.identities {
            if holders.len() > 1 {
                self.everywhere.push(Obstacle::new(
                    Constraint::UniqueUuids,
                    match holders.iter().collect::<BTreeSet<_>>().len() {
                        1 => format!("{} has {identity} twice", holders[0]),
                        _ => format!("{} share {identity}", join(holders.iter().copied())),
                    },
                ));
            }
        }
        if self.attached.len() > 1 {
            let names = self
                .attached
                .keys()
                .map(|t| self.problem.targets[*t].name.as_str());
            self.everywhere.push(Obstacle::new(
                Constraint::WholeGroup,
                format!("its disks are attached to {} already", join(names)),
            ));
        }
        for moref in &self.datastores {
            let Some(datastore) = self.problem.datastores.get(moref) else {
                self.everywhere.push(Obstacle::unknown(
                    Constraint::DatastoresMounted,
                    format!("the datastore {moref} could not be read"),
                ));
                continue;
            };
            match &datastore.kind {
                Fact::Known(DatastoreKind::Vmfs | DatastoreKind::Vsan) => {}
                Fact::Known(kind) => self.on_classic.push(Obstacle::new(
                    Constraint::DatastoreKind,
                    format!("datastore {} is {}", datastore.name, kind.label()),
                )),
                Fact::Unknown { reason } => self.everywhere.push(Obstacle::unknown(
                    Constraint::DatastoreKind,
                    format!(
                        "the type of datastore {} is not known: {reason}",
                        datastore.name
                    ),
                )),
            }
            if let Some(reason) = datastore.writers.reason() {
                self.everywhere.push(Obstacle::unknown(
                    Constraint::DatastoresMounted,
                    format!(
                        "the hosts of datastore {} are not known: {reason}",
                        datastore.name
                    ),
                ));
            }
        }
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn join<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.collect();
    let last = names.pop().unwrap_or_default();
    if names.is_empty() {
        return last.to_owned();
    }
    format!("{} and {last}", names.join(", "))
}

/// `1 slot`, `3 slots`.
pub(super) fn slots(count: usize) -> String {
    if count == 1 {
        "1 slot".to_owned()
    } else {
        format!("{count} slots")
    }
}
