//! Calls, sessions and what goes wrong between them, against a scripted server.

use secrecy::SecretString;

use crate::method::{CreatePropertyCollector, CurrentTime, DestroyView};
use crate::testing::{
    Scripted, Step, answer, broken, connected, fault, foreign_answers, greeting, login, page,
    refused, reset,
};
use crate::transport::{Delivery, TransportError};
use crate::vim::ManagedObjectReference;
use crate::{Client, Error, wire_method};

wire_method! {
    /// A call that changes the inventory.
    struct PowerOff = "PowerOffVM_Task": crate::method::Effect::Change => ManagedObjectReference {}
}

fn power_off() -> PowerOff {
    PowerOff {
        this: ManagedObjectReference::new("VirtualMachine", "vm-1"),
    }
}

fn time() -> Step {
    answer("CurrentTime", "<returnval>2026-01-02T03:04:05Z</returnval>")
}

async fn connect(steps: Vec<Step>) -> (Result<Client, Error>, std::sync::Arc<Scripted>) {
    let server = Scripted::new(steps);
    let client = Client::builder("scripted.example")
        .credentials("operator", SecretString::from("hunter2"))
        .transport(server.clone())
        .connect()
        .await;
    (client, server)
}

#[tokio::test]
async fn a_session_from_login_to_logout() {
    let (client, server) = connected([time(), answer("Logout", "")]).await;
    assert_eq!(client.api_version(), "8.0.1.0");
    assert!(client.is_vcenter());
    client.call(&CurrentTime::default()).await.unwrap();
    client.logout().await.unwrap();
    client.logout().await.unwrap();
    assert!(matches!(
        client.call(&CurrentTime::default()).await,
        Err(Error::LoggedOut)
    ));
    server.assert_done();

    let seen = server.seen();
    assert!(
        seen[..3].iter().all(|(_, cookie, _)| cookie.is_none()),
        "no cookie before the login"
    );
    for (name, cookie, _) in &seen[3..] {
        assert_eq!(
            cookie.as_deref(),
            Some("vmware_soap_session=\"session-one\""),
            "{name}"
        );
    }
    let stats = client.calls();
    assert_eq!((stats.total, stats.other, stats.of("Login")), (4, 1, 1));
}

