//! Virtual machines, their controllers and their snapshots.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vsphere_client::{
    Client,
    property::Object,
    property_set,
    vim::{ManagedObjectReference, VirtualDevice, VirtualMachineSnapshotInfo},
};

use super::{Rows, names, note};
use crate::{
    facts::{ControllerKind, MoRef, read_controllers},
    names::decode,
    ops::OpError,
};

/// A SCSI controller has 16 places, of which it takes one itself.
const SCSI_PLACES: usize = 15;

property_set! {
    struct HostName: "HostSystem" {
        name: Option<String> = "name",
    }
}

property_set! {
    struct VmSet: "VirtualMachine" {
        name: Option<String> = "name",
        host: Option<ManagedObjectReference> = "runtime.host",
        power_state: Option<String> = "runtime.powerState",
        template: Option<bool> = "config.template",
        guest_id: Option<String> = "config.guestId",
        cpus: Option<i32> = "config.hardware.numCPU",
        memory_mb: Option<i64> = "config.hardware.memoryMB",
        instance_uuid: Option<String> = "config.instanceUuid",
        bios_uuid: Option<String> = "config.uuid",
        vmx: Option<String> = "config.files.vmPathName",
        disks: Option<i32> = "summary.config.numVirtualDisks",
        tools: Option<String> = "guest.toolsRunningStatus",
    }
}

property_set! {
    struct Devices: "VirtualMachine" {
        name: Option<String> = "name",
        devices: Vec<VirtualDevice> = "config.hardware.device",
    }
}

property_set! {
    struct Snapshots: "VirtualMachine" {
        name: Option<String> = "name",
        snapshot: Option<VirtualMachineSnapshotInfo> = "snapshot",
        consolidation_needed: Option<bool> = "runtime.consolidationNeeded",
    }
}

/// A virtual machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VmRow {
    /// Its reference.
    pub moref: MoRef,
    /// Its name.
    pub name: String,
    /// Its host's name.
    pub host: Option<String>,
    /// `poweredOn`, `poweredOff` or `suspended`.
    pub power_state: Option<String>,
    /// Whether it is a template.
    pub template: Option<bool>,
    /// Guest operating system, for example `ubuntu64Guest`.
    pub guest_id: Option<String>,
    /// Processors.
    pub cpus: Option<i32>,
    /// Memory in MB.
    pub memory_mb: Option<i64>,
    /// Disks.
    pub disks: Option<i32>,
    /// VMware Tools, for example `guestToolsRunning`.
    pub tools: Option<String>,
    /// Instance UUID.
    pub instance_uuid: Option<String>,
    /// BIOS UUID.
    pub bios_uuid: Option<String>,
    /// Its configuration file.
    pub vmx: Option<String>,
    /// What could not be read, and why.
    pub note: Option<String>,
}

/// A controller of disks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControllerRow {
    /// The machine's reference.
    pub vm: MoRef,
    /// The machine's name.
    pub vm_name: String,
    /// The controller's device key.
    pub key: i32,
    /// Its label.
    pub label: String,
    /// Its kind.
    pub kind: ControllerKind,
    /// Its bus number.
    pub bus: i32,
    /// How many devices hang on it.
    pub devices: usize,
    /// How many places are free; SCSI only.
    pub free_places: Option<usize>,
}

/// A snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VmSnapshotRow {
    /// The machine's reference.
    pub vm: MoRef,
    /// The machine's name.
    pub vm_name: String,
    /// The snapshot's reference.
    pub moref: MoRef,
    /// The snapshot's name.
    pub name: String,
    /// When it was taken.
    pub created: Timestamp,
    /// Its level in the tree, from 1.
    pub depth: usize,
    /// Whether the machine stands on it now.
    pub is_current: bool,
    /// Whether the machine's disks need consolidation.
    pub consolidation_needed: Option<bool>,
}

/// Lists the virtual machines, templates among them.
///
/// # Errors
///
/// The client's.
pub async fn vms(client: &Client) -> Result<Rows<VmRow>, OpError> {
    let hosts = names::<HostName>(client, "hosts", |set| set.name).await?;
    Rows::list::<VmSet, _>(client, "virtual machines", move |object| {
        let note = note(&object);
        let name = name(&object, |set| set.name.as_deref());
        let vm = object.properties;
        vec![VmRow {
            moref: (&object.reference).into(),
            name,
            host: vm.host.and_then(|host| hosts.get(&host).cloned()),
            power_state: vm.power_state,
            template: vm.template,
            guest_id: vm.guest_id,
            cpus: vm.cpus,
            memory_mb: vm.memory_mb,
            disks: vm.disks,
            tools: vm.tools,
            instance_uuid: vm.instance_uuid,
            bios_uuid: vm.bios_uuid,
            vmx: vm.vmx,
            note,
        }]
    })
    .await
}

/// Lists the disk controllers of all virtual machines.
///
/// # Errors
///
/// The client's.
pub async fn controllers(client: &Client) -> Result<Rows<ControllerRow>, OpError> {
    Rows::list::<Devices, _>(client, "controllers", |object| {
        let vm = MoRef::from(&object.reference);
        let vm_name = name(&object, |set| set.name.as_deref());
        read_controllers(&object.properties.devices)
            .into_iter()
            .map(|controller| ControllerRow {
                vm: vm.clone(),
                vm_name: vm_name.clone(),
                key: controller.key,
                label: controller.label,
                free_places: controller
                    .kind
                    .is_scsi()
                    .then(|| SCSI_PLACES.saturating_sub(controller.devices.len())),
                kind: controller.kind,
                bus: controller.bus,
                devices: controller.devices.len(),
            })
            .collect()
    })
    .await
}

/// Lists the snapshots of all virtual machines, parents before children.
///
/// # Errors
///
/// The client's.
pub async fn snapshots(client: &Client) -> Result<Rows<VmSnapshotRow>, OpError> {
    Rows::list::<Snapshots, _>(client, "snapshots", |object| {
        let vm = MoRef::from(&object.reference);
        let vm_name = name(&object, |set| set.name.as_deref());
        let Some(info) = &object.properties.snapshot else {
            return Vec::new();
        };
        info.walk()
            .map(|(depth, snapshot)| VmSnapshotRow {
                vm: vm.clone(),
                vm_name: vm_name.clone(),
                moref: (&snapshot.snapshot).into(),
                name: decode(&snapshot.name),
                created: snapshot.create_time,
                depth,
                is_current: info.current_snapshot.as_ref() == Some(&snapshot.snapshot),
                consolidation_needed: object.properties.consolidation_needed,
            })
            .collect()
    })
    .await
}

fn name<S>(object: &Object<S>, of: impl Fn(&S) -> Option<&str>) -> String {
    of(&object.properties).map_or_else(|| object.reference.value.clone(), decode)
}
