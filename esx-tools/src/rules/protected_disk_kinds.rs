//! Rule 31: the disks of the protected VMs are of kinds that come back as they were.

use super::{
    Finding, Judgement, Rule,
    describe::{describe, review_each},
};
use crate::{
    site::Facts,
    vm::{ControllerKind, DiskFacts, OsFamily, Vm},
};

/// What the documents say of raw devices, shared buses and NVMe. Whether a disk can be attached is for rule 27.
#[derive(Debug)]
pub(super) struct ProtectedDiskKinds;

impl Rule for ProtectedDiskKinds {
    describe! {
        31, "protected-disk-kinds", Warning, Pairing,
        title: "the disks of the protected VMs are of kinds that come back as they were",
        why: "A raw device mapping that exists may return to its original location, never elsewhere ('Failback of VMware virtual machines after disaster recovery to Azure'), and comes back as a further disk; disks that a cluster shares are not supported, and disks on NVMe controllers only with Windows ('Support matrix for disaster recovery of VMware VMs and physical servers to Azure').",
        remedy: "Exclude the disk from replication, or look at it after the failback; move it to a SCSI controller of its own where that is possible.",
    }

    super::describe::counts! { [master_target(Warning, &SUPPORT_MATRIX), appliance(Warning, &SUPPORT_MATRIX)] }

    fn check(&self, facts: &Facts) -> Judgement {
        review_each(self, facts, |vm, review| {
            let disks = match vm.disks.get() {
                Ok(disks) => disks,
                Err(reason) => {
                    review.gap_of(vm, reason);
                    return;
                }
            };
            for disk in disks {
                let mut said = |what: String| {
                    let finding = Finding::of_vm(self, facts, vm, what);
                    review.found(match &disk.path {
                        Some(path) => finding.seen("file", path),
                        None => finding.seen("disk", &disk.label),
                    });
                };
                let label = &disk.label;
                // A VM that exists returns to its original location.
                if disk.is_raw() {
                    said(format!(
                        "{label} is a mapping to a raw device (RDM): only the original location takes it, and it comes back as a further disk"
                    ));
                }
                let controller = disk.controller_key;
                if controller.is_some_and(|key| vm.shared_buses.contains(&key)) {
                    said(format!(
                        "{label} is on a controller whose bus other VMs share"
                    ));
                }
                match on_nvme_without_windows(vm, disk) {
                    Ok(false) => {}
                    Ok(true) => said(format!(
                        "{label} is on an NVMe controller, and the guest is not Windows"
                    )),
                    Err(reason) => review.gap_of(vm, reason),
                }
            }
        })
    }
}

/// Whether the disk is on an NVMe controller of a guest for which that is not supported.
fn on_nvme_without_windows(vm: &Vm, disk: &DiskFacts) -> Result<bool, String> {
    if disk.on_scsi {
        return Ok(false);
    }
    let controllers = vm.controllers.get()?;
    let mut controllers = controllers.iter();
    let controller = controllers.find(|one| Some(one.key) == disk.controller_key);
    let controller =
        controller.ok_or_else(|| format!("the controller of {} is not told", disk.label))?;
    if controller.kind != ControllerKind::Nvme {
        return Ok(false);
    }
    match vm.family() {
        Some(family) => Ok(family != OsFamily::Windows),
        None => Err("nothing tells its operating system, and it has disks on NVMe".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fact::Fact,
        rules::{Severity, Verdict},
        site::sample,
    };

    fn with(change: impl FnOnce(&mut Vm)) -> Judgement {
        let mut facts = sample::protecting();
        change(&mut facts.protected.vms[0]);
        ProtectedDiskKinds.check(&facts)
    }

    fn disk(vm: &mut Vm) -> &mut DiskFacts {
        match &mut vm.disks {
            Fact::Known(disks) => &mut disks[0],
            Fact::Unknown { reason } => panic!("{reason}"),
        }
    }

    fn on(vm: &mut Vm, kind: ControllerKind) {
        disk(vm).on_scsi = false;
        disk(vm).controller_key = Some(31_000);
        vm.controllers = Fact::Known(vec![sample::controller(31_000, kind, 0, vec![2000])]);
    }

    #[test]
    fn met_and_not_applicable() {
        assert_eq!(with(|_| {}).verdict, Verdict::Holds);
        // What no disk hangs on concerns nobody.
        assert_eq!(
            with(|vm| vm.shared_buses = vec![1003]).verdict,
            Verdict::Holds
        );
        assert_eq!(
            with(|vm| on(vm, ControllerKind::Sata)).verdict,
            Verdict::Holds
        );
        let windows = with(|vm| {
            on(vm, ControllerKind::Nvme);
            vm.guest_id = Some("windows2019srv_64Guest".into());
        });
        assert_eq!(windows.verdict, Verdict::Holds);
        let none = ProtectedDiskKinds.check(&sample::ready());
        assert_eq!(none.verdict, Verdict::NotApplicable);
    }

    #[test]
    fn missing() {
        let unread = with(|vm| vm.disks = Fact::unknown("no privilege"));
        assert_eq!(unread.verdict, Verdict::Unknown);
        let untold = with(|vm| {
            on(vm, ControllerKind::Nvme);
            vm.guest_id = None;
        });
        assert_eq!(untold.verdict, Verdict::Unknown);
        let nowhere = with(|vm| {
            on(vm, ControllerKind::Nvme);
            vm.controllers = Fact::Known(vec![]);
        });
        assert_eq!(nowhere.verdict, Verdict::Unknown);
    }

    #[test]
    fn each_kind_is_warned_of() {
        let raw = "VirtualDiskRawDiskMappingVer1BackingInfo";
        for (judgement, word) in [
            (with(|vm| disk(vm).backing = raw.into()), "raw device"),
            (with(|vm| vm.shared_buses = vec![1000]), "share"),
            (with(|vm| on(vm, ControllerKind::Nvme)), "NVMe"),
        ] {
            assert_eq!(judgement.worst(), Some(Severity::Warning));
            assert!(
                judgement.findings[0].summary.contains(word),
                "{judgement:?}"
            );
            assert_eq!(judgement.findings[0].object, "app-01");
        }
    }
}
