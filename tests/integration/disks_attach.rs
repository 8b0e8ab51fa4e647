//! `disks attach` and `disks detach`: the real crates against the mock.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: what fails here fails the test"
)]

use esx_tools::disks::RefusedCause;
use esx_tools::disks::attach::{Attach, AttachOptions};
use esx_tools::disks::detach::{Detach, DetachOptions};
use esx_tools::disks::{self, DiskStatus};
use esx_tools::engine::{self, ChangeReport, Interrupt, Outcome, Prepared, Silent};
use esx_tools::ledger::Ledger;
use esx_tools::ops::{OpError, VmSelector};
use integration_tests::site::Site;
use mocks::{Act, Fault, Injection, Value};

const MT: &str = "mt-linux-01";

fn of(vms: &[&str]) -> AttachOptions {
    AttachOptions::of_vms(vms.iter().map(|vm| VmSelector::from(*vm)))
}

async fn plan(site: &Site, options: &AttachOptions) -> Prepared<Attach> {
    disks::attach::prepare(&site.client, &VmSelector::from(MT), options)
        .await
        .unwrap()
}

async fn attach(site: &Site, options: &AttachOptions) -> ChangeReport<Attach> {
    let prepared = plan(site, options).await;
    engine::apply(&site.client, prepared, &Silent, &Interrupt::new())
        .await
        .unwrap()
}

async fn detach(site: &Site, options: &DetachOptions) -> ChangeReport<Detach> {
    let prepared = disks::detach::prepare(&site.client, &VmSelector::from(MT), options)
        .await
        .unwrap();
    engine::apply(&site.client, prepared, &Silent, &Interrupt::new())
        .await
        .unwrap()
}

/// Files of the disks on the master target, as the mock holds them.
fn files(site: &Site) -> Vec<String> {
    let devices = site.value(MT, "config.hardware.device");
    let list = devices.as_ref().unwrap().as_list();
    list.iter()
        .filter_map(Value::as_data)
        .filter(|device| device.is("VirtualDisk"))
        .filter_map(|device| Some(device.data("backing")?.str("fileName")?.to_owned()))
        .collect()
}

/// The ledger as the mock holds it.
fn ledger(site: &Site) -> Ledger {
    let options = site.value(MT, "config.extraConfig");
    let list = options.as_ref().unwrap().as_list();
    let settings: Vec<_> = list
        .iter()
        .filter_map(Value::as_data)
        .map(|option| esx_tools::vm::Setting {
            key: option.str("key").unwrap_or_default().to_owned(),
            value: option.str("value").unwrap_or_default().to_owned(),
        })
        .collect();
    Ledger::read(&settings)
}

fn reconfigures(site: &Site) -> usize {
    let changes = site.changes();
    changes
        .iter()
        .filter(|method| *method == "ReconfigVM_Task")
        .count()
}

#[tokio::test]
async fn all_disks_go_in_one_task_and_a_second_run_changes_nothing() {
    let site = Site::start("disks").await;
    let options = of(&["app-01", "app-02", "win-01", "B\u{fc}ro [neu] \u{2116} 1"]);
    let done = attach(&site, &options).await;
    assert_eq!(done.outcome, Outcome::Ready, "{done:?}");
    assert_eq!(done.after.disks.len(), 8);
    assert!(
        done.after
            .disks
            .iter()
            .all(|disk| disk.status == DiskStatus::Attached)
    );
    assert_eq!(site.changes(), ["ReconfigVM_Task"]);
    assert_eq!(files(&site).len(), 10);
    let entries = ledger(&site).entries;
    assert_eq!(entries.len(), 8);
    let spread: Vec<_> = entries
        .iter()
        .filter(|entry| entry.vm_name == "app-02")
        .filter_map(|entry| entry.slot.map(|slot| slot.to_string()))
        .collect();
    assert_eq!(spread.len(), 3, "{entries:?}");
    assert!(spread.contains(&"0:8".to_owned()) && spread.contains(&"1:0".to_owned()));

    let again = plan(&site, &options).await;
    assert!(again.plan().is_empty() && again.plan().refused.is_empty());
    assert_eq!(again.plan().satisfied.len(), 8);
    assert_eq!(again.plan().without_a_change(), Outcome::Ready);

    let gone = detach(&site, &DetachOptions::all()).await;
    assert_eq!(gone.outcome, Outcome::Ready, "{gone:?}");
    assert!(
        gone.after
            .disks
            .iter()
            .all(|disk| disk.status == DiskStatus::Detached)
    );
    assert_eq!(files(&site).len(), 2);
    assert!(ledger(&site).is_empty());
    let again = detach(&site, &DetachOptions::all()).await;
    assert_eq!(again.outcome, Outcome::Ready);
    assert_eq!(reconfigures(&site), 2);
    site.end().await;
}

