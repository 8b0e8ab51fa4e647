//! Tests of the fixes that are made only when asked for.

use super::{
    tests::{deny, ids, run},
    *,
};
use crate::{
    fact::{Fact, PowerState},
    power_cycle,
    privilege::{ADVANCED_CONFIG, POWER_ON},
    site::{Facts, sample},
    vm::{ControllerKind, Setting, ToolsFacts},
};

pub(super) fn planned(facts: &Facts, fixes: &Fixes) -> Plan {
    plan_with(facts, Scope::Prepare, fixes)
}

fn all() -> Fixes {
    Fixes {
        power_cycle: true,
        convert_controllers: true,
        ..Fixes::default()
    }
}

/// The ready VM, its disks on a paravirtual controller.
fn paravirtual() -> Facts {
    let mut facts = sample::ready();
    if let Fact::Known(controllers) = &mut facts.master_target.controllers {
        controllers[0].kind = ControllerKind::ParaVirtual;
    }
    facts
}

pub(super) fn off(mut facts: Facts) -> Facts {
    facts.master_target.power_state = Fact::Known(PowerState::PoweredOff);
    facts.master_target.boot_time = None;
    facts
}

pub(super) fn no_tools(mut facts: Facts) -> Facts {
    facts.master_target.tools = Fact::Known(ToolsFacts {
        running_status: Some("guestToolsNotRunning".into()),
        version_status: None,
    });
    facts
}

/// What is given up, with the option that would do it.
fn options(plan: &Plan) -> Vec<(&str, &str)> {
    let of = plan.unfixable.iter();
    of.filter_map(|entry| match &entry.cause {
        UnfixableCause::NeedsOption { option } => {
            Some((entry.finding.rule.as_str(), option.as_str()))
        }
        _ => None,
    })
    .collect()
}

/// What there was before, but for the version and the time of the last power-on.
fn undone(after: &Facts, plan: &Plan) -> Facts {
    let mut facts = plan.steps.iter().rev().fold(after.clone(), |facts, step| {
        match (&step.undo, &step.change) {
            (_, Change::ShutDown { .. }) | (Undo::None { .. }, _) => facts,
            (Undo::By(change), _) => model::apply(&facts, change),
        }
    });
    facts.master_target.change_version = None;
    facts.master_target.boot_time = None;
    facts
}

#[test]
fn controllers_are_replaced_within_a_power_cycle() {
    let facts = paravirtual();
    let plan = planned(&facts, &all());
    assert_eq!(ids(&plan), ["shut-down", "convert-controllers", "power-on"]);
    assert_eq!(
        plan.steps[1].title,
        "Replace SCSI controller 0 by LSI Logic Parallel, with all on it"
    );
    assert_eq!(
        plan.steps[1].fixes,
        ["no-paravirtual-controller", "lsi-logic-controller"]
    );
    assert_eq!(plan.steps[2].restores, Some(StepKind::ShutDown.into()));
    let after = run(&facts, &plan);
    assert!(planned(&after, &all()).is_empty());
    assert_eq!(
        after.master_target.power_state,
        Fact::Known(PowerState::PoweredOn)
    );
}

#[test]
fn a_vm_that_is_off_stays_off() {
    let facts = off(paravirtual());
    let plan = planned(&facts, &all());
    assert_eq!(ids(&plan), ["convert-controllers"]);
    let mut expected = facts.clone();
    expected.master_target.change_version = None;
    let after = run(&facts, &plan);
    assert_eq!(undone(&after, &plan), expected);
}

#[test]
fn nothing_is_replaced_or_switched_off_unasked() {
    let facts = paravirtual();
    // The VM lacks an LSI Logic controller as well, and that one is added as ever.
    let plain = planned(&facts, &Fixes::default());
    assert_eq!(ids(&plain), ["reconfigure"]);
    assert_eq!(
        options(&plain),
        [("no-paravirtual-controller", "--convert-controllers")]
    );
    let on = Fixes {
        power_cycle: false,
        ..all()
    };
    assert_eq!(
        options(&planned(&facts, &on)),
        [("no-paravirtual-controller", "--power-cycle")]
    );
    let needs_nothing = planned(&sample::ready(), &all());
    assert!(needs_nothing.is_empty(), "{:?}", ids(&needs_nothing));
}

