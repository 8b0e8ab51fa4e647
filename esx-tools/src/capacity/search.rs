//! Branch and bound over one set of groups.

use super::{
    FURTHER_SLOTS,
    bits::Bits,
    bound::{Cost, fewest, fewest_in_all, further_for, lower_bound},
    instance::Instance,
};

/// Nodes that the search looks at, for each set of groups that have to do with each other, before
/// it settles for the best found and a proven bound. Counting nodes instead of seconds keeps the
/// result the same on every VM.
pub const NODE_LIMIT: u64 = 1_000_000;

/// More groups than this in one set are not searched at all: first fit and the bound must do.
const GROUP_LIMIT: usize = 500;

/// Where an item goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// To the present master target of this index.
    Present(usize),
    /// To the further one of this number, from 0.
    Further(usize),
    /// Nowhere.
    Nowhere,
}

/// What was found for one instance.
#[derive(Clone, Debug)]
pub(super) struct SearchOutcome {
    /// For each item.
    pub(super) choices: Vec<Choice>,
    pub(super) cost: Cost,
    /// A cost that nothing goes below; equal to `cost` when that is proven to be the least.
    pub(super) bound: Cost,
    /// A number of master targets that no assignment of everything goes below; of those with the
    /// fewest further ones when `cost` is proven to be the least.
    pub(super) in_all: usize,
    pub(super) nodes: u64,
}

/// Finds the best assignment, or a good one within the limit of nodes.
pub(super) fn search(instance: &Instance, limit: u64) -> SearchOutcome {
    let mut search = Search::new(instance, limit);
    let bound = lower_bound(instance);
    search.first_fit();
    let mut complete = search.best_cost == bound;
    if !complete && instance.items.len() <= GROUP_LIMIT {
        search.floor = bound;
        search.descend(0);
        complete = search.nodes < limit;
    }
    let in_all = if complete {
        search.best_cost.further + search.best_cost.present
    } else {
        fewest_in_all(instance)
    };
    SearchOutcome {
        in_all,
        bound: if complete { search.best_cost } else { bound },
        choices: search.best,
        cost: search.best_cost,
        nodes: search.nodes,
    }
}

/// A master target in the making.
#[derive(Clone)]
struct Bin {
    left: usize,
    members: Bits,
    count: usize,
    /// Hosts it may stand on; of no account for a present one.
    hosts: Bits,
}

struct Search<'a> {
    instance: &'a Instance,
    /// For each depth: demand of the items from there on, and of those that may go to a new target.
    ahead: Vec<(usize, usize)>,
    /// For each depth: the present master targets that an item from there on may go to.
    usable: Vec<Bits>,
    /// Present master targets, the one with most slots first.
    by_size: Vec<usize>,
    /// Present master targets with equal numbers are alike.
    class: Vec<usize>,
    present: Vec<Bin>,
    further: Vec<Bin>,
    choices: Vec<Choice>,
    cost: Cost,
    best: Vec<Choice>,
    best_cost: Cost,
    floor: Cost,
    nodes: u64,
    limit: u64,
}

impl<'a> Search<'a> {
    fn new(instance: &'a Instance, limit: u64) -> Self {
        let items = &instance.items;
        let targets = instance.capacities.len();
        let mut ahead = vec![(0, 0); items.len() + 1];
        let mut usable = vec![Bits::none(targets); items.len() + 1];
        for (at, item) in items.iter().enumerate().rev() {
            let (all, movable) = ahead[at + 1];
            ahead[at] = (
                all + item.demand,
                movable + if item.further { item.demand } else { 0 },
            );
            usable[at] = Bits::from_fn(targets, |t| usable[at + 1].has(t) || item.fits.has(t));
        }
        let mut by_size: Vec<usize> = (0..targets).collect();
        by_size.sort_by_key(|target| std::cmp::Reverse(instance.capacities[*target]));
        let column = |target: usize| {
            let serves = Bits::from_fn(items.len(), |at| items[at].fits.has(target));
            (instance.capacities[target], serves)
        };
        let columns: Vec<_> = (0..targets).map(column).collect();
        let class = (0..targets)
            .map(|target| {
                let first = columns.iter().position(|other| *other == columns[target]);
                first.unwrap_or(target)
            })
            .collect();
        let present = (instance.capacities.iter())
            .map(|free| Bin {
                left: *free,
                members: Bits::none(items.len()),
                count: 0,
                hosts: Bits::none(0),
            })
            .collect();
        let unassigned = Cost {
            unassigned: items.len() + 1,
            ..Cost::default()
        };
        Self {
            instance,
            ahead,
            usable,
            by_size,
            class,
            present,
            further: Vec::new(),
            choices: Vec::with_capacity(items.len()),
            cost: Cost::default(),
            best: Vec::new(),
            best_cost: unassigned,
            floor: Cost::default(),
            nodes: 0,
            limit,
        }
    }

    /// Every item to the first of its options: a good start, and all there is for very many items.
    fn first_fit(&mut self) {
        for at in 0..self.instance.items.len() {
            let choice = self.options(at).first().copied();
            self.put(at, choice.unwrap_or(Choice::Nowhere));
        }
        self.keep_if_better();
        for at in (0..self.instance.items.len()).rev() {
            self.take_back(at);
        }
    }

