//! The main job, from a check to a VM that is ready.

use std::sync::{Arc, Mutex};

use esx_tools::engine::{self, Event, Interrupt, Outcome, Prepared, StepStatus};
use esx_tools::exclusion::{LayerState, Protection};
use esx_tools::ops::{self, Prepare, PrepareOptions, VmSelector};
use esx_tools::plan::{Fixes, UnfixableCause};
use esx_tools::rules::Verdict;
use integration_tests::site::Site;
use mocks::{ClockMode, Role, Value};
use vsphere_client::method::{DisableMethods, DisabledMethodRequest, RelocateVmTask};
use vsphere_client::vim::{FaultKind, ManagedObjectReference};

pub(crate) const TO_FIX: &str = "mt-linux-01";

fn step_ids(prepared: &Prepared<Prepare>) -> Vec<&str> {
    let of = prepared.plan().steps.iter();
    of.map(|step| step.id.kind.as_str()).collect()
}

const EVERYTHING: [&str; 6] = [
    "remove-all-snapshots",
    "consolidate-disks",
    "reconfigure",
    "storage-drs-override",
    "drs-override",
    "disable-methods",
];

pub(crate) const METHODS: [&str; 6] = [
    "RemoveAllSnapshots_Task",
    "ConsolidateVMDisks_Task",
    "ReconfigVM_Task",
    "ConfigureStorageDrsForPod_Task",
    "ReconfigureComputeResource_Task",
    "DisableMethods",
];

#[tokio::test]
async fn everything_that_is_wrong_is_fixed_and_the_second_run_changes_nothing() {
    // Tasks end before the first look at them here, so that the number of calls hangs on no timing.
    let site = Site::start("failback-lab").await;
    let prepared = site.plan(TO_FIX).await;
    assert!(!prepared.operation().before.ready);
    assert_eq!(step_ids(&prepared), EVERYTHING);
    assert!(site.changes().is_empty(), "planning changed something");

    let report = site.apply(prepared).await;
    assert!(
        report.steps.iter().all(|s| s.status() == StepStatus::Done),
        "{:?}",
        report.steps
    );
    // The VM runs, so that the setting has no effect before its next power-on: that is not ready.
    assert_eq!(report.outcome, Outcome::BlockersRemain);
    assert!(report.after.needs_power_cycle);
    let after = report.after.after.unwrap();
    for judgement in &after.judgements {
        // The end of classic is told of every master target.
        let told = ["disk-enable-uuid", "classic-ended"].contains(&judgement.rule.as_str());
        assert_eq!(judgement.verdict == Verdict::Broken, told, "{judgement:?}");
    }
    assert_eq!(after.exclusion.protection, Protection::Full);
    assert_eq!(site.changes(), METHODS);
    // As the server sees it, not as the client says.
    assert_eq!(site.value(TO_FIX, "snapshot"), None);
    assert_eq!(
        site.value(TO_FIX, "runtime.consolidationNeeded"),
        Some(Value::Bool(false))
    );

    let made: Vec<String> = site
        .server
        .calls()
        .into_iter()
        .map(|call| call.method)
        .collect();
    let calls = made.len();
    site.server.forget_calls();
    let again = site.prepare(TO_FIX).await;
    assert_eq!(again.outcome, Outcome::BlockersRemain);
    assert!(again.plan.is_empty(), "{:?}", again.plan);
    let state_changing: Vec<_> = site
        .server
        .calls()
        .into_iter()
        .filter(|call| METHODS.contains(&call.method.as_str()) || call.changed)
        .collect();
    assert!(state_changing.is_empty(), "{state_changing:?}");
    // Logout comes on top. A task that takes its time adds two calls for each look at its progress;
    // at the pace of the simulator that people see it comes to 34.
    assert!(calls <= 30, "{calls} calls: {made:?}");
    site.end().await;
}

