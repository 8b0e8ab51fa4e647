use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::raw::{Client, Reply, collector, exchange, manager, serve};
use crate::wire::tree::parse;
use crate::{Act, Fault, Foreign, Gate, Injection, Match, MoRef, Role, Server, Value};

async fn view(client: &Client, server: &Server) -> std::io::Result<super::raw::Reply> {
    let root = server.with_world(|world| world.root_folder()).unwrap();
    client
        .try_call(&format!(
            "<CreateContainerView xmlns=\"urn:vim25\"><_this type=\"ViewManager\">ViewManager\
             </_this><container type=\"Folder\">{}</container><recursive>true</recursive>\
             </CreateContainerView>",
            root.value
        ))
        .await
}

fn views(server: &Server) -> usize {
    server.with_world(|world| world.sessions.iter().map(|s| s.views.len()).sum())
}

async fn struck(act: Act) -> (Server, Client, std::io::Result<super::raw::Reply>) {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    server.inject(Injection::on_method("CreateContainerView", act));
    assert_eq!(server.pending_injections(), 1);
    let reply = view(&client, &server).await;
    assert_eq!(server.pending_injections(), 0);
    let call = server.calls().pop().unwrap();
    assert!(call.injected);
    (server, client, reply)
}

#[tokio::test]
async fn a_fault_to_order_is_answered_instead_of_acting_and_once() {
    let (server, client, reply) = struck(Act::Fault(Fault::concurrent_access())).await;
    let reply = reply.unwrap();
    assert_eq!(
        (reply.status, reply.fault().as_deref()),
        (500, Some("ConcurrentAccess"))
    );
    assert_eq!(views(&server), 0);
    assert_eq!(view(&client, &server).await.unwrap().status, 200);
}

#[tokio::test]
async fn pages_that_are_no_soap() {
    let (_, _, reply) = struck(Act::Http503).await;
    assert_eq!(reply.unwrap().status, 503);
    let (_, _, reply) = struck(Act::Html200).await;
    let reply = reply.unwrap();
    assert_eq!(reply.status, 200);
    assert!(reply.text().starts_with("<!DOCTYPE html>"));
}

/// Reconfigures the only VM and gives back the answer with the annotation that the VM has once every task has ended.
async fn annotated(act: Act) -> (Server, Reply, String) {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    server.inject(Injection::on_method("ReconfigVM_Task", act));
    let spec = "<spec><annotation>carried out</annotation></spec>";
    let reply = client.invoke("ReconfigVM_Task", &vm, spec).await;
    assert_eq!(server.pending_injections(), 0);
    server.with_world(|world| while world.leap() {});
    let note = server.value(&vm, "config.annotation");
    let note = note.as_ref().and_then(Value::as_str).unwrap_or_default();
    (server, reply, note.to_owned())
}

fn header(reply: &Reply, name: &str) -> Option<String> {
    let mut pairs = reply.headers.lines().filter_map(|l| l.split_once(": "));
    let (_, value) = pairs.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    Some(value.to_owned())
}

#[tokio::test]
async fn a_foreign_answer_tells_nothing_of_what_was_done() {
    for answer in Foreign::ALL {
        let (server, stopped, note) = annotated(Act::ForeignInstead(answer)).await;
        assert_eq!(note, "", "{answer:?} instead of acting");
        let call = server.calls().pop().unwrap();
        assert!(!call.changed && call.status == stopped.status && call.injected);

        let (server, acted, note) = annotated(Act::ForeignAfter(answer)).await;
        assert_eq!(note, "carried out", "{answer:?} after acting");
        let call = server.calls().pop().unwrap();
        assert!(call.changed && call.status == acted.status && call.injected);
        assert_eq!(server.unimplemented(), Vec::<String>::new());

        assert!(stopped.whole && acted.whole);
        if answer != Foreign::Utf16 {
            assert_eq!((stopped.status, stopped.body), (acted.status, acted.body));
        }
    }
}

