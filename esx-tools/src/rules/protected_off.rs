//! Rule 16: the protected VMs are powered off.

use super::{
    Finding, Judgement, Rule,
    describe::{Review, describe, protected},
};
use crate::{fact::PowerState, site::Facts};

/// The VM on-premises is off while the one in Azure runs.
#[derive(Debug)]
pub(super) struct ProtectedOff;

impl Rule for ProtectedOff {
    describe! {
        16, "protected-powered-off", Warning, Pairing,
        title: "the protected VMs are powered off",
        why: "Reprotect writes to the disks of the VM on-premises ('Reprotect from Azure to on-premises'), which a running VM keeps locked. It also means that the same VM runs twice, here and in Azure.",
        remedy: "Shut the VM down here, and keep it off until the failback is done. Make sure first that the one in Azure is the one that counts.",
    }

    super::describe::counts! { [master_target(Warning, &REPROTECT), appliance(Warning, &FAILBACK_MODERNIZED)] }

    fn check(&self, facts: &Facts) -> Judgement {
        let vms = match protected(self, facts) {
            Ok(vms) => vms,
            Err(judgement) => return *judgement,
        };
        let mut review = Review::default();
        for vm in vms {
            match vm.power_state.get() {
                Ok(PowerState::PoweredOff) => {}
                Ok(state) => review.found(
                    Finding::of_vm(self, facts, vm, format!("it is {state}"))
                        .seen("runtime.powerState", state),
                ),
                Err(reason) => review.gap_of(&vm.name, &vm.moref, reason),
            }
        }
        review.conclude(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fact::Fact,
        rules::{Severity, Verdict},
        site::sample,
    };

    fn with(state: Fact<PowerState>) -> Judgement {
        let mut facts = sample::protecting();
        facts.protected.vms[0].power_state = state;
        ProtectedOff.check(&facts)
    }

    #[test]
    fn met_and_not_applicable() {
        assert_eq!(
            with(Fact::Known(PowerState::PoweredOff)).verdict,
            Verdict::Holds
        );
        assert_eq!(
            ProtectedOff.check(&sample::ready()).verdict,
            Verdict::NotApplicable
        );
    }

    #[test]
    fn missing() {
        let judgement = with(Fact::unknown("no privilege"));
        assert_eq!(judgement.verdict, Verdict::Unknown);
        assert_eq!(judgement.reason.as_deref(), Some("app-01: no privilege"));
    }

    #[test]
    fn running_and_suspended_are_warnings() {
        for state in [PowerState::PoweredOn, PowerState::Suspended] {
            let judgement = with(Fact::Known(state));
            assert_eq!(judgement.worst(), Some(Severity::Warning));
            assert_eq!(judgement.findings[0].summary, format!("it is {state}"));
        }
    }
}
