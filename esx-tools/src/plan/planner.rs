//! From facts to a plan.

use super::{
    convert, deltas,
    draft::Draft,
    exclude, fingerprint,
    fixes::{Fixes, Scope},
    mount, power, reconfigure, record, retention,
    step::{Plan, UnfixableCause},
    tag,
};
use crate::{
    rules::{Finding, FixKind, Severity, judge},
    site::Facts,
};

/// Plans what `scope` asks for; pure and deterministic.
///
/// A plan for a VM that meets every rule that can be fixed has no steps.
pub fn plan(facts: &Facts, scope: Scope) -> Plan {
    plan_with(facts, scope, &Fixes::default())
}

/// Plans what `scope` and `fixes` ask for; pure and deterministic.
///
/// The fixes count with [`Scope::Prepare`]; of them the tag with [`Scope::Exclude`] as well.
pub fn plan_with(facts: &Facts, scope: Scope, fixes: &Fixes) -> Plan {
    let fixes = &fixes.within(scope);
    let mut draft = Draft::new(facts, fixes);
    if scope == Scope::Include {
        tag::detach(&mut draft);
        exclude::include(&mut draft);
    } else {
        let findings = findings_for(facts, scope, fixes);
        mount::add(&mut draft, &findings);
        deltas::merge(&mut draft, &findings);
        let conversion = convert::step_for(&mut draft, &findings);
        reconfigure::add(&mut draft, &findings, conversion.is_some());
        let disk = retention::step_for(&mut draft, conversion.as_ref());
        power::add(&mut draft, &findings, conversion, disk);
        exclude::exclude(&mut draft, &findings);
        if matches!(scope, Scope::Prepare | Scope::Exclude) {
            tag::attach(&mut draft);
        }
        for finding in findings {
            if finding.fix.is_none() && !power::awaits_power_cycle(&finding) {
                let reason = if retention::leaves(&mut draft, &finding) {
                    "the plan adds the disk; the file system on it has to be made in the guest"
                } else {
                    "a person has to do this"
                };
                draft.give_up(finding, UnfixableCause::ForAPerson, reason);
            }
        }
    }
    let Draft {
        already,
        mut steps,
        unfixable,
        ..
    } = draft;
    record::order(&mut steps);
    let vm = &facts.master_target;
    Plan {
        master_target: vm.moref.clone(),
        master_target_name: vm.name.clone(),
        change_version: vm.change_version.clone(),
        facts_fingerprint: fingerprint::fingerprint(facts),
        scope,
        fixes: fixes.clone(),
        already,
        steps,
        unfixable,
    }
}

fn findings_for(facts: &Facts, scope: Scope, fixes: &Fixes) -> Vec<Finding> {
    let wanted = |finding: &Finding| match scope {
        Scope::Prepare => true,
        Scope::Consolidate => finding.fix == Some(FixKind::ConsolidateDisks),
        Scope::Exclude => record::excludes(finding),
        Scope::Include => false,
    };
    let asked = |finding: &Finding| match finding.fix {
        Some(FixKind::ConvertController { .. }) => fixes.convert_controllers,
        _ => false,
    };
    judge(facts)
        .into_iter()
        .flat_map(|judgement| {
            // What is only good to know for this kind of target is fixed when somebody asks for it.
            let counts = judgement.severity > Severity::Info || scope != Scope::Prepare;
            let findings = judgement.findings.into_iter();
            findings.filter(move |finding| counts || asked(finding))
        })
        .filter(wanted)
        .collect()
}
