use super::raw::{Client, all, collector, serve};
use crate::{MoRef, Value};

#[tokio::test]
async fn pages_are_the_servers_and_tokens_are_followed() {
    let server = serve(7).await;
    server.with_world(|world| world.page_size = 3);
    let client = Client::logged_in(&server).await;
    let view = client.view(&server, "VirtualMachine").await;
    let spec = Client::through(&view, "VirtualMachine", &["name"]);
    let mut reply = client.retrieve(&spec, "").await;
    let (mut names, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let page = reply.every("val");
        sizes.push(page.len());
        names.extend(page);
        let Some(token) = reply.first("token") else {
            break;
        };
        let params = format!("<token>{token}</token>");
        reply = client
            .invoke("ContinueRetrievePropertiesEx", &collector(), &params)
            .await;
        let again = client
            .invoke("ContinueRetrievePropertiesEx", &collector(), &params)
            .await;
        assert_eq!(
            again.fault().as_deref(),
            Some("InvalidProperty"),
            "a token is good once"
        );
    }
    names.sort();
    assert_eq!(sizes, [3, 3, 1]);
    assert_eq!(
        names,
        (0..7).map(|n| format!("vm-{n:02}")).collect::<Vec<_>>()
    );
    let fewer = client.retrieve(&spec, "<maxObjects>2</maxObjects>").await;
    assert_eq!(fewer.every("val").len(), 2);
    let none = client.retrieve(&spec, "<maxObjects>0</maxObjects>").await;
    assert_eq!(none.fault().as_deref(), Some("InvalidArgument"));
    assert_eq!(server.unimplemented(), Vec::<String>::new());
}

#[tokio::test]
async fn tokens_die_with_their_session_and_when_cancelled() {
    let server = serve(4).await;
    server.with_world(|world| world.page_size = 2);
    let client = Client::logged_in(&server).await;
    let view = client.view(&server, "VirtualMachine").await;
    let spec = Client::through(&view, "VirtualMachine", &["name"]);
    let token = client.retrieve(&spec, "").await.first("token").unwrap();
    let params = format!("<token>{token}</token>");
    let other = Client::logged_in(&server).await;
    let reply = other
        .invoke("ContinueRetrievePropertiesEx", &collector(), &params)
        .await;
    assert_eq!(reply.fault().as_deref(), Some("InvalidProperty"));
    let reply = other.retrieve(&spec, "").await;
    assert_eq!(
        reply.fault().as_deref(),
        Some("ManagedObjectNotFound"),
        "so do views"
    );
    let reply = client
        .invoke("CancelRetrievePropertiesEx", &collector(), &params)
        .await;
    assert_eq!(reply.status, 200);
    let reply = client
        .invoke("ContinueRetrievePropertiesEx", &collector(), &params)
        .await;
    assert_eq!(reply.fault().as_deref(), Some("InvalidProperty"));
}

#[tokio::test]
async fn traversals_name_each_other_and_come_back() {
    let server = serve(2).await;
    let client = Client::logged_in(&server).await;
    let root = server.with_world(|world| world.root_folder()).unwrap();
    let spec = format!(
        "<propSet><type>VirtualMachine</type><pathSet>name</pathSet></propSet>\
         <propSet><type>ManagedEntity</type><all>false</all></propSet>\
         <objectSet><obj type=\"Folder\">{}</obj>\
         <selectSet xsi:type=\"TraversalSpec\"><name>children</name><type>Folder</type>\
         <path>childEntity</path><selectSet><name>children</name></selectSet>\
         <selectSet xsi:type=\"TraversalSpec\"><type>Datacenter</type><path>vmFolder</path>\
         <skip>true</skip><selectSet><name>children</name></selectSet></selectSet></selectSet>\
         </objectSet>",
        root.value
    );
    let reply = client.retrieve(&spec, "").await;
    assert_eq!(reply.every("val"), ["vm-00", "vm-01"]);
    let kinds: Vec<String> = all(&reply.root(), "obj")
        .iter()
        .filter_map(|obj| obj.attr("", "type").map(str::to_owned))
        .collect();
    assert_eq!(
        kinds,
        ["Folder", "Datacenter", "VirtualMachine", "VirtualMachine"]
    );
    let unknown = spec.replace("<selectSet><name>children<", "<selectSet><name>elsewhere<");
    assert_eq!(
        client.retrieve(&unknown, "").await.fault().as_deref(),
        Some("InvalidArgument")
    );
}

