//! What to do, the worst first.

use super::Cell;
use crate::rules::{Finding, Judgement, Verdict};

/// One rule that is not met, or that nobody could judge, with all that is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The rule's id.
    pub rule: String,
    /// The rule's number.
    pub number: u8,
    /// What the rule demands.
    pub title: String,
    /// The worst of its findings, or [`Cell::Unknown`].
    pub cell: Cell,
    /// What is wrong, the worst first.
    pub findings: Vec<Finding>,
    /// Why nobody could judge, wholly or in part.
    pub reason: Option<String>,
    /// Whether the VM is not ready as long as this stands.
    pub blocks: bool,
}

impl Task {
    /// Whether esxtool can fix any finding of it.
    pub fn has_fix(&self) -> bool {
        self.findings.iter().any(|finding| finding.fix.is_some())
    }

    /// Whether esxtool can fix every finding of it.
    pub fn is_fixable(&self) -> bool {
        let judged = self.cell != Cell::Unknown && self.reason.is_none();
        judged
            && !self.findings.is_empty()
            && self.findings.iter().all(|finding| finding.fix.is_some())
    }
}

/// Everything that is not as it should be: what blocks first, then by how bad it is, then by the rules' numbers.
pub fn tasks(judgements: &[Judgement]) -> Vec<Task> {
    let mut tasks: Vec<Task> = judgements
        .iter()
        .filter(|judgement| matches!(judgement.verdict, Verdict::Broken | Verdict::Unknown))
        .map(|judgement| {
            let mut findings = judgement.findings.clone();
            findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
            Task {
                rule: judgement.rule.clone(),
                number: judgement.number,
                title: judgement.title.clone(),
                cell: Cell::of(judgement),
                findings,
                reason: judgement.reason.clone(),
                blocks: judgement.blocks(),
            }
        })
        .collect();
    tasks.sort_by_key(|task| {
        (
            std::cmp::Reverse(task.blocks),
            std::cmp::Reverse(task.cell),
            task.number,
        )
    });
    tasks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{rules::judge, site::sample};

    #[test]
    fn nothing_broken_or_unknown_is_left_out_and_what_blocks_comes_first() {
        for facts in [sample::wrong(), sample::unread(), sample::ready()] {
            let judgements = judge(&facts);
            let tasks = tasks(&judgements);
            let open = judgements
                .iter()
                .filter(|one| matches!(one.verdict, Verdict::Broken | Verdict::Unknown));
            assert_eq!(tasks.len(), open.count());
            assert!(
                tasks
                    .windows(2)
                    .all(|pair| pair[0].blocks >= pair[1].blocks)
            );
            assert!(
                tasks
                    .windows(2)
                    .filter(|pair| pair[0].blocks == pair[1].blocks)
                    .all(|pair| pair[0].cell >= pair[1].cell)
            );
        }
    }

    #[test]
    fn a_rule_that_nobody_could_judge_cannot_be_fixed() {
        let tasks = tasks(&judge(&sample::unread()));
        assert!(!tasks.is_empty() && tasks.iter().all(|task| !task.is_fixable()));
    }
}
