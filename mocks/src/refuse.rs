//! The faults that only the handlers of VMs and datastores need; the rest is in [`Fault`].

use crate::fault::Fault;
use crate::value::{MoRef, Value};

/// `InvalidDeviceSpec` for the device change of index `index`; `property` says what is wrong.
pub(crate) fn invalid_device(index: usize, property: &str) -> Fault {
    Fault::new(
        "InvalidDeviceSpec",
        format!("Invalid configuration for device '{index}'."),
    )
    .with("property", property)
    .with("deviceIndex", index_of(index))
}

/// `InvalidDeviceBacking`: the file is not of the kind that the device's backing says.
pub(crate) fn invalid_backing(index: usize) -> Fault {
    Fault::new(
        "InvalidDeviceBacking",
        format!("Incompatible device backing specified for device '{index}'."),
    )
    .with("property", "virtualDeviceSpec.device.backing")
    .with("deviceIndex", index_of(index))
}

/// `InvalidController`: a device names a controller that is not there.
pub(crate) fn invalid_controller(index: usize, controller: i32) -> Fault {
    Fault::new(
        "InvalidController",
        format!("Invalid controller for device '{index}'."),
    )
    .with("property", "virtualDeviceSpec.device.controllerKey")
    .with("deviceIndex", index_of(index))
    .with("controllerKey", controller)
}

/// `DeviceNotFound`: an edit or removal of a device that the VM does not have.
pub(crate) fn device_not_found(index: usize) -> Fault {
    Fault::new(
        "DeviceNotFound",
        format!("The device '{index}' does not exist."),
    )
    .with("property", "virtualDeviceSpec.device.key")
    .with("deviceIndex", index_of(index))
}

/// `TooManyDevices` on a controller or a VM.
pub(crate) fn too_many_devices(property: &str) -> Fault {
    Fault::new(
        "TooManyDevices",
        "The virtual machine has too many devices of this kind.",
    )
    .with("property", property)
}

/// A file fault (`FileNotFound`, `FileLocked`, `FileAlreadyExists`, …) about one path.
pub(crate) fn about_file(kind: &str, path: &str) -> Fault {
    let words = match kind {
        "FileNotFound" => format!("File {path} was not found"),
        "FileLocked" => format!("Unable to access file {path} since it is locked"),
        "FileAlreadyExists" => format!("File {path} already exists"),
        _ => format!("Unable to access file {path}"),
    };
    Fault::new(kind, words).with("file", path)
}

/// `NoDiskSpace` on a datastore.
pub(crate) fn no_space(path: &str, datastore: &str) -> Fault {
    Fault::new(
        "NoDiskSpace",
        format!("Insufficient disk space on datastore '{datastore}'."),
    )
    .with("file", path)
    .with("datastore", datastore)
}

/// `InvalidDatastorePath`: not of the form `[datastore] path`, or no such datastore.
pub(crate) fn invalid_path(path: &str) -> Fault {
    Fault::new(
        "InvalidDatastorePath",
        format!("Invalid datastore path '{path}'."),
    )
    .with("datastorePath", path)
}

/// `DuplicateName` within one folder.
pub(crate) fn duplicate_name(name: &str, object: &MoRef) -> Fault {
    Fault::new(
        "DuplicateName",
        format!("The name '{name}' already exists."),
    )
    .with("name", name)
    .with("object", object)
}

/// `ToolsUnavailable`: the guest cannot be asked.
pub(crate) fn tools_unavailable() -> Fault {
    Fault::new(
        "ToolsUnavailable",
        "Cannot complete operation because VMware Tools is not running in this virtual machine.",
    )
}

/// The VM's own limit of snapshots is reached.
pub(crate) fn too_many_snapshots() -> Fault {
    Fault::new(
        "GenericVmConfigFault",
        "An error occurred while taking a snapshot: Exceeded the maximum number of permitted snapshots.",
    )
    .with("reason", "Exceeded the maximum number of permitted snapshots.")
}

/// `InvalidState` without a more precise type.
pub(crate) fn invalid_state(message: &str) -> Fault {
    Fault::new("InvalidState", message)
}

fn index_of(index: usize) -> Value {
    i32::try_from(index).unwrap_or(i32::MAX).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_here_is_one_that_the_schema_knows_and_whole() {
        let all = [
            invalid_device(0, "virtualDeviceSpec.operation"),
            invalid_backing(0),
            invalid_controller(1, 1000),
            device_not_found(2),
            too_many_devices("virtualDeviceSpec.device.unitNumber"),
            about_file("FileNotFound", "[ds] a.vmdk"),
            no_space("[ds] a.vmdk", "ds"),
            invalid_path("nonsense"),
            duplicate_name("vm", &MoRef::new("VirtualMachine", "vm-1")),
            tools_unavailable(),
            invalid_state("no"),
        ];
        for fault in all {
            assert_eq!(fault.localized().complaints(), Vec::<String>::new());
        }
    }
}
