//! From the properties of protected VMs to facts.

use vsphere_client::{
    property::Object,
    vim::{ManagedObjectReference, VirtualMachinePowerState, VirtualMachineUsageOnDatastore},
};

use super::{
    Fact, PowerState, ProtectedVm, UsageFacts,
    read_vm::{disks, is_lost, list, why},
    sets::ProtectedSet,
};
use crate::names::decode;

pub(super) fn protected(
    object: &Object<ProtectedSet>,
    inventory_path: Option<String>,
    datacenter: Option<ManagedObjectReference>,
) -> ProtectedVm {
    let vm = &object.properties;
    // A VM always has devices; none means that its configuration could not be read.
    let configured = !vm.devices.is_empty();
    ProtectedVm {
        moref: object.reference.clone(),
        name: vm
            .name
            .as_deref()
            .map_or_else(|| object.reference.value.clone(), decode),
        inventory_path,
        datacenter,
        instance_uuid: vm.instance_uuid.clone(),
        bios_uuid: vm.bios_uuid.clone(),
        template: vm.template,
        power_state: power_state(object, vm.power_state.as_ref()),
        guest_id: vm.guest_id.clone(),
        guest_family: vm.guest_family.clone().filter(|family| !family.is_empty()),
        disks: if configured {
            Fact::Known(disks(&vm.devices, None))
        } else {
            Fact::unknown(why(object, "config.hardware.device"))
        },
        snapshots: match &vm.snapshot {
            Some(info) => Fact::Known(info.walk().count()),
            None if is_lost(object, "snapshot") || !configured => {
                Fact::unknown(why(object, "snapshot"))
            }
            None => Fact::Known(0),
        },
        datastores: if vm.datastores.is_empty() {
            Fact::unknown(why(object, "datastore"))
        } else {
            Fact::Known(vm.datastores.iter().map(Clone::clone).collect())
        },
        usage: usage(object, &vm.usage),
        files: Vec::new(),
    }
}

/// The power state, of which a VM always has one.
pub(super) fn power_state<T>(
    object: &Object<T>,
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

/// What a VM takes on its datastores; one without files does not exist.
pub(super) fn usage<T>(
    object: &Object<T>,
    entries: &[VirtualMachineUsageOnDatastore],
) -> Fact<Vec<UsageFacts>> {
    const PATH: &str = "storage.perDatastoreUsage";
    if entries.is_empty() {
        return Fact::unknown(why(object, PATH));
    }
    let facts = entries
        .iter()
        .map(|entry| UsageFacts {
            datastore: entry.datastore.clone(),
            committed: entry.committed,
            uncommitted: entry.uncommitted,
        })
        .collect();
    list(object, PATH, facts)
}
