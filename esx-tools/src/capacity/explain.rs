//! From choices to an assignment that says why.

use std::collections::BTreeSet;
use vsphere_client::vim::ManagedObjectReference;

use super::{
    AssignedGroup, AssignedTarget, Assignment, FURTHER_SLOTS, FurtherTarget, NODE_LIMIT, Pairing,
    Problem, TargetUse, UnassignedGroup,
    judge::{Judged, join, slots},
    search::Choice,
    solve::{Solution, solve},
};

/// Assigns groups to master targets. See the [module](super) for what is best and how exact it is.
///
/// # Examples
///
/// ```
/// use esx_tools::capacity::{Problem, assign};
///
/// let nothing = assign(&Problem::default());
/// assert!(nothing.fits && nothing.proof.optimal);
/// ```
pub fn assign(problem: &Problem) -> Assignment {
    assign_within(problem, NODE_LIMIT)
}

/// [`assign`] with another limit of nodes.
pub(super) fn assign_within(problem: &Problem, limit: u64) -> Assignment {
    // By name, so that the result does not depend on the order of the input.
    let mut sorted = problem.clone();
    sorted.groups.sort_by(|a, b| a.name.cmp(&b.name));
    sorted.targets.sort_by(|a, b| a.name.cmp(&b.name));
    let mut assignment = assign_sorted(&sorted, limit);
    let group = |name: &str| problem.groups.iter().position(|group| group.name == name);
    let target = |name: &str| {
        problem
            .targets
            .iter()
            .position(|target| target.name == name)
    };
    assignment.assigned.sort_by_key(|one| group(&one.group));
    assignment
        .unassigned
        .sort_by_key(|unassigned| group(&unassigned.group));
    assignment.targets.sort_by_key(|used| target(&used.name));
    assignment
        .pairings
        .sort_by_key(|pair| (group(&pair.group), target(&pair.target)));
    assignment
}

fn assign_sorted(problem: &Problem, limit: u64) -> Assignment {
    let judged: Vec<Judged<'_>> = problem
        .groups
        .iter()
        .map(|group| Judged::new(problem, group))
        .collect();
    let solution = solve(problem, &judged, None, limit);
    let explanation = Explanation {
        problem,
        judged: &judged,
        solution: &solution,
    };
    let unassigned = explanation.unassigned();
    Assignment {
        fits: unassigned.is_empty() && solution.cost.further == 0,
        assigned: explanation.assigned(),
        unassigned,
        targets: explanation.targets(),
        further: (0..solution.cost.further)
            .map(|n| explanation.further(n))
            .collect(),
        bindings: explanation.bindings(limit),
        proof: explanation.proof(),
        pairings: explanation.pairings(),
    }
}

pub(super) struct Explanation<'a> {
    pub(super) problem: &'a Problem,
    pub(super) judged: &'a [Judged<'a>],
    pub(super) solution: &'a Solution,
}

