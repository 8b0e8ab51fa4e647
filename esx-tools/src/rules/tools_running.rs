//! Rule 8: VMware Tools run on the master target.

use super::{Finding, Judgement, Rule, Severity, describe::describe};
use crate::{fact::PowerState, site::Facts};

/// Tools run in the guest.
#[derive(Debug)]
pub(super) struct VmwareToolsRunning;

impl Rule for VmwareToolsRunning {
    describe! {
        8, "vmware-tools-running", Blocker, Target,
        title: "VMware Tools run on the master target",
        why: "Attaching disks and reading what the guest sees goes through VMware Tools ('Prepare for reprotection and failback of VMware VMs': Tools must be installed and running on the master target). Without them reprotect stops with a time-out.",
        remedy: "Power the VM on and start VMware Tools in the guest (open-vm-tools on Linux); install them when they are missing.",
    }

    super::describe::counts! { [master_target(Blocker, &PREPARE_FAILBACK), not_stated(appliance(Info, &FAILBACK_MODERNIZED))]; codes: [78022] }

    fn check(&self, facts: &Facts) -> Judgement {
        let vm = &facts.master_target;
        let tools = match vm.tools.get() {
            Ok(tools) => tools,
            Err(reason) => return Judgement::unknown(self, reason),
        };
        let Some(running) = &tools.running_status else {
            return Judgement::unknown(self, "guest.toolsRunningStatus is unset");
        };
        let seen = |finding: Finding| {
            let finding = finding.seen("guest.toolsRunningStatus", running);
            match &tools.version_status {
                Some(version) => finding.seen("guest.toolsVersionStatus2", version),
                None => finding,
            }
        };
        if running != "guestToolsRunning" {
            let summary = match (vm.power_state.known(), tools.version_status.as_deref()) {
                (Some(PowerState::PoweredOff | PowerState::Suspended), _) => {
                    "VMware Tools do not run: the VM is not powered on"
                }
                (_, Some("guestToolsNotInstalled")) => "VMware Tools are not installed",
                _ if running == "guestToolsExecutingScripts" => "VMware Tools are starting",
                _ => "VMware Tools do not run",
            };
            return Judgement::from_findings(self, vec![seen(Finding::new(self, facts, summary))]);
        }
        let findings = match tools.version_status.as_deref() {
            Some("guestToolsBlacklisted" | "guestToolsTooOld") => vec![
                seen(Finding::new(
                    self,
                    facts,
                    "VMware Tools run but are too old for this host",
                ))
                .severity(Severity::Warning)
                .remedy("Upgrade VMware Tools in the guest."),
            ],
            _ => vec![],
        };
        Judgement::from_findings(self, findings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, site::sample, vm::ToolsFacts};

    fn with(running: Option<&str>, version: Option<&str>) -> Facts {
        let mut facts = sample::ready();
        facts.master_target.tools = Fact::Known(ToolsFacts {
            running_status: running.map(str::to_owned),
            version_status: version.map(str::to_owned),
        });
        facts
    }

    #[test]
    fn broken_when_not_running() {
        let judgement = VmwareToolsRunning.check(&with(
            Some("guestToolsNotRunning"),
            Some("guestToolsNotInstalled"),
        ));
        assert_eq!(
            judgement.findings[0].summary,
            "VMware Tools are not installed"
        );
        assert!(judgement.blocks());
        assert_eq!(judgement.findings[0].fix, None);
    }

    #[test]
    fn a_vm_that_is_off_is_told_so() {
        let mut facts = with(Some("guestToolsNotRunning"), Some("guestToolsCurrent"));
        facts.master_target.power_state = Fact::Known(PowerState::PoweredOff);
        assert!(
            VmwareToolsRunning.check(&facts).findings[0]
                .summary
                .ends_with("not powered on")
        );
    }

    #[test]
    fn old_tools_are_a_warning() {
        let judgement =
            VmwareToolsRunning.check(&with(Some("guestToolsRunning"), Some("guestToolsTooOld")));
        assert_eq!(judgement.worst(), Some(Severity::Warning));
    }

    #[test]
    fn unmanaged_tools_are_fine() {
        let judgement = VmwareToolsRunning.check(&with(
            Some("guestToolsRunning"),
            Some("guestToolsUnmanaged"),
        ));
        assert_eq!(judgement.verdict, Verdict::Holds);
    }

    #[test]
    fn an_unset_state_is_unknown() {
        assert_eq!(
            VmwareToolsRunning.check(&with(None, None)).verdict,
            Verdict::Unknown
        );
    }
}
