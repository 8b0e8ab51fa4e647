//! From a problem to choices: set aside what fits nowhere, search the rest part by part.

use super::{
    Constraint, Problem,
    bound::Cost,
    instance::Instance,
    judge::Judged,
    search::{Choice, search},
};

/// Constraints that are left out one at a time, to see which of them binds.
pub(super) const RELAXED: [Constraint; 5] = [
    Constraint::Slots,
    Constraint::DatastoresMounted,
    Constraint::UniqueUuids,
    Constraint::OsFamily,
    Constraint::GroupFile,
];

/// What was found for the whole problem.
#[derive(Clone, Debug)]
pub(super) struct Solution {
    /// Where each group goes; further targets are numbered through.
    pub(super) choices: Vec<Choice>,
    pub(super) cost: Cost,
    /// A cost that nothing goes below.
    pub(super) bound: Cost,
    /// A number of master targets that nothing goes below, as in [`Found`](super::search::SearchOutcome).
    pub(super) in_all: usize,
    pub(super) nodes: u64,
}

/// Whether the group could go anywhere if it were alone.
pub(super) fn assignable(problem: &Problem, judged: &Judged<'_>) -> bool {
    judged.everywhere.is_empty()
        && (judged.with_further().is_empty()
            || (0..problem.targets.len()).any(|target| judged.with_target(target).is_empty()))
}

/// Assigns the groups that could go somewhere by themselves, and leaves the others out of account.
pub(super) fn solve(
    problem: &Problem,
    judged: &[Judged<'_>],
    without: Option<Constraint>,
    limit: u64,
) -> Solution {
    let chosen: Vec<usize> = (0..judged.len())
        .filter(|group| assignable(problem, &judged[*group]))
        .collect();
    let whole = Instance::new(problem, judged, &chosen, without);
    let mut solution = Solution {
        choices: vec![Choice::Nowhere; judged.len()],
        cost: Cost::default(),
        bound: Cost::default(),
        in_all: 0,
        nodes: 0,
    };
    for part in whole.components() {
        let found = search(&part, limit);
        for (item, choice) in part.items.iter().zip(found.choices) {
            solution.choices[item.group] = match choice {
                Choice::Further(number) => Choice::Further(number + solution.cost.further),
                other => other,
            };
        }
        solution.cost += found.cost;
        solution.bound += found.bound;
        solution.in_all += found.in_all;
        solution.nodes += found.nodes;
    }
    solution
}
