//! What a disk, its VM and its datastore have to be for the disk to be attached.

use super::{
    candidate::Candidate,
    refused::{DiskName, Refused, RefusedCause},
};
use crate::{
    fact::PowerState,
    site::{DatastoreFacts, DatastoreKind, Facts},
    vm::{DiskFacts, NamedFile, Vm},
};

/// The only kind of file that is attached: flat, thick or thin.
const FLAT: &str = "VirtualDiskFlatVer2BackingInfo";

/// What is wrong with the VM, said once for all its disks.
pub(super) fn of_the_vm(owner: &Vm) -> Result<(), Box<Refused>> {
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

/// What is wrong: the kind of the reason, the reason in words, and what to do about it.
type Wrong = (RefusedCause, String, &'static str);

/// What is wrong with the disk by itself.
pub(super) fn of_the_file(candidate: &Candidate<'_>) -> Result<(), Box<Refused>> {
    match wrong_disk(candidate.disk) {
        None => Ok(()),
        Some((cause, reason, remedy)) => Err(Box::new(Refused {
            disk: candidate.name(),
            cause,
            reason,
            remedy: remedy.to_owned(),
        })),
    }
}

/// Whether asking its file for the UUID says anything: a disk that cannot be attached in any case is not asked.
pub(crate) fn may_be_asked(disk: &DiskFacts) -> bool {
    wrong_disk(disk).is_none() && disk.delta_depth() == 0
}

fn wrong_disk(disk: &DiskFacts) -> Option<Wrong> {
    Some(if disk.is_raw() {
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
        return None;
    })
}

/// The file has to be there whole. A file that could not be asked, for example because it is locked, is not missing.
pub(super) fn is_there(candidate: &Candidate<'_>) -> Result<(), Box<Refused>> {
    match candidate.file.and_then(NamedFile::absent) {
        None => Ok(()),
        Some(said) => Err(Box::new(Refused {
            disk: candidate.name(),
            cause: RefusedCause::NoData,
            reason: format!("its file is missing, or a part of it: {said}"),
            remedy: "look for the file on its datastore, and restore it from a backup if it is lost; or leave the disk out".into(),
        })),
    }
}

/// The name of the master target's host, or what stands for it.
pub(crate) fn host_name(facts: &Facts) -> &str {
    match facts.host.known() {
        Some(host) => &host.name,
        None => "the host of the master target",
    }
}

pub(super) fn not_mounted(host: &str, datastore: &str) -> Wrong {
    (
        RefusedCause::NotMounted,
        format!("{host} does not mount its datastore {datastore}"),
        "mount the datastore on the host of the master target, or use a master target on a host that mounts it",
    )
}

/// A master target works with two kinds of datastore only.
pub(crate) fn wrong_kind(datastore: &DatastoreFacts) -> Option<Wrong> {
    let name = &datastore.name;
    match datastore.kind.get() {
        Ok(DatastoreKind::Vmfs | DatastoreKind::Vsan) => None,
        Ok(other) => Some((
            RefusedCause::DatastoreKind,
            format!(
                "its datastore {name} is {}; a master target works with VMFS and vSAN only",
                other.label()
            ),
            "move the VM to a VMFS or vSAN datastore",
        )),
        Err(reason) => Some((
            RefusedCause::NotReadable,
            format!("the type of its datastore {name} cannot be read: {reason}"),
            READ,
        )),
    }
}

/// The master target's host has to be able to write to the datastore.
pub(crate) fn wrong_mount(host: &str, datastore: &DatastoreFacts) -> Option<Wrong> {
    let name = &datastore.name;
    let mount = match datastore.mount.get() {
        Ok(Some(mount)) => mount,
        Ok(None) => return Some(not_mounted(host, name)),
        Err(reason) => {
            let reason = format!("how {host} mounts its datastore {name} cannot be read: {reason}");
            return Some((RefusedCause::NotReadable, reason, READ));
        }
    };
    let why = match mount.inaccessible_reason.as_deref() {
        Some(why) => format!(" ({why})"),
        None => String::new(),
    };
    let reason = if mount.mounted == Some(false) {
        format!("{host} has unmounted its datastore {name}")
    } else if mount.accessible == Some(false) || datastore.accessible == Some(false) {
        format!("{host} cannot reach its datastore {name}{why}")
    } else {
        match mount.access_mode.as_deref() {
            Some("readWrite") => return None,
            Some("readOnly") => format!("{host} mounts its datastore {name} read-only"),
            Some(mode) => format!("{host} mounts its datastore {name} {mode}"),
            None => {
                let reason =
                    format!("the server does not tell how {host} mounts its datastore {name}");
                return Some((RefusedCause::NotReadable, reason, READ));
            }
        }
    };
    Some((
        RefusedCause::NotMounted,
        reason,
        "mount the datastore read/write on the host of the master target",
    ))
}

const READ: &str = "give the account a role that may read the datastore, at least Read-only";
