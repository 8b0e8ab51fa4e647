//! Rule 30: the protected VMs boot without Secure Boot.

use super::{
    Finding, Judgement, Rule,
    describe::{describe, review_each},
};
use crate::site::Facts;

/// Firmware that is UEFI, with Secure Boot off, or BIOS, which has none.
#[derive(Debug)]
pub(super) struct ProtectedSecureBootOff;

impl Rule for ProtectedSecureBootOff {
    describe! {
        30, "protected-secure-boot-off", Warning, Pairing,
        title: "Secure Boot is off on the protected VMs",
        why: "VMs with UEFI are supported with Secure Boot off only ('Support matrix for disaster recovery of VMware VMs and physical servers to Azure'). What comes home may have been changed in Azure so that the firmware refuses to boot it.",
        remedy: "Switch Secure Boot off in the boot options of the VM while it is powered off.",
    }

    super::describe::counts! { [master_target(Warning, &SUPPORT_MATRIX), appliance(Warning, &SUPPORT_MATRIX)] }

    fn check(&self, facts: &Facts) -> Judgement {
        review_each(self, facts, |vm, review| {
            match (vm.firmware.as_deref(), vm.secure_boot) {
                // A setting that was never made is off.
                (Some("efi"), None | Some(false)) | (Some("bios"), _) => {}
                (Some("efi"), Some(true)) => review.found(
                    Finding::of_vm(self, facts, vm, "Secure Boot is on")
                        .seen("firmware", "efi")
                        .seen("efiSecureBootEnabled", true),
                ),
                (Some(other), _) => {
                    let reason = format!("its firmware {other:?} is not known here");
                    review.gap_of(vm, reason);
                }
                (None, _) => {
                    review.gap_of(vm, "the server does not tell its firmware");
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        rules::{Severity, Verdict},
        site::sample,
    };

    fn with(firmware: Option<&str>, secure_boot: Option<bool>) -> Judgement {
        let mut facts = sample::protecting();
        facts.protected.vms[0].firmware = firmware.map(Into::into);
        facts.protected.vms[0].secure_boot = secure_boot;
        ProtectedSecureBootOff.check(&facts)
    }

    #[test]
    fn met_and_not_applicable() {
        for (firmware, secure_boot) in [
            ("efi", Some(false)),
            ("efi", None),
            ("bios", None),
            // Left over from a time before the firmware was changed.
            ("bios", Some(true)),
        ] {
            assert_eq!(with(Some(firmware), secure_boot).verdict, Verdict::Holds);
        }
        let none = ProtectedSecureBootOff.check(&sample::ready());
        assert_eq!(none.verdict, Verdict::NotApplicable);
    }

    #[test]
    fn missing() {
        assert_eq!(with(None, None).verdict, Verdict::Unknown);
        assert_eq!(with(None, Some(true)).verdict, Verdict::Unknown);
        assert_eq!(with(Some("coreboot"), None).verdict, Verdict::Unknown);
    }

    #[test]
    fn secure_boot_is_warned_of() {
        let judgement = with(Some("efi"), Some(true));
        assert_eq!(judgement.findings[0].object, "app-01");
        assert_eq!(judgement.worst(), Some(Severity::Warning));
    }
}
