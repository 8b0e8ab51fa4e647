//! Mounting datastores: the real crates against the scenario in which each is mounted in another way.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a test ends where one fails"
)]

use esx_tools::engine::{self, ChangeReport, Interrupt, Outcome, Prepared, Silent, StepStatus};
use esx_tools::ops::datastores::{self, HostSelector, Mount};
use esx_tools::ops::{self, Prepare, PrepareOptions, VmSelector};
use esx_tools::rules::Severity;
use integration_tests::Lab;
use integration_tests::site::Site;
use mocks::{Act, ClockMode, Injection, Role};

const HOST: &str = "esx-01.example.com";
const TARGET: &str = "mt-linux-01";

async fn site() -> Site {
    Site::at_pace("datastores", Role::Administrator, ClockMode::Jump).await
}

fn host() -> HostSelector {
    HostSelector::Named(HOST.into())
}

async fn plan(site: &Site, datastore: &str) -> Prepared<Mount> {
    datastores::prepare_mount(&site.client, datastore, &host())
        .await
        .unwrap()
}

async fn mount(site: &Site, datastore: &str) -> ChangeReport<Mount> {
    let plan = plan(site, datastore).await;
    engine::apply(&site.client, plan, &Silent, &Interrupt::new())
        .await
        .unwrap()
}

async fn unmount(site: &Site, datastore: &str) -> ChangeReport<Mount> {
    let plan = datastores::prepare_unmount(&site.client, datastore, &host())
        .await
        .unwrap();
    engine::apply(&site.client, plan, &Silent, &Interrupt::new())
        .await
        .unwrap()
}

fn detail(report: &ChangeReport<Mount>) -> &str {
    report.steps[0].detail().unwrap_or_default()
}

#[tokio::test]
async fn each_way_leads_to_a_mount_that_is_read_back_and_a_second_run_changes_nothing() {
    for (datastore, calls) in [
        ("unmounted-01", &["MountVmfsVolume"][..]),
        // A scan of the adapters changes no object by itself.
        ("presented-01", &["RescanVmfs"]),
        ("nfs-far", &["CreateNasDatastore"]),
        ("nfs-ro", &["RemoveDatastore", "CreateNasDatastore"]),
    ] {
        let site = site().await;
        let report = mount(&site, datastore).await;
        assert_eq!(report.outcome, Outcome::Ready, "{report:#?}");
        assert_eq!(
            report.after.after.as_deref(),
            Some("read/write"),
            "{datastore}"
        );
        assert_eq!(site.changes(), calls, "{datastore}");
        let again = mount(&site, datastore).await;
        assert!(again.plan.is_empty() && again.outcome == Outcome::Ready);
        assert_eq!(site.changes(), calls, "a second run changes nothing");
        site.end().await;
    }
}

#[tokio::test]
async fn what_was_mounted_is_unmounted_again_and_volumes_are_never_removed() {
    let site = site().await;
    for datastore in ["unmounted-01", "presented-01", "nfs-far"] {
        mount(&site, datastore).await;
        let report = unmount(&site, datastore).await;
        assert_eq!(report.outcome, Outcome::Ready, "{report:#?}");
        assert_ne!(report.after.after.as_deref(), Some("read/write"));
    }
    let removed = site.server.call_count("RemoveDatastore");
    assert_eq!(removed, 1, "the share alone");
    assert!(site.server.find("Datastore", "unmounted-01").is_some());
    let used = unmount(&site, "main-01").await;
    assert_eq!(used.plan.refused.clone().unwrap().vms, [TARGET]);
    site.end().await;
}

#[tokio::test]
async fn what_esxtool_does_not_do_is_refused_with_its_reason_before_anything_is_changed() {
    let site = site().await;
    for (datastore, reason) in [
        ("copied-01", "only as a copy on naa."),
        (
            "down-01",
            "lost the way to its devices (AllPathsDown_Timeout)",
        ),
        ("inside-02", "lies on disks inside another host"),
        (
            "nfs-busy",
            "1 VM of esx-01.example.com lies on it (1 running): reader-01",
        ),
        ("vsan-02", "belongs to its cluster"),
    ] {
        let plan = plan(&site, datastore).await;
        assert_eq!(
            plan.plan().outcome(),
            Outcome::BlockersRemain,
            "{datastore}"
        );
        let refusal = plan.plan().refused.clone().unwrap();
        assert!(refusal.reason.contains(reason), "{datastore}: {refusal:?}");
    }
    assert_eq!(site.changes(), Vec::<String>::new());
    site.end().await;
}

