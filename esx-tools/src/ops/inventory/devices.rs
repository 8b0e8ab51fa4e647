//! The disk controllers and the disks of VMs.

use std::collections::BTreeMap;

use vsphere_client::{
    Client,
    property::Object,
    vim::{DiskBacking, ManagedObjectReference, VirtualDevice},
};

use super::{Query, Rows, around, at_once, column::inventory_row, note};
use crate::{
    ops::OpError,
    site::Site,
    vm::{ControllerFacts, ControllerKind, DiskFacts, Vm, VmParts, parts},
};

/// What is read of each VM.
const DEVICES: u32 = parts::NAME | parts::PARENT | parts::DEVICES;

inventory_row! {
    /// A controller of disks.
    pub struct ControllerRow = "controllers" of "VirtualMachine" (vm, vm_name, path) {
        /// The VM's reference.
        vm: ManagedObjectReference => Text,
        /// The VM's name.
        vm_name: String => Text,
        /// The VM's inventory path.
        path: Option<String> => Text,
        /// The controller's device key.
        key: Option<i32> => Number,
        /// Its label.
        label: Option<String> => Text,
        /// Its kind: `para-virtual`, `lsi-logic`, `lsi-logic-sas`, `bus-logic`, `nvme`, `sata`, `ide`.
        kind: Option<ControllerKind> => Text,
        /// Its bus number.
        bus: Option<i32> => Number,
        /// How many devices hang on it.
        devices: Option<usize> => Number,
        /// How many slots are taken.
        used_slots: Option<usize> => Number,
        /// How many slots are free, where the number is fixed: of the 15 of a SCSI controller, the 30 of
        /// SATA, the 2 of IDE.
        free_slots: Option<usize> => Number,
        /// The unit numbers that are taken.
        units: Vec<i32> => List,
        /// What could not be read, and why.
        note: Option<String> => Text,
    }
}

inventory_row! {
    /// A virtual disk.
    pub struct DiskRow = "disks" of "VirtualMachine" (vm, vm_name, path) {
        /// The VM's reference.
        vm: ManagedObjectReference => Text,
        /// The VM's name.
        vm_name: String => Text,
        /// The VM's inventory path.
        path: Option<String> => Text,
        /// The disk's device key.
        key: Option<i32> => Number,
        /// Its label.
        label: Option<String> => Text,
        /// Its capacity in bytes.
        capacity_bytes: Option<i64> => Bytes,
        /// The kind of its controller.
        controller: Option<ControllerKind> => Text,
        /// The controller's bus number.
        bus: Option<i32> => Number,
        /// Its unit number on the bus.
        unit: Option<i32> => Number,
        /// `thin`, `thick`, `eager-zeroed`, `sparse` or `raw`.
        provisioning: Option<String> => Text,
        /// Its mode, for example `persistent` or `independent_persistent`.
        mode: Option<String> => Text,
        /// Its UUID.
        uuid: Option<String> => Text,
        /// The name of the datastore of the file in use.
        datastore: Option<String> => Text,
        /// The file in use.
        file: Option<String> => Text,
        /// How many delta files stand on its base.
        deltas: Option<usize> => Number,
        /// What could not be read, and why.
        note: Option<String> => Text,
    }
}

/// Lists the disk controllers of the VMs.
///
/// # Errors
///
/// The client's, and [`OpError::NoSuchPath`].
pub async fn controllers(
    client: &Client,
    query: Query<ControllerRow>,
) -> Result<Rows<ControllerRow>, OpError> {
    let around = around(client).await?;
    Rows::list::<VmParts<DEVICES>, _>(client, query, "controllers", move |page| {
        at_once(page, |object| {
            let vm = Owner::of(object, &around);
            let found = vm.vm.controllers.known().cloned().unwrap_or_default();
            if found.is_empty() {
                return Vec::from_iter(vm.note.is_some().then(|| vm.controller(None)));
            }
            found
                .into_iter()
                .map(|controller| vm.controller(Some(controller)))
                .collect()
        })
    })
    .await
}

/// Lists the disks of the VMs.
///
/// # Errors
///
/// The client's, and [`OpError::NoSuchPath`].
pub async fn disks(client: &Client, query: Query<DiskRow>) -> Result<Rows<DiskRow>, OpError> {
    let around = around(client).await?;
    Rows::list::<VmParts<DEVICES>, _>(client, query, "disks", move |page| {
        at_once(page, |object| {
            let provisioning = provisionings(&object.properties.0.devices);
            let vm = Owner::of(object, &around);
            let found = vm.vm.disks.known().cloned().unwrap_or_default();
            if found.is_empty() {
                return Vec::from_iter(vm.note.is_some().then(|| vm.disk(None, None)));
            }
            found
                .into_iter()
                .map(|disk| {
                    let provisioning = provisioning.get(&disk.key).copied();
                    vm.disk(Some(disk), provisioning)
                })
                .collect()
        })
    })
    .await
}

