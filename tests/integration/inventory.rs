//! Lists of a large inventory: rows page by page, nothing read that is not wanted, no row twice.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests end a test as tests do"
)]

use std::collections::BTreeSet;

use esx_tools::ops::OpError;
use esx_tools::ops::inventory::{self, Query, VmRow, VmSnapshotRow};
use integration_tests::site::Site;
use mocks::{Act, Injection};

const PAGE: usize = 100;

fn query(path: Option<&str>, condition: Option<&str>) -> Query<VmRow> {
    Query::new(path, condition).unwrap()
}

fn count(site: &Site, method: &str) -> usize {
    site.server.call_count(method)
}

/// What stands before the first row is a handful of calls, whatever the size of the inventory, and never more than
/// one page of rows is held.
#[tokio::test]
async fn the_first_row_of_10_000_comes_with_the_first_page() {
    let site = Site::start("big:10000").await;
    let (before, calls) = (site.client.calls(), site.server.calls().len());
    let mut rows = inventory::vms(&site.client, Query::default())
        .await
        .unwrap();
    let first = rows.next_page().await.unwrap().unwrap();
    assert_eq!(first.len(), PAGE);
    let used = site.server.calls().len() - calls;
    assert!(used <= 6, "{used} calls before the first row");
    assert_eq!(count(&site, "ContinueRetrievePropertiesEx"), 0);
    // A hundred VMs are some 150 kB here; all of them would be a hundred times as much.
    let bytes = site.client.calls().bytes_in - before.bytes_in;
    assert!(bytes < 400_000, "{bytes} bytes before the first row");

    let mut names: BTreeSet<String> = first.into_iter().map(|row| row.name).collect();
    for number in 2..=5 {
        let page = rows.next_page().await.unwrap().unwrap();
        assert!(page.len() <= PAGE, "{} rows at once", page.len());
        names.extend(page.into_iter().map(|row| row.name));
        assert_eq!(names.len(), number * PAGE);
        assert_eq!(count(&site, "ContinueRetrievePropertiesEx"), number - 1);
    }
    rows.close().await.unwrap();
    site.end().await;
}

/// The files of VMs, which are many, are asked for only where there are snapshots.
#[tokio::test]
async fn files_are_read_only_of_vms_with_snapshots() {
    let site = Site::start("big:300").await;
    let before = count(&site, "RetrievePropertiesEx");
    let rows = inventory::snapshots(&site.client, Query::<VmSnapshotRow>::default())
        .await
        .unwrap()
        .all()
        .await
        .unwrap();
    assert_eq!(rows.len(), 30);
    for row in &rows {
        assert!(row.size_bytes.is_some_and(|bytes| bytes > 0), "{row:?}");
        assert!(row.age_seconds.is_some(), "{row:?}");
    }
    // The folders, the VMs, and once for each of three pages the files.
    assert_eq!(count(&site, "RetrievePropertiesEx") - before, 5);
    site.end().await;
}

#[tokio::test]
async fn what_a_path_rules_out_is_not_read() {
    let site = Site::start("failback-lab").await;
    let start = site.client.calls().bytes_in;
    let all = inventory::vms(&site.client, Query::default())
        .await
        .unwrap();
    let all = all.all().await.unwrap();
    let whole = site.client.calls().bytes_in - start;
    let some = all.iter().find_map(|row| row.path.clone()).unwrap();
    let folder = some.rsplit_once('/').unwrap().0.to_owned();
    let before = site.client.calls().bytes_in;
    let pattern = format!("{folder}/*");
    let rows = inventory::vms(&site.client, query(Some(&pattern), None))
        .await
        .unwrap()
        .all()
        .await
        .unwrap();
    let narrow = site.client.calls().bytes_in - before;
    assert!(!rows.is_empty() && rows.len() < all.len(), "{}", rows.len());
    for row in &rows {
        let path = row.path.as_deref().unwrap();
        assert_eq!(path.rsplit_once('/').unwrap().0, folder);
    }
    // A folder by itself is everything below it, folders in it included.
    let below = inventory::vms(&site.client, query(Some(&folder), None))
        .await
        .unwrap()
        .all()
        .await
        .unwrap();
    let expected = all.iter().filter(|row| {
        row.path
            .as_deref()
            .is_some_and(|path| path.starts_with(&format!("{folder}/")))
    });
    assert_eq!(below.len(), expected.count());
    // One VM by its path, and by its name.
    for text in [some.as_str(), some.rsplit('/').next().unwrap()] {
        let one = inventory::vms(&site.client, query(Some(text), None)).await;
        let one = one.unwrap().all().await.unwrap();
        assert!(
            one.iter().any(|row| row.path.as_deref() == Some(&some)),
            "{text}"
        );
        assert!(one.len() < all.len(), "{text}");
    }
    assert!(narrow < whole, "{narrow} bytes of {whole}");
    for wrong in ["/Nowhere/vm/*", "/Nowhere"] {
        let error = inventory::vms(&site.client, query(Some(wrong), None)).await;
        assert!(matches!(error, Err(OpError::NoSuchPath { .. })), "{wrong}");
    }
    site.end().await;
}

