//! What is wrong, the worst first, and the verdict of every rule.

use esx_tools::rules::{Finding, Judgement, Severity, Verdict};

use super::{Look, hang};
use crate::output::{Column, Table, count};

/// Columns that the level takes: `BLOCKER  `.
const LEAD: usize = 9;

/// Every finding with its evidence and what to do, blockers first. Rules that nobody could judge come after
/// findings of their severity. What is about another object than the master target names it.
pub(crate) fn findings(look: Look, target: &str, judgements: &[Judgement]) -> String {
    let mut entries: Vec<(Severity, String)> = Vec::new();
    for judgement in judgements {
        match judgement.verdict {
            Verdict::Broken => {
                for finding in &judgement.findings {
                    entries.push((finding.severity, entry(look, target, finding)));
                }
            }
            Verdict::Unknown => entries.push((judgement.severity, unknown(look, judgement))),
            Verdict::Holds | Verdict::NotApplicable => {}
        }
    }
    // Stable: within a severity the order of the rules stays.
    entries.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
    entries.into_iter().map(|(_, text)| text).collect()
}

fn entry(look: Look, target: &str, finding: &Finding) -> String {
    // A rule about protected VMs, datastores or clusters says the same of each; the name tells which is meant.
    let whose = if finding.vm.is_some() || finding.object != target {
        format!("{}: ", finding.object)
    } else {
        String::new()
    };
    let mut text = hang(
        look,
        &level(look, finding.severity),
        LEAD,
        &format!("{}: {whose}{}", finding.rule, finding.summary),
    );
    let indent = " ".repeat(LEAD);
    let seen: Vec<String> = finding
        .evidence
        .iter()
        .map(|fact| format!("{} = {}", fact.name, fact.value))
        .collect();
    if !seen.is_empty() {
        text.push_str(&hang(
            look,
            &format!("{indent}{} ", look.paint.faint("seen:")),
            LEAD + 6,
            &seen.join("; "),
        ));
    }
    if let Some(codes) = finding.portal() {
        text.push_str(&hang(
            look,
            &format!("{indent}{} ", look.paint.faint("portal:")),
            LEAD + 8,
            &codes,
        ));
    }
    let (word, width) = if finding.fix.is_some() {
        (look.paint.good("esxtool can:"), 13)
    } else {
        (look.paint.careful("you have to:"), 13)
    };
    text.push_str(&hang(
        look,
        &format!("{indent}{word} "),
        LEAD + width,
        &finding.remedy,
    ));
    text
}

fn unknown(look: Look, judgement: &Judgement) -> String {
    let lead = look.paint.careful(format!("{:<LEAD$}", "UNKNOWN"));
    let reason = judgement
        .reason
        .as_deref()
        .unwrap_or("the facts do not suffice");
    hang(look, &lead, LEAD, &format!("{}: {reason}", judgement.rule))
}

fn level(look: Look, severity: Severity) -> String {
    match severity {
        Severity::Blocker => look.paint.bad(format!("{:<LEAD$}", "BLOCKER")),
        Severity::Warning => look.paint.careful(format!("{:<LEAD$}", "WARNING")),
        Severity::Info => format!("{:<LEAD$}", "INFO"),
    }
}

/// One row per rule that applies with its verdict; below it, why the others do not apply.
pub(crate) fn verdicts(look: Look, judgements: &[Judgement]) -> String {
    let columns = [
        Column::whole("VERDICT"),
        Column::whole("RULE"),
        Column::text("WHAT IT DEMANDS"),
    ];
    let mut table = Table::new(&columns, look.width, look.colour);
    // A reason, and the rules that do not apply for it, in their order.
    let mut idle: Vec<(&str, Vec<&str>)> = Vec::new();
    for judgement in judgements {
        if judgement.verdict == Verdict::NotApplicable {
            let reason = judgement.reason.as_deref().unwrap_or_default();
            match idle.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, rules)) => rules.push(&judgement.rule),
                None => idle.push((reason, vec![&judgement.rule])),
            }
            continue;
        }
        table.row([
            verdict(judgement),
            judgement.rule.as_str(),
            judgement.title.as_str(),
        ]);
    }
    let mut text = table.render();
    for (reason, rules) in idle {
        let lead = look.paint.faint(format!("{:<LEAD$}", "n/a"));
        text.push_str(&hang(
            look,
            &lead,
            LEAD,
            &format!("{reason}: {}", rules.join(", ")),
        ));
    }
    text
}

fn verdict(judgement: &Judgement) -> &'static str {
    match (judgement.verdict, judgement.worst()) {
        (Verdict::Holds, _) => "OK",
        (Verdict::NotApplicable, _) => "",
        (Verdict::Unknown, _) => "UNKNOWN",
        (Verdict::Broken, Some(Severity::Blocker)) => "BLOCKER",
        (Verdict::Broken, Some(Severity::Warning)) => "WARNING",
        (Verdict::Broken, _) => "INFO",
    }
}

