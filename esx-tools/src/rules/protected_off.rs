//! Rule 16: the protected VMs are powered off.

use super::{
    Finding, Judgement, Rule,
    describe::{describe, review_each},
};
use crate::{judge::wrong_power, site::Facts};

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
        review_each(self, facts, |vm, review| {
            match (wrong_power(vm), vm.power_state.known()) {
                (None, _) => {}
                // The code and the words are those of an attach that refuses the VM's disks.
                (Some((cause, summary, _)), Some(state)) => review.found(
                    Finding::of_vm(self, facts, vm, summary)
                        .seen("runtime.powerState", state)
                        .seen("cause", cause.id()),
                ),
                (Some((_, reason, _)), None) => review.gap_of(vm, reason),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fact::{Fact, PowerState},
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
        assert_eq!(
            judgement.reason.as_deref(),
            Some("app-01: whether the VM is off cannot be read: no privilege")
        );
    }

    #[test]
    fn running_and_suspended_are_warnings() {
        for state in [PowerState::PoweredOn, PowerState::Suspended] {
            let judgement = with(Fact::Known(state));
            assert_eq!(judgement.worst(), Some(Severity::Warning));
            assert_eq!(judgement.findings[0].summary, format!("the VM is {state}"));
        }
    }
}
