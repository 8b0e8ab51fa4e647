//! What goes back where, and what is refused.

use super::{
    super::{Attached, DiskState, Located, RefusedCause},
    RestoreFacts, plan_restore,
};
use crate::{
    fact::{Fact, PowerState},
    ledger::{DiskUuid, Entry, Ledger},
    plan::{Change, GivenBackDisk, StepKind, Undo},
    site::{OwnerVm, sample},
    vm::{ChainUnit, ControllerFacts, ControllerKind, DiskFacts, Setting, Vm},
};
use vsphere_client::vim::ManagedObjectReference;

const BEFORE: &str = "[ds1] app-01/app-01.vmdk";
const AFTER: &str = "[ds2] mt/mt_2.vmdk";

fn uuid() -> DiskUuid {
    "6000c29d15c50f0a11adba5eba5eba11".parse().unwrap()
}

fn entry() -> Entry {
    Entry {
        uuid: uuid(),
        vm_instance_uuid: "5002".into(),
        vm_name: "app-01".into(),
        device_key: 2000,
        slot: "0:0".parse().ok(),
        path: BEFORE.into(),
    }
}

fn disk(path: &str) -> DiskFacts {
    let Fact::Known(mut disks) = sample::protected("app-01", 1).disks else {
        unreachable!("the sample's disks are known")
    };
    let mut disk = disks.remove(0);
    disk.key = 2000;
    disk.controller_key = Some(1000);
    (disk.bus, disk.unit) = (Some(0), Some(0));
    disk.uuid = None;
    disk.path = Some(path.into());
    disk.chain = vec![ChainUnit {
        path: path.into(),
        datastore: None,
        bytes: None,
    }];
    disk
}

fn owner() -> OwnerVm {
    OwnerVm {
        vm: Vm {
            name: "app-01".into(),
            instance_uuid: Some("5002".into()),
            change_version: Some("1".into()),
            power_state: Fact::Known(PowerState::PoweredOff),
            controllers: Fact::Known(vec![ControllerFacts {
                disputed: Vec::new(),
                key: 1000,
                label: "SCSI controller 0".into(),
                kind: ControllerKind::LsiLogic,
                bus: 0,
                devices: vec![2000],
                units: vec![0, 7],
            }]),
            disks: Fact::Known(vec![disk(BEFORE)]),
            ..Vm::unread(ManagedObjectReference::new("VirtualMachine", "vm-7"))
        },
        writable: ["ds1", "ds2"].map(str::to_owned).into(),
    }
}

/// The disk moved along with the master target, which has it still.
fn moved() -> Located {
    Located {
        entry: entry(),
        state: DiskState::Moved,
        attached: Some(Attached {
            key: 2002,
            label: "Hard disk 3".into(),
            slot: "0:2".parse().ok(),
            deltas: 0,
        }),
        paths: vec![AFTER.into()],
        clones: vec![],
        owner: Some(owner().moref.clone()),
    }
}

fn seen(located: Located, owner: OwnerVm) -> RestoreFacts {
    let mut facts = sample::ready();
    let (key, value) = located.entry.encode();
    if let Fact::Known(settings) = &mut facts.master_target.extra_config {
        settings.push(Setting { key, value });
    }
    RestoreFacts {
        facts,
        located: vec![located],
        owners: vec![owner],
        wanted: None,
    }
}

fn given(seen: &RestoreFacts) -> GivenBackDisk {
    let plan = plan_restore(seen);
    assert_eq!(plan.refused, []);
    match &plan.step(StepKind::GiveBack).unwrap().change {
        Change::GiveBackDisks { disks, .. } => disks[0].clone(),
        other => panic!("{other:?}"),
    }
}

fn refused(seen: &RestoreFacts) -> RefusedCause {
    let plan = plan_restore(seen);
    assert!(plan.is_empty(), "{:?}", plan.steps);
    let [one] = plan.refused.as_slice() else {
        panic!("{:?}", plan.refused)
    };
    assert!(!one.reason.is_empty() && !one.remedy.is_empty());
    one.cause
}

