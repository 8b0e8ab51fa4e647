//! Sessions and what goes wrong, against a scripted server.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;

use super::{RestCall, RestClient, RestError, RestErrorKind, TagId, Way};
use crate::client::RetryPolicy;
use crate::method::Effect;
use crate::testing::{
    Scripted, Step, answer, broken, connected, foreign_answers, page, refused, reset,
};
use crate::transport::Delivery;
use crate::vim::ManagedObjectReference;
use crate::{Client, Error};

const LOGIN: &str = "session.create";
const LOGOUT: &str = "session.delete";
const ATTACH: &str = "tagging.tag_association.attach";

fn token(name: &str) -> Step {
    page(LOGIN, 201, format!("\"{name}\""))
}

fn gone() -> Step {
    page(LOGIN, 404, "Not found.")
}

async fn connect(steps: Vec<Step>) -> (Result<RestClient, Error>, Arc<Scripted>) {
    let server = Scripted::new(steps);
    let client = Client::builder("scripted.example")
        .credentials("operator", SecretString::from("hunter2"))
        .retry(RetryPolicy::new(1, Duration::ZERO))
        .transport(server.clone())
        .connect_rest()
        .await;
    (client, server)
}

async fn rest(steps: impl IntoIterator<Item = Step>) -> (RestClient, Arc<Scripted>) {
    let all = [token("token-one")].into_iter().chain(steps).collect();
    let (client, server) = connect(all).await;
    (client.unwrap(), server)
}

fn rest_error(outcome: Result<RestClient, Error>) -> RestError {
    match outcome {
        Err(Error::Rest(error)) => *error,
        other => panic!("{other:?}"),
    }
}

async fn attach(client: &RestClient) -> Result<(), RestError> {
    let vm = ManagedObjectReference::new("VirtualMachine", "vm-1");
    client.tagging().attach(&TagId("urn:1".into()), &vm).await
}

#[tokio::test]
async fn the_newer_way_is_tried_first_and_the_older_one_after_it() {
    let (client, server) = rest([page(LOGOUT, 204, "")]).await;
    assert_eq!(client.log_in().await.unwrap(), Way::Api);
    client.logout().await.unwrap();
    client.logout().await.unwrap();
    server.assert_done();

    let older = page(LOGIN, 200, "{\"value\":\"token-old\"}");
    let (client, server) = connect(vec![gone(), older, page(LOGOUT, 200, "")]).await;
    let client = client.unwrap();
    assert_eq!(client.log_in().await.unwrap(), Way::Rest);
    client.logout().await.unwrap();
    server.assert_done();
}

#[tokio::test]
async fn a_server_with_neither_way_says_so() {
    let html = || page(LOGIN, 200, "<html><body>Welcome</body></html>");
    for steps in [vec![gone(), gone()], vec![html(), html()]] {
        let (outcome, server) = connect(steps).await;
        let error = rest_error(outcome);
        assert!(matches!(error, RestError::NotOffered), "{error}");
        assert!(!error.may_have_acted());
        server.assert_done();
    }
}

#[tokio::test]
async fn a_refused_login_is_not_taken_for_a_missing_api() {
    let body =
        "{\"error_type\":\"UNAUTHENTICATED\",\"messages\":[{\"default_message\":\"locked\"}]}";
    let (outcome, server) = connect(vec![page(LOGIN, 401, body)]).await;
    let error = rest_error(outcome);
    assert!(matches!(error, RestError::LoginRefused { .. }), "{error}");
    let said = error.to_string();
    assert!(
        said.contains("locked") && !said.contains("hunter2"),
        "{said}"
    );
    server.assert_done();
}

#[tokio::test]
async fn services_that_start_are_waited_for_by_nobody_at_login() {
    let (outcome, server) = connect(vec![page(LOGIN, 503, "no healthy upstream")]).await;
    let error = rest_error(outcome);
    assert!(matches!(error, RestError::Unavailable(_)), "{error}");
    server.assert_done();
}

