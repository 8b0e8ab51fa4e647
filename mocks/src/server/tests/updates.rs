use std::time::{Duration, Instant};

use super::raw::{Client, Reply, all, collector, serve};
use crate::task::Plan;
use crate::{MoRef, Server};

async fn own_collector(client: &Client) -> MoRef {
    let reply = client
        .invoke("CreatePropertyCollector", &collector(), "")
        .await;
    MoRef::new("PropertyCollector", reply.first("returnval").unwrap())
}

async fn watch(client: &Client, collector: &MoRef, spec: &str) -> Reply {
    let params = format!("<spec>{spec}</spec><partialUpdates>false</partialUpdates>");
    client.invoke("CreateFilter", collector, &params).await
}

async fn wait(client: &Client, collector: &MoRef, version: &str, options: &str) -> Reply {
    let params = format!("<version>{version}</version><options>{options}</options>");
    client.invoke("WaitForUpdatesEx", collector, &params).await
}

/// Kind of change and changed values of each object in an answer.
fn changes(reply: &Reply) -> Vec<(String, Vec<String>)> {
    all(&reply.root(), "objectSet")
        .iter()
        .map(|object| {
            let kind = all(object, "kind")[0].text.clone();
            (
                kind,
                all(object, "val")
                    .iter()
                    .map(|val| val.text.clone())
                    .collect(),
            )
        })
        .collect()
}

fn rename(server: &Server, vm: &MoRef, name: &str) {
    server.with_world(|world| world.store.update(vm, |data| data.set("name", name)));
}

#[tokio::test]
async fn first_everything_then_only_what_changed() {
    let server = serve(2).await;
    let client = Client::logged_in(&server).await;
    let own = own_collector(&client).await;
    let view = client.view(&server, "VirtualMachine").await;
    let spec = Client::through(&view, "VirtualMachine", &["name", "runtime.powerState"]);
    assert_eq!(watch(&client, &own, &spec).await.status, 200);
    let first = wait(&client, &own, "", "").await;
    let kinds: Vec<String> = changes(&first).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["enter", "enter"]);
    let version = first.first("version").unwrap();
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    rename(&server, &vm, "renamed");
    let second = wait(&client, &own, &version, "").await;
    assert_eq!(
        changes(&second),
        [("modify".to_owned(), vec!["renamed".to_owned()])]
    );
    let version = second.first("version").unwrap();
    server.with_world(|world| {
        let folder = world.parent(&vm).unwrap();
        world.store.unlink(&folder, "childEntity", &vm);
        for pool in ["ResourcePool", "HostSystem"] {
            let holder = world.store.of_kind(pool).next().unwrap().reference.clone();
            world.store.unlink(&holder, "vm", &vm);
        }
        world.store.remove(&vm);
    });
    let third = wait(&client, &own, &version, "").await;
    assert_eq!(changes(&third), [("leave".to_owned(), Vec::new())]);
    assert_eq!(server.unimplemented(), Vec::<String>::new());
}

#[tokio::test]
async fn a_long_answer_comes_truncated_and_goes_on() {
    let server = serve(5).await;
    let client = Client::logged_in(&server).await;
    let own = own_collector(&client).await;
    let view = client.view(&server, "VirtualMachine").await;
    watch(
        &client,
        &own,
        &Client::through(&view, "VirtualMachine", &["name"]),
    )
    .await;
    let options = "<maxObjectUpdates>2</maxObjectUpdates>";
    let (mut version, mut sizes) = (String::new(), Vec::new());
    loop {
        let reply = wait(&client, &own, &version, options).await;
        sizes.push(changes(&reply).len());
        version = reply.first("version").unwrap();
        if reply.first("truncated").as_deref() != Some("true") {
            break;
        }
    }
    assert_eq!(sizes, [2, 2, 1]);
}

