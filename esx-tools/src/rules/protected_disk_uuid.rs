//! Rule 29: disk.EnableUUID is in effect on the protected VMs.

use super::{
    Finding, Judgement, Rule,
    describe::{describe, review_each},
};
use crate::site::Facts;

/// The server's flag says so; what the advanced setting says counts only once the server has taken it up.
#[derive(Debug)]
pub(super) struct ProtectedDiskUuid;

impl Rule for ProtectedDiskUuid {
    describe! {
        29, "protected-disk-enable-uuid", Warning, Pairing,
        title: "disk.EnableUUID is in effect on the protected VMs",
        why: "Returning to its original location, a VM gets back only what has changed, into the disks that it has. Azure Site Recovery finds them by the UUIDs that disk.EnableUUID shows; without it a disk may be missed, and a further one is made and written to ('Failback of VMware virtual machines after disaster recovery to Azure').",
        remedy: "Set the advanced setting disk.EnableUUID of the VM to TRUE; in a VM that runs it takes effect after the next power cycle.",
    }

    super::describe::counts! { [master_target(Warning, &TYPES_OF_FAILBACK), appliance(Warning, &TYPES_OF_FAILBACK)] }

    fn check(&self, facts: &Facts) -> Judgement {
        review_each(self, facts, |vm, review| match vm.disk_uuid_flag {
            Some(true) => {}
            Some(false) => review.found(
                Finding::of_vm(self, facts, vm, "disk.EnableUUID is not in effect")
                    .seen("config.flags.diskUuidEnabled", false),
            ),
            None => review.gap_of(vm, "the server does not tell config.flags.diskUuidEnabled"),
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

    fn with(flag: Option<bool>) -> Judgement {
        let mut facts = sample::protecting();
        facts.protected.vms[0].disk_uuid_flag = flag;
        ProtectedDiskUuid.check(&facts)
    }

    #[test]
    fn met_missing_and_not_applicable() {
        assert_eq!(with(Some(true)).verdict, Verdict::Holds);
        assert_eq!(with(None).verdict, Verdict::Unknown);
        let none = ProtectedDiskUuid.check(&sample::ready());
        assert_eq!(none.verdict, Verdict::NotApplicable);
    }

    #[test]
    fn without_it_the_vm_is_warned_of() {
        let judgement = with(Some(false));
        assert_eq!(judgement.findings[0].object, "app-01");
        assert_eq!(judgement.worst(), Some(Severity::Warning));
    }
}