#[test]
fn a_boot_disk_of_windows_moves_only_when_confirmed() {
    for family in [Some("windowsGuest"), None] {
        let mut facts = off(paravirtual());
        facts.master_target.guest_family = family.map(str::to_owned);
        facts.master_target.guest_id = None;
        let refused = planned(&facts, &all());
        assert!(
            refused
                .step(&"convert-controllers".parse().unwrap())
                .is_none()
        );
        assert_eq!(
            options(&refused),
            [("no-paravirtual-controller", "--confirm-windows-boot")]
        );
        let confirmed = Fixes {
            convert_windows_boot: true,
            ..all()
        };
        assert_eq!(ids(&planned(&facts, &confirmed)), ["convert-controllers"]);
    }
    // A controller of data disks needs no word.
    let mut facts = off(sample::ready());
    facts.master_target.guest_family = Some("windowsGuest".into());
    if let (Fact::Known(controllers), Fact::Known(disks)) = (
        &mut facts.master_target.controllers,
        &mut facts.master_target.disks,
    ) {
        controllers[0].devices = vec![2000];
        controllers.push(sample::controller(
            1001,
            ControllerKind::ParaVirtual,
            1,
            vec![2001],
        ));
        disks[1].controller_key = Some(1001);
        disks[1].bus = Some(1);
    }
    let plan = planned(&facts, &all());
    let Change::ConvertControllers { controllers, .. } = &plan.steps[0].change else {
        panic!("{plan:?}")
    };
    assert_eq!(
        (controllers[0].bus, &controllers[0].to),
        (1, &ControllerKind::LsiLogicSas)
    );
}

#[test]
fn a_guest_that_cannot_be_asked_is_switched_off_only_by_force() {
    let facts = no_tools(paravirtual());
    let refused = planned(&facts, &all());
    assert!(
        refused.step(&"shut-down".parse().unwrap()).is_none()
            && refused
                .step(&"convert-controllers".parse().unwrap())
                .is_none()
    );
    assert_eq!(
        options(&refused),
        [("no-paravirtual-controller", "--force-power-off")]
    );
    let forced = Fixes {
        force_power_off: true,
        ..all()
    };
    let plan = planned(&facts, &forced);
    assert_eq!(ids(&plan), ["shut-down", "convert-controllers", "power-on"]);
    assert_eq!(
        plan.steps[0].title,
        "Switch the VM off hard: VMware Tools do not run"
    );
    let Change::PowerOn { wait_for_tools, .. } = plan.steps[2].change else {
        panic!("{plan:?}")
    };
    assert!(!wait_for_tools, "nobody would answer");
}

#[test]
fn nothing_is_shut_down_that_could_not_be_started_again() {
    let mut facts = paravirtual();
    let vm = facts.master_target.moref.clone();
    deny(&mut facts, &vm, POWER_ON);
    let plan = planned(&facts, &all());
    assert!(
        plan.step(&"shut-down".parse().unwrap()).is_none(),
        "{:?}",
        ids(&plan)
    );
    assert!(plan.unfixable[0].reason.contains(POWER_ON));
}

#[test]
fn a_setting_waits_for_the_power_cycle_and_the_power_cycle_makes_it_count() {
    let mut facts = sample::ready();
    if let Fact::Known(settings) = &mut facts.master_target.extra_config {
        settings.retain(|setting| setting.key != "disk.EnableUUID");
    }
    facts.master_target.disk_uuid_flag = Some(false);
    let plain = planned(&facts, &Fixes::default());
    assert!(plain.needs_power_cycle());
    assert_eq!(options(&plain), [("disk-enable-uuid", "--power-cycle")]);
    assert!(!plain.unfixable[0].asked);
    let waiting = run(&facts, &plain);
    assert!(power_cycle::pending(&waiting.master_target).is_some());

    // A later run knows it still, and says so unless it is asked to do it.
    let told = planned(&waiting, &Fixes::default());
    assert!(told.is_empty());
    assert_eq!(options(&told), [("disk-enable-uuid", "--power-cycle")]);
    assert!(!told.unfixable[0].asked);
    let cycle = planned(&waiting, &all());
    assert_eq!(ids(&cycle), ["shut-down", "power-on"]);
    assert_eq!(cycle.steps[0].fixes, ["disk-enable-uuid"]);
    let done = run(&waiting, &cycle);
    assert!(power_cycle::pending(&done.master_target).is_none());
    assert!(planned(&done, &all()).is_empty());

    // In one go the same.
    let at_once = planned(&facts, &all());
    assert_eq!(ids(&at_once), ["reconfigure", "shut-down", "power-on"]);
    assert!(!at_once.needs_power_cycle());
    // And a power cycle that was asked for and cannot be is told.
    let refused = planned(&no_tools(facts), &all());
    assert!(refused.needs_power_cycle());
    let asked: Vec<_> = refused.unfixable.iter().filter(|one| one.asked).collect();
    assert_eq!(asked.len(), 1, "{:?}", refused.unfixable);
}

