//! The list of all rules.

use super::{
    Judgement, Rule,
    appliance_requirements::ApplianceRequirements,
    architecture::{judge_as, settle},
    classic_ended::ClassicEnded,
    datastores_mounted::DatastoresMounted,
    datastores_not_nfs::DatastoresNotNfs,
    disk_enable_uuid::DiskEnableUuid,
    disk_slots::DiskSlots,
    disks_as_recorded::DisksAsRecorded,
    disks_attachable::DisksAttachable,
    free_space::FreeSpace,
    group_whole::GroupWhole,
    known_to_vcenter::KnownToVcenter,
    licence::LicenceAllowsWriting,
    lsi_controller::LsiLogicController,
    name_clash::NameFree,
    no_consolidation::NoConsolidationNeeded,
    no_paravirtual::NoParavirtualController,
    no_snapshots::NoSnapshots,
    os_family::OsFamilyMatches,
    privileges::AccountPrivileges,
    protected_disk_kinds::ProtectedDiskKinds,
    protected_disk_uuid::ProtectedDiskUuid,
    protected_off::ProtectedOff,
    protected_secure_boot::ProtectedSecureBootOff,
    protected_snapshots::ProtectedNoSnapshots,
    retention::RetentionVolume,
    servers_answer::ServersAnswer,
    sizing::MasterTargetSizing,
    snapshots_possible::SnapshotsPossible,
    storage_vmotion_excluded::StorageVmotionExcluded,
    supported_versions::SupportedVersions,
    tools_running::VmwareToolsRunning,
    unique_uuids::UniqueUuids,
    vmfs_visible::VmfsDatastoreVisible,
    windows_2008_r2::NoWindows2008R2,
};
use crate::{site::Facts, target_kind::TargetKind};

static RULES: &[&(dyn Rule + Sync)] = &[
    &DiskEnableUuid,
    &NoSnapshots,
    &NoConsolidationNeeded,
    &StorageVmotionExcluded,
    &NoParavirtualController,
    &LsiLogicController,
    &DiskSlots,
    &VmwareToolsRunning,
    &VmfsDatastoreVisible,
    &DatastoresMounted,
    &DatastoresNotNfs,
    &UniqueUuids,
    &OsFamilyMatches,
    &GroupWhole,
    &ProtectedNoSnapshots,
    &ProtectedOff,
    &RetentionVolume,
    &LicenceAllowsWriting,
    &AccountPrivileges,
    &KnownToVcenter,
    &NameFree,
    &MasterTargetSizing,
    &NoWindows2008R2,
    &ServersAnswer,
    &DisksAsRecorded,
    &FreeSpace,
    &DisksAttachable,
    &SupportedVersions,
    &ProtectedDiskUuid,
    &ProtectedSecureBootOff,
    &ProtectedDiskKinds,
    &ClassicEnded,
    &ApplianceRequirements,
    &SnapshotsPossible,
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

/// Every rule of which this code of the portal can come.
pub fn find_by_code(code: u32) -> Vec<&'static (dyn Rule + Sync)> {
    let all = RULES.iter().copied();
    all.filter(|rule| rule.codes().contains(&code)).collect()
}

