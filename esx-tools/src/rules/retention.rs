//! Rule 17: there is a volume for retained changes.

use super::{Finding, Judgement, Rule, describe::describe};
use crate::{site::Facts, vm::GuestDisk};

/// A volume of its own, not FAT, not empty, where it is expected.
#[derive(Debug)]
pub(super) struct RetentionVolume;

const ON_LINUX: &str = "/mnt/retention";
const ON_WINDOWS: &str = "R:";

fn listed(volumes: &[GuestDisk]) -> String {
    let each = volumes.iter().map(|volume| {
        let kind = volume
            .filesystem
            .as_deref()
            .unwrap_or("file system not told");
        format!("{} ({kind})", volume.path)
    });
    each.collect::<Vec<_>>().join(", ")
}

impl Rule for RetentionVolume {
    describe! {
        17, "retention-volume", Blocker, Target,
        title: "the master target has a retention volume: R: on Windows, /mnt/retention on Linux",
        why: "Changes are kept on a volume of their own that is not the system volume, not FAT and not FAT32, and has room ('Prepare for reprotection and failback of VMware VMs'). Without one the page for reprotect offers no retention drive, and reprotect cannot begin.",
        remedy: "Add a disk of 1 TB (prepare-master-target --add-retention-disk 1TB does it), make a file system on it in the guest (NTFS as R: on Windows, ext4 at /mnt/retention on Linux), and make it mount at start.",
    }

    super::describe::counts! { [master_target(Blocker, &PREPARE_FAILBACK)] }

    fn check(&self, facts: &Facts) -> Judgement {
        let vm = &facts.master_target;
        let (disks, volumes) = match (vm.disks.get(), vm.guest_disks.get()) {
            (Ok(disks), Ok(volumes)) => (disks, volumes),
            (Err(reason), _) | (_, Err(reason)) => return Judgement::unknown(self, reason),
        };
        if disks.len() < 2 {
            let summary = "no disk beside the system disk, so no volume for retention";
            let finding = Finding::new(self, facts, summary).seen("disks", disks.len());
            return Judgement::from_findings(self, vec![finding]);
        }
        let Some(windows) = vm.is_windows() else {
            return Judgement::unknown(self, "nothing tells the master target's operating system");
        };
        if volumes.is_empty() {
            return Judgement::unknown(
                self,
                "the guest reports no volumes; VMware Tools have to run for that",
            );
        }
        let path = if windows { ON_WINDOWS } else { ON_LINUX };
        let Some(volume) = volumes
            .iter()
            .find(|volume| volume.is_retention_volume(windows))
        else {
            let finding = Finding::new(self, facts, format!("no volume is mounted at {path}"))
                .seen("guest.disk", listed(volumes));
            return Judgement::from_findings(self, vec![finding]);
        };
        let seen = |summary: String| {
            vec![
                Finding::new(self, facts, summary)
                    .seen("guest.disk", listed(std::slice::from_ref(volume))),
            ]
        };
        if volume.capacity_bytes.is_some_and(|bytes| bytes <= 0) {
            return Judgement::from_findings(
                self,
                seen(format!("the volume at {path} has no room at all")),
            );
        }
        match &volume.filesystem {
            Some(kind) if kind.to_ascii_uppercase().contains("FAT") => {
                Judgement::from_findings(self, seen(format!("the volume at {path} is {kind}")))
            }
            Some(_) if volume.capacity_bytes.is_none() => {
                Judgement::unknown(self, format!("the guest does not tell how large {path} is"))
            }
            Some(_) => Judgement::holds(self),
            None => Judgement::unknown(
                self,
                format!("the server does not tell the file system of {path}; it does from 7.0 on"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, site::sample};

    fn with(volumes: Vec<GuestDisk>) -> Judgement {
        let mut facts = sample::ready();
        facts.master_target.guest_disks = Fact::Known(volumes);
        RetentionVolume.check(&facts)
    }

    #[test]
    fn met() {
        assert_eq!(
            RetentionVolume.check(&sample::ready()).verdict,
            Verdict::Holds
        );
        let mut facts = sample::ready();
        facts.master_target.guest_id = Some("windows9Server64Guest".into());
        facts.master_target.guest_family = None;
        facts.master_target.guest_disks = Fact::Known(vec![
            sample::guest_disk("C:\\", 100, "NTFS"),
            sample::guest_disk("r:\\", 1024, "NTFS"),
        ]);
        assert_eq!(RetentionVolume.check(&facts).verdict, Verdict::Holds);
    }

    #[test]
    fn missing() {
        let judgement = RetentionVolume.check(&sample::unread());
        assert_eq!(judgement.verdict, Verdict::Unknown);
        assert_eq!(with(vec![]).verdict, Verdict::Unknown);
        for change in [
            |disk: &mut GuestDisk| disk.filesystem = None,
            |disk: &mut GuestDisk| disk.capacity_bytes = None,
        ] {
            let mut disk = sample::guest_disk("/mnt/retention", 1024, "ext4");
            change(&mut disk);
            assert_eq!(with(vec![disk]).verdict, Verdict::Unknown);
        }
        let mut facts = sample::ready();
        facts.master_target.guest_id = None;
        facts.master_target.guest_family = None;
        assert_eq!(RetentionVolume.check(&facts).verdict, Verdict::Unknown);
    }

    #[test]
    fn broken_in_each_way() {
        for (volume, expected) in [
            (
                sample::guest_disk("/", 100, "ext4"),
                "no volume is mounted at /mnt/retention",
            ),
            (
                sample::guest_disk("/mnt/retention", 0, "ext4"),
                "the volume at /mnt/retention has no room at all",
            ),
            (
                sample::guest_disk("/mnt/retention", 10, "vfat"),
                "the volume at /mnt/retention is vfat",
            ),
        ] {
            let judgement = with(vec![volume]);
            assert_eq!(judgement.findings[0].summary, expected);
            assert!(judgement.blocks());
        }
    }

    #[test]
    fn a_lone_disk_is_enough_to_know() {
        let mut facts = sample::ready();
        facts.master_target.guest_disks = Fact::Known(vec![]);
        if let Fact::Known(disks) = &mut facts.master_target.disks {
            disks.truncate(1);
        }
        assert!(RetentionVolume.check(&facts).blocks());
    }
}