#[tokio::test]
async fn what_is_excluded_cannot_be_relocated() {
    let site = Site::start("failback-lab").await;
    site.prepare(TO_FIX).await;
    let relocate = RelocateVmTask {
        this: ManagedObjectReference::new("VirtualMachine", site.vm(TO_FIX).value),
        spec: Default::default(),
        priority: None,
    };
    let refused = site.client.call(&relocate).await.unwrap_err();
    let kind = &refused.fault().expect("a fault").kind;
    assert!(matches!(kind, FaultKind::MethodDisabled { .. }), "{kind:?}");
    site.end().await;
}

#[tokio::test]
async fn a_ready_vm_is_left_alone() {
    for (scenario, vm) in [("failback-lab", "mt-linux-ready")] {
        let site = Site::start(scenario).await;
        let report = site.prepare(vm).await;
        assert_eq!(
            report.outcome,
            Outcome::Ready,
            "{:?}",
            report.after.before.judgements
        );
        assert!(report.plan.is_empty() && site.changes().is_empty());
        site.end().await;
    }
}

#[tokio::test]
async fn what_cannot_be_fixed_is_said_and_the_rest_is_done() {
    let site = Site::start("failback-lab").await;
    let report = site.prepare("mt-windows-01").await;
    assert_eq!(report.outcome, Outcome::BlockersRemain);
    assert!(report.steps.iter().all(|step| step.status().is_good()));
    let left: Vec<&str> = report
        .plan
        .unfixable
        .iter()
        .map(|entry| entry.finding.rule.as_str())
        .collect();
    assert!(left.contains(&"no-paravirtual-controller"), "{left:?}");
    assert!(left.contains(&"vmware-tools-running"), "{left:?}");
    let broken = |id: &str| {
        let after = report.after.after.as_ref().unwrap();
        after.judgements.iter().any(|j| j.rule == id && j.blocks())
    };
    assert!(broken("no-paravirtual-controller") && broken("vmware-tools-running"));
    assert!(!broken("storage-vmotion-excluded"));
    // It is set, and has no effect before the next power cycle.
    assert!(broken("disk-enable-uuid"));
    site.end().await;
}

#[tokio::test]
async fn an_account_that_may_only_read_changes_nothing() {
    let site = Site::start_as("failback-lab", Role::ReadOnly).await;
    let report = site.prepare(TO_FIX).await;
    assert_eq!(report.outcome, Outcome::NotPermitted);
    assert!(report.steps.is_empty(), "{:?}", report.steps);
    assert!(
        report
            .plan
            .unfixable
            .iter()
            // What the account lacks is itself a finding, for whoever gives out roles.
            .filter(|entry| entry.finding.rule != "account-privileges")
            .all(|entry| matches!(entry.cause, UnfixableCause::NotPermitted { .. })),
        "{:?}",
        report.plan.unfixable
    );
    assert!(site.changes().is_empty());
    assert!(
        METHODS
            .iter()
            .all(|method| site.server.call_count(method) == 0)
    );
    site.end().await;
}

