//! Which disk a refusal is about, as far as the fault tells. Its words name none: halves are tried instead.

use vsphere_client::vim::{DatastorePath, FaultKind, MethodFault};

use crate::{calls::disk_of_index, plan::DiskForSlot, site::Facts};

/// What a fault says about the disks of a reconfigure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Blame {
    /// It is about these, by their position in the list.
    Named(Vec<usize>),
    /// It may well be about one of them, and does not say which.
    Unnamed,
    /// It is about something else: trying fewer disks would not help.
    NotADisk,
}

/// Reads a fault, and the faults behind it.
pub(crate) fn blame(fault: &MethodFault, disks: &[DiskForSlot], facts: &Facts) -> Blame {
    let mut verdict = Blame::NotADisk;
    let mut at = Some(fault);
    while let Some(one) = at {
        match by_kind(one, disks, facts) {
            Blame::Named(found) => return Blame::Named(found),
            Blame::Unnamed => verdict = Blame::Unnamed,
            Blame::NotADisk => {}
        }
        at = one.cause.as_deref();
    }
    verdict
}

fn by_kind(fault: &MethodFault, disks: &[DiskForSlot], facts: &Facts) -> Blame {
    match &fault.kind {
        FaultKind::InvalidDeviceSpec { device_index, .. } => device_index
            .and_then(|index| disk_of_index(disks, index, facts))
            .map_or(Blame::Unnamed, |index| Blame::Named(vec![index])),
        FaultKind::FileLocked { file }
        | FaultKind::FileNotFound { file }
        | FaultKind::FileAlreadyExists { file }
        | FaultKind::CannotAccessFile { file } => file
            .as_deref()
            .and_then(|file| disks.iter().position(|disk| is_part_of(file, disk)))
            .map_or(Blame::Unnamed, |index| Blame::Named(vec![index])),
        FaultKind::NoPermission {
            object: Some(object),
            ..
        } if object.is("Datastore") => {
            let known = facts.datastores.known().into_iter().flatten();
            let name = known
                .filter(|datastore| datastore.moref == object.clone())
                .map(|datastore| datastore.name.as_str())
                .next();
            let on_it: Vec<usize> = disks
                .iter()
                .enumerate()
                .filter(|(_, disk)| name.is_some() && datastore(disk).as_deref() == name)
                .map(|(index, _)| index)
                .collect();
            if on_it.is_empty() || on_it.len() == disks.len() {
                Blame::NotADisk
            } else {
                Blame::Named(on_it)
            }
        }
        // A device that the VM cannot have comes under the same kind as a call that it cannot do.
        FaultKind::NotSupported if fault.name == "DeviceNotSupported" => Blame::Unnamed,
        FaultKind::InvalidVmConfig { .. }
        | FaultKind::InvalidArgument { .. }
        | FaultKind::NoDiskSpace { .. }
        | FaultKind::InsufficientStorageSpace
        | FaultKind::ResourceInUse
        | FaultKind::AlreadyExists { .. }
        | FaultKind::NotFound
        | FaultKind::SystemError { .. }
        | FaultKind::Other => Blame::Unnamed,
        _ => Blame::NotADisk,
    }
}

/// Whether a file is the disk's descriptor or one of the files that hold its data (`-flat.vmdk` and others).
fn is_part_of(file: &str, disk: &DiskForSlot) -> bool {
    let path = disk.entry.path.as_str();
    let stem = path.strip_suffix(".vmdk").unwrap_or(path);
    file == path
        || file
            .strip_prefix(stem)
            .and_then(|rest| rest.strip_prefix('-'))
            .is_some_and(|rest| {
                let part = rest.strip_suffix(".vmdk").unwrap_or(rest);
                matches!(part, "flat" | "delta" | "sesparse" | "ctk" | "rdm" | "rdmp")
            })
}

fn datastore(disk: &DiskForSlot) -> Option<String> {
    DatastorePath::parse(&disk.entry.path).map(|path| path.datastore)
}

