//! The wire trace and the counts, around a transport that answers from memory.

use std::fs;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};

use crate::transport::{
    BoxFuture, Counting, Request, Response, Transport, TransportError, WireTrace,
};

/// Answers a login with a session, fails for `Broken`, and mirrors everything else.
#[derive(Debug)]
struct Memory;

impl Transport for Memory {
    fn send<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Response, TransportError>> {
        Box::pin(async move {
            let mut headers = HeaderMap::new();
            let body = match &*request.label {
                "Login" => {
                    let cookie = "vmware_soap_session=\"c0ffee-c0ffee\"; HttpOnly";
                    headers.insert(SET_COOKIE, HeaderValue::from_static(cookie));
                    Bytes::from_static(b"<LoginResponse><key>c0ffee-key</key></LoginResponse>")
                }
                "Broken" => {
                    let server = "memory".to_owned();
                    return Err(TransportError::TooLarge { server, limit: 1 });
                }
                _ => request.body,
            };
            Ok(Response {
                status: 200,
                headers,
                body,
            })
        })
    }
}

fn login() -> Request {
    let mut login = Request::post("/sdk", "Login", "<password>hunter2</password>");
    login.sensitive = true;
    login
}

#[tokio::test]
async fn a_trace_holds_the_exchanges_and_no_secret() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("new/trace");
    let trace = WireTrace::new(Arc::new(Memory), &folder).unwrap();
    trace.send(login()).await.unwrap();
    let mut list = Request::post(
        "/sdk",
        "Retrieve/../x",
        "<me>c0ffee-c0ffee</me><name>web</name>",
    );
    list.headers.insert(
        COOKIE,
        HeaderValue::from_static("vmware_soap_session=\"c0ffee-c0ffee\""),
    );
    list.headers.insert(
        "soapaction",
        HeaderValue::from_static("\"urn:vim25/8.0.1.0\""),
    );
    let answer = trace.send(list).await.unwrap();
    assert_eq!(
        &answer.body[..],
        b"<me>c0ffee-c0ffee</me><name>web</name>",
        "passed on as it is"
    );
    trace
        .send(Request::post("/sdk", "Broken", ""))
        .await
        .unwrap_err();

    let mut whole = String::new();
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        whole += &fs::read_to_string(entry.path()).unwrap();
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(
        names,
        [
            "0001-Login-request.xml",
            "0001-Login-response.xml",
            "0002-Retrieve-..-x-request.xml",
            "0002-Retrieve-..-x-response.xml",
            "0003-Broken-request.xml",
            "index.txt",
        ]
    );
    assert!(
        !whole.contains("hunter2") && !whole.contains("c0ffee"),
        "{whole}"
    );
    assert!(whole.contains("<me>***</me><name>web</name>"), "{whole}");
    assert!(
        whole.contains("0002 POST /sdk \"urn:vim25/8.0.1.0\" Retrieve/../x -> 200"),
        "{whole}"
    );
    assert!(
        whole.contains("0003 POST /sdk - Broken -> the answer of memory is longer"),
        "{whole}"
    );
}

#[tokio::test]
async fn what_goes_over_the_wire_is_counted() {
    let counting = Counting::new(Arc::new(Memory));
    counting
        .send(Request::get("/sdk/x.xml", "x.xml"))
        .await
        .unwrap();
    counting.send(login()).await.unwrap();
    counting
        .send(Request::post("/sdk", "Echo", "12345"))
        .await
        .unwrap();
    counting
        .send(Request::post("/sdk", "Echo", "12345"))
        .await
        .unwrap();
    counting
        .send(Request::post("/sdk", "Broken", "1"))
        .await
        .unwrap_err();
    let stats = counting.stats();
    assert_eq!(
        (
            stats.total,
            stats.other,
            stats.of("Echo"),
            stats.of("Broken")
        ),
        (4, 1, 2, 1)
    );
    assert_eq!(stats.bytes_out, 28 + 5 + 5 + 1);
    assert_eq!(stats.bytes_in, 52 + 5 + 5);
}