#[tokio::test]
async fn the_plain_role_fixes_all_but_the_exclusion() {
    let site = Site::start_as("failback-lab", Role::AzureSiteRecovery).await;
    let report = site.prepare(TO_FIX).await;
    assert_eq!(
        site.changes(),
        [
            "RemoveAllSnapshots_Task",
            "ConsolidateVMDisks_Task",
            "ReconfigVM_Task"
        ]
    );
    assert_eq!(report.outcome, Outcome::BlockersRemain);
    let lacking: Vec<&str> = report
        .plan
        .unfixable
        .iter()
        .filter(|entry| entry.finding.rule != "disk-enable-uuid")
        .map(|entry| match &entry.cause {
            UnfixableCause::NotPermitted { privilege, .. } => privilege.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        lacking,
        [
            "StoragePod.Config",
            "Host.Inventory.EditCluster",
            "Global.DisableMethods"
        ]
    );
    site.end().await;
}

#[tokio::test]
async fn the_hardening_role_fixes_everything() {
    let site = Site::start_as("failback-lab", Role::AzureSiteRecoveryHardening).await;
    let fixes = Fixes {
        power_cycle: true,
        ..Fixes::default()
    };
    let options = PrepareOptions::default().with(fixes);
    let prepared = ops::prepare(&site.client, &VmSelector::from(TO_FIX), &options).await;
    let report = site.apply(prepared.unwrap()).await;
    assert_eq!(report.outcome, Outcome::Ready, "{:?}", report.steps);
    site.end().await;
}

#[tokio::test]
async fn a_request_to_stop_ends_the_work_after_the_step_in_hand() {
    let site = Site::start("failback-lab").await;
    let prepared = site.plan(TO_FIX).await;
    let interrupt = Interrupt::new();
    let stop = interrupt.clone();
    let observer = move |event: &Event| {
        if matches!(event, Event::TaskStarted { id, .. } if id.to_string() == "consolidate-disks") {
            stop.request();
        }
    };
    let report = engine::apply(&site.client, prepared, &observer, &interrupt)
        .await
        .unwrap();
    assert_eq!(report.outcome, Outcome::Interrupted);
    let (done, rest) = report.steps.split_at(2);
    assert!(done.iter().all(|step| step.status() == StepStatus::Done));
    assert!(rest.iter().all(|step| step.status() == StepStatus::Skipped));
    assert_eq!(site.changes(), METHODS[..2]);
    assert!(
        report.after.after.is_some(),
        "the report says how it stands now"
    );

    let again = site.plan(TO_FIX).await;
    assert_eq!(step_ids(&again), EVERYTHING[2..]);
    site.end().await;
}

#[tokio::test]
async fn progress_is_told_between_start_and_end() {
    let clock = ClockMode::Real { scale: 1.0 };
    let site = Site::at_pace("failback-lab", Role::Administrator, clock).await;
    let prepared = site.plan(TO_FIX).await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let events = told.clone();
    let observer = move |event: &Event| events.lock().unwrap().push(event.clone());
    engine::apply(&site.client, prepared, &observer, &Interrupt::new())
        .await
        .unwrap();
    let told = told.lock().unwrap().clone();
    let started = told
        .iter()
        .filter(|event| matches!(event, Event::StepStarted { .. }));
    assert_eq!(started.count(), EVERYTHING.len());
    let progress = |id: &str| {
        told.iter().any(
            |event| matches!(event, Event::StepProgress { id: of, .. } if of.to_string() == *id),
        )
    };
    assert!(progress("remove-all-snapshots"), "{told:?}");
    assert_eq!(told.last(), Some(&Event::Verifying));
    site.end().await;
}

#[tokio::test]
async fn snapshots_stay_where_the_room_is_lacking() {
    let site = Site::start("failback-lab").await;
    site.server.with_world(|world| {
        let all: Vec<_> = world
            .store
            .of_kind("Datastore")
            .map(|o| o.reference.clone())
            .collect();
        for datastore in all {
            world.store.update(&datastore, |properties| {
                properties.set_path("summary.freeSpace", Value::Long(1));
            });
        }
    });
    let report = site.prepare(TO_FIX).await;
    assert_eq!(site.server.call_count("RemoveAllSnapshots_Task"), 0);
    assert_eq!(site.server.call_count("ConsolidateVMDisks_Task"), 0);
    let no_room = report
        .plan
        .unfixable
        .iter()
        .filter(|entry| matches!(entry.cause, UnfixableCause::NoRoom { .. }));
    assert_eq!(no_room.count(), 2, "{:?}", report.plan.unfixable);
    site.end().await;
}

#[tokio::test]
async fn including_takes_back_what_excluding_set() {
    let site = Site::start("failback-lab").await;
    let vm = VmSelector::from(TO_FIX);
    let before = ops::storage_vmotion::status(&site.client, &vm)
        .await
        .unwrap();
    let exclude = ops::storage_vmotion::prepare_exclude(&site.client, &vm)
        .await
        .unwrap();
    let report = site.apply(exclude).await;
    assert_eq!(report.outcome, Outcome::Ready, "{:?}", report.steps);
    assert_eq!(
        report.after.exclusion().unwrap().protection,
        Protection::Full
    );

    let include = ops::storage_vmotion::prepare_include(&site.client, &vm)
        .await
        .unwrap();
    let report = site.apply(include).await;
    assert_eq!(report.outcome, Outcome::Ready, "{:?}", report.steps);
    assert_eq!(report.after.exclusion(), Some(&before.exclusion));
    let again = ops::storage_vmotion::prepare_include(&site.client, &vm)
        .await
        .unwrap();
    assert!(again.is_empty(), "{:?}", again.plan());
    site.end().await;
}

#[tokio::test]
async fn what_others_excluded_is_not_taken_back() {
    let site = Site::start("failback-lab").await;
    let vm = VmSelector::from("mt-linux-ready");
    let include = ops::storage_vmotion::prepare_include(&site.client, &vm)
        .await
        .unwrap();
    let report = site.apply(include).await;
    let layers = &report.after.exclusion().unwrap().layers;
    let overrides = layers.iter().filter(|layer| layer.layer.is_advisory());
    assert!(
        overrides
            .into_iter()
            .all(|layer| layer.state == LayerState::Holds)
    );
    site.end().await;
}

#[tokio::test]
async fn consolidating_leaves_the_snapshots() {
    let site = Site::start("failback-lab").await;
    let vm = VmSelector::from(TO_FIX);
    let plan = ops::snapshots::prepare_consolidate(&site.client, &vm)
        .await
        .unwrap();
    let report = site.apply(plan).await;
    assert_eq!(report.outcome, Outcome::Ready, "{:?}", report.steps);
    assert_eq!(site.changes(), ["ConsolidateVMDisks_Task"]);
    let list = ops::snapshots::list(&site.client, &vm).await.unwrap();
    assert_eq!(list.rows.iter().map(|row| row.depth).max(), Some(2));
    site.end().await;
}

/// The server tells that the method is disabled, and not by whom: esxtool's own is set beside, and noted.
#[tokio::test]
async fn a_method_that_a_backup_disabled_is_disabled_by_esxtool_as_well() {
    let site = Site::start("failback-lab").await;
    let target = site.vm(TO_FIX);
    let content = site.client.content();
    let by_backup = DisableMethods {
        this: content.authorization_manager.clone().unwrap(),
        entity: vec![ManagedObjectReference::new(&target.kind, &target.value)],
        method: vec![DisabledMethodRequest {
            method: "RelocateVM_Task".into(),
            reason_id: "job".into(),
        }],
        source_id: "backup".into(),
        session_scope: Some(false),
    };
    site.client.call(&by_backup).await.unwrap();
    let vm = VmSelector::from(TO_FIX);
    let before = ops::check(&site.client, &vm).await.unwrap().exclusion;
    assert_eq!(before.protection, Protection::ForNow);

    let exclude = ops::storage_vmotion::prepare_exclude(&site.client, &vm).await;
    let report = site.apply(exclude.unwrap()).await;
    assert_eq!(report.outcome, Outcome::Ready, "{:?}", report.steps);
    let after = report.after.exclusion().unwrap();
    assert_eq!(after.protection, Protection::Full);
    let again = ops::storage_vmotion::prepare_exclude(&site.client, &vm).await;
    assert!(again.unwrap().is_empty());

    // The backup ends; what esxtool set stays, since it was set in its own name.
    let held_by = |source: &str| {
        site.server.with_world(|world| {
            world.lab.enable(&target, "RelocateVM_Task", source);
            world.lab.disabled_on(&target)
        })
    };
    assert_eq!(held_by("backup"), ["RelocateVM_Task"]);
    let include = ops::storage_vmotion::prepare_include(&site.client, &vm).await;
    let report = site.apply(include.unwrap()).await;
    assert_eq!(report.outcome, Outcome::Ready, "{:?}", report.steps);
    assert!(held_by("nobody").is_empty());
    site.end().await;
}