/// Named after issue 10, point 12: the step said that it fixes the rule, and the plan that nothing does.
#[test]
fn the_disk_for_retention_is_not_said_to_make_the_volume() {
    let mut facts = sample::ready();
    if let Fact::Known(disks) = &mut facts.master_target.disks {
        disks.truncate(1);
    }
    let plan = planned(&facts, &retention("1TB"));
    assert_eq!(ids(&plan), ["add-retention-disk"]);
    assert!(plan.steps[0].fixes.is_empty());
    let left: Vec<_> = plan
        .unfixable
        .iter()
        .filter(|one| one.finding.rule == "retention-volume")
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].reason.contains("in the guest"), "{left:?}");
    assert!(!left[0].asked);
}

fn retention(text: &str) -> Fixes {
    Fixes {
        retention_disk: text.parse().ok(),
        ..Fixes::default()
    }
}

#[test]
fn a_disk_that_is_large_enough_serves_for_retention() {
    let plan = planned(&sample::ready(), &retention("1TB"));
    assert!(plan.is_empty());
    assert_eq!(
        plan.already,
        ["Hard disk 2 of 1TB serves for retention already"]
    );
}

#[test]
fn disks_of_protected_vms_do_not_serve_for_retention() {
    let mut elsewhere = sample::ready();
    let mut attached = sample::ready();
    if let Fact::Known(disks) = &mut elsewhere.master_target.disks {
        disks[1].chain[0].path = "[ds1] app/app.vmdk".into();
    }
    if let Fact::Known(disks) = &mut attached.master_target.disks {
        disks[1].uuid = Some("6000C293-5a1e-4c07-8d52-0f7b3c9e6a41".into());
        let entry = crate::ledger::Entry {
            uuid: "6000C293-5a1e-4c07-8d52-0f7b3c9e6a41".parse().unwrap(),
            vm_instance_uuid: "5001".into(),
            vm_name: "app".into(),
            device_key: 2000,
            slot: "0:0".parse().ok(),
            path: "[ds1] app/app.vmdk".into(),
        };
        let (key, value) = entry.encode();
        if let Fact::Known(settings) = &mut attached.master_target.extra_config {
            settings.push(Setting { key, value });
        }
    }
    for facts in [elsewhere, attached] {
        let plan = planned(&facts, &retention("1TB"));
        assert_eq!(ids(&plan), ["add-retention-disk"]);
        assert_eq!(
            plan.steps[0].title,
            "Add a thin disk of 1TB on ds1 at SCSI 0:2"
        );
        let after = run(&facts, &plan);
        assert!(
            planned(&after, &retention("1TB")).is_empty(),
            "the note tells"
        );
        // A larger wish later does not bring a second one.
        assert!(planned(&after, &retention("2TB")).is_empty());
        let mut before = facts.clone();
        before.master_target.change_version = None;
        before.master_target.boot_time = None;
        assert_eq!(undone(&after, &plan), before);
    }
}

#[test]
fn a_disk_without_room_or_place_is_refused() {
    let mut full = sample::ready();
    if let Fact::Known(datastores) = &mut full.datastores {
        datastores[0].free_bytes = Some(2 << 40);
    }
    let plan = planned(&full, &retention("3TB"));
    assert!(plan.is_empty() && plan.unfixable[0].asked);
    assert_eq!(
        plan.unfixable[0].cause,
        UnfixableCause::NoRoom {
            datastore: "ds1".into(),
            needed_bytes: 3 << 40,
            free_bytes: 2 << 40
        }
    );
    let unknown = planned(&sample::ready(), &retention("2TB,ds9"));
    assert!(unknown.unfixable[0].reason.contains("ds9"));
    let mut read_only = sample::ready();
    if let Fact::Known(datastores) = &mut read_only.datastores
        && let Fact::Known(Some(mount)) = &mut datastores[0].mount
    {
        mount.access_mode = Some("readOnly".into());
    }
    let refused = planned(&read_only, &retention("2TB"));
    assert!(refused.unfixable[0].reason.contains("cannot write to ds1"));
    let mut no_slot = sample::ready();
    if let Fact::Known(controllers) = &mut no_slot.master_target.controllers {
        controllers[0].units = (0..16).filter(|unit| *unit != 7).collect();
    }
    assert_eq!(
        planned(&no_slot, &retention("2TB")).unfixable[0].cause,
        UnfixableCause::NoFreeSlot
    );
}

