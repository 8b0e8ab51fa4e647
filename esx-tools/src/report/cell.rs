//! The answer of one rule in one word, and how often each word was given.

use crate::rules::{Finding, Judgement, Severity, Verdict};

/// What one rule says about one VM, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cell {
    /// The rule does not concern this VM.
    Silent,
    /// There is nothing that the rule could judge.
    NotApplicable,
    /// The rule is met.
    Holds,
    /// The rule is not met, which is good to know.
    Info,
    /// The rule is not met, and failback may fail or turn out worse.
    Warning,
    /// The facts do not suffice.
    Unknown,
    /// The rule is not met, and failback fails.
    Blocker,
}

impl Cell {
    /// Every answer that a rule can give, the worst first.
    pub const ALL: [Self; 6] = [
        Self::Blocker,
        Self::Unknown,
        Self::Warning,
        Self::Info,
        Self::Holds,
        Self::NotApplicable,
    ];

    /// The answer of a judgement as a whole.
    pub fn of(judgement: &Judgement) -> Self {
        match judgement.verdict {
            Verdict::Holds => Self::Holds,
            Verdict::NotApplicable => Self::NotApplicable,
            Verdict::Unknown => Self::Unknown,
            Verdict::Broken => Self::worst(&judgement.findings),
        }
    }

    /// The worst of some findings; [`Cell::Holds`] without any.
    pub fn worst<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        findings
            .into_iter()
            .map(|finding| Self::from(finding.severity))
            .max()
            .unwrap_or(Self::Holds)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Silent => "not asked",
            Self::NotApplicable => "not applicable",
            Self::Holds => "holds",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Unknown => "unknown",
            Self::Blocker => "blocker",
        }
    }
}

impl From<Severity> for Cell {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Info,
            Severity::Warning => Self::Warning,
            Severity::Blocker => Self::Blocker,
        }
    }
}

/// How many rules gave each answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    counts: [usize; Cell::ALL.len()],
}

impl Tally {
    /// Counts the judgements; each rule once, by its worst finding.
    pub fn of<'a>(judgements: impl IntoIterator<Item = &'a Judgement>) -> Self {
        let mut tally = Self::default();
        for judgement in judgements {
            let cell = Cell::of(judgement);
            for (count, one) in tally.counts.iter_mut().zip(Cell::ALL) {
                *count += usize::from(one == cell);
            }
        }
        tally
    }

    /// How many rules gave this answer.
    pub fn count(&self, cell: Cell) -> usize {
        self.each()
            .find(|(one, _)| *one == cell)
            .map_or(0, |(_, count)| count)
    }

    /// How many rules were asked.
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Every answer with its count, the worst first.
    pub fn each(&self) -> impl Iterator<Item = (Cell, usize)> {
        Cell::ALL.into_iter().zip(self.counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{rules::judge, site::sample};

    #[test]
    fn every_rule_is_counted_once() {
        for facts in [
            sample::ready(),
            sample::wrong(),
            sample::unread(),
            sample::standalone(),
        ] {
            let judgements = judge(&facts);
            assert_eq!(Tally::of(&judgements).total(), judgements.len());
        }
        assert_eq!(
            Tally::of(&judge(&sample::unread())).count(Cell::Holds),
            0,
            "what is unread never holds"
        );
    }

    #[test]
    fn a_blocker_outweighs_an_unknown_and_a_warning() {
        assert!(Cell::Blocker > Cell::Unknown && Cell::Unknown > Cell::Warning);
        assert!(Cell::Warning > Cell::Info && Cell::Info > Cell::Holds);
        assert_eq!(Cell::worst([]), Cell::Holds);
    }
}
