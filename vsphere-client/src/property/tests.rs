//! Retrieval, listing and watching against a scripted server.

use std::time::Duration;

use crate::Error;
use crate::property::{ChangeKind, WatchEvent, Watcher};
use crate::testing::{Step, answer, broken, connected, fault, login, reset};
use crate::transport::TransportError;
use crate::vim::{ManagedObjectReference, ObjectSpec};

crate::property_set! {
    struct Vm: "VirtualMachine" {
        name: Option<String> = "name",
        power: Option<String> = "runtime.powerState",
    }
}

fn vm(id: &str) -> ManagedObjectReference {
    ManagedObjectReference::new("VirtualMachine", id)
}

fn content(id: &str, name: &str) -> String {
    format!(
        "<objects><obj type=\"VirtualMachine\">{id}</obj><propSet><name>name</name>\
         <val xsi:type=\"xsd:string\">{name}</val></propSet></objects>"
    )
}

fn retrieved(objects: &str) -> Step {
    answer(
        "RetrievePropertiesEx",
        &format!("<returnval>{objects}</returnval>"),
    )
}

/// A page that tells of a lost session as some servers do: per property, with HTTP status 200.
fn lost_per_property() -> Step {
    retrieved(
        "<objects><obj type=\"VirtualMachine\">vm-1</obj><missingSet><path>name</path><fault>\
         <fault xsi:type=\"NotAuthenticated\"/><localizedMessage/></fault></missingSet></objects>",
    )
}

#[tokio::test]
async fn pages_are_followed_to_the_end() {
    let steps = [
        retrieved(&format!("<token>t1</token>{}", content("vm-1", "a"))),
        // An empty page with a token is no end.
        answer(
            "ContinueRetrievePropertiesEx",
            "<returnval><token>t2</token></returnval>",
        ),
        answer(
            "ContinueRetrievePropertiesEx",
            &format!("<returnval>{}</returnval>", content("vm-2", "b &amp; c")),
        ),
    ];
    let (client, server) = connected(steps).await;
    let found = client
        .retrieve::<Vm>([ObjectSpec::object(vm("vm-1"))])
        .await
        .unwrap();
    let names: Vec<_> = found
        .iter()
        .map(|vm| vm.properties.name.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["a", "b & c"]);
    server.assert_done();
    let seen = server.seen();
    assert!(seen[4].2.contains("<token>t1</token>") && seen[5].2.contains("<token>t2</token>"));
    assert!(
        seen[3]
            .2
            .contains("<pathSet>name</pathSet><pathSet>runtime.powerState</pathSet>")
    );
}

#[tokio::test]
async fn nothing_found_is_no_error() {
    let (client, server) = connected([answer("RetrievePropertiesEx", "")]).await;
    assert!(
        client
            .retrieve::<Vm>([ObjectSpec::object(vm("vm-1"))])
            .await
            .unwrap()
            .is_empty()
    );
    server.assert_done();
}

#[tokio::test]
async fn one_object_that_is_not_there_is_an_error() {
    let steps = [
        answer("RetrievePropertiesEx", ""),
        fault("RetrievePropertiesEx", "ManagedObjectNotFound"),
    ];
    let (client, server) = connected(steps).await;
    for _ in 0..2 {
        let error = client.retrieve_one::<Vm>(&vm("vm-9")).await.unwrap_err();
        assert!(error.is_gone(), "{error}");
    }
    server.assert_done();
}

#[tokio::test]
async fn a_session_lost_per_property_is_replaced() {
    let steps = [
        lost_per_property(),
        login("two"),
        retrieved(&content("vm-1", "a")),
    ];
    let (client, server) = connected(steps).await;
    let found = client.retrieve_one::<Vm>(&vm("vm-1")).await.unwrap();
    assert_eq!(found.properties.name.as_deref(), Some("a"));
    server.assert_done();
}

#[tokio::test]
async fn a_session_lost_between_pages_starts_the_retrieval_over() {
    let first = || retrieved(&format!("<token>t1</token>{}", content("vm-1", "a")));
    let second = format!("<returnval>{}</returnval>", content("vm-2", "b"));
    let steps = [
        first(),
        fault("ContinueRetrievePropertiesEx", "NotAuthenticated"),
        login("two"),
        first(),
        answer("ContinueRetrievePropertiesEx", &second),
    ];
    let (client, server) = connected(steps).await;
    let found = client
        .retrieve::<Vm>([ObjectSpec::object(vm("vm-1"))])
        .await
        .unwrap();
    assert_eq!(found.len(), 2);
    server.assert_done();
}

