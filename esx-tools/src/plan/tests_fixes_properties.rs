//! Properties of the fixes that are made only when asked for, over arbitrary facts.

use proptest::prelude::*;

use super::{
    tests::{facts, ids, run},
    tests_fixes::{no_tools, off, planned},
    *,
};
use crate::{
    fact::{Fact, PowerState},
    rules::{FixKind, judge},
    site::{Facts, sample},
    slot::Slot,
    vm::{ControllerFacts, ControllerKind},
};

/// Facts with a power state of any kind and disks that hang where their controllers say.
fn vms() -> impl Strategy<Value = Facts> {
    (facts(), 0..3u8, any::<bool>()).prop_map(|(mut facts, power, tools)| {
        facts = match power {
            0 => off(facts),
            1 => {
                facts.master_target.power_state = Fact::Known(PowerState::Suspended);
                facts
            }
            _ => facts,
        };
        if tools { facts } else { no_tools(facts) }
    })
}

/// Controllers of any kind on some of the buses, with devices on units as far as a paravirtual one has them.
fn buses() -> impl Strategy<Value = Vec<ControllerFacts>> {
    let kind = prop_oneof![
        4 => Just(ControllerKind::ParaVirtual),
        1 => Just(ControllerKind::LsiLogic),
        1 => Just(ControllerKind::LsiLogicSas),
    ];
    let units = prop_oneof![
        proptest::collection::btree_set(0..16i32, 0..16),
        proptest::collection::btree_set(0..64i32, 0..24)
    ];
    let bus = proptest::option::of((kind, units, proptest::bool::weighted(0.1)));
    proptest::collection::vec(bus, 4).prop_map(|buses| {
        let mut all = Vec::new();
        for (bus, one) in (0..).zip(buses) {
            let Some((kind, units, disputed)) = one else {
                continue;
            };
            let last = if kind == ControllerKind::ParaVirtual {
                64
            } else {
                16
            };
            let units: Vec<i32> = units
                .into_iter()
                .filter(|unit| *unit != 7 && *unit < last)
                .collect();
            let devices: Vec<i32> = (2000 + bus * 64..).take(units.len()).collect();
            let mut controller = sample::controller(1000 + bus, kind, bus, devices);
            controller.units = units;
            if disputed {
                controller.disputed = controller.devices.iter().take(1).copied().collect();
            }
            all.push(controller);
        }
        all
    })
}