/// Judges the facts by every rule, as each counts for the kind of target.
///
/// Where the kind cannot be told, both are judged: what they agree on counts, and the rest is unknown.
pub fn judge(facts: &Facts) -> Vec<Judgement> {
    if let Some(kind) = facts.target.kind {
        return RULES
            .iter()
            .map(|rule| judge_as(*rule, facts, kind))
            .collect();
    }
    let as_kind = |kind| {
        let mut facts = facts.clone();
        facts.target.kind = Some(kind);
        RULES
            .iter()
            .map(|rule| judge_as(*rule, &facts, kind))
            .collect::<Vec<_>>()
    };
    let [appliance, master_target] = TargetKind::ALL.map(as_kind);
    let both = appliance.into_iter().zip(master_target);
    both.map(|(one, other)| settle(one, other)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        rules::{PORTAL_CODES, Verdict, portal_code},
        site::sample,
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
    fn numbers_go_up_from_1_without_a_gap() {
        let numbers = RULES.iter().map(|rule| usize::from(rule.number()));
        assert!(numbers.eq(1..=RULES.len()));
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
    fn every_rule_says_for_which_architecture_it_counts_and_by_which_document() {
        for rule in RULES {
            let id = rule.id();
            let counts = rule.counts();
            let worst = counts.iter().map(|basis| basis.severity).max();
            assert_eq!(worst, Some(rule.severity()), "{id}");
            let kinds: BTreeSet<_> = counts.iter().map(|basis| basis.target).collect();
            assert_eq!(kinds.len(), counts.len(), "{id} counts twice for one kind");
            for basis in counts {
                let all = crate::documents::ALL;
                assert!(all.contains(&basis.document), "{id}: {basis:?}");
            }
        }
    }

    #[test]
    fn every_code_of_a_rule_is_documented() {
        for rule in RULES {
            for code in rule.codes() {
                assert!(portal_code(*code).is_some(), "{} {code}", rule.id());
            }
        }
        assert!(PORTAL_CODES.is_sorted_by_key(|one| one.code));
    }

    /// A title between quotation marks in a rule's reason is that of a document that was read.
    #[test]
    fn no_rule_cites_a_document_that_is_not_in_the_table() {
        let known = |title: &str| crate::documents::ALL.iter().any(|one| one.title == title);
        for rule in RULES {
            let why = rule.why();
            // An apostrophe within a word opens nothing.
            let opens = |at: usize| why[..at].ends_with([' ', '(']);
            for (at, _) in why.match_indices('\'').filter(|(at, _)| opens(*at)) {
                let title = why[at + 1..].split('\'').next().unwrap();
                let whole = known(title) || title == "Reprotect";
                assert!(whole, "{}: {title:?}", rule.id());
            }
        }
    }

    #[test]
    fn a_code_of_the_portal_leads_to_its_rules() {
        let ids = |code| {
            find_by_code(code)
                .iter()
                .map(|rule| rule.id())
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(78052), ["name-free"]);
        assert_eq!(ids(8061).len(), 3);
        assert!(ids(78093).is_empty());
    }

    #[test]
    fn the_ready_appliance_breaks_none() {
        for judgement in judge(&sample::appliance()) {
            let fine = matches!(judgement.verdict, Verdict::Holds | Verdict::NotApplicable);
            assert!(fine, "{judgement:?}");
        }
    }

    #[test]
    fn a_rule_is_found_by_id_and_by_number() {
        assert_eq!(find("no-snapshots").map(|rule| rule.number()), Some(2));
        assert_eq!(find("2").map(|rule| rule.id()), Some("no-snapshots"));
        assert!(find("no-such-rule").is_none());
    }

    #[test]
    fn the_ready_vm_breaks_none_and_the_unread_one_meets_none() {
        for facts in [sample::ready(), sample::protecting()] {
            for judgement in judge(&facts) {
                let fine = matches!(judgement.verdict, Verdict::Holds | Verdict::NotApplicable);
                // Whoever has a master target is told of the end of classic.
                let is_told = judgement.rule == "classic-ended";
                assert!(fine != is_told, "{judgement:?}");
            }
        }
        let holds = |judgement: &Judgement| judgement.verdict == Verdict::Holds;
        // The ledger is empty there, classic has ended, and one rule is about appliances.
        assert_eq!(
            judge(&sample::protecting())
                .iter()
                .filter(|one| holds(one))
                .count(),
            RULES.len() - 3
        );
        for judgement in judge(&sample::unread()) {
            assert!(!holds(&judgement), "{judgement:?}");
            if judgement.verdict == Verdict::Unknown {
                let reason = judgement.reason.unwrap_or_default();
                assert!(!reason.is_empty(), "{} gives no reason", judgement.rule);
            }
        }
    }

    #[test]
    fn what_nobody_could_read_of_protected_vms_is_never_a_pass() {
        let mut facts = sample::unread();
        facts.protected = sample::protecting().protected;
        facts.protected.datastores.clear();
        facts.protected.neighbours = crate::fact::Fact::unknown("no privilege");
        for vm in &mut facts.protected.vms {
            vm.bios_uuid = None;
            vm.disk_uuid_flag = None;
            vm.firmware = None;
            vm.guest_id = None;
            vm.power_state = crate::fact::Fact::unknown("no privilege");
            vm.disks = crate::fact::Fact::unknown("no privilege");
            vm.snapshots = crate::fact::Fact::unknown("no privilege");
            vm.datastores = crate::fact::Fact::unknown("no privilege");
            vm.usage = crate::fact::Fact::unknown("no privilege");
            vm.extra_config = crate::fact::Fact::unknown("no privilege");
        }
        for judgement in judge(&facts) {
            // What this computer tried by itself is known without the server.
            let known = ["servers-answer", "classic-ended", "appliance-requirements"];
            if !known.contains(&judgement.rule.as_str()) {
                assert_eq!(judgement.verdict, Verdict::Unknown, "{judgement:?}");
            }
        }
    }
}