#[tokio::test]
async fn a_page_lost_on_the_way_is_not_asked_for_twice() {
    // A token works once: only the whole retrieval can be repeated.
    let first = || retrieved(&format!("<token>t1</token>{}", content("vm-1", "a")));
    let steps = [
        first(),
        broken("ContinueRetrievePropertiesEx", reset()),
        retrieved(&content("vm-1", "a")),
    ];
    let (client, server) = connected(steps).await;
    assert_eq!(
        client
            .retrieve::<Vm>([ObjectSpec::object(vm("vm-1"))])
            .await
            .unwrap()
            .len(),
        1
    );
    server.assert_done();
}

#[tokio::test]
async fn an_abandoned_retrieval_is_cancelled() {
    let steps = [
        retrieved(&format!("<token>t1</token>{}", content("vm-1", "a"))),
        fault("CancelRetrievePropertiesEx", "NotImplemented"),
    ];
    let (client, server) = connected(steps).await;
    let mut pages = client
        .pages::<Vm>([ObjectSpec::object(vm("vm-1"))])
        .max_objects(1);
    assert_eq!(pages.next_page().await.unwrap().unwrap().len(), 1);
    pages.cancel().await.unwrap();
    server.assert_done();
    assert!(server.seen()[3].2.contains("<maxObjects>1</maxObjects>"));
}

fn view() -> Step {
    answer(
        "CreateContainerView",
        "<returnval type=\"ContainerView\">view-1</returnval>",
    )
}

#[tokio::test]
async fn a_listing_makes_a_view_and_gives_it_up() {
    let steps = [
        view(),
        retrieved(&content("vm-1", "a")),
        answer("DestroyView", ""),
    ];
    let (client, server) = connected(steps).await;
    let root = client.content().root_folder.clone();
    assert_eq!(client.list::<Vm>(&root).await.unwrap().len(), 1);
    server.assert_done();
    let (_, _, body) = &server.seen()[3];
    assert!(
        body.contains("<type>VirtualMachine</type><recursive>true</recursive>"),
        "{body}"
    );
}

#[tokio::test]
async fn the_view_is_given_up_when_the_retrieval_fails() {
    let steps = [
        view(),
        fault("RetrievePropertiesEx", "InvalidProperty"),
        answer("DestroyView", ""),
    ];
    let (client, server) = connected(steps).await;
    let root = client.content().root_folder.clone();
    assert!(client.list::<Vm>(&root).await.is_err());
    server.assert_done();
}

#[tokio::test]
async fn a_lost_session_makes_the_view_again() {
    let steps = [
        view(),
        lost_per_property(),
        login("two"),
        view(),
        retrieved(&content("vm-1", "a")),
        answer("DestroyView", ""),
    ];
    let (client, server) = connected(steps).await;
    let root = client.content().root_folder.clone();
    assert_eq!(client.list::<Vm>(&root).await.unwrap().len(), 1);
    server.assert_done();
}

fn collector() -> [Step; 2] {
    [
        answer(
            "CreatePropertyCollector",
            "<returnval type=\"PropertyCollector\">own</returnval>",
        ),
        answer(
            "CreateFilter",
            "<returnval type=\"PropertyFilter\">filter-1</returnval>",
        ),
    ]
}

fn updates(version: &str, truncated: bool, objects: &[(&str, &str, &str)]) -> Step {
    let mut inner = String::new();
    for (kind, id, changes) in objects {
        inner += &format!(
            "<objectSet><kind>{kind}</kind><obj type=\"VirtualMachine\">{id}</obj>{changes}</objectSet>"
        );
    }
    answer(
        "WaitForUpdatesEx",
        &format!(
            "<returnval><version>{version}</version><filterSet>\
             <filter type=\"PropertyFilter\">filter-1</filter>{inner}</filterSet>\
             <truncated>{truncated}</truncated></returnval>"
        ),
    )
}

fn set(path: &str, value: &str) -> String {
    format!(
        "<changeSet><name>{path}</name><op>assign</op><val xsi:type=\"xsd:string\">{value}</val>\
         </changeSet>"
    )
}

fn watcher(client: &crate::Client) -> Watcher<Vm> {
    client
        .watch([ObjectSpec::object(vm("vm-1"))])
        .wait_at_most(Duration::from_secs(5))
}

fn changed(event: WatchEvent) -> (Vec<(String, ChangeKind)>, bool) {
    let WatchEvent::Changed { changes, settled } = event else {
        panic!("{event:?}")
    };
    (
        changes
            .into_iter()
            .map(|change| (change.object.value, change.kind))
            .collect(),
        settled,
    )
}