#[tokio::test]
async fn foreign_answers_look_as_their_names_say() {
    let look = async |answer: Foreign| {
        let (_, reply, _) = annotated(Act::ForeignAfter(answer)).await;
        let kind = header(&reply, "Content-Type");
        (reply.status, kind, reply)
    };
    let html = Some("text/html".to_owned());
    for (page, status) in [(Foreign::Page200, 200), (Foreign::Page400, 400)] {
        let (seen, kind, reply) = look(page).await;
        assert_eq!((seen, &kind), (status, &html));
        assert!(reply.text().starts_with("<!DOCTYPE html>"));
    }
    for (empty, status) in [(Foreign::Empty200, 200), (Foreign::Empty500, 500)] {
        let (seen, kind, reply) = look(empty).await;
        assert_eq!((seen, kind, reply.body.len()), (status, None, 0));
    }
    let (status, _, reply) = look(Foreign::Redirect302).await;
    assert_eq!(status, 302);
    assert_eq!(header(&reply, "Location").as_deref(), Some("/login"));

    let (status, kind, reply) = look(Foreign::Utf16).await;
    assert_eq!(
        (status, kind.as_deref()),
        (200, Some("text/xml; charset=utf-16"))
    );
    let units = reply.body.chunks(2);
    let units: Vec<u16> = units.map(|u| u16::from_le_bytes([u[0], u[1]])).collect();
    let text = String::from_utf16(&units).unwrap();
    assert!(text.starts_with("\u{feff}<?xml") && text.contains("ReconfigVM_TaskResponse"));
}

#[tokio::test]
async fn a_foreign_answer_to_a_login_brings_no_cookie() {
    let server = serve(1).await;
    let mut client = Client::new(&server);
    let (user, password) = server.account(Role::Administrator);
    let page = Act::ForeignAfter(Foreign::Page200);
    server.inject(Injection::on_method("Login", page));
    client.login(&user, &password).await;
    assert_eq!((client.cookie, server.open_sessions()), (None, 1));
}

#[tokio::test]
async fn a_rest_call_is_answered_in_a_foreign_way_too() {
    for (answer, status, kind) in [
        (Foreign::Page200, 200, "text/html"),
        (Foreign::Utf16, 201, "application/json; charset=utf-16"),
    ] {
        let server = serve(1).await;
        let login = Injection::on_method("session.create", Act::ForeignAfter(answer));
        server.inject(login);
        let stream = TcpStream::connect(server.address()).await.unwrap();
        // administrator@vsphere.local:Administrator!1
        let head = "POST /api/session HTTP/1.1\r\nAuthorization: Basic \
                    YWRtaW5pc3RyYXRvckB2c3BoZXJlLmxvY2FsOkFkbWluaXN0cmF0b3IhMQ==";
        let reply = exchange(stream, head, "").await.unwrap();
        assert_eq!(reply.status, status);
        assert_eq!(header(&reply, "Content-Type").as_deref(), Some(kind));
        assert_eq!(server.open_sessions(), 1, "it acted");
        assert_eq!(server.calls().pop().unwrap().status, status);
    }
}

#[tokio::test]
async fn a_wait_can_break_from_a_call_on_for_ever_or_some_times() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    let wait = async || {
        let options = "<version></version><options><maxWaitSeconds>0</maxWaitSeconds></options>";
        let reply = client
            .invoke("WaitForUpdatesEx", &collector(), options)
            .await;
        (reply.fault(), reply.first("reason"))
    };
    let broken = Act::Fault(Fault::system_error());
    server.inject(Injection::from_nth("WaitForUpdatesEx", 2, broken));
    assert_eq!(wait().await, (None, None));
    for _ in 0..3 {
        let reason = Some("internal error".to_owned());
        assert_eq!(wait().await, (Some("SystemError".to_owned()), reason));
    }
    assert_eq!(server.pending_injections(), 0);
    server.forget_injections();
    let lost = Act::Fault(Fault::host_communication());
    server.inject(Injection::on_method("WaitForUpdatesEx", lost).times(2));
    for _ in 0..2 {
        assert_eq!(wait().await.0.as_deref(), Some("HostCommunication"));
    }
    assert_eq!(wait().await, (None, None));
    let gone = Fault::not_found(&MoRef::new("PropertyCollector", "propertyCollector"));
    server.inject(Injection::on_method("CreateFilter", Act::Fault(gone)));
    let reply = client.invoke("CreateFilter", &collector(), "").await;
    assert_eq!(reply.fault().as_deref(), Some("ManagedObjectNotFound"));
    assert_eq!(reply.first("obj").as_deref(), Some("propertyCollector"));
}