#[tokio::test]
async fn nothing_shows_the_password_or_the_cookie() {
    let (client, _server) = connected([]).await;
    let builder = Client::builder("h").credentials("u", SecretString::from("hunter2"));
    let shown = format!("{client:?} {builder:?}");
    // The scripted server's own record of bodies is not shown by `Request` either.
    assert!(
        !shown.contains("hunter2") && !shown.contains("session-one"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_lost_session_is_replaced_and_the_call_made_again() {
    let steps = [
        fault("CurrentTime", "NotAuthenticated"),
        login("session-two"),
        time(),
    ];
    let (client, server) = connected(steps).await;
    client.call(&CurrentTime::default()).await.unwrap();
    server.assert_done();
    let (_, cookie, _) = server.seen().pop().unwrap();
    assert_eq!(
        cookie.as_deref(),
        Some("vmware_soap_session=\"session-two\"")
    );
}

#[tokio::test]
async fn a_change_is_made_again_after_a_lost_session_since_the_server_did_not_act() {
    let steps = [
        fault("PowerOffVM_Task", "NotAuthenticated"),
        login("session-two"),
        answer(
            "PowerOffVM_Task",
            "<returnval type=\"Task\">task-1</returnval>",
        ),
    ];
    let (client, server) = connected(steps).await;
    assert_eq!(client.call(&power_off()).await.unwrap().value, "task-1");
    server.assert_done();
}

#[tokio::test]
async fn the_call_is_made_again_only_once() {
    let steps = [
        fault("CurrentTime", "NotAuthenticated"),
        login("session-two"),
        fault("CurrentTime", "NotAuthenticated"),
    ];
    let (client, server) = connected(steps).await;
    let error = client.call(&CurrentTime::default()).await.unwrap_err();
    assert!(error.fault().unwrap().is_not_authenticated());
    server.assert_done();
}

#[tokio::test]
async fn calls_that_fail_together_lead_to_one_login() {
    let lost = || fault("CurrentTime", "NotAuthenticated");
    let steps = [
        lost(),
        lost(),
        lost(),
        login("session-two"),
        time(),
        time(),
        time(),
    ];
    let (client, server) = connected(steps).await;
    let call = CurrentTime::default();
    let (a, b, c) = tokio::join!(client.call(&call), client.call(&call), client.call(&call));
    a.and(b).and(c).unwrap();
    server.assert_done();
    assert_eq!(client.calls().of("Login"), 2);
}

#[tokio::test]
async fn what_ended_with_the_session_is_not_called_again() {
    let steps = [
        fault("DestroyView", "NotAuthenticated"),
        login("session-two"),
        time(),
    ];
    let (client, server) = connected(steps).await;
    let view = ManagedObjectReference::new("ContainerView", "view-1");
    let error = client.call(&DestroyView { this: view }).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::SessionLost {
                method: "DestroyView"
            }
        ),
        "{error}"
    );
    // The session itself is there again.
    client.call(&CurrentTime::default()).await.unwrap();
    server.assert_done();
}

#[tokio::test]
async fn without_credentials_the_fault_is_reported() {
    let mut steps = greeting();
    steps.push(fault("CurrentTime", "NotAuthenticated"));
    let server = Scripted::new(steps);
    let client = Client::builder("h")
        .transport(server.clone())
        .connect()
        .await
        .unwrap();
    let error = client.call(&CurrentTime::default()).await.unwrap_err();
    assert!(error.fault().is_some());
    client.logout().await.unwrap();
    server.assert_done();
}

#[tokio::test]
async fn a_read_is_repeated_when_the_connection_breaks() {
    let steps = [broken("CurrentTime", reset()), time()];
    let (client, server) = connected(steps).await;
    client.call(&CurrentTime::default()).await.unwrap();
    server.assert_done();
}

#[tokio::test]
async fn repeating_has_an_end() {
    let steps = [
        broken("CurrentTime", reset()),
        broken("CurrentTime", reset()),
    ];
    let (client, server) = connected(steps).await;
    let error = client.call(&CurrentTime::default()).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);
    server.assert_done();
}

#[tokio::test]
async fn a_change_that_may_have_been_sent_is_never_repeated() {
    for step in [
        broken("PowerOffVM_Task", reset()),
        page("PowerOffVM_Task", 503, "upstream connect error"),
        page("PowerOffVM_Task", 200, "<e:Envelope><e:Body>"),
        broken(
            "PowerOffVM_Task",
            TransportError::TooLarge {
                server: "scripted".into(),
                limit: 1,
            },
        ),
    ] {
        let (client, server) = connected([step]).await;
        let error = client.call(&power_off()).await.unwrap_err();
        assert!(error.may_have_acted(), "{error}");
        server.assert_done();
    }
}

/// Something between here and the server answered, and may have handed the request on before.
#[tokio::test]
async fn an_answer_that_is_no_answer_of_vsphere_does_not_say_that_a_change_was_not_made() {
    for (status, body) in foreign_answers() {
        let (client, server) = connected([page("PowerOffVM_Task", status, &body)]).await;
        let error = client.call(&power_off()).await.unwrap_err();
        assert!(error.may_have_acted(), "{status} {body:?}: {error}");
        assert_eq!(error.delivery(), Delivery::Unknown, "{error}");
        assert!(error.fault().is_none(), "{error}");
        server.assert_done();
    }
}

