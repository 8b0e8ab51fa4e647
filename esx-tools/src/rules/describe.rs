//! What the rules share: their descriptions, and putting an answer together from many VMs.

use super::{Finding, Gap, Judgement, Rule, Verdict};
use crate::{
    site::{DatastoreFacts, Facts},
    vm::Vm,
};

/// Writes the describing half of a [`Rule`].
macro_rules! describe {
    ($number:literal, $id:literal, $severity:ident, $about:ident, title: $title:literal, why: $why:literal, remedy: $remedy:literal $(,)?) => {
        fn id(&self) -> &'static str {
            $id
        }

        fn number(&self) -> u8 {
            $number
        }

        fn about(&self) -> $crate::rules::About {
            $crate::rules::About::$about
        }

        fn title(&self) -> &'static str {
            $title
        }

        fn severity(&self) -> $crate::rules::Severity {
            $crate::rules::Severity::$severity
        }

        fn why(&self) -> &'static str {
            $why
        }

        fn remedy(&self) -> &'static str {
            $remedy
        }
    };
}
pub(super) use describe;

/// Says for which kinds of target a [`Rule`] counts, how much it costs there, by which document, and which codes of
/// the portal come of it.
macro_rules! counts {
    ($counts:expr $(; codes: $codes:expr)? $(,)?) => {
        fn counts(&self) -> &'static [$crate::rules::Basis] {
            #[allow(unused_imports, reason = "a rule names some of them")]
            use $crate::{
                documents::*,
                rules::Severity::{Blocker, Info, Warning},
                rules::basis::{appliance, master_target, not_stated},
            };
            const COUNTS: &[$crate::rules::Basis] = &$counts;
            COUNTS
        }

        $(fn codes(&self) -> &'static [u32] {
            &$codes
        })?
    };
}
pub(super) use counts;

/// Findings and gaps, found one after the other.
#[derive(Debug, Default)]
pub(super) struct Review {
    findings: Vec<Finding>,
    gaps: Vec<Gap>,
}

impl Review {
    /// Adds something wrong.
    pub(super) fn found(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Adds something that could not be judged, and that concerns every VM.
    pub(super) fn gap(&mut self, reason: impl Into<String>) {
        self.add(Gap {
            vm: None,
            reason: reason.into(),
        });
    }

    /// Adds something about one VM that could not be judged; its name goes before the reason.
    pub(super) fn gap_of(&mut self, vm: &Vm, reason: impl std::fmt::Display) {
        self.add(Gap {
            vm: Some(vm.moref.clone()),
            reason: format!("{}: {reason}", vm.name),
        });
    }

    fn add(&mut self, gap: Gap) {
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// Broken when something is as wrong as the rule can be; else unknown when there is a gap, so that
    /// a small finding never hides what nobody could see.
    pub(super) fn conclude(self, rule: &dyn Rule) -> Judgement {
        let Self { findings, gaps } = self;
        let reasons: Vec<&str> = gaps.iter().map(|gap| gap.reason.as_str()).collect();
        let reason = (!gaps.is_empty()).then(|| reasons.join("; "));
        let settled = findings
            .iter()
            .any(|finding| finding.severity >= rule.severity());
        let mut judgement = Judgement::from_findings(rule, findings);
        if reason.is_some() && !settled {
            judgement.verdict = Verdict::Unknown;
        }
        judgement.reason = reason;
        judgement.gaps = gaps;
        judgement
    }
}

impl Finding {
    /// A finding of `rule` about a protected VM, with the rule's own severity and remedy.
    pub(super) fn of_vm(
        rule: &dyn Rule,
        facts: &Facts,
        vm: &Vm,
        summary: impl Into<String>,
    ) -> Self {
        let mut finding = Self::new(rule, facts, summary).on(&vm.name);
        finding.vm = Some(vm.moref.clone());
        finding
    }
}

/// The VMs to be protected, or the answer when none was named.
pub(super) fn protected<'a>(rule: &dyn Rule, facts: &'a Facts) -> Result<&'a [Vm], Box<Judgement>> {
    match facts.protected.vms.as_slice() {
        [] => Err(Box::new(Judgement::not_applicable(
            rule,
            "no VM to be protected was named",
        ))),
        vms => Ok(vms),
    }
}

/// The answer of a rule that looks at each VM to be protected by itself.
pub(super) fn review_each<'a>(
    rule: &dyn Rule,
    facts: &'a Facts,
    mut look: impl FnMut(&'a Vm, &mut Review),
) -> Judgement {
    let vms = match protected(rule, facts) {
        Ok(vms) => vms,
        Err(judgement) => return *judgement,
    };
    let mut review = Review::default();
    for vm in vms {
        look(vm, &mut review);
    }
    review.conclude(rule)
}

/// The datastores that hold a VM's disks, whole chains, or why they are not known.
pub(super) fn disk_datastores<'a>(
    facts: &'a Facts,
    vm: &Vm,
) -> Result<Vec<&'a DatastoreFacts>, String> {
    let disks = vm.disks.get().map_err(str::to_owned)?;
    let morefs = vm.datastores.get().map_err(str::to_owned)?;
    let mut names: Vec<&str> = disks
        .iter()
        .flat_map(|disk| {
            let chain = disk.chain.iter().map(|unit| unit.datastore.as_deref());
            chain.chain([disk.datastore.as_deref()])
        })
        .flatten()
        .collect();
    names.sort_unstable();
    names.dedup();
    let nowhere = disks
        .iter()
        .find(|disk| disk.datastore.is_none() && disk.chain.is_empty());
    if let Some(disk) = nowhere {
        return Err(format!("the server does not tell where {} is", disk.label));
    }
    // A name is unique only within a datacenter; among a VM's own datastores it is.
    names
        .into_iter()
        .map(|name| {
            morefs
                .iter()
                .filter_map(|moref| facts.protected.datastore(moref))
                .find(|datastore| datastore.name == name)
                .ok_or_else(|| format!("datastore {name} could not be read"))
        })
        .collect()
}

/// `2 disks`, `1 disk`.
pub(super) fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        rules::{Severity, find},
        site::sample,
    };

    #[test]
    fn a_small_finding_does_not_hide_a_gap() {
        let rule = find("protected-datastores-mounted").unwrap();
        let facts = sample::ready();
        let mut review = Review::default();
        review.gap("no privilege");
        review.gap("no privilege");
        review.found(Finding::new(rule, &facts, "a trifle").severity(Severity::Warning));
        let judgement = review.conclude(rule);
        assert_eq!(judgement.verdict, Verdict::Unknown);
        assert_eq!(judgement.reason.as_deref(), Some("no privilege"));
        assert!(judgement.blocks());

        let mut review = Review::default();
        review.gap("no privilege");
        review.found(Finding::new(rule, &facts, "much"));
        assert_eq!(review.conclude(rule).verdict, Verdict::Broken);
        assert_eq!(Review::default().conclude(rule).verdict, Verdict::Holds);
    }
}