#[tokio::test]
async fn paths_reach_into_data_and_wrong_ones_are_refused() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    let reply = client
        .retrieve(
            &Client::of(&vm, &["config.hardware.device", "runtime.powerState"]),
            "",
        )
        .await;
    let values = all(&reply.root(), "val");
    let types: Vec<&str> = values
        .iter()
        .filter_map(|val| val.attr(crate::wire::XSI, "type"))
        .collect();
    assert_eq!(types, ["ArrayOfVirtualDevice", "VirtualMachinePowerState"]);
    assert!(values[0].children.len() > 5);
    for wrong in ["config.hardware.device.key", "nmae", "config.nothing"] {
        let reply = client.retrieve(&Client::of(&vm, &[wrong]), "").await;
        assert_eq!(reply.fault().as_deref(), Some("InvalidProperty"), "{wrong}");
        assert_eq!(reply.first("name").as_deref(), Some(wrong));
    }
    let gone = MoRef::new("VirtualMachine", "vm-none");
    let reply = client.retrieve(&Client::of(&gone, &["name"]), "").await;
    assert_eq!(reply.fault().as_deref(), Some("ManagedObjectNotFound"));
}

#[tokio::test]
async fn everything_of_everything_fits_the_schema() {
    let server = serve(3).await;
    let client = Client::logged_in(&server).await;
    let kinds = server.with_world(|world| {
        let mut kinds: Vec<MoRef> = world
            .store
            .objects()
            .map(|object| object.reference.clone())
            .collect();
        kinds.dedup_by(|a, b| a.kind == b.kind);
        kinds
    });
    assert!(kinds.len() > 10);
    for object in kinds {
        let spec = format!(
            "<propSet><type>{0}</type><all>true</all></propSet><objectSet><obj \
             type=\"{0}\">{1}</obj></objectSet>",
            object.kind, object.value
        );
        let reply = client.retrieve(&spec, "").await;
        assert_eq!(reply.status, 200, "{object}: {}", reply.text());
    }
    assert_eq!(server.unimplemented(), Vec::<String>::new());
}

#[tokio::test]
async fn older_clients_do_not_see_what_is_newer() {
    let server = serve(1).await;
    let mut client = Client::logged_in(&server).await;
    let host = server.with_world(|world| {
        let host = world
            .store
            .of_kind("ComputeResource")
            .next()
            .unwrap()
            .reference
            .clone();
        world
            .store
            .update(&host, |data| data.set("lifecycleManaged", true));
        host
    });
    let spec = Client::of(&host, &["lifecycleManaged"]);
    assert_eq!(
        client.retrieve(&spec, "").await.first("val").as_deref(),
        Some("true")
    );
    client.version = "6.7".into();
    assert_eq!(
        client.retrieve(&spec, "").await.fault().as_deref(),
        Some("InvalidProperty")
    );
    client.version = "99.0".into();
    let reply = client.retrieve(&spec, "").await;
    assert_eq!(reply.fault().as_deref(), Some("InvalidRequest"));
    assert!(
        reply
            .first("faultstring")
            .unwrap()
            .contains("Unsupported version")
    );
}

#[tokio::test]
async fn fetch_reads_one_property() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    let reply = client.invoke("Fetch", &vm, "<prop>name</prop>").await;
    assert_eq!(reply.first("returnval").as_deref(), Some("vm-00"));
    let reply = client.invoke("Fetch", &vm, "<prop>datastore</prop>").await;
    assert_eq!(reply.every("returnval").len(), 1);
    let reply = client.invoke("Fetch", &vm, "<prop>nothing</prop>").await;
    assert_eq!(reply.fault().as_deref(), Some("InvalidProperty"));
    assert_eq!(server.value(&vm, "name"), Some(Value::Str("vm-00".into())));
}