impl Explanation<'_> {
    fn on(&self, choice: Choice) -> impl Iterator<Item = usize> + '_ {
        let choices = self.solution.choices.iter().enumerate();
        choices
            .filter(move |(_, other)| **other == choice)
            .map(|(group, _)| group)
    }

    fn names(&self, choice: Choice) -> Vec<String> {
        self.on(choice)
            .map(|group| self.problem.groups[group].name.clone())
            .collect()
    }

    fn demand(&self, choice: Choice) -> usize {
        self.on(choice).map(|group| self.judged[group].demand).sum()
    }

    fn assigned(&self) -> Vec<AssignedGroup> {
        let assigned = self
            .solution
            .choices
            .iter()
            .enumerate()
            .filter_map(|(group, choice)| {
                let judged = &self.judged[group];
                let (target, attached) = match choice {
                    Choice::Nowhere => return None,
                    Choice::Present(target) => (
                        AssignedTarget::Present(self.problem.targets[*target].name.clone()),
                        judged.attached.get(target).copied().unwrap_or(0),
                    ),
                    Choice::Further(number) => (AssignedTarget::Further(number + 1), 0),
                };
                Some(AssignedGroup {
                    group: judged.group.name.clone(),
                    vms: judged
                        .group
                        .members
                        .iter()
                        .map(|member| member.name.clone())
                        .collect(),
                    disks: judged.disks,
                    attached,
                    target,
                    why: self.why(group, *choice),
                })
            });
        assigned.collect()
    }

    fn why(&self, group: usize, choice: Choice) -> String {
        let judged = &self.judged[group];
        let fitting: Vec<usize> = (0..self.problem.targets.len())
            .filter(|target| judged.with_target(*target).is_empty())
            .collect();
        let name = |target: &usize| self.problem.targets[*target].name.as_str();
        match choice {
            Choice::Present(target) => {
                let base = if judged.attached.contains_key(&target) {
                    "disks of it are attached there already".to_owned()
                } else if fitting.len() == 1 {
                    "the only master target that suits it".to_owned()
                } else {
                    let others = fitting.iter().filter(|other| **other != target).map(name);
                    format!("{} would suit it as well", join(others))
                };
                let company = self.company(group, choice);
                if company.is_empty() {
                    base
                } else {
                    format!("{base}; it shares with {}", join(company.into_iter()))
                }
            }
            Choice::Further(_) if fitting.is_empty() => {
                let seen = (0..self.problem.targets.len()).filter_map(|target| {
                    Some(judged.with_target(target).into_iter().next()?.detail)
                });
                let seen: Vec<String> = seen.collect();
                if seen.is_empty() {
                    "there is no master target".to_owned()
                } else {
                    format!("no master target suits it: {}", seen.join("; "))
                }
            }
            Choice::Further(_) => {
                let busy = fitting.iter().map(|target| self.in_the_way(group, *target));
                busy.collect::<Vec<_>>().join("; ")
            }
            Choice::Nowhere => String::new(),
        }
    }

    fn company(&self, group: usize, choice: Choice) -> Vec<&str> {
        self.on(choice)
            .filter(|other| *other != group)
            .map(|other| self.problem.groups[other].name.as_str())
            .collect()
    }

    /// What keeps a group from a master target that would suit it alone.
    fn in_the_way(&self, group: usize, target: usize) -> String {
        let judged = &self.judged[group];
        let one = &self.problem.targets[target];
        let choice = Choice::Present(target);
        let clash = self.on(choice).find_map(|other| {
            let found = self.judged[other].together(judged);
            Some(found.into_iter().next()?.detail)
        });
        if let Some(clash) = clash {
            return format!("not on {}: {clash}", one.name);
        }
        let free = one.free_slots.known().copied().unwrap_or(0);
        format!(
            "{} has {} free, {} of them for {}, and it needs {}",
            one.name,
            slots(free),
            self.demand(choice),
            join(self.company(group, choice).into_iter()),
            judged.demand
        )
    }

    fn unassigned(&self) -> Vec<UnassignedGroup> {
        let choices = self.solution.choices.iter().enumerate();
        let nowhere = choices.filter(|(_, choice)| **choice == Choice::Nowhere);
        nowhere
            .map(|(group, _)| {
                let judged = &self.judged[group];
                let mut obstacles = judged.everywhere.clone();
                if obstacles.is_empty() {
                    obstacles = judged.with_further();
                    obstacles.extend((0..self.problem.targets.len()).flat_map(|target| {
                        let mut found = judged.with_target(target);
                        if found.is_empty() {
                            found.push(super::Obstacle::new(
                                super::Constraint::Slots,
                                self.in_the_way(group, target),
                            ));
                        }
                        found
                    }));
                    let mut seen = BTreeSet::new();
                    obstacles.retain(|obstacle| seen.insert(obstacle.detail.clone()));
                }
                UnassignedGroup {
                    group: judged.group.name.clone(),
                    disks: judged.disks,
                    obstacles,
                }
            })
            .collect()
    }

    fn targets(&self) -> Vec<TargetUse> {
        let targets = self.problem.targets.iter().enumerate();
        targets
            .map(|(at, target)| {
                let taken = self.demand(Choice::Present(at));
                TargetUse {
                    name: target.name.clone(),
                    kind: target.kind,
                    family: target.family.clone(),
                    groups: self.names(Choice::Present(at)),
                    free_before: target.free_slots.clone(),
                    free_after: target.free_slots.clone().map(|free| free - taken),
                }
            })
            .collect()
    }

    fn further(&self, number: usize) -> FurtherTarget {
        let choice = Choice::Further(number);
        let mut datastores: BTreeSet<&ManagedObjectReference> = BTreeSet::new();
        let mut hosts: Option<BTreeSet<&ManagedObjectReference>> = None;
        let mut families = BTreeSet::new();
        for group in self.on(choice) {
            let judged = &self.judged[group];
            datastores.extend(&judged.datastores);
            families.extend(&judged.families);
            if let Some(theirs) = judged.hosts() {
                hosts = Some(match hosts {
                    None => theirs,
                    Some(all) => all.intersection(&theirs).copied().collect(),
                });
            }
        }
        let disks = self.demand(choice);
        let mut hosts: Vec<String> = hosts
            .into_iter()
            .flatten()
            .map(|host| {
                self.problem
                    .hosts
                    .get(host)
                    .cloned()
                    .unwrap_or(host.to_string())
            })
            .collect();
        hosts.sort_unstable();
        let mut datastores: Vec<String> = (datastores.into_iter())
            .filter_map(|moref| Some(self.problem.datastores.get(moref)?.name.clone()))
            .collect();
        datastores.sort_unstable();
        FurtherTarget {
            number: number + 1,
            // One that takes both is an appliance.
            family: match families.len() {
                1 => families.pop_first(),
                _ => None,
            },
            groups: self.names(choice),
            disks,
            free_after: FURTHER_SLOTS - disks,
            datastores,
            hosts,
        }
    }

    fn pairings(&self) -> Vec<Pairing> {
        let pairs = self.judged.iter().flat_map(|judged| {
            let targets = self.problem.targets.iter().enumerate();
            targets.map(move |(at, target)| {
                let mut obstacles = judged.everywhere.clone();
                obstacles.extend(judged.with_target(at));
                Pairing {
                    group: judged.group.name.clone(),
                    target: target.name.clone(),
                    fits: obstacles.is_empty(),
                    obstacles,
                }
            })
        });
        pairs.collect()
    }
}
