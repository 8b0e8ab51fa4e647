//! Rule 11: protected VMs are on VMFS or vSAN.

use super::{
    Finding, Judgement, Rule, Severity,
    describe::{describe, disk_datastores, review_each},
};
use crate::{
    judge::wrong_kind,
    site::{DatastoreKind, Facts},
};

/// No protected disk is on NFS.
#[derive(Debug)]
pub(super) struct DatastoresNotNfs;

impl Rule for DatastoresNotNfs {
    describe! {
        11, "protected-datastores-not-nfs", Blocker, Pairing,
        title: "the protected VMs' datastores are VMFS or vSAN",
        why: "Failback writes to disks on VMFS or vSAN; NFS was never supported for it (editions of 'Reprotect' until 2019; to another location 'Failback of VMware virtual machines after disaster recovery to Azure' still asks for VMFS or vSAN). The disks cannot be attached to the master target as it needs them, and reprotect fails.",
        remedy: "Move the VM's disks to a VMFS or vSAN datastore while it is powered off, then reprotect.",
    }

    super::describe::counts! { [master_target(Blocker, &REPROTECT_2018), appliance(Warning, &TYPES_OF_FAILBACK)]; codes: [8061] }

    fn check(&self, facts: &Facts) -> Judgement {
        review_each(self, facts, |vm, review| {
            let datastores = match disk_datastores(facts, vm) {
                Ok(datastores) => datastores,
                Err(reason) => {
                    review.gap_of(vm, reason);
                    return;
                }
            };
            for datastore in datastores {
                let Some((_, summary, _)) = wrong_kind(datastore) else {
                    continue;
                };
                let (severity, kind) = match datastore.kind.known() {
                    Some(kind @ (DatastoreKind::Nfs | DatastoreKind::Nfs41)) => {
                        (Severity::Blocker, kind.label())
                    }
                    // Nobody says that these fail, and nobody says that they work.
                    Some(kind) => (Severity::Warning, kind.label()),
                    None => {
                        review.gap_of(vm, summary);
                        continue;
                    }
                };
                review.found(
                    Finding::of_vm(self, facts, vm, summary)
                        .severity(severity)
                        .seen(&datastore.name, kind),
                );
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, site::sample};

    fn with(kind: Fact<DatastoreKind>) -> Judgement {
        let mut facts = sample::protecting();
        facts.protected.datastores[0].kind = kind;
        DatastoresNotNfs.check(&facts)
    }

    #[test]
    fn met_and_not_applicable() {
        for kind in [DatastoreKind::Vmfs, DatastoreKind::Vsan] {
            assert_eq!(with(Fact::Known(kind)).verdict, Verdict::Holds);
        }
        assert_eq!(
            DatastoresNotNfs.check(&sample::ready()).verdict,
            Verdict::NotApplicable
        );
    }

    #[test]
    fn missing() {
        let judgement = with(Fact::unknown("no privilege"));
        assert_eq!(judgement.verdict, Verdict::Unknown);
        assert_eq!(
            judgement.reason.as_deref(),
            Some("app-01: the type of its datastore ds1 cannot be read: no privilege")
        );
    }

    #[test]
    fn nfs_blocks_and_what_nobody_knows_warns() {
        for kind in [DatastoreKind::Nfs, DatastoreKind::Nfs41] {
            assert!(with(Fact::Known(kind)).blocks());
        }
        for kind in [DatastoreKind::Vvol, DatastoreKind::Other("PMEM".into())] {
            let judgement = with(Fact::Known(kind));
            assert_eq!(
                (judgement.worst(), judgement.blocks()),
                (Some(Severity::Warning), false)
            );
        }
        assert_eq!(
            with(Fact::Known(DatastoreKind::Nfs)).findings[0].summary,
            "its datastore ds1 is NFS; a master target works with VMFS and vSAN only"
        );
    }
}
