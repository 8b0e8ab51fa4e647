//! The list of all rules.

use super::{
    Judgement, Rule, disk_enable_uuid::DiskEnableUuid, lsi_controller::LsiLogicController,
    no_consolidation::NoConsolidationNeeded, no_paravirtual::NoParavirtualController,
    no_snapshots::NoSnapshots, sizing::MasterTargetSizing,
    storage_vmotion_excluded::StorageVmotionExcluded, tools_running::VmwareToolsRunning,
    vmfs_visible::VmfsDatastoreVisible,
};
use crate::facts::Facts;

static RULES: &[&(dyn Rule + Sync)] = &[
    &DiskEnableUuid,
    &NoSnapshots,
    &NoConsolidationNeeded,
    &StorageVmotionExcluded,
    &NoParavirtualController,
    &LsiLogicController,
    &VmwareToolsRunning,
    &VmfsDatastoreVisible,
    &MasterTargetSizing,
];

/// Every rule, by number.
pub fn registry() -> &'static [&'static (dyn Rule + Sync)] {
    RULES
}

/// The rule with this id or number.
pub fn find(id: &str) -> Option<&'static (dyn Rule + Sync)> {
    RULES
        .iter()
        .copied()
        .find(|rule| rule.id().eq_ignore_ascii_case(id) || rule.number().to_string() == id)
}

/// Judges the facts by every rule.
pub fn judge(facts: &Facts) -> Vec<Judgement> {
    RULES.iter().map(|rule| rule.check(facts)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        facts::sample,
        rules::{Severity, Verdict},
    };

    #[test]
    fn ids_are_unique_and_in_kebab_case() {
        let ids: BTreeSet<_> = RULES.iter().map(|rule| rule.id()).collect();
        assert_eq!(ids.len(), RULES.len());
        for id in ids {
            assert!(
                id.chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
                "{id}"
            );
            assert!(
                !id.starts_with('-') && !id.ends_with('-') && !id.contains("--"),
                "{id}"
            );
        }
    }

    #[test]
    fn numbers_rise() {
        assert!(
            RULES
                .windows(2)
                .all(|pair| pair[0].number() < pair[1].number())
        );
    }

    #[test]
    fn every_text_is_there_and_names_its_document() {
        for rule in RULES {
            for text in [rule.title(), rule.why(), rule.remedy()] {
                assert!(text.len() > 20, "{}: {text:?}", rule.id());
            }
            assert!(
                rule.why().contains('\''),
                "{} names no Azure document",
                rule.id()
            );
            assert!(!rule.title().ends_with('.'), "{}", rule.id());
        }
    }

    #[test]
    fn severities_are_those_of_the_design() {
        for rule in RULES {
            let expected = if rule.number() == 22 {
                Severity::Warning
            } else {
                Severity::Blocker
            };
            assert_eq!(rule.severity(), expected, "{}", rule.id());
        }
    }

    #[test]
    fn a_rule_is_found_by_id_and_by_number() {
        assert_eq!(find("no-snapshots").map(|rule| rule.number()), Some(2));
        assert_eq!(find("2").map(|rule| rule.id()), Some("no-snapshots"));
        assert!(find("no-such-rule").is_none());
    }

    #[test]
    fn the_ready_machine_meets_all_and_the_unread_one_none() {
        assert!(
            judge(&sample::ready())
                .iter()
                .all(|judgement| judgement.verdict == Verdict::Holds)
        );
        assert!(
            judge(&sample::unread())
                .iter()
                .all(|judgement| judgement.verdict == Verdict::Unknown)
        );
    }
}
