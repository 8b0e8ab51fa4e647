//! From the properties of a VM to what is known of it.

use vsphere_client::{
    property::Object,
    vim::{DatastorePath, OptionValue, VirtualMachinePowerState, VirtualMachineUsageOnDatastore},
};

use super::{
    Setting, ToolsFacts, UsageFacts, Vm, VmParts,
    devices::{controllers, disks, shared_buses},
    guest,
    linked::folder,
    parts,
    parts::Properties,
    snapshots,
};
use crate::{
    fact::{Fact, PowerState, is_lost, list, required, why},
    folders::Folders,
    names::decode,
};

impl Vm {
    /// Takes over what was read of a VM; `folders` is what was read of what stands above it.
    pub(crate) fn of<const PARTS: u32>(object: Object<VmParts<PARTS>>, folders: &Folders) -> Self {
        read(&object.map(|set| set.0), PARTS, folders)
    }
}

/// As [`Vm::of`], for parts that are named beside.
pub(crate) fn read(object: &Object<Properties>, asked: u32, folders: &Folders) -> Vm {
    let is_asked = |part: u32| asked & part != 0;
    let set = &object.properties;
    let mut vm = Vm::unread(object.reference.clone());
    if let Some(name) = set.name.as_deref() {
        vm.name = decode(name);
        vm.inventory_path = folders.path(&vm.name, set.parent.as_ref());
    }
    vm.datacenter = folders.datacenter(set.parent.as_ref());
    vm.instance_uuid.clone_from(&set.instance_uuid);
    vm.bios_uuid.clone_from(&set.bios_uuid);
    vm.change_version.clone_from(&set.change_version);
    vm.template = set.template;
    vm.boot_time = set.boot_time;
    vm.connection_state.clone_from(&set.connection_state);
    vm.guest_id = set.guest_id.clone().filter(|id| !id.is_empty());
    vm.guest_family = set.guest_family.clone().filter(|family| !family.is_empty());
    vm.disk_uuid_flag = set.disk_uuid_flag;
    vm.firmware.clone_from(&set.firmware);
    vm.secure_boot = set.secure_boot;
    vm.home_datastore = (set.vmx.as_deref())
        .and_then(DatastorePath::parse)
        .map(|path| path.datastore);
    vm.home_folder = (set.vmx.as_deref())
        .and_then(folder)
        .map(|path| path.to_string());
    vm.host.clone_from(&set.host);
    // A VM always has devices; none means that its configuration could not be read.
    let is_configured = !is_asked(parts::DEVICES) || !set.devices.is_empty();
    if is_asked(parts::DEVICES) {
        let hardware = if is_configured {
            Fact::Known(set.devices.as_slice())
        } else {
            Fact::unknown(why(object, "config.hardware.device"))
        };
        vm.controllers = hardware.clone().map(controllers);
        vm.shared_buses = shared_buses(&set.devices);
        vm.disks = hardware.map(|devices| disks(devices, set.layout.as_ref()));
    }
    if is_asked(parts::POWER) {
        vm.power_state = power_state(object, set.power_state.as_ref());
    }
    if is_asked(parts::TOOLS) {
        vm.tools = tools(object);
    }
    if is_asked(parts::SIZE) {
        vm.memory_mb = required(object, "config.hardware.memoryMB", set.memory_mb);
        vm.cpus = required(object, "config.hardware.numCPU", set.cpus);
    }
    if is_asked(parts::SETTINGS) {
        vm.extra_config = if is_configured {
            list(object, "config.extraConfig", settings(&set.extra_config))
        } else {
            Fact::unknown(why(object, "config.extraConfig"))
        };
    }
    if is_asked(parts::SNAPSHOTS) {
        vm.snapshots = match &set.snapshot {
            Some(info) => Fact::Known(snapshots::roots(info)),
            None if is_lost(object, "snapshot") || !is_configured => {
                Fact::unknown(why(object, "snapshot"))
            }
            None => Fact::Known(Vec::new()),
        };
    }
    if is_asked(parts::CONSOLIDATION) {
        let path = "runtime.consolidationNeeded";
        vm.consolidation_needed = required(object, path, set.consolidation_needed);
    }
    if is_asked(parts::METHODS) {
        vm.disabled_methods = list(object, "disabledMethod", set.disabled_methods.clone());
    }
    if is_asked(parts::VOLUMES) {
        let volumes = set.guest_disks.iter().map(guest::volume).collect();
        vm.guest_disks = list(object, "guest.disk", volumes);
    }
    if is_asked(parts::USAGE) {
        vm.usage = usage(object, &set.usage);
    }
    if is_asked(parts::DATASTORES) {
        // A VM without files does not exist.
        vm.datastores = if set.datastores.is_empty() {
            Fact::unknown(why(object, "datastore"))
        } else {
            Fact::Known(set.datastores.clone())
        };
    }
    vm
}

