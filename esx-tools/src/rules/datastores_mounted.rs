//! Rule 10: the host of the master target can write to the datastores of the protected VMs.

use super::{
    Finding, FixKind, Judgement, Rule,
    describe::{describe, disk_datastores, review_each},
};
use crate::{
    judge::{RefusedCause, host_name, wrong_mount},
    mounting::{Mounting, Purpose, mounting},
    site::Facts,
};

/// Every datastore that holds a protected disk is mounted read/write and can be reached.
#[derive(Debug)]
pub(super) struct DatastoresMounted;

impl Rule for DatastoresMounted {
    describe! {
        10, "protected-datastores-mounted", Blocker, Pairing,
        title: "the master target's host mounts the datastores of the protected VMs read/write",
        why: "The master target writes to the very disks of the protected VM, so its host needs read and write access to the datastores that hold them ('Reprotect from Azure to on-premises'). Otherwise reprotect fails when it attaches the disks.",
        remedy: "Mount the datastore read/write on the master target's host, or use a master target on a host that mounts it.",
    }

    super::describe::counts! { [master_target(Blocker, &REPROTECT), appliance(Blocker, &FAILBACK_MODERNIZED)]; codes: [8061] }

    fn check(&self, facts: &Facts) -> Judgement {
        let host = host_name(facts);
        review_each(self, facts, |vm, review| {
            let datastores = match disk_datastores(facts, vm) {
                Ok(datastores) => datastores,
                Err(reason) => {
                    review.gap_of(vm, reason);
                    return;
                }
            };
            for datastore in datastores {
                let Some((cause, summary, _)) = wrong_mount(host, datastore) else {
                    continue;
                };
                if cause == RefusedCause::NotReadable {
                    review.gap_of(vm, summary);
                    continue;
                }
                let finding = Finding::of_vm(self, facts, vm, summary)
                    .seen("datastore", &datastore.name)
                    .seen("host", host);
                review.found(match mounting(datastore, host, Purpose::Failback) {
                    Mounting::By(_) => finding
                        .fix(FixKind::MountDatastore {
                            datastore: datastore.moref.clone(),
                        })
                        .remedy("Mount the datastore on the master target's host."),
                    Mounting::Refused(refusal) if !refusal.unread => finding.remedy(refusal.remedy),
                    _ => finding,
                });
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fact::Fact,
        rules::Verdict,
        site::{DatastoreFacts, MountFacts, sample},
    };

    fn with(change: impl FnOnce(&mut DatastoreFacts)) -> Judgement {
        let mut facts = sample::protecting();
        change(&mut facts.protected.datastores[0]);
        DatastoresMounted.check(&facts)
    }

    fn mounted(change: impl FnOnce(&mut MountFacts)) -> Judgement {
        with(|datastore| {
            if let Fact::Known(Some(mount)) = &mut datastore.mount {
                change(mount);
            }
        })
    }

    #[test]
    fn met_and_not_applicable() {
        assert_eq!(with(|_| {}).verdict, Verdict::Holds);
        assert_eq!(
            DatastoresMounted.check(&sample::ready()).verdict,
            Verdict::NotApplicable
        );
    }

    #[test]
    fn missing() {
        let judgement = with(|datastore| datastore.mount = Fact::unknown("no privilege"));
        assert_eq!(judgement.verdict, Verdict::Unknown);
        assert_eq!(
            judgement.reason.as_deref(),
            Some("app-01: how esx-01 mounts its datastore ds1 cannot be read: no privilege")
        );
        assert_eq!(
            mounted(|mount| mount.access_mode = None).verdict,
            Verdict::Unknown
        );
        let mut facts = sample::protecting();
        facts.protected.vms[0].disks = Fact::unknown("no privilege");
        assert_eq!(DatastoresMounted.check(&facts).verdict, Verdict::Unknown);
        let mut facts = sample::protecting();
        facts.protected.datastores.clear();
        let judgement = DatastoresMounted.check(&facts);
        assert_eq!(
            judgement.reason.as_deref(),
            Some("app-01: datastore ds1 could not be read")
        );
    }

    #[test]
    fn what_the_host_can_mount_is_fixed_and_the_rest_is_for_a_person() {
        let fixable = FixKind::MountDatastore {
            datastore: sample::protecting().protected.datastores[0].moref.clone(),
        };
        for (judgement, fix) in [
            (
                with(|datastore| datastore.mount = Fact::Known(None)),
                Some(&fixable),
            ),
            (mounted(|mount| mount.mounted = Some(false)), Some(&fixable)),
            (mounted(|mount| mount.accessible = Some(false)), None),
            (
                mounted(|mount| mount.access_mode = Some("readOnly".into())),
                None,
            ),
        ] {
            let finding = &judgement.findings[0];
            assert_eq!(finding.fix.as_ref(), fix, "{finding:?}");
            assert_ne!(finding.remedy, DatastoresMounted.remedy());
        }
        // Without the volume's UUID there is nothing to mount it by.
        let judgement = with(|datastore| {
            datastore.mount = Fact::Known(None);
            datastore.volume = None;
        });
        assert_eq!(judgement.findings[0].fix, None);
    }

    #[test]
    fn broken_in_each_way() {
        for (judgement, expected) in [
            (
                with(|datastore| datastore.mount = Fact::Known(None)),
                "esx-01 does not mount its datastore ds1",
            ),
            (
                mounted(|mount| mount.access_mode = Some("readOnly".into())),
                "esx-01 mounts its datastore ds1 read-only",
            ),
            (
                mounted(|mount| mount.mounted = Some(false)),
                "esx-01 has unmounted its datastore ds1",
            ),
            (
                mounted(|mount| {
                    mount.accessible = Some(false);
                    mount.inaccessible_reason = Some("AllPathsDown_Start".into());
                }),
                "esx-01 cannot reach its datastore ds1 (AllPathsDown_Start)",
            ),
            (
                with(|datastore| datastore.accessible = Some(false)),
                "esx-01 cannot reach its datastore ds1",
            ),
        ] {
            assert_eq!(judgement.findings[0].summary, expected);
            assert_eq!(judgement.findings[0].object, "app-01");
            assert!(judgement.blocks());
        }
    }
}
