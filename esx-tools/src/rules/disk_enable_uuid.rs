//! Rule 1: the master target shows disk UUIDs to its guest.

use super::{Finding, FixKind, Judgement, Rule, Severity};
use crate::{power_cycle, site::Facts};

/// The key of the advanced setting, as VMware spells it.
pub const DISK_ENABLE_UUID: &str = "disk.EnableUUID";

/// `disk.EnableUUID` is `TRUE`.
#[derive(Debug)]
pub(super) struct DiskEnableUuid;

impl Rule for DiskEnableUuid {
    fn id(&self) -> &'static str {
        "disk-enable-uuid"
    }

    fn number(&self) -> u8 {
        1
    }

    fn about(&self) -> crate::rules::About {
        crate::rules::About::Target
    }

    fn title(&self) -> &'static str {
        "the master target shows disk UUIDs to its guest"
    }

    fn severity(&self) -> Severity {
        Severity::Blocker
    }

    fn why(&self) -> &'static str {
        "Azure Site Recovery finds the disks to write by their UUID, and the guest sees no UUID unless disk.EnableUUID is TRUE ('Prepare for reprotection and failback of VMware VMs'). Without it reprotect fails when the disks are attached."
    }

    fn remedy(&self) -> &'static str {
        "Set the advanced setting disk.EnableUUID to TRUE. On a VM that is powered on it counts after the next power cycle."
    }

    super::describe::counts! { [master_target(Blocker, &PREPARE_FAILBACK), not_stated(appliance(Info, &FAILBACK_MODERNIZED))] }

    fn check(&self, facts: &Facts) -> Judgement {
        let vm = &facts.master_target;
        if let Err(reason) = vm.extra_config.get() {
            return match vm.disk_uuid_flag {
                Some(true) => Judgement::holds(self),
                _ => Judgement::unknown(self, reason),
            };
        }
        let setting = vm.setting(DISK_ENABLE_UUID);
        let met = match setting {
            Some(setting) => setting.value.eq_ignore_ascii_case("true"),
            None => vm.disk_uuid_flag == Some(true),
        };
        if met {
            let waiting = power_cycle::pending(vm).map(|pending| {
                let finding = Finding::new(
                    self,
                    facts,
                    format!("{DISK_ENABLE_UUID} is TRUE, and waits for a power cycle to count"),
                )
                .severity(Severity::Warning)
                .remedy(
                    "Shut the guest down and power the VM on again (--power-cycle does it); \
                     restarting the guest is not enough.",
                );
                match pending.powered_on {
                    Some(time) => finding.seen("runtime.bootTime when it was set", time),
                    None => finding.seen("runtime.bootTime when it was set", "unknown"),
                }
            });
            return Judgement::from_findings(self, waiting.into_iter().collect());
        }
        let summary = match setting {
            Some(setting) => format!("{} is {:?}", setting.key, setting.value),
            None => format!("{DISK_ENABLE_UUID} is not set"),
        };
        let mut finding = Finding::new(self, facts, summary)
            .seen(
                "config.extraConfig[disk.EnableUUID]",
                setting.map_or("unset", |setting| &setting.value),
            )
            .fix(FixKind::SetDiskEnableUuid);
        if let Some(flag) = vm.disk_uuid_flag {
            finding = finding.seen("config.flags.diskUuidEnabled", flag);
        }
        Judgement::from_findings(self, vec![finding])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, site::sample, vm::Setting};

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
    fn a_power_cycle_that_is_due_is_told() {
        let mut facts = sample::ready();
        let note = power_cycle::note(&facts.master_target).unwrap();
        if let Fact::Known(settings) = &mut facts.master_target.extra_config {
            settings.push(note);
        }
        let judgement = DiskEnableUuid.check(&facts);
        assert_eq!(judgement.verdict, Verdict::Broken);
        assert_eq!(judgement.findings[0].severity, Severity::Warning);
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
        assert_eq!(DiskEnableUuid.check(&facts).verdict, Verdict::Holds);
    }

    #[test]
    fn the_flag_alone_suffices() {
        let mut facts = sample::ready();
        facts.master_target.extra_config = Fact::Known(vec![]);
        assert_eq!(DiskEnableUuid.check(&facts).verdict, Verdict::Holds);
    }
}