#[tokio::test]
async fn every_disk_that_may_not_be_attached_is_refused_with_its_reason_and_nothing_is_changed() {
    let site = Site::start("disks").await;
    for (vm, cause) in [
        ("running-01", RefusedCause::OwnerOn),
        ("snapshot-01", RefusedCause::Snapshots),
        ("clone-01", RefusedCause::Delta),
        ("base-01", RefusedCause::InUse),
        ("rdm-01", RefusedCause::NotAFile),
        ("cluster-01", RefusedCause::MultiWriter),
        ("secret-01", RefusedCause::Encrypted),
        ("independent-01", RefusedCause::Independent),
        ("nfs-01", RefusedCause::DatastoreKind),
        ("far-01", RefusedCause::NotMounted),
        ("frozen-01", RefusedCause::NotMounted),
    ] {
        // A disk that may be attached goes nowhere beside one that may not.
        let report = attach(&site, &of(&[vm, "app-01"])).await;
        assert_eq!(report.outcome, Outcome::BlockersRemain, "{vm}");
        let refused = &report.plan.refused;
        assert_eq!(refused.len(), 1, "{vm}: {refused:?}");
        assert_eq!(refused[0].cause, cause, "{vm}: {refused:?}");
        assert!(refused[0].disk.to_string().contains(vm), "{refused:?}");
        assert!(!refused[0].remedy.is_empty());
    }
    assert!(site.changes().is_empty());
    let part = attach(&site, &of(&["running-01", "app-01"]).partial(true)).await;
    assert_eq!(part.outcome, Outcome::Partial);
    assert_eq!(files(&site).len(), 3);
    let twin = attach(&site, &of(&["twin-01"])).await;
    assert_eq!(twin.plan.refused[0].cause, RefusedCause::UuidTaken);
    let twins = plan(&site, &of(&["twin-01", "app-01"])).await;
    assert_eq!(twins.plan().refused[0].cause, RefusedCause::UuidTaken);
    site.end().await;
}

#[tokio::test]
async fn disks_named_by_file_are_found_with_their_owner_and_those_of_nobody_are_refused() {
    let site = Site::start("disks").await;
    let path = "[bronze [alt] 01] B\u{fc}ro [neu] \u{2116} 1/B\u{fc}ro [neu] \u{2116} 1.vmdk";
    let twice = of(&["B\u{fc}ro [neu] \u{2116} 1"]).with_files([path.to_owned(), path.to_owned()]);
    let planned = plan(&site, &twice).await;
    assert!(
        planned.plan().refused.is_empty(),
        "{:?}",
        planned.plan().refused
    );
    let by_file = attach(
        &site,
        &AttachOptions::default().with_files([path.to_owned()]),
    )
    .await;
    assert_eq!(by_file.outcome, Outcome::Ready, "{by_file:?}");
    assert_eq!(by_file.after.disks.len(), 1);
    assert_eq!(ledger(&site).entries[0].path, path);

    for (path, cause) in [
        ("[elsewhere] a/b.vmdk", RefusedCause::DatastoreUnknown),
        ("[gold-01] no/such.vmdk", RefusedCause::NoData),
        (
            "[gold-01] mt-linux-01/mt-linux-01.vmdk",
            RefusedCause::OwnDisk,
        ),
    ] {
        let options = AttachOptions::default().with_files([path.to_owned()]);
        let refused = plan(&site, &options).await.plan().refused.clone();
        assert_eq!(refused.len(), 1, "{path}");
        assert_eq!(refused[0].cause, cause, "{path}: {refused:?}");
        assert_eq!(refused[0].disk.path.as_deref(), Some(path));
    }
    for options in [
        of(&[MT]),
        AttachOptions::default(),
        AttachOptions::default().with_files(["app.vmdk".to_owned()]),
    ] {
        let error = disks::attach::prepare(&site.client, &VmSelector::from(MT), &options).await;
        assert!(
            matches!(error, Err(OpError::Contradiction { .. })),
            "{options:?}"
        );
    }
    site.end().await;
}