#[tokio::test]
async fn a_read_with_such_an_answer_fails_at_once_unless_a_gateway_is_in_trouble() {
    for (status, body) in foreign_answers() {
        let trouble = matches!(status, 502..=504);
        let times = if trouble { 2 } else { 1 };
        let steps = (0..times).map(|_| page("CurrentTime", status, &body));
        let (client, server) = connected(steps).await;
        let error = client.call(&CurrentTime::default()).await.unwrap_err();
        match error {
            Error::Unavailable(_) if trouble => {}
            Error::NotVsphere(_) if !trouble => {}
            other => panic!("{status}: {other:?}"),
        }
        server.assert_done();
    }
}

#[tokio::test]
async fn a_soap_fault_of_a_gateway_is_no_word_of_the_server() {
    let fault = |code: &str| {
        format!(
            "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><e:Fault>\
             <faultcode>{code}</faultcode><faultstring>Internal Error (from server)</faultstring>\
             </e:Fault></e:Body></e:Envelope>"
        )
    };
    for code in ["e:Server", "e:Client", "", "env:Receiver"] {
        let (client, _) = connected([page("PowerOffVM_Task", 500, fault(code))]).await;
        let error = client.call(&power_off()).await.unwrap_err();
        assert!(
            matches!(&error, Error::NotVsphere(seen) if seen.excerpt.contains("Internal Error")),
            "{code}: {error}"
        );
        assert!(error.may_have_acted());
    }
    // The server's own faults are told by their code, with a type or without.
    for code in ["ServerFaultCode", "ns:ClientFaultCode"] {
        let (client, _) = connected([page("PowerOffVM_Task", 500, fault(code))]).await;
        let error = client.call(&power_off()).await.unwrap_err();
        assert!(
            error.fault().is_some() && !error.may_have_acted(),
            "{error}"
        );
    }
}

/// The change was refused for want of a session. What became of the login is another matter.
#[tokio::test]
async fn a_change_is_known_not_to_be_made_when_the_new_session_fails() {
    let lost = || fault("PowerOffVM_Task", "NotAuthenticated");
    let mut logins = vec![broken("Login", reset()), page("Login", 200, "<e:Envelope>")];
    logins.extend(
        foreign_answers()
            .into_iter()
            .map(|(status, body)| page("Login", status, body)),
    );
    for login in logins {
        let (client, server) = connected([lost(), login]).await;
        let error = client.call(&power_off()).await.unwrap_err();
        let Error::NoSession { method, source } = &error else {
            panic!("{error:?}")
        };
        assert_eq!(*method, "PowerOffVM_Task");
        // The login itself may have left a session behind.
        assert!(source.may_have_acted(), "{source}");
        assert!(!error.may_have_acted(), "{error}");
        server.assert_done();
    }
    // What says by itself that nothing was done is told as it is.
    let (client, server) = connected([lost(), fault("Login", "InvalidLogin")]).await;
    let error = client.call(&power_off()).await.unwrap_err();
    assert!(matches!(error, Error::LoginRefused { .. }), "{error}");
    assert!(!error.may_have_acted());
    server.assert_done();
    let refused = || broken("Login", refused());
    let (client, server) = connected([lost(), refused(), refused()]).await;
    let error = client.call(&power_off()).await.unwrap_err();
    assert!(error.transport().is_some(), "{error}");
    assert_eq!(error.delivery(), Delivery::NotSent);
    server.assert_done();
}

#[tokio::test]
async fn what_is_bound_to_a_session_is_not_called_when_the_new_session_fails() {
    let steps = [
        fault("DestroyView", "NotAuthenticated"),
        broken("Login", reset()),
    ];
    let (client, server) = connected(steps).await;
    let this = ManagedObjectReference::new("ContainerView", "view-1");
    let error = client.call(&DestroyView { this }).await.unwrap_err();
    assert!(matches!(error, Error::NoSession { .. }), "{error}");
    server.assert_done();
}

#[tokio::test]
async fn a_login_whose_answer_was_lost_may_have_left_a_session() {
    for step in [broken("Login", reset()), page("Login", 200, "<html/>")] {
        let (client, server) = connect(greeting().into_iter().chain([step]).collect()).await;
        let error = client.unwrap_err();
        assert!(error.may_have_acted(), "{error}");
        assert!(!matches!(error, Error::NoSession { .. }), "{error}");
        server.assert_done();
    }
}

