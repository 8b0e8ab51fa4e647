use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::vm::{ControllerFacts, ControllerKind, DiskFacts};

fn controller(bus: i32, kind: ControllerKind, units: Vec<i32>) -> ControllerFacts {
    ControllerFacts {
        disputed: Vec::new(),
        key: 1000 + bus,
        label: format!("SCSI controller {bus}"),
        kind,
        bus,
        devices: (0..).take(units.len()).collect(),
        units,
    }
}

fn disk(bus: i32, unit: i32) -> DiskFacts {
    DiskFacts {
        key: 2000 + bus * 16 + unit,
        label: format!("disk {bus}:{unit}"),
        uuid: None,
        capacity_bytes: None,
        controller_key: Some(1000 + bus),
        bus: Some(bus),
        unit: Some(unit),
        backing: String::new(),
        path: None,
        datastore: None,
        chain: vec![],
        mode: Some("persistent".into()),
        on_scsi: true,
        multi_writer: false,
        encrypted: false,
    }
}

#[test]
fn every_device_on_the_bus_counts() {
    let controllers = [controller(0, ControllerKind::LsiLogic, vec![0, 3])];
    let map = SlotMap::of(&controllers, &[disk(0, 0)]);
    assert_eq!((map.free(), map.disks(), map.lost()), (58, 1, 1));
    let slots = map.allocate(3).map(|found| found.slots).unwrap();
    assert_eq!(
        slots.iter().map(Slot::to_string).collect::<Vec<_>>(),
        ["0:1", "0:2", "0:4"]
    );
}

#[test]
fn a_paravirtual_controller_offers_no_slot() {
    let controllers = [
        controller(0, ControllerKind::ParaVirtual, vec![0]),
        controller(1, ControllerKind::LsiLogicSas, vec![]),
    ];
    let map = SlotMap::of(&controllers, &[disk(0, 0)]);
    assert_eq!((map.free(), map.lost()), (45, 14));
    let found = map.allocate(16).unwrap();
    assert_eq!(found.slots[0].to_string(), "1:0");
    assert_eq!(found.new_controllers, [2]);
    assert_eq!(found.controller_kind, ControllerKind::LsiLogicSas);
}

#[test]
fn disks_elsewhere_count_as_disks_but_take_no_slot() {
    let controllers = [controller(0, ControllerKind::ParaVirtual, vec![40])];
    let mut on_nvme = disk(0, 0);
    on_nvme.controller_key = Some(31_000);
    let map = SlotMap::of(&controllers, &[disk(0, 40), on_nvme]);
    assert_eq!((map.disks(), map.disks_elsewhere()), (2, 2));
}

#[test]
fn the_refusal_has_the_numbers() {
    let units: Vec<i32> = (0..16).filter(|unit| *unit != 7).collect();
    let controllers: Vec<ControllerFacts> = (0..4)
        .map(|bus| controller(bus, ControllerKind::LsiLogic, units.clone()))
        .collect();
    let disks: Vec<DiskFacts> = Slot::all()
        .map(|slot| disk(slot.bus().into(), slot.unit().into()))
        .collect();
    let error = SlotMap::of(&controllers, &disks).allocate(1).unwrap_err();
    assert_eq!(
        (error.wanted, error.free, error.disks, error.lost),
        (1, 0, 60, 0)
    );
    assert!(error.to_string().contains("0 of 60 are free"), "{error}");
}

fn kinds() -> impl Strategy<Value = ControllerKind> {
    prop_oneof![
        Just(ControllerKind::LsiLogic),
        Just(ControllerKind::LsiLogicSas),
        Just(ControllerKind::ParaVirtual),
        Just(ControllerKind::BusLogic),
        Just(ControllerKind::Sata),
    ]
}

fn vms() -> impl Strategy<Value = (Vec<ControllerFacts>, Vec<DiskFacts>)> {
    let bus = proptest::option::of((kinds(), proptest::collection::btree_set(0..20i32, 0..16)));
    (proptest::collection::vec(bus, 4), any::<u32>()).prop_map(|(buses, others)| {
        let mut controllers = Vec::new();
        let mut disks = Vec::new();
        for (bus, entry) in (0..).zip(buses) {
            let Some((kind, units)) = entry else { continue };
            let units: Vec<i32> = units.into_iter().filter(|unit| *unit != 7).collect();
            // Some of the devices are no disks.
            let is_disk = |unit: &&i32| others >> ((bus * 7 + **unit) % 32) & 1 == 0;
            disks.extend(units.iter().filter(is_disk).map(|unit| disk(bus, *unit)));
            controllers.push(controller(bus, kind, units));
        }
        (controllers, disks)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn an_allocation_is_legal_lowest_and_repeatable((controllers, disks) in vms(), wanted in 0..70usize) {
        let map = SlotMap::of(&controllers, &disks);
        prop_assert_eq!(map.slots().count(), 60);
        prop_assert_eq!(map.disks(), disks.len());
        match map.allocate(wanted) {
            Ok(found) => {
                prop_assert_eq!(found.slots.len(), wanted);
                prop_assert!(found.slots.is_sorted());
                let unique: BTreeSet<_> = found.slots.iter().collect();
                prop_assert_eq!(unique.len(), wanted);
                let last = found.slots.last().copied();
                for slot in Slot::all() {
                    let taken = controllers.iter().any(|one| {
                        one.kind.is_scsi()
                            && one.bus == i32::from(slot.bus())
                            && (one.units.contains(&i32::from(slot.unit())) || !one.kind.is_lsi())
                    });
                    if found.slots.contains(&slot) {
                        prop_assert!(!taken, "{} is taken", slot);
                    } else if last.is_some_and(|last| slot < last) {
                        prop_assert!(taken, "{} is lower and free", slot);
                    }
                }
                for bus in &found.new_controllers {
                    prop_assert!(map.controller(*bus).is_none());
                    prop_assert!(found.slots.iter().any(|slot| slot.bus() == *bus));
                }
                prop_assert!(found.controller_kind.is_lsi());
                prop_assert_eq!(map.allocate(wanted), Ok(found));
            }
            Err(error) => {
                prop_assert_eq!(error.free, map.free());
                prop_assert!(error.free < wanted);
            }
        }
    }

    #[test]
    fn slots_add_up((controllers, disks) in vms()) {
        let map = SlotMap::of(&controllers, &disks);
        let on_slots = map.disks() - map.disks_elsewhere();
        prop_assert_eq!(map.free() + map.lost() + on_slots, 60);
    }
}
