//! What no assignment can do better than.

use super::{FURTHER_SLOTS, instance::Instance};

/// What an assignment costs; less is better, the first number counts most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cost {
    /// Groups without a master target.
    pub(super) unassigned: usize,
    /// Further master targets.
    pub(super) further: usize,
    /// Present master targets in use.
    pub(super) present: usize,
}

impl std::ops::AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.unassigned += other.unassigned;
        self.further += other.further;
        self.present += other.present;
    }
}

/// A cost that no assignment of the whole instance goes below.
///
/// Two arguments give it. *Volume*: the slots needed, less those that the present master targets
/// have, in units of a new one's slots. *Apart*: groups of which no two can share a master target
/// need one each, and the present ones can serve at most a matching of them.
pub(super) fn lower_bound(instance: &Instance) -> Cost {
    let items = &instance.items;
    let usable: Vec<usize> = (instance.capacities.iter().enumerate())
        .filter(|(target, _)| items.iter().any(|item| item.fits.has(*target)))
        .map(|(_, free)| *free)
        .collect();
    let movable: usize = (items.iter().filter(|item| item.further))
        .map(|item| item.demand)
        .sum();
    let all: usize = items.iter().map(|item| item.demand).sum();
    let apart = largest_found_apart(instance);
    let by_volume = further_for(movable, usable.iter().sum());
    let by_apart = (apart.iter())
        .map(|clique| {
            let movable: Vec<usize> = clique
                .iter()
                .copied()
                .filter(|at| items[*at].further)
                .collect();
            movable.len() - matching(instance, &movable)
        })
        .max()
        .unwrap_or(0);
    let further = by_volume.max(by_apart);
    // A groups without a master target makes the cost larger than any number of master targets does.
    let total = apart.iter().map(Vec::len).max().unwrap_or(0);
    let mut sorted = usable;
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let present = fewest(&sorted, all.saturating_sub(further * FURTHER_SLOTS));
    Cost {
        unassigned: 0,
        further,
        present: present.max(total.saturating_sub(further)),
    }
}

/// A number of master targets, present and new, that no assignment of everything goes below.
pub(super) fn fewest_in_all(instance: &Instance) -> usize {
    let demand: usize = instance.items.iter().map(|item| item.demand).sum();
    let mut larger: Vec<usize> = instance
        .capacities
        .iter()
        .copied()
        .filter(|free| *free > FURTHER_SLOTS)
        .collect();
    larger.sort_unstable_by(|a, b| b.cmp(a));
    let rest = demand.saturating_sub(larger.iter().sum());
    let by_volume = fewest(&larger, demand) + rest.div_ceil(FURTHER_SLOTS);
    let apart = largest_found_apart(instance);
    by_volume
        .max(apart.iter().map(Vec::len).max().unwrap_or(0))
        .max(1)
}

/// Further master targets for a demand beyond the slots there are.
pub(super) fn further_for(demand: usize, slots: usize) -> usize {
    demand.saturating_sub(slots).div_ceil(FURTHER_SLOTS)
}

/// How many of the capacities, which are sorted from the largest, cover a demand.
pub(super) fn fewest(capacities: &[usize], demand: usize) -> usize {
    let mut left = demand;
    let mut count = 0;
    for capacity in capacities {
        if left == 0 {
            break;
        }
        left = left.saturating_sub(*capacity);
        count += 1;
    }
    count
}

/// Sets of items of which no two can share a master target: one grown from each item.
fn largest_found_apart(instance: &Instance) -> Vec<Vec<usize>> {
    let count = instance.items.len();
    let apart: Vec<Vec<bool>> = (0..count)
        .map(|a| (0..count).map(|b| a != b && instance.apart(a, b)).collect())
        .collect();
    let grown = |start: usize| {
        let mut clique = vec![start];
        for (other, row) in apart.iter().enumerate() {
            if clique.iter().all(|member| row[*member]) {
                clique.push(other);
            }
        }
        clique
    };
    (0..count).map(grown).collect()
}

/// The most items that the present master targets can serve, one each.
fn matching(instance: &Instance, items: &[usize]) -> usize {
    let mut holder: Vec<Option<usize>> = vec![None; instance.capacities.len()];
    let mut served = 0;
    for item in items {
        let mut seen = vec![false; holder.len()];
        served += usize::from(augment(instance, *item, &mut holder, &mut seen));
    }
    served
}

fn augment(
    instance: &Instance,
    item: usize,
    holder: &mut [Option<usize>],
    seen: &mut [bool],
) -> bool {
    for target in 0..holder.len() {
        if seen[target] || !instance.items[item].fits.has(target) {
            continue;
        }
        seen[target] = true;
        let moved = match holder[target] {
            None => true,
            Some(other) => augment(instance, other, holder, seen),
        };
        if moved {
            holder[target] = Some(item);
            return true;
        }
    }
    false
}