/// The VM that the rows belong to.
struct Owner {
    vm: Vm,
    note: Option<String>,
}

impl Owner {
    fn of(object: Object<VmParts<DEVICES>>, around: &Site<0>) -> Self {
        let refused = note(&object);
        let vm = Vm::of(object, &around.folders);
        Self {
            note: refused.or_else(|| vm.disks.reason().map(ToOwned::to_owned)),
            vm,
        }
    }

    fn controller(&self, controller: Option<ControllerFacts>) -> ControllerRow {
        let units = controller.as_ref().map_or(Vec::new(), taken);
        let one = controller.as_ref();
        ControllerRow {
            vm: self.vm.moref.clone(),
            vm_name: self.vm.name.clone(),
            path: self.vm.inventory_path.clone(),
            key: one.map(|one| one.key),
            label: one.map(|one| one.label.clone()),
            bus: one.map(|one| one.bus),
            devices: one.map(|one| one.devices.len()),
            used_slots: one.map(|_| units.len()),
            free_slots: one
                .and_then(|one| slots(&one.kind))
                .map(|slots| slots.saturating_sub(units.len())),
            units,
            kind: controller.map(|one| one.kind),
            note: self.note.clone(),
        }
    }

    fn disk(&self, disk: Option<DiskFacts>, provisioning: Option<&str>) -> DiskRow {
        let one = disk.as_ref();
        let controllers = self.vm.controllers.known().into_iter().flatten();
        let controller = controllers
            .filter(|_| one.is_some())
            .find(|controller| Some(controller.key) == one.and_then(|one| one.controller_key));
        DiskRow {
            vm: self.vm.moref.clone(),
            vm_name: self.vm.name.clone(),
            path: self.vm.inventory_path.clone(),
            key: one.map(|one| one.key),
            label: one.map(|one| one.label.clone()),
            capacity_bytes: one.and_then(|one| one.capacity_bytes),
            controller: controller.map(|one| one.kind.clone()),
            bus: one.and_then(|one| one.bus),
            unit: one.and_then(|one| one.unit),
            provisioning: provisioning.map(ToOwned::to_owned),
            mode: one.and_then(|one| one.mode.clone()),
            uuid: one.and_then(|one| one.uuid.clone()),
            datastore: one.and_then(|one| one.datastore.clone()),
            deltas: one.map(DiskFacts::delta_depth),
            file: disk.and_then(|one| one.path),
            note: self.note.clone(),
        }
    }
}

/// The slots that are taken: two devices on one unit count once, a device without a unit not at all.
fn taken(controller: &ControllerFacts) -> Vec<i32> {
    let mut units = controller.units.clone();
    units.sort_unstable();
    units.dedup();
    units
}

/// How many devices a controller takes, where every version agrees.
fn slots(kind: &ControllerKind) -> Option<usize> {
    match kind {
        // 16 units, of which the controller takes one itself. A paravirtual one takes more on new hosts;
        // a failback uses these 15.
        kind if kind.is_scsi() => Some(15),
        ControllerKind::Sata => Some(30),
        ControllerKind::Ide => Some(2),
        _ => None,
    }
}

/// How the disks are provisioned, by their device keys.
fn provisionings(devices: &[VirtualDevice]) -> BTreeMap<i32, &'static str> {
    let provisioned =
        |device: &VirtualDevice| Some((device.key, provisioning(device.disk_backing()?)?));
    devices.iter().filter_map(provisioned).collect()
}

fn provisioning(backing: &DiskBacking) -> Option<&'static str> {
    Some(match backing {
        DiskBacking::FlatVer2(flat) if flat.thin_provisioned == Some(true) => "thin",
        DiskBacking::FlatVer2(flat) if flat.eagerly_scrub == Some(true) => "eager-zeroed",
        DiskBacking::FlatVer1(_) | DiskBacking::FlatVer2(_) => "thick",
        DiskBacking::SparseVer1(_) | DiskBacking::SparseVer2(_) | DiskBacking::SeSparse(_) => {
            "sparse"
        }
        DiskBacking::RawDisk(_) | DiskBacking::RawDiskMapping(_) => "raw",
        _ => return None,
    })
}
