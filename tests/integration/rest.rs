//! The REST client against the mock vCenter: sessions, lists beyond the limit, tags.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests: a test ends here"
)]

use integration_tests::site::Site;
use mocks::rest::Ways;
use mocks::{Act, ClockMode, Injection, Role, Server};
use secrecy::SecretString;
use vsphere_client::rest::{
    Cardinality, DatastoreFilter, DatastoreKind, FolderFilter, HostFilter, NewCategory, PowerState,
    RestCall, RestClient, RestError, RestErrorKind, VmFilter, Way,
};
use vsphere_client::vim::ManagedObjectReference;
use vsphere_client::{Client, Error};

fn category(name: &str) -> NewCategory {
    NewCategory {
        name: name.into(),
        description: "of the test".into(),
        cardinality: Cardinality::Multiple,
        associable_types: vec!["VirtualMachine".into()],
    }
}

async fn served(scenario: &str) -> Server {
    let server = Server::builder().scenario(scenario).clock(ClockMode::Jump);
    server.start().await.unwrap()
}

async fn connect(server: &Server, role: Role) -> Result<RestClient, Error> {
    let (user, password) = server.account(role);
    Client::builder(server.url())
        .credentials(user, SecretString::from(password))
        .connect_rest()
        .await
}

fn rest_error(error: Error) -> RestError {
    match error {
        Error::Rest(error) => *error,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn both_ways_to_a_session_list_the_same() {
    let mut lists = Vec::new();
    for (ways, way) in [(Ways::AsVersionSays, Way::Api), (Ways::OldOnly, Way::Rest)] {
        let site = Site::start("failback-lab").await;
        site.server.with_world(|world| world.rest.ways = ways);
        let rest = site.client.rest().await.unwrap();
        assert_eq!(rest.log_in().await.unwrap(), way);
        assert_eq!(site.server.open_sessions(), 2, "one for SOAP, one for REST");
        let filter = VmFilter {
            power_states: vec![PowerState::PoweredOff],
            ..VmFilter::default()
        };
        lists.push((
            rest.vms(&VmFilter::default()).await.unwrap(),
            rest.vms(&filter).await.unwrap(),
            rest.hosts(&HostFilter::default()).await.unwrap(),
            rest.datastores(&DatastoreFilter::default()).await.unwrap(),
            rest.datacenters().await.unwrap(),
            rest.folders(&FolderFilter::default()).await.unwrap(),
        ));
        site.end().await;
    }
    assert_eq!(lists[0], lists[1]);
    let (all, off, hosts, datastores, ..) = &lists[0];
    assert!(!off.is_empty() && off.len() < all.len());
    assert!(
        off.iter()
            .all(|vm| vm.power_state == PowerState::PoweredOff)
    );
    assert!(
        hosts
            .iter()
            .all(|host| host.reference.kind == *"HostSystem")
    );
    assert!(
        datastores
            .iter()
            .any(|one| one.kind == DatastoreKind::Nfs && one.capacity > Some(0))
    );
}

#[tokio::test]
async fn more_vms_than_the_server_lists_at_once_are_all_listed() {
    let server = served("big:4100").await;
    let rest = connect(&server, Role::Administrator).await.unwrap();
    let mut names: Vec<String> = rest
        .vms(&VmFilter::default())
        .await
        .unwrap()
        .into_iter()
        .map(|vm| vm.name)
        .collect();
    names.sort();
    let wanted: Vec<String> = (1..=4100).map(|n| format!("vm-{n:05}")).collect();
    assert_eq!(names, wanted);
    // The whole, datacenters and hosts to divide by, and two halves of the hosts.
    assert_eq!(server.call_count("vcenter.vm.list"), 3);
    assert_eq!(server.call_count("vcenter.datacenter.list"), 1);
    assert_eq!(server.call_count("vcenter.host.list"), 1);
    rest.logout().await.unwrap();
    assert_eq!(server.open_sessions(), 0);
    server.shutdown().await;
}

#[tokio::test]
async fn many_names_are_asked_for_in_several_requests() {
    let server = served("big:300").await;
    let rest = connect(&server, Role::Administrator).await.unwrap();
    let filter = VmFilter {
        names: (1..=250).map(|n| format!("vm-{n:05}")).collect(),
        ..VmFilter::default()
    };
    assert_eq!(rest.vms(&filter).await.unwrap().len(), 250);
    assert_eq!(server.call_count("vcenter.vm.list"), 4);
    rest.logout().await.unwrap();
}

#[tokio::test]
async fn tags_are_made_attached_found_and_removed() {
    for ways in [Ways::AsVersionSays, Ways::OldOnly] {
        let site = Site::start("ready").await;
        site.server.with_world(|world| world.rest.ways = ways);
        let rest = site.client.rest().await.unwrap();
        let tagging = rest.tagging();
        let vm = site.vm("mt-linux-01");
        let object = ManagedObjectReference::new("VirtualMachine", vm.value.clone());
        assert_eq!(
            tagging.find_category("Failback & more").await.unwrap(),
            None
        );
        let id = tagging
            .create_category(&category("Failback & more"))
            .await
            .unwrap();
        let taken = tagging.create_category(&category("failback & more")).await;
        assert!(taken.unwrap_err().is(&RestErrorKind::AlreadyExists));
        let found = tagging
            .find_category("FAILBACK & MORE")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (&found.id, found.cardinality.clone()),
            (&id, Cardinality::Multiple)
        );
        assert!(found.takes("VirtualMachine") && !found.takes("HostSystem"));
        let tag = tagging
            .create_tag(&id, "asr-master-target", "do not move")
            .await
            .unwrap();
        tagging.attach(&tag, &object).await.unwrap();
        tagging.attach(&tag, &object).await.unwrap();
        assert_eq!(
            tagging.attached(&object).await.unwrap(),
            std::slice::from_ref(&tag)
        );
        assert_eq!(
            tagging.objects(&tag).await.unwrap(),
            std::slice::from_ref(&object)
        );
        let named = tagging
            .find_tag(&id, "asr-master-target")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (&named.id, named.description.as_str()),
            (&tag, "do not move")
        );
        let on = |site: &Site| {
            site.server
                .with_world(|world| world.rest.tags.names_on(&vm))
        };
        assert_eq!(on(&site), ["Failback & more/asr-master-target"]);
        tagging.detach(&tag, &object).await.unwrap();
        tagging.detach(&tag, &object).await.unwrap();
        assert!(on(&site).is_empty());
        tagging.delete_tag(&tag).await.unwrap();
        tagging.delete_category(&id).await.unwrap();
        let missing = tagging.tag(&tag).await.unwrap_err();
        assert!(missing.is(&RestErrorKind::NotFound) && !missing.may_have_acted());
        site.end().await;
    }
}

