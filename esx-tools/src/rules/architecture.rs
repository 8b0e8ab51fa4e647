//! Judging by the kind of target: what does not count there, and what costs less.

use super::{Finding, Judgement, Rule, Severity, Verdict, portal_code::portal_code};
use crate::{site::Facts, target_kind::TargetKind};

/// Judges the facts by one rule as it counts for this kind of target; the facts are about that kind.
pub(super) fn judge_as(rule: &dyn Rule, facts: &Facts, kind: TargetKind) -> Judgement {
    let Some(basis) = rule.basis(kind) else {
        return Judgement::not_applicable(rule, format!("it does not count for {kind}"));
    };
    let mut judgement = rule.check(facts);
    judgement.severity = basis.severity;
    for finding in &mut judgement.findings {
        finding.severity = finding.severity.min(basis.severity);
        finding.portal_codes = codes(rule, finding, kind);
    }
    judgement
}

/// The codes that the portal shows for a finding. What is only good to know comes to no code.
fn codes(rule: &dyn Rule, finding: &Finding, kind: TargetKind) -> Vec<u32> {
    if finding.severity == Severity::Info {
        return Vec::new();
    }
    let documented = |code: &u32| portal_code(*code).is_some_and(|one| one.target == kind);
    rule.codes().iter().copied().filter(documented).collect()
}

/// One answer where the kind of target is not known: what is the same for both counts; what is not is unknown.
pub(super) fn settle(appliance: Judgement, master_target: Judgement) -> Judgement {
    use Verdict::{Broken, Holds, NotApplicable};
    match (appliance.verdict, master_target.verdict) {
        (NotApplicable, Holds) => return master_target,
        (Holds, NotApplicable) => return appliance,
        // What is broken for both costs what it costs at most.
        (Broken, Broken) if appliance.worst() > master_target.worst() => return appliance,
        (one, other) if one == other => return master_target,
        _ => {}
    }
    let reason = format!(
        "{} for a replication appliance, {} for a master target: --target says which it is",
        said(&appliance),
        said(&master_target)
    );
    let cost = appliance.worst().max(master_target.worst());
    let mut judgement = match appliance.worst() > master_target.worst() {
        true => appliance,
        false => master_target,
    };
    judgement.verdict = Verdict::Unknown;
    judgement.severity = cost.unwrap_or(judgement.severity);
    judgement.reason = Some(reason);
    judgement.gaps.clear();
    judgement
}

fn said(judgement: &Judgement) -> String {
    match judgement.verdict {
        Verdict::Holds => "it holds".to_owned(),
        Verdict::NotApplicable => "nothing to judge".to_owned(),
        Verdict::Unknown => format!(
            "unknown ({})",
            judgement.reason.as_deref().unwrap_or_default()
        ),
        Verdict::Broken => {
            let all = judgement.findings.iter();
            let summaries: Vec<&str> = all.map(|finding| finding.summary.as_str()).collect();
            let cost = judgement.worst().map(|cost| cost.to_string());
            format!("{} ({})", cost.unwrap_or_default(), summaries.join("; "))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        rules::{Judgement, Severity, Verdict, judge, registry},
        site::{DecidedBy, Facts, StatedTarget, sample},
        target_kind::TargetKind,
    };

    fn of(facts: &Facts, kind: Option<TargetKind>) -> Vec<Judgement> {
        let mut facts = facts.clone();
        facts.target = match kind {
            Some(kind) => facts.target.stated(StatedTarget {
                kind,
                by: DecidedBy::Option,
            }),
            None => crate::site::TargetFacts::default(),
        };
        judge(&facts)
    }

    fn rule<'a>(judgements: &'a [Judgement], id: &str) -> &'a Judgement {
        judgements.iter().find(|one| one.rule == id).unwrap()
    }

    #[test]
    fn what_does_not_count_for_the_kind_is_not_applicable_and_says_so() {
        for kind in TargetKind::ALL {
            let judgements = of(&sample::wrong(), Some(kind));
            for (rule, judgement) in registry().iter().zip(&judgements) {
                match rule.basis(kind) {
                    None => {
                        assert_eq!(judgement.verdict, Verdict::NotApplicable, "{judgement:?}");
                        let reason = judgement.reason.as_deref().unwrap();
                        assert!(reason.contains(&kind.to_string()), "{reason}");
                    }
                    Some(basis) => assert!(judgement.worst() <= Some(basis.severity)),
                }
            }
        }
    }

    #[test]
    fn a_controller_blocks_a_master_target_and_is_information_on_an_appliance() {
        let facts = sample::wrong();
        let worst = |kind| rule(&of(&facts, Some(kind)), "no-paravirtual-controller").worst();
        assert_eq!(worst(TargetKind::MasterTarget), Some(Severity::Blocker));
        assert_eq!(worst(TargetKind::Appliance), Some(Severity::Info));
        for id in [
            "same-os-family",
            "retention-volume",
            "replication-group-whole",
        ] {
            let judgements = of(&sample::protecting(), Some(TargetKind::Appliance));
            assert_eq!(rule(&judgements, id).verdict, Verdict::NotApplicable);
        }
    }

    #[test]
    fn codes_of_the_portal_are_those_of_the_documents_for_the_kind() {
        let mut facts = sample::protecting();
        facts.protected.datastores[0].mount = crate::fact::Fact::Known(None);
        let codes = |kind| {
            let judgements = of(&facts, Some(kind));
            let judgement = rule(&judgements, "protected-datastores-mounted");
            judgement.findings[0].portal_codes.clone()
        };
        assert_eq!(codes(TargetKind::MasterTarget), [8061]);
        assert!(codes(TargetKind::Appliance).is_empty());
    }

    #[test]
    fn where_the_kind_is_not_known_only_what_is_common_counts() {
        let mut facts = sample::protecting();
        facts.protected.vms[0].guest_id = Some("windows9Server64Guest".into());
        let judgements = of(&facts, None);
        let family = rule(&judgements, "same-os-family");
        assert_eq!(family.verdict, Verdict::Unknown);
        assert!(family.blocks());
        let reason = family.reason.as_deref().unwrap();
        assert!(reason.ends_with("--target says which it is"), "{reason}");
        // Neither kind passes for what holds for both.
        assert_eq!(rule(&judgements, "disk-slots").verdict, Verdict::Holds);
        let wrong = of(&sample::wrong(), None);
        assert_eq!(
            rule(&wrong, "storage-vmotion-excluded").worst(),
            Some(Severity::Blocker)
        );
        assert_eq!(
            rule(&wrong, "no-snapshots").worst(),
            Some(Severity::Blocker)
        );
    }
}