#[tokio::test]
async fn nothing_shows_the_password_or_the_token() {
    let (client, _server) = rest([]).await;
    let shown = format!("{client:?}");
    assert!(
        !shown.contains("hunter2") && !shown.contains("token-one"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_lost_session_is_replaced_and_even_a_change_made_again() {
    let (client, server) = rest([
        page(ATTACH, 401, ""),
        token("token-two"),
        page(ATTACH, 204, ""),
    ])
    .await;
    attach(&client).await.unwrap();
    server.assert_done();
}

#[tokio::test]
async fn a_session_that_is_lost_twice_is_an_error() {
    let (client, server) = rest([
        page(ATTACH, 401, ""),
        token("token-two"),
        page(ATTACH, 401, ""),
    ])
    .await;
    let error = attach(&client).await.unwrap_err();
    assert!(error.is(&RestErrorKind::Unauthenticated), "{error}");
    server.assert_done();
}

#[tokio::test]
async fn a_change_that_may_have_been_made_is_not_made_again() {
    let (client, server) = rest([broken(ATTACH, reset())]).await;
    let error = attach(&client).await.unwrap_err();
    assert!(error.may_have_acted(), "{error}");
    server.assert_done();

    let (client, server) = rest([page(ATTACH, 502, "bad gateway")]).await;
    assert!(attach(&client).await.unwrap_err().may_have_acted());
    server.assert_done();
}

#[tokio::test]
async fn an_answer_that_is_no_answer_of_the_api_does_not_say_that_a_change_was_not_made() {
    let name = "POST /api/x";
    for (status, body) in foreign_answers() {
        let (client, server) = rest([page(name, status, &body)]).await;
        let call = RestCall::post("/api/x", Effect::Change, json!({}));
        let error = client.call::<String>(&call).await.unwrap_err();
        assert!(error.may_have_acted(), "{status} {body:?}: {error}");
        assert_eq!(error.delivery(), Delivery::Unknown, "{error}");
        server.assert_done();
    }
}

#[tokio::test]
async fn a_read_with_such_an_answer_fails_at_once_unless_a_gateway_is_in_trouble() {
    let name = "GET /api/x";
    for (status, body) in foreign_answers() {
        let times = if status >= 500 { 2 } else { 1 };
        let (client, server) = rest((0..times).map(|_| page(name, status, &body))).await;
        let call = RestCall::get("/api/x");
        client.call::<String>(&call).await.unwrap_err();
        server.assert_done();
    }
}

/// The change was refused for want of a session. What became of the login is another matter.
#[tokio::test]
async fn a_change_is_known_not_to_be_made_when_the_new_session_fails() {
    let logins = || {
        let foreign = foreign_answers().into_iter();
        let foreign = foreign.map(|(status, body)| page(LOGIN, status, body));
        // In a way that is known, a login that is not known there is as foreign as any other.
        foreign.chain([broken(LOGIN, reset()), page(LOGIN, 404, "Not found.")])
    };
    for login in logins() {
        let (client, server) = rest([page(ATTACH, 401, ""), login]).await;
        let error = attach(&client).await.unwrap_err();
        let RestError::NoSession { operation, source } = &error else {
            panic!("{error:?}")
        };
        assert_eq!(operation, ATTACH);
        assert!(source.may_have_acted(), "{source}");
        assert!(!error.may_have_acted(), "{error}");
        server.assert_done();
    }
    let said = "{\"error_type\":\"UNAUTHENTICATED\",\"messages\":[]}";
    let (client, _) = rest([page(ATTACH, 401, ""), page(LOGIN, 401, said)]).await;
    let error = attach(&client).await.unwrap_err();
    assert!(matches!(error, RestError::LoginRefused { .. }), "{error}");
    assert!(!error.may_have_acted());
}

#[tokio::test]
async fn a_gateway_that_forbids_the_login_is_not_taken_for_a_missing_api() {
    for status in [403, 407, 429] {
        let html = page(LOGIN, status, "<html>no way</html>");
        let (outcome, server) = connect(vec![html]).await;
        let error = rest_error(outcome);
        assert!(
            matches!(&error, RestError::NotRest(seen) if seen.status == status),
            "{error}"
        );
        server.assert_done();
    }
}

#[tokio::test]
async fn what_surely_did_not_happen_is_tried_again() {
    let starting = "{\"error_type\":\"SERVICE_UNAVAILABLE\",\"messages\":[]}";
    for trouble in [broken(ATTACH, refused()), page(ATTACH, 503, starting)] {
        let (client, server) = rest([trouble, page(ATTACH, 204, "")]).await;
        attach(&client).await.unwrap();
        server.assert_done();
    }
}

#[tokio::test]
async fn reading_is_repeated_after_a_broken_connection() {
    let name = "GET /api/vcenter/cluster";
    let (client, server) =
        rest([broken(name, reset()), page(name, 200, "[{\"name\":\"A\"}]")]).await;
    let call = RestCall::get("/api/vcenter/cluster");
    let clusters: serde_json::Value = client.call(&call).await.unwrap();
    assert_eq!(clusters[0]["name"], "A");
    server.assert_done();
}

#[tokio::test]
async fn an_empty_list_may_be_null() {
    let list = "tagging.tag_association.list_attached_tags";
    for body in ["null", "[]"] {
        let (client, _server) = rest([page(list, 200, body)]).await;
        let vm = ManagedObjectReference::new("VirtualMachine", "vm-1");
        assert_eq!(client.tagging().attached(&vm).await.unwrap(), []);
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_leaves_doubt() {
    let name = "POST /api/x";
    let (client, _server) = rest([page(name, 200, "[[[[")]).await;
    let call = RestCall::post("/api/x", Effect::Change, json!({}));
    let error = client.call::<Vec<u8>>(&call).await.unwrap_err();
    assert!(matches!(error, RestError::Decode { .. }) && error.may_have_acted());
}

#[tokio::test]
async fn a_hundred_calls_that_lose_the_session_lead_to_one_login() {
    let calls = 20;
    let name = "GET /api/x";
    let lost = (0..calls).map(|_| page(name, 401, ""));
    let again = (0..calls).map(|_| page(name, 200, "1"));
    let (client, server) = rest(lost.chain([token("token-two")]).chain(again)).await;
    let call = RestCall::get("/api/x");
    let all = (0..calls).map(|_| client.call::<u8>(&call));
    for outcome in futures_util::future::join_all(all).await {
        assert_eq!(outcome.unwrap(), 1);
    }
    server.assert_done();
}

#[tokio::test]
async fn a_soap_client_ends_its_rest_session_with_its_own() {
    let (client, server) = connected([
        token("token-one"),
        answer("Logout", ""),
        page(LOGOUT, 204, ""),
    ])
    .await;
    let rest = client.rest().await.unwrap();
    client.rest().await.unwrap();
    client.logout().await.unwrap();
    server.assert_done();
    assert!(matches!(attach(&rest).await, Err(RestError::LoggedOut)));
    assert!(matches!(client.rest().await, Err(RestError::LoggedOut)));
    assert_eq!(client.calls().rest, 2);
    assert_eq!(
        client.calls().total,
        3,
        "RetrieveServiceContent, Login, Logout"
    );
}

#[tokio::test]
async fn a_user_with_a_colon_is_told_before_anything_is_sent() {
    let server = Scripted::new([]);
    let outcome = Client::builder("scripted.example")
        .credentials("domain:operator", SecretString::from("hunter2"))
        .transport(server)
        .connect_rest()
        .await;
    assert!(matches!(rest_error(outcome), RestError::UserName { .. }));
}
