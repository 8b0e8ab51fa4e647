//! The requests that move, add and detach devices, as they go over the wire.

use vsphere_client::{
    soap::{Decode, Reader, envelope},
    vim::VirtualSCSISharing,
};

use super::*;
use crate::{
    fact::Fact,
    plan::{Change, Fixes, Scope, Undo, plan_with},
    site::sample,
    vm::ControllerKind,
};

const DEVICES: &str = r#"<d xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <v xsi:type="ParaVirtualSCSIController"><key>1000</key><controllerKey>100</controllerKey><unitNumber>3</unitNumber>
    <busNumber>0</busNumber><device>2000</device><device>2001</device><hotAddRemove>true</hotAddRemove>
    <sharedBus>virtualSharing</sharedBus><scsiCtlrUnitNumber>7</scsiCtlrUnitNumber></v>
  <v xsi:type="VirtualDisk"><key>2001</key><backing xsi:type="VirtualDiskFlatVer2BackingInfo">
    <fileName>[ds1] mt/mt_1.vmdk</fileName><diskMode>persistent</diskMode><uuid>6000C29a</uuid></backing>
    <controllerKey>1000</controllerKey><unitNumber>8</unitNumber><capacityInKB>2097152</capacityInKB></v>
  <v xsi:type="VirtualDisk"><key>2000</key><backing xsi:type="VirtualDiskFlatVer2BackingInfo">
    <fileName>[ds1] mt/mt.vmdk</fileName><diskMode>persistent</diskMode></backing>
    <controllerKey>1000</controllerKey><unitNumber>0</unitNumber><capacityInKB>1048576</capacityInKB></v>
</d>"#;

fn devices() -> Vec<VirtualDevice> {
    let mut reader = Reader::new(DEVICES.as_bytes()).unwrap();
    let root = reader.root().unwrap();
    let mut all = Vec::new();
    while let Some(child) = reader.next_child(&root).unwrap() {
        all.push(VirtualDevice::decode(&mut reader, &child).unwrap());
    }
    all
}

fn to_lsi(devices: Vec<i32>) -> Conversion {
    Conversion {
        bus: 0,
        from: ControllerKind::ParaVirtual,
        to: ControllerKind::LsiLogicSas,
        devices,
    }
}

fn xml(request: Request) -> String {
    let Request::Reconfigure(call) = request else {
        panic!("no reconfigure")
    };
    String::from_utf8(envelope::request(call.as_ref(), None).unwrap().to_vec()).unwrap()
}

#[test]
fn every_device_moves_to_the_new_controller_and_keeps_its_unit_and_file() {
    let changes = conversion(&[to_lsi(vec![2000, 2001])], &devices()).unwrap();
    assert_eq!(changes.len(), 4);
    assert!(changes.iter().all(|change| change.file_operation.is_none()));
    assert_eq!(changes[0].device.key, 1000);
    let new = changes[1].device.as_scsi_controller().unwrap();
    assert_eq!(new.controller.bus_number, 0);
    assert_eq!(new.shared_bus, VirtualSCSISharing::VirtualSharing);
    for (change, (key, unit, kb)) in changes[2..]
        .iter()
        .zip([(2000, 0, 1 << 20), (2001, 8, 2 << 20)])
    {
        let device = &change.device;
        assert_eq!(
            (device.key, device.unit_number, device.controller_key),
            (key, Some(unit), Some(changes[1].device.key))
        );
        assert_eq!(device.as_disk().unwrap().capacity_in_kb, kb);
        assert!(device.file_name().is_some());
    }
}

#[test]
fn a_controller_that_carries_something_else_is_left_alone() {
    for wrong in [vec![2000], vec![], vec![2000, 2001, 2002]] {
        let refused = conversion(&[to_lsi(wrong)], &devices());
        assert!(
            matches!(refused, Err(RequestError::Unfit(_))),
            "{refused:?}"
        );
    }
    let elsewhere = Conversion {
        bus: 1,
        ..to_lsi(vec![])
    };
    let refused = conversion(&[elsewhere], &devices());
    assert!(matches!(
        refused,
        Err(RequestError::NoSuchController { bus: 1 })
    ));
}

fn added() -> (Facts, Change, Change) {
    let facts = sample::ready();
    let fixes = Fixes {
        retention_disk: "2TB".parse().ok(),
        ..Fixes::default()
    };
    let plan = plan_with(&facts, Scope::Prepare, &fixes);
    let step = plan.step(&"add-retention-disk".parse().unwrap()).unwrap();
    let Undo::By(undo) = &step.undo else {
        panic!("{:?}", step.undo)
    };
    (facts, step.change.clone(), undo.as_ref().clone())
}

#[test]
fn a_disk_is_added_thin_on_a_new_file() {
    let (facts, change, _) = added();
    let Change::AddDisk { vm, disk, note } = &change else {
        panic!("{change:?}")
    };
    let xml = xml(add_disk(vm, disk, note, &facts).unwrap());
    for part in [
        "<changeVersion>2026-01-01T00:00:00.000000Z</changeVersion>",
        "<operation>add</operation><fileOperation>create</fileOperation>",
        "<fileName>[ds1]</fileName>",
        "<diskMode>persistent</diskMode><thinProvisioned>true</thinProvisioned>",
        "<controllerKey>1000</controllerKey><unitNumber>2</unitNumber>",
        "<capacityInBytes>2199023255552</capacityInBytes>",
        "<key>esxtool.retention-disk</key>",
    ] {
        assert!(xml.contains(part), "{part} is not in {xml}");
    }
}

#[test]
fn a_place_that_was_taken_meanwhile_is_not_used() {
    let (mut facts, change, _) = added();
    let Change::AddDisk { vm, disk, note } = &change else {
        panic!("{change:?}")
    };
    if let Fact::Known(controllers) = &mut facts.master_target.controllers {
        controllers[0].units.push(2);
    }
    assert!(matches!(
        add_disk(vm, disk, note, &facts),
        Err(RequestError::Unfit(_))
    ));
}

#[test]
fn a_disk_is_detached_without_a_word_about_its_file() {
    let (facts, change, undo) = added();
    let after = crate::plan::model::apply(&facts, &change);
    let Change::DetachDisk { vm, disk, note } = &undo else {
        panic!("{undo:?}")
    };
    let xml = xml(detach_disk(vm, disk, note, &after).unwrap());
    assert!(xml.contains("<operation>remove</operation>"), "{xml}");
    assert!(!xml.contains("fileOperation"), "{xml}");
    // On a VM without that very disk nothing else is taken off.
    let refused = detach_disk(vm, disk, note, &facts);
    assert!(matches!(refused, Err(RequestError::Unfit(_))));
}

#[test]
fn nothing_goes_without_a_change_version() {
    let (mut facts, change, undo) = added();
    facts.master_target.change_version = None;
    let Change::AddDisk { vm, disk, note } = &change else {
        panic!("{change:?}")
    };
    assert!(matches!(
        add_disk(vm, disk, note, &facts),
        Err(RequestError::NoChangeVersion)
    ));
    assert!(matches!(undo, Change::DetachDisk { .. }));
    assert!(matches!(
        detach_disk(vm, disk, note, &facts),
        Err(RequestError::NoChangeVersion)
    ));
}