#[tokio::test]
async fn a_reset_does_nothing_and_a_drop_after_apply_acts_first() {
    let (server, _, reply) = struck(Act::Reset).await;
    assert!(reply.is_err());
    assert_eq!(views(&server), 0);
    let (server, _, reply) = struck(Act::DropAfterApply).await;
    assert!(reply.is_err());
    assert_eq!(views(&server), 1, "it acted");
    assert_eq!(server.calls().pop().unwrap().status, 0);
}

#[tokio::test]
async fn a_truncated_answer_claims_more_than_it_holds() {
    let (server, _, reply) = struck(Act::Truncate(120)).await;
    let reply = reply.unwrap();
    assert_eq!(
        (reply.status, reply.body.len(), reply.whole),
        (200, 120, false)
    );
    assert_eq!(views(&server), 1);
}

#[tokio::test]
async fn a_garbled_answer_is_whole_but_no_document() {
    let (_, _, reply) = struck(Act::Garble).await;
    let reply = reply.unwrap();
    assert!(reply.whole);
    assert!(parse(&reply.body).is_err());
}

#[tokio::test]
async fn an_expired_session_refuses_the_call() {
    let (server, _, reply) = struck(Act::ExpireSession).await;
    assert_eq!(reply.unwrap().fault().as_deref(), Some("NotAuthenticated"));
    assert_eq!(server.open_sessions(), 0);
}

#[tokio::test]
async fn a_nested_answer_is_as_deep_as_ordered() {
    let (_, _, reply) = struck(Act::NestedBomb(100_000)).await;
    let text = reply.unwrap().text();
    assert_eq!(text.matches("<a>").count(), 100_000);
    assert!(text.ends_with("</soapenv:Envelope>"));
}

#[tokio::test]
async fn an_endless_answer_goes_on_until_the_client_hangs_up() {
    let server = serve(1).await;
    server.inject(Injection::new(Match::Any, Act::Endless));
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let head = "POST /sdk HTTP/1.1\r\nHost: lab\r\nContent-Length: 0\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut taken = 0;
    let mut chunk = vec![0; 1 << 16];
    while taken < 8 << 20 {
        let read = stream.read(&mut chunk).await.unwrap();
        assert_ne!(read, 0, "the answer ended after {taken} bytes");
        taken += read;
    }
    drop(stream);
    tokio::time::timeout(Duration::from_secs(10), server.shutdown())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_delay_takes_its_time() {
    let begun = Instant::now();
    let (_, _, reply) = struck(Act::Delay(Duration::from_millis(200))).await;
    assert_eq!(reply.unwrap().status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_paused_call_waits_for_its_gate() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    let gate = Gate::new();
    server.inject(Injection::on_method(
        "CreateContainerView",
        Act::Pause(gate.clone()),
    ));
    let (reply, ()) = tokio::join!(view(&client, &server), async {
        gate.reached().await;
        assert_eq!(views(&server), 0, "it has not acted yet");
        gate.open();
    });
    assert_eq!(reply.unwrap().status, 200);
    assert_eq!(views(&server), 1);
}

#[tokio::test]
async fn injections_count_calls_and_requests() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    server.inject(Injection::on_nth("CreateContainerView", 2, Act::Http503));
    server.inject(Injection::new(Match::Nth(5), Act::Http503));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(view(&client, &server).await.unwrap().status);
    }
    assert_eq!(
        statuses,
        [200, 503, 200, 503],
        "the login was the first request"
    );
    server.inject(Injection::on_method("vimServiceVersions.xml", Act::Html200));
    let reply = client.get("/sdk/vimServiceVersions.xml").await;
    assert!(reply.text().contains("<html>"));
    let reply = client
        .invoke("Logout", &manager("SessionManager"), "")
        .await;
    assert_eq!(reply.status, 200);
}
