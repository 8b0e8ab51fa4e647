//! Which privileges a change of configuration needs.

use crate::shape::{parts, text};
use crate::value::Data;
use crate::vm;

/// The privileges that a spec needs on a VM of that configuration, each once.
pub(crate) fn needed(spec: &Data, config: &Data) -> Vec<&'static str> {
    let mut found = Vec::new();
    for (name, _) in spec.fields() {
        let privilege = match name {
            "changeVersion" | "deviceChange" => continue,
            "name" => "VirtualMachine.Config.Rename",
            "numCPUs" | "numCoresPerSocket" | "vcpuConfig" => "VirtualMachine.Config.CPUCount",
            "memoryMB" => "VirtualMachine.Config.Memory",
            "extraConfig" => "VirtualMachine.Config.AdvancedConfig",
            "annotation" => "VirtualMachine.Config.Annotation",
            "cpuAllocation" | "memoryAllocation" | "cpuAffinity" => {
                "VirtualMachine.Config.Resource"
            }
            "swapPlacement" => "VirtualMachine.Config.SwapPlacement",
            "changeTrackingEnabled" => "VirtualMachine.Config.ChangeTracking",
            "managedBy" => "VirtualMachine.Config.ManagedBy",
            "version" => "VirtualMachine.Config.UpgradeVirtualHardware",
            _ => "VirtualMachine.Config.Settings",
        };
        found.push(privilege);
    }
    found.extend(parts(spec, "deviceChange").map(|change| for_device(change, config)));
    found.sort_unstable();
    found.dedup();
    found
}

fn for_device(change: &Data, config: &Data) -> &'static str {
    let disk = change
        .data("device")
        .is_some_and(|device| device.kind == "VirtualDisk");
    let raw = change
        .data("device")
        .and_then(|device| device.data("backing"))
        .is_some_and(|backing| backing.kind.contains("RawDisk"));
    match (text(change, "operation"), disk) {
        ("add", true) if raw => "VirtualMachine.Config.RawDevice",
        ("add", true) if change.str("fileOperation").is_some() => {
            "VirtualMachine.Config.AddNewDisk"
        }
        ("add", true) => "VirtualMachine.Config.AddExistingDisk",
        ("remove", true) => "VirtualMachine.Config.RemoveDisk",
        ("add" | "remove", false) => "VirtualMachine.Config.AddRemoveDevice",
        (_, true) if extends(change, config) => "VirtualMachine.Config.DiskExtend",
        _ => "VirtualMachine.Config.EditDevice",
    }
}

/// Whether an edit asks for more than the disk has; moving it to another slot is no extension.
fn extends(change: &Data, config: &Data) -> bool {
    let Some(wanted) = change.data("device") else {
        return false;
    };
    let present = vm::disks(config)
        .into_iter()
        .find(|disk| disk.int("key") == wanted.int("key"));
    let kb = |disk: &Data| disk.int("capacityInKB").unwrap_or_default();
    present.is_some_and(|present| kb(wanted) > kb(&present))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn each_part_of_a_spec_asks_for_its_privilege() {
        let config = Data::new("VirtualMachineConfigInfo");
        let add = Data::new("VirtualDeviceConfigSpec")
            .with_enum("operation", "VirtualDeviceConfigSpecOperation", "add")
            .with("device", Data::new("VirtualDisk"));
        let spec = Data::new("VirtualMachineConfigSpec")
            .with("changeVersion", "x")
            .with("name", "new")
            .with(
                "deviceChange",
                Value::list("VirtualDeviceConfigSpec", [add]),
            );
        assert_eq!(
            needed(&spec, &config),
            [
                "VirtualMachine.Config.AddExistingDisk",
                "VirtualMachine.Config.Rename"
            ]
        );
        let nothing = Data::new("VirtualMachineConfigSpec").with("changeVersion", "x");
        assert!(needed(&nothing, &config).is_empty());
    }
}