#[tokio::test]
async fn a_descriptor_without_data_is_refused_before_anything_is_sent() {
    let site = Site::start("disks").await;
    let none = attach(&site, &of(&["app-01", "broken-01"])).await;
    assert_eq!(none.outcome, Outcome::BlockersRemain, "{none:?}");
    let refused = &none.plan.refused;
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].cause, RefusedCause::NoData);
    assert_eq!(
        refused[0].disk.path.as_deref(),
        Some("[gold-01] broken-01/broken-01_1.vmdk")
    );
    assert!(site.changes().is_empty());

    let rest = attach(&site, &of(&["app-01", "broken-01"]).partial(true)).await;
    assert_eq!(rest.outcome, Outcome::Partial);
    assert_eq!(files(&site).len(), 4);
    assert_eq!(ledger(&site).entries.len(), 2);
    site.end().await;
}

#[tokio::test]
async fn a_file_that_is_lost_meanwhile_is_named_by_the_server_and_none_or_the_rest_is_attached() {
    let site = Site::start("disks").await;
    let path = "[gold-01] win-01/win-01_1.vmdk";
    for nth in [1, 2] {
        let fault = Fault::new("FileNotFound", "File was not found").with("file", path);
        let injection = Injection::on_nth("ReconfigVM_Task", nth, Act::FailTask(fault));
        site.server.inject(injection);
    }
    let none = attach(&site, &of(&["app-01", "win-01"])).await;
    assert_eq!(none.outcome, Outcome::Failed, "{none:?}");
    let refused: Vec<_> = none
        .after
        .disks
        .iter()
        .filter(|disk| disk.status == DiskStatus::Refused)
        .collect();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].disk.path.as_deref(), Some(path));
    assert_eq!(files(&site).len(), 2);
    assert!(ledger(&site).is_empty());

    let rest = attach(&site, &of(&["app-01", "win-01"]).partial(true)).await;
    assert_eq!(rest.outcome, Outcome::Partial);
    assert_eq!(files(&site).len(), 4);
    assert_eq!(ledger(&site).entries.len(), 2);
    site.end().await;
}

/// The server fails these reconfigures, counted from its start, in words that name no disk.
fn nameless(site: &Site, calls: &[u64]) {
    for nth in calls {
        let fault = Fault::new("GenericVmConfigFault", "The configuration is not valid.")
            .with("reason", "it is not valid");
        let injection = Injection::on_nth("ReconfigVM_Task", *nth, Act::FailTask(fault));
        site.server.inject(injection);
    }
}

#[tokio::test]
async fn a_disk_that_the_server_does_not_name_is_found_by_halves() {
    let site = Site::start("disks").await;
    // Six disks, of which the third is bad: all; 1 to 3; 1; 2 and 3; 2; 3 alone; 4 to 6; then what was attached
    // is taken off.
    nameless(&site, &[1, 2, 4, 6]);
    let options = of(&["app-01", "app-02", "win-01"]);
    let none = attach(&site, &options).await;
    assert_eq!(none.outcome, Outcome::Failed, "{none:?}");
    let refused: Vec<_> = none
        .after
        .disks
        .iter()
        .filter(|disk| disk.status == DiskStatus::Refused)
        .filter_map(|disk| disk.disk.path.as_deref())
        .collect();
    assert_eq!(refused, ["[gold-01] app-02/app-02_1.vmdk"]);
    // What was attached on the way was taken off again.
    assert_eq!(files(&site).len(), 2, "{:?}", files(&site));
    assert!(ledger(&site).is_empty());

    nameless(&site, &[9, 10, 12, 14]);
    let rest = attach(&site, &options.partial(true)).await;
    assert_eq!(rest.outcome, Outcome::Partial, "{rest:?}");
    assert_eq!(files(&site).len(), 7);
    assert_eq!(ledger(&site).entries.len(), 5);
    site.end().await;
}