fn fixes() -> impl Strategy<Value = Fixes> {
    let limit = prop_oneof![
        Just(None),
        Just(Some(SnapshotLimit::Forbid)),
        Just(Some(SnapshotLimit::Allow))
    ];
    let disk = proptest::option::of(1..4i64);
    (any::<[bool; 4]>(), limit, disk).prop_map(|(switches, snapshots, disk)| Fixes {
        power_cycle: switches[0],
        force_power_off: switches[1],
        convert_controllers: switches[2],
        convert_windows_boot: switches[3],
        power_limit: None,
        retention_disk: disk.map(|tb| RetentionDisk {
            bytes: tb << 40,
            datastore: None,
        }),
        snapshots,
        tag: None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_carried_out_is_not_planned_again(facts in vms(), fixes in fixes()) {
        let first = planned(&facts, &fixes);
        prop_assert_eq!(&first, &planned(&facts, &fixes));
        let after = run(&facts, &first);
        let second = planned(&after, &fixes);
        prop_assert!(second.is_empty(), "still to do: {:?} after {:?}", ids(&second), ids(&first));
        prop_assert_eq!(&after.master_target.power_state, &facts.master_target.power_state);
    }

    #[test]
    fn the_vm_is_off_exactly_for_what_needs_it(facts in vms(), fixes in fixes()) {
        let plan = planned(&facts, &fixes);
        let at = |id: &str| plan.steps.iter().position(|step| step.id.to_string() == id);
        prop_assert_eq!(at("shut-down").is_some(), at("power-on").is_some());
        if let (Some(off), Some(on)) = (at("shut-down"), at("power-on")) {
            prop_assert!(fixes.power_cycle && off < on);
            prop_assert!(at("reconfigure").is_none_or(|at| at < off));
            prop_assert!(at("convert-controllers").is_none_or(|at| off < at && at < on));
        }
        // The model refuses to replace a controller of a VM that is not off.
        run(&facts, &plan);
    }

    #[test]
    fn every_device_of_a_replaced_controller_moves_with_it(facts in vms(), fixes in fixes()) {
        let plan = planned(&facts, &fixes);
        if let Some(Change::ConvertControllers { controllers, .. }) =
            plan.step(&"convert-controllers".parse().unwrap()).map(|step| &step.change)
        {
            for one in controllers {
                prop_assert!(one.from == ControllerKind::ParaVirtual && one.to.is_lsi());
                let there = facts.master_target.controllers.known().unwrap();
                let there = there.iter().find(|now| now.bus == one.bus && now.kind == one.from);
                prop_assert_eq!(&there.unwrap().devices, &one.devices);
                prop_assert!(!one.devices.is_empty());
            }
        }
    }

    #[test]
    fn what_is_planned_can_be_built(mut facts in vms(), fixes in fixes(), buses in buses()) {
        facts.master_target.controllers = Fact::Known(buses);
        let plan = planned(&facts, &fixes);
        let step = plan.step(&"convert-controllers".parse().unwrap()).map(|step| &step.change);
        let converted = match step {
            Some(Change::ConvertControllers { controllers, .. }) => controllers.as_slice(),
            _ => &[],
        };
        for now in facts.master_target.controllers.known().unwrap() {
            let fits = now.disputed.is_empty()
                && now.units.iter().all(|unit| Slot::from_wire(now.bus, *unit).is_some());
            let is_planned = converted.iter().any(|one| one.bus == now.bus);
            prop_assert!(fits || !is_planned, "{:?} is planned", now);
            let promised = judge(&facts).into_iter().flat_map(|one| one.findings)
                .any(|finding| finding.fix == Some(FixKind::ConvertController { key: now.key }));
            prop_assert!(fits || !promised, "{:?} is promised", now);
        }
        // Nothing is shut down for a conversion that does not come.
        let off = plan.step(&"shut-down".parse().unwrap());
        if let (Some(off), true) = (off, converted.is_empty()) {
            prop_assert!(!off.fixes.iter().any(|rule| rule == "no-paravirtual-controller"));
        }
        // After it, each unit is one that the slot model has.
        let after = run(&facts, &plan);
        for one in after.master_target.controllers.known().unwrap() {
            if converted.iter().any(|done| done.bus == one.bus) {
                prop_assert!(one.kind.is_lsi());
                prop_assert!(one.units.iter().all(|unit| Slot::from_wire(one.bus, *unit).is_some()));
            }
        }
    }

    #[test]
    fn what_was_asked_for_is_done_or_already_so_or_refused(facts in vms(), fixes in fixes()) {
        let plan = planned(&facts, &fixes);
        let refused = |rule: &str| plan.unfixable.iter().any(|one| one.asked && one.finding.rule == rule);
        if fixes.retention_disk.is_some() {
            let said = plan.already.iter().any(|line| line.contains("retention"));
            let planned = plan.step(&"add-retention-disk".parse().unwrap()).is_some();
            prop_assert_eq!(u8::from(said) + u8::from(planned) + u8::from(refused("retention-volume")), 1);
        }
        if fixes.snapshots.is_some() {
            let said = plan.already.iter().any(|line| line.contains("snapshots"));
            let planned = plan.step(&"reconfigure".parse().unwrap()).is_some_and(|step| step.title.to_lowercase().contains("snapshots"));
            prop_assert_eq!(u8::from(said) + u8::from(planned) + u8::from(refused("no-snapshots")), 1, "{:?}", plan);
        }
    }

    #[test]
    fn other_scopes_do_not_care(facts in vms(), fixes in fixes()) {
        for scope in [Scope::Consolidate, Scope::Exclude, Scope::Include] {
            prop_assert_eq!(plan_with(&facts, scope, &fixes), super::plan(&facts, scope));
        }
    }
}