#[test]
fn the_new_disk_goes_to_the_controller_that_is_made_for_it() {
    let fixes = Fixes {
        retention_disk: "2TB".parse().ok(),
        ..all()
    };
    let plan = planned(&paravirtual(), &fixes);
    assert_eq!(
        ids(&plan),
        [
            "shut-down",
            "convert-controllers",
            "add-retention-disk",
            "power-on"
        ]
    );
    let after = run(&paravirtual(), &plan);
    assert!(planned(&after, &fixes).is_empty());
}

fn snapshots(limit: SnapshotLimit) -> Fixes {
    Fixes {
        snapshots: Some(limit),
        ..Fixes::default()
    }
}

#[test]
fn snapshots_are_forbidden_and_allowed_as_before() {
    for before in [None, Some("2")] {
        let mut facts = sample::ready();
        if let (Some(value), Fact::Known(settings)) =
            (before, &mut facts.master_target.extra_config)
        {
            settings.push(Setting {
                key: "Snapshot.maxSnapshots".into(),
                value: value.into(),
            });
        }
        let forbid = planned(&facts, &snapshots(SnapshotLimit::Forbid));
        assert_eq!(ids(&forbid), ["reconfigure"]);
        assert_eq!(forbid.steps[0].title, "Forbid snapshots");
        let forbidden = run(&facts, &forbid);
        let limit = forbidden.master_target.setting("snapshot.maxSnapshots");
        assert_eq!(limit.unwrap().value, "0");
        let again = planned(&forbidden, &snapshots(SnapshotLimit::Forbid));
        assert!(again.is_empty() && again.already == ["snapshots are forbidden already"]);

        let allow = planned(&forbidden, &snapshots(SnapshotLimit::Allow));
        let allowed = run(&forbidden, &allow);
        let sorted = |facts: &Facts| {
            let mut all = facts.master_target.extra_config.known().unwrap().clone();
            all.sort_by(|a, b| a.key.cmp(&b.key));
            all
        };
        assert_eq!(sorted(&allowed), sorted(&facts));
        assert!(planned(&allowed, &snapshots(SnapshotLimit::Allow)).is_empty());
    }
}

#[test]
fn what_is_asked_for_and_not_permitted_is_told() {
    let mut facts = sample::ready();
    let vm = facts.master_target.moref.clone();
    deny(&mut facts, &vm, ADVANCED_CONFIG);
    let plan = planned(&facts, &snapshots(SnapshotLimit::Forbid));
    assert!(plan.is_empty() && plan.unfixable[0].asked);
    let mut unread = sample::ready();
    unread.master_target.change_version = None;
    let plan = planned(&unread, &snapshots(SnapshotLimit::Forbid));
    assert!(plan.is_empty() && plan.unfixable[0].asked);
}

/// What is given up of a conversion with everything allowed, on a VM that runs: nothing may be shut down for it.
fn given_up(change: impl FnOnce(&mut crate::vm::ControllerFacts)) -> (UnfixableCause, String) {
    let mut facts = paravirtual();
    if let Fact::Known(controllers) = &mut facts.master_target.controllers {
        change(&mut controllers[0]);
    }
    let plan = planned(&facts, &all());
    // Only the LSI Logic controller that the VM lacks is added, for which nothing has to be off.
    assert_eq!(ids(&plan), ["reconfigure"]);
    assert_eq!(plan.unfixable.len(), 1, "{:?}", plan.unfixable);
    let entry = &plan.unfixable[0];
    assert_eq!(entry.finding.rule, "no-paravirtual-controller");
    assert_eq!(entry.finding.fix, None, "check promises no fix");
    (entry.cause.clone(), entry.finding.summary.clone())
}

#[test]
fn a_controller_whose_devices_are_disputed_is_given_up_before_the_vm_is_shut_down() {
    let (cause, reason) = given_up(|controller| controller.disputed = vec![2001]);
    assert_eq!(cause, UnfixableCause::ForAPerson);
    assert!(reason.contains("2001"), "{reason}");
}

#[test]
fn units_that_an_lsi_logic_controller_lacks_are_given_up_before_the_vm_is_shut_down() {
    let (cause, reason) = given_up(|controller| {
        controller.devices = (2000..2004).collect();
        controller.units = vec![0, 15, 16, 63];
    });
    assert_eq!(cause, UnfixableCause::ForAPerson);
    assert!(reason.contains("0:16, 0:63"), "{reason}");
}
