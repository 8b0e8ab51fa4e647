//! What binds, and how good an assignment is.

use super::{
    Binding, Bound, Proof,
    explain::Explanation,
    solve::{RELAXED, Solution, solve},
};

impl Explanation<'_> {
    /// A constraint binds when the best without it is better than anything with it can be.
    pub(super) fn bindings(&self, limit: u64) -> Vec<Binding> {
        let bound = &self.solution.bound;
        if bound.further == 0 && bound.unassigned == 0 {
            return Vec::new();
        }
        let found = RELAXED.into_iter().filter_map(|constraint| {
            let without = solve(self.problem, self.judged, Some(constraint), limit).cost;
            ((without.unassigned, without.further) < (bound.unassigned, bound.further)).then_some(
                Binding {
                    constraint,
                    rule: constraint.rule_number(),
                    further_without: without.further,
                    unassigned_without: without.unassigned,
                },
            )
        });
        found.collect()
    }

    pub(super) fn proof(&self) -> Proof {
        let Solution {
            cost, bound, nodes, ..
        } = self.solution;
        let optimal = cost == bound;
        let total = Bound {
            used: cost.further + cost.present,
            at_least: self.solution.in_all,
        };
        let how = if !optimal {
            format!(
                "the search stopped after {nodes} nodes: this is the best that it found, and no \
                 assignment does with fewer than {} further master targets",
                bound.further
            )
        } else if *nodes == 0 {
            "it meets a bound that holds for every assignment".to_owned()
        } else {
            format!("all assignments were looked at or ruled out, in {nodes} nodes")
        };
        Proof {
            optimal,
            total,
            further: Bound {
                used: cost.further,
                at_least: bound.further,
            },
            how,
            nodes: *nodes,
        }
    }
}
