//! Rule 23: Windows Server 2008 R2 SP1 that was a physical server stays in Azure.

use super::{
    Finding, Judgement, Rule,
    describe::{describe, review_each},
};
use crate::site::Facts;

/// No protected VM runs Windows Server 2008 R2.
#[derive(Debug)]
pub(super) struct NoWindows2008R2;

/// Windows Server 2008 R2; vSphere does not tell the service pack.
const GUEST_ID: &str = "windows7Server64Guest";

impl Rule for NoWindows2008R2 {
    describe! {
        23, "no-windows-2008-r2", Warning, Pairing,
        title: "no protected VM is a former physical server with Windows Server 2008 R2 SP1",
        why: "A physical server with Windows Server 2008 R2 SP1 can be protected and failed over, but not failed back ('Reprotect from Azure to on-premises'). vSphere cannot tell what a VM once was, so every VM with this system is named.",
        remedy: "When it was protected as a physical server, leave it in Azure or bring it home by other means; when it always was a VM, nothing is to be done.",
    }

    super::describe::counts! { [master_target(Warning, &REPROTECT), not_stated(appliance(Warning, &REPROTECT))] }

    fn check(&self, facts: &Facts) -> Judgement {
        review_each(self, facts, |vm, review| {
            match vm.guest_id.as_deref() {
                Some(id) if id.eq_ignore_ascii_case(GUEST_ID) => review.found(
                    Finding::of_vm(
                        self,
                        facts,
                        vm,
                        "it runs Windows Server 2008 R2; it cannot fail back if it was a physical server",
                    )
                    .seen("config.guestId", id),
                ),
                Some(_) => {}
                None => review.gap_of(vm, "nothing tells its operating system"),
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

    fn with(id: Option<&str>) -> Judgement {
        let mut facts = sample::protecting();
        facts.protected.vms[0].guest_id = id.map(Into::into);
        NoWindows2008R2.check(&facts)
    }

    #[test]
    fn met_and_not_applicable() {
        assert_eq!(with(Some("windows9Server64Guest")).verdict, Verdict::Holds);
        assert_eq!(
            NoWindows2008R2.check(&sample::ready()).verdict,
            Verdict::NotApplicable
        );
    }

    #[test]
    fn missing() {
        assert_eq!(with(None).verdict, Verdict::Unknown);
    }

    #[test]
    fn broken() {
        let judgement = with(Some("windows7Server64Guest"));
        assert_eq!(judgement.worst(), Some(Severity::Warning));
        assert_eq!(judgement.findings[0].object, "app-01");
    }
}