#[tokio::test]
async fn a_scan_that_finds_nothing_is_told_and_changes_nothing() {
    let site = site().await;
    let report = mount(&site, "masked-01").await;
    assert_eq!(report.outcome, Outcome::Failed);
    assert!(
        detail(&report).contains("does not see the volume"),
        "{report:#?}"
    );
    assert_eq!(report.after.after.as_deref(), Some("not mounted"));
    site.end().await;
}

#[tokio::test]
async fn a_write_protected_volume_is_not_called_mounted() {
    let site = site().await;
    let report = mount(&site, "frozen-01").await;
    assert_eq!(report.steps[0].status(), StepStatus::NotTaken);
    assert_eq!(report.outcome, Outcome::Partial);
    assert!(detail(&report).contains("write-protected"), "{report:#?}");
    let frozen = site.server.find("Datastore", "frozen-01").unwrap();
    site.server
        .with_world(|world| world.san.write_protect(&frozen, false));
    let report = mount(&site, "frozen-01").await;
    assert_eq!(report.after.after.as_deref(), Some("read/write"));
    site.end().await;
}

/// The VM was started between plan and work: the mount is read right before it is given up.
#[tokio::test]
async fn a_vm_that_came_meanwhile_keeps_the_mount() {
    let site = site().await;
    let plan = plan(&site, "nfs-ro").await;
    let share = site.server.find("Datastore", "nfs-ro").unwrap();
    let vm = site.vm("reader-01");
    site.server.with_world(|world| {
        world.store.link(&vm, "datastore", &share);
        world.store.link(&share, "vm", &vm);
    });
    let report = engine::apply(&site.client, plan, &Silent, &Interrupt::new())
        .await
        .unwrap();
    assert_eq!(report.outcome, Outcome::Failed);
    assert!(detail(&report).contains("reader-01"), "{report:#?}");
    assert_eq!(site.changes(), Vec::<String>::new());
    site.end().await;
}

#[tokio::test]
async fn a_share_that_cannot_be_mounted_again_is_mounted_as_before() {
    let site = site().await;
    site.server
        .inject(Injection::on_method("CreateNasDatastore", refusal()));
    let report = mount(&site, "nfs-ro").await;
    assert_eq!(report.outcome, Outcome::Failed, "{report:#?}");
    assert!(detail(&report).contains("mounted readOnly as before"));
    assert_eq!(report.after.after.as_deref(), Some("read-only"));
    site.end().await;
}

#[tokio::test]
async fn a_share_that_is_lost_on_the_way_is_told_with_what_to_mount_by_hand() {
    let site = site().await;
    site.server
        .with_world(|world| world.san.silence("nas-01.example.com"));
    let report = mount(&site, "nfs-ro").await;
    assert_eq!(report.outcome, Outcome::Partial, "{report:#?}");
    let told = detail(&report);
    assert!(told.contains("does not mount nas-01.example.com:/export/nfs-ro any more"));
    assert!(told.contains("by the name nfs-ro"), "{told}");
    site.end().await;
}

fn refusal() -> Act {
    Act::Fault(mocks::fault::Fault::new(
        "HostConfigFault",
        "An error occurred during host configuration.",
    ))
}

/// The server acts, and the answer is lost: what became of it is read, and nothing is sent twice.
#[tokio::test]
async fn a_lost_answer_is_settled_by_reading() {
    for (datastore, method) in [
        ("unmounted-01", "MountVmfsVolume"),
        ("presented-01", "RescanVmfs"),
        ("nfs-far", "CreateNasDatastore"),
        ("nfs-ro", "RemoveDatastore"),
    ] {
        let site = site().await;
        site.server
            .inject(Injection::on_method(method, Act::DropAfterApply));
        let report = mount(&site, datastore).await;
        assert_eq!(report.outcome, Outcome::Ready, "{datastore}: {report:#?}");
        assert_eq!(site.server.call_count(method), 1, "{datastore}");
        site.end().await;
    }
}

#[tokio::test]
async fn the_main_job_mounts_what_can_be_mounted_and_the_rule_holds_afterwards() {
    let site = site().await;
    let report = protect(&site, &["app-main", "app-unmounted", "app-presented"]).await;
    assert_eq!(report.outcome, Outcome::Ready, "{:#?}", report.steps);
    let ids: Vec<_> = report.steps.iter().map(|step| step.status()).collect();
    assert_eq!(ids, [StepStatus::Done, StepStatus::Done]);
    let again = protect(&site, &["app-main", "app-unmounted", "app-presented"]).await;
    assert!(again.plan.is_empty() && again.outcome == Outcome::Ready);
    site.end().await;
}