#[cfg(test)]
mod tests {
    use vsphere_client::{soap::RawElement, vim::ManagedObjectReference};

    use super::*;
    use crate::{ledger::Entry, site::sample};

    fn disks() -> Vec<DiskForSlot> {
        (0..3u8)
            .map(|index| DiskForSlot {
                entry: Entry {
                    uuid: format!("6000c2930000000000000000000000{index:02x}")
                        .parse()
                        .unwrap(),
                    vm_instance_uuid: "5002".into(),
                    vm_name: "app".into(),
                    device_key: 2000,
                    slot: None,
                    path: match index {
                        0 => "[ds1] app/app.vmdk".into(),
                        1 => "[ds1] app/app-1.vmdk".into(),
                        _ => "[ds2] app/app.vmdk".into(),
                    },
                },
                label: "Hard disk 1".into(),
                slot: format!("0:{}", index + 2).parse().unwrap(),
                capacity_bytes: None,
            })
            .collect()
    }

    fn fault(kind: FaultKind) -> MethodFault {
        MethodFault {
            name: "Fault".into(),
            message: None,
            kind,
            cause: None,
            fault_messages: vec![],
            raw: RawElement::new("fault", ""),
        }
    }

    fn verdict(fault: &MethodFault) -> Blame {
        blame(fault, &disks(), &sample::ready())
    }

    #[test]
    fn an_index_or_a_file_names_the_disk() {
        let by_index = |device_index| {
            verdict(&fault(FaultKind::InvalidDeviceSpec {
                device_index,
                property: None,
            }))
        };
        assert_eq!(by_index(Some(1)), Blame::Named(vec![1]));
        assert_eq!(by_index(Some(7)), Blame::Unnamed);
        assert_eq!(by_index(None), Blame::Unnamed);
        for (file, index) in [
            ("[ds1] app/app.vmdk", Some(0)),
            ("[ds1] app/app-flat.vmdk", Some(0)),
            ("[ds1] app/app-1.vmdk", Some(1)),
            ("[ds1] app/app-1-flat.vmdk", Some(1)),
            ("[ds2] app/app-flat.vmdk", Some(2)),
            ("[ds3] app/app.vmdk", None),
        ] {
            let found = verdict(&fault(FaultKind::FileLocked {
                file: Some(file.into()),
            }));
            let expected = index.map_or(Blame::Unnamed, |index| Blame::Named(vec![index]));
            assert_eq!(found, expected, "{file}");
        }
    }

    #[test]
    fn the_cause_is_read_as_well_and_words_name_no_disk() {
        let mut outer = fault(FaultKind::Other);
        outer.cause = Some(Box::new(fault(FaultKind::FileNotFound {
            file: Some("[ds2] app/app.vmdk".into()),
        })));
        assert_eq!(verdict(&outer), Blame::Named(vec![2]));
        let mut in_words = fault(FaultKind::SystemError { reason: None });
        in_words.fault_messages = vec!["Failed to open '[ds1] app/app-1.vmdk'".into()];
        assert_eq!(verdict(&in_words), Blame::Unnamed);
        assert_eq!(verdict(&fault(FaultKind::Other)), Blame::Unnamed);
    }

    #[test]
    fn what_no_disk_can_help_is_not_tried_with_fewer() {
        for kind in [
            FaultKind::ConcurrentAccess,
            FaultKind::NotAuthenticated,
            FaultKind::RestrictedVersion,
            FaultKind::MethodDisabled { source: None },
            FaultKind::HostNotConnected,
            FaultKind::NoPermission {
                object: Some(ManagedObjectReference::new("VirtualMachine", "vm-42")),
                privilege_id: None,
            },
        ] {
            assert_eq!(verdict(&fault(kind.clone())), Blame::NotADisk, "{kind:?}");
        }
        let on_datastore = fault(FaultKind::NoPermission {
            object: Some(ManagedObjectReference::new("Datastore", "datastore-1")),
            privilege_id: None,
        });
        assert_eq!(verdict(&on_datastore), Blame::Named(vec![0, 1]));
    }
}
