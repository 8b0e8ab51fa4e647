//! Shutting down and powering on again, with everything that can come between.

use esx_tools::engine::{self, Event, Interrupt, Outcome, Silent, StepStatus};
use esx_tools::fact::{Fact, PowerState};

use esx_tools::plan::Fixes;
use integration_tests::site::Site;
use mocks::{Act, Fault, Injection};
use vsphere_client::vim::ManagedObjectReference;

use super::{
    LINUX, WINDOWS, convert, count, detail, is_due, plan, power_cycle, prepare, runs, status,
};

#[tokio::test]
async fn a_power_cycle_makes_the_setting_count_in_the_same_run() {
    let site = Site::start("failback-lab").await;
    let report = prepare(&site, LINUX, &power_cycle()).await;
    assert_eq!(report.outcome, Outcome::Ready, "{:?}", report.steps);
    assert!(!report.after.needs_power_cycle && !is_due(&report));
    assert!(runs(&site, LINUX));
    let changes = site.changes();
    let at = |method: &str| changes.iter().position(|m| m == method);
    assert!(at("ReconfigVM_Task") < at("PowerOnVM_Task"), "{changes:?}");
    assert_eq!(
        (
            count(&site, "ShutdownGuest"),
            count(&site, "PowerOffVM_Task")
        ),
        (1, 0)
    );
    let again = prepare(&site, LINUX, &power_cycle()).await;
    assert!(again.plan.is_empty(), "{:?}", again.plan.steps);
    assert_eq!(count(&site, "ShutdownGuest"), 1);
    site.end().await;
}

#[tokio::test]
async fn a_power_cycle_that_is_due_is_known_to_later_runs() {
    let site = Site::start("failback-lab").await;
    let first = prepare(&site, LINUX, &Fixes::default()).await;
    assert_eq!(first.outcome, Outcome::BlockersRemain);
    assert!(first.after.needs_power_cycle && is_due(&first));
    let second = prepare(&site, LINUX, &Fixes::default()).await;
    assert_eq!(second.outcome, Outcome::BlockersRemain);
    assert!(second.plan.is_empty() && is_due(&second) && second.after.needs_power_cycle);
    let third = prepare(&site, LINUX, &power_cycle()).await;
    let ids: Vec<String> = third.steps.iter().map(|step| step.id.to_string()).collect();
    assert_eq!(ids, ["shut-down", "power-on"]);
    assert_eq!(third.outcome, Outcome::Ready);
    assert!(!is_due(&third) && !third.after.needs_power_cycle);
    assert!(runs(&site, LINUX));
    site.end().await;
}

#[tokio::test]
async fn a_request_to_stop_leaves_the_vm_running() {
    let site = Site::start("failback-lab").await;
    let prepared = plan(&site, WINDOWS, &convert()).await;
    let interrupt = Interrupt::new();
    let stop = interrupt.clone();
    let observer = move |event: &Event| {
        if matches!(event, Event::StepStarted { id, .. } if id.to_string() == "shut-down") {
            stop.request();
        }
    };
    let report = engine::apply(&site.client, prepared, &observer, &interrupt)
        .await
        .unwrap();
    assert_eq!(report.outcome, Outcome::Interrupted);
    assert_eq!(status(&report, "shut-down"), Some(StepStatus::Done));
    assert_eq!(
        status(&report, "convert-controllers"),
        Some(StepStatus::Skipped)
    );
    assert_eq!(status(&report, "power-on"), Some(StepStatus::Done));
    assert_eq!(
        status(&report, "disable-methods"),
        Some(StepStatus::Skipped)
    );
    assert!(runs(&site, WINDOWS));
    // Before anything was switched off, there is nothing to switch on.
    let early = Interrupt::new();
    early.request();
    let prepared = plan(&site, WINDOWS, &convert()).await;
    let report = engine::apply(&site.client, prepared, &Silent, &early)
        .await
        .unwrap();
    assert!(
        report
            .steps
            .iter()
            .all(|step| step.status() == StepStatus::Skipped)
    );
    assert_eq!(count(&site, "PowerOffVM_Task"), 1);
    site.end().await;
}

