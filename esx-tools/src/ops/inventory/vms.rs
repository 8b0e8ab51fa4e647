//! VMs.

use vsphere_client::{Client, property_set, vim::ManagedObjectReference};

use super::{Query, Rows, at_once, column::inventory_row, name, note, tree::Tree};
use crate::ops::OpError;

property_set! {
    struct VmSet: "VirtualMachine" {
        name: Option<String> = "name",
        parent: Option<ManagedObjectReference> = "parent",
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
/// The client's, and [`OpError::NoSuchPlace`].
pub async fn vms(client: &Client, query: Query<VmRow>) -> Result<Rows<VmRow>, OpError> {
    let tree = Tree::read(client).await?;
    Rows::list::<VmSet, _>(client, query, "VMs", move |page| {
        at_once(page, |object| {
            let note = note(&object);
            let name = name(&object, |set| set.name.as_deref());
            let vm = object.properties;
            vec![VmRow {
                moref: object.reference.clone(),
                path: tree.path(&name, vm.parent.as_ref()),
                name,
                host: vm.host.map(|host| tree.host(&host)),
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
    })
    .await
}
