//! What a disk and its VM have to be for the disk to be attached anywhere.

use super::{DiskName, Refused, RefusedCause, candidate::Candidate};
use crate::facts::{PowerState, ProtectedVm};

/// The only kind of file that is attached: flat, thick or thin.
const FLAT: &str = "VirtualDiskFlatVer2BackingInfo";
/// What the wire types of raw devices have in common.
const RAW: &str = "RawDisk";

/// What is wrong with the VM, said once for all its disks.
pub(super) fn of_the_vm(owner: &ProtectedVm) -> Result<(), Box<Refused>> {
    let no = |cause, reason: String, remedy: &str| {
        Box::new(Refused {
            disk: DiskName {
                vm: Some(owner.label().to_owned()),
                ..DiskName::default()
            },
            cause,
            reason,
            remedy: remedy.to_owned(),
        })
    };
    match owner.power_state.get() {
        Ok(PowerState::PoweredOff) => {}
        Ok(state) => {
            return Err(no(
                RefusedCause::OwnerOn,
                format!("the VM is {state}"),
                "shut it down, and see that it stays off",
            ));
        }
        Err(reason) => {
            let reason = format!("whether the VM is off cannot be read: {reason}");
            return Err(no(
                RefusedCause::NotReadable,
                reason,
                "give the account a role that may read the VM",
            ));
        }
    }
    if owner.instance_uuid.is_none() {
        let reason =
            "its instance UUID cannot be read, by which its disks are given back".to_owned();
        return Err(no(
            RefusedCause::NotReadable,
            reason,
            "give the account a role that may read the VM",
        ));
    }
    match owner.count_snapshots() {
        Ok(0) => Ok(()),
        Ok(number) => Err(no(
            RefusedCause::Snapshots,
            format!(
                "the VM has {}",
                if number == 1 {
                    "1 snapshot".to_owned()
                } else {
                    format!("{number} snapshots")
                }
            ),
            "remove its snapshots, and consolidate its disks",
        )),
        Err(reason) => {
            let reason = format!("whether the VM has snapshots cannot be read: {reason}");
            Err(no(
                RefusedCause::NotReadable,
                reason,
                "give the account a role that may read the VM",
            ))
        }
    }
}

/// What is wrong with the disk by itself.
pub(super) fn of_the_file(candidate: &Candidate<'_>) -> Result<(), Box<Refused>> {
    let disk = candidate.disk;
    let (cause, reason, remedy) = if disk.backing.contains(RAW) {
        (
            RefusedCause::NotAFile,
            "it is a mapping to a raw device (RDM), not a file".to_owned(),
            "convert it to a virtual disk, or leave it out",
        )
    } else if disk.multi_writer {
        (
            RefusedCause::MultiWriter,
            "it is a multi-writer disk, which several VMs may write to".to_owned(),
            "end the sharing, or leave it out",
        )
    } else if disk.encrypted {
        (
            RefusedCause::Encrypted,
            "it is encrypted, and only its own VM can read it".to_owned(),
            "decrypt it, or leave it out",
        )
    } else if let Some(mode) = disk.mode.as_deref().filter(|mode| *mode != "persistent") {
        (
            RefusedCause::Independent,
            format!("its mode is {mode}; a snapshot or replication leaves such a disk out"),
            "make it dependent (mode persistent), or leave it out",
        )
    } else if disk.backing != FLAT {
        (
            RefusedCause::NotAFile,
            format!("it is of a kind that cannot be attached ({})", disk.backing),
            "convert it to a flat virtual disk, or leave it out",
        )
    } else {
        return Ok(());
    };
    Err(Box::new(Refused {
        disk: candidate.name(),
        cause,
        reason,
        remedy: remedy.to_owned(),
    }))
}