#[tokio::test]
async fn a_change_that_was_surely_not_sent_is_repeated() {
    let steps = [
        broken("PowerOffVM_Task", refused()),
        answer(
            "PowerOffVM_Task",
            "<returnval type=\"Task\">task-1</returnval>",
        ),
    ];
    let (client, server) = connected(steps).await;
    client.call(&power_off()).await.unwrap();
    server.assert_done();
}

#[tokio::test]
async fn making_something_of_the_session_is_not_repeated_blindly() {
    let (client, server) = connected([broken("CreatePropertyCollector", reset())]).await;
    let this = client.content().property_collector.clone();
    assert!(
        client
            .call(&CreatePropertyCollector { this })
            .await
            .is_err()
    );
    server.assert_done();
}

#[tokio::test]
async fn a_refused_login_names_the_account_and_not_the_password() {
    let mut steps = greeting();
    steps.push(fault("Login", "InvalidLogin"));
    let (client, server) = connect(steps).await;
    let error = client.unwrap_err();
    assert!(
        matches!(&error, Error::LoginRefused { user, .. } if user == "operator"),
        "{error}"
    );
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    server.assert_done();
}

#[tokio::test]
async fn another_web_server_is_told_from_a_vcenter() {
    for (status, body) in [
        (200, "<html><body>Welcome</body></html>"),
        (403, "no"),
        (302, ""),
    ] {
        let (client, server) = connect(vec![page("vimServiceVersions.xml", status, body)]).await;
        let error = client.unwrap_err();
        server.assert_done();
        assert!(
            matches!(&error, Error::NotVsphere(seen) if seen.status == status),
            "{error}"
        );
    }
    let (client, _) = connect(vec![
        page("vimServiceVersions.xml", 404, "not found"),
        page("RetrieveServiceContent", 404, "<h1>Not Found</h1>"),
    ])
    .await;
    assert!(matches!(client, Err(Error::NotVsphere(seen)) if seen.excerpt == "Not Found"));
}

#[tokio::test]
async fn a_server_without_a_list_of_versions_is_asked_for_its_own() {
    let mut steps = greeting();
    steps[0] = page("vimServiceVersions.xml", 404, "");
    steps.push(login("session-one"));
    let (client, server) = connect(steps).await;
    assert_eq!(client.unwrap().api_version(), "8.0.1.0");
    server.assert_done();
}

#[tokio::test]
async fn a_gone_session_is_no_trouble_at_logout() {
    let (client, server) = connected([fault("Logout", "NotAuthenticated")]).await;
    client.logout().await.unwrap();
    server.assert_done();
}

#[tokio::test]
async fn a_scope_logs_out_when_its_work_fails() {
    let steps = greeting()
        .into_iter()
        .chain([login("one"), answer("Logout", "")]);
    let server = Scripted::new(steps);
    let builder = Client::builder("h")
        .credentials("operator", SecretString::from("hunter2"))
        .transport(server.clone());
    let outcome = Client::scope(builder, async |_client| Err::<(), _>(Error::LoggedOut)).await;
    assert!(outcome.is_err());
    server.assert_done();
}

#[tokio::test(start_paused = true)]
async fn a_login_that_nobody_waits_for_is_logged_out() {
    let steps = greeting()
        .into_iter()
        .chain([login("one"), answer("Logout", "")]);
    let server = Scripted::new(steps);
    let connect = Client::builder("h")
        .credentials("operator", SecretString::from("hunter2"))
        .transport(server.clone())
        .connect();
    {
        let mut connect = Box::pin(connect);
        // Started, and given up before it is through.
        assert!(futures_util::poll!(&mut connect).is_pending());
    }
    // The clock is paused: it leaps when nothing else is to be done.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    server.assert_done();
    assert_eq!(server.names().last().unwrap(), "Logout");
}