#[tokio::test]
async fn nothing_to_tell_is_no_result_after_the_time_given() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    let own = own_collector(&client).await;
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    watch(&client, &own, &Client::of(&vm, &["name"])).await;
    let version = wait(&client, &own, "", "").await.first("version").unwrap();
    let begun = Instant::now();
    let reply = wait(
        &client,
        &own,
        &version,
        "<maxWaitSeconds>1</maxWaitSeconds>",
    )
    .await;
    assert!(begun.elapsed() >= Duration::from_millis(900));
    assert_eq!((reply.status, reply.first("returnval")), (200, None));
    let params = format!("<version>{version}</version>");
    let reply = client.invoke("CheckForUpdates", &own, &params).await;
    assert_eq!((reply.status, reply.first("returnval")), (200, None));
}

#[tokio::test]
async fn a_waiting_client_wakes_at_once() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    let own = own_collector(&client).await;
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    watch(&client, &own, &Client::of(&vm, &["name"])).await;
    let version = wait(&client, &own, "", "").await.first("version").unwrap();
    let begun = Instant::now();
    let (reply, ()) = tokio::join!(
        wait(
            &client,
            &own,
            &version,
            "<maxWaitSeconds>30</maxWaitSeconds>"
        ),
        async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            rename(&server, &vm, "b");
        }
    );
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(
        changes(&reply),
        [("modify".to_owned(), vec!["b".to_owned()])]
    );
}

#[tokio::test]
async fn versions_expire_but_a_lost_answer_can_be_asked_for_again() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    let own = own_collector(&client).await;
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    watch(&client, &own, &Client::of(&vm, &["name"])).await;
    let one = wait(&client, &own, "", "").await.first("version").unwrap();
    rename(&server, &vm, "b");
    let lost = wait(&client, &own, &one, "").await;
    let again = wait(&client, &own, &one, "").await;
    assert_eq!(lost.text(), again.text());
    rename(&server, &vm, "c");
    let two = lost.first("version").unwrap();
    assert_eq!(changes(&wait(&client, &own, &two, "").await).len(), 1);
    let expired = wait(&client, &own, &one, "").await;
    assert_eq!(expired.fault().as_deref(), Some("InvalidCollectorVersion"));
    let resync = wait(&client, &own, "", "").await;
    assert_eq!(
        changes(&resync),
        [("enter".to_owned(), vec!["c".to_owned()])]
    );
}

#[tokio::test]
async fn a_second_wait_and_a_cancel_end_the_first() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    let own = own_collector(&client).await;
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    watch(&client, &own, &Client::of(&vm, &["name"])).await;
    let version = wait(&client, &own, "", "").await.first("version").unwrap();
    let later = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        wait(
            &client,
            &own,
            &version,
            "<maxWaitSeconds>0</maxWaitSeconds>",
        )
        .await
    };
    let (first, second) = tokio::join!(wait(&client, &own, &version, ""), later);
    assert_eq!(first.fault().as_deref(), Some("RequestCanceled"));
    assert_eq!(second.status, 200);
    let cancel = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        client.invoke("CancelWaitForUpdates", &own, "").await
    };
    let (waiting, _) = tokio::join!(wait(&client, &own, &version, ""), cancel);
    assert_eq!(waiting.fault().as_deref(), Some("RequestCanceled"));
    let end = async {
        tokio::time::sleep(Duration::from_millis(150)).await;
        server.expire_sessions();
    };
    let (waiting, ()) = tokio::join!(wait(&client, &own, &version, ""), end);
    assert_eq!(waiting.fault().as_deref(), Some("NotAuthenticated"));
}

