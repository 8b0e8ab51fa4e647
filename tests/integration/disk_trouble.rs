//! Attaching and detaching disks when the server is in trouble.

use std::time::Duration;

use esx_tools::disks::attach::AttachOptions;
use esx_tools::disks::{self};
use esx_tools::engine::{self, Interrupt, Outcome, Silent};
use esx_tools::ops::VmSelector;
use integration_tests::site::Site;
use mocks::{Act, ClockMode, Fault, Injection, Role};

const TARGET: &str = "mt-linux-01";

/// A fault that is about none of the disks and passes: halves are tried, and both are taken.
#[tokio::test]
async fn a_refusal_that_passes_ends_with_every_disk_attached() {
    let site = Site::at_pace("disks", Role::Administrator, ClockMode::Jump).await;
    let fault = Fault::new("FileLocked", "Unable to access a file since it is locked")
        .with("file", "[gold-01] somewhere/else.vmdk");
    site.server.inject(Injection::on_method(
        "ReconfigVM_Task",
        Act::FailTask(fault),
    ));
    let vms = ["app-01", "app-02"].map(VmSelector::from);
    let prepared =
        disks::attach::prepare(&site.client, &TARGET.into(), &AttachOptions::of_vms(vms))
            .await
            .expect("a plan");
    let report = engine::apply(&site.client, prepared, &Silent, &Interrupt::new())
        .await
        .expect("a report");
    assert_eq!(report.outcome, Outcome::Ready, "{:?}", report.after.disks);
    site.end().await;
}

/// The slots of the old plan used to be taken with the new facts: "the slot 0:2 is not free any more".
#[tokio::test]
async fn a_slot_that_was_taken_after_the_plan_is_given_up_for_the_next_one() {
    let site = Site::at_pace("disks", Role::Administrator, ClockMode::Jump).await;
    let plan = async |vm: &str| {
        let options = AttachOptions::of_vms([VmSelector::from(vm)]);
        disks::attach::prepare(&site.client, &TARGET.into(), &options)
            .await
            .expect("a plan")
    };
    let apply = async |prepared| {
        engine::apply(&site.client, prepared, &Silent, &Interrupt::new())
            .await
            .expect("a report")
    };
    let late = plan("app-02").await;
    let early = apply(plan("app-01").await).await;
    assert_eq!(early.outcome, Outcome::Ready);
    // Facts of the last quarter of a second count as present.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let report = apply(late).await;
    assert_eq!(report.outcome, Outcome::Ready, "{:?}", report.steps);
    assert!(
        report
            .after
            .disks
            .iter()
            .all(|disk| disk.slot != early.after.disks[0].slot)
    );
    site.end().await;
}
