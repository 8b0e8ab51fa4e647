//! Reads the UUIDs of an inventory, and finds those that are borne more than once.

use vsphere_client::{
    Client,
    property::Object,
    property_set,
    vim::{ManagedObjectReference, VirtualDevice},
};

use super::{
    OpError,
    container::{container, places},
};
use crate::{
    duplicates::{DiskFile, Duplicates, Machine, VmDisk, find},
    facts::{Ancestors, Fact, datacenter, inventory_path, why},
    names::decode,
};

property_set! {
    struct Bearing: "VirtualMachine" {
        name: Option<String> = "name",
        parent: Option<ManagedObjectReference> = "parent",
        template: Option<bool> = "config.template",
        disk_uuid_enabled: Option<bool> = "config.flags.diskUuidEnabled",
        bios_uuid: Option<String> = "config.uuid",
        instance_uuid: Option<String> = "config.instanceUuid",
        devices: Vec<VirtualDevice> = "config.hardware.device",
    }
}

/// Finds the UUIDs that several VMs of an inventory have, or of the part below `scope`.
///
/// `scope` is the inventory path of a folder, datacenter, cluster, host, resource pool or vApp. The
/// VMs are read page by page; only their names, UUIDs and files are kept.
///
/// # Errors
///
/// [`OpError::NoSuchPlace`], or the client's. A VM that cannot be read is no error but an entry
/// of [`Duplicates::unread`].
pub async fn duplicates(client: &Client, scope: Option<&str>) -> Result<Duplicates, OpError> {
    let container = match scope {
        Some(path) => container(client, path).await?,
        None => client.content().root_folder.clone(),
    };
    let ancestors = places(client).await?;
    let failed = || OpError::client("read the UUIDs of the VMs");
    let mut listing = client
        .listing::<Bearing>(&container)
        .await
        .map_err(failed())?;
    let mut vms = Vec::new();
    let outcome = loop {
        match listing.next_page().await {
            Ok(Some(page)) => {
                vms.extend(page.iter().map(|object| vm(object, &ancestors)));
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    // What was read counts; a view that cannot be given up ends with the session.
    let _ = listing.close().await;
    outcome.map_err(failed())?;
    Ok(find(&vms))
}

fn vm(object: &Object<Bearing>, ancestors: &Ancestors) -> Machine {
    let vm = &object.properties;
    let name = vm
        .name
        .as_deref()
        .map_or_else(|| object.reference.value.clone(), decode);
    Machine {
        moref: object.reference.clone(),
        inventory_path: inventory_path(&name, vm.parent.as_ref(), ancestors),
        name,
        template: vm.template == Some(true),
        disk_uuid_enabled: vm.disk_uuid_enabled == Some(true),
        bios_uuid: vm.bios_uuid.clone(),
        instance_uuid: vm.instance_uuid.clone(),
        // A VM always has devices; none means that its configuration could not be read.
        disks: if vm.devices.is_empty() {
            Fact::unknown(why(object, "config.hardware.device"))
        } else {
            let datacenter = datacenter(vm.parent.as_ref(), ancestors);
            let disks = vm
                .devices
                .iter()
                .filter_map(|device| disk(device, datacenter.as_ref()));
            Fact::Known(disks.collect())
        },
    }
}

fn disk(device: &VirtualDevice, datacenter: Option<&ManagedObjectReference>) -> Option<VmDisk> {
    device.as_disk()?;
    let label = match device.label() {
        "" => format!("disk {}", device.key),
        label => label.to_owned(),
    };
    let backing = device.disk_backing();
    let chain = backing.map(|backing| backing.chain()).unwrap_or_default();
    Some(VmDisk {
        label,
        uuid: device.disk_uuid().map(str::to_owned),
        files: chain
            .iter()
            .map(|path| DiskFile {
                datacenter: datacenter.cloned(),
                path: (*path).to_owned(),
            })
            .collect(),
    })
}
