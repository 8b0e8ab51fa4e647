//! Tries everything, and judges from the raw input alone.

use std::collections::BTreeSet;
use vsphere_client::vim::ManagedObjectReference;

use crate::capacity::{
    AssignedTarget, Assignment, FURTHER_SLOTS, Family, Group, Identity, IdentityKind, Problem,
};
use crate::{fact::Fact, site::DatastoreKind};

/// Groups without a master target, further master targets, present ones in use.
pub(super) type Cost = (usize, usize, usize);

/// For each group a master target; a further one by its number, from 1.
pub(super) type Choices = Vec<Option<AssignedTarget>>;

pub(super) fn choices(problem: &Problem, assignment: &Assignment) -> Choices {
    let of = |group: &Group| {
        let assigned = assignment.assigned.iter();
        let mut found = assigned.filter(|one| one.group == group.name);
        found.next().map(|group| group.target.clone())
    };
    problem.groups.iter().map(of).collect()
}

pub(super) fn cost(choices: &Choices) -> Cost {
    let mut present = BTreeSet::new();
    let mut further = BTreeSet::new();
    for target in choices.iter().flatten() {
        match target {
            AssignedTarget::Present(name) => {
                present.insert(name);
            }
            AssignedTarget::Further(number) => {
                further.insert(number);
            }
        }
    }
    let unassigned = choices.iter().filter(|choice| choice.is_none()).count();
    (unassigned, further.len(), present.len())
}

/// The least cost of all assignments.
pub(super) fn best(problem: &Problem) -> Cost {
    let mut choices = vec![None; problem.groups.len()];
    let mut least = (usize::MAX, 0, 0);
    go(problem, 0, 0, &mut choices, &mut least);
    least
}

fn go(problem: &Problem, at: usize, used: usize, choices: &mut Choices, least: &mut Cost) {
    if at == problem.groups.len() {
        *least = cost(choices).min(*least);
        return;
    }
    let present = problem
        .targets
        .iter()
        .map(|target| AssignedTarget::Present(target.name.clone()));
    let further = (1..=used + 1).map(AssignedTarget::Further);
    for target in present.chain(further).map(Some).chain([None]) {
        let used = match &target {
            Some(AssignedTarget::Further(number)) => used.max(*number),
            _ => used,
        };
        choices[at] = target;
        // What is not lawful by now does not become so by more groups.
        if lawful(problem, &choices[..=at]) {
            go(problem, at + 1, used, choices, least);
        }
    }
    choices[at] = None;
}

/// Whether every master target, with all that goes there, observes every constraint.
pub(super) fn lawful(problem: &Problem, choices: &[Option<AssignedTarget>]) -> bool {
    let targets: Vec<&AssignedTarget> = choices.iter().flatten().collect();
    targets.iter().all(|target| {
        let groups: Vec<&Group> = (problem.groups.iter().zip(choices))
            .filter(|(_, choice)| choice.as_ref() == Some(*target))
            .map(|(group, _)| group)
            .collect();
        target_is_lawful(problem, target, &groups)
    })
}

fn target_is_lawful(problem: &Problem, assigned: &AssignedTarget, groups: &[&Group]) -> bool {
    let target = match assigned {
        AssignedTarget::Present(name) => problem.targets.iter().find(|target| target.name == *name),
        AssignedTarget::Further(_) => None,
    };
    if groups.iter().any(|group| match &group.only {
        Some(only) => target.is_none_or(|target| !only.contains(&target.name)),
        None => false,
    }) {
        return false;
    }
    let members = || groups.iter().flat_map(|group| &group.members);
    let mut families: BTreeSet<Family> = BTreeSet::new();
    let mut held: BTreeSet<Identity> = BTreeSet::new();
    let mut stores: BTreeSet<&ManagedObjectReference> = BTreeSet::new();
    let mut needed = 0;
    let mut free = FURTHER_SLOTS;
    if let Some(target) = target {
        let (Fact::Known(family), Fact::Known(slots), Fact::Known(disks)) =
            (&target.family, &target.free_slots, &target.disks)
        else {
            return false;
        };
        families.insert(*family);
        free = *slots;
        for (uuid, _) in disks {
            held.extend(Identity::new(IdentityKind::Disk, uuid));
        }
        held.extend(target.identities.iter().cloned());
    }
    for member in members() {
        let (Fact::Known(family), Fact::Known(disks)) = (&member.family, &member.disks) else {
            return false;
        };
        families.insert(*family);
        needed += disks.len();
        let uuids = disks.iter().filter_map(|disk| disk.uuid.as_deref());
        let uuids = uuids.filter_map(|uuid| Identity::new(IdentityKind::Disk, uuid));
        if !uuids
            .chain(member.identities.iter().cloned())
            .all(|identity| held.insert(identity))
        {
            return false;
        }
        for disk in disks {
            let Fact::Known(datastores) = &disk.datastores else {
                return false;
            };
            stores.extend(datastores);
        }
    }
    let mut hosts: Option<BTreeSet<&ManagedObjectReference>> = None;
    for moref in stores {
        let store = &problem.datastores[moref];
        let (Fact::Known(DatastoreKind::Vmfs | DatastoreKind::Vsan), Fact::Known(writers)) =
            (&store.kind, &store.writers)
        else {
            return false;
        };
        let writers: BTreeSet<&ManagedObjectReference> = writers.iter().collect();
        hosts = Some(match hosts {
            None => writers,
            Some(all) => &all & &writers,
        });
    }
    let reached = match (target, hosts) {
        (_, None) => true,
        (None, Some(hosts)) => !hosts.is_empty(),
        (Some(target), Some(hosts)) => target.host.known().is_some_and(|host| hosts.contains(host)),
    };
    families.len() <= 1 && needed <= free && reached
}
