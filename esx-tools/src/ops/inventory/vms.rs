//! VMs.

use vsphere_client::{Client, vim::ManagedObjectReference};

use super::{Query, Rows, around, at_once, column::inventory_row, note};
use crate::{
    ops::OpError,
    vm::{Vm, VmParts, parts},
};

/// What is read of each VM.
const ROW: u32 = parts::NAME
    | parts::PARENT
    | parts::HOST
    | parts::POWER
    | parts::TEMPLATE
    | parts::GUEST_ID
    | parts::SIZE
    | parts::INSTANCE_UUID
    | parts::BIOS_UUID
    | parts::HOME
    | parts::DISK_COUNT
    | parts::TOOLS;

inventory_row! {
    /// A VM.
    pub struct VmRow = "vms" of "VirtualMachine" (moref, name, path) {
        /// Its reference.
        moref: ManagedObjectReference => Text,
        /// Its name.
        name: String => Text,
        /// Its inventory path; unset within a vApp.
        path: Option<String> => Text,
        /// Its host's name.
        host: Option<String> => Text,
        /// `poweredOn`, `poweredOff` or `suspended`.
        power_state: Option<String> => Text,
        /// Whether it is a template.
        template: Option<bool> => Truth,
        /// Guest operating system, for example `ubuntu64Guest`.
        guest_id: Option<String> => Text,
        /// Processors.
        cpus: Option<i32> => Number,
        /// Memory in MB.
        memory_mb: Option<i64> => Megabytes,
        /// Disks.
        disks: Option<i32> => Number,
        /// VMware Tools, for example `guestToolsRunning`.
        tools: Option<String> => Text,
        /// Instance UUID.
        instance_uuid: Option<String> => Text,
        /// BIOS UUID.
        bios_uuid: Option<String> => Text,
        /// Its configuration file.
        vmx: Option<String> => Text,
        /// What could not be read, and why.
        note: Option<String> => Text,
    }
}

/// Lists the VMs, templates among them.
///
/// # Errors
///
/// The client's, and [`OpError::NoSuchPath`].
pub async fn vms(client: &Client, query: Query<VmRow>) -> Result<Rows<VmRow>, OpError> {
    let around = around(client).await?;
    Rows::list::<VmParts<ROW>, _>(client, query, "VMs", move |page| {
        at_once(page, |mut object| {
            let note = note(&object);
            let (vmx, disks) = (
                object.properties.0.vmx.take(),
                object.properties.0.disk_count,
            );
            let vm = Vm::of(object, &around.folders);
            vec![VmRow {
                moref: vm.moref,
                name: vm.name,
                path: vm.inventory_path,
                host: vm.host.map(|host| around.host_name(&host)),
                power_state: vm.power_state.known().map(|state| state.wire().to_owned()),
                template: vm.template,
                guest_id: vm.guest_id,
                cpus: vm.cpus.known().copied(),
                memory_mb: vm.memory_mb.known().copied(),
                disks,
                tools: vm
                    .tools
                    .known()
                    .and_then(|tools| tools.running_status.clone()),
                instance_uuid: vm.instance_uuid,
                bios_uuid: vm.bios_uuid,
                vmx,
                note,
            }]
        })
    })
    .await
}
