//! Rule 13: the master target runs what the protected VMs run.

use super::{
    Finding, Judgement, Rule, Severity,
    describe::{Review, describe, protected},
};
use crate::{
    site::Facts,
    vm::{OsFamily, OsVersion},
};

/// Same family of operating system, and not an older version.
#[derive(Debug)]
pub(super) struct OsFamilyMatches;

impl Rule for OsFamilyMatches {
    describe! {
        13, "same-os-family", Blocker, Pairing,
        title: "the master target and every protected VM run the same family of operating system",
        why: "A Linux VM fails back through a Linux master target, a Windows VM through a Windows one of the same version or newer ('Prepare for reprotection and failback of VMware VMs'). Another one cannot read the volumes that it has to write, and reprotect fails.",
        remedy: "Use a master target of the same family, for Windows of the same version or newer.",
    }

    super::describe::counts! { [master_target(Blocker, &PREPARE_FAILBACK)] }

    fn check(&self, facts: &Facts) -> Judgement {
        let vms = match protected(self, facts) {
            Ok(vms) => vms,
            Err(judgement) => return *judgement,
        };
        let target = &facts.master_target;
        let Some(mine) = target.family() else {
            return Judgement::unknown(self, "nothing tells the master target's operating system");
        };
        let my_version = OsVersion::of(target.guest_id.as_deref());
        let shown = |id: &Option<String>| id.clone().unwrap_or_else(|| "unset".into());
        let mut review = Review::default();
        for vm in vms {
            let Some(theirs) = vm.family() else {
                review.gap_of(vm, "nothing tells its operating system");
                continue;
            };
            let seen = |finding: Finding| {
                finding.seen("config.guestId", shown(&vm.guest_id)).seen(
                    "config.guestId of the master target",
                    shown(&target.guest_id),
                )
            };
            if theirs != mine || theirs == OsFamily::Other {
                let summary = format!(
                    "it runs {}, the master target {}",
                    theirs.label(),
                    mine.label()
                );
                review.found(seen(Finding::of_vm(self, facts, vm, summary)));
                continue;
            }
            if let (Some(mine), Some(theirs)) = (my_version, OsVersion::of(vm.guest_id.as_deref()))
                && theirs.is_newer_than(&mine)
            {
                let severity = if theirs.has_to_be_met() {
                    Severity::Blocker
                } else {
                    Severity::Warning
                };
                let summary = "its operating system is newer than the master target's";
                review.found(seen(
                    Finding::of_vm(self, facts, vm, summary).severity(severity),
                ));
            }
        }
        review.conclude(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{rules::Verdict, site::sample};

    fn with(target: Option<&str>, vm: Option<&str>) -> Judgement {
        let mut facts = sample::protecting();
        facts.master_target.guest_family = None;
        facts.master_target.guest_id = target.map(Into::into);
        facts.protected.vms[0].guest_id = vm.map(Into::into);
        OsFamilyMatches.check(&facts)
    }

    #[test]
    fn met_and_not_applicable() {
        for (target, vm) in [
            ("ubuntu64Guest", "rhel9_64Guest"),
            ("windows2019srv_64Guest", "windows9Server64Guest"),
            ("windows9Server64Guest", "windows9Server64Guest"),
            ("centos8_64Guest", "centos7_64Guest"),
        ] {
            assert_eq!(with(Some(target), Some(vm)).verdict, Verdict::Holds, "{vm}");
        }
        assert_eq!(
            OsFamilyMatches.check(&sample::ready()).verdict,
            Verdict::NotApplicable
        );
    }

    #[test]
    fn missing() {
        assert_eq!(with(None, Some("ubuntu64Guest")).verdict, Verdict::Unknown);
        let judgement = with(Some("ubuntu64Guest"), None);
        assert_eq!(judgement.verdict, Verdict::Unknown);
        assert_eq!(
            judgement.reason.as_deref(),
            Some("app-01: nothing tells its operating system")
        );
    }

    #[test]
    fn another_family_blocks() {
        let judgement = with(Some("ubuntu64Guest"), Some("windows2019srv_64Guest"));
        assert_eq!(
            judgement.findings[0].summary,
            "it runs Windows, the master target Linux"
        );
        assert!(judgement.blocks());
        assert!(with(Some("freebsd13_64Guest"), Some("freebsd13_64Guest")).blocks());
    }

    #[test]
    fn a_newer_windows_blocks_and_a_newer_linux_warns() {
        assert!(
            with(
                Some("windows9Server64Guest"),
                Some("windows2019srvNext_64Guest")
            )
            .blocks()
        );
        let judgement = with(Some("centos7_64Guest"), Some("centos8_64Guest"));
        assert_eq!(judgement.worst(), Some(Severity::Warning));
    }
}
