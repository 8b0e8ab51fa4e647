//! The main job when the server fails, answers are lost, or somebody else is at work.

use std::time::Duration;

use esx_tools::engine::{self, ChangeReport, Event, Interrupt, Outcome, Silent, StepStatus};
use esx_tools::exclusion::Protection;
use esx_tools::ops::inventory::Query;
use esx_tools::ops::{self, OpError, Prepare};
use integration_tests::site::Site;
use mocks::{Act, ClockMode, Fault, Gate, Injection, Role, Value};
use vsphere_client::vim::ManagedObjectReference;

use crate::prepare::{METHODS, TO_FIX};

fn statuses(report: &ChangeReport<Prepare>) -> Vec<(String, StepStatus)> {
    let of = report.steps.iter();
    of.map(|step| (step.id.to_string(), step.status()))
        .collect()
}

/// How it ends when every step is done: what was set on a VM that runs has no effect before the next power cycle.
const ALL_DONE: Outcome = Outcome::BlockersRemain;

/// Runs a test for every state-changing method at the same time, each against a server of its own.
async fn for_each_method<F>(test: impl Fn(&'static str) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut tests: tokio::task::JoinSet<()> = METHODS.into_iter().map(test).collect();
    while let Some(ended) = tests.join_next().await {
        if let Err(error) = ended {
            std::panic::resume_unwind(error.into_panic());
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_after_the_act_is_read_back_and_never_repeated() {
    for_each_method(|method| async move {
        let site = Site::start("failback-lab").await;
        site.server
            .inject(Injection::on_method(method, Act::DropAfterApply));
        let report = site.prepare(TO_FIX).await;
        assert_eq!(site.server.call_count(method), 1, "{method}");
        let statuses = statuses(&report);
        assert_eq!(report.outcome, ALL_DONE, "{method}: {statuses:?}");
        assert!(report.steps.iter().all(|step| step.status().is_good()));
        site.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_call_that_never_acted_is_reported_and_the_next_run_makes_it() {
    for_each_method(|method| async move {
        let site = Site::start("failback-lab").await;
        site.server.inject(Injection::on_method(method, Act::Reset));
        let report = site.prepare(TO_FIX).await;
        assert_eq!(site.server.call_count(method), 1, "{method}");
        let steps = report.steps.iter();
        let not_tried = |status| status == StepStatus::Skipped;
        let failed: Vec<_> = steps
            .filter(|step| !step.status().is_good() && !not_tried(step.status()))
            .collect();
        assert_eq!(failed.len(), 1, "{method}: {:?}", report.steps);
        // Nothing proves that the server did not get it, and nothing claims so.
        assert_eq!(failed[0].status(), StepStatus::Unknown);
        assert_eq!(report.outcome, Outcome::Unknown, "{method}");
        let again = site.prepare(TO_FIX).await;
        assert_eq!(again.outcome, ALL_DONE, "{method}");
        site.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_task_that_fails_is_told_with_its_fault_and_the_rest_is_done() {
    let site = Site::start("failback-lab").await;
    site.server.with_world(|world| {
        let fault = Fault::new("FileLocked", "Unable to access a file since it is locked")
            .with("file", "[gold-01] mt-linux-01/mt-linux-01.vmdk");
        world.fail_next_task("ConsolidateVMDisks_Task", fault);
    });
    let report = site.prepare(TO_FIX).await;
    assert_eq!(report.outcome, Outcome::Partial);
    let consolidate = &report.steps[1];
    assert_eq!(consolidate.status(), StepStatus::Refused);
    let detail = consolidate.detail().unwrap();
    assert!(detail.contains("FileLocked"), "{detail}");
    assert!(
        report
            .steps
            .iter()
            .skip(2)
            .all(|s| s.status() == StepStatus::Done)
    );
    site.end().await;
}

#[tokio::test]
async fn a_reconfigure_that_was_overtaken_is_planned_again() {
    let site = Site::start("failback-lab").await;
    let overtaken = Act::Fault(Fault::concurrent_access());
    site.server
        .inject(Injection::on_method("ReconfigVM_Task", overtaken));
    let report = site.prepare(TO_FIX).await;
    assert_eq!(report.outcome, ALL_DONE, "{:?}", report.steps);
    assert_eq!(report.replanned.len(), 1, "{:?}", report.replanned);
    site.end().await;
}

#[tokio::test]
async fn somebody_who_keeps_changing_the_vm_ends_the_attempts() {
    let site = Site::start("failback-lab").await;
    let overtaken = Act::Fault(Fault::concurrent_access());
    site.server
        .inject(Injection::on_method("ReconfigVM_Task", overtaken).times(u32::MAX));
    let report = site.prepare(TO_FIX).await;
    assert_eq!(site.server.call_count("ReconfigVM_Task"), 30);
    assert_eq!(report.steps[2].status(), StepStatus::Refused);
    assert_eq!(report.outcome, Outcome::Partial);
    site.end().await;
}

#[tokio::test]
async fn a_snapshot_taken_after_the_plan_is_not_removed_unseen() {
    let site = Site::start("failback-lab").await;
    let prepared = site.plan(TO_FIX).await;
    let take = vsphere_client::method::CreateSnapshotTask {
        this: ManagedObjectReference::new("VirtualMachine", site.vm(TO_FIX).value),
        name: "nightly backup".into(),
        description: None,
        memory: false,
        quiesce: false,
    };
    let task = site.client.call(&take).await.unwrap();
    let outcome = site
        .client
        .wait_task(&task, Default::default(), |_| {})
        .await;
    assert!(outcome.unwrap().is_success());
    // Facts of the last quarter of a second count as present.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let refused = engine::apply(&site.client, prepared, &Silent, &Interrupt::new()).await;
    assert!(matches!(refused, Err(OpError::Stale { .. })), "{refused:?}");
    assert_eq!(site.server.call_count("RemoveAllSnapshots_Task"), 0);
    site.end().await;
}

#[tokio::test]
async fn a_session_that_ends_during_a_task_is_replaced() {
    let site = Site::start("failback-lab").await;
    site.server
        .inject(Injection::on_nth("WaitForUpdatesEx", 2, Act::ExpireSession));
    let report = site.prepare(TO_FIX).await;
    assert_eq!(report.outcome, ALL_DONE, "{:?}", report.steps);
    assert_eq!(site.server.call_count("RemoveAllSnapshots_Task"), 1);
    site.end().await;
}

#[tokio::test]
async fn a_change_that_does_not_concern_the_plan_does_not_stop_it() {
    let site = Site::start("failback-lab").await;
    let prepared = site.plan(TO_FIX).await;
    let vm = site.vm(TO_FIX);
    site.server.with_world(|world| {
        world.store.update(&vm, |properties| {
            properties.set_path("config.changeVersion", "2030-01-01T00:00:00.000000Z");
        });
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let report = site.apply(prepared).await;
    assert_eq!(report.outcome, ALL_DONE, "{:?}", report.steps);
    assert_eq!(report.replanned.len(), 1);
    site.end().await;
}

#[tokio::test]
async fn a_licence_that_forbids_writing_is_told() {
    let site = Site::start("esxi-free").await;
    let rows = ops::inventory::vms(&site.client, Query::default())
        .await
        .unwrap();
    let vms = rows.all().await.unwrap();
    let vm = vms.iter().find(|vm| vm.name.starts_with("mt-")).unwrap();
    let report = site.prepare(&vm.name).await;
    assert_eq!(report.outcome, Outcome::Failed, "{:?}", report.steps);
    assert!(!report.steps.is_empty());
    for step in &report.steps {
        let detail = step.detail().unwrap_or_default();
        assert_eq!(step.status(), StepStatus::Refused, "{step:?}");
        assert!(detail.contains("RestrictedVersion"), "{detail}");
    }
    assert!(site.changes().is_empty());
    site.end().await;
}

#[tokio::test]
async fn an_exclusion_that_only_pretends_to_be_set_is_found_out() {
    let site = Site::start("failback-lab").await;
    // The entry is gone again by the time of reading back, as with a server that ignores it.
    let pod = site.server.find("StoragePod", "Pod-Gold").unwrap();
    let prepared = site.plan(TO_FIX).await;
    let server = &site.server;
    let observer = |event: &Event| {
        if matches!(event, Event::Verifying) {
            server.with_world(|world| {
                world.store.update(&pod, |properties| {
                    let path = "podStorageDrsEntry.storageDrsConfig";
                    let config = properties.get_path(path).and_then(Value::as_data).cloned();
                    let mut config = config.expect("the pod's configuration");
                    config.remove("vmConfig");
                    properties.set_path(path, config);
                });
            });
        }
    };
    let report = engine::apply(&site.client, prepared, &observer, &Interrupt::new())
        .await
        .unwrap();
    let not_taken: Vec<_> = report
        .steps
        .iter()
        .filter(|s| !s.status().is_good())
        .collect();
    assert_eq!(not_taken.len(), 1, "{:?}", report.steps);
    assert_eq!(not_taken[0].status(), StepStatus::NotTaken);
    let exclusion = report.after.exclusion().unwrap();
    assert_eq!(exclusion.protection, Protection::Enforced);
    // The method holds, so this is no blocker, and the layer is told as it is.
    assert_eq!(report.outcome, ALL_DONE);
    site.end().await;
}

/// A run that is killed leaves its task behind: the next run used to fail with `TaskInProgress`.
#[tokio::test]
async fn a_task_that_an_earlier_run_left_behind_is_waited_for() {
    // Time stands still until somebody waits, so the task is surely there.
    let site = Site::at_pace("failback-lab", Role::Administrator, ClockMode::Jump).await;
    let left = vsphere_client::method::RemoveAllSnapshotsTask {
        this: ManagedObjectReference::new("VirtualMachine", site.vm(TO_FIX).value),
        consolidate: Some(true),
    };
    let prepared = site.plan(TO_FIX).await;
    site.client.call(&left).await.unwrap();
    let report = site.apply(prepared).await;
    assert_eq!(report.outcome, ALL_DONE, "{:?}", report.steps);
    assert_eq!(report.steps[0].status(), StepStatus::Already);
    let replanned = &report.replanned;
    assert!(
        replanned.iter().any(|why| why.contains("another task")),
        "{replanned:?}"
    );
    site.end().await;
}

/// The overrides used to be set all the same, and nothing could take them back afterwards.
#[tokio::test]
async fn no_override_is_set_while_its_record_could_not_be_written() {
    let site = Site::start("failback-lab").await;
    site.server
        .inject(Injection::on_method("ReconfigVM_Task", Act::Reset));
    let report = site.prepare(TO_FIX).await;
    let of = statuses(&report);
    assert_eq!(of[2], ("reconfigure".to_owned(), StepStatus::Unknown));
    // The overrides and the method: what has no record is not set.
    assert!(
        of[3..6]
            .iter()
            .all(|(_, status)| *status == StepStatus::Skipped),
        "{of:?}"
    );
    assert_eq!(site.prepare(TO_FIX).await.outcome, ALL_DONE);
    let record = site.option(TO_FIX, "esxtool.exclusion");
    assert!(record.is_some_and(|record| record.matches("=none").count() == 3));
    site.end().await;
}

/// The power cycle that the setting waits for used to make the step fail, though all of it was done.
#[tokio::test]
async fn a_reconfigure_that_an_earlier_run_left_behind_counts_as_done() {
    let site = Site::at_pace("failback-lab", Role::Administrator, ClockMode::Jump).await;
    let gate = Gate::new();
    let hold = Act::HoldAnswer(gate.clone());
    site.server
        .inject(Injection::on_method("ReconfigVM_Task", hold));
    let client = Site::log_in(&site.server, Role::Administrator).await;
    let prepared = site.plan(TO_FIX).await;
    let earlier = {
        let (client, prepared) = (client.clone(), prepared.clone());
        tokio::spawn(
            async move { engine::apply(&client, prepared, &Silent, &Interrupt::new()).await },
        )
    };
    gate.reached().await;
    // It dies here, and its task goes on.
    earlier.abort();
    let prepared = site.plan(TO_FIX).await;
    let report = site.apply(prepared).await;
    assert_eq!(
        statuses(&report)[0],
        ("reconfigure".to_owned(), StepStatus::Already)
    );
    assert_eq!(report.outcome, ALL_DONE, "{:?}", report.steps);
    assert_eq!(site.server.call_count("ReconfigVM_Task"), 2);
    client.logout().await.unwrap();
    site.end().await;
}
