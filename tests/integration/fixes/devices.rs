//! Controllers that are replaced, a disk that is added, snapshots that are forbidden.

use esx_tools::engine::ChangeReport;
use esx_tools::engine::{Outcome, StepStatus};
use esx_tools::ops::Prepare;
use esx_tools::plan::{Change, Fixes, SnapshotLimit, UnfixableCause};
use esx_tools::{fact::Fact, vm::ControllerKind};
use integration_tests::site::Site;
use mocks::{Act, Injection, Role, Value};
use vsphere_client::method::CreateSnapshotTask;
use vsphere_client::task::TaskOutcome;
use vsphere_client::vim::ManagedObjectReference;

use super::{
    SMALL, WINDOWS, convert, count, plan, prepare, retention, runs, slots, snapshots, status,
};

#[tokio::test]
async fn controllers_are_replaced_under_their_disks() {
    let site = Site::start("failback-lab").await;
    let report = prepare(&site, WINDOWS, &convert()).await;
    assert!(
        report.steps.iter().all(|step| step.status().is_good()),
        "{:?}",
        report.steps
    );
    let after = report.after.after.unwrap();
    let Fact::Known(controllers) = &after.facts.master_target.controllers else {
        panic!("{:?}", after.facts.master_target)
    };
    let scsi: Vec<_> = controllers
        .iter()
        .filter(|now| now.kind.is_scsi())
        .map(|now| (now.kind.clone(), now.bus))
        .collect();
    assert_eq!(scsi, [(ControllerKind::LsiLogicSas, 0)]);
    assert_eq!(slots(&after), slots(&report.after.before));
    assert!(runs(&site, WINDOWS));
    // One reconfigure for the settings, one for the controllers.
    assert_eq!(count(&site, "ReconfigVM_Task"), 2);
    assert_eq!(
        (
            count(&site, "ShutdownGuest"),
            count(&site, "PowerOffVM_Task")
        ),
        (0, 1)
    );
    let again = plan(&site, WINDOWS, &convert()).await;
    assert!(again.is_empty(), "{:?}", again.steps());
    site.end().await;
}

#[tokio::test]
async fn each_word_that_is_missing_is_asked_for() {
    let site = Site::start("failback-lab").await;
    let cases = [
        (Fixes::default(), "--convert-controllers"),
        (
            Fixes {
                convert_windows_boot: false,
                ..convert()
            },
            "--confirm-windows-boot",
        ),
        (
            Fixes {
                force_power_off: false,
                ..convert()
            },
            "--force-power-off",
        ),
        (
            Fixes {
                power_cycle: false,
                ..convert()
            },
            "--power-cycle",
        ),
    ];
    for (fixes, option) in cases {
        let prepared = plan(&site, WINDOWS, &fixes).await;
        assert!(
            prepared
                .plan()
                .step(&"convert-controllers".parse().unwrap())
                .is_none()
        );
        let needs = prepared.plan().unfixable.iter().any(|entry| {
            matches!(&entry.cause, UnfixableCause::NeedsOption { option: of } if of == option)
        });
        assert!(needs, "{option}: {:?}", prepared.plan().unfixable);
    }
    site.end().await;
}

#[tokio::test]
async fn a_disk_for_retention_is_added_once() {
    let site = Site::start("failback-lab").await;
    let fixes = retention("1TB");
    let report = prepare(&site, SMALL, &fixes).await;
    assert_eq!(
        status(&report, "add-retention-disk"),
        Some(StepStatus::Done),
        "{:?}",
        report.steps
    );
    let Change::AddDisk { disk, .. } = &report
        .plan
        .step(&"add-retention-disk".parse().unwrap())
        .unwrap()
        .change
    else {
        panic!("{:?}", report.plan)
    };
    assert_eq!(disk.slot.to_string(), "0:1");
    let disks = |report: &ChangeReport<Prepare>| {
        let after = report.after.after.as_ref().unwrap();
        after.facts.master_target.disks.known().unwrap().clone()
    };
    let added = disks(&report).pop().unwrap();
    assert_eq!(
        (added.bus, added.unit, added.capacity_bytes),
        (Some(0), Some(1), Some(1 << 40))
    );
    let path = added.path.unwrap();
    assert!(path.starts_with("[silver-01] mt-linux-02/"), "{path}");
    site.server
        .with_world(|world| assert!(world.files.contains(&path), "{path}"));

    let again = prepare(&site, SMALL, &fixes).await;
    assert!(
        again
            .plan
            .step(&"add-retention-disk".parse().unwrap())
            .is_none()
    );
    assert_eq!(again.plan.already.len(), 1);
    assert_eq!(disks(&again).len(), 2);
    site.end().await;
}