#[tokio::test]
async fn the_main_job_leaves_to_a_person_what_only_a_person_can_mount() {
    let site = site().await;
    let report = protect(&site, &["app-frozen", "app-inside", "app-down"]).await;
    assert_eq!(report.outcome, Outcome::BlockersRemain);
    assert_eq!(site.changes(), Vec::<String>::new());
    let after = report.after.after.unwrap();
    let wrong = after.judgements.iter().flat_map(|j| &j.findings);
    let findings: Vec<_> = wrong.filter(|one| one.severity > Severity::Info).collect();
    assert_eq!(findings.len(), 3, "{findings:#?}");
    assert!(findings.iter().all(|finding| finding.fix.is_none()));
    site.end().await;
}

async fn protect(site: &Site, vms: &[&str]) -> ChangeReport<Prepare> {
    let mut options = PrepareOptions::default();
    options.check.protect = vms
        .iter()
        .map(|name| esx_tools::group::VmPattern::parse(name).unwrap())
        .collect();
    let prepared = ops::prepare(&site.client, &VmSelector::from(TARGET), &options)
        .await
        .unwrap();
    engine::apply(&site.client, prepared, &Silent, &Interrupt::new())
        .await
        .unwrap()
}

#[test]
fn the_command_lists_mounts_and_says_what_it_read_back() {
    let lab = Lab::start("datastores");
    let list = lab
        .esxtool(["datastores", "list", "--host", HOST, "-o", "json"])
        .run()
        .expect(0);
    let list = list.json();
    let of = |name: &str| {
        let all = list["datastores"].as_array().unwrap();
        let found = all.iter().find(|one| one["name"] == name);
        found.unwrap()["mount"].as_str().unwrap().to_owned()
    };
    for (name, mount) in [
        ("main-01", "read/write"),
        ("unmounted-01", "unmounted"),
        ("masked-01", "not mounted"),
        ("nfs-ro", "read-only"),
        ("down-01", "cut off"),
    ] {
        assert_eq!(of(name), mount, "{name}");
    }
    assert_eq!(list["copies"][0]["name"], "copied-01");
    let mount = |verb: &'static str, more: &'static str| {
        lab.esxtool(["datastores", verb, "nfs-far", "--like", TARGET, more])
    };
    let dry = mount("mount", "--dry-run").run().expect(0);
    dry.prints(["Plan: 1 step", "undo", "nothing was changed"]);
    assert_eq!(lab.changes(), Vec::<String>::new());
    let done = mount("mount", "--yes").run().expect(0);
    done.prints(["Read back: nfs-far is read/write on esx-01.example.com."]);
    mount("mount", "--yes")
        .run()
        .expect(0)
        .prints(["Nothing to do."]);
    mount("unmount", "--yes").run().expect(0);
    assert_eq!(lab.changes(), ["CreateNasDatastore", "RemoveDatastore"]);
}

#[test]
fn the_command_ends_with_the_code_of_what_stands_in_the_way() {
    let lab = Lab::start("datastores");
    let mount = |role, datastore: &'static str, host: &'static str| {
        lab.esxtool_as(
            role,
            ["datastores", "mount", datastore, "--host", host, "--yes"],
        )
        .run()
    };
    let admin = Role::Administrator;
    mount(admin, "nfs-busy", HOST)
        .expect(1)
        .prints(["reader-01", "Nothing was changed."]);
    mount(admin, "mian-01", HOST)
        .expect(6)
        .says(["no datastore \"mian-01\" was found", "did you mean main-01"]);
    mount(admin, "main-01", "esx-09.example.com")
        .expect(6)
        .says(["no host \"esx-09.example.com\" was found"]);
    mount(admin, "masked-01", HOST)
        .expect(7)
        .says(["does not see the volume"]);
    mount(Role::AzureSiteRecovery, "unmounted-01", HOST)
        .expect(5)
        .says(["lacks the privilege Host.Config.Storage"]);
    lab.esxtool(["datastores", "list"])
        .run()
        .expect(2)
        .says(["the server has 2 hosts", "--host"]);
    // The scan for the masked volume found the one that is presented.
    assert_eq!(lab.changes(), ["RescanVmfs"]);
    assert_eq!(lab.server().call_count("RescanAllHba"), 1);
}