/// The last line: ready or not, with the numbers.
pub(crate) fn summary(look: Look, judgements: &[Judgement]) -> String {
    let number = |word: &str| {
        judgements
            .iter()
            .filter(|judgement| verdict(judgement) == word)
            .count()
    };
    let (blockers, warnings, unknown) = (number("BLOCKER"), number("WARNING"), number("UNKNOWN"));
    let mut parts = Vec::new();
    if blockers > 0 {
        parts.push(count(blockers, "blocker"));
    }
    if warnings > 0 {
        parts.push(count(warnings, "warning"));
    }
    if unknown > 0 {
        parts.push(format!("{unknown} unknown"));
    }
    let blocked = judgements.iter().any(Judgement::blocks);
    let word = if blocked {
        look.paint.bad("NOT READY")
    } else {
        look.paint.good("READY")
    };
    if parts.is_empty() {
        let informed = number("INFO") > 0;
        let rest = if informed {
            "no rule is broken"
        } else {
            "every rule holds"
        };
        return format!("{word}: {rest}\n");
    }
    format!("{word}: {}\n", parts.join(", "))
}

#[cfg(test)]
mod tests {

    use super::super::lines::tests::plain;
    use vsphere_client::vim::ManagedObjectReference;

    use super::*;

    fn finding(rule: &str, severity: Severity) -> Finding {
        Finding {
            rule: rule.to_owned(),
            severity,
            object: "mt".to_owned(),
            vm: None,
            summary: "is wrong".to_owned(),
            evidence: Vec::new(),
            portal_codes: Vec::new(),
            remedy: "fix it".to_owned(),
            fix: None,
        }
    }

    fn judgement(
        rule: &str,
        verdict: Verdict,
        severity: Severity,
        findings: Vec<Finding>,
    ) -> Judgement {
        let reason = (verdict == Verdict::Unknown).then(|| "no privilege".to_owned());
        Judgement {
            rule: rule.to_owned(),
            number: 1,
            about: esx_tools::rules::About::Target,
            severity,
            title: "a title".to_owned(),
            verdict,
            reason,
            gaps: Vec::new(),
            findings,
        }
    }

    #[test]
    fn blockers_come_first_and_nothing_broken_is_left_out() {
        let all = [
            judgement(
                "b",
                Verdict::Broken,
                Severity::Warning,
                vec![finding("b", Severity::Warning)],
            ),
            judgement(
                "a",
                Verdict::Broken,
                Severity::Blocker,
                vec![
                    finding("a", Severity::Blocker),
                    finding("a", Severity::Warning),
                ],
            ),
            judgement("c", Verdict::Unknown, Severity::Blocker, Vec::new()),
            judgement("d", Verdict::Holds, Severity::Blocker, Vec::new()),
        ];
        let text = findings(plain(80), "mt", &all);
        let heads: Vec<&str> = text.lines().filter(|line| !line.starts_with(' ')).collect();
        assert_eq!(
            heads,
            [
                "BLOCKER  a: is wrong",
                "UNKNOWN  c: no privilege",
                "WARNING  b: is wrong",
                "WARNING  a: is wrong"
            ]
        );
        assert_eq!(
            summary(plain(80), &all),
            "NOT READY: 1 blocker, 1 warning, 1 unknown\n"
        );
    }

    #[test]
    fn a_finding_about_another_vm_names_it() {
        let mut about = finding("same-os-family", Severity::Blocker);
        about.object = "sql-01".to_owned();
        about.vm = Some(ManagedObjectReference::new("VirtualMachine", "vm-7"));
        let all = [judgement(
            "same-os-family",
            Verdict::Broken,
            Severity::Blocker,
            vec![about],
        )];
        let text = findings(plain(80), "mt", &all);
        assert!(
            text.starts_with("BLOCKER  same-os-family: sql-01: is wrong\n"),
            "{text}"
        );
    }

    /// JSON had the object of a finding, and the text did not: whose free space it was stood nowhere.
    #[test]
    fn a_finding_about_a_datastore_names_it() {
        let mut about = finding("datastore-free-space", Severity::Warning);
        about.object = "gold-01".to_owned();
        let all = [judgement(
            "datastore-free-space",
            Verdict::Broken,
            Severity::Warning,
            vec![about],
        )];
        let text = findings(plain(80), "mt", &all);
        assert!(
            text.starts_with("WARNING  datastore-free-space: gold-01: is wrong\n"),
            "{text}"
        );
    }

    #[test]
    fn rules_that_do_not_apply_stand_below_with_their_reason() {
        let mut idle = judgement("d", Verdict::NotApplicable, Severity::Blocker, Vec::new());
        idle.reason = Some("there is no vCenter".to_owned());
        let all = [
            idle.clone(),
            judgement("c", Verdict::Holds, Severity::Blocker, Vec::new()),
            Judgement {
                rule: "e".to_owned(),
                ..idle
            },
        ];
        let text = verdicts(plain(80), &all);
        assert!(text.contains("OK       c"), "{text}");
        assert!(
            text.ends_with("n/a      there is no vCenter: d, e\n"),
            "{text}"
        );
    }

    #[test]
    fn a_warning_alone_is_ready() {
        let all = [judgement(
            "b",
            Verdict::Broken,
            Severity::Warning,
            vec![finding("b", Severity::Warning)],
        )];
        assert_eq!(summary(plain(80), &all), "READY: 1 warning\n");
        let good = [judgement(
            "b",
            Verdict::Holds,
            Severity::Blocker,
            Vec::new(),
        )];
        assert_eq!(summary(plain(80), &good), "READY: every rule holds\n");
    }

    #[test]
    fn a_blocker_that_nobody_could_judge_is_not_ready() {
        let all = [judgement(
            "c",
            Verdict::Unknown,
            Severity::Blocker,
            Vec::new(),
        )];
        assert_eq!(summary(plain(80), &all), "NOT READY: 1 unknown\n");
    }
}
