//! The problem as the search sees it: numbers and sets.

use std::collections::{BTreeMap, BTreeSet};
use vsphere_client::vim::ManagedObjectReference;

use super::{Constraint, FURTHER_SLOTS, Obstacle, Problem, bits::Bits, judge::Judged};

/// A group.
#[derive(Clone, Debug)]
pub(super) struct Item {
    /// Index of the group in the problem.
    pub(super) group: usize,
    /// Slots that it needs.
    pub(super) demand: usize,
    /// Master targets that it may go to by itself.
    pub(super) fits: Bits,
    /// Whether it may go to a new one.
    pub(super) further: bool,
    /// Hosts on which a new one could serve it.
    pub(super) hosts: Bits,
    /// Items that it cannot share a master target with.
    pub(super) excludes: Bits,
}

/// Groups by size, the largest first, and the slots on each master target.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub(super) items: Vec<Item>,
    pub(super) capacities: Vec<usize>,
}

impl Instance {
    /// The groups `chosen`, leaving one constraint out of account.
    pub(super) fn new(
        problem: &Problem,
        judged: &[Judged<'_>],
        chosen: &[usize],
        without: Option<Constraint>,
    ) -> Self {
        let stands = |found: &[Obstacle]| found.iter().any(|o| Some(o.constraint) != without);
        let mut order = chosen.to_vec();
        let name = |group: &usize| &problem.groups[*group].name;
        order.sort_by(|a, b| {
            (judged[*b].demand.cmp(&judged[*a].demand)).then_with(|| name(a).cmp(name(b)))
        });
        let hosts = Hosts::new(problem);
        let targets = problem.targets.len();
        let items = order.iter().enumerate().map(|(at, group)| {
            let one = &judged[*group];
            let free = without == Some(Constraint::DatastoresMounted);
            Item {
                group: *group,
                demand: if without == Some(Constraint::Slots) {
                    0
                } else {
                    one.demand
                },
                fits: Bits::from_fn(targets, |target| !stands(&one.with_target(target))),
                further: !stands(&one.with_further()),
                hosts: hosts.set(if free { None } else { one.hosts() }),
                excludes: Bits::from_fn(order.len(), |other| {
                    other != at && stands(&one.together(&judged[order[other]]))
                }),
            }
        });
        Self {
            items: items.collect(),
            capacities: (problem.targets.iter())
                .map(|target| target.free_slots.known().copied().unwrap_or(0))
                .collect(),
        }
    }

    /// The items that have nothing to do with each other, apart.
    ///
    /// Two items have to do with each other when one master target, present or new, could hold
    /// either, or both.
    pub(super) fn components(&self) -> Vec<Self> {
        let count = self.items.len();
        let mut part: Vec<Option<usize>> = vec![None; count];
        let mut parts: Vec<Vec<usize>> = Vec::new();
        for start in 0..count {
            if part[start].is_some() {
                continue;
            }
            let number = parts.len();
            let mut members = Vec::new();
            let mut open = vec![start];
            part[start] = Some(number);
            while let Some(at) = open.pop() {
                members.push(at);
                for (other, slot) in part.iter_mut().enumerate() {
                    if slot.is_none() && self.meet(at, other) {
                        *slot = Some(number);
                        open.push(other);
                    }
                }
            }
            members.sort_unstable();
            parts.push(members);
        }
        parts.iter().map(|members| self.only(members)).collect()
    }

    fn meet(&self, a: usize, b: usize) -> bool {
        let (one, other) = (&self.items[a], &self.items[b]);
        one.fits.meets(&other.fits) || (one.further && other.further && !one.excludes.has(b))
    }

    fn only(&self, members: &[usize]) -> Self {
        let items = members.iter().map(|at| {
            let item = self.items[*at].clone();
            let excludes = Bits::from_fn(members.len(), |other| item.excludes.has(members[other]));
            Item { excludes, ..item }
        });
        Self {
            items: items.collect(),
            capacities: self.capacities.clone(),
        }
    }

    /// Whether two items can never be on one master target, whatever else is there.
    pub(super) fn apart(&self, a: usize, b: usize) -> bool {
        let (one, other) = (&self.items[a], &self.items[b]);
        if one.excludes.has(b) {
            return true;
        }
        let demand = one.demand + other.demand;
        let together = one.fits.and(&other.fits);
        let on_present = (self.capacities.iter().enumerate())
            .any(|(target, free)| together.has(target) && demand <= *free);
        let on_further = one.further
            && other.further
            && demand <= FURTHER_SLOTS
            && one.hosts.meets(&other.hosts);
        !on_present && !on_further
    }
}

/// Hosts by number; the last number stands for a host that nobody named.
struct Hosts<'a> {
    numbers: BTreeMap<&'a ManagedObjectReference, usize>,
}

impl<'a> Hosts<'a> {
    fn new(problem: &'a Problem) -> Self {
        let of_datastores = problem.datastores.values();
        let names: BTreeSet<&ManagedObjectReference> = of_datastores
            .filter_map(|datastore| datastore.writers.known())
            .flatten()
            .collect();
        Self {
            numbers: names.into_iter().zip(0..).collect(),
        }
    }

    /// The set of some hosts, or of all.
    fn set(&self, hosts: Option<BTreeSet<&ManagedObjectReference>>) -> Bits {
        let size = self.numbers.len() + 1;
        match hosts {
            None => Bits::from_fn(size, |_| true),
            Some(hosts) => {
                let mut set = Bits::none(size);
                for number in hosts.into_iter().filter_map(|host| self.numbers.get(host)) {
                    set.insert(*number);
                }
                set
            }
        }
    }
}
