//! Checking without changing, and finding VMs as people name them.

use esx_tools::exclusion::Protection;
use esx_tools::ops::inventory::{self, Query};
use esx_tools::ops::{self, ErrorClass, OpError, VmSelector};
use esx_tools::rules::{Severity, Verdict};
use integration_tests::site::Site;
use mocks::Role;

#[tokio::test]
async fn a_check_takes_few_calls_and_changes_nothing() {
    let site = Site::start("failback-lab").await;
    let report = ops::check(&site.client, &VmSelector::from("mt-linux-01"))
        .await
        .unwrap();
    assert!(!report.ready);
    let broken: Vec<&str> = report
        .judgements
        .iter()
        .filter(|judgement| judgement.verdict == Verdict::Broken)
        .map(|judgement| judgement.rule.as_str())
        .collect();
    assert_eq!(
        broken,
        [
            "disk-enable-uuid",
            "no-snapshots",
            "no-consolidation-needed",
            "storage-vmotion-excluded",
            "no-paravirtual-controller",
            "classic-ended"
        ]
    );
    assert_eq!(report.exclusion.protection, Protection::None);
    assert!(site.changes().is_empty());
    site.client.logout().await.unwrap();
    let calls = site.server.calls().len();
    assert!(calls <= 10, "{calls} calls");
    site.end().await;
}

#[tokio::test]
async fn the_ready_site_is_ready() {
    for (scenario, vm) in [("failback-lab", "mt-linux-ready"), ("ready", "mt-linux-01")] {
        let site = Site::start(scenario).await;
        let report = ops::check(&site.client, &VmSelector::from(vm))
            .await
            .unwrap();
        let wrong: Vec<_> = report
            .judgements
            .iter()
            .filter(|j| !matches!(j.verdict, Verdict::Holds | Verdict::NotApplicable))
            // Every master target is told of the end of classic.
            .filter(|j| j.rule != "classic-ended")
            .collect();
        assert!(report.ready && wrong.is_empty(), "{scenario}: {wrong:#?}");
        site.end().await;
    }
}

#[tokio::test]
async fn what_is_not_ready_says_why() {
    let site = Site::start("failback-lab").await;
    let report = ops::check(&site.client, &VmSelector::from("mt-linux-02"))
        .await
        .unwrap();
    let sizing = report
        .judgements
        .iter()
        .find(|j| j.rule == "master-target-sizing")
        .unwrap();
    assert_eq!(sizing.worst(), Some(Severity::Warning));
    assert!(!sizing.blocks());
    let report = ops::check(&site.client, &VmSelector::from("mt-windows-01"))
        .await
        .unwrap();
    let blocks = |id: &str| report.judgements.iter().any(|j| j.rule == id && j.blocks());
    assert!(blocks("no-paravirtual-controller") && blocks("vmware-tools-running"));
    site.end().await;
}

#[tokio::test]
async fn a_vm_is_found_by_everything_that_names_it() {
    let site = Site::start("failback-lab").await;
    let vm = site.vm("mt-linux-01");
    let by_name = ops::resolve(&site.client, &VmSelector::from("mt-linux-01"))
        .await
        .unwrap();
    assert_eq!(by_name.moref.value, vm.value);
    let path = by_name.inventory_path.clone().expect("a path");
    assert!(
        path.starts_with("/London/vm/") && path.ends_with("/mt-linux-01"),
        "{path}"
    );
    let names = [
        path.clone(),
        path.trim_start_matches('/').to_owned(),
        vm.value.clone(),
        vm.to_string(),
        "MT-Linux-01".to_owned(),
        site.text("mt-linux-01", "config.instanceUuid"),
        site.text("mt-linux-01", "config.uuid").to_uppercase(),
    ];
    for name in names {
        let found = ops::resolve(&site.client, &VmSelector::from(name.as_str())).await;
        assert_eq!(found.as_ref().ok(), Some(&by_name), "{name}: {found:?}");
    }
    site.end().await;
}

#[tokio::test]
async fn two_vms_of_one_name_are_listed_with_what_tells_them_apart() {
    let site = Site::start("failback-lab").await;
    let error = ops::check(&site.client, &VmSelector::from("web-dup"))
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::NotFound);
    let OpError::Ambiguous { matches, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(matches.len(), 2);
    for found in matches {
        let path = found.inventory_path.as_deref().expect("a path");
        assert!(error.to_string().contains(path), "{error}");
        let one = ops::resolve(&site.client, &VmSelector::from(path))
            .await
            .unwrap();
        assert_eq!(&one, found);
    }
    assert_ne!(matches[0].inventory_path, matches[1].inventory_path);
    site.end().await;
}

#[tokio::test]
async fn an_unknown_name_suggests_what_is_near() {
    let site = Site::start("failback-lab").await;
    for name in ["mt-linx-01", "/London/vm/mt-linux-99", "vm-999999"] {
        let error = ops::check(&site.client, &VmSelector::from(name))
            .await
            .unwrap_err();
        assert_eq!(error.class(), ErrorClass::NotFound, "{error:?}");
        let hint = error.hint().expect("a hint");
        if name != "vm-999999" {
            assert!(hint.contains("mt-linux-01"), "{name}: {hint}");
        }
    }
    let uuid = "00000000-0000-0000-0000-000000000001";
    let error = ops::check(&site.client, &VmSelector::from(uuid))
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::NotFound);
    site.end().await;
}

#[tokio::test]
async fn an_account_without_rights_is_told_so_and_nothing_passes() {
    let site = Site::start_as("failback-lab", Role::NoAccess).await;
    let vm = site.vm("mt-linux-ready").to_string();
    match ops::check(&site.client, &VmSelector::from(vm.as_str())).await {
        Ok(report) => {
            assert!(!report.ready);
            let held: Vec<_> = report
                .judgements
                .iter()
                .filter(|j| j.verdict == Verdict::Holds)
                .collect();
            assert!(held.is_empty(), "{held:?}");
        }
        Err(error) => {
            assert!(
                matches!(error.class(), ErrorClass::NotFound | ErrorClass::Privilege),
                "{error:?}"
            );
        }
    }
    site.end().await;
}

#[tokio::test]
async fn a_host_without_vcenter_has_nothing_to_exclude_from() {
    for scenario in ["esxi", "esxi-free"] {
        let site = Site::start(scenario).await;
        let vms = inventory::vms(&site.client, Query::default())
            .await
            .unwrap()
            .all()
            .await
            .unwrap();
        let vm = vms
            .iter()
            .find(|vm| vm.name.starts_with("mt-"))
            .expect("a master target");
        let report = ops::check(&site.client, &VmSelector::from(vm.name.as_str()))
            .await
            .unwrap();
        assert_eq!(report.exclusion.protection, Protection::NotApplicable);
        let rule = report
            .judgements
            .iter()
            .find(|j| j.rule == "storage-vmotion-excluded");
        assert_eq!(rule.unwrap().verdict, Verdict::NotApplicable);
        site.end().await;
    }
}
