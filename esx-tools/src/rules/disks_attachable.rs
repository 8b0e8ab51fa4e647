//! Rule 27: every disk of the protected VMs can be attached.

use super::{
    Finding, Judgement, Rule,
    describe::{Review, describe, protected},
};
use crate::{
    judge::{RefusedCause, refusals},
    site::Facts,
};

/// What `disks attach` refuses is found here, in the same words: both ask the same judge.
#[derive(Debug)]
pub(super) struct DisksAttachable;

impl Rule for DisksAttachable {
    describe! {
        27, "disks-attachable", Blocker, Pairing,
        title: "every disk of the protected VMs can be attached to the master target",
        why: "Reprotect attaches the disks of the protected VMs to the master target ('Reprotect from Azure to on-premises'). Raw device mappings, multi-writer disks, encrypted and independent disks, delta files and disks whose file is missing cannot be attached so that what is written to them counts, and reprotect fails or leaves them out.",
        remedy: "Change the disk as its finding says, or leave the VM out.",
    }

    super::describe::counts! { [master_target(Blocker, &SUPPORT_MATRIX), appliance(Blocker, &SUPPORT_MATRIX)] }

    fn check(&self, facts: &Facts) -> Judgement {
        let vms = match protected(self, facts) {
            Ok(vms) => vms,
            Err(judgement) => return *judgement,
        };
        let refused = match refusals(facts) {
            Ok(refused) => refused,
            Err(reason) => {
                let reason = format!("{}: {reason}", facts.master_target.name);
                return Judgement::unknown(self, reason);
            }
        };
        let mut review = Review::default();
        for vm in vms {
            if let Err(reason) = vm.disks.get() {
                review.gap_of(vm, reason);
            }
        }
        for (vm, refused) in refused {
            match refused.cause {
                cause if is_said_elsewhere(cause) => {}
                RefusedCause::NotReadable => review.gap_of(vm, &refused.reason),
                cause => {
                    let summary = format!("{}: {}", refused.disk, refused.reason);
                    let finding = Finding::of_vm(self, facts, vm, summary)
                        .seen("cause", cause.id())
                        .remedy(&refused.remedy);
                    review.found(match &refused.disk.path {
                        Some(path) => finding.seen("file", path),
                        None => finding,
                    });
                }
            }
        }
        review.conclude(self)
    }
}

/// What another rule says of the whole VM, its datastore or its UUID, each with a severity and a fix of its own.
fn is_said_elsewhere(cause: RefusedCause) -> bool {
    matches!(
        cause,
        RefusedCause::OwnerOn
            | RefusedCause::Snapshots
            | RefusedCause::NotMounted
            | RefusedCause::DatastoreKind
            | RefusedCause::UuidTaken
            | RefusedCause::Moved
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fact::{Fact, PowerState},
        rules::Verdict,
        site::sample,
        vm::{DiskFacts, NamedFile, NoAnswer},
    };

    fn with(change: impl FnOnce(&mut DiskFacts)) -> Judgement {
        let mut facts = sample::protecting();
        if let Fact::Known(disks) = &mut facts.protected.vms[0].disks {
            change(&mut disks[0]);
        }
        DisksAttachable.check(&facts)
    }

    #[test]
    fn met_and_not_applicable() {
        assert_eq!(with(|_| {}).verdict, Verdict::Holds);
        assert_eq!(
            DisksAttachable.check(&sample::ready()).verdict,
            Verdict::NotApplicable
        );
    }

    #[test]
    fn missing() {
        let mut facts = sample::protecting();
        facts.protected.vms[0].disks = Fact::unknown("no privilege");
        let judgement = DisksAttachable.check(&facts);
        assert_eq!(judgement.verdict, Verdict::Unknown);
        assert_eq!(judgement.reason.as_deref(), Some("app-01: no privilege"));
        let mut facts = sample::protecting();
        facts.protected.vms[0].power_state = Fact::unknown("no privilege");
        assert_eq!(DisksAttachable.check(&facts).verdict, Verdict::Unknown);
        let mut facts = sample::protecting();
        facts.master_target.controllers = Fact::unknown("no privilege");
        assert!(DisksAttachable.check(&facts).blocks());
    }

    #[test]
    fn each_kind_of_disk_that_cannot_be_attached_blocks_with_its_cause() {
        for (judgement, cause) in [
            (
                with(|disk| disk.backing = "VirtualDiskRawDiskMappingVer1BackingInfo".into()),
                "not-a-file",
            ),
            (with(|disk| disk.multi_writer = true), "multi-writer"),
            (with(|disk| disk.encrypted = true), "encrypted"),
            (
                with(|disk| disk.mode = Some("independent_persistent".into())),
                "independent",
            ),
            (with(|disk| disk.chain.push(disk.chain[0].clone())), "delta"),
            (with(|disk| disk.uuid = None), "no-uuid"),
            (with(|disk| disk.uuid = Some(String::new())), "no-uuid"),
            (
                with(|disk| disk.uuid = Some("00000000-0000-0000-0000-000000000000".into())),
                "no-uuid",
            ),
        ] {
            assert!(judgement.blocks(), "{cause}");
            assert_eq!(judgement.findings.len(), 1, "{judgement:?}");
            assert_eq!(judgement.findings[0].evidence[0].value, cause);
            assert_eq!(judgement.findings[0].object, "app-01");
        }
    }

    #[test]
    fn a_file_that_is_missing_blocks_and_one_that_could_not_be_asked_does_not() {
        let answered = |answer: NoAnswer| {
            let mut facts = sample::protecting();
            let vm = &mut facts.protected.vms[0];
            let path = vm.disks.known().unwrap()[0].path.clone().unwrap();
            vm.files.push(NamedFile {
                path,
                uuid: Err(answer),
            });
            DisksAttachable.check(&facts)
        };
        let missing = answered(NoAnswer::Absent("FileNotFound".into()));
        assert_eq!(missing.findings[0].evidence[0].value, "no-data");
        assert!(missing.blocks());
        let locked = answered(NoAnswer::Refused("FileLocked".into()));
        assert_eq!(locked.verdict, Verdict::Holds);
    }

    #[test]
    fn what_other_rules_say_is_not_said_again() {
        let mut facts = sample::protecting();
        facts.protected.vms[0].power_state = Fact::Known(PowerState::PoweredOn);
        assert_eq!(DisksAttachable.check(&facts).verdict, Verdict::Holds);
    }
}