#[tokio::test]
async fn an_answer_that_is_lost_is_looked_up_and_never_sent_again() {
    let site = Site::start("disks").await;
    site.server
        .inject(Injection::on_method("ReconfigVM_Task", Act::DropAfterApply));
    let done = attach(&site, &of(&["app-01"])).await;
    assert_eq!(done.outcome, Outcome::Ready, "{done:?}");
    assert_eq!(reconfigures(&site), 1);
    site.server
        .inject(Injection::on_method("ReconfigVM_Task", Act::DropAfterApply));
    let gone = detach(&site, &DetachOptions::all()).await;
    assert_eq!(gone.outcome, Outcome::Ready, "{gone:?}");
    assert_eq!(reconfigures(&site), 2);
    site.end().await;
}

#[tokio::test]
async fn a_master_target_that_somebody_else_changed_is_planned_for_again() {
    let site = Site::start("disks").await;
    let prepared = plan(&site, &of(&["app-01"])).await;
    // Another operator is faster, and takes the slot that the plan had.
    let other = attach(&site, &of(&["win-01"])).await;
    assert_eq!(other.outcome, Outcome::Ready);
    let done = engine::apply(&site.client, prepared, &Silent, &Interrupt::new())
        .await
        .unwrap();
    assert_eq!(done.outcome, Outcome::Ready, "{done:?}");
    assert_eq!(files(&site).len(), 5);
    assert_eq!(ledger(&site).entries.len(), 3);
    site.end().await;
}

#[tokio::test]
async fn the_61st_disk_is_refused_with_the_numbers() {
    let site = Site::start("sixty-disks").await;
    let full = plan(&site, &of(&["app-02"])).await.plan().clone();
    assert!(full.is_empty());
    assert_eq!(full.refused.len(), 3);
    assert!(
        full.refused
            .iter()
            .all(|one| one.cause == RefusedCause::NoFreeSlot)
    );
    assert!(
        full.refused[0].reason.contains("1 of 60 are free"),
        "{:?}",
        full.refused[0]
    );
    let one = attach(&site, &of(&["app-01"])).await;
    assert_eq!(one.outcome, Outcome::Ready);
    assert_eq!(
        one.after.disks[0]
            .slot
            .map(|slot| slot.to_string())
            .as_deref(),
        Some("3:15")
    );
    let none = plan(&site, &of(&["app-02"])).await.plan().clone();
    assert!(none.refused[0].reason.contains("0 of 60 are free"));
    site.end().await;
}

#[tokio::test]
async fn own_disks_are_never_detached_and_what_is_not_there_is_satisfied() {
    let site = Site::start("disks").await;
    let listed = disks::list(&site.client, &VmSelector::from(MT))
        .await
        .unwrap();
    let own = listed.list.disks.iter().filter_map(|row| row.uuid.clone());
    let refused = detach(&site, &DetachOptions::default().with_uuids(own)).await;
    assert_eq!(refused.outcome, Outcome::BlockersRemain);
    assert_eq!(refused.plan.refused.len(), 2);
    assert!(
        refused
            .plan
            .refused
            .iter()
            .all(|one| one.cause == RefusedCause::OwnDisk)
    );

    let unknown = "6000c290000000000000000000000000".parse().unwrap();
    let nothing = detach(&site, &DetachOptions::default().with_uuids([unknown])).await;
    assert_eq!(nothing.outcome, Outcome::Ready);
    assert_eq!(nothing.plan.satisfied.len(), 1);
    let of_vm = DetachOptions::of_vms([VmSelector::from("app-01")]);
    assert_eq!(detach(&site, &of_vm).await.outcome, Outcome::Ready);
    assert!(site.changes().is_empty());
    site.end().await;
}
