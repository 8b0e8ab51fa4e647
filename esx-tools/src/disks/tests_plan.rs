//! The planners against a model of the server: what is planned holds, and a second plan is empty.

use proptest::prelude::*;

use super::{
    attach::{AttachFacts, plan_attach},
    detach::{DetachFacts, DetachWanted, plan_detach, without_disk},
    list::tests::put,
    *,
};
use crate::plan::{Change, Undo, model};
use crate::slots::Slot;
use crate::{
    fact::{Fact, PowerState},
    site::{Facts, sample},
    vm::{NoAnswer, Vm},
};

fn seen(facts: Facts, vms: Vec<Vm>) -> AttachFacts {
    AttachFacts {
        facts,
        vms,
        files: vec![],
        owners: vec![],
        holders: vec![],
    }
}

fn vm(index: usize, disks: usize) -> Vm {
    sample::protected(&format!("app-{index:02}"), disks)
}

fn causes(plan: &DiskPlan) -> Vec<RefusedCause> {
    plan.refused.iter().map(|one| one.cause).collect()
}

fn apply(facts: &Facts, plan: &DiskPlan) -> Facts {
    plan.steps.iter().fold(facts.clone(), |facts, step| {
        model::apply(&facts, &step.change)
    })
}

#[test]
fn a_detach_takes_what_the_ledger_has_and_leaves_the_master_targets_own() {
    let facts = sample::ready();
    let attached = apply(
        &facts,
        &plan_attach(&seen(facts.clone(), vec![vm(1, 2)]), false),
    );
    let wanted = DetachWanted {
        all: true,
        ..DetachWanted::default()
    };
    let detach = DetachFacts {
        facts: attached,
        wanted,
        files: Default::default(),
    };
    let plan = plan_detach(&detach);
    assert_eq!(plan.refused, []);
    let Change::DetachDisks { disks, .. } = &plan.steps[0].change else {
        panic!("no detach")
    };
    assert_eq!(disks.len(), 2);
    let mut left = apply(&detach.facts, &plan);
    assert_eq!(left.master_target.disks, facts.master_target.disks);
    // Undone, it is as it was.
    let Undo::By(undo) = &plan.steps[0].undo else {
        panic!("a detach can be undone")
    };
    left = model::apply(&left, undo);
    assert_eq!(
        left.master_target.ledger(),
        detach.facts.master_target.ledger()
    );
}

#[test]
fn an_entry_without_disk_goes_only_when_its_file_is_where_it_says() {
    let mut facts = sample::ready();
    let Fact::Known(mut disks) = vm(1, 1).disks else {
        return;
    };
    put(&mut facts.master_target, disks.remove(0), 2, true);
    if let Fact::Known(disks) = &mut facts.master_target.disks {
        disks.pop();
    }
    let wanted = DetachWanted {
        all: true,
        ..DetachWanted::default()
    };
    let entry = without_disk(&facts, &wanted).remove(0);
    let plan = |answer: Option<Result<crate::ledger::DiskUuid, NoAnswer>>| {
        let files = answer.map(|answer| (entry.uuid.clone(), answer));
        plan_detach(&DetachFacts {
            facts: facts.clone(),
            wanted: wanted.clone(),
            files: files.into_iter().collect(),
        })
    };
    let there = plan(Some(Ok(entry.uuid.clone())));
    assert!(
        matches!(&there.steps[0].change, Change::DetachDisks { disks, forget, .. }
        if disks.is_empty() && forget == std::slice::from_ref(&entry))
    );
    for answer in [
        None,
        Some(Err(NoAnswer::Absent("FileNotFound".into()))),
        Some(Ok("6000c290000000000000000000000000".parse().unwrap())),
    ] {
        let kept = plan(answer);
        assert_eq!(causes(&kept), [RefusedCause::Missing]);
        assert!(kept.refused[0].remedy.contains("disks locate"));
        assert!(kept.is_empty());
    }
}

#[test]
fn a_moved_disk_and_one_behind_a_snapshot_of_the_master_target_are_not_detached() {
    let facts = sample::ready();
    let attached = apply(
        &facts,
        &plan_attach(&seen(facts.clone(), vec![vm(1, 1)]), false),
    );
    let planned = |change: &dyn Fn(&mut crate::vm::DiskFacts)| {
        let mut facts = attached.clone();
        if let Fact::Known(disks) = &mut facts.master_target.disks {
            change(&mut disks[2]);
        }
        plan_detach(&DetachFacts {
            facts,
            wanted: DetachWanted {
                all: true,
                ..DetachWanted::default()
            },
            files: Default::default(),
        })
    };
    let moved = planned(&|disk| {
        disk.path = Some("[ds2] mt/mt_2.vmdk".into());
        disk.chain.clear();
    });
    assert_eq!(causes(&moved), [RefusedCause::Moved]);
    let delta = planned(&|disk| {
        let mut unit = disk.chain[0].clone();
        unit.path = "[ds1] mt/mt-000001.vmdk".into();
        disk.path = Some(unit.path.clone());
        disk.chain.push(unit);
    });
    assert_eq!(causes(&delta), [RefusedCause::Delta]);
    assert!(moved.is_empty() && delta.is_empty());
}

