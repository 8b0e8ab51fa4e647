//! From an answer's bytes to a value or an error.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Error as _};

use super::error::RestError;
use super::refusal::RestRefusal;
use super::way::Way;
use crate::client::foreign;
use crate::transport::Response;

/// Reads the answer to `operation`, which was asked for at `path` of `server`.
pub(super) fn read<T: DeserializeOwned>(
    operation: &str,
    path: &str,
    server: &str,
    response: &Response,
) -> Result<T, RestError> {
    match response.status {
        200..=299 => value(operation, path, server, response),
        _ => Err(refused(operation, server, response)),
    }
}

fn value<T: DeserializeOwned>(
    operation: &str,
    path: &str,
    server: &str,
    response: &Response,
) -> Result<T, RestError> {
    #[derive(Deserialize)]
    struct Wrapped<T> {
        value: Option<T>,
    }

    let body = response.body.trim_ascii();
    // A web server that answers everything with its own page is not worth a word on JSON.
    if is_page(body) {
        return Err(RestError::NotRest(foreign::describe(server, response)));
    }
    // Operations without a result answer nothing at all. That an empty answer to one of them is
    // somebody else's cannot be told.
    let body = if body.is_empty() { b"null" } else { body };
    let unwrapped = if Way::wraps(path) && body != b"null" {
        serde_json::from_slice::<Wrapped<T>>(body).map(|wrapped| wrapped.value)
    } else {
        serde_json::from_slice(body).map(Some)
    };
    let read = unwrapped.and_then(|value| match value {
        Some(value) => Ok(value),
        None if body == b"null" || is_empty_object(body) => serde_json::from_slice(b"null"),
        // An object without a `value` is none of vCenter's.
        None => Err(serde_json::Error::missing_field("value")),
    });
    read.map_err(|source| RestError::Decode {
        operation: operation.to_owned(),
        source,
    })
}

/// Whether this is a page of HTML, or XML.
fn is_page(body: &[u8]) -> bool {
    body.trim_ascii_start().first() == Some(&b'<')
}

/// Whether this is `{}`, or holds nothing but a `value` of `null`.
fn is_empty_object(body: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(body)
        .is_ok_and(|object| object.keys().all(|key| key == "value"))
}

fn refused(operation: &str, server: &str, response: &Response) -> RestError {
    let refusal = match (RestRefusal::read(response), response.status) {
        (Some(refusal), 400..) => refusal,
        // The status is how REST tells that there is no session.
        (None, 401) => RestRefusal::bare(response),
        (None, 400..=499) if !is_page(&response.body) => RestRefusal::bare(response),
        // A gateway says so, or a server in such trouble that it finds no word of its own.
        (None, 500..) => return RestError::Unavailable(foreign::describe(server, response)),
        _ => return RestError::NotRest(foreign::describe(server, response)),
    };
    RestError::Refused {
        operation: operation.to_owned(),
        refusal: Box::new(refusal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::HeaderMap;

    fn got<T: DeserializeOwned>(path: &str, status: u16, body: &str) -> Result<T, RestError> {
        let response = Response {
            status,
            headers: HeaderMap::new(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        };
        read("op", path, "https://vc", &response)
    }

    #[test]
    fn both_wrappings_give_the_same() {
        assert_eq!(got::<Vec<u8>>("/api/x", 200, "[1,2]").unwrap(), [1, 2]);
        let wrapped = got::<Vec<u8>>("/rest/x", 200, "{\"value\":[1,2]}");
        assert_eq!(wrapped.unwrap(), [1, 2]);
    }

    #[test]
    fn no_result_is_a_result() {
        for (path, status, body) in [
            ("/api/x", 204, ""),
            ("/rest/x", 200, "{}"),
            ("/rest/x", 200, ""),
            ("/rest/x", 200, " {\"value\":null}\n"),
        ] {
            got::<()>(path, status, body).unwrap();
        }
        assert!(matches!(
            got::<String>("/api/x", 200, ""),
            Err(RestError::Decode { .. })
        ));
    }

    #[test]
    fn a_page_and_a_redirect_are_no_answers_and_prove_nothing() {
        let page = " <!DOCTYPE html><h1>Hello</h1>";
        for (status, body) in [(200, page), (302, ""), (304, ""), (400, page), (404, page)] {
            let error = got::<Vec<u8>>("/api/x", status, body).unwrap_err();
            assert!(matches!(error, RestError::NotRest(_)), "{error}");
            assert!(error.may_have_acted(), "{error}");
        }
    }

    #[test]
    fn an_object_of_somebody_else_is_no_empty_result() {
        for path in ["/api/x", "/rest/x"] {
            let error = got::<()>(path, 200, "{\"status\":\"blocked\"}").unwrap_err();
            assert!(matches!(error, RestError::Decode { .. }), "{error}");
            assert!(error.may_have_acted(), "{error}");
        }
    }

    #[test]
    fn only_the_word_of_the_server_leaves_no_doubt() {
        let said = |kind: &str| format!("{{\"error_type\":\"{kind}\",\"messages\":[]}}");
        let problem = "{\"type\":\"about:blank\",\"status\":403}";
        for (status, body, doubt) in [
            (503, "no healthy upstream", true),
            (500, "", true),
            (500, &said("INTERNAL_SERVER_ERROR"), true),
            (504, &said("TIMED_OUT"), true),
            (500, &said("ERROR"), true),
            (503, &said("SERVICE_UNAVAILABLE"), false),
            (403, &said("UNAUTHORIZED"), false),
            (400, &said("NOT_ALLOWED_IN_CURRENT_STATE"), false),
            (401, "", false),
            (401, "<html>log in</html>", false),
            (400, "", true),
            (403, "", true),
            (403, problem, true),
            (404, "404 page not found", true),
            (404, "<html>not here</html>", true),
        ] {
            let error = got::<Vec<u8>>("/api/x", status, body).unwrap_err();
            assert_eq!(error.may_have_acted(), doubt, "{error}");
        }
    }
}