/// The power state, of which a VM always has one.
fn power_state(
    object: &Object<Properties>,
    state: Option<&VirtualMachinePowerState>,
) -> Fact<PowerState> {
    match state {
        Some(VirtualMachinePowerState::PoweredOn) => Fact::Known(PowerState::PoweredOn),
        Some(VirtualMachinePowerState::PoweredOff) => Fact::Known(PowerState::PoweredOff),
        Some(VirtualMachinePowerState::Suspended) => Fact::Known(PowerState::Suspended),
        Some(other) => Fact::unknown(format!("the power state {other} is not known here")),
        None => Fact::unknown(why(object, "runtime.powerState")),
    }
}

fn tools(object: &Object<Properties>) -> Fact<ToolsFacts> {
    let set = &object.properties;
    if set.tools_running.is_none() && is_lost(object, "guest.toolsRunningStatus") {
        return Fact::unknown(why(object, "guest.toolsRunningStatus"));
    }
    Fact::Known(ToolsFacts {
        running_status: set.tools_running.clone(),
        version_status: set.tools_version.clone(),
    })
}

fn settings(options: &[OptionValue]) -> Vec<Setting> {
    options
        .iter()
        .filter(|option| is_kept_key(&option.key))
        .map(|option| Setting {
            key: option.key.clone(),
            value: option.text().to_owned(),
        })
        .collect()
}

/// Whether an advanced setting matters here. A VM has about a hundred, most of them noise.
fn is_kept_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key == "disk.enableuuid" || key == "snapshot.maxsnapshots" || key.starts_with("esxtool.")
}

/// What a VM takes on its datastores; one without files does not exist.
fn usage(
    object: &Object<Properties>,
    entries: &[VirtualMachineUsageOnDatastore],
) -> Fact<Vec<UsageFacts>> {
    if entries.is_empty() {
        return Fact::unknown(why(object, "storage.perDatastoreUsage"));
    }
    let facts = entries.iter().map(|entry| UsageFacts {
        datastore: entry.datastore.clone(),
        committed: entry.committed,
        uncommitted: entry.uncommitted,
    });
    Fact::Known(facts.collect())
}

#[cfg(test)]
mod tests {
    use vsphere_client::vim::ManagedObjectReference;

    use super::*;

    fn object(set: Properties) -> Object<Properties> {
        Object {
            reference: ManagedObjectReference::new("VirtualMachine", "vm-1"),
            properties: set,
            missing: Vec::new(),
            unreadable: Vec::new(),
        }
    }

    #[test]
    fn what_was_not_asked_for_is_not_what_the_server_leaves_unset() {
        let empty = object(Properties::default());
        let vm = read(&empty, parts::DEVICES, &Folders::default());
        assert_eq!(
            vm.disks.reason(),
            Some("the server leaves config.hardware.device unset")
        );
        assert_eq!(vm.snapshots.reason(), Some("not asked for"));
        assert_eq!(vm.extra_config.reason(), Some("not asked for"));
        assert_eq!(vm.disabled_methods.reason(), Some("not asked for"));
    }

    #[test]
    fn no_snapshots_are_only_believed_of_a_vm_whose_configuration_could_be_read() {
        let empty = object(Properties::default());
        let both = read(
            &empty,
            parts::DEVICES | parts::SNAPSHOTS,
            &Folders::default(),
        );
        assert_eq!(both.snapshot_count(), None);
        // Without the devices nothing tells, and the server's word stands.
        let alone = read(&empty, parts::SNAPSHOTS, &Folders::default());
        assert_eq!(alone.snapshot_count(), Some(0));
    }

    #[test]
    fn a_vm_without_a_readable_name_goes_by_its_reference() {
        let vm = read(
            &object(Properties::default()),
            parts::NAME,
            &Folders::default(),
        );
        assert_eq!((vm.name.as_str(), vm.inventory_path), ("vm-1", None));
    }
}
