//! Finding UUIDs that several VMs have, against the mock.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests end a test as tests do"
)]

use esx_tools::capacity::IdentityKind;
use esx_tools::duplicates::{Duplicates, Standing};
use esx_tools::ops::{self, ErrorClass, OpError};
use integration_tests::Lab;
use integration_tests::site::Site;
use mocks::Role;

async fn found(scenario: &str, scope: Option<&str>) -> Duplicates {
    let site = Site::start(scenario).await;
    let found = ops::duplicates(&site.client, scope).await.unwrap();
    assert!(site.changes().is_empty());
    site.client.logout().await.unwrap();
    site.end().await;
    found
}

#[tokio::test]
async fn a_template_its_linked_clones_and_its_copies_are_told_apart() {
    let found = found("groups", None).await;
    assert!(found.unread.is_empty(), "{:?}", found.unread);
    assert_eq!(found.templates, 1);
    let kinds: Vec<_> = found
        .duplicates
        .iter()
        .map(|one| one.identity.kind)
        .collect();
    assert_eq!(kinds, [IdentityKind::Disk, IdentityKind::Bios]);
    let disk = &found.duplicates[0];
    let standings: Vec<_> = disk
        .holders
        .iter()
        .map(|holder| (holder.name.as_str(), holder.standing))
        .collect();
    assert_eq!(
        standings,
        [
            ("/London/vm/Clones/tpl-web", Standing::Template),
            ("/London/vm/Clones/web-01", Standing::LinkedClone),
            ("/London/vm/Clones/web-02", Standing::LinkedClone),
            ("/London/vm/Clones/web-03", Standing::Copy),
            ("/London/vm/Disaster Recovery/mt-linux-03", Standing::Copy),
        ]
    );
    let [ruled_out] = disk.ruled_out.as_slice() else {
        panic!("{:?}", disk.ruled_out);
    };
    // Each of them shows its UUIDs to its guest, so each may be used as a master target.
    let of_files = [
        "/London/vm/Clones/web-01",
        "/London/vm/Clones/web-02",
        "/London/vm/Clones/web-03",
        "/London/vm/Disaster Recovery/mt-linux-03",
    ];
    assert_eq!(ruled_out.master_targets, of_files);
    assert_eq!(ruled_out.vms, of_files);
    assert_eq!(
        disk.holders[1].disks[0].base.as_deref(),
        Some("[gold-01] tpl-web/tpl-web.vmdk")
    );
}

#[tokio::test]
async fn the_scope_is_any_container() {
    for (scope, vms, duplicates) in [
        ("/", 24, 2),
        ("/London", 24, 2),
        ("/London/vm/Clones", 6, 2),
        ("London/vm/Disaster Recovery/", 4, 0),
        ("/London/host/Cluster-A/esx-02.example.com", 2, 0),
    ] {
        let found = found("groups", Some(scope)).await;
        assert_eq!(
            (found.vms, found.duplicates.len()),
            (vms, duplicates),
            "{scope}"
        );
    }
}

#[tokio::test]
async fn a_scope_that_is_not_there_is_told_with_near_ones() {
    let site = Site::start("groups").await;
    for scope in ["/London/vm/Clone", "/London/vm/Clones/web-01"] {
        let error = ops::duplicates(&site.client, Some(scope))
            .await
            .unwrap_err();
        assert!(matches!(error, OpError::NoSuchPath { .. }), "{error}");
        assert_eq!(error.class(), ErrorClass::NotFound);
        assert!(error.to_string().contains(scope), "{error}");
    }
    let error = ops::duplicates(&site.client, Some("/London/vm/Clone"))
        .await
        .unwrap_err();
    assert_eq!(
        error.hint().as_deref(),
        Some("did you mean /London/vm/Clones?")
    );
    site.client.logout().await.unwrap();
    site.end().await;
}

/// The clones of the lab share a disk with the master target that came from their template.
#[tokio::test]
async fn the_lab_rules_its_cloned_master_target_out() {
    let found = found("failback-lab", None).await;
    let ruled_out = found.duplicates.iter().flat_map(|one| &one.ruled_out);
    let by_clone = ruled_out
        .filter(|entry| entry.vms.iter().any(|vm| vm.ends_with("/clone-a")))
        .flat_map(|entry| &entry.master_targets);
    let names: Vec<_> = by_clone.collect();
    assert_eq!(
        names,
        [
            "/London/vm/Disaster Recovery/mt-linux-02",
            "/London/vm/Protected/clone-a",
            "/London/vm/Protected/clone-b"
        ]
    );
    let clones = found.duplicates.iter().find(|one| {
        one.holders
            .iter()
            .any(|holder| holder.name.ends_with("/clone-a"))
    });
    assert!(clones.is_some_and(|one| one.apart.len() >= 2), "{found:#?}");
}

#[tokio::test]
async fn thousands_of_vms_are_read_page_by_page() {
    let site = Site::start("big:2500").await;
    let found = ops::duplicates(&site.client, None).await.unwrap();
    assert_eq!(found.vms, 2_500);
    assert!(found.duplicates.is_empty());
    site.client.logout().await.unwrap();
    let calls = site.server.calls();
    let pages = calls
        .iter()
        .filter(|call| call.method.starts_with("ContinueRetrieve"))
        .count();
    assert!(
        pages >= 1 && calls.len() - pages <= 10,
        "{} calls, {pages} pages",
        calls.len()
    );
    site.end().await;
}

#[tokio::test]
async fn an_account_that_may_only_read_is_enough() {
    let site = Site::start_as("groups", Role::ReadOnly).await;
    let found = ops::duplicates(&site.client, None).await.unwrap();
    assert_eq!(found.duplicates.len(), 2);
    site.client.logout().await.unwrap();
    site.end().await;
}

#[test]
fn the_command_prints_what_is_ruled_out() {
    let lab = Lab::start("groups");
    let ended = lab.esxtool(["duplicates"]).run().expect(0);
    ended.prints([
        "linked clone",
        "ruled out: none of web-01, web-02, web-03 and mt-linux-03 can be the master target of",
        "2 VMs have BIOS UUID 42013a5c-7d10-4e2b-9c64-5b8f0e1d2a37",
        "2 UUIDs occur more than once",
    ]);
    lab.esxtool(["duplicates", "--scope", "/London/vm/Nowhere"])
        .run()
        .expect(6)
        .says(["/London/vm/Nowhere"]);
}