#[tokio::test]
async fn who_may_not_tag_is_told_so() {
    let site = Site::start_as("ready", Role::ReadOnly).await;
    let rest = site.client.rest().await.unwrap();
    let refused = rest
        .tagging()
        .create_category(&category("x"))
        .await
        .unwrap_err();
    assert!(refused.is(&RestErrorKind::Unauthorized), "{refused}");
    assert_eq!(
        refused.to_string(),
        "tagging.category.create was refused: The user does not have permission to perform this \
         operation. (UNAUTHORIZED)"
    );
    site.end().await;
}

#[tokio::test]
async fn a_standalone_host_has_no_rest_api() {
    let site = Site::start("esxi").await;
    let error = site.client.rest().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the server offers no REST API, which only vCenter has"
    );
    // Without SOAP it takes two attempts to find out.
    let alone = connect(&site.server, Role::Administrator)
        .await
        .unwrap_err();
    assert!(matches!(rest_error(alone), RestError::NotOffered));
    site.end().await;
}

#[tokio::test]
async fn an_expired_session_is_replaced() {
    let server = served("ready").await;
    let rest = connect(&server, Role::Administrator).await.unwrap();
    server.expire_sessions();
    assert_eq!(rest.vms(&VmFilter::default()).await.unwrap().len(), 3);
    assert_eq!(server.call_count("session.create"), 2);
    rest.logout().await.unwrap();
    assert_eq!(server.open_sessions(), 0);
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_read_back_and_not_repeated() {
    let server = served("ready").await;
    let rest = connect(&server, Role::Administrator).await.unwrap();
    let drop = Injection::on_method("tagging.category.create", Act::DropAfterApply);
    server.inject(drop);
    let error = rest
        .tagging()
        .create_category(&category("Once"))
        .await
        .unwrap_err();
    assert!(error.may_have_acted(), "{error}");
    assert_eq!(server.call_count("tagging.category.create"), 1);
    assert!(
        rest.tagging()
            .find_category("Once")
            .await
            .unwrap()
            .is_some()
    );
    rest.logout().await.unwrap();
}

#[tokio::test]
async fn whatever_else_answers_is_an_error_and_nothing_hangs() {
    let server = served("ready").await;
    let rest = connect(&server, Role::Administrator).await.unwrap();
    let acts = [
        Act::Html200,
        Act::NestedBomb(100_000),
        Act::Garble,
        Act::Endless,
        Act::Truncate(20),
    ];
    for act in acts {
        // A list is read again once the connection broke; it breaks each time.
        server.inject(Injection::on_method("vcenter.vm.list", act.clone()).times(3));
        let error = rest.vms(&VmFilter::default()).await.unwrap_err();
        let said = error.to_string();
        assert!(!said.is_empty() && said.len() < 400, "{said}");
        // What was not asked for is asked for here, and gets no further.
        while server.pending_injections() > 0 {
            let _ = rest.vms(&VmFilter::default()).await;
        }
    }
    rest.logout().await.unwrap();
}

#[tokio::test]
async fn an_operation_that_the_client_lacks_can_be_called() {
    let server = served("ready").await;
    let rest = connect(&server, Role::Administrator).await.unwrap();
    let clusters: serde_json::Value = rest
        .call(&RestCall::get("/api/vcenter/cluster?names=Cluster-A"))
        .await
        .unwrap();
    assert_eq!(clusters[0]["name"], "Cluster-A");
    rest.logout().await.unwrap();
}

#[tokio::test]
async fn the_wire_trace_holds_no_session_and_no_password() {
    let server = served("ready").await;
    let (user, password) = server.account(Role::Administrator);
    let directory = tempfile::tempdir().unwrap();
    let rest = Client::builder(server.url())
        .credentials(user, SecretString::from(password.clone()))
        .trace_wire(directory.path())
        .connect_rest()
        .await
        .unwrap();
    let session: serde_json::Value = rest.call(&RestCall::get("/api/session")).await.unwrap();
    assert_eq!(session["user"], "administrator@vsphere.local");
    let token = server.with_world(|world| world.sessions.iter().next().unwrap().key.clone());
    rest.logout().await.unwrap();
    let mut whole = String::new();
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        whole += &std::fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    assert!(
        whole.contains("session.create") && whole.contains("administrator@"),
        "{whole}"
    );
    assert!(
        !whole.contains(&token) && !whole.contains(&password),
        "{whole}"
    );
}
