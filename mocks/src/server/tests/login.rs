use jiff::SignedDuration;

use super::raw::{Client, manager, serve};
use crate::Role;

const CURRENT_TIME: &str = "<CurrentTime xmlns=\"urn:vim25\"><_this type=\"ServiceInstance\">\
                            ServiceInstance</_this></CurrentTime>";

#[tokio::test]
async fn a_login_opens_a_session_and_a_logout_ends_it() {
    let server = serve(1).await;
    let mut client = Client::new(&server);
    let reply = client.login(&server.username(), &server.password()).await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.first("userName").as_deref(),
        Some(server.username().as_str())
    );
    assert!(
        reply.headers.contains("vmware_soap_session=\""),
        "{}",
        reply.headers
    );
    assert_eq!(server.open_sessions(), 1);
    assert_eq!(client.call(CURRENT_TIME).await.status, 200);
    let reply = client
        .invoke("Logout", &manager("SessionManager"), "")
        .await;
    assert_eq!(reply.status, 200);
    assert_eq!(server.open_sessions(), 0);
    let refused = client.call(CURRENT_TIME).await;
    assert_eq!(
        (refused.status, refused.fault().as_deref()),
        (500, Some("NotAuthenticated"))
    );
    assert_eq!(server.unimplemented(), Vec::<String>::new());
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_leaves_no_session() {
    let server = serve(1).await;
    let mut client = Client::new(&server);
    let reply = client.login(&server.username(), "wrong").await;
    assert_eq!(
        (reply.status, reply.fault().as_deref()),
        (500, Some("InvalidLogin"))
    );
    assert!(
        reply
            .first("faultstring")
            .unwrap()
            .contains("incorrect user name or password")
    );
    assert_eq!(client.cookie, None);
    assert_eq!(server.open_sessions(), 0);
}

#[tokio::test]
async fn only_the_way_in_is_open_without_a_session() {
    let server = serve(1).await;
    let client = Client::new(&server);
    let content = client
        .invoke("RetrieveServiceContent", &manager("ServiceInstance"), "")
        .await;
    assert_eq!(content.status, 200);
    assert!(content.first("apiVersion").is_some());
    assert_eq!(
        client.call(CURRENT_TIME).await.fault().as_deref(),
        Some("NotAuthenticated")
    );
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    let reply = client.retrieve(&Client::of(&vm, &["name"]), "").await;
    assert_eq!(reply.fault().as_deref(), Some("NotAuthenticated"));
    let si = manager("ServiceInstance");
    let reply = client.retrieve(&Client::of(&si, &["content"]), "").await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn idle_sessions_expire_by_the_servers_clock() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    server.with_world(|world| world.clock.advance(SignedDuration::from_mins(29)));
    assert_eq!(client.call(CURRENT_TIME).await.status, 200);
    server.with_world(|world| world.clock.advance(SignedDuration::from_mins(31)));
    assert_eq!(
        client.call(CURRENT_TIME).await.fault().as_deref(),
        Some("NotAuthenticated")
    );
    assert_eq!(server.open_sessions(), 0);
}

#[tokio::test]
async fn sessions_can_be_ended_from_outside() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    server.expire_sessions();
    assert_eq!(
        client.call(CURRENT_TIME).await.fault().as_deref(),
        Some("NotAuthenticated")
    );
}

#[tokio::test]
async fn only_those_allowed_may_ask_whether_a_session_is_active() {
    let server = serve(1).await;
    let admin = Client::logged_in(&server).await;
    let key = admin.cookie.clone().unwrap();
    let key = key.split('"').nth(1).unwrap().to_owned();
    let params = format!(
        "<sessionID>{key}</sessionID><userName>{}</userName>",
        server.username()
    );
    let reply = admin
        .invoke("SessionIsActive", &manager("SessionManager"), &params)
        .await;
    assert_eq!(reply.first("returnval").as_deref(), Some("true"));
    let reader = Client::logged_in_as(&server, Role::ReadOnly).await;
    let reply = reader
        .invoke("SessionIsActive", &manager("SessionManager"), &params)
        .await;
    assert_eq!(reply.fault().as_deref(), Some("NoPermission"));
    assert_eq!(
        reply.first("privilegeId").as_deref(),
        Some("Sessions.ValidateSession")
    );
}

#[tokio::test]
async fn the_versions_document_lists_what_is_spoken() {
    let server = serve(1).await;
    let client = Client::new(&server);
    let reply = client.get("/sdk/vimServiceVersions.xml").await;
    assert_eq!(reply.status, 200);
    let text = reply.text();
    assert!(text.contains("<name>urn:vim25</name>"), "{text}");
    assert!(text.contains("<version>6.7.3</version>"));
    assert!(
        !text.contains("<version>9.0.0.0</version>"),
        "newer than the server"
    );
    assert_eq!(client.get("/elsewhere").await.status, 404);
    assert_eq!(client.get("/sdk").await.status, 405);
}

#[tokio::test]
async fn a_host_does_not_tell_whether_a_session_is_active() {
    let builder = crate::Server::builder().scenario("esxi").unrecorded();
    let server = builder.start().await.unwrap();
    let client = Client::logged_in(&server).await;
    let params = "<sessionID>s</sessionID><userName>root</userName>";
    let reply = client
        .invoke("SessionIsActive", &client.sessions, params)
        .await;
    assert_eq!(reply.fault().as_deref(), Some("NotImplemented"));
    assert_eq!(server.unimplemented(), Vec::<String>::new());
}
