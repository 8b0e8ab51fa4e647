//! What a new VM is configured as, and what state it is in.

use crate::ids;
use crate::model::{Builder, VmSpec, compute};
use crate::schema::Schema;
use crate::value::{Data, Value};
use crate::world::World;

impl Builder<'_> {
    pub(super) fn config(&self, spec: &VmSpec, seed: &str, home: &str, devices: Vec<Data>) -> Data {
        let now = self.world.clock.now();
        let files = Data::new("VirtualMachineFileInfo")
            .with("vmPathName", format!("{home}{}.vmx", spec.name))
            .with("snapshotDirectory", home)
            .with("suspendDirectory", home)
            .with("logDirectory", home);
        let flags = Data::new("VirtualMachineFlagInfo")
            .with("disableAcceleration", false)
            .with("enableLogging", true)
            .with("useToe", false)
            .with("runWithDebugInfo", false)
            .with("monitorType", "release")
            .with("htSharing", "any")
            .with("snapshotDisabled", false)
            .with("snapshotLocked", false)
            .with("diskUuidEnabled", false);
        let mut power = Data::new("VirtualMachineDefaultPowerOpInfo");
        for name in ["powerOffType", "suspendType", "resetType"] {
            power.set(name, "soft");
        }
        let hardware = Data::new("VirtualHardware")
            .with("numCPU", spec.cpus)
            .with("numCoresPerSocket", 1)
            .with("memoryMB", spec.memory_mb)
            .with("virtualICH7MPresent", false)
            .with("virtualSMCPresent", false)
            .with("device", Value::list("VirtualDevice", devices));
        let mut options = vec![
            ("nvram".to_owned(), format!("{}.nvram", spec.name)),
            ("svga.present".to_owned(), "TRUE".to_owned()),
            ("hpet0.present".to_owned(), "TRUE".to_owned()),
            (
                "tools.guest.desktop.autolock".to_owned(),
                "FALSE".to_owned(),
            ),
        ];
        options.extend(spec.extra_config.iter().cloned());
        let options = options.into_iter().map(|(key, value)| {
            Data::new("OptionValue")
                .with("key", key)
                .with("value", value)
        });
        let bios_uuid = spec.bios_uuid.clone();
        let bios_uuid = bios_uuid.unwrap_or_else(|| ids::bios_uuid(seed));
        Data::new("VirtualMachineConfigInfo")
            .with("changeVersion", "")
            .with("modified", now)
            .with("name", spec.name.as_str())
            .with("guestFullName", spec.os.full_name())
            .with("version", "vmx-19")
            .with("uuid", bios_uuid)
            .with("createDate", now)
            .with("instanceUuid", ids::instance_uuid(seed))
            .with("template", spec.template)
            .with("guestId", spec.os.id())
            .with("alternateGuestName", "")
            .with("annotation", spec.annotation.as_str())
            .with("files", files)
            .with(
                "tools",
                Data::new("ToolsConfigInfo").with(
                    "toolsVersion",
                    if spec.tools_installed { 12_389 } else { 0 },
                ),
            )
            .with("flags", flags)
            .with("defaultPowerOps", power)
            .with("hardware", hardware)
            .with("cpuAllocation", compute::allocation())
            .with("memoryAllocation", compute::allocation())
            .with("cpuHotAddEnabled", false)
            .with("memoryHotAddEnabled", false)
            .with("extraConfig", Value::list("OptionValue", options))
            .with("swapPlacement", "inherit")
            .with("changeTrackingEnabled", false)
            .with(
                "firmware",
                if spec.os.is_windows() { "efi" } else { "bios" },
            )
    }
}

pub(super) fn runtime(world: &World, spec: &VmSpec) -> Data {
    let on = spec.powered_on && !spec.template;
    let runtime = Data::new("VirtualMachineRuntimeInfo")
        .with_opt("host", spec.host.as_ref().map(|(host, _)| host.clone()))
        .with_enum(
            "connectionState",
            "VirtualMachineConnectionState",
            "connected",
        )
        .with_enum(
            "powerState",
            "VirtualMachinePowerState",
            if on { "poweredOn" } else { "poweredOff" },
        )
        .with_enum(
            "faultToleranceState",
            "VirtualMachineFaultToleranceState",
            "notConfigured",
        )
        .with("toolsInstallerMounted", false)
        .with("numMksConnections", 0)
        .with_enum(
            "recordReplayState",
            "VirtualMachineRecordReplayState",
            "inactive",
        )
        .with("cleanPowerOff", !on)
        .with("onlineStandby", false)
        .with("consolidationNeeded", false);
    if on {
        runtime.with("bootTime", world.clock.now())
    } else {
        runtime
    }
}

pub(super) fn capability() -> Data {
    let mut capability = Data::new("VirtualMachineCapability");
    let schema = Schema::get();
    if let Some(def) = schema.data("VirtualMachineCapability") {
        for property in def.properties.iter().filter(|p| !p.optional) {
            // What a snapshot or a disk needs is there; record and replay went away with ESXi 6.
            capability.set(&property.name, property.name != "recordReplaySupported");
        }
    }
    capability
}