/// What the ledger says of the disk after the plan's step; unset when it says nothing.
fn noted(seen: &RestoreFacts) -> Option<Entry> {
    let plan = plan_restore(seen);
    match &plan.step(StepKind::NoteInLedger).unwrap().change {
        Change::Reconfigure {
            extra_config, vm, ..
        } => {
            assert_eq!(*vm, seen.facts.master_target.moref);
            Ledger::read(extra_config).entries.into_iter().next()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_moved_disk_goes_back_to_its_former_place_and_the_ledger_follows() {
    let seen = seen(moved(), owner());
    let plan = plan_restore(&seen);
    let ids: Vec<String> = plan.steps.iter().map(|step| step.id.to_string()).collect();
    assert_eq!(ids, ["give-back:vm-7", "note-in-ledger:vm-7"]);
    assert_eq!(plan.steps[1].after, [plan.steps[0].id.clone()]);
    let disk = given(&seen);
    assert_eq!(
        (disk.controller_key, disk.unit, disk.path.as_str()),
        (1000, 0, AFTER)
    );
    assert_eq!(disk.stale.unwrap().key, 2000);
    let after = noted(&seen).unwrap();
    assert_eq!(
        after,
        Entry {
            path: AFTER.into(),
            ..entry()
        }
    );
    // The ledger's step can be taken back, the other has nothing to go back to.
    assert!(matches!(plan.steps[0].undo, Undo::None { .. }));
    let Undo::By(back) = &plan.steps[1].undo else {
        panic!("{:?}", plan.steps[1].undo)
    };
    let Change::Reconfigure { extra_config, .. } = back.as_ref() else {
        panic!("{back:?}")
    };
    assert_eq!(Ledger::read(extra_config).entries, [entry()]);
}

#[test]
fn what_is_not_attached_any_more_leaves_the_ledger_once_its_owner_has_it() {
    let mut located = moved();
    located.attached = None;
    assert_eq!(noted(&seen(located.clone(), owner())), None);
    let mut right = owner();
    right.disks = Fact::Known(vec![disk(AFTER)]);
    let seen = seen(located, right);
    assert_eq!(plan_restore(&seen).steps.len(), 1);
    assert_eq!(noted(&seen), None);
}

#[test]
fn an_owner_that_has_its_disk_needs_nothing_but_the_ledger() {
    let mut right = owner();
    right.disks = Fact::Known(vec![disk(AFTER)]);
    // It runs: fine, since nothing is done to it.
    right.power_state = Fact::Known(PowerState::PoweredOn);
    let half_done = seen(moved(), right.clone());
    assert_eq!(plan_restore(&half_done).steps.len(), 1);
    let mut located = moved();
    located.entry.path = AFTER.into();
    located.state = DiskState::AsRecorded;
    let plan = plan_restore(&seen(located, right));
    assert!(plan.is_empty() && plan.refused.is_empty());
    assert_eq!(plan.satisfied.len(), 1);
}

#[test]
fn without_the_stale_device_the_ledger_tells_the_slot() {
    let mut bare = owner();
    bare.disks = Fact::Known(vec![]);
    if let Fact::Known(controllers) = &mut bare.controllers {
        controllers[0].units = vec![7];
    }
    let disk = given(&seen(moved(), bare.clone()));
    assert_eq!(
        (disk.controller_key, disk.unit, disk.stale),
        (1000, 0, None)
    );

    let mut taken = owner();
    taken.disks = Fact::Known(vec![super::tests::disk("[ds1] app-01/other.vmdk")]);
    assert_eq!(refused(&seen(moved(), taken)), RefusedCause::SlotTaken);
    let mut without_controller = bare.clone();
    without_controller.controllers = Fact::Known(vec![]);
    assert_eq!(
        refused(&seen(moved(), without_controller)),
        RefusedCause::SlotTaken
    );
    let mut nowhere = moved();
    nowhere.entry.slot = None;
    assert_eq!(refused(&seen(nowhere, bare)), RefusedCause::SlotTaken);
}

#[test]
fn what_would_be_a_risk_is_refused() {
    let with = |change: fn(&mut Located)| {
        let mut located = moved();
        change(&mut located);
        refused(&seen(located, owner()))
    };
    let from = |change: fn(&mut OwnerVm)| {
        let mut vm = owner();
        change(&mut vm);
        refused(&seen(moved(), vm))
    };
    assert_eq!(
        with(|disk| {
            disk.state = DiskState::OnTwoFiles;
            disk.paths.push(BEFORE.into());
        }),
        RefusedCause::OnTwoFiles
    );
    assert_eq!(
        with(|disk| {
            disk.state = DiskState::Missing;
            disk.paths.clear();
        }),
        RefusedCause::Missing
    );
    assert_eq!(
        with(|disk| disk.attached.as_mut().unwrap().deltas = 1),
        RefusedCause::Delta
    );
    assert_eq!(
        from(|vm| vm.power_state = Fact::Known(PowerState::PoweredOn)),
        RefusedCause::OwnerOn
    );
    assert_eq!(
        from(|vm| vm.power_state = Fact::Known(PowerState::Suspended)),
        RefusedCause::OwnerOn
    );
    assert_eq!(
        from(|vm| vm.power_state = Fact::unknown("no privilege")),
        RefusedCause::NotReadable
    );
    assert_eq!(
        from(|vm| vm.instance_uuid = Some("another".into())),
        RefusedCause::OwnerGone
    );
    assert_eq!(from(|vm| vm.writable.clear()), RefusedCause::NotMounted);
    assert_eq!(
        from(|vm| vm.change_version = None),
        RefusedCause::NotReadable
    );
    assert_eq!(
        from(|vm| vm.disks = Fact::unknown("no privilege")),
        RefusedCause::NotReadable
    );
    assert_eq!(
        from(|vm| {
            if let Fact::Known(disks) = &mut vm.disks {
                let unit = disks[0].chain[0].clone();
                disks[0].chain.push(unit);
            }
        }),
        RefusedCause::Delta
    );
    let mut unread = seen(moved(), owner());
    unread.facts.master_target.change_version = None;
    assert_eq!(refused(&unread), RefusedCause::NotReadable);
}

#[test]
fn only_the_vms_that_were_named_get_their_disks() {
    let mut seen = seen(moved(), owner());
    seen.wanted = Some(vec!["5003".into()]);
    let plan = plan_restore(&seen);
    assert!(plan.is_empty() && plan.refused.is_empty());
    seen.wanted = Some(vec!["5002".into()]);
    assert_eq!(plan_restore(&seen).steps.len(), 2);
}