#[tokio::test]
async fn a_server_that_says_no_half_way_leaves_the_vm_running() {
    for act in [
        Act::Fault(
            Fault::new("GenericVmConfigFault", "Invalid configuration.")
                .with("reason", "Invalid configuration."),
        ),
        Act::Reset,
    ] {
        let site = Site::start("failback-lab").await;
        // A fault is proof; a connection that breaks is none, though the server did not act.
        let (ended, outcome) = match act {
            Act::Fault(_) => (StepStatus::Refused, Outcome::Partial),
            _ => (StepStatus::Unknown, Outcome::Unknown),
        };
        site.server
            .inject(Injection::on_nth("ReconfigVM_Task", 2, act));
        let report = prepare(&site, WINDOWS, &convert()).await;
        assert_eq!(status(&report, "convert-controllers"), Some(ended));
        assert_eq!(status(&report, "power-on"), Some(StepStatus::Done));
        assert_eq!(report.outcome, outcome);
        assert_eq!(count(&site, "ReconfigVM_Task"), 2, "nothing is sent twice");
        assert!(runs(&site, WINDOWS));
        let again = prepare(&site, WINDOWS, &convert()).await;
        assert_eq!(
            status(&again, "convert-controllers"),
            Some(StepStatus::Done)
        );
        site.end().await;
    }
}

#[tokio::test]
async fn a_guest_that_does_not_obey_is_left_running_unless_force_is_allowed() {
    let site = Site::start("failback-lab").await;
    let vm = site.vm(LINUX);
    site.server
        .with_world(|world| world.lab.ignore_shutdown(&vm));
    let patient = Fixes {
        power_limit: Some(1),
        ..power_cycle()
    };
    let report = prepare(&site, LINUX, &patient).await;
    assert_eq!(status(&report, "shut-down"), Some(StepStatus::Unknown));
    assert!(detail(&report, "shut-down").contains("within 1 s"));
    assert_eq!(status(&report, "power-on"), Some(StepStatus::Already));
    assert_eq!(status(&report, "disable-methods"), Some(StepStatus::Done));
    assert_eq!(report.outcome, Outcome::Unknown);
    assert!(runs(&site, LINUX) && is_due(&report) && report.after.needs_power_cycle);
    assert_eq!(count(&site, "PowerOffVM_Task"), 0);

    let forced = Fixes {
        force_power_off: true,
        ..patient
    };
    let report = prepare(&site, LINUX, &forced).await;
    assert_eq!(
        status(&report, "shut-down"),
        Some(StepStatus::Done),
        "{:?}",
        report.steps
    );
    assert!(detail(&report, "shut-down").contains("without the guest"));
    assert_eq!(report.outcome, Outcome::Ready);
    assert!(runs(&site, LINUX) && !is_due(&report));
    site.end().await;
}

#[tokio::test]
async fn a_vm_that_does_not_start_again_is_told_first_of_all() {
    let site = Site::start("failback-lab").await;
    let locked = Fault::new("FileLocked", "Failed to lock the file").with("file", "[x] y.vmdk");
    site.server
        .inject(Injection::on_method("PowerOnVM_Task", Act::Fault(locked)));
    let report = prepare(&site, LINUX, &power_cycle()).await;
    assert_eq!(status(&report, "power-on"), Some(StepStatus::Refused));
    assert!(detail(&report, "power-on").starts_with("THE VM IS OFF"));
    assert_eq!(report.outcome, Outcome::Partial);
    site.end().await;
}

#[tokio::test]
async fn an_answer_about_power_that_is_lost_is_looked_up_and_never_repeated() {
    for method in ["ShutdownGuest", "PowerOnVM_Task"] {
        let site = Site::start("failback-lab").await;
        site.server
            .inject(Injection::on_method(method, Act::DropAfterApply));
        let report = prepare(&site, LINUX, &power_cycle()).await;
        assert_eq!(
            report.outcome,
            Outcome::Ready,
            "{method}: {:?}",
            report.steps
        );
        assert_eq!(count(&site, method), 1, "{method}");
        assert!(runs(&site, LINUX));
        site.end().await;
    }
}

#[tokio::test]
async fn a_vm_that_is_off_is_not_switched_on() {
    let site = Site::start("failback-lab").await;
    let off = vsphere_client::method::PowerOffVmTask {
        this: ManagedObjectReference::new("VirtualMachine", site.vm(WINDOWS).value),
    };
    let task = site.client.call(&off).await.unwrap();
    let ended = site
        .client
        .wait_task(&task, Default::default(), |_| {})
        .await;
    assert!(ended.unwrap().is_success());
    let report = prepare(&site, WINDOWS, &convert()).await;
    assert_eq!(
        status(&report, "convert-controllers"),
        Some(StepStatus::Done)
    );
    assert_eq!(status(&report, "power-on"), None);
    let after = report.after.after.unwrap().facts.master_target;
    assert_eq!(after.power_state, Fact::Known(PowerState::PoweredOff));
    site.end().await;
}
