use super::raw::{Client, all, site};
use crate::{Dialect, Server, Value};

async fn serve(dialect: Dialect) -> Server {
    let builder = Server::builder().world(site(1)).unrecorded();
    builder.dialect(dialect).start().await.unwrap()
}

/// The answers to one read of many shapes, once per dialect: text and content.
async fn read(dialect: Dialect) -> (String, Vec<String>) {
    let server = serve(dialect).await;
    let client = Client::logged_in(&server).await;
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    server.with_world(|world| {
        world
            .store
            .update(&vm, |data| data.set("name", "a & <b> ]] c"))
    });
    let paths = [
        "name",
        "config.hardware.device",
        "datastore",
        "runtime",
        "snapshot",
    ];
    let reply = client.retrieve(&Client::of(&vm, &paths), "").await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(server.unimplemented(), Vec::<String>::new());
    let mut content: Vec<String> = all(&reply.root(), "val")
        .iter()
        .map(|val| {
            let kind = val.attr(crate::wire::XSI, "type").unwrap();
            let kind = val.qualified(kind).unwrap().1.to_owned();
            let keys: Vec<String> = all(val, "key").into_iter().map(|key| key.text).collect();
            format!("{kind} {} {}", val.text.trim(), keys.join(","))
        })
        .collect();
    content.push(reply.every("powerState").join(","));
    (reply.text(), content)
}

#[tokio::test]
async fn every_dialect_says_the_same() {
    let (vcenter, content) = read(Dialect::VCenter).await;
    assert!(content[0].starts_with("string a & <b> ]] c"), "{content:?}");
    assert!(
        content[1].starts_with("ArrayOfVirtualDevice"),
        "{content:?}"
    );
    assert!(vcenter.contains("<soapenv:Body>"));
    assert!(vcenter.contains(" xsi:type=\"ArrayOfManagedObjectReference\""));
    for dialect in Dialect::ALL {
        let (text, same) = read(dialect).await;
        assert_eq!(same, content, "{dialect:?}");
        assert!(
            dialect == Dialect::VCenter || text != vcenter,
            "{dialect:?} looks like vCenter"
        );
    }
}

#[tokio::test]
async fn dialects_show_their_marks() {
    let (vcsim, _) = read(Dialect::Vcsim).await;
    assert!(vcsim.contains("_XMLSchema-instance:type=\"ArrayOfVirtualDevice\""));
    let (reversed, _) = read(Dialect::AttributesReversed).await;
    assert!(reversed.contains("i:type='ManagedObjectReference' type='Datastore'"));
    assert!(reversed.contains("<![CDATA[a & <b> ]] c]]>"));
}

#[tokio::test]
async fn vcsim_writes_absent_enumerations_as_empty_elements() {
    let server = serve(Dialect::Vcsim).await;
    let client = Client::logged_in(&server).await;
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    server.with_world(|world| {
        world.store.update(&vm, |data| {
            let runtime = data
                .get_mut("runtime")
                .and_then(Value::as_data_mut)
                .unwrap();
            runtime.remove("faultToleranceState")
        })
    });
    let reply = client.retrieve(&Client::of(&vm, &["runtime"]), "").await;
    assert!(
        reply
            .text()
            .contains("<faultToleranceState></faultToleranceState>")
    );
    assert_eq!(server.unimplemented(), Vec::<String>::new());
}

#[tokio::test]
async fn absent_arrays_come_empty_in_the_dialect_of_that_name() {
    for (dialect, expected) in [(Dialect::VCenter, 0), (Dialect::EmptyArrays, 1)] {
        let server = serve(dialect).await;
        let client = Client::logged_in(&server).await;
        let vm = server.find("VirtualMachine", "vm-00").unwrap();
        server.with_world(|world| world.store.update(&vm, |data| data.remove("customValue")));
        let reply = client
            .retrieve(&Client::of(&vm, &["customValue"]), "")
            .await;
        assert_eq!(all(&reply.root(), "val").len(), expected, "{dialect:?}");
        if expected == 1 {
            assert!(
                reply.text().contains("\"ArrayOfCustomFieldValue\"/>"),
                "{}",
                reply.text()
            );
        }
    }
}

#[tokio::test]
async fn vcsim_tells_of_the_missing_session_per_property() {
    let server = serve(Dialect::Vcsim).await;
    let client = Client::new(&server);
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    let reply = client.retrieve(&Client::of(&vm, &["name"]), "").await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let missing = all(&reply.root(), "missingSet");
    assert_eq!(missing.len(), 1);
    assert!(
        reply
            .text()
            .contains("_XMLSchema-instance:type=\"NotAuthenticated\"")
    );
    let refused = client
        .invoke("CurrentTime", &super::raw::manager("ServiceInstance"), "")
        .await;
    assert_eq!(refused.fault().as_deref(), Some("NotAuthenticated"));
    assert_eq!(refused.first("faultstring").as_deref(), Some(""));
}