#[tokio::test]
async fn an_answer_lost_while_a_disk_is_added_does_not_bring_a_second_one() {
    let site = Site::start("failback-lab").await;
    // The settings take the first reconfigure.
    site.server
        .inject(Injection::on_nth("ReconfigVM_Task", 2, Act::DropAfterApply));
    let report = prepare(&site, SMALL, &retention("1TB")).await;
    assert_eq!(
        status(&report, "add-retention-disk"),
        Some(StepStatus::Done),
        "{:?}",
        report.steps
    );
    assert_eq!(count(&site, "ReconfigVM_Task"), 2);
    let after = report.after.after.unwrap().facts.master_target;
    assert_eq!(after.disks.known().unwrap().len(), 2);
    site.end().await;
}

#[tokio::test]
async fn a_disk_without_room_is_refused_and_that_is_no_success() {
    let site = Site::start("failback-lab").await;
    for (wish, needs) in [
        ("60TB", "60TB"),
        ("1TB,nowhere", "nowhere"),
        ("1TB,gold-01", "gold-01"),
    ] {
        let prepared = plan(&site, "mt-linux-02", &retention(wish)).await;
        assert!(
            prepared
                .plan()
                .step(&"add-retention-disk".parse().unwrap())
                .is_none(),
            "{needs}"
        );
        let asked = prepared.plan().unfixable.iter().find(|one| one.asked);
        assert!(asked.is_some(), "{needs}: {:?}", prepared.plan().unfixable);
    }
    let report = prepare(&site, "mt-linux-ready", &retention("60TB")).await;
    assert_eq!(report.outcome, Outcome::BlockersRemain);
    assert!(site.changes().is_empty());
    site.end().await;
}

async fn take_snapshot(site: &Site, vm: &str) -> TaskOutcome {
    let call = CreateSnapshotTask {
        this: ManagedObjectReference::new("VirtualMachine", site.vm(vm).value),
        name: "nightly backup".into(),
        description: None,
        memory: false,
        quiesce: false,
    };
    let task = site.client.call(&call).await.unwrap();
    let outcome = site
        .client
        .wait_task(&task, Default::default(), |_| {})
        .await;
    outcome.unwrap()
}

#[tokio::test]
async fn snapshots_are_refused_to_everybody_until_they_are_allowed_again() {
    let site = Site::start("failback-lab").await;
    let vm = "mt-linux-ready";
    let report = prepare(&site, vm, &snapshots(SnapshotLimit::Forbid)).await;
    assert_eq!(report.outcome, Outcome::Ready, "{:?}", report.steps);
    assert_eq!(site.changes(), ["ReconfigVM_Task"]);
    let refused = take_snapshot(&site, vm).await;
    assert!(matches!(refused, TaskOutcome::Failed(_)), "{refused:?}");
    assert_eq!(site.value(vm, "snapshot"), None::<Value>);
    let again = prepare(&site, vm, &snapshots(SnapshotLimit::Forbid)).await;
    assert!(again.plan.is_empty() && again.plan.already.len() == 1);

    let report = prepare(&site, vm, &snapshots(SnapshotLimit::Allow)).await;
    assert_eq!(report.outcome, Outcome::Ready, "{:?}", report.steps);
    assert!(take_snapshot(&site, vm).await.is_success());
    site.end().await;
}

#[tokio::test]
async fn the_role_of_site_recovery_suffices_and_reading_alone_does_not() {
    let site = Site::start_as("failback-lab", Role::AzureSiteRecoveryHardening).await;
    let all = Fixes {
        retention_disk: Some("2TB".parse().unwrap()),
        snapshots: Some(SnapshotLimit::Forbid),
        ..convert()
    };
    let report = prepare(&site, WINDOWS, &all).await;
    assert!(
        report.steps.iter().all(|step| step.status().is_good()),
        "{:?}",
        report.steps
    );
    assert!(runs(&site, WINDOWS));
    site.end().await;

    let site = Site::start_as("failback-lab", Role::ReadOnly).await;
    let report = prepare(&site, WINDOWS, &all).await;
    assert!(report.steps.is_empty(), "{:?}", report.steps);
    let asked = report.plan.unfixable.iter().filter(|one| one.asked);
    assert_eq!(asked.count(), 2, "{:?}", report.plan.unfixable);
    assert!(site.changes().is_empty());
    site.end().await;
}
