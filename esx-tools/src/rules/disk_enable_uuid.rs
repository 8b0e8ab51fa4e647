//! Rule 1: the master target shows disk UUIDs to its guest.

use super::{Finding, FixKind, Judgement, Rule, describe::describe};
use crate::{fact::PowerState, power_cycle, setting::Setting, site::Facts};

/// The key of the advanced setting, as VMware spells it.
pub const DISK_ENABLE_UUID: &str = "disk.EnableUUID";

/// `disk.EnableUUID` is `TRUE`.
#[derive(Debug)]
pub(super) struct DiskEnableUuid;

impl Rule for DiskEnableUuid {
    describe! {
        1, "disk-enable-uuid", Blocker, Target,
        title: "the master target shows disk UUIDs to its guest",
        why: "Azure Site Recovery finds the disks to write by their UUID, and the guest sees no UUID unless disk.EnableUUID is TRUE ('Prepare for reprotection and failback of VMware VMs'). Without it reprotect fails when the disks are attached.",
        remedy: "Set the advanced setting disk.EnableUUID to TRUE. On a VM that is powered on it counts after the next power cycle.",
    }

    super::describe::counts! { [master_target(Blocker, &PREPARE_FAILBACK), not_stated(appliance(Info, &FAILBACK_MODERNIZED))] }

    fn check(&self, facts: &Facts) -> Judgement {
        let vm = &facts.master_target;
        if let Err(reason) = vm.extra_config.get() {
            // Whether a power cycle is due stands among them, so the flag alone does not tell that it is in effect.
            return Judgement::unknown(self, reason);
        }
        let setting = vm.setting(DISK_ENABLE_UUID);
        let value = setting.map(|setting| setting.value.trim());
        let is_true = value.is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let met = match vm.disk_uuid_flag {
            // What the server makes of the setting counts, however it is written. One that says the opposite of the
            // flag is of an unknown time.
            Some(true) => !value.is_some_and(says_no),
            Some(false) => false,
            None => is_true,
        };
        let pending = power_cycle::pending(vm);
        let is_on = vm.power_state.known() != Some(&PowerState::PoweredOff);
        let finding = match (met, pending) {
            (true, None) => return Judgement::holds(self),
            (true, Some(pending)) => {
                let summary = format!(
                    "{DISK_ENABLE_UUID} is set, and has no effect before the next power cycle"
                );
                Finding::new(self, facts, summary).remedy(CYCLE).seen(
                    "runtime.bootTime when it was set",
                    pending
                        .powered_on
                        .map_or_else(|| "unknown".to_owned(), |time| time.to_string()),
                )
            }
            // Nothing is left to write: the server has to read it again.
            (false, _) if is_true && is_on => {
                let summary =
                    format!("{DISK_ENABLE_UUID} is TRUE, and is not in effect: the server says so");
                Finding::new(self, facts, summary)
                    .remedy(CYCLE)
                    .seen("config.flags.diskUuidEnabled", false)
            }
            (false, _) => not_set(self, facts, setting),
        };
        Judgement::from_findings(self, vec![finding])
    }
}

const CYCLE: &str = "Shut the guest down and power the VM on again (prepare-master-target --power-cycle does it); \
                     restarting the guest is not enough.";

/// Whether a value of a `.vmx` file means no.
fn says_no(value: &str) -> bool {
    ["false", "no", "off", "0", "f", "n"]
        .iter()
        .any(|no| value.eq_ignore_ascii_case(no))
}

