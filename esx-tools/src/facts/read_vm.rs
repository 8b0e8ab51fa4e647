//! From a VM's properties to facts.

use std::collections::BTreeMap;
use vsphere_client::vim::ManagedObjectReference;

use vsphere_client::{
    property::Object,
    vim::{
        DatastorePath, DiskBacking, ScsiControllerKind, VirtualDevice, VirtualDeviceKind,
        VirtualMachineFileLayoutEx, VirtualMachineSnapshotTree,
    },
};

use super::vm::is_kept_key;
use super::{
    ChainUnit, ControllerFacts, ControllerKind, DiskFacts, Fact, GuestDisk, MasterTarget, Setting,
    SnapshotFacts, ToolsFacts, read_protected, sets::VmSet,
};
use crate::names::decode;

/// Why a property is not there: what the server said, or that it is unset.
pub(crate) fn why<T>(object: &Object<T>, path: &str) -> String {
    // A parent path stands for everything below it.
    let refused = object
        .missing
        .iter()
        .find(|missing| is_or_above(&missing.path, path));
    if let Some(missing) = refused {
        return format!("{path} cannot be read: {}", missing.fault);
    }
    match object
        .unreadable
        .iter()
        .find(|unreadable| is_or_above(&unreadable.path, path))
    {
        Some(unreadable) => format!("{path} has an unknown shape: {}", unreadable.error),
        None => format!("the server leaves {path} unset"),
    }
}