#[tokio::test]
async fn a_watcher_drains_before_it_waits() {
    let (a, on, off) = (
        set("name", "a"),
        set("runtime.powerState", "on"),
        set("runtime.powerState", "off"),
    );
    let unset = "<changeSet><name>name</name><op>remove</op></changeSet>";
    let first = format!("{a}{on}");
    let steps = collector().into_iter().chain([
        updates("1", true, &[("enter", "vm-1", &first)]),
        updates("2", false, &[("enter", "vm-2", &a)]),
        answer("WaitForUpdatesEx", ""),
        updates(
            "3",
            false,
            &[("modify", "vm-1", &off), ("modify", "vm-2", unset)],
        ),
        updates("4", false, &[("leave", "vm-2", "")]),
        answer("DestroyPropertyCollector", ""),
    ]);
    let (client, server) = connected(steps).await;
    let mut watcher = watcher(&client);
    let step = changed(watcher.step().await.unwrap());
    assert_eq!(step, (vec![("vm-1".into(), ChangeKind::Entered)], false));
    let step = changed(watcher.step().await.unwrap());
    assert_eq!(step, (vec![("vm-2".into(), ChangeKind::Entered)], true));
    assert_eq!(watcher.step().await.unwrap(), WatchEvent::Quiet);
    changed(watcher.step().await.unwrap());
    // A change to one property leaves the others as they were.
    let known = &watcher.objects()[&vm("vm-1")].properties;
    assert_eq!(
        (known.name.as_deref(), known.power.as_deref()),
        (Some("a"), Some("off"))
    );
    assert_eq!(watcher.objects()[&vm("vm-2")].properties.name, None);
    let step = changed(watcher.step().await.unwrap());
    assert_eq!(step, (vec![("vm-2".into(), ChangeKind::Left)], true));
    watcher.close().await.unwrap();
    server.assert_done();

    let waits: Vec<String> = server
        .seen()
        .into_iter()
        .filter(|(name, _, _)| name == "WaitForUpdatesEx")
        .map(|(_, _, body)| body)
        .collect();
    assert!(!waits[0].contains("<version>") && waits[0].contains("<maxWaitSeconds>5<"));
    assert!(waits[2].contains("<version>2<") && waits[3].contains("<version>2<"));
}

#[tokio::test]
async fn a_forgotten_version_is_read_again_and_what_is_gone_is_told() {
    let a = set("name", "a");
    let steps = collector().into_iter().chain([
        updates("1", false, &[("enter", "vm-1", &a), ("enter", "vm-2", &a)]),
        fault("WaitForUpdatesEx", "InvalidCollectorVersion"),
        updates("9", false, &[("enter", "vm-1", &a)]),
    ]);
    let (client, server) = connected(steps).await;
    let mut watcher = watcher(&client);
    changed(watcher.step().await.unwrap());
    assert_eq!(watcher.step().await.unwrap(), WatchEvent::Restarted);
    assert_eq!(
        watcher.objects().len(),
        2,
        "the picture stays until it is redrawn"
    );
    let step = changed(watcher.step().await.unwrap());
    assert_eq!(
        step.0,
        [
            ("vm-1".into(), ChangeKind::Modified),
            ("vm-2".into(), ChangeKind::Left)
        ]
    );
    server.assert_done();
    let (_, _, body) = server.seen().pop().unwrap();
    assert!(!body.contains("<version>"), "{body}");
}

#[tokio::test]
async fn a_lost_session_brings_a_new_collector() {
    let a = set("name", "a");
    let steps = collector()
        .into_iter()
        .chain([
            updates("1", false, &[("enter", "vm-1", &a)]),
            fault("WaitForUpdatesEx", "NotAuthenticated"),
            login("two"),
        ])
        .chain(collector())
        .chain([updates("1", false, &[("enter", "vm-1", &a)])]);
    let (client, server) = connected(steps).await;
    let mut watcher = watcher(&client);
    changed(watcher.step().await.unwrap());
    assert_eq!(watcher.step().await.unwrap(), WatchEvent::Restarted);
    let step = changed(watcher.step().await.unwrap());
    assert_eq!(step, (vec![("vm-1".into(), ChangeKind::Modified)], true));
    server.assert_done();
}

#[tokio::test]
async fn a_time_out_asks_the_same_question_again() {
    let a = set("name", "a");
    let timeout = TransportError::Timeout {
        server: "s".into(),
        limit: Duration::from_secs(1),
    };
    let steps = collector().into_iter().chain([
        updates("7", false, &[("enter", "vm-1", &a)]),
        broken("WaitForUpdatesEx", timeout),
        updates("8", false, &[("modify", "vm-1", &a)]),
    ]);
    let (client, server) = connected(steps).await;
    let mut watcher = watcher(&client);
    changed(watcher.step().await.unwrap());
    assert_eq!(watcher.step().await.unwrap(), WatchEvent::Quiet);
    changed(watcher.step().await.unwrap());
    let (_, _, body) = server.seen().pop().unwrap();
    assert!(body.contains("<version>7<"), "{body}");
}

#[tokio::test]
async fn a_refused_watch_is_an_error() {
    let [own, _] = collector();
    let (client, server) = connected([own, fault("CreateFilter", "InvalidProperty")]).await;
    let error = watcher(&client).step().await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Fault {
                method: "CreateFilter",
                ..
            }
        ),
        "{error}"
    );
    server.assert_done();
}
