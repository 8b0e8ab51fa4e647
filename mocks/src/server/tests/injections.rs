use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::raw::{Client, manager, serve};
use crate::wire::tree::parse;
use crate::{Act, Fault, Gate, Injection, Match, Server};

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