#[test]
fn a_disk_that_is_attached_without_an_entry_gets_one() {
    let mut facts = sample::ready();
    let app = vm(1, 1);
    let Fact::Known(disks) = &app.disks else {
        return;
    };
    put(&mut facts.master_target, disks[0].clone(), 2, false);
    let plan = plan_attach(&seen(facts.clone(), vec![app.clone()]), false);
    assert!(
        matches!(&plan.steps[0].change, Change::AttachDisks { disks, record, .. }
        if disks.is_empty() && record.len() == 1)
    );
    let after = apply(&facts, &plan);
    let again = plan_attach(&seen(after, vec![app]), false);
    assert!(again.is_empty() && again.satisfied.len() == 1);
}

#[test]
fn what_cannot_be_read_is_never_taken_for_fine() {
    let mut app = vm(1, 1);
    app.power_state = Fact::unknown("no privilege");
    let plan = plan_attach(&seen(sample::ready(), vec![app]), true);
    assert_eq!(causes(&plan), [RefusedCause::NotReadable]);
    let mut app = vm(1, 1);
    app.snapshots = Fact::unknown("no privilege");
    let plan = plan_attach(&seen(sample::ready(), vec![app]), true);
    assert_eq!(causes(&plan), [RefusedCause::NotReadable]);
    let plan = plan_attach(&seen(sample::unread(), vec![vm(1, 1)]), true);
    assert_eq!(causes(&plan), [RefusedCause::NotReadable]);
    let mut app = vm(1, 1);
    if let Fact::Known(disks) = &mut app.disks {
        disks[0].uuid = None;
    }
    let plan = plan_attach(&seen(sample::ready(), vec![app]), true);
    assert_eq!(causes(&plan), [RefusedCause::NoUuid]);
}

#[test]
fn the_owner_of_a_template_clone_is_told_which_disk_has_its_uuid() {
    let mut twin = vm(2, 1);
    twin.disks.clone_from(&vm(1, 1).disks);
    if let Fact::Known(disks) = &mut twin.disks {
        disks[0].path = Some("[ds1] app-02/app-02_0.vmdk".into());
        disks[0].chain[0].path = "[ds1] app-02/app-02_0.vmdk".into();
    }
    let both = plan_attach(&seen(sample::ready(), vec![vm(1, 1), twin]), false);
    assert_eq!(
        causes(&both),
        [RefusedCause::UuidTaken, RefusedCause::UuidTaken]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Any VMs, some of them on: what is planned is attached at free slots, once, with its entry;
    /// then nothing is left to do, and a detach brings back what was there.
    #[test]
    fn what_is_planned_holds(counts in proptest::collection::vec(0..24usize, 1..5), on in any::<u8>(), partial: bool) {
        let facts = sample::ready();
        let mut vms: Vec<Vm> = counts
            .iter()
            .enumerate()
            .map(|(index, count)| vm(index, *count))
            .collect();
        for (index, vm) in vms.iter_mut().enumerate() {
            if on & (1 << index) != 0 {
                vm.power_state = Fact::Known(PowerState::PoweredOn);
            }
        }
        let input = seen(facts.clone(), vms);
        let plan = plan_attach(&input, partial);
        prop_assert_eq!(&plan, &plan_attach(&input, partial), "the same plan each time");
        if !plan.refused.is_empty() && !partial {
            prop_assert!(plan.is_empty());
        }
        let able: usize = counts
            .iter()
            .enumerate()
            .filter(|(index, _)| on & (1 << index) == 0)
            .map(|(_, count)| count)
            .sum();
        let placed: Vec<Slot> = plan.steps.iter().flat_map(|step| match &step.change {
            Change::AttachDisks { disks, .. } => disks.iter().map(|disk| disk.slot).collect(),
            _ => vec![],
        }).collect();
        prop_assert!(placed.is_sorted() && placed.len() <= 58);
        if partial {
            prop_assert_eq!(placed.len(), able.min(58));
        }
        // The model refuses a slot that is taken and a disk that is not there.
        let after = apply(&facts, &plan);
        let ledger = after.master_target.ledger();
        prop_assert_eq!(ledger.known().map(|ledger| ledger.entries.len()), Some(placed.len()));
        let again = plan_attach(&AttachFacts { facts: after.clone(), ..input }, partial);
        prop_assert!(again.steps.is_empty());
        if plan.refused.is_empty() {
            prop_assert_eq!(again.satisfied.len(), placed.len());
        }
        let detach = plan_detach(&DetachFacts {
            facts: after.clone(),
            wanted: DetachWanted { all: true, ..DetachWanted::default() },
            files: Default::default(),
        });
        prop_assert!(detach.refused.is_empty());
        let back = apply(&after, &detach);
        prop_assert_eq!(&back.master_target.disks, &facts.master_target.disks);
        prop_assert_eq!(back.master_target.ledger(), facts.master_target.ledger());
    }
}