/// It has to be written.
fn not_set(rule: &DiskEnableUuid, facts: &Facts, setting: Option<&Setting>) -> Finding {
    let vm = &facts.master_target;
    let summary = match setting {
        Some(setting) => format!("{} is {:?}", setting.key, setting.value),
        None => format!("{DISK_ENABLE_UUID} is not set"),
    };
    let finding = Finding::new(rule, facts, summary)
        .seen(
            "config.extraConfig[disk.EnableUUID]",
            setting.map_or("unset", |setting| &setting.value),
        )
        .fix(FixKind::SetDiskEnableUuid);
    match vm.disk_uuid_flag {
        Some(flag) => finding.seen("config.flags.diskUuidEnabled", flag),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, site::sample};

    #[test]
    fn broken_when_unset_or_false() {
        let judgement = DiskEnableUuid.check(&sample::wrong());
        assert_eq!(judgement.verdict, Verdict::Broken);
        assert_eq!(judgement.findings[0].fix, Some(FixKind::SetDiskEnableUuid));

        let mut facts = sample::ready();
        facts.master_target.extra_config = Fact::Known(vec![Setting {
            key: "disk.EnableUUID".into(),
            value: "FALSE".into(),
        }]);
        assert_eq!(DiskEnableUuid.check(&facts).verdict, Verdict::Broken);
    }

    #[test]
    fn what_waits_for_a_power_cycle_blocks() {
        let mut facts = sample::ready();
        let note = power_cycle::note(&facts.master_target).unwrap();
        if let Fact::Known(settings) = &mut facts.master_target.extra_config {
            settings.push(note);
        }
        let judgement = DiskEnableUuid.check(&facts);
        assert_eq!(judgement.verdict, Verdict::Broken);
        assert!(judgement.blocks(), "what has no effect yet is not so");
        assert_eq!(judgement.findings[0].fix, None);
        facts.master_target.boot_time = jiff::Timestamp::from_second(200).ok();
        assert_eq!(DiskEnableUuid.check(&facts).verdict, Verdict::Holds);
    }

    #[test]
    fn key_and_value_compare_without_case() {
        let mut facts = sample::wrong();
        facts.master_target.extra_config = Fact::Known(vec![Setting {
            key: "Disk.enableUuid".into(),
            value: "true".into(),
        }]);
        facts.master_target.disk_uuid_flag = None;
        assert_eq!(DiskEnableUuid.check(&facts).verdict, Verdict::Holds);
    }

    fn with(value: &str, flag: Option<bool>) -> Judgement {
        let mut facts = sample::ready();
        facts.master_target.disk_uuid_flag = flag;
        facts.master_target.extra_config = Fact::Known(vec![Setting {
            key: "disk.EnableUUID".into(),
            value: value.into(),
        }]);
        DiskEnableUuid.check(&facts)
    }

    #[test]
    fn the_flag_of_the_server_decides_however_the_setting_is_written() {
        for value in ["1", "yes", "on", "TRUE", " true ", ""] {
            assert_eq!(with(value, Some(true)).verdict, Verdict::Holds, "{value}");
            let judgement = with(value, Some(false));
            assert!(judgement.blocks(), "{value}");
        }
        // The setting is as it should be: to write it again would change nothing.
        assert_eq!(with("TRUE", Some(false)).findings[0].fix, None);
        assert_eq!(
            with("1", Some(false)).findings[0].fix,
            Some(FixKind::SetDiskEnableUuid)
        );
        for value in ["FALSE", "0", "no"] {
            assert!(with(value, Some(true)).blocks(), "{value}");
        }
        assert_eq!(with("TRUE", None).verdict, Verdict::Holds);
        assert!(with("1", None).blocks());
    }

    #[test]
    fn true_without_effect_on_a_vm_that_is_off_is_written_again() {
        let mut facts = sample::wrong();
        facts.master_target.power_state = Fact::Known(PowerState::PoweredOff);
        facts.master_target.disk_uuid_flag = Some(false);
        facts.master_target.extra_config = Fact::Known(vec![Setting {
            key: "disk.EnableUUID".into(),
            value: "TRUE".into(),
        }]);
        let judgement = DiskEnableUuid.check(&facts);
        assert_eq!(judgement.findings[0].fix, Some(FixKind::SetDiskEnableUuid));
    }

    #[test]
    fn without_the_settings_nobody_knows_of_a_power_cycle_that_is_due() {
        let mut facts = sample::ready();
        facts.master_target.extra_config = Fact::unknown("no privilege");
        for flag in [Some(true), Some(false), None] {
            facts.master_target.disk_uuid_flag = flag;
            let judgement = DiskEnableUuid.check(&facts);
            assert_eq!(judgement.verdict, Verdict::Unknown, "{flag:?}");
        }
    }

    #[test]
    fn the_flag_alone_suffices() {
        let mut facts = sample::ready();
        facts.master_target.extra_config = Fact::Known(vec![]);
        assert_eq!(DiskEnableUuid.check(&facts).verdict, Verdict::Holds);
    }
}