    fn keep_if_better(&mut self) {
        if self.cost < self.best_cost {
            self.best_cost = self.cost;
            self.best = self.choices.clone();
        }
    }

    fn descend(&mut self, at: usize) {
        if at == self.instance.items.len() {
            self.keep_if_better();
            return;
        }
        for choice in self.options(at) {
            if self.nodes >= self.limit || self.best_cost <= self.floor {
                return;
            }
            self.nodes += 1;
            self.put(at, choice);
            if self.can_better(at + 1) {
                self.descend(at + 1);
            }
            self.take_back(at);
        }
    }

    /// Where an item may go, the most promising first: into what is open (the fullest first), to a
    /// present master target (the largest first), to a new one, nowhere.
    fn options(&self, at: usize) -> Vec<Choice> {
        let item = &self.instance.items[at];
        let mut open: Vec<(usize, Choice)> = Vec::new();
        let mut fresh: Vec<Choice> = Vec::new();
        let mut seen: Vec<usize> = Vec::new();
        for target in &self.by_size {
            let bin = &self.present[*target];
            if !item.fits.has(*target) || item.demand > bin.left {
                continue;
            }
            if bin.count > 0 {
                if !item.excludes.meets(&bin.members) {
                    open.push((bin.left, Choice::Present(*target)));
                }
            } else if !seen.contains(&self.class[*target]) {
                seen.push(self.class[*target]);
                fresh.push(Choice::Present(*target));
            }
        }
        if item.further {
            for (number, bin) in self.further.iter().enumerate() {
                if item.demand <= bin.left
                    && !item.excludes.meets(&bin.members)
                    && item.hosts.meets(&bin.hosts)
                {
                    open.push((bin.left, Choice::Further(number)));
                }
            }
        }
        open.sort_by_key(|(left, _)| *left);
        let mut options: Vec<Choice> = open.into_iter().map(|(_, choice)| choice).collect();
        options.append(&mut fresh);
        options.push(if item.further {
            Choice::Further(self.further.len())
        } else {
            Choice::Nowhere
        });
        options
    }

    fn put(&mut self, at: usize, choice: Choice) {
        let item = &self.instance.items[at];
        self.choices.push(choice);
        match choice {
            Choice::Nowhere => self.cost.unassigned += 1,
            Choice::Present(target) => {
                let bin = &mut self.present[target];
                self.cost.present += usize::from(bin.count == 0);
                bin.count += 1;
                bin.left -= item.demand;
                bin.members.insert(at);
            }
            Choice::Further(number) => {
                if number == self.further.len() {
                    self.cost.further += 1;
                    self.further.push(Bin {
                        left: FURTHER_SLOTS,
                        members: Bits::none(self.instance.items.len()),
                        count: 0,
                        hosts: item.hosts.clone(),
                    });
                }
                let bin = &mut self.further[number];
                bin.count += 1;
                bin.left -= item.demand;
                bin.members.insert(at);
                bin.hosts = bin.hosts.and(&item.hosts);
            }
        }
    }

    fn take_back(&mut self, at: usize) {
        let item = &self.instance.items[at];
        match self.choices.pop() {
            None => {}
            Some(Choice::Nowhere) => self.cost.unassigned -= 1,
            Some(Choice::Present(target)) => {
                let bin = &mut self.present[target];
                bin.count -= 1;
                bin.left += item.demand;
                bin.members.remove(at);
                self.cost.present -= usize::from(bin.count == 0);
            }
            Some(Choice::Further(number)) if self.further[number].count == 1 => {
                // Only the newest can hold one item alone while later items are gone.
                self.further.truncate(number);
                self.cost.further -= 1;
            }
            Some(Choice::Further(number)) => {
                let items = &self.instance.items;
                let bin = &mut self.further[number];
                bin.count -= 1;
                bin.left += item.demand;
                bin.members.remove(at);
                // A set that was cut down is made again from those that are left.
                let members = (0..at).filter(|other| bin.members.has(*other));
                let hosts = members.map(|other| items[other].hosts.clone());
                if let Some(hosts) = hosts.reduce(|all, some| all.and(&some)) {
                    bin.hosts = hosts;
                }
            }
        }
    }

    /// Whether something better than the best so far may lie below.
    fn can_better(&self, at: usize) -> bool {
        let (all, movable) = self.ahead[at];
        let usable = &self.usable[at];
        let mut open: usize = self.further.iter().map(|bin| bin.left).sum();
        let mut closed: Vec<usize> = Vec::new();
        for target in self.by_size.iter().filter(|target| usable.has(**target)) {
            let bin = &self.present[*target];
            if bin.count > 0 {
                open += bin.left;
            } else {
                closed.push(bin.left);
            }
        }
        let closed_sum: usize = closed.iter().sum();
        let further = self.cost.further + further_for(movable, open + closed_sum);
        let (unassigned, best) = (self.cost.unassigned, self.best_cost);
        if (unassigned, further) != (best.unassigned, best.further) {
            return (unassigned, further) < (best.unassigned, best.further);
        }
        // As many further ones as the best has, and no group more without a master target: what is left
        // must go to present ones.
        let still = (best.further - self.cost.further) * FURTHER_SLOTS;
        let rest = all.saturating_sub(open + still);
        self.cost.present + fewest(&closed, rest) < best.present
    }
}
