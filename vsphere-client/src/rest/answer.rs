//! From an answer's bytes to a value or an error.

use serde::Deserialize;
use serde::de::DeserializeOwned;

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
    if body.first() == Some(&b'<') {
        return Err(RestError::NotRest(foreign::describe(server, response)));
    }
    // Operations without a result answer nothing at all.
    let body = if body.is_empty() { b"null" } else { body };
    let unwrapped = if Way::wraps(path) && body != b"null" {
        serde_json::from_slice::<Wrapped<T>>(body).map(|wrapped| wrapped.value)
    } else {
        serde_json::from_slice(body).map(Some)
    };
    let read = unwrapped.and_then(|value| match value {
        Some(value) => Ok(value),
        None => serde_json::from_slice(b"null"),
    });
    read.map_err(|source| RestError::Decode {
        operation: operation.to_owned(),
        source,
    })
}

fn refused(operation: &str, server: &str, response: &Response) -> RestError {
    let refusal = match (RestRefusal::read(response), response.status) {
        (Some(refusal), 400..) => refusal,
        (None, 400..=499) => RestRefusal::bare(response),
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
    fn a_page_and_a_redirect_are_no_answers() {
        for (status, body) in [(200, " <!DOCTYPE html><h1>Hello</h1>"), (302, "")] {
            let error = got::<Vec<u8>>("/api/x", status, body).unwrap_err();
            assert!(matches!(error, RestError::NotRest(_)), "{error}");
            assert!(!error.may_have_acted());
        }
    }

    #[test]
    fn doubt_is_left_by_gateways_and_trouble_half_way_only() {
        let trouble = "{\"error_type\":\"INTERNAL_SERVER_ERROR\",\"messages\":[]}";
        let starting = "{\"error_type\":\"SERVICE_UNAVAILABLE\",\"messages\":[]}";
        for (status, body, doubt) in [
            (503, "no healthy upstream", true),
            (500, trouble, true),
            (503, starting, false),
            (403, "", false),
            (404, "<html>not here</html>", false),
        ] {
            let error = got::<Vec<u8>>("/api/x", status, body).unwrap_err();
            assert_eq!(error.may_have_acted(), doubt, "{error}");
        }
    }
}
