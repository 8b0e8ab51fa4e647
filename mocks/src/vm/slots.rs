//! Controllers and their unit numbers: what may sit where.

use crate::schema::Schema;
use crate::value::Data;

/// How many controllers of a family a VM may have.
const MOST_CONTROLLERS: usize = 4;

/// Whether a device is a SCSI controller.
pub(crate) fn is_scsi(device: &Data) -> bool {
    Schema::get().is_subtype(&device.kind, "VirtualSCSIController")
}

/// Whether a device is a controller that takes disks.
pub(crate) fn takes_disks(device: &Data) -> bool {
    units(&device.kind).is_some()
}

/// The unit numbers of a controller type, or nothing when disks do not go there.
///
/// A SCSI controller keeps unit 7 for itself.
pub(crate) fn units(kind: &str) -> Option<Vec<i32>> {
    let is = |base: &str| Schema::get().is_subtype(kind, base);
    if is("VirtualSCSIController") {
        Some((0..16).filter(|unit| *unit != 7).collect())
    } else if is("VirtualSATAController") {
        Some((0..30).collect())
    } else if is("VirtualNVMEController") {
        Some((0..15).collect())
    } else if is("VirtualIDEController") {
        Some(vec![0, 1])
    } else {
        None
    }
}

/// The family in which bus numbers are unique.
fn family(device: &Data) -> &'static str {
    if is_scsi(device) {
        "scsi"
    } else if device.is("VirtualSATAController") {
        "sata"
    } else if device.is("VirtualNVMEController") {
        "nvme"
    } else {
        "other"
    }
}

/// Why a new controller cannot be added; nothing when it can.
pub(crate) fn controller_refusal(devices: &[Data], new: &Data) -> Option<&'static str> {
    let same = || {
        devices
            .iter()
            .filter(|device| family(device) == family(new))
    };
    if family(new) != "other" && same().count() >= MOST_CONTROLLERS {
        return Some("virtualDeviceSpec.device.busNumber");
    }
    let bus = new.int("busNumber").unwrap_or_default();
    if !(0..4).contains(&bus) || same().any(|device| device.int("busNumber") == Some(bus)) {
        return Some("virtualDeviceSpec.device.busNumber");
    }
    None
}

/// The lowest free bus number for a controller of this family.
pub(crate) fn free_bus(devices: &[Data], new: &Data) -> Option<i32> {
    (0..4).find(|bus| {
        !devices
            .iter()
            .any(|d| family(d) == family(new) && d.int("busNumber") == Some(i64::from(*bus)))
    })
}

/// The units taken on a controller.
pub(crate) fn taken_units(devices: &[Data], controller: i64) -> Vec<i64> {
    devices
        .iter()
        .filter(|device| device.int("controllerKey") == Some(controller))
        .filter_map(|device| device.int("unitNumber"))
        .collect()
}

/// The lowest free unit of a controller.
pub(crate) fn free_unit(devices: &[Data], controller: &Data) -> Option<i32> {
    let taken = taken_units(devices, controller.int("key")?);
    units(&controller.kind)?
        .into_iter()
        .find(|unit| !taken.contains(&i64::from(*unit)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::device::{ControllerKind, controller};

    #[test]
    fn unit_seven_is_the_controllers_own() {
        let lsi = controller(ControllerKind::LsiLogic, 0);
        let units = units(&lsi.kind).unwrap();
        assert_eq!(units.len(), 15);
        assert!(!units.contains(&7));
        assert!(units.contains(&15));
    }

    #[test]
    fn a_fifth_scsi_controller_is_refused_of_whatever_kind() {
        let mut devices: Vec<Data> = (0..3)
            .map(|bus| controller(ControllerKind::LsiLogic, bus))
            .collect();
        let paravirtual = controller(ControllerKind::ParaVirtual, 3);
        assert_eq!(controller_refusal(&devices, &paravirtual), None);
        devices.push(paravirtual);
        let fifth = controller(ControllerKind::LsiLogicSas, 4);
        assert!(controller_refusal(&devices, &fifth).is_some());
        let nvme = controller(ControllerKind::Nvme, 0);
        assert_eq!(controller_refusal(&devices, &nvme), None);
    }

    #[test]
    fn two_controllers_do_not_share_a_bus() {
        let devices = [controller(ControllerKind::LsiLogic, 0)];
        let second = controller(ControllerKind::ParaVirtual, 0);
        assert!(controller_refusal(&devices, &second).is_some());
        assert_eq!(free_bus(&devices, &second), Some(1));
    }
}