fn is_or_above(candidate: &str, path: &str) -> bool {
    path.strip_prefix(candidate)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether the server refused the property, or sent what cannot be read.
pub(super) fn is_lost<T>(object: &Object<T>, path: &str) -> bool {
    object
        .missing
        .iter()
        .any(|missing| is_or_above(&missing.path, path))
        || object
            .unreadable
            .iter()
            .any(|unreadable| is_or_above(&unreadable.path, path))
}

/// A property that is always set when it can be read.
pub(super) fn required<T, U>(object: &Object<T>, path: &str, value: Option<U>) -> Fact<U> {
    value.map_or_else(|| Fact::unknown(why(object, path)), Fact::Known)
}

/// A list, which the server leaves out when it is empty.
pub(super) fn list<T, U>(object: &Object<T>, path: &str, values: Vec<U>) -> Fact<Vec<U>> {
    if values.is_empty() && is_lost(object, path) {
        Fact::unknown(why(object, path))
    } else {
        Fact::Known(values)
    }
}

pub(super) fn master_target(
    object: &Object<VmSet>,
    inventory_path: Option<String>,
) -> MasterTarget {
    let vm = &object.properties;
    let devices = &vm.devices;
    // A VM always has devices; none means that its configuration could not be read.
    let hardware = if devices.is_empty() {
        Fact::unknown(why(object, "config.hardware.device"))
    } else {
        Fact::Known(devices.as_slice())
    };
    let configured = hardware.known().is_some();
    let snapshots = match &vm.snapshot {
        Some(info) => {
            let current = info.current_snapshot.as_ref().cloned();
            Fact::Known(
                info.root_snapshot_list
                    .iter()
                    .map(|root| snapshot(root, current.as_ref()))
                    .collect(),
            )
        }
        None if is_lost(object, "snapshot") || !configured => {
            Fact::unknown(why(object, "snapshot"))
        }
        None => Fact::Known(Vec::new()),
    };
    let settings = vm
        .extra_config
        .iter()
        .filter(|option| is_kept_key(&option.key))
        .map(|option| Setting {
            key: option.key.clone(),
            value: option.text().to_owned(),
        })
        .collect();
    let extra_config = if configured {
        list(object, "config.extraConfig", settings)
    } else {
        Fact::unknown(why(object, "config.extraConfig"))
    };
    let tools = if vm.tools_running.is_none() && is_lost(object, "guest.toolsRunningStatus") {
        Fact::unknown(why(object, "guest.toolsRunningStatus"))
    } else {
        Fact::Known(ToolsFacts {
            running_status: vm.tools_running.clone(),
            version_status: vm.tools_version.clone(),
        })
    };
    let layout = vm.layout.as_ref();
    MasterTarget {
        moref: object.reference.clone(),
        name: vm
            .name
            .as_deref()
            .map_or_else(|| object.reference.value.clone(), decode),
        inventory_path,
        // Told by what stands above it, which is not part of the VM.
        datacenter: None,
        instance_uuid: vm.instance_uuid.clone(),
        bios_uuid: vm.bios_uuid.clone(),
        change_version: vm.change_version.clone(),
        template: vm.template,
        power_state: read_protected::power_state(object, vm.power_state.as_ref()),
        boot_time: vm.boot_time,
        connection_state: vm.connection_state.clone(),
        guest_id: vm.guest_id.clone(),
        guest_family: vm.guest_family.clone().filter(|family| !family.is_empty()),
        tools,
        memory_mb: required(object, "config.hardware.memoryMB", vm.memory_mb),
        cpus: required(object, "config.hardware.numCPU", vm.cpus),
        extra_config,
        disk_uuid_flag: vm.disk_uuid_flag,
        controllers: hardware.clone().map(controllers),
        disks: hardware.map(|devices| disks(devices, layout)),
        snapshots,
        consolidation_needed: required(
            object,
            "runtime.consolidationNeeded",
            vm.consolidation_needed,
        ),
        disabled_methods: list(object, "disabledMethod", vm.disabled_methods.clone()),
        guest_disks: list(
            object,
            "guest.disk",
            vm.guest_disks
                .iter()
                .map(|disk| GuestDisk {
                    path: disk.disk_path.clone().unwrap_or_default(),
                    capacity_bytes: disk.capacity,
                    free_bytes: disk.free_space,
                    filesystem: disk.filesystem_type.clone(),
                    disk_keys: disk.mappings.iter().map(|mapping| mapping.key).collect(),
                })
                .collect(),
        ),
        usage: read_protected::usage(object, &vm.usage),
        home_datastore: vm
            .vmx
            .as_deref()
            .and_then(DatastorePath::parse)
            .map(|path| path.datastore),
        host: vm.host.as_ref().cloned(),
    }
}

fn snapshot(
    tree: &VirtualMachineSnapshotTree,
    current: Option<&ManagedObjectReference>,
) -> SnapshotFacts {
    let moref = tree.snapshot.clone();
    SnapshotFacts {
        is_current: Some(&moref) == current,
        moref,
        name: decode(&tree.name),
        description: tree.description.clone(),
        created: Some(tree.create_time),
        children: tree
            .child_snapshot_list
            .iter()
            .map(|child| snapshot(child, current))
            .collect(),
    }
}

fn controller_kind(kind: &VirtualDeviceKind) -> Option<ControllerKind> {
    Some(match kind {
        VirtualDeviceKind::ScsiController(controller) => match &controller.kind {
            ScsiControllerKind::ParaVirtual => ControllerKind::ParaVirtual,
            ScsiControllerKind::LsiLogic => ControllerKind::LsiLogic,
            ScsiControllerKind::LsiLogicSas => ControllerKind::LsiLogicSas,
            ScsiControllerKind::BusLogic => ControllerKind::BusLogic,
            other => ControllerKind::Other(other.to_string()),
        },
        VirtualDeviceKind::NvmeController(_) => ControllerKind::Nvme,
        VirtualDeviceKind::SataController(_) => ControllerKind::Sata,
        VirtualDeviceKind::IdeController(_) => ControllerKind::Ide,
        _ => return None,
    })
}

/// Controllers of disks, with every device that hangs on them by either side's account.
pub(crate) fn controllers(devices: &[VirtualDevice]) -> Vec<ControllerFacts> {
    let mut found: Vec<ControllerFacts> = devices
        .iter()
        .filter_map(|device| {
            let props = device.kind.controller()?;
            let mut carried = props.device.clone();
            let hanging = devices
                .iter()
                .filter(|other| other.controller_key == Some(device.key));
            let hanging: Vec<i32> = hanging.map(|other| other.key).collect();
            let mut disputed = carried.clone();
            disputed.retain(|key| !hanging.contains(key));
            carried.extend(hanging);
            carried.sort_unstable();
            carried.dedup();
            Some(ControllerFacts {
                key: device.key,
                label: label(device),
                kind: controller_kind(&device.kind)?,
                bus: props.bus_number,
                units: devices
                    .iter()
                    .filter(|other| carried.contains(&other.key))
                    .filter_map(|other| other.unit_number)
                    .collect(),
                devices: carried,
                disputed,
            })
        })
        .collect();
    found.sort_by_key(|controller| (!controller.kind.is_scsi(), controller.bus, controller.key));
    found
}

/// Disks in the order of their controllers' buses and their units.
pub(crate) fn disks(
    devices: &[VirtualDevice],
    layout: Option<&VirtualMachineFileLayoutEx>,
) -> Vec<DiskFacts> {
    let buses: BTreeMap<i32, (bool, i32)> = controllers(devices)
        .into_iter()
        .map(|controller| (controller.key, (!controller.kind.is_scsi(), controller.bus)))
        .collect();
    let mut found: Vec<DiskFacts> = devices
        .iter()
        .filter_map(|device| {
            let disk = device.as_disk()?;
            let backing = device.disk_backing();
            Some(DiskFacts {
                key: device.key,
                label: label(device),
                uuid: device.disk_uuid().map(str::to_owned),
                capacity_bytes: Some(disk.capacity()).filter(|bytes| *bytes > 0),
                controller_key: device.controller_key,
                bus: device
                    .controller_key
                    .and_then(|key| buses.get(&key))
                    .map(|(_, bus)| *bus),
                on_scsi: device
                    .controller_key
                    .and_then(|key| buses.get(&key))
                    .is_some_and(|(other, _)| !other),
                unit: device.unit_number,
                backing: backing
                    .map(|backing| backing.type_name().to_owned())
                    .unwrap_or_default(),
                path: device.file_name().map(str::to_owned),
                datastore: device.datastore_path().map(|path| path.datastore),
                chain: backing
                    .map(|backing| chain(backing.chain(), device.key, layout))
                    .unwrap_or_default(),
                mode: backing.and_then(DiskBacking::disk_mode).map(str::to_owned),
                multi_writer: backing.is_some_and(DiskBacking::is_multi_writer),
                encrypted: backing.is_some_and(DiskBacking::is_encrypted),
            })
        })
        .collect();
    let place = |disk: &DiskFacts| disk.controller_key.and_then(|key| buses.get(&key)).copied();
    found.sort_by_key(|disk| (place(disk), disk.unit, disk.key));
    found
}

fn label(device: &VirtualDevice) -> String {
    match device.label() {
        "" => format!("{} {}", device.kind.type_name(), device.key),
        label => label.to_owned(),
    }
}

/// The chain from the base up, with the bytes of each link by `layoutEx`.
fn chain(
    top_down: Vec<&str>,
    disk_key: i32,
    layout: Option<&VirtualMachineFileLayoutEx>,
) -> Vec<ChainUnit> {
    let units = layout.and_then(|layout| layout.disk.iter().find(|disk| disk.key == disk_key));
    let bytes_of = |path: &str| -> Option<i64> {
        let layout = layout?;
        let unit = units?.chain.iter().find(|unit| {
            unit.file_key
                .iter()
                .any(|key| layout.file_of(*key).is_some_and(|file| file.name == path))
        })?;
        Some(
            unit.file_key
                .iter()
                .filter_map(|key| layout.file_of(*key))
                .map(|file| file.size)
                .sum(),
        )
    };
    top_down
        .into_iter()
        .rev()
        .map(|path| ChainUnit {
            path: path.to_owned(),
            datastore: DatastorePath::parse(path).map(|path| path.datastore),
            bytes: bytes_of(path),
        })
        .collect()
}