/// A session that ends between two pages takes view and token with it: the list begins again and gives no row twice.
#[tokio::test]
async fn a_session_that_ends_between_two_pages_costs_no_row_and_gives_none_twice() {
    let site = Site::start("big:250").await;
    let mut rows = inventory::vms(&site.client, Query::default())
        .await
        .unwrap();
    let mut names: Vec<String> = Vec::new();
    let first = rows.next_page().await.unwrap().unwrap();
    names.extend(first.into_iter().map(|row| row.name));
    site.server.inject(Injection::on_method(
        "ContinueRetrievePropertiesEx",
        Act::ExpireSession,
    ));
    while let Some(page) = rows.next_page().await.unwrap() {
        names.extend(page.into_iter().map(|row| row.name));
    }
    let unique: BTreeSet<&String> = names.iter().collect();
    assert_eq!((names.len(), unique.len()), (250, 250));
    assert_eq!(count(&site, "Login"), 2);
    site.end().await;
}

/// What is given up is taken back from the server: the rest of the pages and the view.
#[tokio::test]
async fn a_list_that_is_given_up_leaves_nothing_behind() {
    let site = Site::start("big:250").await;
    let mut rows = inventory::vms(&site.client, Query::default())
        .await
        .unwrap();
    rows.next_page().await.unwrap();
    rows.close().await.unwrap();
    assert_eq!(count(&site, "CancelRetrievePropertiesEx"), 1);
    assert_eq!(
        count(&site, "DestroyView"),
        count(&site, "CreateContainerView")
    );
    site.end().await;
}

#[tokio::test]
async fn every_object_of_the_inventory_has_its_row() {
    let site = Site::start("failback-lab").await;
    let client = &site.client;
    let count = |kind: &str| {
        site.server
            .with_world(|world| world.store.of_kind(kind).count())
    };
    let vms = inventory::vms(client, Query::default())
        .await
        .unwrap()
        .all()
        .await
        .unwrap();
    assert_eq!(vms.len(), count("VirtualMachine"));
    assert!(
        vms.iter().all(|vm| vm.host.is_some() && vm.note.is_none()),
        "{vms:?}"
    );
    let hosts = inventory::hosts(client, Query::default())
        .await
        .unwrap()
        .all()
        .await
        .unwrap();
    assert_eq!(hosts.len(), count("HostSystem"));
    assert!(hosts.iter().any(|host| host.cluster.is_none()));
    assert!(
        hosts
            .iter()
            .any(|host| host.cluster.as_deref() == Some("Cluster-A"))
    );
    let datastores = inventory::datastores(client, Query::default())
        .await
        .unwrap()
        .all()
        .await
        .unwrap();
    assert_eq!(datastores.len(), count("Datastore"));
    assert!(
        datastores
            .iter()
            .any(|datastore| datastore.pod.as_deref() == Some("Pod-Gold"))
    );
    let controllers = inventory::controllers(client, Query::default())
        .await
        .unwrap()
        .all()
        .await
        .unwrap();
    let empty = controllers
        .iter()
        .find(|row| row.vm_name == "mt-linux-01" && row.bus == Some(1));
    assert_eq!(empty.expect("the empty controller").free_slots, Some(15));
    let snapshots = inventory::snapshots(client, Query::default())
        .await
        .unwrap()
        .all()
        .await
        .unwrap();
    assert!(
        snapshots
            .iter()
            .any(|row| row.vm_name == "mt-linux-01" && row.depth == Some(2))
    );
    site.end().await;
}