#[tokio::test]
async fn every_step_of_a_task_is_seen_without_sleeping() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    let own = own_collector(&client).await;
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    let task = server.with_world(|world| {
        world
            .start_task(Plan::new("Rename_Task", vm.clone(), "root", |_| Ok(None)))
            .unwrap()
    });
    watch(
        &client,
        &own,
        &Client::of(&task, &["info.state", "info.progress"]),
    )
    .await;
    let (mut version, mut seen) = (String::new(), Vec::new());
    while !seen
        .last()
        .is_some_and(|values: &Vec<String>| values.contains(&"success".to_owned()))
    {
        let reply = wait(
            &client,
            &own,
            &version,
            "<maxWaitSeconds>5</maxWaitSeconds>",
        )
        .await;
        version = reply.first("version").unwrap();
        seen.extend(changes(&reply).into_iter().map(|(_, values)| values));
    }
    assert_eq!(seen[0], ["queued"]);
    let progressed = seen.iter().any(|values| values.contains(&"50".to_owned()));
    assert!(progressed, "{seen:?}");
}

#[tokio::test]
async fn a_client_that_polls_a_task_sees_it_end() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    let task = server.with_world(|world| {
        world
            .start_task(Plan::new("Rename_Task", vm.clone(), "root", |_| Ok(None)))
            .unwrap()
    });
    let mut states = Vec::new();
    for _ in 0..10 {
        let reply = client
            .retrieve(&Client::of(&task, &["info.state"]), "")
            .await;
        states.push(reply.first("val").unwrap());
    }
    assert_eq!(
        states.last().map(String::as_str),
        Some("success"),
        "{states:?}"
    );
}

#[tokio::test]
async fn filters_collectors_and_views_end_when_told() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    let own = own_collector(&client).await;
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    let filter = watch(&client, &own, &Client::of(&vm, &["name"])).await;
    let filter = MoRef::new("PropertyFilter", filter.first("returnval").unwrap());
    assert_eq!(
        client
            .invoke("DestroyPropertyFilter", &filter, "")
            .await
            .status,
        200
    );
    let reply = wait(&client, &own, "", "<maxWaitSeconds>0</maxWaitSeconds>").await;
    assert_eq!(reply.first("returnval"), None);
    let reply = client.invoke("DestroyPropertyFilter", &filter, "").await;
    assert_eq!(reply.fault().as_deref(), Some("ManagedObjectNotFound"));
    assert_eq!(
        client
            .invoke("DestroyPropertyCollector", &own, "")
            .await
            .status,
        200
    );
    let reply = wait(&client, &own, "", "").await;
    assert_eq!(reply.fault().as_deref(), Some("ManagedObjectNotFound"));
    let view = client.view(&server, "VirtualMachine").await;
    assert_eq!(client.invoke("DestroyView", &view, "").await.status, 200);
    let reply = client.retrieve(&Client::of(&view, &["view"]), "").await;
    assert_eq!(reply.fault().as_deref(), Some("ManagedObjectNotFound"));
}

#[tokio::test]
async fn a_list_view_follows_its_owner() {
    let server = serve(2).await;
    let client = Client::logged_in(&server).await;
    let own = own_collector(&client).await;
    let [one, two] = ["vm-00", "vm-01"].map(|name| server.find("VirtualMachine", name).unwrap());
    let obj =
        |tag: &str, vm: &MoRef| format!("<{tag} type=\"VirtualMachine\">{}</{tag}>", vm.value);
    let manager = super::raw::manager("ViewManager");
    let view = client
        .invoke("CreateListView", &manager, &obj("obj", &one))
        .await;
    let view = MoRef::new("ListView", view.first("returnval").unwrap());
    let spec = Client::through(&view, "VirtualMachine", &["name"])
        .replace("<type>ContainerView", "<type>ListView");
    watch(&client, &own, &spec).await;
    let version = wait(&client, &own, "", "").await.first("version").unwrap();
    let edit = obj("add", &two) + &obj("remove", &one);
    assert_eq!(
        client.invoke("ModifyListView", &view, &edit).await.status,
        200
    );
    let reply = wait(&client, &own, &version, "").await;
    let mut kinds: Vec<String> = changes(&reply).into_iter().map(|(kind, _)| kind).collect();
    kinds.sort();
    assert_eq!(kinds, ["enter", "leave"]);
}
