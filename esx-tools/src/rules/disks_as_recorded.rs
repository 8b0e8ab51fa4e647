//! Rule 25: attached disks are still where they were attached.

use super::{
    Finding, Judgement, Rule,
    describe::{Review, describe},
};
use crate::{ledger::Entry, site::Facts, vm::DiskFacts};

/// The ledger and the devices agree.
#[derive(Debug)]
pub(super) struct DisksAsRecorded;

impl Rule for DisksAsRecorded {
    describe! {
        25, "attached-disks-as-recorded", Blocker, Target,
        title: "the disks attached to the master target are where they were when they were attached",
        why: "A Storage vMotion of the master target moves the attached disks of other VMs along with it and renames their files ('Prepare for reprotection and failback of VMware VMs': do not move the master target). The VMs that own them point to files that are gone, and failback fails or the disks are lost.",
        remedy: "Do not detach anything. Find the files with 'esxtool disks locate', then give them back to their owners with 'esxtool disks restore'.",
    }

    super::describe::counts! { [master_target(Blocker, &PREPARE_FAILBACK), appliance(Blocker, &FAILBACK_MODERNIZED)] }

    fn check(&self, facts: &Facts) -> Judgement {
        let vm = &facts.master_target;
        let ledger = match vm.ledger() {
            crate::fact::Fact::Known(ledger) => ledger,
            crate::fact::Fact::Unknown { reason } => return Judgement::unknown(self, reason),
        };
        if ledger.is_empty() {
            return Judgement::not_applicable(self, "nothing was attached by esxtool");
        }
        let disks = match vm.disks.get() {
            Ok(disks) => disks,
            Err(reason) => return Judgement::unknown(self, reason),
        };
        let mut review = Review::default();
        for unreadable in &ledger.unreadable {
            review.gap(format!("{}: {}", unreadable.key, unreadable.reason));
        }
        for entry in &ledger.entries {
            if let Some(finding) = self.one(facts, entry, disks) {
                review.found(
                    finding
                        .on(&entry.vm_name)
                        .seen("disk UUID", &entry.uuid)
                        .seen("attached as", &entry.path),
                );
            }
        }
        review.conclude(self)
    }
}

impl DisksAsRecorded {
    fn one(&self, facts: &Facts, entry: &Entry, disks: &[DiskFacts]) -> Option<Finding> {
        // A snapshot puts a delta file in front; the file that was attached stands behind it.
        let stands_at = |disk: &DiskFacts| {
            disk.path.as_deref() == Some(&entry.path)
                || disk.chain.iter().any(|unit| unit.path == entry.path)
        };
        let by_uuid = disks
            .iter()
            .find(|disk| disk.plain_uuid().as_deref() == Some(entry.uuid.as_str()));
        match by_uuid {
            Some(disk) if stands_at(disk) => None,
            Some(disk) => {
                let now = disk.path.as_deref().unwrap_or("an unknown file");
                let summary = format!("its disk was moved: it is now at {now}");
                Some(Finding::new(self, facts, summary).seen("now at", now))
            }
            // Some servers leave the UUID out; the file tells as much.
            None if disks
                .iter()
                .any(|disk| disk.plain_uuid().is_none() && stands_at(disk)) =>
            {
                None
            }
            None => Some(Finding::new(
                self,
                facts,
                "its disk is in the ledger, but no longer attached",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, site::sample, vm::Setting};

    /// A master target with the first disk of `app-01` attached, and its entry.
    fn attached(change: impl FnOnce(&mut DiskFacts)) -> Facts {
        let mut facts = sample::ready();
        let Fact::Known(mut theirs) = sample::protected("app-01", 1).disks else {
            return facts;
        };
        let mut disk = theirs.remove(0);
        let entry = Entry {
            uuid: disk.uuid.clone().unwrap().parse().unwrap(),
            vm_instance_uuid: "5002".into(),
            vm_name: "app-01".into(),
            device_key: 2000,
            slot: "0:0".parse().ok(),
            path: disk.path.clone().unwrap(),
        };
        let (key, value) = entry.encode();
        change(&mut disk);
        let vm = &mut facts.master_target;
        if let (Fact::Known(disks), Fact::Known(settings)) = (&mut vm.disks, &mut vm.extra_config) {
            disks.push(disk);
            settings.push(Setting { key, value });
        }
        facts
    }

    #[test]
    fn met_and_not_applicable() {
        assert_eq!(
            DisksAsRecorded.check(&attached(|_| {})).verdict,
            Verdict::Holds
        );
        let behind_a_delta = attached(|disk| {
            let mut delta = disk.chain[0].clone();
            delta.path = "[ds1] mt/mt-000001.vmdk".into();
            disk.path = Some(delta.path.clone());
            disk.chain.push(delta);
        });
        assert_eq!(
            DisksAsRecorded.check(&behind_a_delta).verdict,
            Verdict::Holds
        );
        let without_uuid = attached(|disk| disk.uuid = None);
        assert_eq!(DisksAsRecorded.check(&without_uuid).verdict, Verdict::Holds);
        assert_eq!(
            DisksAsRecorded.check(&sample::ready()).verdict,
            Verdict::NotApplicable
        );
    }

    #[test]
    fn missing() {
        assert_eq!(
            DisksAsRecorded.check(&sample::unread()).verdict,
            Verdict::Unknown
        );
        let mut facts = attached(|_| {});
        if let Fact::Known(settings) = &mut facts.master_target.extra_config {
            settings.push(Setting {
                key: "esxtool.disk.xyz".into(),
                value: "v9".into(),
            });
        }
        assert_eq!(DisksAsRecorded.check(&facts).verdict, Verdict::Unknown);
        let mut facts = attached(|_| {});
        facts.master_target.disks = Fact::unknown("no privilege");
        assert_eq!(DisksAsRecorded.check(&facts).verdict, Verdict::Unknown);
    }

    #[test]
    fn a_moved_disk_blocks() {
        let facts = attached(|disk| {
            disk.path = Some("[ds2] mt/mt_3.vmdk".into());
            disk.chain.clear();
        });
        let judgement = DisksAsRecorded.check(&facts);
        assert!(judgement.blocks());
        assert_eq!(judgement.findings[0].object, "app-01");
        assert_eq!(
            judgement.findings[0].summary,
            "its disk was moved: it is now at [ds2] mt/mt_3.vmdk"
        );
    }

    #[test]
    fn a_lost_disk_blocks() {
        let mut facts = attached(|_| {});
        if let Fact::Known(disks) = &mut facts.master_target.disks {
            disks.pop();
        }
        assert_eq!(
            DisksAsRecorded.check(&facts).findings[0].summary,
            "its disk is in the ledger, but no longer attached"
        );
    }
}
